//! Documents: what a client saw when deciding.

use serde::Serialize;
use serde_json::{Value, json};

use super::canonical;
use crate::id::{AllowanceId, FileId, GlobalId, ProjectId, SelectionId, SelectionOptionId, Tag};
use crate::money::{Currency, Money};

/// What a client saw of a selection when approving it.
#[derive(Debug, Clone)]
pub struct SelectionDocument {
    /// The project.
    pub project: ProjectId,
    /// Its currency.
    pub currency: Currency,
    /// The selection.
    pub selection: SelectionId,
    /// Its version.
    pub version: i32,
    /// Its number.
    pub number: Option<i32>,
    /// Its title.
    pub title: String,
    /// Its instructions.
    pub instructions: Option<String>,
    /// Name of its location.
    pub location: Option<String>,
    /// The chosen option.
    pub option: SeenOption,
    /// The allowance that pays for it.
    pub allowance: Option<SeenAllowance>,
    /// The files on the selection, in the order in which they were attached.
    pub files: Vec<SeenFile>,
}

/// The chosen option of a selection.
#[derive(Debug, Clone)]
pub struct SeenOption {
    /// The option.
    pub id: SelectionOptionId,
    /// Its title.
    pub title: String,
    /// Its description.
    pub description: Option<String>,
    /// Whether it is the included standard.
    pub is_standard: bool,
    /// Days from order to delivery.
    pub lead_time_days: Option<i32>,
    /// The price in minor units.
    pub price_minor: i64,
    /// The difference from the price of the standard; none with an allowance or without a standard.
    pub price_delta_minor: Option<i64>,
}

/// An allowance, with the effect of the choice.
#[derive(Debug, Clone)]
pub struct SeenAllowance {
    /// The allowance.
    pub id: AllowanceId,
    /// Its name.
    pub name: String,
    /// The granted amount in minor units.
    pub granted_minor: i64,
    /// The sum of the prices of all options chosen against it, with this one.
    pub used_minor: i64,
}

/// A file that clients see on a selection. Its content never changes.
#[derive(Debug, Clone)]
pub struct SeenFile {
    /// The file.
    pub id: FileId,
    /// Its name.
    pub name: String,
    /// The media type of the uploaded file.
    pub media_type: String,
    /// Its size in bytes.
    pub size: i64,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
}

impl SelectionDocument {
    /// Canonical JSON, with the names of the API.
    ///
    /// # Errors
    ///
    /// As [`canonical`].
    pub fn to_canonical(&self) -> serde_json::Result<String> {
        let id = |tag, id| GlobalId::new(tag, id).to_string();
        let Self { option, currency, .. } = self;
        let allowance = self.allowance.as_ref().map(|allowance| {
            let remaining = allowance.granted_minor.saturating_sub(allowance.used_minor);
            json!({
                "id": id(Tag::ALLOWANCE, allowance.id.0),
                "name": allowance.name,
                "granted": amount(allowance.granted_minor, *currency),
                "used": amount(allowance.used_minor, *currency),
                "remaining": amount(remaining, *currency),
            })
        });
        let file = |file: &SeenFile| {
            json!({
                "id": id(Tag::FILE, file.id.0),
                "name": file.name,
                "mediaType": file.media_type,
                "size": file.size.to_string(),
                "sha256": file.sha256,
            })
        };
        let files: Vec<Value> = self.files.iter().map(file).collect();
        canonical(&json!({
            "format": "portico-selection/2",
            "projectId": id(Tag::PROJECT, self.project.0),
            "selection": {
                "id": id(Tag::SELECTION, self.selection.0),
                "version": self.version,
                "number": self.number,
                "title": self.title,
                "instructions": self.instructions,
                "location": self.location,
            },
            "option": {
                "id": id(Tag::SELECTION_OPTION, option.id.0),
                "title": option.title,
                "description": option.description,
                "isStandard": option.is_standard,
                "leadTimeDays": option.lead_time_days,
                "price": amount(option.price_minor, *currency),
                "priceDelta": option.price_delta_minor.map(|delta| amount(delta, *currency)),
            },
            "allowance": allowance,
            "files": files,
        }))
    }
}

fn amount(minor_units: i64, currency: Currency) -> Value {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Amount {
        amount: String,
        currency_code: Currency,
    }
    json!(Amount { amount: Money::new(minor_units, currency).amount().to_string(), currency_code: currency })
}

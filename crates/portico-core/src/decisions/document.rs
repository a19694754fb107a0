//! Documents: what a client saw when deciding.

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Value, json};

use super::canonical;
use crate::id::{AllowanceId, FileId, GlobalId, ProjectId, SelectionId, SelectionOptionId, Tag};
use crate::money::{Currency, Money};
use crate::selections::{AllowanceCovers, Basis, ChosenPrice, Effect, added_overage, effect};

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
    /// The chosen options.
    pub options: Vec<SeenOption>,
    /// What the choice is compared with.
    pub basis: Basis,
    /// The allowance that pays for it.
    pub allowance: Option<SeenAllowance>,
    /// The files on the selection, then those on the chosen options: each once, in the order in which they were attached.
    pub files: Vec<SeenFile>,
}

/// A chosen option of a selection.
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
    /// The price and quantity.
    pub price: ChosenPrice,
}

/// An allowance in words. Its amounts are in the basis.
#[derive(Debug, Clone)]
pub struct SeenAllowance {
    /// The allowance.
    pub id: AllowanceId,
    /// Its name.
    pub name: String,
    /// What it pays for.
    pub covers: AllowanceCovers,
    /// Its terms in words.
    pub terms: Option<String>,
}

/// A file that clients see on a selection or a chosen option. Its content never changes.
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
    /// What the approval does; none while a price is to be determined, so that it cannot be approved (MR-6).
    pub fn effect(&self) -> Option<Effect> {
        let chosen: Vec<_> = self.options.iter().map(|option| option.price).collect();
        effect(&chosen, self.basis)
    }

    /// Canonical JSON, with the names of the API.
    ///
    /// # Errors
    ///
    /// As [`canonical`].
    pub fn to_canonical(&self) -> serde_json::Result<String> {
        let id = |tag, id| GlobalId::new(tag, id).to_string();
        let currency = self.currency;
        let known = |minor: Option<i64>| minor.map(|minor| amount(minor, currency));
        let effect = self.effect();
        let price = effect.map(|effect| effect.price_minor);
        let option = |option: &SeenOption| {
            json!({
                "id": id(Tag::SELECTION_OPTION, option.id.0),
                "title": option.title,
                "description": option.description,
                "isStandard": option.is_standard,
                "leadTimeDays": option.lead_time_days,
                "quantity": option.price.quantity,
                "unitPrice": known(option.price.unit_minor),
                "price": known(option.price.total_minor()),
            })
        };
        let options: Vec<Value> = self.options.iter().map(option).collect();
        let allowance = self.allowance.as_ref().map(|allowance| {
            let words = json!({
                "id": id(Tag::ALLOWANCE, allowance.id.0),
                "name": allowance.name,
                "covers": allowance.covers,
                "terms": allowance.terms,
            });
            let Basis::Allowance(terms, used_before) = self.basis else { return words };
            let used = used_before.saturating_add(price.unwrap_or_default());
            // Of this choice alone, as in the preview: the client has agreed to what was approved before.
            let over = added_overage(&terms, used_before, price.unwrap_or_default());
            let amounts = json!({
                "granted": amount(terms.granted_minor, currency),
                "used": amount(used, currency),
                "remaining": amount(terms.granted_minor.saturating_sub(used), currency),
                "unusedPolicy": terms.unused,
                "feePercent": percent(terms.fee),
                "taxPercent": percent(terms.tax),
                "overage": amount(over.amount_minor, currency),
                "fee": amount(over.fee_minor, currency),
                "tax": amount(over.tax_minor, currency),
                "overageTotal": amount(over.total_minor(), currency),
            });
            match (words, amounts) {
                (Value::Object(words), Value::Object(amounts)) => words.into_iter().chain(amounts).collect(),
                (words, _) => words,
            }
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
            "format": "portico-selection/3",
            "projectId": id(Tag::PROJECT, self.project.0),
            "selection": {
                "id": id(Tag::SELECTION, self.selection.0),
                "version": self.version,
                "number": self.number,
                "title": self.title,
                "instructions": self.instructions,
                "location": self.location,
            },
            "options": options,
            "price": known(price),
            "priceDelta": known(effect.and_then(|effect| effect.price_delta_minor)),
            "contractTotalChange": known(effect.and_then(|effect| effect.contract_minor)),
            "allowance": allowance,
            "files": files,
        }))
    }
}

/// A share in percent: `8.25`.
fn percent(share: Decimal) -> String {
    (share * Decimal::ONE_HUNDRED).normalize().to_string()
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

//! Decisions of clients on selections.

use portico_core::decisions::{
    DecisionKind, DecisionOutcome, Evidence, NewDecision, SeenAllowance, SeenOption, SelectionDocument,
};
use portico_store::rows::Text;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Result;
use super::project::Site;
use super::section::{Day, Section};
use crate::decisions::{Chain, DecisionRows, demo_decision_keys};
use crate::row;

/// Adds the approval of a selection's choice. The file has decisions in the order of their chain.
pub(super) fn decision_rows(site: &mut Site<'_, '_>, chain: &mut Chain, section: &mut Section) -> Result {
    let title: Text = section.require("selection")?;
    let (subject, slug): (Uuid, Text) = (site.find(&format!("selection/{title}"))?, section.require("by")?);
    let day: Day = section.require("decided_on")?;
    let id = site.name_section(section, &format!("decision/{title}"))?;
    let document = document(site, subject).ok_or_else(|| section.error("the selection has no choice with a price"))?;
    let document = document.to_canonical().map_err(|error| section.error(&error.to_string()))?;
    // Fixed, so that the demo is the same in every run.
    let salt = blake3::hash(id.as_bytes()).to_hex()[..32].to_owned();
    let written = section.fill(row!(DecisionEvidence { salt: &salt, decided_at: day }))?;
    let text = |text: Option<Text>| text.map(Text::into_owned);
    let new = NewDecision {
        id: id.into(),
        project: site.ids.1.into(),
        kind: DecisionKind::SelectionApproved,
        subject,
        outcome: DecisionOutcome::Approved,
        document,
        decided_at: written.decided_at,
        decided_by: site.find(&format!("client/{slug}"))?.into(),
        decided_by_name: site.build.people.get(&*slug).map_or_else(String::new, |person| person.name.to_string()),
        terms_version: section.get("terms_version")?,
        evidence: Evidence {
            salt,
            network: text(written.network),
            device: text(written.device),
            on_behalf_reason: text(written.on_behalf_reason),
        },
    };
    let rows = chain.append(new, &demo_decision_keys()).map_err(|error| section.error(&error))?;
    let DecisionRows { decision, head, evidence } = rows;
    site.add(decision);
    site.add(head);
    site.add(evidence);
    Ok(())
}

/// What the client saw of a selection.
fn document(site: &Site<'_, '_>, selection: Uuid) -> Option<SelectionDocument> {
    let all = |table: &'static str| {
        let of_table = site.build.rows.iter().filter(move |(of, _)| of.name == table);
        of_table.map(|(_, row)| row.to_json())
    };
    let find = |table, id: &Value| all(table).find(|row| row["id"] == *id);
    let row = find("selections", &json!(selection))?;
    let option = find("selection_options", &row["chosen_option_id"])?;
    let price_minor = option["price_minor"].as_i64()?;
    let standard =
        all("selection_options").find(|other| other["selection_id"] == row["id"] && other["is_standard"] == true);
    let standard =
        standard.and_then(|standard| standard["price_minor"].as_i64()).filter(|_| row["allowance_id"].is_null());
    let used = |allowance: &Value| {
        let paid = all("selections").filter(|other| other["allowance_id"] == *allowance);
        let chosen = paid.filter_map(|other| find("selection_options", &other["chosen_option_id"]));
        chosen.filter_map(|option| option["price_minor"].as_i64()).sum()
    };
    let allowance = find("allowances", &row["allowance_id"]).and_then(|allowance| {
        Some(SeenAllowance {
            id: known::<Uuid>(&allowance["id"])?.into(),
            name: known(&allowance["name"])?,
            granted_minor: known(&allowance["granted_minor"])?,
            used_minor: used(&allowance["id"]),
        })
    });
    Some(SelectionDocument {
        project: site.ids.1.into(),
        currency: known(&find("projects", &json!(site.ids.1))?["currency"])?,
        selection: selection.into(),
        version: known(&row["version"])?,
        number: known(&row["number"])?,
        title: known(&row["title"])?,
        instructions: known(&row["instructions"])?,
        location: find("locations", &row["location_id"]).and_then(|location| known(&location["name"])),
        option: SeenOption {
            id: known::<Uuid>(&option["id"])?.into(),
            title: known(&option["title"])?,
            description: known(&option["description"])?,
            is_standard: known(&option["is_standard"])?,
            lead_time_days: known(&option["lead_time_days"])?,
            price_minor,
            price_delta_minor: standard.map(|standard| price_minor - standard),
        },
        allowance,
    })
}

fn known<T: DeserializeOwned>(value: &Value) -> Option<T> {
    serde_json::from_value(value.clone()).ok()
}

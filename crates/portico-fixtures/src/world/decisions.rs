//! Decisions of clients on selections.

use std::collections::BTreeSet;
use std::iter;

use chrono::{DateTime, Utc};
use portico_core::decisions::{
    DecisionKind, DecisionOutcome, Evidence, NewDecision, SeenAllowance, SeenFile, SeenOption, SelectionDocument,
};
use portico_core::selections::{AllowanceTerms, Basis, ChosenPrice};
use portico_store::rows::Text;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Result;
use super::project::Site;
use super::section::{Day, Section};
use crate::decisions::{Chain, DecisionRows, demo_decision_keys};
use crate::{add, row};

/// Adds the approval of a selection's choice. The file has decisions in the order of their chain.
pub(super) fn decision_rows(site: &mut Site<'_, '_>, chain: &mut Chain, section: &mut Section) -> Result {
    let title: Text = section.require("selection")?;
    let (subject, slug): (Uuid, Text) = (site.find(&format!("selection/{title}"))?, section.require("by")?);
    let day: Day = section.require("decided_on")?;
    let id = site.name_section(section, &format!("decision/{title}"))?;
    // Fixed, so that the demo is the same in every run.
    let salt = blake3::hash(id.as_bytes()).to_hex()[..32].to_owned();
    let written = section.fill(row!(DecisionEvidence { salt: &salt, decided_at: day }))?;
    let (files, contents): (Vec<_>, Vec<_>) = files(site, subject, written.decided_at).into_iter().unzip();
    let document = document(site, subject, files);
    let document = document.ok_or_else(|| section.error("the selection has no choice with a price"))?;
    let document = document.to_canonical().map_err(|error| section.error(&error.to_string()))?;
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
    for content_id in contents {
        add!(site => FileHold { content_id, decision_id: id });
    }
    Ok(())
}

/// What the client saw of a selection.
fn document(site: &Site<'_, '_>, selection: Uuid, files: Vec<SeenFile>) -> Option<SelectionDocument> {
    let all = |table| rows_of(site, table);
    let find = |table, id: &Value| all(table).find(|row| row["id"] == *id);
    let row = find("selections", &json!(selection))?;
    let options: Vec<Value> = all("selection_options").filter(|option| option["selection_id"] == row["id"]).collect();
    let choices: Vec<Value> = all("selection_choices").filter(|choice| choice["selection_id"] == row["id"]).collect();
    let chosen = |option: &&Value| choices.iter().any(|choice| choice["option_id"] == option["id"]);
    let seen = |option: &Value| {
        let choice = choices.iter().find(|choice| choice["option_id"] == option["id"])?;
        Some(SeenOption {
            id: known::<Uuid>(&option["id"])?.into(),
            title: known(&option["title"])?,
            description: known(&option["description"])?,
            is_standard: known(&option["is_standard"])?,
            lead_time_days: known(&option["lead_time_days"])?,
            price: ChosenPrice { unit_minor: known(&option["price_minor"])?, quantity: known(&choice["quantity"])? },
        })
    };
    let seen: Vec<_> = options.iter().filter(chosen).filter_map(seen).collect();
    let allowance = find("allowances", &row["allowance_id"]);
    let basis = match &allowance {
        Some(allowance) => {
            let terms = AllowanceTerms {
                granted_minor: known(&allowance["granted_minor"])?,
                fee: known(&allowance["fee_percent"])?,
                tax: known(&allowance["tax_percent"])?,
                unused: known(&allowance["unused_policy"])?,
            };
            let paid = all("allowance_entries").filter(|entry| {
                entry["allowance_id"] == allowance["id"]
                    && entry["kind"] == "APPROVED"
                    && entry["selection_id"] != row["id"]
            });
            Basis::Allowance(terms, paid.filter_map(|entry| entry["amount_minor"].as_i64()).sum())
        }
        None => {
            let standard = options.iter().find(|option| option["is_standard"] == true);
            standard.map_or(Basis::Nothing, |standard| Basis::Standard(standard["price_minor"].as_i64()))
        }
    };
    Some(SelectionDocument {
        project: site.ids.1.into(),
        currency: known(&find("projects", &json!(site.ids.1))?["currency"])?,
        selection: selection.into(),
        version: known(&row["version"])?,
        number: known(&row["number"])?,
        title: known(&row["title"])?,
        instructions: known(&row["instructions"])?,
        location: find("locations", &row["location_id"]).and_then(|location| known(&location["name"])),
        options: seen,
        basis,
        allowance: allowance.and_then(|allowance| {
            Some(SeenAllowance {
                id: known::<Uuid>(&allowance["id"])?.into(),
                name: known(&allowance["name"])?,
                covers: known(&allowance["covers"])?,
                terms: known(&allowance["terms"])?,
            })
        }),
        files,
    })
    .filter(|document| document.effect().is_some())
}

/// The files that clients saw on a selection and its chosen options at a time, with their contents.
fn files(site: &Site<'_, '_>, selection: Uuid, at: DateTime<Utc>) -> Vec<(SeenFile, Uuid)> {
    let selection = json!(selection);
    let chosen: Vec<_> = rows_of(site, "selection_choices").filter(|row| row["selection_id"] == selection).collect();
    let is_chosen = |option: &Value| chosen.iter().any(|choice| choice["option_id"] == option["id"]);
    // In the company's order, after the selection.
    let options = rows_of(site, "selection_options").filter(is_chosen).map(|option| option["id"].clone());
    let records: Vec<_> = iter::once(selection).chain(options).collect();
    let place = |attachment: &Value| records.iter().position(|record| *record == attachment["record_id"]);
    let mut seen: Vec<_> = rows_of(site, "file_attachments")
        .filter(|row| row["hidden_from_clients"] == false)
        .filter_map(|row| {
            Some((place(&row)?, known::<DateTime<Utc>>(&row["created_at"])?, known::<Uuid>(&row["id"])?, row))
        })
        .filter(|(_, attached_at, ..)| *attached_at <= at)
        .collect();
    seen.sort_by_key(|(place, attached_at, id, _)| (*place, *attached_at, *id));
    let mut files = BTreeSet::new();
    seen.retain(|(.., attachment)| files.insert(attachment["file_id"].to_string()));
    let file = |attachment: &Value| {
        let file = rows_of(site, "files").find(|file| file["id"] == attachment["file_id"])?;
        let content = rows_of(site, "file_contents").find(|content| content["file_id"] == file["id"])?;
        let is_seen = file["shared_with_clients"] == true && file["state"] == "AVAILABLE";
        let file = SeenFile {
            id: known::<Uuid>(&file["id"])?.into(),
            name: known(&file["name"])?,
            media_type: known(&file["media_type"])?,
            size: known(&file["size"])?,
            sha256: known(&file["sha256"])?,
        };
        is_seen.then_some((file, known(&content["id"])?))
    };
    seen.iter().filter_map(|(.., attachment)| file(attachment)).collect()
}

/// The rows of a table, as far as they are there.
fn rows_of<'a>(site: &'a Site<'_, '_>, table: &'static str) -> impl Iterator<Item = Value> + 'a {
    let of_table = site.build.rows.iter().filter(move |(of, _)| of.name == table);
    of_table.map(|(_, row)| row.to_json())
}

fn known<T: DeserializeOwned>(value: &Value) -> Option<T> {
    serde_json::from_value(value.clone()).ok()
}

//! Decisions: a client's approvals of choices.

use chrono::{DateTime, Utc};
use portico_core::decisions::{
    DecisionKind, DecisionOutcome, Evidence, NewDecision, SeenFile, SeenOption, SelectionDocument,
};
use portico_core::money::Currency;
use portico_core::selections::{Basis, ChosenPrice};
use portico_store::rows::{SelectionOption, Text};
use uuid::Uuid;

use super::chance::{Chance, Thing};
use super::moment;
use super::people::client;
use super::project::Site;
use super::words::WORDS;
use crate::add;
use crate::decisions::{Chain, DecisionRows, demo_decision_keys};

/// A selection that a client has approved.
pub(super) struct Approved {
    /// Days from today.
    pub(super) day: i32,
    pub(super) place: u32,
    pub(super) id: Uuid,
    pub(super) number: Option<u32>,
    pub(super) title: String,
    pub(super) options: Vec<SelectionOption>,
    pub(super) quantity: u32,
}

/// A file that clients see on a selection, or on one of its options.
pub(super) struct Attached {
    pub(super) at: DateTime<Utc>,
    pub(super) id: Uuid,
    pub(super) selection: Uuid,
    pub(super) option: Option<Uuid>,
    pub(super) content: Uuid,
    pub(super) file: SeenFile,
}

fn seen_option(option: SelectionOption, quantity: u32) -> SeenOption {
    SeenOption {
        id: option.id.into(),
        title: option.title.into_owned(),
        description: option.description.map(Text::into_owned),
        is_standard: option.is_standard,
        lead_time_days: option.lead_time_days,
        price: ChosenPrice { unit_minor: option.price_minor, quantity: quantity.cast_signed() },
    }
}

impl Site<'_> {
    /// Adds the decisions of the first client, in the order of time. They are signed with the demo's key.
    pub(super) fn put_decisions(&mut self) {
        let mut approved = std::mem::take(&mut self.approved);
        approved.sort_by_key(|approved| (approved.day, approved.place));
        let mut attached = std::mem::take(&mut self.attached);
        // Files of the selection come first.
        attached.sort_by_key(|attached| (attached.option.is_some(), attached.at, attached.id));
        let mut chance = self.chance(Thing::Decision);
        let (person, _) = client(self.seed, self.index, 0);
        let (keys, mut chain) = (demo_decision_keys(), Chain::default());
        for Approved { day, place, id, number, title, options, quantity } in approved {
            if options.iter().any(|option| option.price_minor.is_none()) {
                continue;
            }
            let Ok(currency) = self.company.market.currency.parse::<Currency>() else { continue };
            let is_chosen = |id: Uuid| options.iter().any(|option| option.id == id);
            let seen = |attached: &&Attached| {
                attached.selection == id && attached.option.is_none_or(is_chosen) && attached.at <= moment(day)
            };
            let seen: Vec<_> = attached.iter().filter(seen).collect();
            let decision_id = self.id(Thing::Decision, place);
            let document = SelectionDocument {
                project: self.project_id.into(),
                currency,
                selection: id.into(),
                version: 1,
                number: number.map(u32::cast_signed),
                title,
                instructions: None,
                location: None,
                options: options.into_iter().map(|option| seen_option(option, quantity)).collect(),
                basis: Basis::Nothing,
                allowance: None,
                files: seen.iter().map(|attached| attached.file.clone()).collect(),
            };
            let new = NewDecision {
                id: decision_id.into(),
                project: self.project_id.into(),
                kind: DecisionKind::SelectionApproved,
                subject: id,
                outcome: DecisionOutcome::Approved,
                document: document.to_canonical().unwrap_or_default(),
                decided_at: moment(day),
                decided_by: self.id(Thing::Client, 0).into(),
                decided_by_name: person.name.to_string(),
                terms_version: None,
                evidence: Evidence {
                    salt: self.seed.hash("salt", Thing::Decision, self.index, place).to_hex()[..32].to_owned(),
                    network: Some(format!("198.51.100.{}", chance.below(250))),
                    device: chance.maybe(90, |chance| chance.pick(&WORDS.devices).to_string()),
                    on_behalf_reason: None,
                },
            };
            if let Ok(DecisionRows { decision, head, evidence }) = chain.append(new, &keys) {
                self.add(decision);
                self.add(head);
                self.add(evidence);
                for attached in seen {
                    add!(self => FileHold { content_id: attached.content, decision_id });
                }
            }
        }
    }
}

//! Leads: who asked companies for an offer, and the forms by which they do.

use uuid::Uuid;

use super::batch::Batch;
use super::calendar::moment;
use super::chance::{Seed, Thing};
use super::company::{Company, put_contact_internal};
use super::people::Person;
use super::tables;

/// Where leads stand: most are new, or came to nothing.
const LEAD_STATES: [(u32, &str); 5] = [(45, "NEW"), (20, "CONTACTED"), (10, "QUALIFIED"), (20, "LOST"), (5, "SPAM")];

/// What people ask in a form.
const QUESTIONS: [&str; 6] = [
    "We have bought a lot and would like to see your plans.",
    "Do you build on steep ground? Ours falls away to the east.",
    "How long is the wait for a kitchen at the moment?",
    "Our architect gave us your name. Could we meet on a Saturday?",
    "We need a step-free bathroom for my mother before winter.",
    "What does a house like the one on your front page cost?",
];

/// What they are interested in.
const INTERESTS: [&str; 5] = ["New home", "Kitchen", "Bathroom", "Extension", "Interior design"];

impl Company {
    /// The form on the company's site.
    pub(super) fn put_form(&self, batch: &mut Batch) {
        batch.put(&tables::LeadForm {
            company_id: self.id,
            key: format!("{}-form", self.slug).into(),
            is_open: true,
            allowed_origins: Vec::new(),
            created_at: moment(self.founded),
        });
    }

    /// Somebody who asked for an offer, or delivers lumber: in the files, and nowhere else.
    pub(super) fn put_lead(&self, seed: &Seed, batch: &mut Batch, number: u32) {
        let person = Person::of(seed, Thing::Lead, (self.index, number), self.market, "people.example");
        let mut chance = seed.chance(Thing::Lead, self.index, 1_000 + number);
        let id = seed.id(Thing::Lead, self.index, number);
        batch.put(&tables::Contact {
            id,
            company_id: self.id,
            identity_id: None,
            kind: "MISC",
            name: person.name.into(),
            email: chance.percent(70).then(|| person.email.into()),
            phone: person.phone.map(Into::into),
            created_at: moment(-chance.between(1, -self.founded)),
        });
        put_contact_internal(batch, &mut chance, self.id, id);
        self.put_asking(seed, batch, number, id);
    }

    /// What most of them asked.
    fn put_asking(&self, seed: &Seed, batch: &mut Batch, number: u32, contact_id: Uuid) {
        let mut chance = seed.chance(Thing::Asking, self.index, number);
        if !chance.percent(75) {
            return;
        }
        let at = -chance.mostly_low(1, 400);
        batch.put(&tables::Lead {
            id: seed.id(Thing::Asking, self.index, number),
            company_id: self.id,
            contact_id,
            state: chance.weighted(&LEAD_STATES),
            source: if chance.percent(80) { "WEB" } else { "STAFF" },
            message: chance.percent(90).then(|| (*chance.pick(&QUESTIONS)).into()),
            interest: chance.percent(40).then(|| (*chance.pick(&INTERESTS)).into()),
            project_id: None,
            created_at: moment(at),
            updated_at: moment(at),
            version: 1,
        });
    }
}

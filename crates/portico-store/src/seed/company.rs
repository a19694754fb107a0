//! Companies: who they are, their staff, their trade partners, and other people in their files.

use portico_core::mail::MailTemplate;
use portico_core::people::{Permission, PermissionSet};
use uuid::Uuid;

use super::batch::Batch;
use super::calendar::moment;
use super::chance::{Chance, Seed, Thing};
use super::markets::{MARKETS, Market, Town};
use super::people::{Person, SessionOf, phone};
use super::tables;
use super::words::{COMPANY_FIRST, COMPANY_KIND, COMPANY_SECOND, NOTES, TRADE_KINDS};

/// Of this person there is always one, who owns the company and is never switched off.
pub(super) const OWNER: u32 = 0;
/// Of this one too: a project manager.
pub(super) const MANAGER: u32 = 1;
/// The key that lists projects; the others open all of them.
const LISTING_KEY: u32 = 1;

/// What companies write to clients whom another one has invited before.
const WELCOME: &str = "Welcome, {{name}}! You will find {{project}} at {{portal}}. Sign in there as you always do.";

/// What staff are, and what they may do. The first is the project manager's.
const POSITIONS: [(&str, &[Permission]); 6] = [
    (
        "Project manager",
        &[
            Permission::ProjectsRead,
            Permission::ProjectsWrite,
            Permission::ScheduleEdit,
            Permission::SchedulePublish,
            Permission::SelectionsManage,
            Permission::CostsView,
            Permission::MessagesClient,
            Permission::MessagesInternal,
            Permission::ClientsInvite,
        ],
    ),
    ("Superintendent", &[Permission::ProjectsRead, Permission::ScheduleEdit, Permission::MessagesInternal]),
    (
        "Bookkeeper",
        &[
            Permission::ProjectsRead,
            Permission::CostsView,
            Permission::MarginsView,
            Permission::InvoicesManage,
            Permission::InvoicesRelease,
            Permission::PaymentsRecord,
        ],
    ),
    (
        "Designer",
        &[
            Permission::ProjectsRead,
            Permission::SelectionsManage,
            Permission::MessagesClient,
            Permission::MessagesInternal,
        ],
    ),
    ("Estimator", &[Permission::ProjectsRead, Permission::CostsView, Permission::LeadsManage]),
    ("Assistant", &[Permission::ProjectsRead]),
];

/// What everybody needs to know of a company.
pub(super) struct Company {
    pub(super) index: u32,
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) slug: String,
    /// What its project numbers begin with.
    pub(super) prefix: String,
    pub(super) market: &'static Market,
    pub(super) home: &'static Town,
    pub(super) staff: u32,
    pub(super) trades: u32,
    keys: u32,
    /// How many days ago it began.
    pub(super) founded: i32,
}

impl Company {
    pub(super) fn of(seed: &Seed, index: u32) -> Self {
        let mut chance = seed.chance(Thing::Company, index, 0);
        let first = format!("{}{}", chance.pick(&COMPANY_FIRST), chance.pick(&COMPANY_SECOND));
        let name = format!("{first} {}", chance.pick(&COMPANY_KIND));
        let market = chance.weighted(&MARKETS);
        // The first companies have most of the projects, and the people for it.
        Self {
            index,
            id: seed.id(Thing::Company, index, 0),
            slug: format!("{}-{index}", name.to_lowercase().replace(' ', "-")),
            prefix: first.chars().take(2).collect::<String>().to_uppercase(),
            name,
            market,
            home: chance.pick(market.towns),
            staff: 4 + chance.below(6) + 40 / (index + 1),
            trades: 8 + chance.below(14) + 60 / (index + 1),
            keys: chance.below(4),
            founded: -chance.between(1_500, 9_000),
        }
    }

    pub(super) fn staff_id(&self, seed: &Seed, number: u32) -> Uuid {
        seed.id(Thing::Staff, self.index, number % self.staff)
    }

    pub(super) fn title(number: u32) -> &'static str {
        if number == OWNER { "Owner" } else { POSITIONS[(number as usize - 1) % POSITIONS.len()].0 }
    }

    pub(super) fn staff_person(&self, seed: &Seed, number: u32) -> Person {
        let domain = format!("{}.example", self.slug);
        Person::of(seed, Thing::StaffIdentity, (self.index, number), self.market, &domain)
    }

    /// The person behind a trade partner, and the company that was the first to know them.
    pub(super) fn trade_person(&self, seed: &Seed, number: u32) -> (Person, u32) {
        let first = origin_of_trade(seed, self.index, number);
        let market = if first == self.index { self.market } else { Self::of(seed, first).market };
        (Person::of(seed, Thing::TradeIdentity, (first, number), market, "trades.example"), first)
    }

    /// The key that lists projects, if there is one.
    pub(super) fn listing_key(&self, seed: &Seed) -> Option<Uuid> {
        (self.keys > LISTING_KEY).then(|| seed.id(Thing::Key, self.index, LISTING_KEY))
    }

    /// Writes the company, and everybody who belongs to no project.
    pub(super) fn put(&self, seed: &Seed, batch: &mut Batch) {
        let mut chance = seed.chance(Thing::Company, self.index, 1);
        let mut color = || format!("#{:06x}", chance.below(1 << 24));
        let (primary_color, accent_color) = (color().into(), color().into());
        batch.put(&tables::Company {
            id: self.id,
            slug: self.slug.clone().into(),
            name: self.name.clone().into(),
            region: self.market.region,
            portal_host: format!("{}.portal.example", self.slug).into(),
            public_phone: chance.percent(90).then(|| phone(&mut chance, self.market).into()),
            created_at: moment(self.founded),
            version: 1,
        });
        batch.put(&tables::Branding {
            company_id: self.id,
            primary_color,
            accent_color,
            logo_url: chance.percent(80).then(|| format!("https://assets.{}.example/logo.svg", self.slug).into()),
            website_url: chance.percent(90).then(|| format!("https://www.{}.example", self.slug).into()),
        });
        self.put_portal(seed, batch);
        // Written for every company: nothing is drawn, so that all else stays what it was.
        batch.put(&tables::EmailTemplate {
            company_id: self.id,
            key: MailTemplate::CustomerInvitationFromAnotherOffice.as_str(),
            body: WELCOME,
            version: 1,
            updated_at: moment(self.founded),
        });
        self.put_form(batch);
        for number in 0..self.staff {
            self.put_staff(seed, batch, number);
        }
        for number in 0..self.trades {
            self.put_trade(seed, batch, number);
        }
        for number in 0..4 + chance.below(12) {
            self.put_lead(seed, batch, number);
        }
        for number in 0..self.keys {
            self.put_key(seed, batch, number);
        }
    }

    fn put_staff(&self, seed: &Seed, batch: &mut Batch, number: u32) {
        let mut chance = seed.chance(Thing::Staff, self.index, number);
        let id = self.staff_id(seed, number);
        let person = self.staff_person(seed, number);
        let since = -chance.between(90, -self.founded);
        let must_work = number <= MANAGER;
        batch.put(&tables::Staff {
            id,
            company_id: self.id,
            identity_id: person.id,
            role: if number == OWNER { "OWNER" } else { "STAFF" },
            title: Self::title(number).into(),
            permissions: permissions_of(number),
            removed_at: (chance.percent(6) && !must_work).then(|| moment(-1)),
            created_at: moment(since),
        });
        batch.put(&tables::StaffInternal {
            staff_membership_id: id,
            company_id: self.id,
            pay_rate_minor: chance.percent(90).then(|| i64::from(chance.between(2_400, 9_500))),
            private_phone: chance.percent(70).then(|| phone(&mut chance, self.market).into()),
        });
        let whose = (self.index, number);
        let thing = Thing::StaffSession;
        let session = SessionOf { seed, thing, whose, actor: "STAFF", staff_membership_id: Some(id), must_work };
        person.put(batch, self.market, self.home, since, session);
    }

    fn put_trade(&self, seed: &Seed, batch: &mut Batch, number: u32) {
        let mut chance = seed.chance(Thing::TradeContact, self.index, number);
        let (person, first) = self.trade_person(seed, number);
        let since = -chance.between(90, -self.founded);
        let contact_id = seed.id(Thing::TradeContact, self.index, number);
        batch.put(&tables::Contact {
            id: contact_id,
            company_id: self.id,
            identity_id: Some(person.id),
            kind: "TRADE",
            name: format!("{} ({})", person.name, chance.pick(&TRADE_KINDS)).into(),
            email: Some(person.email.clone().into()),
            phone: Some(phone(&mut chance, self.market).into()),
            created_at: moment(since),
        });
        put_contact_internal(batch, &mut chance, self.id, contact_id);
        if first == self.index {
            let whose = (self.index, number);
            // Project 0 is worked on by the first company's trades, and a token is for one of them.
            let must_work = self.index == 0;
            let thing = Thing::TradeSession;
            let session = SessionOf { seed, thing, whose, actor: "TRADE", staff_membership_id: None, must_work };
            person.put(batch, self.market, self.home, since, session);
        }
    }

    fn put_key(&self, seed: &Seed, batch: &mut Batch, number: u32) {
        let mut chance = seed.chance(Thing::Key, self.index, number);
        let began = -chance.between(1, 300);
        let names = ["Nightly export", "Board figures", "Data warehouse", "Map on the wall"];
        batch.put(&tables::Key {
            id: seed.id(Thing::Key, self.index, number),
            token_hash: seed.hash("token", Thing::Key, self.index, number).to_string().into(),
            company_id: self.id,
            name: (*chance.pick(&names)).into(),
            created_by: self.staff_id(seed, OWNER),
            permissions: key_permissions(),
            all_projects: number != LISTING_KEY,
            created_at: moment(began),
            expires_at: moment(began + 365),
            revoked_at: chance.percent(15).then(|| moment(-1)),
        });
    }
}

/// The permissions of a member of staff. An owner needs none.
pub(super) fn permissions_of(number: u32) -> Vec<&'static str> {
    if number == OWNER {
        return Vec::new();
    }
    let set: PermissionSet = POSITIONS[(number as usize - 1) % POSITIONS.len()].1.iter().copied().collect();
    set.iter().map(Permission::as_str).collect()
}

/// What scripts read.
pub(super) fn key_permissions() -> Vec<&'static str> {
    vec![Permission::ProjectsRead.as_str(), Permission::CostsView.as_str()]
}

/// What staff noted about a contact.
pub(super) fn put_contact_internal(batch: &mut Batch, chance: &mut Chance, company_id: Uuid, contact_id: Uuid) {
    if chance.percent(60) {
        batch.put(&tables::ContactInternal {
            contact_id,
            company_id,
            internal_notes: chance.percent(70).then(|| (*chance.pick(&NOTES)).into()),
            lead_score: chance.percent(50).then(|| chance.between(0, 100)),
        });
    }
}

/// The company that first knew a trade partner: now and then an earlier one than this. A partner keeps their number, so
/// that no company knows one person under two.
fn origin_of_trade(seed: &Seed, company: u32, number: u32) -> u32 {
    let works_elsewhere =
        |company: u32| company > 0 && seed.chance(Thing::TradeIdentity, company, 10_000 + number).percent(20);
    if works_elsewhere(company) {
        let earlier = seed.chance(Thing::TradeIdentity, company, 20_000 + number).below(company);
        if number < Company::of(seed, earlier).trades && !works_elsewhere(earlier) {
            return earlier;
        }
    }
    company
}

//! People: names, sign-in, and those known to several companies.

use fake::Fake;
use fake::faker::name::raw::{FirstName, LastName};
use fake::locales::EN;
use portico_core::access::Role;
use portico_core::projects::{AccessLevel, MembershipKind};
use rand::rngs::ChaCha8Rng;
use uuid::Uuid;

use super::chance::{Chance, Seed, Thing};
use super::company::{Company, put_contact_internal};
use super::moment;
use super::project::Site;
use super::size::company_of;
use super::words::{Market, WORDS};
use crate::{Rows, add};

/// Maximum age of a session, in days.
const OLDEST_SESSION: i32 = 60;
/// Lifetime of a session in days, longer than any such world is kept.
const SESSION_DAYS: i32 = 3_650;

/// A person, independent of companies.
pub(super) struct Person {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) phone: Option<String>,
    /// The numbers of the owner and of the person.
    numbers: (u32, u32),
    /// Random stream for the rest of the person's rows.
    chance: ChaCha8Rng,
}

impl Person {
    /// The person behind an identity. The numbers of owner and person make each address of a domain unique.
    pub(super) fn of(seed: &Seed, thing: Thing, (owner, number): (u32, u32), market: &Market, domain: &str) -> Self {
        let mut chance = seed.chance(thing, owner, number);
        let name = format!("{} {}", FirstName(EN).fake_with_rng::<&str, _>(&mut chance), last_name(&mut chance));
        Self {
            id: seed.id(thing, owner, number),
            email: format!("{}.{owner}-{number}@{domain}", slug(&name).replace('-', ".")),
            phone: chance.maybe(85, |chance| phone(chance, market)),
            name,
            numbers: (owner, number),
            chance,
        }
    }

    /// Adds the identity and, if it is claimed, usually a session.
    pub(super) fn put(self, seed: &Seed, rows: &mut Rows, company: &Company, since: i32, session: SessionOf) {
        let Self { id, name, email, phone, numbers: (owner, number), mut chance } = self;
        let SessionOf { thing, actor, staff_membership_id, has_token } = session;
        let claimed = (chance.percent(85) || has_token).then(|| (since + chance.mostly_low(0, 30)).min(-1));
        let disabled_at = (chance.below(150) == 0 && !has_token).then(|| moment(-1));
        add!(rows => Identity {
            id, email_canonical: &email, email, name, phone, locale: &company.market.locale, time_zone: &company.home.time_zone,
            claimed_at: claimed.map(moment), disabled_at, created_at: moment(since.min(-1)),
        });
        if claimed.is_none() || chance.percent(30) {
            return;
        }
        let began = -chance.between(1, OLDEST_SESSION);
        add!(rows => Session {
            id: seed.id(thing, owner, number), identity_id: id, actor, staff_membership_id,
            // The hash of no token: the row only has to be skipped by queries.
            token_hash: seed.hash("token", thing, owner, number).to_string(), device: Some(chance.pick(&WORDS.devices)),
            created_at: moment(began), last_seen_at: moment(chance.between(began, -1)),
            expires_at: moment(began + SESSION_DAYS), revoked_at: chance.maybe(8, |_| moment(-1)),
        });
    }
}

/// Values of a person's session, if there is one.
pub(super) struct SessionOf {
    pub(super) thing: Thing,
    pub(super) actor: Role,
    pub(super) staff_membership_id: Option<Uuid>,
    /// Whether the person has a token, and so needs an account that is not disabled.
    pub(super) has_token: bool,
}

pub(super) fn last_name(chance: &mut ChaCha8Rng) -> &'static str {
    LastName(EN).fake_with_rng(chance)
}

/// A telephone number of a market.
pub(super) fn phone(chance: &mut ChaCha8Rng, market: &Market) -> String {
    format!("{}555{:04}", market.dial, chance.below(10_000))
}

/// A name in the characters of addresses.
pub(super) fn slug(name: &str) -> String {
    let plain = name.to_lowercase().replace(' ', "-");
    plain.chars().filter(|sign| sign.is_ascii_alphanumeric() || *sign == '-').collect()
}

/// The client of a project by number, with the project and number of the person's first membership. Sometimes a client
/// builds again, often with another company.
pub(super) fn client(seed: &Seed, project: u32, number: u32) -> (Person, (u32, u32)) {
    let builds_again = |project: u32| project > 0 && seed.chance(Thing::Client, project, 1_000).percent(6);
    let earlier =
        (number == 0 && builds_again(project)).then(|| seed.chance(Thing::Client, project, 1_001).below(project));
    let first = earlier.filter(|earlier| !builds_again(*earlier)).map_or((project, number), |earlier| (earlier, 0));
    let market = Company::of(seed, company_of(seed, first.0)).market;
    (Person::of(seed, Thing::ClientIdentity, first, market, "clients.example"), first)
}

impl Site<'_> {
    pub(super) fn put_members(&mut self) {
        let mut chance = self.chance(Thing::Client);
        for number in 0..chance.weighted(&[(45, 1), (43, 2), (12, 3)]) {
            self.put_client(&mut chance, number);
        }
        let mut chance = self.chance(Thing::Trade);
        for number in 0..self.trades {
            self.put_trade(&mut chance, number);
        }
    }

    fn put_client(&mut self, chance: &mut ChaCha8Rng, number: u32) {
        let (person, first) = client(self.seed, self.index, number);
        let contact_id = self.id(Thing::ClientContact, number);
        let (id, created_at, identity_id) = (self.id(Thing::Client, number), moment(self.created), person.id);
        add!(self => Contact {
            id: contact_id, identity_id: Some(identity_id), kind: "CLIENT", name: &person.name,
            email: Some(&person.email), phone: &person.phone, created_at,
        });
        put_contact_internal(self.rows, chance, self.company.id, contact_id);
        let (relationship, removed) = WORDS.shares.clients[number as usize];
        let access = chance.weighted(&WORDS.shares.by_status[&self.status].client_access);
        let access_level = if self.is_showcase() { AccessLevel::Portal } else { access };
        let removed_at = chance.maybe(removed, |_| moment(-1));
        add!(self => ProjectMembership {
            id, contact_id, identity_id, kind: MembershipKind::Client, relationship: Some(relationship),
            is_primary: number == 0, can_see_status: chance.percent(96), can_pay: number == 0 || chance.percent(50),
            can_approve: relationship.may_approve(), access_level, removed_at, created_at,
        });
        if number == 1 {
            add!(self => ProjectClientSettings {
                membership_id: id, label: Some("To be called, not written to"), instant_alerts: Some(false),
                summary_frequency: Some("WEEKLY"),
            });
        }
        // Clients with access were invited once.
        if access_level == AccessLevel::Portal {
            add!(self => Invitation {
                id: self.id(Thing::Invitation, number), membership_id: id,
                state: if removed_at.is_some() { "REVOKED" } else { "ACCEPTED" }, template: "CUSTOMER_INVITATION",
                sent_at: created_at, expires_at: created_at, accepted_at: Some(created_at), ended_at: removed_at,
            });
        }
        if first == (self.index, number) {
            let (thing, has_token) = (Thing::ClientSession, self.is_showcase() && number == 0);
            let session = SessionOf { thing, actor: Role::Client, staff_membership_id: None, has_token };
            person.put(self.seed, self.rows, &self.company, self.created, session);
        }
    }

    /// Adds a trade partner. Most have no web access, and get mail only.
    fn put_trade(&mut self, chance: &mut ChaCha8Rng, number: u32) {
        let in_company = self.trade_in_company(number);
        let has_token = self.is_showcase() && number == 0;
        add!(self => ProjectMembership {
            id: self.id(Thing::Trade, number),
            contact_id: self.seed.id(Thing::TradeContact, self.company.index, in_company),
            identity_id: self.company.trade_person(self.seed, in_company).0.id, kind: MembershipKind::Trade,
            can_see_status: true, access_level: AccessLevel::None, web_access: chance.percent(45) || has_token,
            removed_at: (chance.percent(8) && !has_token).then(|| moment(-1)),
            created_at: moment((self.created + 14).min(-1)),
        });
    }
}

//! People: how they are called, how they sign in, and who turns up at more than one company.

use uuid::Uuid;

use super::batch::Batch;
use super::calendar::moment;
use super::chance::{Chance, Seed, Thing};
use super::copy::Text;
use super::markets::{Market, Town};
use super::tables::{Identity, Session};
use super::words::{FIRST_NAMES, LAST_NAMES};

/// How long ago, in days, the oldest session began.
const OLDEST_SESSION: i32 = 60;
/// How long a session lives, in days: beyond the time for which anybody keeps such a world.
const SESSION_DAYS: i32 = 3_650;

/// A person, whoever knows them.
pub(super) struct Person {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) phone: Option<String>,
    /// What is drawn for the rest of their row.
    chance: Chance,
}

impl Person {
    /// The person behind an identity. `domain` follows the `@`, and with the owner's and the person's numbers makes each
    /// address unique.
    pub(super) fn of(seed: &Seed, thing: Thing, (owner, number): (u32, u32), market: &Market, domain: &str) -> Self {
        let mut chance = seed.chance(thing, owner, number);
        let (first, last) = (*chance.pick(&FIRST_NAMES), *chance.pick(&LAST_NAMES));
        let local = format!("{first}.{last}.{owner}-{number}").to_lowercase();
        let phone = chance.percent(85).then(|| phone(&mut chance, market));
        Self {
            id: seed.id(thing, owner, number),
            name: format!("{first} {last}"),
            email: format!("{local}@{domain}"),
            phone,
            chance,
        }
    }

    /// Their identity and, if they have claimed it, most often a session. `must_work` is for those whom tokens are for.
    pub(super) fn put(mut self, batch: &mut Batch, market: &Market, town: &Town, since: i32, session: SessionOf<'_>) {
        let must_work = session.must_work;
        let claimed = (self.chance.percent(85) || must_work).then(|| (since + self.chance.mostly_low(0, 30)).min(-1));
        let disabled = (self.chance.below(150) == 0 && !must_work).then_some(-1);
        batch.put(&Identity {
            id: self.id,
            email_canonical: self.email.clone().into(),
            email: self.email.into(),
            name: self.name.into(),
            phone: self.phone.map(Text::from),
            locale: market.locale,
            time_zone: town.3,
            claimed_at: claimed.map(moment),
            disabled_at: disabled.map(moment),
            created_at: moment(since.min(-1)),
        });
        if claimed.is_none() || self.chance.percent(30) {
            return;
        }
        let began = -self.chance.between(1, OLDEST_SESSION);
        batch.put(&Session {
            id: session.seed.id(session.thing, session.whose.0, session.whose.1),
            // The hash of no token: the row is there to be passed over.
            token_hash: session.seed.hash("token", session.thing, session.whose.0, session.whose.1).to_string().into(),
            identity_id: self.id,
            actor: session.actor,
            staff_membership_id: session.staff_membership_id,
            company_id: None,
            device: Some((*self.chance.pick(&["Phone", "Laptop", "Tablet"])).into()),
            created_at: moment(began),
            last_seen_at: moment(self.chance.between(began, -1)),
            expires_at: moment(began + SESSION_DAYS),
            revoked_at: self.chance.percent(8).then(|| moment(-1)),
        });
    }
}

/// What a person's session is, if they have one.
pub(super) struct SessionOf<'a> {
    pub(super) seed: &'a Seed,
    pub(super) thing: Thing,
    /// The owner's number and the person's.
    pub(super) whose: (u32, u32),
    pub(super) actor: &'static str,
    pub(super) staff_membership_id: Option<Uuid>,
    /// Nobody switched this person off.
    pub(super) must_work: bool,
}

/// A telephone number of a market.
pub(super) fn phone(chance: &mut Chance, market: &Market) -> String {
    format!("{}555{:04}", market.dial, chance.below(10_000))
}

/// Of which project's client number this project's client is the person: now and then somebody builds again, often with
/// another company.
pub(super) fn origin_of_client(seed: &Seed, project: u32, number: u32) -> (u32, u32) {
    if number == 0 && builds_again(seed, project) {
        let earlier = seed.chance(Thing::Client, project, 1_001).below(project);
        if !builds_again(seed, earlier) {
            return (earlier, 0);
        }
    }
    (project, number)
}

fn builds_again(seed: &Seed, project: u32) -> bool {
    project > 0 && seed.chance(Thing::Client, project, 1_000).percent(6)
}

//! Chance that falls the same way in every run, and ids to go with it.
//!
//! Everything is drawn from BLAKE3 in its extendable form: a standard that no new version of a crate will change. No
//! floating point is used anywhere in a seed, since its last bits differ between machines.

use uuid::Uuid;

use crate::stable_id::{MADE_AT_MS, stable_id};

/// Things of companies carry moments before those of projects, so that each has a part of the index to itself.
const COMPANIES_MADE_AT_MS: u64 = MADE_AT_MS - 100_000_000;

/// What a stream of chance or an id is for. Two things of one kind are told apart by whose they are and which.
#[derive(Debug, Clone, Copy)]
pub(super) enum Thing {
    Company = 0,
    Staff = 1,
    StaffIdentity = 2,
    StaffSession = 3,
    TradeIdentity = 4,
    TradeContact = 5,
    TradeSession = 6,
    Lead = 7,
    Key = 8,
    Token = 9,
    HelpArticle = 10,
    Asking = 11,
    SupportIdentity = 12,
    Project = 32,
    Client = 33,
    ClientIdentity = 34,
    ClientContact = 35,
    ClientSession = 36,
    Trade = 37,
    Location = 38,
    TeamMember = 39,
    ScheduleVersion = 40,
    Milestone = 41,
    Task = 42,
    Assignee = 43,
    Allowance = 44,
    Selection = 45,
    SelectionOption = 46,
    Note = 47,
    Block = 48,
    Invitation = 49,
}

impl Thing {
    const fn is_of_company(self) -> bool {
        (self as u8) < Self::Project as u8
    }
}

/// The seed of a world, as a key.
pub(super) struct Seed([u8; 32]);

impl Seed {
    pub(super) fn new(seed: u64) -> Self {
        Self(blake3::derive_key("portico 2026 seed of a world", &seed.to_le_bytes()))
    }

    /// A stream of chance of one thing's own: what is drawn for one changes nothing for another.
    pub(super) fn chance(&self, thing: Thing, owner: u32, number: u32) -> Chance {
        let reader = self.hasher("chance", thing, owner, number).finalize_xof();
        Chance { reader, drawn: [0; 64], used: 64 }
    }

    /// The id of a thing. `owner` is the company's or the project's number, by which ids are ordered.
    pub(super) fn id(&self, thing: Thing, owner: u32, number: u32) -> Uuid {
        let first = if thing.is_of_company() { COMPANIES_MADE_AT_MS } else { MADE_AT_MS };
        stable_id(first + u64::from(owner), &self.hash("id", thing, owner, number))
    }

    /// 32 bytes that nobody can guess who does not know the seed.
    pub(super) fn hash(&self, purpose: &str, thing: Thing, owner: u32, number: u32) -> blake3::Hash {
        self.hasher(purpose, thing, owner, number).finalize()
    }

    fn hasher(&self, purpose: &str, thing: Thing, owner: u32, number: u32) -> blake3::Hasher {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(&[thing as u8]).update(&owner.to_le_bytes()).update(&number.to_le_bytes());
        hasher.update(purpose.as_bytes());
        hasher
    }
}

/// A stream of chance.
pub(super) struct Chance {
    reader: blake3::OutputReader,
    drawn: [u8; 64],
    used: usize,
}

impl Chance {
    fn draw(&mut self) -> u32 {
        if self.used == self.drawn.len() {
            self.reader.fill(&mut self.drawn);
            self.used = 0;
        }
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&self.drawn[self.used..self.used + 4]);
        self.used += 4;
        u32::from_le_bytes(bytes)
    }

    /// One of the numbers below `bound`; 0 if there are none.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        // The upper half of the product: the bias of one part in four thousand million shows in no world.
        u32::try_from((u64::from(self.draw()) * u64::from(bound)) >> 32).unwrap_or_default()
    }

    /// One of the numbers from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i32, high: i32) -> i32 {
        low.saturating_add_unsigned(self.below(high.abs_diff(low) + 1))
    }

    /// One of the numbers from `low` to `high`, small ones more often.
    pub(super) fn mostly_low(&mut self, low: i32, high: i32) -> i32 {
        let once = self.between(low, high);
        once.min(self.between(low, high))
    }

    /// True in so many cases of a hundred.
    pub(super) fn percent(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of several, each as likely as the others.
    pub(super) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        let bound = u32::try_from(choices.len()).unwrap_or(u32::MAX);
        &choices[self.below(bound) as usize]
    }

    /// One of several, each as likely as its weight.
    pub(super) fn weighted<T: Copy>(&mut self, choices: &[(u32, T)]) -> T {
        let mut left = self.below(choices.iter().map(|(weight, _)| weight).sum());
        for (weight, choice) in choices {
            if left < *weight {
                return *choice;
            }
            left -= weight;
        }
        choices[0].1
    }

    /// An amount in minor units from `low` to `high` whole units, in steps of five.
    pub(super) fn amount(&mut self, low: i32, high: i32) -> i64 {
        i64::from(self.between(low / 5, high / 5)) * 500
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_its_things_own_and_the_same_in_every_run() {
        let draw = |seed: u64, thing, owner| Seed::new(seed).chance(thing, owner, 0).draw();
        assert_eq!(draw(1, Thing::Task, 7), draw(1, Thing::Task, 7));
        assert_ne!(draw(1, Thing::Task, 7), draw(2, Thing::Task, 7));
        assert_ne!(draw(1, Thing::Task, 7), draw(1, Thing::Task, 8));
        assert_ne!(draw(1, Thing::Task, 7), draw(1, Thing::Milestone, 7));
    }

    #[test]
    fn what_is_drawn_lies_within_its_bounds() {
        let mut chance = Seed::new(1).chance(Thing::Project, 0, 0);
        let drawn: Vec<i32> = (0..1000).map(|_| chance.between(-2, 2)).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&-2), Some(&2)));
        assert_eq!(chance.below(0), 0);
        assert!((0..1000).all(|_| chance.weighted(&[(3, 'a'), (0, 'b'), (1, 'c')]) != 'b'));
        assert!((0..100).all(|_| chance.amount(10, 30) % 500 == 0));
    }

    #[test]
    fn ids_are_ordered_by_project() {
        let seed = Seed::new(1);
        assert!(seed.id(Thing::Task, 3, 900) < seed.id(Thing::Task, 4, 0));
        assert!(seed.id(Thing::Company, 4000, 0) < seed.id(Thing::Project, 0, 0));
        assert_eq!(seed.id(Thing::Task, 3, 900).get_version_num(), 7);
    }
}

//! Deterministic random numbers, and ids derived from them.

use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use uuid::Uuid;

use crate::{MADE_AT_MS, stable_id};

/// Creation time in ids of companies' records. They sort before those of projects, so that each has a range of the
/// index.
const COMPANIES_MADE_AT_MS: u64 = MADE_AT_MS - 100_000_000;

/// Purpose of a random stream or an id. Streams of one kind are distinguished by owner and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
#[rustfmt::skip]
pub(super) enum Thing {
    // Records of a company, or of the platform.
    Company, Staff, StaffIdentity, StaffSession, TradeIdentity, TradeContact, TradeSession, Contact, Key, Token, HelpArticle,
    Lead, SupportIdentity,
    // Records of a project.
    Project, Client, ClientIdentity, ClientContact, ClientSession, Trade, Location, TeamMember, ScheduleVersion, Milestone,
    Task, Assignee, Allowance, Selection, SelectionOption, Note, Block, Invitation, Thread, Message, NoteThread, Decision, File, FileContent,
    FileAttachment, Album, PlannedMilestone, PlannedTask, PlannedAssignee, Delay,
    // Of a company, at the end: the numbers of all others stay.
    Template, TemplateTask,
    // Of a project.
    AllowanceEntry,
}

/// The seed of a world, as a key.
pub(super) struct Seed([u8; 32]);

impl Seed {
    pub(super) fn new(seed: u64) -> Self {
        Self(blake3::derive_key("portico 2026 seed of a world", &seed.to_le_bytes()))
    }

    /// The random stream of a record, independent of all others.
    pub(super) fn chance(&self, thing: Thing, owner: u32, number: u32) -> ChaCha8Rng {
        ChaCha8Rng::from_seed(self.hash("chance", thing, owner, number).into())
    }

    /// The id of a record. `owner` is the number of the company or project, by which ids are ordered.
    pub(super) fn id(&self, thing: Thing, owner: u32, number: u32) -> Uuid {
        let first = if thing < Thing::Project { COMPANIES_MADE_AT_MS } else { MADE_AT_MS };
        stable_id(first + u64::from(owner), &self.hash("id", thing, owner, number))
    }

    /// 32 bytes that cannot be guessed without the seed.
    pub(super) fn hash(&self, purpose: &str, thing: Thing, owner: u32, number: u32) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(&[thing as u8]).update(&owner.to_le_bytes()).update(&number.to_le_bytes());
        hasher.update(purpose.as_bytes()).finalize()
    }
}

/// Draws values. Numbers have 32 bits, so that they are the same on machines of any word size.
pub(super) trait Chance: RngExt + Sized {
    /// A number below `bound`; 0 if `bound` is 0.
    fn below(&mut self, bound: u32) -> u32 {
        self.random_range(0..bound.max(1))
    }

    /// A number from `low` to `high`, inclusive.
    fn between(&mut self, low: i32, high: i32) -> i32 {
        self.random_range(low..=high)
    }

    /// A number from `low` to `high`, biased toward low ones.
    fn mostly_low(&mut self, low: i32, high: i32) -> i32 {
        self.between(low, high).min(self.between(low, high))
    }

    /// True with this probability in percent.
    fn percent(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// A value with this probability in percent.
    fn maybe<T>(&mut self, percent: u32, value: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.percent(percent).then(|| value(self))
    }

    /// One of several, equally likely.
    fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        choices.choose(self).expect("the list is not empty")
    }

    /// One of several, by weight. The only one is not drawn.
    fn weighted<T: Copy>(&mut self, choices: &[(u32, T)]) -> T {
        if let [(_, only)] = choices {
            return *only;
        }
        choices.choose_weighted(self, |(weight, _)| *weight).expect("some weight is not zero").1
    }

    /// An amount in minor units from `low` to `high` whole units, in steps of five.
    fn amount(&mut self, low: i32, high: i32) -> i64 {
        i64::from(self.between(low / 5, high / 5)) * 500
    }
}

impl Chance for ChaCha8Rng {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_the_same_in_every_run() {
        let draw = |seed: u64, thing, owner| Seed::new(seed).chance(thing, owner, 0).below(u32::MAX);
        assert_eq!(draw(1, Thing::Task, 7), draw(1, Thing::Task, 7));
        for other in [draw(2, Thing::Task, 7), draw(1, Thing::Task, 8), draw(1, Thing::Milestone, 7)] {
            assert_ne!(draw(1, Thing::Task, 7), other);
        }
    }

    #[test]
    fn ids_are_ordered_by_project() {
        let seed = Seed::new(1);
        assert!(seed.id(Thing::Task, 3, 900) < seed.id(Thing::Task, 4, 0));
        assert!(seed.id(Thing::Company, 4000, 0) < seed.id(Thing::Project, 0, 0));
        assert_eq!(seed.id(Thing::Task, 3, 900).get_version_num(), 7);
    }
}

//! What changed in a project since a reader last asked.
//!
//! The gateway keeps which records each reader was sent, with a digest of what the reader may see of them. Differences get
//! the reader's next positions. So a cursor counts this reader's changes alone, and a record that is no longer shared is
//! named only to readers who received it.

use std::collections::HashSet;

use uuid::Uuid;

use crate::id::Tag;

/// A record whose visible content differs from what the reader was sent.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Difference {
    /// Type of its global ID.
    pub kind: Tag,
    /// Its id.
    pub id: Uuid,
    /// Digest of its content now. None if the reader may not see it, or no longer.
    pub digest: Option<Uuid>,
    /// Position at which the reader first received it. None for a record that the reader has not, or no longer.
    pub created: Option<i64>,
}

/// The last change of a record, as a reader received it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sent {
    /// Type of its global ID.
    pub kind: Tag,
    /// Its id.
    pub id: Uuid,
    /// Whether the reader may no longer see it.
    pub is_removed: bool,
    /// Position at which the reader first received it.
    pub created: i64,
    /// Position of the change.
    pub position: i64,
}

/// What happened to a record since a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// The reader did not have it.
    Created,
    /// The reader has an earlier state.
    Changed,
    /// It was deleted, or is no longer shared with the reader.
    Removed,
}

/// How far a reader has received changes, as a cursor holds it.
///
/// While more pages follow, a reader has only a part of the changes up to `until`, namely those up to `position`; changes are then
/// sent relative to `from`, where the first page began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Since {
    /// Everything up to this position was sent in earlier pages.
    pub position: i64,
    /// The position before the first page.
    pub from: i64,
    /// The last position at the time of the first page.
    pub until: i64,
}

impl Since {
    /// Everything up to a position was sent.
    pub const fn complete(position: i64) -> Self {
        Self { position, from: position, until: position }
    }

    /// The position relative to which a change is sent.
    const fn base_of(self, position: i64) -> i64 {
        if position <= self.until { self.from } else { self.until }
    }

    /// After a page of changes up to `position`, with `last` the last position now.
    fn after(self, position: i64, last: i64) -> Self {
        if position >= last {
            return Self::complete(last);
        }
        let is_first_page = self.position == self.until;
        let until = if is_first_page { last } else { self.until };
        // Past the changes of the first page, later ones are sent relative to it.
        if position >= until {
            Self { position, from: until, until: last }
        } else {
            Self { position, from: self.from, until }
        }
    }
}

impl Sent {
    /// The change for a reader who was sent this far. None if there is none for that reader: the record appeared and disappeared in
    /// between.
    pub const fn since(&self, since: Since) -> Option<ChangeKind> {
        match (self.is_removed, self.created > since.base_of(self.position)) {
            (true, true) => None,
            (true, false) => Some(ChangeKind::Removed),
            (false, true) => Some(ChangeKind::Created),
            (false, false) => Some(ChangeKind::Changed),
        }
    }
}

/// Gives differences the positions after `last`.
pub fn sent(last: i64, differences: &[Difference]) -> Vec<Sent> {
    let positions = last + 1..;
    let send = |(difference, position): (&Difference, i64)| Sent {
        kind: difference.kind,
        id: difference.id,
        is_removed: difference.digest.is_none(),
        created: difference.created.unwrap_or(position),
        position,
    };
    differences.iter().zip(positions).map(send).collect()
}

/// Changes of one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The changes, in order.
    pub changes: Vec<(ChangeKind, Sent)>,
    /// How far the reader is sent with them.
    pub since: Since,
    /// Whether more follow.
    pub has_more: bool,
}

/// The first `size` changes of those after `since`. `sent` has all of them up to the position `through`, in the order of their
/// positions; `last` is the last position.
pub fn page(since: Since, size: usize, sent: &[Sent], through: i64, last: i64) -> Page {
    let mut changes = sent.iter().filter_map(|sent| Some((sent.since(since)?, *sent)));
    let first: Vec<_> = changes.by_ref().take(size).collect();
    let position = match (changes.next(), first.last()) {
        (Some(_), Some((_, sent))) => sent.position,
        _ => through,
    };
    Page { changes: first, since: since.after(position, last), has_more: position < last }
}

/// What a reader was sent after a cursor, followed by what it is sent now: all up to the returned position. `sent` has at most `limit`
/// changes; a record that differs again is sent at its new position only.
pub fn with_differences(sent: &[Sent], limit: usize, differences: &[Sent], last: i64) -> (Vec<Sent>, i64) {
    let again: HashSet<(Tag, Uuid)> = differences.iter().map(|sent| (sent.kind, sent.id)).collect();
    let still = sent.iter().filter(|sent| !again.contains(&(sent.kind, sent.id)));
    match sent.last() {
        Some(end) if sent.len() >= limit => (still.copied().collect(), end.position),
        _ => (still.chain(differences).copied().collect(), last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference(id: u128, digest: Option<u128>, created: Option<i64>) -> Difference {
        Difference { kind: Tag::TASK, id: Uuid::from_u128(id), digest: digest.map(Uuid::from_u128), created }
    }

    #[test]
    fn differences_get_the_next_positions() {
        let sent =
            sent(7, &[difference(1, Some(1), None), difference(2, Some(1), Some(3)), difference(3, None, Some(4))]);
        let seen: Vec<_> = sent.iter().map(|sent| (sent.position, sent.created, sent.is_removed)).collect();
        assert_eq!(seen, [(8, 8, false), (9, 3, false), (10, 4, true)]);
    }

    #[test]
    fn change_depends_on_what_the_reader_had() {
        let record = Sent { kind: Tag::TASK, id: Uuid::nil(), is_removed: false, created: 5, position: 9 };
        let at = Since::complete;
        assert_eq!(record.since(at(4)), Some(ChangeKind::Created));
        assert_eq!(record.since(at(5)), Some(ChangeKind::Changed));
        let removed = Sent { is_removed: true, ..record };
        assert_eq!(removed.since(at(4)), None, "a reader who never had it is not sent its id");
        assert_eq!(removed.since(at(5)), Some(ChangeKind::Removed));
    }

    #[test]
    fn pages_end_where_the_next_one_begins() {
        let sent = sent(0, &[1, 2, 3].map(|id| difference(id, Some(1), None)));
        let first = page(Since::default(), 2, &sent, 3, 3);
        assert_eq!((first.changes.len(), first.since.position, first.has_more), (2, 2, true));
        let second = page(first.since, 2, &sent[2..], 3, 3);
        assert_eq!((second.changes.len(), second.since, second.has_more), (1, Since::complete(3), false));
        let none = page(second.since, 2, &[], 3, 3);
        assert_eq!((none.changes.len(), none.since, none.has_more), (0, Since::complete(3), false));
    }

    #[test]
    fn later_pages_tell_what_the_first_one_would_have() {
        // Changed at 3 and 4, after it was created at 1: a new reader does not have it on the second page either.
        let early = Sent { kind: Tag::TASK, id: Uuid::nil(), is_removed: false, created: 1, position: 3 };
        let gone = Sent { is_removed: true, position: 4, ..early };
        let first = page(Since::default(), 1, &[Sent { created: 2, position: 2, ..early }, early], 4, 4);
        assert_eq!((first.since, first.has_more), (Since { position: 2, from: 0, until: 4 }, true));
        assert_eq!(early.since(first.since), Some(ChangeKind::Created));
        assert_eq!(gone.since(first.since), None);
        // Changed again after the first page: the reader may have it.
        let again = Sent { position: 5, ..early };
        assert_eq!(again.since(first.since), Some(ChangeKind::Changed));
        let second = page(first.since, 1, &[again], 5, 5);
        assert_eq!(second.since, Since::complete(5));
    }

    #[test]
    fn record_that_differs_again_is_told_once() {
        let earlier = sent(0, &[1, 2, 3].map(|id| difference(id, Some(1), None)));
        let now = sent(3, &[difference(1, Some(2), Some(1))]);
        let ids = |all: &[Sent]| all.iter().map(|sent| sent.id.as_u128()).collect::<Vec<_>>();
        let (all, through) = with_differences(&earlier, 4, &now, 4);
        assert_eq!((ids(&all), through), (vec![2, 3, 1], 4));
        // Others may follow the third: the differences come with a later page.
        let (some, through) = with_differences(&earlier, 3, &now, 4);
        assert_eq!((ids(&some), through), (vec![2, 3], 3));
        let page = page(Since::default(), 2, &some, through, 4);
        assert_eq!((page.changes.len(), page.since.position, page.has_more), (2, 3, true));
    }

    #[test]
    fn silent_changes_do_not_end_a_page() {
        let gone = Sent { kind: Tag::TASK, id: Uuid::nil(), is_removed: true, created: 2, position: 3 };
        let seen = Sent { is_removed: false, created: 4, position: 4, ..gone };
        let page = page(Since::complete(1), 1, &[gone, seen], 4, 4);
        assert_eq!((page.changes.len(), page.since, page.has_more), (1, Since::complete(4), false));
    }
}

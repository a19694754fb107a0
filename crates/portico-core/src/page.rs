//! Pages: which slice of an ordered list is asked for. Keyset only, so that a page costs the same wherever it lies.

use chrono::NaiveDate;
use uuid::Uuid;

/// The value by which a row is sorted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum SortValue {
    /// The row has none; such rows come last.
    Null,
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A date.
    Date(NaiveDate),
}

/// A row's place in a sorted list: its value, and its id to break ties.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Position {
    /// The value sorted by.
    pub value: SortValue,
    /// The row.
    pub id: Uuid,
}

/// A slice of a sorted list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Slice {
    /// How many rows at most, 1 to [`MAX_PAGE`](crate::limits::MAX_PAGE).
    pub size: u32,
    /// Whether they are the last ones of what `after` and `before` leave, not the first.
    pub from_end: bool,
    /// Only rows behind this place.
    pub after: Option<Position>,
    /// Only rows ahead of this place.
    pub before: Option<Position>,
}

impl Slice {
    /// The number of rows to ask for: one more than wanted tells whether there is another page.
    pub fn limit(&self) -> i64 {
        i64::from(self.size) + 1
    }

    /// Cuts rows, as they were read, down to the page, and puts them into the list's own order.
    pub fn cut<T>(&self, mut rows: Vec<T>) -> Paged<T> {
        let has_more = rows.len() > self.size as usize;
        rows.truncate(self.size as usize);
        if self.from_end {
            rows.reverse();
        }
        Paged {
            has_next: if self.from_end { self.before.is_some() } else { has_more },
            has_previous: if self.from_end { has_more } else { self.after.is_some() },
            rows,
        }
    }
}

/// One page of rows.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Paged<T> {
    /// The rows, in the list's order.
    pub rows: Vec<T>,
    /// Whether rows follow.
    pub has_next: bool,
    /// Whether rows precede.
    pub has_previous: bool,
}

impl<T> Default for Paged<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), has_next: false, has_previous: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_row_more_than_asked_for_means_another_page() {
        let slice = Slice { size: 2, from_end: false, after: None, before: None };
        let page = slice.cut(vec![1, 2, 3]);
        assert_eq!((page.rows, page.has_next, page.has_previous), (vec![1, 2], true, false));
        let page = slice.cut(vec![1, 2]);
        assert!(!page.has_next);
    }

    #[test]
    fn a_page_from_the_end_reads_forwards() {
        let slice = Slice { size: 2, from_end: true, after: None, before: None };
        let page = slice.cut(vec![9, 8, 7]);
        assert_eq!((page.rows, page.has_next, page.has_previous), (vec![8, 9], false, true));
    }
}

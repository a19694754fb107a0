//! Pages of ordered lists. Keyset only, so that every page costs the same.

use chrono::NaiveDate;
use uuid::Uuid;

/// Sort value of a row.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum SortValue {
    /// No value; such rows come last.
    Null,
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A date.
    Date(NaiveDate),
}

/// Position of a row in a sorted list: its sort value, and its id to break ties.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Position {
    /// The value sorted by.
    pub value: SortValue,
    /// The row.
    pub id: Uuid,
}

/// Slice of a sorted list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Slice {
    /// Maximum number of rows, 1 to [`MAX_PAGE`](crate::limits::MAX_PAGE).
    pub size: u32,
    /// Whether to take the last rows between `after` and `before`, not the first.
    pub from_end: bool,
    /// Only rows after this position.
    pub after: Option<Position>,
    /// Only rows before this position.
    pub before: Option<Position>,
}

impl Slice {
    /// The number of rows to read: one more than the page, to know whether another page follows.
    pub fn limit(&self) -> i64 {
        i64::from(self.size) + 1
    }

    /// Cuts the rows that were read to the page, in list order.
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

/// Page of rows.
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
    fn an_extra_row_means_another_page() {
        let slice = Slice { size: 2, from_end: false, after: None, before: None };
        let page = slice.cut(vec![1, 2, 3]);
        assert_eq!((page.rows, page.has_next, page.has_previous), (vec![1, 2], true, false));
        let page = slice.cut(vec![1, 2]);
        assert!(!page.has_next);
    }

    #[test]
    fn last_page_keeps_list_order() {
        let slice = Slice { size: 2, from_end: true, after: None, before: None };
        let page = slice.cut(vec![9, 8, 7]);
        assert_eq!((page.rows, page.has_next, page.has_previous), (vec![8, 9], false, true));
    }
}

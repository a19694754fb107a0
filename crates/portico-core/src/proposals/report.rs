//! The orders of the status reports (PRP-3 to PRP-8).

use std::cmp::Ordering;

text_enum! {
    /// Kind of a status report.
    pub enum StatusReportKind {
        /// By proposal, location and reference (PRP-5).
        Proposals = "PROPOSALS",
        /// By location and reference (PRP-6).
        Locations = "LOCATIONS",
        /// By reference (PRP-7).
        Items = "ITEMS",
        /// By location and reference, with what is posted to each item (PRP-8).
        AllDetails = "ALL_DETAILS",
    }
}

/// An item of a status report, as far as it decides about the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportItem<'a> {
    /// Number of its proposal.
    pub proposal: i32,
    /// Position and name of its location; none if it is in none.
    pub location: Option<(i32, &'a str)>,
    /// Its reference; none if it has none.
    pub reference: Option<&'a str>,
    /// Its position in the proposal.
    pub position: i32,
}

impl StatusReportKind {
    /// Whether items have the deposit that is posted to them and their balance due (PRP-8).
    pub const fn has_postings(self) -> bool {
        matches!(self, Self::AllDetails)
    }

    /// The order of two items. Items without a location or reference come last; the proposal and the position in it decide between others
    /// that are equal.
    pub fn compare(self, one: &ReportItem<'_>, other: &ReportItem<'_>) -> Ordering {
        let by_proposal = one.proposal.cmp(&other.proposal);
        let by_location = none_last(one.location, other.location, |one, other| {
            one.0.cmp(&other.0).then_with(|| by_counting(one.1, other.1))
        });
        let by_reference = none_last(one.reference, other.reference, by_counting);
        let by_kind = match self {
            Self::Proposals => by_proposal.then(by_location).then(by_reference),
            Self::Locations | Self::AllDetails => by_location.then(by_reference),
            Self::Items => by_reference,
        };
        by_kind.then(by_proposal).then_with(|| one.position.cmp(&other.position))
    }
}

fn none_last<T>(one: Option<T>, other: Option<T>, compare: impl Fn(T, T) -> Ordering) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => compare(one, other),
        (one, other) => one.is_none().cmp(&other.is_none()),
    }
}

/// Compares texts with their numbers as numbers, ignoring case and zeros before numbers: `A-2` is before `a-10`.
fn by_counting(one: &str, other: &str) -> Ordering {
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    let (mut one, mut other) = (one.as_str(), other.as_str());
    loop {
        let ((first, rest), (other_first, other_rest)) = (next_run(one), next_run(other));
        if first.is_empty() || other_first.is_empty() {
            return first.len().cmp(&other_first.len());
        }
        let is_number = |run: &str| run.starts_with(|it: char| it.is_ascii_digit());
        let by_run = if is_number(first) && is_number(other_first) {
            let (number, other) = (first.trim_start_matches('0'), other_first.trim_start_matches('0'));
            number.len().cmp(&other.len()).then_with(|| number.cmp(other))
        } else {
            first.cmp(other_first)
        };
        if by_run.is_ne() {
            return by_run;
        }
        (one, other) = (rest, other_rest);
    }
}

/// Splits a text after its first digits, or before them.
fn next_run(text: &str) -> (&str, &str) {
    let is_number = text.starts_with(|it: char| it.is_ascii_digit());
    let end = text.find(|it: char| it.is_ascii_digit() != is_number).unwrap_or(text.len());
    text.split_at(end)
}

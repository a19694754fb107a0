//! Calendar feeds: the members' rows, and who reads by an address (docs/decisions/0046).

mod rows;
mod sign_in;
mod writes;

pub use rows::{CalendarFeedRow, feeds_of_projects};
pub use sign_in::FeedReader;
pub use writes::{delete_feed, feed_membership, replace_feed};

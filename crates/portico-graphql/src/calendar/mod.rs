//! Calendar feeds of clients and trade partners.

mod feed;
mod mutations;

pub(crate) use feed::{CalendarFeed, calendar_feed_of};
pub(crate) use mutations::CalendarFeedMutations;

//! Calendar feeds of clients and trade partners (docs/decisions/0046).

mod calendar_feed_create;
mod calendar_feed_revoke;

pub use calendar_feed_create::CalendarFeedCreate;
pub use calendar_feed_revoke::CalendarFeedRevoke;

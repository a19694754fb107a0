//! The audit log.

mod entry;
mod enums;
mod list;

pub(crate) use list::{ActivityConnection, ActivityFilter, activity_page};

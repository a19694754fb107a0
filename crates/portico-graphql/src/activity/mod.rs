//! The audit log.

mod entry;
mod enums;
mod list;
mod update;

pub(crate) use list::{ActivityConnection, ActivityFilter, UpdateConnection, activity_page, updates_page};

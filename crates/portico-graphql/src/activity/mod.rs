//! The audit log.

mod entry;
mod enums;
mod list;
mod update;

pub(crate) use list::{
    ActivityConnection, ActivityFilter, DateTimeFilter, UpdateConnection, activity_page, updates_page,
};

//! Companies and their staff.

mod creation;
pub(crate) mod staff;

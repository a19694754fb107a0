//! Builds the rows and paths of a world.

use std::collections::BTreeSet;

use portico_core::money::Currency;
use portico_store::rows::Row;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::minor;
use super::{World, WorldError};
use crate::Rows;

/// The rows and paths so far, and the file being read.
#[derive(Default)]
pub(super) struct Builder {
    pub(super) rows: Rows,
    pub(super) paths: BTreeSet<String>,
    pub(super) file: String,
}

impl Builder {
    pub(super) fn add(&mut self, row: impl Row) {
        self.rows.add(row);
    }

    /// Registers a path for a new record. Returns its id.
    pub(super) fn name(&mut self, path: &str) -> Result<Uuid, WorldError> {
        if self.paths.insert(path.to_owned()) {
            Ok(World::id(path))
        } else {
            Err(WorldError::new(&self.file, format!("`{path}` is there twice")))
        }
    }

    /// The id of a record whose path is registered.
    pub(super) fn find(&self, path: &str) -> Result<Uuid, WorldError> {
        if self.paths.contains(path) {
            Ok(World::id(path))
        } else {
            Err(WorldError::new(&self.file, format!("nothing is called `{path}`")))
        }
    }

    /// The amount of the record at a path, in minor units.
    pub(super) fn minor(&self, path: &str, amount: Decimal, currency: Currency) -> Result<i64, WorldError> {
        minor(amount, currency).ok_or_else(|| self.unfit(path, &format!("{amount} has more decimals than {currency}")))
    }

    pub(super) fn unfit(&self, path: &str, message: &str) -> WorldError {
        WorldError::new(&self.file, format!("`{path}`: {message}"))
    }
}

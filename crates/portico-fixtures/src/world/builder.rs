//! Rows and paths of a world that is being built.

use std::collections::BTreeSet;

use portico_core::money::Currency;
use portico_store::rows::Row;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::minor;
use super::{World, WorldError};
use crate::Rows;

/// The rows so far, the paths that are taken, and the file that is being read.
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

    /// Takes a path for a new thing. Returns its id.
    pub(super) fn name(&mut self, path: &str) -> Result<Uuid, WorldError> {
        if self.paths.insert(path.to_owned()) {
            Ok(World::id(path))
        } else {
            Err(WorldError::new(&self.file, format!("`{path}` is there twice")))
        }
    }

    /// The id of a thing that has its path already.
    pub(super) fn find(&self, path: &str) -> Result<Uuid, WorldError> {
        if self.paths.contains(path) {
            Ok(World::id(path))
        } else {
            Err(WorldError::new(&self.file, format!("nothing is called `{path}`")))
        }
    }

    /// The amount of the thing at a path, in minor units.
    pub(super) fn minor(&self, path: &str, amount: Decimal, currency: Currency) -> Result<i64, WorldError> {
        minor(amount, currency).ok_or_else(|| self.unfit(path, &format!("{amount} has more decimals than {currency}")))
    }

    pub(super) fn unfit(&self, path: &str, message: &str) -> WorldError {
        WorldError::new(&self.file, format!("`{path}`: {message}"))
    }
}

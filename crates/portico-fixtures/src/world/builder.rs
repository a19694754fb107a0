//! Builds the rows and paths of a world.

use std::collections::{BTreeMap, BTreeSet};

use portico_core::access::Role;
use portico_core::money::Currency;
use portico_core::schedule::CalendarException;
use portico_store::rows::{Identity, Row};
use uuid::Uuid;

use super::section::Section;
use super::{Result, World, WorldError};
use crate::Rows;

/// Adds a row with the columns that are written in a section: `add_row!(build, lead => Lead { id, company_id })?`. Given
/// columns are defaults.
macro_rules! add_row {
    ($to:expr, $section:expr => $row:ident $columns:tt) => {{
        let defaults = $crate::row!($row $columns);
        $section.fill(defaults).map(|row| $to.add(row))
    }};
}
pub(super) use add_row;

/// The rows and paths so far, and the file being read.
#[derive(Default)]
pub(super) struct Builder<'a> {
    pub(super) files: BTreeMap<&'a str, &'a str>,
    pub(super) rows: Rows,
    /// Dates that differ from the weekdays in the work calendar of the company that is being read.
    pub(super) exceptions: Vec<CalendarException>,
    pub(super) paths: BTreeSet<String>,
    /// Bytes of files, by the id of their object.
    pub(super) objects: Vec<(Uuid, &'static [u8])>,
    /// By short name.
    pub(super) people: BTreeMap<String, Identity>,
    /// Roles of staff, by path.
    pub(super) staff: BTreeMap<String, Role>,
    pub(super) file: String,
}

impl Builder<'_> {
    /// Opens a file, if it is there.
    pub(super) fn open_optional(&mut self, file: &str, currency: Option<Currency>) -> Result<Option<Section>> {
        file.clone_into(&mut self.file);
        self.files.get(file).map(|text| Section::root(file, text, currency)).transpose()
    }

    /// Opens a required file.
    pub(super) fn open(&mut self, file: &str) -> Result<Section> {
        self.open_optional(file, None)?.ok_or_else(|| WorldError::new(file, "this file is missing"))
    }

    pub(super) fn add(&mut self, row: impl Row) {
        self.rows.add(row);
    }

    /// Registers a path for a new record. Returns its id.
    pub(super) fn name(&mut self, path: &str) -> Result<Uuid> {
        if self.paths.insert(path.to_owned()) {
            Ok(World::id(path))
        } else {
            Err(WorldError::new(&self.file, format!("`{path}` is there twice")))
        }
    }

    /// Registers a path for the record of a section. Returns its id.
    pub(super) fn name_section(&mut self, section: &mut Section, path: String) -> Result<Uuid> {
        section.path = path;
        self.name(&section.path)
    }

    /// The id of a record whose path is registered.
    pub(super) fn find(&self, path: &str) -> Result<Uuid> {
        if self.paths.contains(path) {
            Ok(World::id(path))
        } else {
            Err(WorldError::new(&self.file, format!("nothing is called `{path}`")))
        }
    }
}

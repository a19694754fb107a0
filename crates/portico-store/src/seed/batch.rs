//! Rows on their way to the database.

use super::copy::Row;
use super::tables::TABLES;

/// When a batch is taken to the database: large enough that a statement a table is nothing, small enough for any memory.
/// One project is never divided; the largest there are take a few times as much.
const FULL: usize = 4 << 20;

/// Rows of all tables, of some projects that stand one after the other.
pub(super) struct Batch {
    texts: Vec<Vec<u8>>,
    rows: Vec<u64>,
    /// How many projects there are up to the end of this batch.
    pub(super) projects: u32,
}

impl Batch {
    pub(super) fn new() -> Self {
        Self { texts: vec![Vec::new(); TABLES.len()], rows: vec![0; TABLES.len()], projects: 0 }
    }

    pub(super) fn put<R: Row>(&mut self, row: &R) {
        let text = &mut self.texts[R::TABLE];
        row.write(text);
        // A tab stands after each value, and after the last one the line ends.
        if let Some(last) = text.last_mut() {
            *last = b'\n';
        }
        self.rows[R::TABLE] += 1;
    }

    pub(super) fn is_full(&self) -> bool {
        self.texts.iter().map(Vec::len).sum::<usize>() >= FULL
    }

    /// Each table's number of rows and their text.
    pub(super) fn into_tables(self) -> impl Iterator<Item = (u64, Vec<u8>)> {
        self.rows.into_iter().zip(self.texts)
    }
}

//! Rows as PostgreSQL's `COPY` reads them, in its text format.

use std::borrow::Cow;
use std::io::Write;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

/// A row of one table.
pub(super) trait Row {
    /// Where the table stands in [`super::tables::TABLES`].
    const TABLE: usize;

    /// Writes each column's value, with a tab after it.
    fn write(&self, out: &mut Vec<u8>);
}

/// A table, and the columns that its rows give.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static [&'static str],
}

impl Table {
    pub(super) fn copy_statement(&self) -> String {
        format!("copy public.{} ({}) from stdin", self.name, self.columns.join(", "))
    }
}

/// From a list of words, or put together.
pub(super) type Text = Cow<'static, str>;

/// An instant, to the minute.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) day: NaiveDate,
    /// Since midnight, UTC.
    pub(super) minute: u16,
}

/// A value as a column of such a row has it.
pub(super) trait Cell {
    fn write(&self, out: &mut Vec<u8>);
}

impl<T: Cell> Cell for Option<T> {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Some(value) => value.write(out),
            None => out.extend_from_slice(br"\N"),
        }
    }
}

impl Cell for &str {
    fn write(&self, out: &mut Vec<u8>) {
        for byte in self.bytes() {
            match byte {
                b'\\' => out.extend_from_slice(br"\\"),
                b'\n' => out.extend_from_slice(br"\n"),
                b'\r' => out.extend_from_slice(br"\r"),
                b'\t' => out.extend_from_slice(br"\t"),
                byte => out.push(byte),
            }
        }
    }
}

impl Cell for Text {
    fn write(&self, out: &mut Vec<u8>) {
        self.as_ref().write(out);
    }
}

/// An array of words, which need no quotes.
impl Cell for Vec<&str> {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'{');
        out.extend_from_slice(self.join(",").as_bytes());
        out.push(b'}');
    }
}

impl Cell for bool {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(if *self { b't' } else { b'f' });
    }
}

impl Cell for Uuid {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.hyphenated().encode_lower(&mut Uuid::encode_buffer()).as_bytes());
    }
}

impl Cell for Moment {
    fn write(&self, out: &mut Vec<u8>) {
        print(out, format_args!("{} {:02}:{:02}:00Z", self.day, self.minute / 60, self.minute % 60));
    }
}

macro_rules! cells_as_printed {
    ($($type:ty)+) => {
        $(impl Cell for $type {
            fn write(&self, out: &mut Vec<u8>) {
                print(out, format_args!("{self}"));
            }
        })+
    };
}
cells_as_printed!(u32 i32 i64 Decimal NaiveDate);

fn print(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    // Memory does not refuse to be written.
    let _ = out.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_copy_reads_them() {
        let write = |cell: &dyn Cell| {
            let mut out = Vec::new();
            cell.write(&mut out);
            String::from_utf8(out).unwrap()
        };
        let day = NaiveDate::from_ymd_opt(2026, 1, 2).unwrap();
        assert_eq!(write(&"a\\b\tc\nd"), r"a\\b\tc\nd");
        assert_eq!(write(&None::<i32>), r"\N");
        assert_eq!(write(&Some(-5)), "-5");
        assert_eq!(write(&vec!["A", "B"]), "{A,B}");
        assert_eq!(write(&Vec::<&str>::new()), "{}");
        assert_eq!(write(&true), "t");
        assert_eq!(write(&day), "2026-01-02");
        assert_eq!(write(&Moment { day, minute: 605 }), "2026-01-02 10:05:00Z");
        assert_eq!(write(&Decimal::new(208, 3)), "0.208");
        assert_eq!(write(&Uuid::nil()), "00000000-0000-0000-0000-000000000000");
    }
}

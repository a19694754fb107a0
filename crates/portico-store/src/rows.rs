//! Rows for fixtures: a struct per table, with a field for each stored column.
//!
//! `schema.rs` lists the columns once: [`crate::schema::base`] has diesel's table and the row struct from the same
//! line.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types;
use rust_decimal::Decimal;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

pub use crate::schema::base::rows::*;

/// A constant or owned text.
pub type Text = Cow<'static, str>;

/// A table with its columns.
#[derive(Debug)]
pub struct Table {
    /// Name of the table in the schema `public`.
    pub name: &'static str,
    /// Names of its columns.
    pub columns: &'static [&'static str],
    /// Types of its columns, in the same order.
    pub types: &'static [Type],
}

/// A row of one of [`TABLES`].
pub trait Row: Send + Sync + 'static {
    /// The table's index in [`TABLES`].
    fn table(&self) -> usize;

    /// The values, in the order of the table's columns.
    fn values(&self) -> Vec<&(dyn ToSql + Sync)>;

    /// The row as an object with a key for each column.
    fn to_json(&self) -> serde_json::Value;
}

/// Maps a column's SQL type to the field's type and PostgreSQL's wire type.
pub trait Column {
    /// The field's type.
    type Value;
    /// The wire type.
    const TYPE: Type;
}

macro_rules! columns {
    ($($sql:ty => $value:ty, $wire:ident;)+) => {
        $(impl Column for $sql {
            type Value = $value;
            const TYPE: Type = Type::$wire;
        })+
    };
}
columns! {
    sql_types::Uuid => Uuid, UUID;
    sql_types::Text => Text, TEXT;
    sql_types::Array<sql_types::Text> => Vec<Text>, TEXT_ARRAY;
    sql_types::Bool => bool, BOOL;
    sql_types::Int4 => i32, INT4;
    sql_types::Int8 => i64, INT8;
    sql_types::Numeric => Decimal, NUMERIC;
    sql_types::Date => NaiveDate, DATE;
    sql_types::Timestamptz => DateTime<Utc>, TIMESTAMPTZ;
}

impl<T: Column> Column for sql_types::Nullable<T> {
    type Value = Option<T::Value>;
    const TYPE: Type = T::TYPE;
}

/// Defines diesel's table and the row struct of each `Row: table (key) { column -> Type, .. }`.
macro_rules! rows {
    ($($row:ident: $table:ident ($($key:ident),+) { $($column:ident -> $type:ident $(<$inner:ident>)?,)+ })+) => {
        $(diesel::table! { $table ($($key),+) { $($column -> $type $(<$inner>)?,)+ } })+

        #[expect(missing_docs, reason = "a row struct's fields are its table's columns")]
        pub(crate) mod rows {
            use diesel::sql_types::*;
            use tokio_postgres::types::ToSql;

            use crate::rows::{Column, Row, Table};

            enum Index { $($row),+ }

            /// Tables that fixtures fill, each after the tables it references.
            pub static TABLES: &[Table] = &[$(Table {
                name: stringify!($table),
                columns: &[$(stringify!($column)),+],
                types: &[$(<$type $(<$inner>)? as Column>::TYPE),+],
            }),+];

            $(
                #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
                pub struct $row {
                    $(pub $column: <$type $(<$inner>)? as Column>::Value,)+
                }

                impl Row for $row {
                    fn table(&self) -> usize {
                        Index::$row as usize
                    }

                    fn values(&self) -> Vec<&(dyn ToSql + Sync)> {
                        vec![$(&self.$column),+]
                    }

                    fn to_json(&self) -> serde_json::Value {
                        serde_json::json!(self)
                    }
                }
            )+
        }
    };
}
pub(crate) use rows;

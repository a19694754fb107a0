//! Rows for fixtures: a struct per table, with a field for each stored column.
//!
//! `tables.rs` lists the columns once: diesel's table and the row struct are generated from the same lines.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types;
use rust_decimal::Decimal;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

pub use crate::tables::rows::*;

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

    /// A column of ids, if the table has it and it may not be null.
    fn id_mut(&mut self, column: &str) -> Option<&mut Uuid>;

    /// The row as an object with a key for each column.
    fn to_json(&self) -> serde_json::Value;

    /// Sets a column to a value as in [`to_json`](Self::to_json).
    ///
    /// # Errors
    ///
    /// The column does not exist, or has another type.
    fn set(&mut self, column: &str, value: serde_json::Value) -> serde_json::Result<()>;
}

/// Rust type and wire type of a column's SQL type.
pub trait ColumnType {
    /// The field's type.
    type Value;
    /// The wire type.
    const TYPE: Type;
}

macro_rules! columns {
    ($($sql:ty => $value:ty, $wire:ident;)+) => {
        $(impl ColumnType for $sql {
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

impl<T: ColumnType> ColumnType for sql_types::Nullable<T> {
    type Value = Option<T::Value>;
    const TYPE: Type = T::TYPE;
}

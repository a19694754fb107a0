//! Reads sections of a world's files into rows: a key is a column, unless Rust code interprets it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc, Weekday};
use portico_core::money::{Currency, Money};
use portico_store::rows::Row;
use portico_store::tables::{Column, TABLES};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::{Result, WorldError};
use crate::column::IntoColumn;

/// A TOML table of a demo file. Keys that nothing reads are refused.
#[derive(Default)]
pub(super) struct Section {
    file: String,
    /// The path of its record or, before the record is named, of its keys.
    pub(super) path: String,
    /// Key in the parent table, such as a person's short name, or list index.
    pub(super) slug: String,
    /// Its position among others, from 1.
    pub(super) position: i32,
    /// The currency of its amounts.
    pub(super) currency: Option<Currency>,
    keys: toml::Table,
    /// Keys that are read, if they are there.
    known: BTreeSet<String>,
    missing: Vec<String>,
}

impl Section {
    /// The root of a file.
    pub(super) fn root(file: &str, text: &str, currency: Option<Currency>) -> Result<Self> {
        let keys = toml::from_str(text).map_err(|error| WorldError::new(file, error.to_string()))?;
        Ok(Self { file: file.to_owned(), currency, keys, ..Self::default() })
    }

    /// Reads this section to its end.
    pub(super) fn read(mut self, read: impl FnOnce(&mut Self) -> Result) -> Result {
        read(&mut self)?;
        if let Some(key) = self.keys.keys().find(|key| !self.known.contains(*key)) {
            let known: Vec<_> = self.known.iter().map(|key| format!("`{key}`")).collect();
            return Err(self.error(&format!("unknown field `{key}`, expected one of {}", known.join(", "))));
        }
        self.missing.first().map_or(Ok(()), |key| Err(self.is_missing(key)))
    }

    /// An error of this section.
    pub(super) fn error(&self, message: &str) -> WorldError {
        let place = if self.path.is_empty() { String::new() } else { format!("`{}`: ", self.path) };
        WorldError::new(&self.file, format!("{place}{message}"))
    }

    fn is_missing(&self, key: &str) -> WorldError {
        self.error(&format!("missing field `{key}`"))
    }

    /// Whether a key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.keys.contains_key(key)
    }

    fn value(&mut self, key: &str) -> Option<toml::Value> {
        self.known.insert(key.to_owned());
        self.keys.get(key).cloned()
    }

    /// The value of a key.
    pub(super) fn get<T: DeserializeOwned>(&mut self, key: &str) -> Result<Option<T>> {
        let value = self.value(key).map(toml::Value::try_into);
        value.transpose().map_err(|error| self.error(&format!("{} in `{key}`", error.to_string().trim_end())))
    }

    /// The value of a required key.
    pub(super) fn require<T: DeserializeOwned>(&mut self, key: &str) -> Result<T> {
        self.get(key)?.ok_or_else(|| self.is_missing(key))
    }

    /// Reads the required section of a key.
    pub(super) fn within(&mut self, key: &str, read: impl FnOnce(&mut Self) -> Result) -> Result {
        let keys = self.value(key).ok_or_else(|| self.is_missing(key))?;
        self.child(key.to_owned(), String::new(), 1, keys)?.read(read)
    }

    /// Reads each section of a list, or of a table by key, in the order of keys.
    pub(super) fn each(&mut self, key: &str, mut read: impl FnMut(&mut Self) -> Result) -> Result {
        let sections: Vec<(String, toml::Value)> = match self.value(key) {
            None => Vec::new(),
            Some(toml::Value::Array(list)) => (1..).map(|position: i32| position.to_string()).zip(list).collect(),
            Some(toml::Value::Table(sections)) => BTreeMap::from_iter(sections).into_iter().collect(),
            Some(_) => return Err(self.error(&format!("expected sections in `{key}`"))),
        };
        for (position, (slug, keys)) in (1..).zip(sections) {
            self.child(format!("{key}.{slug}"), slug, position, keys)?.read(&mut read)?;
        }
        Ok(())
    }

    fn child(&self, key: String, slug: String, position: i32, keys: toml::Value) -> Result<Self> {
        let toml::Value::Table(keys) = keys else { return Err(self.error(&format!("expected a section in `{key}`"))) };
        let path = if self.path.is_empty() { key } else { format!("{}/{key}", self.path) };
        Ok(Self { file: self.file.clone(), path, slug, position, currency: self.currency, keys, ..Self::default() })
    }

    /// Whether any column of a row is written here.
    pub(super) fn has_any_of<R: Row + Default>(&self) -> bool {
        columns(&R::default()).any(|column| self.has(&key_of(column)))
    }

    /// Sets the columns of a row that are written here; the others keep their values.
    pub(super) fn fill<R: Row + Default>(&mut self, mut row: R) -> Result<R> {
        for column in columns(&row) {
            let key = key_of(column);
            if let Some(value) = self.value(&key) {
                let value = self.value_of(column, value);
                let set = value.and_then(|value| row.set(column.name, value).map_err(|error| error.to_string()));
                set.map_err(|error| self.error(&format!("{} in `{key}`", error.trim_end())))?;
            } else if is_required(column) && row.to_json()[column.name] == R::default().to_json()[column.name] {
                self.missing.push(key);
            }
        }
        Ok(row)
    }

    /// A column's value as JSON.
    fn value_of(&self, column: &Column, value: toml::Value) -> Result<Value, String> {
        let read = |error: toml::de::Error| error.to_string();
        let value = match column.plain_type() {
            "Date" => json!(value.try_into::<Day>().map_err(read)?.0),
            "Timestamptz" => json!(value.try_into::<Day>().map_err(read)?.at_minute(0)),
            "Int8" => {
                let (amount, currency) = (value.try_into().map_err(read)?, self.currency.ok_or("no currency")?);
                let money = Money::of_amount(amount, currency);
                json!(money.ok_or_else(|| format!("{amount} has more decimals than {currency}"))?.minor_units)
            }
            _ => json!(value),
        };
        if let Some(check) = column.enumeration {
            let texts = value.as_array().map_or(std::slice::from_ref(&value), Vec::as_slice);
            let mut texts = texts.iter().filter_map(Value::as_str);
            texts.try_for_each(check).map_err(|error| error.to_string())?;
        }
        Ok(value)
    }
}

/// Columns that a file may set: all but ids, which belong to paths.
fn columns(row: &dyn Row) -> impl Iterator<Item = &'static Column> + use<> {
    let columns = TABLES[row.table()].columns.iter();
    columns.filter(|column| column.plain_type() != "Uuid" && !column.is_generated)
}

/// The key of a column: times are written as days, and amounts in decimal.
fn key_of(column: &Column) -> String {
    match (column.plain_type(), column.name) {
        ("Timestamptz", name) => name.strip_suffix("_at").map_or(name.to_owned(), |event| format!("{event}_on")),
        ("Int8", name) => name.trim_end_matches("_minor").to_owned(),
        (_, name) => name.to_owned(),
    }
}

/// Whether it must be written. Flags are off, numbers 0 and lists empty unless they are written.
fn is_required(column: &Column) -> bool {
    !column.is_nullable() && ["Text", "Date", "Timestamptz", "Int8", "Numeric"].contains(&column.plain_type())
}

/// A TOML local date: `2026-11-22`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Day(pub(super) NaiveDate);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = String::deserialize(deserializer)?;
        let day = written.parse().map(Self);
        day.map_err(|_| D::Error::custom(format!("expected a date alone, as 2026-11-22, not {written}")))
    }
}

impl Day {
    /// The time of an event: ten in the morning on the Pacific coast, and some minutes later for the next ones of a
    /// day, which keeps their order.
    pub(super) fn at_minute(self, minute: i32) -> DateTime<Utc> {
        let minute = minute.unsigned_abs() % 60;
        self.0.and_time(NaiveTime::from_hms_opt(18, minute, 0).unwrap_or_default()).and_utc()
    }

    /// The number of weekdays up to another day, both inclusive.
    pub(super) fn weekdays_to(self, last: Self) -> i32 {
        let days = self.0.iter_days().take_while(|day| *day <= last.0);
        let working = days.filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)).count();
        i32::try_from(working).unwrap_or(i32::MAX)
    }
}

impl IntoColumn<DateTime<Utc>> for Day {
    fn into_column(self) -> DateTime<Utc> {
        self.at_minute(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekends_are_not_work_days() {
        let day = |day| Day(NaiveDate::from_ymd_opt(2026, 11, day).unwrap());
        let friday = day(20);
        assert_eq!([20, 22, 23].map(|last| friday.weekdays_to(day(last))), [1, 1, 2]);
        assert_eq!(day(23).weekdays_to(friday), 0);
    }
}

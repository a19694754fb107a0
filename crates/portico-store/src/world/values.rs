//! Values as the files write them: days, amounts, rates, and words that the core knows.

use std::str::FromStr;

use chrono::NaiveDate;
use portico_core::UnknownText;
use portico_core::money::Currency;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Value, json};

/// A TOML local date: `2026-11-22`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Day(pub(super) NaiveDate);

impl Day {
    /// As a column of dates holds it.
    pub(super) fn date(self) -> Value {
        json!(self.0)
    }

    /// As a column of instants holds it: everything in a world happens at ten in the morning on the Pacific coast.
    pub(super) fn instant(self) -> Value {
        self.instant_after(0)
    }

    /// Some minutes later on the same day, so that what happens on one day keeps its order.
    pub(super) fn instant_after(self, minutes: usize) -> Value {
        let minute = minutes % 60;
        json!(format!("{}T18:{minute:02}:00Z", self.0))
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = toml::value::Datetime::deserialize(deserializer)?;
        match (written.date, written.time) {
            (Some(date), None) => {
                NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into()).map(Self)
            }
            _ => None,
        }
        .ok_or_else(|| D::Error::custom("expected a date alone, as 2026-11-22"))
    }
}

/// A decimal in quotes: an amount, a rate or a number of hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Figure(pub(super) Decimal);

impl Figure {
    /// The amount in minor units, unless it has more decimals than the currency.
    pub(super) fn minor(self, currency: Currency) -> Option<i64> {
        let minor = self.0.checked_mul(Decimal::from(10_i64.pow(currency.decimals())))?;
        minor.is_integer().then(|| minor.to_i64()).flatten()
    }

    /// As a numeric column holds it.
    pub(super) fn numeric(self) -> Value {
        json!(self.0.to_string())
    }
}

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Decimal::from_str_exact(&text).map(Self).map_err(|_| D::Error::custom(format!("`{text}` is not a decimal")))
    }
}

/// A word of one of the core's enumerations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Word<T>(pub(super) T);

impl<'de, T: FromStr<Err = UnknownText>> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(D::Error::custom)
    }
}

impl<T: ToString> Word<T> {
    /// As a column of texts holds it.
    pub(super) fn text(&self) -> Value {
        json!(self.0.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_in_the_currency_or_refused() {
        let figure = |text: &str| Figure(Decimal::from_str_exact(text).unwrap());
        assert_eq!(figure("1234.57").minor(Currency::Usd), Some(123_457));
        assert_eq!(figure("-3").minor(Currency::Usd), Some(-300));
        assert_eq!(figure("3").minor(Currency::Jpy), Some(3));
        assert_eq!(figure("1.005").minor(Currency::Usd), None);
    }
}

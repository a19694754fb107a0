//! Scalars. Input scalars keep the raw value until a resolver checks it, so that the error can name the argument.

use std::ops::RangeInclusive;

use async_graphql::{InputValueError, InputValueResult, MaybeUndefined, Scalar, ScalarType, Value};
use chrono::{Datelike, NaiveDate, SecondsFormat, Utc};

use crate::error::ApiError;

/// The change of a value that can be cleared: none if it was omitted, `Some(None)` if it was null.
pub(crate) fn changed<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

/// Defines a scalar of answers only, sent as a string.
macro_rules! text_scalar {
    ($(#[$meta:meta])* $name:ident($inner:ty) as $schema_name:literal, $value:ident => $text:expr) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(crate) struct $name(pub(crate) $inner);

        impl From<$inner> for $name {
            fn from(value: $inner) -> Self {
                Self(value)
            }
        }

        $(#[$meta])*
        #[Scalar(name = $schema_name)]
        impl ScalarType for $name {
            fn parse(_: Value) -> InputValueResult<Self> {
                Err(InputValueError::custom("not an input"))
            }

            fn to_value(&self) -> Value {
                let $value = &self.0;
                Value::String($text)
            }
        }
    };
}

text_scalar! {
    /// Exact decimal number: `12.50`.
    Decimal(rust_decimal::Decimal) as "Decimal", number => number.to_string()
}
text_scalar! {
    /// ISO 4217 currency code: `USD`.
    CurrencyCode(portico_core::money::Currency) as "CurrencyCode", currency => currency.as_str().to_owned()
}
text_scalar! {
    /// IANA time zone: `America/Denver`.
    TimeZone(String) as "TimeZone", name => name.clone()
}
text_scalar! {
    /// Absolute URL.
    Url(String) as "URL", url => url.clone()
}
text_scalar! {
    /// Email address.
    EmailAddress(String) as "EmailAddress", address => address.clone()
}
text_scalar! {
    /// Telephone number, E.164: `+13035550123`.
    PhoneNumber(String) as "PhoneNumber", number => number.clone()
}

impl Decimal {
    /// A share as a percentage: `0.18` is `18`.
    pub(crate) fn percent(share: rust_decimal::Decimal) -> Self {
        Self((share * rust_decimal::Decimal::ONE_HUNDRED).normalize())
    }
}

/// Years that dates in the input may have. Others are typing errors, such as `0026` and `20226`.
const YEARS: RangeInclusive<i32> = 1900..=2199;

/// Calendar date, ISO 8601: `2026-03-02`. Dates of a project are in the project's time zone. Input is from 1900-01-01
/// to 2199-12-31.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Date {
    /// A date.
    Valid(NaiveDate),
    /// Input that is not a date.
    Malformed,
}

impl Date {
    /// The date of the input, if it is one and within the supported years.
    pub(crate) fn checked(&self, argument: &str) -> Result<NaiveDate, ApiError> {
        match self {
            Self::Valid(date) if YEARS.contains(&date.year()) => Ok(*date),
            Self::Valid(_) => {
                let (first, last) = (YEARS.start(), YEARS.end());
                Err(ApiError::bad_input(argument, format!("must be a date from {first}-01-01 to {last}-12-31")))
            }
            Self::Malformed => Err(ApiError::bad_input(argument, "is not a date: send one like 2026-03-02")),
        }
    }
}

/// Calendar date, ISO 8601: `2026-03-02`. Dates of a project are in the project's time zone. Input is from 1900-01-01
/// to 2199-12-31.
#[Scalar]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        let date = match &value {
            // Ten characters, so that a year of five digits, a sign or a time is not accepted as a date.
            Value::String(text) if text.len() == 10 => text.parse().ok(),
            _ => None,
        };
        Ok(date.map_or(Self::Malformed, Self::Valid))
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Valid(date) => Value::String(date.to_string()),
            Self::Malformed => Value::Null,
        }
    }
}

/// Instant in UTC, RFC 3339 with three fraction digits: `2026-03-02T14:30:00.000Z`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DateTime(pub(crate) chrono::DateTime<Utc>);

/// Stands for input that is not an instant. No year of an instant in the input is as early.
const MALFORMED: chrono::DateTime<Utc> = chrono::DateTime::<Utc>::MIN_UTC;

impl DateTime {
    /// The instant of the input, if it is one and within the supported years.
    pub(crate) fn checked(&self, argument: &str) -> Result<chrono::DateTime<Utc>, ApiError> {
        if self.0 == MALFORMED {
            return Err(ApiError::bad_input(argument, "is not an instant: send one like 2026-03-02T14:30:00.000Z"));
        }
        if !YEARS.contains(&self.0.year()) {
            let (first, last) = (YEARS.start(), YEARS.end());
            return Err(ApiError::bad_input(argument, format!("must be in the years {first} to {last}")));
        }
        Ok(self.0)
    }
}

/// Instant in UTC, RFC 3339 with three fraction digits: `2026-03-02T14:30:00.000Z`.
#[Scalar]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let time = match &value {
            Value::String(text) => chrono::DateTime::parse_from_rfc3339(text).ok(),
            _ => None,
        };
        Ok(Self(time.map_or(MALFORMED, |time| time.to_utc())))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl From<chrono::DateTime<Utc>> for DateTime {
    fn from(value: chrono::DateTime<Utc>) -> Self {
        Self(value)
    }
}

impl From<NaiveDate> for Date {
    fn from(date: NaiveDate) -> Self {
        Self::Valid(date)
    }
}

/// 64-bit integer as a string: JSON readers keep 53 bits. Input may also be a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Int64(pub(crate) i64);

/// Stands for input that is not a whole number.
const NO_NUMBER: i64 = i64::MIN;

impl Int64 {
    /// The number of the input, if it is one.
    pub(crate) fn checked(&self, argument: &str) -> Result<i64, ApiError> {
        if self.0 == NO_NUMBER {
            return Err(ApiError::bad_input(argument, "is not a 64-bit integer: send one like \"20971520\""));
        }
        Ok(self.0)
    }
}

/// 64-bit integer as a string: JSON readers keep 53 bits. Input may also be a number.
#[Scalar]
impl ScalarType for Int64 {
    fn parse(value: Value) -> InputValueResult<Self> {
        let number = match &value {
            Value::String(text) => text.parse().ok(),
            Value::Number(number) => number.as_i64(),
            _ => None,
        };
        Ok(Self(number.unwrap_or(NO_NUMBER)))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

impl From<i64> for Int64 {
    fn from(number: i64) -> Self {
        Self(number)
    }
}

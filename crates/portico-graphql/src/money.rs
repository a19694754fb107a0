//! Money in the API.

use async_graphql::SimpleObject;
use portico_core::money::{Currency, Money as CoreMoney};
use portico_graphql_macros::gated;

use crate::direct::Direct;
use crate::scalars::{CurrencyCode, Decimal, Int64};

/// Amount of money in one currency.
pub(crate) type Money = Direct<Amount>;

/// Amount of money in one currency.
#[gated(CLIENT, TRADE, STAFF)]
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name = "Money")]
pub(crate) struct Amount {
    /// Exact amount, with the currency's decimals.
    amount: Decimal,
    /// Currency.
    currency_code: CurrencyCode,
    /// Amount in the currency's smallest unit, such as cents.
    minor_units: Int64,
}

impl Money {
    pub(crate) fn new(minor_units: i64, currency: Currency) -> Self {
        let money = CoreMoney::new(minor_units, currency);
        let (amount, currency_code) = (Decimal(money.amount()), CurrencyCode(currency));
        Self(Amount { amount, currency_code, minor_units: Int64(minor_units) })
    }
}

//! What a choice costs: prices, allowances, and the contract total (MR-5 to MR-7).

use rust_decimal::Decimal;

use super::UnusedAllowancePolicy;
use crate::money::portion;

/// Maximum number of options that a client may choose.
pub const MAX_CHOICES: i32 = 20;
/// Maximum quantity of an option.
pub const MAX_QUANTITY: i32 = 9_999;

/// The price and quantity of a chosen option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChosenPrice {
    /// The price of one in minor units; none while it is to be determined.
    pub unit_minor: Option<i64>,
    /// How many.
    pub quantity: i32,
}

impl ChosenPrice {
    /// The price of all; none while it is to be determined.
    pub fn total_minor(self) -> Option<i64> {
        self.unit_minor.map(|unit| unit.saturating_mul(self.quantity.into()))
    }
}

/// The price of a choice; none while that of an option is to be determined.
pub fn total_price(chosen: &[ChosenPrice]) -> Option<i64> {
    chosen.iter().try_fold(0_i64, |sum, choice| Some(sum.saturating_add(choice.total_minor()?)))
}

/// The terms of an allowance that decide about amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AllowanceTerms {
    /// The granted amount in minor units.
    pub granted_minor: i64,
    /// The contract's fee on an overage, as a share: 0.15 is 15 %.
    pub fee: Decimal,
    /// The tax on an overage with its fee, as a share.
    pub tax: Decimal,
    /// What happens with an unused amount.
    pub unused: UnusedAllowancePolicy,
}

/// An amount above an allowance, with fee and tax.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Overage {
    /// The amount above what was granted.
    pub amount_minor: i64,
    /// The contract's fee on it.
    pub fee_minor: i64,
    /// The tax on amount and fee.
    pub tax_minor: i64,
}

impl Overage {
    /// What is added to the contract.
    pub const fn total_minor(self) -> i64 {
        self.amount_minor.saturating_add(self.fee_minor).saturating_add(self.tax_minor)
    }
}

/// The overage of an allowance of which an amount is used; zero if it suffices (MR-5).
pub fn overage(terms: &AllowanceTerms, used_minor: i64) -> Overage {
    let amount_minor = used_minor.saturating_sub(terms.granted_minor).max(0);
    let fee_minor = portion(amount_minor, terms.fee);
    Overage { amount_minor, fee_minor, tax_minor: portion(amount_minor.saturating_add(fee_minor), terms.tax) }
}

/// What a choice of a price adds to the overage of an allowance.
pub fn added_overage(terms: &AllowanceTerms, used_minor: i64, price_minor: i64) -> Overage {
    let (before, after) = (overage(terms, used_minor), overage(terms, used_minor.saturating_add(price_minor)));
    Overage {
        amount_minor: after.amount_minor.saturating_sub(before.amount_minor),
        fee_minor: after.fee_minor.saturating_sub(before.fee_minor),
        tax_minor: after.tax_minor.saturating_sub(before.tax_minor),
    }
}

/// What the client is credited if nothing more is approved against an allowance: the unused amount with its tax, without a fee, as a
/// negative amount. Zero if the company keeps it (MR-5).
pub fn unused_credit(terms: &AllowanceTerms, used_minor: i64) -> i64 {
    let unused = match terms.unused {
        UnusedAllowancePolicy::Credit => used_minor.saturating_sub(terms.granted_minor).min(0),
        UnusedAllowancePolicy::Keep => 0,
    };
    unused.saturating_add(portion(unused, terms.tax))
}

/// What a choice is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// An allowance, with what is used of it without this choice.
    Allowance(AllowanceTerms, i64),
    /// The price of the included standard; none if there is none, or while its price is to be determined.
    Standard(Option<i64>),
    /// Nothing is included: there is neither an allowance nor a standard.
    Nothing,
}

/// What the approval of a choice does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effect {
    /// The price of the choice.
    pub price_minor: i64,
    /// The difference from the included standard; none with an allowance, or without a standard with a price (MR-6).
    pub price_delta_minor: Option<i64>,
    /// What is added to the contract total (MR-7); none while the price of the standard is to be determined.
    pub contract_minor: Option<i64>,
}

/// The effect of a choice; none while the price of an option is to be determined.
pub fn effect(chosen: &[ChosenPrice], basis: Basis) -> Option<Effect> {
    let price_minor = total_price(chosen)?;
    let (price_delta_minor, contract_minor) = match basis {
        Basis::Allowance(terms, used) => (None, Some(added_overage(&terms, used, price_minor).total_minor())),
        Basis::Standard(standard) => {
            let delta = standard.map(|standard| price_minor.saturating_sub(standard));
            (delta, delta)
        }
        Basis::Nothing => (None, Some(price_minor)),
    };
    Some(Effect { price_minor, price_delta_minor, contract_minor })
}

//! Taxes of a code, compound ones included, rounded for each line or for the document (MR-2, MR-12).

use rust_decimal::Decimal;

use super::{PriceTax, TaxRounding};
use crate::money::{RATE_DECIMALS, spread, with_remainders};

/// Maximum number of taxes in a code. With more, exact products would not fit in `i128`.
pub const MAX_TAXES: usize = 3;

/// One of the taxes of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tax {
    /// The rate as a share, with at most six decimals: 0.09975 is 9.975 %.
    pub rate: Decimal,
    /// Whether it is also levied on the taxes before it in the code.
    pub is_compound: bool,
}

/// The taxes of a line, in the order in which they are levied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxCode {
    taxes: Vec<CheckedTax>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct CheckedTax {
    /// The rate in millionths.
    millionths: i128,
    is_compound: bool,
}

const ONE: i128 = 10_i128.pow(RATE_DECIMALS);

/// Why taxes are no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TaxCodeFault {
    /// More than [`MAX_TAXES`].
    #[error("a tax code has at most {MAX_TAXES} taxes: remove some of them")]
    TooMany,
    /// A rate is not between 0 and 1, or has more than six decimals.
    #[error("a tax rate must be from 0 to 100 percent with at most 4 decimals")]
    Rate,
}

impl TaxCode {
    /// Checks the taxes.
    ///
    /// # Errors
    ///
    /// [`TaxCodeFault`].
    pub fn new(taxes: &[Tax]) -> Result<Self, TaxCodeFault> {
        if taxes.len() > MAX_TAXES {
            return Err(TaxCodeFault::TooMany);
        }
        let checked = |tax: &Tax| {
            let mut rate = tax.rate.normalize();
            if rate.scale() > RATE_DECIMALS || !(Decimal::ZERO..=Decimal::ONE).contains(&rate) {
                return Err(TaxCodeFault::Rate);
            }
            rate.rescale(RATE_DECIMALS);
            Ok(CheckedTax { millionths: rate.mantissa(), is_compound: tax.is_compound })
        };
        Ok(Self { taxes: taxes.iter().map(checked).collect::<Result<_, _>>()? })
    }

    /// Taxes of prices that have this code.
    pub(super) fn levy(&self, prices: &[i64], price_tax: PriceTax, rounding: TaxRounding) -> Levied {
        match price_tax {
            PriceTax::Exclusive => self.levy_on(prices, rounding),
            PriceTax::Inclusive => self.levy_within(prices, rounding),
        }
    }

    fn levy_on(&self, prices: &[i64], rounding: TaxRounding) -> Levied {
        let mut by_line = vec![0; prices.len()];
        let mut by_tax = Vec::with_capacity(self.taxes.len());
        for tax in &self.taxes {
            // The taxes of the lines add up to those of the document, so a compound tax has the same base for both.
            let on_taxes = |index: usize| if tax.is_compound { by_line[index] } else { 0 };
            let bases: Vec<i64> =
                prices.iter().enumerate().map(|(index, price)| price.saturating_add(on_taxes(index))).collect();
            let amounts = Ratio { part: tax.millionths, of: ONE }.of_all(&bases, rounding);
            by_line.iter_mut().zip(&amounts).for_each(|(sum, amount)| *sum += amount);
            by_tax.push(amounts.iter().sum());
        }
        Levied { by_line, by_tax }
    }

    fn levy_within(&self, prices: &[i64], rounding: TaxRounding) -> Levied {
        // Each tax as a share of the price without tax, exact: a code of three taxes has 18 decimals.
        let scale = ONE.pow(u32::try_from(self.taxes.len()).unwrap_or_default());
        let mut all = 0;
        let mut shares = Vec::with_capacity(self.taxes.len());
        for tax in &self.taxes {
            let base = if tax.is_compound { scale + all } else { scale };
            let share = base * tax.millionths / ONE;
            shares.push(i64::try_from(share).unwrap_or(i64::MAX));
            all += share;
        }
        let by_line = Ratio { part: all, of: scale + all }.of_all(prices, rounding);
        let by_tax = match rounding {
            TaxRounding::Document => spread(by_line.iter().sum(), &shares),
            TaxRounding::Line => {
                let mut sums = vec![0; shares.len()];
                for tax in &by_line {
                    sums.iter_mut().zip(spread(*tax, &shares)).for_each(|(sum, part)| *sum += part);
                }
                sums
            }
        };
        Levied { by_line, by_tax }
    }
}

/// Taxes of lines with the same code. Both lists have the same sum.
#[derive(Debug)]
pub(super) struct Levied {
    /// Tax of each line.
    pub(super) by_line: Vec<i64>,
    /// Amount of each tax of the code.
    pub(super) by_tax: Vec<i64>,
}

/// A share as an exact fraction.
#[derive(Debug, Clone, Copy)]
struct Ratio {
    part: i128,
    of: i128,
}

impl Ratio {
    /// The share of each amount: each rounded, or so that they add up to the rounded share of the sum.
    fn of_all(self, amounts: &[i64], rounding: TaxRounding) -> Vec<i64> {
        let shares: Vec<i128> = match rounding {
            TaxRounding::Line => amounts.iter().map(|amount| self.rounded(i128::from(*amount))).collect(),
            TaxRounding::Document => {
                let exact = amounts.iter().map(|amount| i128::from(*amount) * self.part);
                let parts: Vec<_> = exact.map(|exact| (exact.div_euclid(self.of), exact.rem_euclid(self.of))).collect();
                let whole = amounts.iter().map(|amount| i128::from(*amount)).sum();
                with_remainders(self.rounded(whole), &parts)
            }
        };
        shares.into_iter().map(|share| i64::try_from(share).unwrap_or(i64::MAX)).collect()
    }

    /// The share of an amount, half away from zero.
    fn rounded(self, amount: i128) -> i128 {
        let product = amount * self.part;
        let (whole, rest) = (product / self.of, product % self.of);
        if rest.abs() * 2 >= self.of { whole + product.signum() } else { whole }
    }
}

//! Deposits: what is asked for on each line, and how a receipt is spread (MR-8, MR-9, MR-12).

use rust_decimal::Decimal;

use super::{Amounts, TaxOnDeposits};
use crate::money::{portion, spread};

/// The deposit of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DepositTerms {
    /// No deposit.
    None,
    /// Each line has a share of its own.
    PerLine,
    /// A share of the total.
    Percent(Decimal),
    /// An amount, at most the total.
    Fixed(i64),
}

/// The deposit of each line, without its tax and the tax that is asked for with it. Together at most the total of the document.
///
/// A credit asks for nothing; it only lowers that maximum. A share or an amount of the document is spread over its lines in proportion to
/// their totals, so that a receipt can be posted to lines.
pub(super) fn ask_for(terms: DepositTerms, tax: TaxOnDeposits, lines: &[Amounts], shares: &[Decimal]) -> Vec<Amounts> {
    let base = |amounts: Amounts| match tax {
        TaxOnDeposits::AtReceipt => amounts.total_minor(),
        TaxOnDeposits::AtApplication => amounts.net_minor,
    };
    let bases: Vec<i64> = lines.iter().map(|line| base(*line).max(0)).collect();
    let most = base(lines.iter().copied().sum()).max(0);
    let asked: Vec<i64> = match terms {
        DepositTerms::None => vec![0; lines.len()],
        DepositTerms::PerLine => bases.iter().zip(shares).map(|(base, share)| portion(*base, *share)).collect(),
        DepositTerms::Percent(share) => spread(portion(most, share), &bases),
        DepositTerms::Fixed(amount) => spread(amount.min(most), &bases),
    };
    let sum: i64 = asked.iter().sum();
    let asked = if sum > most { spread(most, &asked) } else { asked };
    let parts = asked.iter().zip(lines).map(|(asked, line)| {
        let tax_minor = match tax {
            TaxOnDeposits::AtReceipt => part_of(*asked, line.tax_minor, line.total_minor()),
            TaxOnDeposits::AtApplication => 0,
        };
        Amounts { net_minor: asked - tax_minor, tax_minor }
    });
    parts.collect()
}

/// `amount * part / whole`, half away from zero; 0 without a whole. The amount is not negative.
fn part_of(amount: i64, part: i64, whole: i64) -> i64 {
    if whole <= 0 {
        return 0;
    }
    let (product, whole) = (i128::from(amount) * i128::from(part), i128::from(whole));
    i64::try_from((2 * product + whole * product.signum()) / (2 * whole)).unwrap_or_default()
}

/// A receipt, spread over lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What is posted to each line.
    pub by_line: Vec<i64>,
    /// What was not asked for: a credit of the client (MR-10).
    pub excess_minor: i64,
}

/// Spreads a receipt over lines by the deposit that is still asked for on each (MR-9).
///
/// `asked` and `posted` are amounts of the same lines. No line gets more than what is asked for on it, whatever came before.
pub fn spread_receipt(receipt_minor: i64, asked: &[i64], posted: &[i64]) -> Receipt {
    let open: Vec<i64> = asked.iter().zip(posted).map(|(asked, posted)| asked.saturating_sub(*posted).max(0)).collect();
    let sum = open.iter().fold(0_i64, |sum, open| sum.saturating_add(*open));
    let spread_minor = receipt_minor.clamp(0, sum);
    Receipt { by_line: spread(spread_minor, &open), excess_minor: receipt_minor.max(0) - spread_minor }
}

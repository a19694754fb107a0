//! Prices of lines, and the totals of their document.

use rust_decimal::Decimal;

use super::deposit::{DepositTerms, ask_for};
use super::{Amounts, MAX_LINES, MAX_QUANTITY, PriceTax, QUANTITY_DECIMALS, TaxCode, TaxOnDeposits, TaxRounding};
use crate::money::{MAX_PRICE_MINOR, RATE_DECIMALS, portion};

/// A line of a proposal or change order, as far as it decides about amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// The price of one unit; negative for a credit. With or without tax, see [`PriceTax`].
    pub unit_price_minor: i64,
    /// How many units: more than 0, at most [`MAX_QUANTITY`], with [`QUANTITY_DECIMALS`] decimals.
    pub quantity: Decimal,
    /// Its tax code, by position among those of the document; none if it is not taxed.
    pub tax_code: Option<usize>,
    /// Whether a client decides if it is included (EXP-1).
    pub is_optional: bool,
    /// Whether an optional line is included: suggested by the company until the client has decided.
    pub is_accepted: bool,
    /// The deposit as a share, with [`DepositTerms::PerLine`].
    pub deposit: Decimal,
    /// The bundle that it belongs to, by position; none if it is in none.
    pub bundle: Option<usize>,
}

impl Line {
    /// Whether it counts in the totals.
    pub const fn counts(&self) -> bool {
        !self.is_optional || self.is_accepted
    }

    /// Its price, rounded half away from zero (MR-2).
    pub fn price_minor(&self) -> i64 {
        portion(self.unit_price_minor, self.quantity)
    }
}

/// The terms of a document that decide about amounts.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// Tax codes of the lines.
    pub codes: &'a [TaxCode],
    /// Whether prices include tax.
    pub price_tax: PriceTax,
    /// What tax is rounded for.
    pub rounding: TaxRounding,
    /// The deposit.
    pub deposit: DepositTerms,
    /// When the tax on it falls due.
    pub tax_on_deposits: TaxOnDeposits,
}

/// Amounts of a line that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// The price without tax, and the tax.
    pub amounts: Amounts,
    /// The deposit that is asked for, without its tax, and the tax that is asked for with it.
    pub deposit: Amounts,
}

impl Counted {
    /// What is left to pay when an amount is posted to the line: its price with tax less that amount (MR-9).
    pub const fn balance_due_minor(&self, posted_minor: i64) -> i64 {
        self.amounts.total_minor().saturating_sub(posted_minor)
    }
}

/// A line with its amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PricedLine {
    /// The price as it is quoted: with tax if prices include it.
    pub price_minor: i64,
    /// What it adds to the totals; none for an optional line that is left out.
    pub counted: Option<Counted>,
}

/// The amount of one tax in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaxAmount {
    /// The tax code, by position.
    pub code: usize,
    /// The tax, by position in its code.
    pub tax: usize,
    /// The amount.
    pub amount_minor: i64,
}

/// Totals of a document, over the lines that count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// The total without tax, and the tax.
    pub amounts: Amounts,
    /// The tax by code and tax, of the codes that are used.
    pub taxes: Vec<TaxAmount>,
    /// The deposit that is asked for, without its tax, and the tax that is asked for with it.
    pub deposit: Amounts,
}

/// A document with its amounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced {
    /// The lines, in their order.
    pub lines: Vec<PricedLine>,
    /// The totals.
    pub totals: Totals,
}

/// Why lines cannot be priced or accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// More than [`MAX_LINES`].
    #[error("at most {MAX_LINES} lines are possible: remove some of them")]
    TooMany,
    /// A quantity that is not possible, with the position of its line.
    #[error("must be more than 0 and at most {MAX_QUANTITY}, with at most {QUANTITY_DECIMALS} decimals")]
    Quantity(usize),
    /// A price that is too large, with the position of its line.
    #[error("the price of the line is too large: split the line or correct price and quantity")]
    Price(usize),
    /// A tax code that the document does not have, with the position of the line.
    #[error("is not a tax code of the document: choose one of its codes")]
    TaxCode(usize),
    /// A deposit that is no share, with the position of the line; none for the document's.
    #[error("must be from 0 to 100 percent with at most 4 decimals")]
    DepositShare(Option<usize>),
    /// A fixed deposit that is negative.
    #[error("must not be negative")]
    DepositAmount,
    /// An accepted line that is not an optional one, by its position in the list of accepted lines.
    #[error("is not an optional line: name optional lines only, each once")]
    NotOptional(usize),
    /// No line would be left.
    #[error("nothing is left: accept at least one line, or decline the proposal")]
    NothingAccepted,
}

/// Computes the amounts of a document.
///
/// # Errors
///
/// [`LineFault`] with the first reason.
pub fn price(lines: &[Line], terms: &Terms<'_>) -> Result<Priced, LineFault> {
    check(lines, terms)?;
    let counted: Vec<usize> = (0..lines.len()).filter(|index| lines[*index].counts()).collect();
    let mut taxes = Vec::new();
    let mut tax_of = vec![0; lines.len()];
    for (position, code) in terms.codes.iter().enumerate() {
        let taxed: Vec<usize> =
            counted.iter().copied().filter(|index| lines[*index].tax_code == Some(position)).collect();
        if taxed.is_empty() {
            continue;
        }
        let prices: Vec<i64> = taxed.iter().map(|index| lines[*index].price_minor()).collect();
        let levied = code.levy(&prices, terms.price_tax, terms.rounding);
        taxed.iter().zip(&levied.by_line).for_each(|(index, tax)| tax_of[*index] = *tax);
        let by_tax = levied.by_tax.into_iter().enumerate();
        taxes.extend(by_tax.map(|(tax, amount_minor)| TaxAmount { code: position, tax, amount_minor }));
    }
    let amounts_of = |index: &usize| {
        let (price, tax_minor) = (lines[*index].price_minor(), tax_of[*index]);
        let net_minor = match terms.price_tax {
            PriceTax::Exclusive => price,
            PriceTax::Inclusive => price.saturating_sub(tax_minor),
        };
        Amounts { net_minor, tax_minor }
    };
    let amounts: Vec<Amounts> = counted.iter().map(amounts_of).collect();
    let shares: Vec<Decimal> = counted.iter().map(|index| lines[*index].deposit).collect();
    let deposits = ask_for(terms.deposit, terms.tax_on_deposits, &amounts, &shares);
    let totals = Totals { amounts: amounts.iter().copied().sum(), taxes, deposit: deposits.iter().copied().sum() };
    let mut of_counted = amounts.into_iter().zip(deposits);
    let priced = lines.iter().map(|line| PricedLine {
        price_minor: line.price_minor(),
        counted: if line.counts() {
            of_counted.next().map(|(amounts, deposit)| Counted { amounts, deposit })
        } else {
            None
        },
    });
    Ok(Priced { lines: priced.collect(), totals })
}

fn check(lines: &[Line], terms: &Terms<'_>) -> Result<(), LineFault> {
    if lines.len() > MAX_LINES {
        return Err(LineFault::TooMany);
    }
    for (index, line) in lines.iter().enumerate() {
        let quantity = line.quantity.normalize();
        let is_possible = quantity > Decimal::ZERO && quantity <= Decimal::from(MAX_QUANTITY);
        if !is_possible || quantity.scale() > QUANTITY_DECIMALS {
            return Err(LineFault::Quantity(index));
        }
        if [line.unit_price_minor, line.price_minor()]
            .iter()
            .any(|price| price.unsigned_abs() > MAX_PRICE_MINOR.unsigned_abs())
        {
            return Err(LineFault::Price(index));
        }
        if line.tax_code.is_some_and(|code| code >= terms.codes.len()) {
            return Err(LineFault::TaxCode(index));
        }
        if !is_share(line.deposit) {
            return Err(LineFault::DepositShare(Some(index)));
        }
    }
    match terms.deposit {
        DepositTerms::Percent(share) if !is_share(share) => Err(LineFault::DepositShare(None)),
        DepositTerms::Fixed(amount) if amount < 0 => Err(LineFault::DepositAmount),
        DepositTerms::None | DepositTerms::PerLine | DepositTerms::Percent(_) | DepositTerms::Fixed(_) => Ok(()),
    }
}

fn is_share(share: Decimal) -> bool {
    (Decimal::ZERO..=Decimal::ONE).contains(&share) && share.normalize().scale() <= RATE_DECIMALS
}

/// The lines with a client's choice of the optional ones (EXP-1): those accepted, by position, and no others.
///
/// # Errors
///
/// [`LineFault::NotOptional`], and [`LineFault::NothingAccepted`].
pub fn accept(lines: &[Line], accepted: &[usize]) -> Result<Vec<Line>, LineFault> {
    for (position, index) in accepted.iter().enumerate() {
        let is_optional = lines.get(*index).is_some_and(|line| line.is_optional);
        if !is_optional || accepted[..position].contains(index) {
            return Err(LineFault::NotOptional(position));
        }
    }
    let chosen =
        |(index, line): (usize, &Line)| Line { is_accepted: line.is_optional && accepted.contains(&index), ..*line };
    let chosen: Vec<Line> = lines.iter().enumerate().map(chosen).collect();
    if chosen.iter().any(Line::counts) { Ok(chosen) } else { Err(LineFault::NothingAccepted) }
}

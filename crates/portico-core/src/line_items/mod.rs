//! Line items of proposals and change orders: prices, taxes, totals, deposits, and what clients see of them (MR-2, MR-8, MR-9, MR-12).
//!
//! Everything is computed once from the lines and their terms ([`price`]) and then stored, so that list, detail, PDF and export show the
//! same totals. Amounts are in minor units of the project's currency.

mod deposit;
mod detail;
mod tax;
#[cfg(test)]
mod tests;
mod totals;

pub use deposit::{DepositTerms, Receipt, spread_receipt};
pub use detail::{Shown, ShownBundle, ShownLine, shown};
pub use tax::{MAX_TAXES, Tax, TaxCode, TaxCodeFault};
pub use totals::{Counted, Line, LineFault, Priced, PricedLine, TaxAmount, Terms, Totals, accept, price};

/// Maximum number of lines of a document.
pub const MAX_LINES: usize = 500;
/// Decimals of a quantity.
pub const QUANTITY_DECIMALS: u32 = 4;
/// Maximum quantity.
pub const MAX_QUANTITY: i64 = 999_999;

text_enum! {
    /// Whether prices include tax.
    pub enum PriceTax {
        /// Tax is added to prices.
        Exclusive = "EXCLUSIVE",
        /// Prices include tax.
        Inclusive = "INCLUSIVE",
    }
}

text_enum! {
    /// What tax is rounded for (MR-2).
    pub enum TaxRounding {
        /// Each line.
        Line = "LINE",
        /// Each document and tax code.
        Document = "DOCUMENT",
    }
}

text_enum! {
    /// When the tax on a deposit falls due (MR-12).
    pub enum TaxOnDeposits {
        /// When the deposit is received: it is asked for with the deposit.
        AtReceipt = "AT_RECEIPT",
        /// When the deposit is applied: the deposit has no tax.
        AtApplication = "AT_APPLICATION",
    }
}

text_enum! {
    /// How much of the lines a client sees.
    pub enum DetailLevel {
        /// The totals of the document.
        Total = "TOTAL",
        /// Also bundles with their prices.
        Bundle = "BUNDLE",
        /// Also lines in the bundles with names and quantities, without prices.
        Names = "NAMES",
        /// Also prices of lines.
        Full = "FULL",
    }
}

/// An amount without tax, and its tax.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Amounts {
    /// Without tax.
    pub net_minor: i64,
    /// The tax.
    pub tax_minor: i64,
}

impl Amounts {
    /// With tax.
    pub const fn total_minor(self) -> i64 {
        self.net_minor.saturating_add(self.tax_minor)
    }

    /// The sum.
    pub const fn plus(self, other: Self) -> Self {
        Self {
            net_minor: self.net_minor.saturating_add(other.net_minor),
            tax_minor: self.tax_minor.saturating_add(other.tax_minor),
        }
    }

    /// The difference.
    pub const fn minus(self, other: Self) -> Self {
        Self {
            net_minor: self.net_minor.saturating_sub(other.net_minor),
            tax_minor: self.tax_minor.saturating_sub(other.tax_minor),
        }
    }
}

impl std::iter::Sum for Amounts {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Self::plus)
    }
}

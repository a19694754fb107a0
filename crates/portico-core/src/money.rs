//! Money: integers of minor units, decimals at the edges, never floats (MR-1 to MR-3).

use rust_decimal::{Decimal, RoundingStrategy};

/// Decimals of rates (MR-2).
pub const RATE_DECIMALS: u32 = 6;
/// Decimals of rates in percent.
pub const PERCENT_DECIMALS: u32 = RATE_DECIMALS - 2;
/// Maximum price of a line or choice in minor units: enough for any building, and sums and taxes of thousands of them are within `i64`.
pub const MAX_PRICE_MINOR: i64 = 100_000_000_000_000;

text_enum! {
    /// ISO 4217 currencies that companies may use.
    pub enum Currency {
        /// United States dollar.
        Usd = "USD",
        /// Canadian dollar.
        Cad = "CAD",
        /// Australian dollar.
        Aud = "AUD",
        /// New Zealand dollar.
        Nzd = "NZD",
        /// Euro.
        Eur = "EUR",
        /// Pound sterling.
        Gbp = "GBP",
        /// Swiss franc.
        Chf = "CHF",
        /// Japanese yen, which has no minor unit.
        Jpy = "JPY",
    }
}

impl Currency {
    /// The number of decimals of the minor unit: 2 for cents, 0 for yen.
    pub const fn decimals(self) -> u32 {
        match self {
            Self::Jpy => 0,
            Self::Usd | Self::Cad | Self::Aud | Self::Nzd | Self::Eur | Self::Gbp | Self::Chf => 2,
        }
    }
}

/// An amount in minor units of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    /// Amount in the currency's smallest unit, such as cents; negative for credits.
    pub minor_units: i64,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// An amount of minor units.
    pub const fn new(minor_units: i64, currency: Currency) -> Self {
        Self { minor_units, currency }
    }

    /// An exact amount; none if it has more decimals than the currency, or is too large.
    pub fn of_amount(amount: Decimal, currency: Currency) -> Option<Self> {
        let minor = amount.checked_mul(Decimal::from(10_i64.pow(currency.decimals())))?.normalize();
        let minor_units = if minor.scale() == 0 { i64::try_from(minor.mantissa()).ok() } else { None };
        minor_units.map(|minor_units| Self { minor_units, currency })
    }

    /// The amount as a decimal with the currency's number of decimals: `12.50`.
    pub fn amount(self) -> Decimal {
        Decimal::from_i128_with_scale(i128::from(self.minor_units), self.currency.decimals())
    }
}

/// A share of an amount, rounded half away from zero to the minor unit (MR-2). The share has at most six decimals.
pub fn portion(minor_units: i64, share: Decimal) -> i64 {
    const ONE: i128 = 10_i128.pow(RATE_DECIMALS);
    let mut share = share.round_dp_with_strategy(RATE_DECIMALS, RoundingStrategy::MidpointAwayFromZero);
    share.rescale(RATE_DECIMALS);
    let product = i128::from(minor_units).saturating_mul(share.mantissa());
    let (whole, rest) = (product / ONE, product % ONE);
    let rounded = if rest.abs() * 2 >= ONE { whole + product.signum() } else { whole };
    i64::try_from(rounded).unwrap_or(if rounded < 0 { i64::MIN } else { i64::MAX })
}

/// Divides an amount in proportion to weights, to the minor unit (MR-9).
///
/// What is left by rounding down goes to the largest remainders, of equal ones to the first. A negative weight counts as zero. The
/// parts add up to the amount, unless all weights are zero: then so are the parts.
pub fn spread(minor_units: i64, weights: &[i64]) -> Vec<i64> {
    let weights: Vec<i128> = weights.iter().map(|weight| i128::from(*weight).max(0)).collect();
    let whole: i128 = weights.iter().sum();
    if whole == 0 {
        return vec![0; weights.len()];
    }
    let (sign, amount) = (if minor_units < 0 { -1 } else { 1 }, i128::from(minor_units.unsigned_abs()));
    let products = weights.iter().map(|weight| amount.saturating_mul(*weight));
    let parts: Vec<(i128, i128)> = products.map(|product| (product / whole, product % whole)).collect();
    let parts = with_remainders(amount, &parts);
    parts.into_iter().map(|part| i64::try_from(part).unwrap_or(i64::MAX).saturating_mul(sign)).collect()
}

/// Adds one to the parts with the largest remainders, so that all add up to the amount. Each part is rounded down.
pub(crate) fn with_remainders(amount: i128, parts: &[(i128, i128)]) -> Vec<i128> {
    let left = amount - parts.iter().map(|(part, _)| part).sum::<i128>();
    let mut by_remainder: Vec<usize> = (0..parts.len()).collect();
    by_remainder.sort_by_key(|index| std::cmp::Reverse(parts[*index].1));
    let mut rounded: Vec<i128> = parts.iter().map(|(part, _)| *part).collect();
    for index in by_remainder.into_iter().take(usize::try_from(left).unwrap_or_default()) {
        rounded[index] += 1;
    }
    rounded
}

/// Markup as a share of the cost: `(price - cost) / cost`, six decimals, rounded half-even (MR-3).
///
/// Derived, never stored, since a price may be overridden. None without a cost.
pub fn markup(price_minor: i64, cost_minor: i64) -> Option<Decimal> {
    rate(price_minor, cost_minor, cost_minor)
}

/// Margin as a share of the price: `(price - cost) / price`, six decimals, rounded half-even (MR-3). None without a price.
pub fn margin(price_minor: i64, cost_minor: i64) -> Option<Decimal> {
    rate(price_minor, cost_minor, price_minor)
}

fn rate(price_minor: i64, cost_minor: i64, base_minor: i64) -> Option<Decimal> {
    let gain = Decimal::from(price_minor) - Decimal::from(cost_minor);
    let rate = gain.checked_div(Decimal::from(base_minor))?;
    Some(rate.round_dp_with_strategy(RATE_DECIMALS, RoundingStrategy::MidpointNearestEven))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_in_their_currency() {
        // MR-1
        let minor =
            |text: &str, currency| Money::of_amount(text.parse().unwrap(), currency).map(|money| money.minor_units);
        assert_eq!(minor("12.50", Currency::Usd), Some(1250));
        assert_eq!(minor("12.500", Currency::Usd), Some(1250));
        assert_eq!(minor("12.505", Currency::Usd), None);
        assert_eq!(minor("1234.57", Currency::Usd), Some(123_457));
        assert_eq!(minor("-3", Currency::Usd), Some(-300));
        assert_eq!(minor("12", Currency::Jpy), Some(12));
        assert_eq!(minor("12.5", Currency::Jpy), None);
        assert_eq!(minor("79228162514264337593543950335", Currency::Usd), None);
    }

    #[test]
    fn amounts_have_their_currency_decimals() {
        // MR-1
        assert_eq!(Money::new(1_250, Currency::Usd).amount().to_string(), "12.50");
        assert_eq!(Money::new(-5, Currency::Eur).amount().to_string(), "-0.05");
        assert_eq!(Money::new(1_250, Currency::Jpy).amount().to_string(), "1250");
        assert_eq!(Money::new(i64::MIN, Currency::Usd).amount().to_string(), "-92233720368547758.08");
    }

    #[test]
    fn portions_round_half_away_from_zero() {
        // MR-2
        let of = |minor, share: &str| portion(minor, share.parse().unwrap());
        assert_eq!((of(14_000, "0.09975"), of(-250, "0.05"), of(250, "0.05")), (1_397, -13, 13));
        assert_eq!((of(100, "0.004999"), of(100, "0.005"), of(0, "0.5"), of(7, "1")), (0, 1, 0, 7));
        assert_eq!((of(i64::MAX, "1"), of(i64::MIN, "1.5")), (i64::MAX, i64::MIN));
    }

    #[test]
    fn parts_add_up_to_the_amount() {
        // MR-9
        assert_eq!(spread(150_000, &[200_000, 100_000]), [100_000, 50_000]);
        assert_eq!(spread(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(spread(-100, &[1, 1, 1]), [-34, -33, -33]);
        assert_eq!(spread(5, &[1, 0, 2, -7]), [2, 0, 3, 0]);
        assert_eq!((spread(7, &[0, -1]), spread(7, &[])), (vec![0, 0], vec![]));
        assert_eq!(spread(i64::MAX, &[i64::MAX, i64::MAX]), [i64::MAX / 2 + 1, i64::MAX / 2]);
    }

    /// Compares values, ignoring trailing zeros.
    fn rate(text: &str) -> Option<Decimal> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn markup_is_of_cost_and_margin_of_price() {
        // MR-3
        assert_eq!(markup(12_500, 10_000), rate("0.25"));
        assert_eq!(margin(12_500, 10_000), rate("0.2"));
        assert_eq!(markup(-300, -200), rate("0.5"));
        assert_eq!((markup(100, 0), margin(0, 100)), (None, None));
    }

    #[test]
    fn rates_round_half_even_to_six_decimals() {
        assert_eq!(margin(3, 2), rate("0.333333"));
        // 0.0000005 and 0.0000015 stand exactly between two sixth decimals.
        assert_eq!(markup(10_000_005, 10_000_000), rate("0.000000"));
        assert_eq!(markup(10_000_015, 10_000_000), rate("0.000002"));
    }
}

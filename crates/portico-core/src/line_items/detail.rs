//! What a client sees of a document's lines, by the detail level that the company has chosen.

use super::{Amounts, Counted, DetailLevel, Line, Priced};

/// A document as a client sees it. Its totals are the same at every level.
///
/// Optional lines are shown with their prices at every level, since the client decides on each. They are in no bundle: the prices of the
/// bundles and of the accepted optional lines add up to the total, at every level but [`DetailLevel::Total`], which has no bundles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Bundles in the company's order; lines in none are in the last.
    pub bundles: Vec<ShownBundle>,
    /// The optional lines, in their order.
    pub optional: Vec<ShownLine>,
}

/// A bundle of lines that are not optional.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownBundle {
    /// The bundle, by position; none for the lines in none.
    pub bundle: Option<usize>,
    /// The prices of its lines as they are quoted.
    pub price_minor: i64,
    /// The price without tax, and the tax.
    pub amounts: Amounts,
    /// The deposit that is asked for, with its tax.
    pub deposit_minor: i64,
    /// Its lines, in their order; empty at the level [`DetailLevel::Bundle`].
    pub lines: Vec<ShownLine>,
}

/// A line with its name and quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShownLine {
    /// The line, by position.
    pub line: usize,
    /// Price of one unit, and of all; none if the client does not see prices of lines.
    pub price_minor: Option<(i64, i64)>,
    /// Tax and deposit; none if the client does not see prices of lines, or if an optional line is left out.
    pub counted: Option<Counted>,
}

/// What a client sees. `priced` are the amounts of `lines`.
pub fn shown(level: DetailLevel, lines: &[Line], priced: &Priced) -> Shown {
    let see = |index: usize, has_price: bool| ShownLine {
        line: index,
        price_minor: has_price.then(|| (lines[index].unit_price_minor, priced.lines[index].price_minor)),
        counted: priced.lines[index].counted.filter(|_| has_price),
    };
    let optional = (0..lines.len()).filter(|index| lines[*index].is_optional).map(|index| see(index, true)).collect();
    if level == DetailLevel::Total {
        return Shown { bundles: Vec::new(), optional };
    }
    let mut bundles: Vec<ShownBundle> = Vec::new();
    for (index, line) in lines.iter().enumerate().filter(|(_, line)| !line.is_optional) {
        let position = bundles.iter().position(|bundle| bundle.bundle == line.bundle).unwrap_or_else(|| {
            let bundle = line.bundle;
            let amounts = Amounts::default();
            bundles.push(ShownBundle { bundle, price_minor: 0, amounts, deposit_minor: 0, lines: Vec::new() });
            bundles.len() - 1
        });
        let bundle = &mut bundles[position];
        bundle.price_minor += priced.lines[index].price_minor;
        if let Some(counted) = priced.lines[index].counted {
            bundle.amounts = bundle.amounts.plus(counted.amounts);
            bundle.deposit_minor += counted.deposit.total_minor();
        }
        match level {
            DetailLevel::Total | DetailLevel::Bundle => {}
            DetailLevel::Names => bundle.lines.push(see(index, false)),
            DetailLevel::Full => bundle.lines.push(see(index, true)),
        }
    }
    bundles.sort_by_key(|bundle| (bundle.bundle.is_none(), bundle.bundle));
    Shown { bundles, optional }
}

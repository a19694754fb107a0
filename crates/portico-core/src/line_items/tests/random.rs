//! Random documents against a calculation of their own.

use rust_decimal::{Decimal, RoundingStrategy};

use super::*;

/// An independent calculation of taxes in decimals: the tax of each code and tax.
fn expected_taxes(lines: &[Line], taxes: &[Vec<Tax>], terms: &Terms<'_>) -> Vec<(usize, usize, Decimal)> {
    let whole = |amount: Decimal| amount.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    let mut all = Vec::new();
    for (code, taxes) in taxes.iter().enumerate() {
        let of_code =
            lines.iter().filter(|line| line.tax_code == Some(code) && (!line.is_optional || line.is_accepted));
        let prices: Vec<_> = of_code.map(|line| whole(Decimal::from(line.unit_price_minor) * line.quantity)).collect();
        if prices.is_empty() {
            continue;
        }
        let bases = match terms.rounding {
            TaxRounding::Line => prices,
            TaxRounding::Document => vec![prices.iter().sum()],
        };
        let mut sums = vec![Decimal::ZERO; taxes.len()];
        for base in bases {
            match terms.price_tax {
                PriceTax::Exclusive => {
                    let mut before = Decimal::ZERO;
                    for (tax, sum) in taxes.iter().zip(&mut sums) {
                        let on = if tax.is_compound { base + before } else { base };
                        let amount = whole(on * tax.rate);
                        before += amount;
                        *sum += amount;
                    }
                }
                PriceTax::Inclusive => {
                    let mut factor = Decimal::ONE;
                    for tax in taxes {
                        factor += if tax.is_compound { factor } else { Decimal::ONE } * tax.rate;
                    }
                    // Only the sum is compared: the parts are spread.
                    let net = base / factor;
                    let tax = if taxes.is_empty() { Decimal::ZERO } else { whole(base - net) };
                    if let Some(first) = sums.first_mut() {
                        *first += tax;
                    }
                }
            }
        }
        all.extend(sums.into_iter().enumerate().map(|(tax, sum)| (code, tax, sum)));
    }
    all
}

#[test]
fn random_documents_have_the_expected_totals() {
    // MR-1, MR-2, MR-8, MR-9, MR-12, EXP-1
    for seed in 0..5_000 {
        let mut random = fastrand::Rng::with_seed(seed);
        let taxes: Vec<Vec<Tax>> = (0..random.usize(1..4))
            .map(|_| {
                let count = random.usize(0..4);
                let tax = |_| Tax { rate: Decimal::new(random.i64(0..250_000), 6), is_compound: random.bool() };
                (0..count).map(tax).collect()
            })
            .collect();
        let codes: Vec<_> = taxes.iter().map(|taxes| TaxCode::new(taxes).expect("it is a code")).collect();
        let lines: Vec<Line> = (0..random.usize(1..15))
            .map(|_| Line {
                unit_price_minor: random.i64(-20_000..500_000),
                quantity: Decimal::new(random.i64(1..200_000), random.u32(0..5)),
                tax_code: random.bool().then(|| random.usize(0..codes.len())),
                is_optional: random.bool(),
                is_accepted: random.bool(),
                deposit: Decimal::new(random.i64(0..=100), 2),
                bundle: random.bool().then(|| random.usize(0..3)),
            })
            .collect();
        let terms = Terms {
            codes: &codes,
            price_tax: if random.bool() { PriceTax::Exclusive } else { PriceTax::Inclusive },
            rounding: if random.bool() { TaxRounding::Line } else { TaxRounding::Document },
            deposit: match random.u8(0..4) {
                0 => DepositTerms::None,
                1 => DepositTerms::PerLine,
                2 => DepositTerms::Percent(Decimal::new(random.i64(0..=10_000), 4)),
                _ => DepositTerms::Fixed(random.i64(0..3_000_000)),
            },
            tax_on_deposits: if random.bool() { TaxOnDeposits::AtReceipt } else { TaxOnDeposits::AtApplication },
        };
        let priced = price(&lines, &terms).expect("it has a price");
        check_totals(&lines, &taxes, &terms, &priced, seed);
        check_deposit(&lines, &terms, &priced, &mut random, seed);
        check_detail(&lines, &priced, seed);
    }
}

fn check_totals(lines: &[Line], taxes: &[Vec<Tax>], terms: &Terms<'_>, priced: &Priced, seed: u64) {
    let expected = expected_taxes(lines, taxes, terms);
    let found = priced.totals.taxes.iter().map(|it| (it.code, it.tax, Decimal::from(it.amount_minor)));
    if terms.price_tax == PriceTax::Exclusive {
        assert_eq!(found.collect::<Vec<_>>(), expected, "seed {seed}");
    }
    let tax: Decimal = expected.iter().map(|(_, _, amount)| *amount).sum();
    let counted = || priced.lines.iter().zip(lines).filter(|(_, line)| !line.is_optional || line.is_accepted);
    let quoted: i64 = counted().map(|(priced, _)| priced.price_minor).sum();
    let Totals { amounts, taxes: by_tax, deposit } = &priced.totals;
    assert_eq!(Decimal::from(amounts.tax_minor), tax, "seed {seed}");
    assert_eq!(by_tax.iter().map(|it| it.amount_minor).sum::<i64>(), amounts.tax_minor, "seed {seed}");
    let of_quoted = if terms.price_tax == PriceTax::Exclusive { amounts.net_minor } else { amounts.total_minor() };
    assert_eq!(of_quoted, quoted, "seed {seed}");
    let of_lines: Amounts = priced.lines.iter().filter_map(|line| line.counted).map(|it| it.amounts).sum();
    let deposits: Amounts = priced.lines.iter().filter_map(|line| line.counted).map(|it| it.deposit).sum();
    assert_eq!((of_lines, deposits), (*amounts, *deposit), "seed {seed}");
    for (index, (line, priced)) in lines.iter().zip(&priced.lines).enumerate() {
        assert_eq!(priced.counted.is_some(), !line.is_optional || line.is_accepted, "seed {seed}");
        let (Some(counted), Some(code)) = (priced.counted, line.tax_code) else { continue };
        // A line's tax is that of the line alone, rounded up or down.
        let mut factor = Decimal::ONE;
        for tax in &taxes[code] {
            factor += if tax.is_compound { factor } else { Decimal::ONE } * tax.rate;
        }
        let exact = match terms.price_tax {
            PriceTax::Exclusive => Decimal::from(priced.price_minor) * (factor - Decimal::ONE),
            PriceTax::Inclusive => Decimal::from(priced.price_minor) * (factor - Decimal::ONE) / factor,
        };
        // A compound tax is levied on rounded taxes, and each tax is rounded.
        let most = Decimal::from(taxes[code].len().max(1)) * share("1.5");
        assert!((Decimal::from(counted.amounts.tax_minor) - exact).abs() < most, "seed {seed}, line {index}");
    }
}

fn check_deposit(lines: &[Line], terms: &Terms<'_>, priced: &Priced, random: &mut fastrand::Rng, seed: u64) {
    let base = |amounts: Amounts| match terms.tax_on_deposits {
        TaxOnDeposits::AtReceipt => amounts.net_minor + amounts.tax_minor,
        TaxOnDeposits::AtApplication => amounts.net_minor,
    };
    let whole = |amount: Decimal| amount.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    let most = base(priced.totals.amounts).max(0);
    let by_line: Vec<_> =
        priced.lines.iter().zip(lines).filter_map(|(it, line)| Some((it.counted?, line.deposit))).collect();
    let alone = |(counted, share): &(Counted, Decimal)| whole(Decimal::from(base(counted.amounts).max(0)) * share);
    let sum = match terms.deposit {
        DepositTerms::None => Decimal::ZERO,
        DepositTerms::PerLine => by_line.iter().map(alone).sum::<Decimal>().min(most.into()),
        DepositTerms::Percent(share) => whole(Decimal::from(most) * share),
        DepositTerms::Fixed(amount) => amount.min(most).into(),
    };
    assert_eq!(Decimal::from(priced.totals.deposit.total_minor()), sum, "seed {seed}");
    for (counted, of_line) in &by_line {
        let asked = counted.deposit.total_minor();
        assert!(asked >= 0 && asked <= base(counted.amounts).max(0), "seed {seed}");
        match terms.tax_on_deposits {
            TaxOnDeposits::AtApplication => assert_eq!(counted.deposit.tax_minor, 0, "seed {seed}"),
            TaxOnDeposits::AtReceipt if asked > 0 => {
                let exact = Decimal::from(asked) * Decimal::from(counted.amounts.tax_minor)
                    / Decimal::from(counted.amounts.total_minor());
                assert!((Decimal::from(counted.deposit.tax_minor) - exact).abs() <= share("0.5"), "seed {seed}");
            }
            TaxOnDeposits::AtReceipt => {}
        }
        if terms.deposit == DepositTerms::PerLine && sum < Decimal::from(most) {
            assert_eq!(Decimal::from(asked), alone(&(*counted, *of_line)), "seed {seed}");
        }
    }
    // Receipts in any parts never post more to a line than what is asked for, and in the end exactly that.
    let asked: Vec<i64> = by_line.iter().map(|(counted, _)| counted.deposit.total_minor()).collect();
    let mut posted = vec![0; asked.len()];
    let (mut left, mut excess) = (asked.iter().sum::<i64>() + random.i64(0..100), 0);
    let expected_excess = left - asked.iter().sum::<i64>();
    while left > 0 {
        let receipt = random.i64(1..=left);
        let spread = spread_receipt(receipt, &asked, &posted);
        assert_eq!(spread.by_line.iter().sum::<i64>() + spread.excess_minor, receipt, "seed {seed}");
        posted.iter_mut().zip(&spread.by_line).for_each(|(sum, part)| *sum += part);
        assert!(posted.iter().zip(&asked).all(|(posted, asked)| posted <= asked), "seed {seed}");
        excess += spread.excess_minor;
        left -= receipt;
    }
    assert_eq!((posted, excess), (asked, expected_excess), "seed {seed}");
}

fn check_detail(lines: &[Line], priced: &Priced, seed: u64) {
    let optional: Vec<_> = shown(DetailLevel::Full, lines, priced).optional;
    let accepted: Amounts = optional.iter().filter_map(|line| line.counted).map(|it| it.amounts).sum();
    for level in DetailLevel::ALL {
        let shown = shown(*level, lines, priced);
        assert_eq!(shown.optional, optional, "seed {seed}");
        let names: usize = shown.bundles.iter().map(|bundle| bundle.lines.len()).sum();
        let required = lines.iter().filter(|line| !line.is_optional).count();
        let has_names = matches!(level, DetailLevel::Names | DetailLevel::Full);
        assert_eq!(names, if has_names { required } else { 0 }, "seed {seed}");
        if *level == DetailLevel::Total {
            assert_eq!(shown.bundles, [], "seed {seed}");
            continue;
        }
        let bundles: Amounts = shown.bundles.iter().map(|bundle| bundle.amounts).sum();
        assert_eq!(bundles.plus(accepted), priced.totals.amounts, "seed {seed}");
        for bundle in &shown.bundles {
            let prices: i64 = bundle.lines.iter().filter_map(|line| line.price_minor).map(|(_, price)| price).sum();
            assert_eq!(prices, if *level == DetailLevel::Full { bundle.price_minor } else { 0 }, "seed {seed}");
        }
    }
}

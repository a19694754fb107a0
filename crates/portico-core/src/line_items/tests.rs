//! Tests of line items, among them random documents against a calculation of their own.

use rust_decimal::{Decimal, RoundingStrategy};

use super::*;

fn share(text: &str) -> Decimal {
    text.parse().expect("it is a number")
}

fn code(taxes: &[(&str, bool)]) -> TaxCode {
    let taxes: Vec<_> =
        taxes.iter().map(|(rate, is_compound)| Tax { rate: share(rate), is_compound: *is_compound }).collect();
    TaxCode::new(&taxes).expect("it is a code")
}

fn line(unit_price_minor: i64, quantity: &str) -> Line {
    Line {
        unit_price_minor,
        quantity: share(quantity),
        tax_code: Some(0),
        is_optional: false,
        is_accepted: false,
        deposit: Decimal::ZERO,
        bundle: None,
    }
}

fn terms(codes: &[TaxCode]) -> Terms<'_> {
    Terms {
        codes,
        price_tax: PriceTax::Exclusive,
        rounding: TaxRounding::Line,
        deposit: DepositTerms::None,
        tax_on_deposits: TaxOnDeposits::AtReceipt,
    }
}

fn totals(lines: &[Line], terms: &Terms<'_>) -> Totals {
    price(lines, terms).expect("it has a price").totals
}

#[test]
fn tax_is_rounded_by_line_or_document() {
    // MR-2
    let codes = [code(&[("0.09975", false)])];
    let lines = [line(14_000, "1"); 3];
    let of = |rounding| totals(&lines, &Terms { rounding, ..terms(&codes) }).amounts;
    assert_eq!(of(TaxRounding::Line), Amounts { net_minor: 42_000, tax_minor: 4_191 });
    assert_eq!(of(TaxRounding::Document), Amounts { net_minor: 42_000, tax_minor: 4_190 });
    let credit = totals(&[line(-250, "1")], &terms(&[code(&[("0.05", false)])]));
    assert_eq!(credit.amounts, Amounts { net_minor: -250, tax_minor: -13 });
    // The tax of the document is spread over its lines.
    let priced = price(&lines, &Terms { rounding: TaxRounding::Document, ..terms(&codes) }).expect("it has a price");
    let taxes: Vec<_> = priced.lines.iter().filter_map(|line| line.counted.map(|it| it.amounts.tax_minor)).collect();
    assert_eq!(taxes, [1_397, 1_397, 1_396]);
}

#[test]
fn quantities_are_decimal() {
    // MR-2
    let of = |unit, quantity: &str| line(unit, quantity).price_minor();
    assert_eq!((of(1_999, "2.5"), of(-1_999, "2.5"), of(333, "0.0015")), (4_998, -4_998, 0));
    assert_eq!((of(10_000, "12.3456"), of(1, "0.5"), of(1, "0.4999")), (123_456, 1, 0));
}

#[test]
fn codes_are_compound_and_inclusive() {
    // MR-12
    let both = |is_compound| [code(&[("0.05", false), ("0.09975", is_compound)])];
    let by_tax = |codes: &[TaxCode], price_tax, unit| {
        let totals = totals(&[line(unit, "1")], &Terms { price_tax, ..terms(codes) });
        let taxes: Vec<_> = totals.taxes.iter().map(|tax| tax.amount_minor).collect();
        (totals.amounts.net_minor, taxes)
    };
    assert_eq!(by_tax(&both(false), PriceTax::Exclusive, 10_000), (10_000, vec![500, 998]));
    assert_eq!(by_tax(&both(true), PriceTax::Exclusive, 10_000), (10_000, vec![500, 1_047]));
    assert_eq!(by_tax(&both(false), PriceTax::Inclusive, 11_498), (10_000, vec![500, 998]));
    assert_eq!(by_tax(&both(true), PriceTax::Inclusive, 11_547), (10_000, vec![500, 1_047]));
    assert_eq!(by_tax(&[code(&[("0.2", false)])], PriceTax::Inclusive, 12_000), (10_000, vec![2_000]));
    assert_eq!(by_tax(&[code(&[])], PriceTax::Inclusive, 12_000), (12_000, vec![]));
    // A credit has the rate of the line that it credits, not that of today.
    let credit = by_tax(&[code(&[("0.0825", false)]), code(&[("0.085", false)])], PriceTax::Exclusive, -40_000);
    assert_eq!(credit, (-40_000, vec![-3_300]));
    let of = |rate: &str, count: usize| TaxCode::new(&vec![Tax { rate: share(rate), is_compound: true }; count]);
    assert_eq!(of("0.1", 4), Err(TaxCodeFault::TooMany));
    for wrong in ["-0.01", "1.000001", "0.0000001"] {
        assert_eq!(of(wrong, 1), Err(TaxCodeFault::Rate), "{wrong}");
    }
    of("0.1250000", 3).expect("zeros at the end are no decimals");
}

#[test]
fn deposits_are_by_line_or_document() {
    // MR-8, MR-9, MR-12
    let codes = [code(&[("0.2", false)])];
    let with = |deposit, tax_on_deposits| Terms { deposit, tax_on_deposits, ..terms(&codes) };
    let percent = DepositTerms::Percent(share("0.25"));
    let one = [line(1_000_000, "1")];
    let at_receipt = totals(&one, &with(percent, TaxOnDeposits::AtReceipt));
    assert_eq!(at_receipt.deposit, Amounts { net_minor: 250_000, tax_minor: 50_000 });
    assert_eq!(at_receipt.amounts.total_minor() - at_receipt.deposit.total_minor(), 900_000, "due at the end");
    assert_eq!(at_receipt.amounts.tax_minor - at_receipt.deposit.tax_minor, 150_000, "tax at the end");
    let later = totals(&one, &with(percent, TaxOnDeposits::AtApplication));
    assert_eq!(later.deposit, Amounts { net_minor: 250_000, tax_minor: 0 });
    let untaxed = |unit, deposit: &str| Line { tax_code: None, deposit: share(deposit), ..line(unit, "1") };
    let lines = [untaxed(400_000, "0.5"), untaxed(100_000, "1")];
    let priced = price(&lines, &with(DepositTerms::PerLine, TaxOnDeposits::AtReceipt)).expect("it has a price");
    let counted: Vec<_> = priced.lines.iter().filter_map(|line| line.counted).collect();
    let asked: Vec<_> = counted.iter().map(|it| it.deposit.total_minor()).collect();
    assert_eq!(asked, [200_000, 100_000]);
    let first = spread_receipt(150_000, &asked, &[0, 0]);
    assert_eq!(first, Receipt { by_line: vec![100_000, 50_000], excess_minor: 0 });
    let due: Vec<_> = counted.iter().zip(&first.by_line).map(|(it, posted)| it.balance_due_minor(*posted)).collect();
    assert_eq!(due, [300_000, 50_000]);
    // MR-10: what was not asked for is a credit.
    let more = spread_receipt(150_001, &asked, &first.by_line);
    assert_eq!(more, Receipt { by_line: vec![100_000, 50_000], excess_minor: 1 });
    assert_eq!(spread_receipt(1_050_000, &[1_000_000], &[0]).excess_minor, 50_000);
    // A fixed deposit is at most the total, also after a credit.
    let fixed = |amount| totals(&lines, &with(DepositTerms::Fixed(amount), TaxOnDeposits::AtReceipt)).deposit;
    assert_eq!((fixed(30_000).total_minor(), fixed(600_000).total_minor()), (30_000, 500_000));
    let credited = [lines[1], untaxed(-20_000, "1")];
    let asked = totals(&credited, &with(DepositTerms::PerLine, TaxOnDeposits::AtReceipt)).deposit;
    assert_eq!(asked.total_minor(), 80_000);
}

#[test]
fn optional_lines_count_when_accepted() {
    // EXP-1
    let codes = [code(&[("0.1", false)])];
    let terms = Terms { deposit: DepositTerms::Percent(share("0.5")), ..terms(&codes) };
    let optional = |unit| Line { is_optional: true, is_accepted: true, ..line(unit, "1") };
    let lines = [line(100_000, "1"), optional(20_000), optional(30_000)];
    let chosen = accept(&lines, &[2]).expect("it is optional");
    let priced = price(&chosen, &terms).expect("it has a price");
    assert_eq!(priced.totals.amounts, Amounts { net_minor: 130_000, tax_minor: 13_000 });
    assert_eq!(priced.totals.deposit.total_minor(), 71_500);
    assert_eq!(priced.lines[1], PricedLine { price_minor: 20_000, counted: None });
    assert_eq!(totals(&lines, &terms).amounts.net_minor, 150_000, "the company's suggestion");
    assert_eq!(accept(&lines, &[1, 0]), Err(LineFault::NotOptional(1)));
    assert_eq!(accept(&lines, &[1, 1]), Err(LineFault::NotOptional(1)));
    assert_eq!(accept(&lines, &[3]), Err(LineFault::NotOptional(0)));
    assert_eq!(accept(&lines[1..], &[]), Err(LineFault::NothingAccepted));
}

#[test]
fn impossible_lines_are_refused() {
    // MR-1, MR-2
    let codes = [code(&[])];
    let of = |line: Line| price(&[line], &terms(&codes)).map(|_| ());
    for wrong in ["0", "-1", "1000000", "0.00001"] {
        assert_eq!(of(line(1, wrong)), Err(LineFault::Quantity(0)), "{wrong}");
    }
    for (unit, quantity) in [(i64::MAX, "1"), (i64::MIN, "1"), (MAX_PRICE_MINOR, "1.0001"), (i64::MAX, "999999")] {
        assert_eq!(of(line(unit, quantity)), Err(LineFault::Price(0)), "{unit}");
    }
    assert_eq!(of(Line { tax_code: Some(1), ..line(1, "1") }), Err(LineFault::TaxCode(0)));
    for wrong in ["-0.1", "1.000001", "0.0000001"] {
        assert_eq!(of(Line { deposit: share(wrong), ..line(1, "1") }), Err(LineFault::DepositShare(Some(0))));
        let percent = Terms { deposit: DepositTerms::Percent(share(wrong)), ..terms(&codes) };
        assert_eq!(price(&[], &percent).map(|_| ()), Err(LineFault::DepositShare(None)));
    }
    let negative = Terms { deposit: DepositTerms::Fixed(-1), ..terms(&codes) };
    assert_eq!(price(&[], &negative).map(|_| ()), Err(LineFault::DepositAmount));
    assert_eq!(price(&vec![line(1, "1"); MAX_LINES + 1], &terms(&codes)).map(|_| ()), Err(LineFault::TooMany));
    // The largest possible document stays exact.
    let large = vec![line(MAX_PRICE_MINOR, "1"); MAX_LINES];
    let codes = [code(&[("1", true), ("1", true), ("1", true)])];
    for rounding in [TaxRounding::Line, TaxRounding::Document] {
        let deposit = DepositTerms::Percent(Decimal::ONE);
        let on = totals(&large, &Terms { rounding, deposit, ..terms(&codes) });
        let net_minor = MAX_PRICE_MINOR * 500;
        assert_eq!(on.amounts, Amounts { net_minor, tax_minor: net_minor * 7 });
        assert_eq!(on.deposit, on.amounts);
        let within = totals(&large, &Terms { rounding, price_tax: PriceTax::Inclusive, ..terms(&codes) });
        assert_eq!(within.amounts, Amounts { net_minor: net_minor / 8, tax_minor: net_minor / 8 * 7 });
    }
}

#[test]
fn detail_level_decides_what_a_client_sees() {
    let codes = [code(&[("0.1", false)])];
    let in_bundle = |unit, bundle| Line { bundle, ..line(unit, "2") };
    let optional = Line { is_optional: true, ..in_bundle(700, Some(0)) };
    let lines =
        [in_bundle(100, None), in_bundle(200, Some(1)), in_bundle(300, Some(0)), in_bundle(400, Some(1)), optional];
    let priced = price(&lines, &terms(&codes)).expect("it has a price");
    let of = |level| shown(level, &lines, &priced);
    let full = of(DetailLevel::Full);
    let prices: Vec<_> = full.bundles.iter().map(|bundle| (bundle.bundle, bundle.price_minor)).collect();
    assert_eq!(prices, [(Some(0), 600), (Some(1), 1_200), (None, 200)]);
    let of_bundle: Vec<_> = full.bundles[1].lines.iter().map(|line| (line.line, line.price_minor)).collect();
    assert_eq!(of_bundle, [(1, Some((200, 400))), (3, Some((400, 800)))]);
    assert_eq!(full.optional, [ShownLine { line: 4, price_minor: Some((700, 1_400)), counted: None }]);
    let names = of(DetailLevel::Names);
    let of_names: Vec<_> =
        names.bundles[1].lines.iter().map(|line| (line.line, line.price_minor, line.counted)).collect();
    assert_eq!(of_names, [(1, None, None), (3, None, None)]);
    assert!(of(DetailLevel::Bundle).bundles.iter().all(|bundle| bundle.lines.is_empty()));
    let total = of(DetailLevel::Total);
    assert_eq!((total.bundles, total.optional), (Vec::new(), full.optional));
}

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

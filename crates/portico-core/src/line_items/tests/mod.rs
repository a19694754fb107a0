//! Tests of line items.

mod random;

use rust_decimal::Decimal;

use super::*;
use crate::money::MAX_PRICE_MINOR;

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

//! Tests of states and amounts of selections.

use rust_decimal::Decimal;

use super::*;

fn rate(text: &str) -> Decimal {
    text.parse().expect("it is a number")
}

fn terms(granted_minor: i64, fee: &str, tax: &str, unused: UnusedAllowancePolicy) -> AllowanceTerms {
    AllowanceTerms { granted_minor, fee: rate(fee), tax: rate(tax), unused }
}

#[test]
fn each_action_is_possible_in_its_states() {
    // STA-7
    use SelectionStatus as Is;
    let columns = [Is::Draft, Is::Shared, Is::Chosen, Is::Approved, Is::Locked, Is::Ordered, Is::Declined];
    assert_eq!(columns, SelectionStatus::ALL);
    let no = None;
    let table = [
        (SelectionAction::Edit, [Some(Is::Draft), Some(Is::Shared), Some(Is::Chosen), no, no, no, no]),
        (SelectionAction::Share, [Some(Is::Shared), no, no, no, no, no, no]),
        (SelectionAction::Choose, [no, Some(Is::Chosen), Some(Is::Chosen), no, no, no, no]),
        (SelectionAction::Decline, [no, Some(Is::Declined), no, no, no, no, no]),
        (SelectionAction::Approve, [no, no, Some(Is::Approved), no, no, no, no]),
        (SelectionAction::Lock, [no, no, no, Some(Is::Locked), no, no, no]),
        (SelectionAction::Order, [no, no, no, no, Some(Is::Ordered), no, no]),
        (SelectionAction::Reopen, [no, no, no, Some(Is::Chosen), no, no, no]),
        (SelectionAction::Delete, [no; 7]),
    ];
    assert_eq!(table.map(|(action, _)| action), SelectionAction::ALL);
    for (action, expected) in table {
        assert_eq!(columns.map(|state| state.after(action)), expected, "{action}");
        for state in columns {
            let refused = action.refused_in(state);
            if action == SelectionAction::Delete {
                assert_eq!(refused.is_none(), state == Is::Draft, "{state}");
            } else {
                assert_eq!(refused.is_none(), state.after(action).is_some(), "{action} {state}");
            }
            assert!(refused.is_none_or(|text| text.starts_with(&format!("the selection is {state}: "))));
        }
    }
    let refused = SelectionAction::Choose.refused_in(Is::Locked);
    assert_eq!(refused.as_deref(), Some("the selection is LOCKED: only one that is SHARED or CHOSEN can be chosen"));
}

#[test]
fn overages_bear_fee_and_tax() {
    // MR-5
    let terms = |unused| terms(500_000, "0.15", "0.0825", unused);
    let credit = terms(UnusedAllowancePolicy::Credit);
    let over = overage(&credit, 620_000);
    assert_eq!(over, Overage { amount_minor: 120_000, fee_minor: 18_000, tax_minor: 11_385 });
    assert_eq!((over.total_minor(), unused_credit(&credit, 620_000)), (149_385, 0));
    assert_eq!((overage(&credit, 440_000), unused_credit(&credit, 440_000)), (Overage::default(), -64_950));
    let keep = terms(UnusedAllowancePolicy::Keep);
    assert_eq!((overage(&keep, 440_000).total_minor(), unused_credit(&keep, 440_000)), (0, 0));
}

#[test]
fn choices_change_the_contract_by_what_is_not_included() {
    // MR-6, MR-7
    let of = |unit: Option<i64>, quantity| ChosenPrice { unit_minor: unit, quantity };
    let chosen = [of(Some(114_000), 2), of(Some(500), 3)];
    let delta = effect(&chosen, Basis::Standard(Some(48_500)));
    assert_eq!(
        delta,
        Some(Effect { price_minor: 229_500, price_delta_minor: Some(181_000), contract_minor: Some(181_000) })
    );
    let standard = effect(&[of(Some(48_500), 1)], Basis::Standard(Some(48_500))).expect("it has a price");
    assert_eq!(standard.contract_minor, Some(0));
    let nothing = effect(&chosen, Basis::Nothing).expect("it has a price");
    assert_eq!((nothing.price_delta_minor, nothing.contract_minor), (None, Some(229_500)));
    let unknown = effect(&chosen, Basis::Standard(None)).expect("it has a price");
    assert_eq!((unknown.price_delta_minor, unknown.contract_minor), (None, None));
    assert_eq!(effect(&[of(Some(1), 1), of(None, 1)], Basis::Nothing), None);
    // What is left of an allowance pays first.
    let terms = terms(500_000, "0.15", "0.0825", UnusedAllowancePolicy::Keep);
    let shared = effect(&[of(Some(220_000), 1)], Basis::Allowance(terms, 400_000)).expect("it has a price");
    assert_eq!((shared.price_delta_minor, shared.contract_minor), (None, Some(149_385)));
}

/// An independent calculation: per-mille of minor units in fractions of whole numbers, rounded by remainder.
fn expected_overage(granted: i128, used: i128, fee_millionths: i128, tax_millionths: i128) -> i128 {
    let part = |amount: i128, rate: i128| {
        let (whole, rest) = (amount * rate / 1_000_000, amount * rate % 1_000_000);
        whole + i128::from(rest >= 500_000)
    };
    if used <= granted {
        return 0;
    }
    let over = used - granted;
    let with_fee = over + part(over, fee_millionths);
    with_fee + part(with_fee, tax_millionths)
}

#[test]
fn random_ledgers_add_up() {
    // MR-5, MR-7
    for seed in 0..10_000 {
        let mut random = fastrand::Rng::with_seed(seed);
        let (fee, tax) = (random.u32(0..300_000), random.u32(0..250_000));
        let unused = if random.bool() { UnusedAllowancePolicy::Credit } else { UnusedAllowancePolicy::Keep };
        let mut terms = AllowanceTerms {
            granted_minor: random.i64(0..2_000_000),
            fee: Decimal::new(fee.into(), 6),
            tax: Decimal::new(tax.into(), 6),
            unused,
        };
        let base = 50_000_000;
        let (mut entries, mut contract) = (vec![(AllowanceEntryKind::Granted, None, terms.granted_minor)], base);
        let mut approved: Vec<Option<i64>> = vec![None; 5];
        for _ in 0..random.usize(1..30) {
            let used = |entries: &[(AllowanceEntryKind, Option<usize>, i64)]| -> i64 {
                let of_use = entries.iter().filter(|(_, selection, _)| selection.is_some());
                of_use.map(|(_, _, amount)| amount).sum()
            };
            let which = random.usize(0..5);
            match approved[which] {
                None => {
                    let chosen: Vec<_> = (0..random.usize(1..4))
                        .map(|_| ChosenPrice { unit_minor: Some(random.i64(0..400_000)), quantity: random.i32(1..5) })
                        .collect();
                    let basis = Basis::Allowance(terms, used(&entries));
                    let shown = effect(&chosen, basis).expect("all have prices");
                    entries.push((AllowanceEntryKind::Approved, Some(which), shown.price_minor));
                    contract += shown.contract_minor.expect("it is known");
                    approved[which] =
                        Some(chosen.iter().map(|it| it.unit_minor.unwrap_or(0) * i64::from(it.quantity)).sum());
                }
                Some(price) => {
                    let before = overage(&terms, used(&entries)).total_minor();
                    entries.push((AllowanceEntryKind::Reopened, Some(which), -price));
                    contract += overage(&terms, used(&entries)).total_minor() - before;
                    approved[which] = None;
                }
            }
            // Only a change that leaves the accepted overage is allowed.
            let changed = AllowanceTerms { granted_minor: random.i64(0..2_000_000), ..terms };
            if overage(&changed, used(&entries)) == overage(&terms, used(&entries)) {
                entries.push((AllowanceEntryKind::GrantChanged, None, changed.granted_minor - terms.granted_minor));
                terms = changed;
            }
            let all: i64 = approved.iter().flatten().sum();
            assert_eq!(used(&entries), all, "seed {seed}");
            let granted: i64 = entries.iter().filter(|(_, selection, _)| selection.is_none()).map(|it| it.2).sum();
            assert_eq!(granted, terms.granted_minor, "seed {seed}");
            let over = expected_overage(granted.into(), all.into(), fee.into(), tax.into());
            assert_eq!(i128::from(contract - base), over, "seed {seed}");
        }
    }
}

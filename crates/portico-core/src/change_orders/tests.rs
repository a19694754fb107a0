//! Tests of change orders, among them random histories of a contract against sums of their own.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use super::*;
use crate::line_items::{
    Amounts, DepositTerms, Line, PriceTax, Tax, TaxCode, TaxOnDeposits, TaxRounding, Terms, price,
};
use crate::proposals::contract_change;
use crate::selections::{AllowanceTerms, ChosenPrice, UnusedAllowancePolicy};
use crate::signatures::SignerParty;

fn on(text: &str) -> NaiveDate {
    text.parse().expect("it is a date")
}

const fn of(net_minor: i64, tax_minor: i64) -> Amounts {
    Amounts { net_minor, tax_minor }
}

fn allowance(used_minor: i64, unused: UnusedAllowancePolicy) -> AllowanceState {
    let share = |text: &str| text.parse().expect("it is a number");
    let terms = AllowanceTerms { granted_minor: 500_000, fee: share("0.15"), tax: share("0.0825"), unused };
    AllowanceState { terms, used_minor, is_closed: false }
}

#[test]
fn each_action_is_possible_in_its_states() {
    // STA-10
    use ChangeOrderStatus as Is;
    let columns =
        [Is::Draft, Is::InternalReview, Is::Sent, Is::Viewed, Is::Approved, Is::Declined, Is::Expired, Is::Void];
    assert_eq!(columns, ChangeOrderStatus::ALL);
    let no = None;
    let open = |sent, viewed| [no, no, Some(sent), Some(viewed), no, no, no, no];
    let table = [
        (ChangeOrderAction::Edit, [Some(Is::Draft), no, no, no, no, no, no, no]),
        (ChangeOrderAction::Delete, [no; 8]),
        (ChangeOrderAction::Review, [Some(Is::InternalReview), no, no, no, no, no, no, no]),
        (ChangeOrderAction::Return, [no, Some(Is::Draft), no, no, no, no, no, no]),
        (ChangeOrderAction::Send, [Some(Is::Sent), Some(Is::Sent), no, no, no, no, no, no]),
        (ChangeOrderAction::View, open(Is::Viewed, Is::Viewed)),
        (ChangeOrderAction::Sign, open(Is::Sent, Is::Viewed)),
        (ChangeOrderAction::Approve, open(Is::Approved, Is::Approved)),
        (ChangeOrderAction::Decline, open(Is::Declined, Is::Declined)),
        (ChangeOrderAction::Extend, open(Is::Sent, Is::Viewed)),
        (ChangeOrderAction::Expire, open(Is::Expired, Is::Expired)),
        (ChangeOrderAction::Void, open(Is::Void, Is::Void)),
    ];
    assert_eq!(table.map(|(action, _)| action), ChangeOrderAction::ALL);
    for (action, expected) in table {
        assert_eq!(columns.map(|state| state.after(action)), expected, "{action}");
        for (state, after) in columns.into_iter().zip(expected) {
            let is_possible = after.is_some() || (action, state) == (ChangeOrderAction::Delete, Is::Draft);
            assert_eq!(action.refused_in(state).is_none(), is_possible, "{action} {state}");
        }
    }
    let refused = ChangeOrderAction::Approve.refused_in(Is::Void);
    assert_eq!(refused.as_deref(), Some("the change order is VOID: only one that is SENT or VIEWED can be approved"));
    let seen = columns.map(ChangeOrderStatus::is_visible_to_clients);
    assert_eq!(seen, [false, false, true, true, true, true, true, true]);
    assert_eq!(columns.map(ChangeOrderStatus::is_open), [false, false, true, true, false, false, false, false]);
}

#[test]
fn requests_are_answered_once() {
    // EXP-5
    use ChangeRequestStatus as Is;
    let table = [
        (ChangeRequestAction::Edit, Is::Open),
        (ChangeRequestAction::Answer, Is::Answered),
        (ChangeRequestAction::Decline, Is::Declined),
        (ChangeRequestAction::Withdraw, Is::Withdrawn),
    ];
    assert_eq!(table.map(|(action, _)| action), ChangeRequestAction::ALL);
    for (action, after) in table {
        let expected: Vec<_> = Is::ALL.iter().map(|state| (*state == Is::Open).then_some(after)).collect();
        assert_eq!(Is::ALL.iter().map(|state| state.after(action)).collect::<Vec<_>>(), expected, "{action}");
    }
    let refused = ChangeRequestAction::Withdraw.refused_in(Is::Answered);
    assert_eq!(refused.as_deref(), Some("the request is ANSWERED: only one that is OPEN can be withdrawn"));
}

#[test]
fn allowances_bear_what_they_grant() {
    // MR-5
    let credit = |used| allowance(used, UnusedAllowancePolicy::Credit);
    let paid = credit(0).effect(&[AllowanceChange::Use(620_000)]).expect("it is open");
    assert_eq!((paid.contract, paid.overage_after.total_minor()), (of(138_000, 11_385), 149_385));
    let closed = credit(440_000).effect(&[AllowanceChange::Close]).expect("it is open");
    assert_eq!((closed.contract, closed.contract.total_minor()), (of(-60_000, -4_950), -64_950));
    assert_eq!((closed.after.terms.granted_minor, closed.after.is_closed), (440_000, true));
    let kept = allowance(440_000, UnusedAllowancePolicy::Keep).effect(&[AllowanceChange::Close]).expect("it is open");
    assert_eq!((kept.contract, kept.after.terms.granted_minor), (of(0, 0), 500_000));
    let over = credit(620_000).effect(&[AllowanceChange::Close]).expect("it is open");
    assert_eq!((over.contract, over.after.terms.granted_minor), (of(0, 0), 500_000));
    // 1,000 more: with its tax, and without the fee on what is no longer above.
    let granted = credit(620_000).effect(&[AllowanceChange::Grant(100_000)]).expect("it is open");
    assert_eq!(granted.contract, of(100_000 + 23_000 - 138_000, 8_250 + 1_898 - 11_385));
    let both = credit(620_000).effect(&[AllowanceChange::Grant(-100_000), AllowanceChange::Use(-120_000)]);
    assert_eq!(both.map(|both| (both.after.used_minor, both.after.terms.granted_minor)), Ok((500_000, 400_000)));
    let refused = |changes: &[AllowanceChange]| credit(10).effect(changes).map(|effect| effect.contract);
    assert_eq!(refused(&[AllowanceChange::Grant(-500_001)]), Err(AllowanceFault::GrantBelowZero));
    assert_eq!(refused(&[AllowanceChange::Use(-11)]), Err(AllowanceFault::UsedBelowZero));
    assert_eq!(refused(&[AllowanceChange::Close, AllowanceChange::Use(1)]), Err(AllowanceFault::Closed));
}

#[test]
fn completion_moves_by_calendar_days() {
    // MR-21, EXP-5
    let before = CurrentContract { total: Some(of(10_000_000, 0)), completion_on: Some(on("2026-12-28")) };
    let moved = |days| {
        let effect = Effect::new(false, of(0, 0), &[], days)?;
        preview(&effect, before)
    };
    let after = moved(5).expect("it is possible").after;
    assert_eq!(
        after,
        CurrentContract { completion_on: Some(on("2027-01-02")), ..before },
        "a Saturday, New Year's Day within"
    );
    assert_eq!(moved(-28).map(|it| it.after.completion_on), Ok(Some(on("2026-11-30"))));
    assert_eq!(moved(0), Err(ChangeOrderFault::Empty));
    assert_eq!((moved(MAX_DAYS + 1), moved(i32::MIN)), (Err(ChangeOrderFault::Days), Err(ChangeOrderFault::Days)));
    let effect = Effect::new(false, of(0, 0), &[], 5).expect("it is possible");
    let without = preview(&effect, CurrentContract::default()).expect("it is possible");
    assert_eq!(without.after, CurrentContract::default());
    let last = CurrentContract { completion_on: Some(on("2199-12-31")), ..before };
    assert_eq!(preview(&effect, last), Err(ChangeOrderFault::CompletionOutOfRange));
}

#[test]
fn credits_reduce_the_contract() {
    // MR-7
    let before = CurrentContract { total: Some(of(10_000_000, 825_000)), completion_on: None };
    let credit = |net, tax| Effect::new(true, of(net, tax), &[], 0).expect("it is possible");
    let after = preview(&credit(-800_000, -66_000), before).expect("it is possible").after;
    assert_eq!(after.total, Some(of(9_200_000, 759_000)));
    let none_left = preview(&credit(-10_000_000, -825_000), before).expect("it is possible").after;
    assert_eq!(none_left.total, Some(of(0, 0)));
    assert_eq!(preview(&credit(-10_000_001, 0), before), Err(ChangeOrderFault::ContractBelowZero));
    // A contract total that staff entered too low does not block an addition.
    let wrong = CurrentContract { total: Some(of(-500, 0)), completion_on: None };
    assert_eq!(preview(&credit(100, 0), wrong).map(|it| it.after.total), Ok(Some(of(-400, 0))));
}

#[test]
fn changed_effect_is_not_signed() {
    // An approval since then has used the allowance.
    let effect = |used| {
        let state = allowance(used, UnusedAllowancePolicy::Keep);
        Effect::new(true, of(1_000, 0), &[(state, vec![AllowanceChange::Use(400_000)])], 0).expect("it is possible")
    };
    assert_eq!(effect(0).change, of(1_000, 0));
    assert_eq!(check_still_as_sent(&effect(0), &effect(100_000)), Ok(()));
    assert_eq!(check_still_as_sent(&effect(0), &effect(200_000)), Err(ChangeOrderFault::NotAsSent));
    let closed = AllowanceState { is_closed: true, ..allowance(0, UnusedAllowancePolicy::Keep) };
    let refused = Effect::new(true, of(1_000, 0), &[(closed, vec![AllowanceChange::Use(1)])], 0);
    assert_eq!(refused, Err(ChangeOrderFault::Allowance(0, AllowanceFault::Closed)));
    assert_eq!(ChangeOrderFault::Allowance(0, AllowanceFault::Closed).to_string(), AllowanceFault::Closed.to_string());
}

#[test]
fn next_payment_includes_the_change() {
    use ChangeOrderBilling as By;
    let due =
        |planned, change, billing| next_payment(planned, change, billing).map(|it| (it.amount_minor, it.credit_minor));
    assert_eq!(due(Some(1_000), 250, By::WithNextPayment), Some((1_250, 0)));
    assert_eq!(due(Some(1_000), 250, By::OnApproval), Some((250, 0)));
    assert_eq!(due(Some(1_000), 250, By::WithLastPayment), Some((1_000, 0)));
    assert_eq!(due(Some(1_000), -250, By::OnApproval), Some((750, 0)));
    assert_eq!(due(Some(1_000), -1_250, By::WithNextPayment), Some((0, 250)));
    assert_eq!(due(None, 250, By::WithNextPayment), Some((250, 0)));
    assert_eq!((due(None, 0, By::OnApproval), due(None, 250, By::WithLastPayment)), (None, None));
}

#[test]
fn overdue_orders_need_an_extension() {
    let deadline = Deadline { due_on: Some(on("2026-11-20")), expires_on: Some(on("2026-11-30")) };
    let today = on("2026-11-21");
    assert_eq!(deadline.check(on("2026-11-20")), Ok(()));
    assert_eq!(deadline.check(today), Err(DeadlineFault::DuePassed(today)));
    let short = Deadline { expires_on: Some(on("2026-11-19")), ..deadline };
    assert_eq!(short.check(on("2026-11-19")), Err(DeadlineFault::ExpiresBeforeDue(on("2026-11-20"))));
    let refusal = |deadline: Deadline, party, today| deadline.refusal(party, today);
    let overdue = refusal(deadline, SignerParty::Client, today);
    assert_eq!(overdue.as_deref(), Some("the change order was due on 2026-11-20: ask for an extension"));
    assert_eq!(refusal(deadline, SignerParty::Client, on("2026-11-20")), None);
    assert_eq!(refusal(deadline, SignerParty::Company, today), None, "the due date binds the clients alone");
    let december = on("2026-12-01");
    for party in [SignerParty::Client, SignerParty::Company] {
        let expired = refusal(Deadline { due_on: None, ..deadline }, party, december);
        assert_eq!(expired.as_deref(), Some("the change order expired on 2026-11-30: a new one is needed"));
    }
    assert_eq!(deadline.check_extension_request(today), Ok(()));
    let early = deadline.check_extension_request(on("2026-11-20"));
    assert_eq!(early, Err(DeadlineFault::NotOverdue(on("2026-11-20"))));
    assert_eq!(Deadline::default().check_extension_request(today), Err(DeadlineFault::NothingDue));
    let later = deadline.extended_to(on("2026-11-25"), today).expect("it is later");
    assert_eq!(later, Deadline { due_on: Some(on("2026-11-25")), ..deadline });
    assert_eq!(refusal(later, SignerParty::Client, today), None);
    let much_later = deadline.extended_to(on("2026-12-05"), today).expect("it is later");
    assert_eq!(much_later.expires_on, Some(on("2026-12-05")));
    assert_eq!(deadline.extended_to(on("2026-11-20"), today), Err(DeadlineFault::NotLater(on("2026-11-20"))));
    let open = Deadline { expires_on: None, ..deadline };
    assert_eq!(open.extended_to(on("2026-11-29"), december), Err(DeadlineFault::DuePassed(december)));
    let expired = DeadlineFault::Expired(on("2026-11-30"));
    assert_eq!(deadline.extended_to(on("2026-12-24"), december), Err(expired));
    assert_eq!(deadline.check_extension_request(december), Err(expired));
    assert_eq!(Deadline::default().extended_to(today, today), Err(DeadlineFault::NothingDue));
    assert!(deadline.has_expired(december) && !deadline.has_expired(on("2026-11-30")));
}

/// What an allowance and its overage add to a contract, by an independent calculation. The granted amount is part of the contract with its
/// tax, in parts that were each rounded.
fn expected_overage(granted: i64, used: i64, fee_millionths: i64, tax_millionths: i64) -> (i128, i128) {
    let part = |amount: i128, millionths: i64| (amount * i128::from(millionths) * 2 + 1_000_000) / 2_000_000;
    let over = i128::from((used - granted).max(0));
    let with_fee = over + part(over, fee_millionths);
    (with_fee, part(with_fee, tax_millionths))
}

fn half_away(amount: i64, millionths: i64) -> i128 {
    let doubled = i128::from(amount) * i128::from(millionths) * 2;
    (doubled + 1_000_000 * doubled.signum()) / 2_000_000
}

#[test]
fn random_histories_add_up() {
    // MR-5, MR-7, MR-21
    for seed in 0..5_000 {
        let mut random = fastrand::Rng::with_seed(seed);
        let (fee, tax, line_tax) = (random.i64(0..300_000), random.i64(0..250_000), random.i64(0..250_000));
        let unused = if random.bool() { UnusedAllowancePolicy::Credit } else { UnusedAllowancePolicy::Keep };
        let codes =
            [TaxCode::new(&[Tax { rate: Decimal::new(line_tax, 6), is_compound: false }]).expect("it is a code")];
        let terms = Terms {
            codes: &codes,
            price_tax: PriceTax::Exclusive,
            rounding: TaxRounding::Document,
            deposit: DepositTerms::None,
            tax_on_deposits: TaxOnDeposits::AtReceipt,
        };
        let mut state = AllowanceState {
            terms: AllowanceTerms {
                granted_minor: random.i64(0..1_000_000),
                fee: Decimal::new(fee, 6),
                tax: Decimal::new(tax, 6),
                unused,
            },
            used_minor: 0,
            is_closed: false,
        };
        let base = of(50_000_000, 4_000_000);
        let start = on("2026-11-28");
        let mut contract = CurrentContract { total: Some(base), completion_on: Some(start) };
        // What the documents say, summed up apart: lines, granted amounts and credits, and days.
        let (mut lines_net, mut lines_tax, mut days) = (0_i128, 0_i128, 0_i64);
        let (mut grants_net, mut grants_tax) = (0_i128, 0_i128);
        let mut accepted: Option<Amounts> = None;
        for _ in 0..random.usize(1..12) {
            let prices: Vec<i64> = (0..random.usize(0..5)).map(|_| random.i64(-100_000..300_000)).collect();
            let lines: Vec<Line> = prices
                .iter()
                .map(|unit_price_minor| Line {
                    unit_price_minor: *unit_price_minor,
                    quantity: Decimal::ONE,
                    tax_code: Some(0),
                    is_optional: false,
                    is_accepted: false,
                    deposit: Decimal::ZERO,
                    bundle: None,
                })
                .collect();
            let totals = price(&lines, &terms).expect("it has a price").totals.amounts;
            let net: i64 = prices.iter().sum();
            let expected = (i128::from(net), half_away(net, line_tax));
            if random.u8(0..4) == 0 {
                // A version of the proposal, which supersedes the earlier one.
                let before = accepted.unwrap_or_default();
                let change = contract_change(totals, accepted);
                contract.total = contract.total.map(|total| total.plus(change));
                lines_net += expected.0 - i128::from(before.net_minor);
                lines_tax += expected.1 - i128::from(before.tax_minor);
                accepted = Some(totals);
                continue;
            }
            let changes = random_changes(&mut random, state, tax, &mut grants_net, &mut grants_tax);
            let moved = random.i32(-60..90);
            let Ok(effect) = Effect::new(!lines.is_empty(), totals, &[(state, changes)], moved) else {
                assert_eq!((lines.len(), moved), (0, 0), "seed {seed}");
                continue;
            };
            let shown = preview(&effect, contract).expect("it is possible");
            assert_eq!(shown.before, contract, "seed {seed}");
            contract = shown.after;
            state = effect.allowances[0].after;
            (lines_net, lines_tax, days) = (lines_net + expected.0, lines_tax + expected.1, days + i64::from(moved));
        }
        let (over_net, over_tax) = expected_overage(state.terms.granted_minor, state.used_minor, fee, tax);
        let total = contract.total.expect("it is known");
        let net = i128::from(base.net_minor) + lines_net + grants_net + over_net;
        let with_tax = i128::from(base.tax_minor) + lines_tax + grants_tax + over_tax;
        assert_eq!((i128::from(total.net_minor), i128::from(total.tax_minor)), (net, with_tax), "seed {seed}");
        let completion =
            if days < 0 { start - Days::new(days.unsigned_abs()) } else { start + Days::new(days.unsigned_abs()) };
        assert_eq!(contract.completion_on, Some(completion), "seed {seed}");
        // A choice that is approved later adds the same as if the change orders had come after it.
        let chosen = [ChosenPrice { unit_minor: Some(random.i64(0..400_000)), quantity: random.i32(1..4) }];
        let basis = crate::selections::Basis::Allowance(state.terms, state.used_minor);
        let added = crate::selections::effect(&chosen, basis).and_then(|it| it.contract_minor);
        let used = state.used_minor + chosen[0].total_minor().expect("it has a price");
        let (after_net, after_tax) = expected_overage(state.terms.granted_minor, used, fee, tax);
        assert_eq!(added.map(i128::from), Some(after_net + after_tax - over_net - over_tax), "seed {seed}");
    }
}

/// Changes of the allowance that are possible, with what they grant or credit.
fn random_changes(
    random: &mut fastrand::Rng,
    state: AllowanceState,
    tax: i64,
    grants_net: &mut i128,
    grants_tax: &mut i128,
) -> Vec<AllowanceChange> {
    let (mut granted, mut used, mut changes) = (state.terms.granted_minor, state.used_minor, Vec::new());
    if state.is_closed {
        return changes;
    }
    let mut grant = |amount: i64| {
        *grants_net += i128::from(amount);
        *grants_tax += half_away(amount, tax);
    };
    for _ in 0..random.usize(0..3) {
        if random.bool() {
            let amount = random.i64(-granted..=500_000);
            granted += amount;
            grant(amount);
            changes.push(AllowanceChange::Grant(amount));
        } else {
            let amount = random.i64(-used..=400_000);
            used += amount;
            changes.push(AllowanceChange::Use(amount));
        }
    }
    if random.u8(0..6) == 0 {
        changes.push(AllowanceChange::Close);
        if state.terms.unused == UnusedAllowancePolicy::Credit && used < granted {
            grant(used - granted);
        }
    }
    changes
}

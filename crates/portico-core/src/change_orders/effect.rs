//! What the approval of a change order does, and its preview (MR-7, MR-21).

use chrono::{NaiveDate, TimeDelta};

use super::{AllowanceChange, AllowanceEffect, AllowanceFault, AllowanceState, ChangeOrderBilling};
use crate::line_items::Amounts;
use crate::schedule::SUPPORTED_DATES;

/// Maximum number of calendar days by which a change order moves the completion date, in either direction.
pub const MAX_DAYS: i32 = 3_650;

/// What a change order does. Its signers sign this, so it does not depend on the contract total: clients who do not see that sign the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// Totals of the lines that no allowance pays for.
    pub lines: Amounts,
    /// The allowances that change, in the order of the change order.
    pub allowances: Vec<AllowanceEffect>,
    /// What is added to the contract: negative for a credit.
    pub change: Amounts,
    /// Calendar days by which the contract's completion date moves.
    pub days: i32,
}

/// Why a change order cannot be sent or approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChangeOrderFault {
    /// It has neither lines nor days, and changes no allowance.
    #[error("the change order changes nothing: add lines, days or a change of an allowance")]
    Empty,
    /// An allowance cannot change, with its position.
    #[error("{1}")]
    Allowance(usize, AllowanceFault),
    /// More days than [`MAX_DAYS`].
    #[error("must be from -{MAX_DAYS} to {MAX_DAYS} days")]
    Days,
    /// The completion date would be outside of the dates that schedules can have.
    #[error("the completion date would be out of range: change the days")]
    CompletionOutOfRange,
    /// The contract total would be negative.
    #[error("the contract total would be negative: reduce the credit")]
    ContractBelowZero,
    /// What was sent has another effect by now.
    #[error("what the change order does has changed since it was sent: the company has to send it again")]
    NotAsSent,
}

impl Effect {
    /// The effect of a change order with these totals of lines, changes of allowances, and days. `has_lines` is whether it has any lines,
    /// including those that an allowance pays for.
    ///
    /// # Errors
    ///
    /// [`ChangeOrderFault::Empty`], [`ChangeOrderFault::Allowance`] and [`ChangeOrderFault::Days`].
    pub fn new(
        has_lines: bool,
        lines: Amounts,
        allowances: &[(AllowanceState, Vec<AllowanceChange>)],
        days: i32,
    ) -> Result<Self, ChangeOrderFault> {
        if !has_lines && days == 0 && allowances.iter().all(|(_, changes)| changes.is_empty()) {
            return Err(ChangeOrderFault::Empty);
        }
        if !(-MAX_DAYS..=MAX_DAYS).contains(&days) {
            return Err(ChangeOrderFault::Days);
        }
        let effect = |(position, (state, changes)): (usize, &(AllowanceState, Vec<AllowanceChange>))| {
            state.effect(changes).map_err(|fault| ChangeOrderFault::Allowance(position, fault))
        };
        let allowances = allowances.iter().enumerate().map(effect).collect::<Result<Vec<_>, _>>()?;
        let change = lines.plus(allowances.iter().map(|allowance| allowance.contract).sum());
        Ok(Self { lines, allowances, change, days })
    }
}

/// Checks that a change order still does what it did when it was sent: approvals since then may have used an allowance. What is left of an
/// allowance may differ, as long as the amounts are the same.
///
/// # Errors
///
/// [`ChangeOrderFault::NotAsSent`].
pub fn check_still_as_sent(sent: &Effect, now: &Effect) -> Result<(), ChangeOrderFault> {
    let of_allowances = |effect: &Effect| -> Vec<Amounts> { effect.allowances.iter().map(|it| it.contract).collect() };
    let is_same = (sent.lines, sent.change, sent.days) == (now.lines, now.change, now.days);
    if is_same && of_allowances(sent) == of_allowances(now) { Ok(()) } else { Err(ChangeOrderFault::NotAsSent) }
}

/// The contract that a change order changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CurrentContract {
    /// The contract total; none if the project has none.
    pub total: Option<Amounts>,
    /// The date by which the contract has to be fulfilled; none if none is agreed.
    pub completion_on: Option<NaiveDate>,
}

/// A contract before and after a change order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preview {
    /// Before.
    pub before: CurrentContract,
    /// After the approval.
    pub after: CurrentContract,
}

/// What the approval would do to the contract as it is now. Only the contract's completion date moves, never a schedule (MR-21).
///
/// # Errors
///
/// [`ChangeOrderFault::CompletionOutOfRange`] and [`ChangeOrderFault::ContractBelowZero`].
pub fn preview(effect: &Effect, before: CurrentContract) -> Result<Preview, ChangeOrderFault> {
    let total = before.total.map(|total| total.plus(effect.change));
    if effect.change.total_minor() < 0 && total.is_some_and(|total| total.net_minor < 0 || total.total_minor() < 0) {
        return Err(ChangeOrderFault::ContractBelowZero);
    }
    let moved = |date: NaiveDate| {
        let moved = date.checked_add_signed(TimeDelta::days(effect.days.into()));
        moved.filter(|date| SUPPORTED_DATES.contains(date)).ok_or(ChangeOrderFault::CompletionOutOfRange)
    };
    let completion_on = before.completion_on.map(moved).transpose()?;
    Ok(Preview { before, after: CurrentContract { total, completion_on } })
}

/// The next payment of the contract after a change order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextPayment {
    /// The amount.
    pub amount_minor: i64,
    /// What remains of a credit that is larger than the payment.
    pub credit_minor: i64,
}

/// The next payment after a change order that adds an amount to the contract, with tax; none if nothing is to be paid or credited now.
///
/// A credit is never billed on its own: with [`ChangeOrderBilling::OnApproval`] it lowers the next payment.
pub fn next_payment(planned_minor: Option<i64>, change_minor: i64, billing: ChangeOrderBilling) -> Option<NextPayment> {
    let planned = planned_minor.map(|amount_minor| NextPayment { amount_minor, credit_minor: 0 });
    match billing {
        ChangeOrderBilling::WithLastPayment => planned,
        ChangeOrderBilling::OnApproval if change_minor > 0 => {
            Some(NextPayment { amount_minor: change_minor, credit_minor: 0 })
        }
        ChangeOrderBilling::OnApproval | ChangeOrderBilling::WithNextPayment if change_minor == 0 => planned,
        ChangeOrderBilling::OnApproval | ChangeOrderBilling::WithNextPayment => {
            let sum = planned_minor.unwrap_or_default().saturating_add(change_minor);
            Some(NextPayment { amount_minor: sum.max(0), credit_minor: sum.min(0).saturating_neg() })
        }
    }
}

//! What a change order does to an allowance (MR-5).

use crate::line_items::Amounts;
use crate::money::portion;
use crate::selections::{AllowanceTerms, Overage, UnusedAllowancePolicy, overage, unused_credit};

/// What a change order does to an allowance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllowanceChange {
    /// Changes the granted amount, by an amount that is negative for less. The contract changes by that amount with the allowance's tax,
    /// without a fee, and by the difference of the overage.
    Grant(i64),
    /// Pays a price from the allowance: only an overage is added to the contract.
    Use(i64),
    /// Ends the allowance, and credits what is unused where its terms say so.
    Close,
}

/// An allowance with what is used of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AllowanceState {
    /// Its terms.
    pub terms: AllowanceTerms,
    /// The used amount.
    pub used_minor: i64,
    /// Whether it was ended.
    pub is_closed: bool,
}

/// The effect of a change on an allowance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AllowanceEffect {
    /// The allowance afterwards.
    pub after: AllowanceState,
    /// Its overage before.
    pub overage_before: Overage,
    /// Its overage afterwards.
    pub overage_after: Overage,
    /// What is added to the contract.
    pub contract: Amounts,
}

/// Why an allowance cannot change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AllowanceFault {
    /// It was ended.
    #[error("the allowance is closed: choose another one")]
    Closed,
    /// Its granted amount would be negative.
    #[error("the granted amount would be negative: reduce it by less")]
    GrantBelowZero,
    /// Its used amount would be negative.
    #[error("the used amount would be negative: credit at most what is used")]
    UsedBelowZero,
}

impl AllowanceState {
    /// The effect of changes, in their order.
    ///
    /// # Errors
    ///
    /// [`AllowanceFault`] of the first change that is not possible.
    pub fn effect(self, changes: &[AllowanceChange]) -> Result<AllowanceEffect, AllowanceFault> {
        let (mut after, mut contract) = (self, Amounts::default());
        for change in changes {
            let before = after;
            let added = after.apply(*change)?;
            let overage = of_overage(after.overage()).minus(of_overage(before.overage()));
            contract = contract.plus(added).plus(overage);
        }
        Ok(AllowanceEffect { after, overage_before: self.overage(), overage_after: after.overage(), contract })
    }

    /// What is added to the contract now (MR-5).
    pub fn overage(&self) -> Overage {
        overage(&self.terms, self.used_minor)
    }

    /// Applies a change, and returns what it adds to the contract besides the overage.
    fn apply(&mut self, change: AllowanceChange) -> Result<Amounts, AllowanceFault> {
        if self.is_closed {
            return Err(AllowanceFault::Closed);
        }
        match change {
            AllowanceChange::Grant(amount) => {
                self.terms.granted_minor = self.terms.granted_minor.saturating_add(amount);
                if self.terms.granted_minor < 0 {
                    return Err(AllowanceFault::GrantBelowZero);
                }
                Ok(Amounts { net_minor: amount, tax_minor: portion(amount, self.terms.tax) })
            }
            AllowanceChange::Use(price) => {
                self.used_minor = self.used_minor.saturating_add(price);
                if self.used_minor < 0 { Err(AllowanceFault::UsedBelowZero) } else { Ok(Amounts::default()) }
            }
            AllowanceChange::Close => {
                self.is_closed = true;
                let total = unused_credit(&self.terms, self.used_minor);
                let unused = self.used_minor.saturating_sub(self.terms.granted_minor).min(0);
                match self.terms.unused {
                    UnusedAllowancePolicy::Keep => Ok(Amounts::default()),
                    UnusedAllowancePolicy::Credit => {
                        // What is credited is no longer granted.
                        self.terms.granted_minor = self.terms.granted_minor.saturating_add(unused);
                        Ok(Amounts { net_minor: unused, tax_minor: total.saturating_sub(unused) })
                    }
                }
            }
        }
    }
}

const fn of_overage(overage: Overage) -> Amounts {
    Amounts { net_minor: overage.amount_minor.saturating_add(overage.fee_minor), tax_minor: overage.tax_minor }
}

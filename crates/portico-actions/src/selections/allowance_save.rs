//! Staff add, change and delete allowances.

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{AllowanceId, ProjectId};
use portico_core::limits::caps;
use portico_core::money::{Currency, PERCENT_DECIMALS};
use portico_core::refusal::RefusalCode;
use portico_core::selections::{AllowanceCovers, AllowanceEntryKind, AllowanceTerms, UnusedAllowancePolicy, overage};
use portico_store::selections::{
    AllowanceChange, AllowanceCostChange, LockedAllowance, change_allowance, change_allowance_cost, count_allowances,
    count_approved, count_selections_of_allowance, delete_allowance, insert_allowance, lock_allowance,
    project_of_allowance,
};
use rust_decimal::Decimal;
use serde_json::json;

use super::contract::post;
use crate::projects::{MoneyDraft, open_project};
use crate::{Action, ActionError, ActivityEvent, Refusal, Work, check};

/// Terms that are in the documents of approvals. The granted amount is as well, and may change while no overage exists before or after.
const SIGNED_TERMS: [&str; 5] = ["covers", "terms", "unusedPolicy", "feePercent", "taxPercent"];
/// Maximum length of terms, in characters.
const TEXT: usize = 4_000;

/// Adds an allowance to a project, or changes it. `None` keeps a value, `Some(None)` clears it.
#[derive(Debug, Clone, Default)]
pub struct AllowanceSave {
    /// The allowance to change; `None` adds one.
    pub id: Option<AllowanceId>,
    /// The version that was read; required to change one.
    pub expected_version: Option<i32>,
    /// The project; required to add one.
    pub project: Option<ProjectId>,
    /// The name; required to add one.
    pub name: Option<String>,
    /// The granted amount; required to add one.
    pub granted: Option<MoneyDraft>,
    /// What it pays for.
    pub covers: Option<AllowanceCovers>,
    /// The terms in words.
    pub terms: Option<Option<String>>,
    /// What happens with an unused amount.
    pub unused_policy: Option<UnusedAllowancePolicy>,
    /// The fee on an overage, in percent.
    pub fee_percent: Option<String>,
    /// The tax on an overage, in percent.
    pub tax_percent: Option<String>,
    /// The sort order.
    pub sort: Option<i32>,
    /// The cost basis; needs the permission to view costs, as does the buffer.
    pub cost_basis: Option<Option<MoneyDraft>>,
    /// The buffer, in percent.
    pub buffer_percent: Option<Option<String>>,
}

/// A percentage from 0 to 100, as the share that is stored.
fn share(member: &str, text: &str) -> Result<Decimal, Refusal> {
    let percent = check::decimal(member, text, "8.25")?;
    let is_within = !percent.is_sign_negative() || percent.is_zero();
    if !is_within || percent > Decimal::ONE_HUNDRED || percent.normalize().scale() > PERCENT_DECIMALS {
        let message =
            format!("must be a percentage from 0 to 100, with at most {PERCENT_DECIMALS} decimals: 8.25 is 8.25 %");
        return Err(Refusal::of(RefusalCode::Invalid, member, message));
    }
    Ok(percent / Decimal::ONE_HUNDRED)
}

impl AllowanceSave {
    fn checked(&self, currency: Currency) -> Result<(AllowanceChange, AllowanceCostChange), ActionError> {
        let mut change = AllowanceChange {
            covers: self.covers,
            unused_policy: self.unused_policy,
            sort: self.sort,
            ..AllowanceChange::default()
        };
        let mut cost = AllowanceCostChange::default();
        let terms = self.terms.as_ref();
        let terms = terms.map(|it| it.as_deref().map(|text| check::body("terms", text, TEXT)).transpose());
        let basis = self.cost_basis.as_ref();
        let basis = basis.map(|it| it.as_ref().map(|it| it.checked("costBasis", currency)).transpose());
        let buffer = self.buffer_percent.as_ref();
        let buffer = buffer.map(|it| it.as_deref().map(|text| share("bufferPercent", text)).transpose());
        let checks = [
            self.name.as_deref().map(|name| check::name("name", name).map(|it| change.name = Some(it))),
            self.granted.as_ref().map(|it| it.checked("granted", currency).map(|it| change.granted_minor = Some(it))),
            terms.map(|it| it.map(|it| change.terms = Some(it))),
            self.fee_percent.as_deref().map(|it| share("feePercent", it).map(|it| change.fee_percent = Some(it))),
            self.tax_percent.as_deref().map(|it| share("taxPercent", it).map(|it| change.tax_percent = Some(it))),
            basis.map(|it| it.map(|it| cost.cost_basis_minor = Some(it))),
            buffer.map(|it| it.map(|it| cost.buffer_percent = Some(it))),
        ];
        check::all(checks.into_iter().flatten())?;
        Ok((change, cost))
    }

    async fn add(
        &self,
        work: &mut Work<'_>,
        whose: (portico_core::id::CompanyId, ProjectId),
        change: &AllowanceChange,
    ) -> Result<AllowanceId, ActionError> {
        let required = |member: &str| Refusal::missing(member, "is required to add an allowance");
        let name = change.name.as_deref().ok_or_else(|| required("name"))?;
        let granted = change.granted_minor.ok_or_else(|| required("granted"))?;
        if count_allowances(work.connection(), whose.1).await? >= i64::from(caps::ALLOWANCES) {
            let message = format!("a project has at most {} allowances: delete one first", caps::ALLOWANCES);
            return Err(Refusal::of(RefusalCode::InvalidState, "projectId", message).into());
        }
        let id = insert_allowance(work.connection(), whose, name, granted).await?;
        post(work, whose, id, None, (AllowanceEntryKind::Granted, granted)).await?;
        Ok(id)
    }

    /// Records a change of the granted amount. What clients have accepted above it stays (MR-7).
    async fn record_grant(
        &self,
        work: &mut Work<'_>,
        whose: (portico_core::id::CompanyId, ProjectId),
        (id, found): (AllowanceId, &LockedAllowance),
        change: &AllowanceChange,
    ) -> Result<(), ActionError> {
        let old = found.terms;
        let new = AllowanceTerms {
            granted_minor: change.granted_minor.unwrap_or(old.granted_minor),
            fee: change.fee_percent.unwrap_or(old.fee),
            tax: change.tax_percent.unwrap_or(old.tax),
            unused: change.unused_policy.unwrap_or(old.unused),
        };
        if overage(&old, found.used_minor) != overage(&new, found.used_minor) {
            let message = "would change the overage of approved selections: keep the granted amount, fee and tax, or add another allowance";
            return Err(Refusal::of(RefusalCode::InvalidState, "id", message).into());
        }
        let difference = new.granted_minor.saturating_sub(old.granted_minor);
        if difference != 0 {
            post(work, whose, id, None, (AllowanceEntryKind::GrantChanged, difference)).await?;
        }
        Ok(())
    }
}

impl Action for AllowanceSave {
    type Done = AllowanceId;

    async fn write(&self, work: &mut Work<'_>) -> Result<AllowanceId, ActionError> {
        let staff = work.staff(Permission::SelectionsManage).await?;
        if self.cost_basis.is_some() || self.buffer_percent.is_some() {
            work.staff(Permission::CostsView).await?;
        }
        let (project, member) = match self.id {
            Some(id) => {
                let project = project_of_allowance(work.connection(), staff.company, id).await?;
                (project.ok_or_else(|| Refusal::not_found("id"))?, "id")
            }
            None => {
                let required = || Refusal::missing("projectId", "is required to add an allowance");
                (self.project.ok_or_else(required)?, "projectId")
            }
        };
        let currency = open_project(work, &staff, project, member).await?.currency;
        let whose = (staff.company, project);
        let (change, cost) = self.checked(currency)?;
        let id = match self.id {
            Some(id) => {
                if self.project.is_some_and(|named| named != project) {
                    return Err(Refusal::of(RefusalCode::Invalid, "projectId", "cannot be changed: omit it").into());
                }
                let found = lock_allowance(work.connection(), id).await?.ok_or_else(|| Refusal::not_found("id"))?;
                match self.expected_version {
                    None => {
                        return Err(Refusal::missing("expectedVersion", "is required to change an allowance").into());
                    }
                    Some(read) if read != found.version => return Err(Refusal::outdated(found.version).into()),
                    Some(_) => {}
                }
                self.record_grant(work, whose, (id, &found), &change).await?;
                id
            }
            None => self.add(work, whose, &change).await?,
        };
        let mut names = change_allowance(work.connection(), id, change).await?;
        if let Some(agreed) = names.iter().find(|name| SIGNED_TERMS.contains(name))
            && count_approved(work.connection(), id).await? > 0
        {
            let message = "is part of what clients have approved: reopen its selections first (`selectionReopen`)";
            return Err(Refusal::of(RefusalCode::InvalidState, agreed, message).into());
        }
        if self.id.is_none() {
            names.splice(0..0, ["name", "granted"]);
        }
        names.extend(change_allowance_cost(work.connection(), whose, id, cost).await?);
        let event = ActivityEvent::new(ActivityKind::AllowanceSaved)
            .in_project(staff.company, project)
            .to(SubjectKind::Allowance, id)
            .with(json!({ "isNew": self.id.is_none() }));
        work.record_changes(event, &names).await?;
        Ok(id)
    }
}

/// Deletes an allowance that pays for no selection. Declined ones keep none.
#[derive(Debug, Clone, Copy)]
pub struct AllowanceDelete {
    /// The allowance.
    pub id: AllowanceId,
}

impl Action for AllowanceDelete {
    type Done = ProjectId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectId, ActionError> {
        let staff = work.staff(Permission::SelectionsManage).await?;
        let not_found = || Refusal::not_found("id");
        let project = project_of_allowance(work.connection(), staff.company, self.id).await?.ok_or_else(not_found)?;
        open_project(work, &staff, project, "id").await?;
        lock_allowance(work.connection(), self.id).await?.ok_or_else(not_found)?;
        let count = count_selections_of_allowance(work.connection(), self.id).await?;
        if count > 0 {
            let message =
                format!("pays for selections ({count}): give them another allowance first; approved ones keep theirs");
            return Err(Refusal::of(RefusalCode::InvalidState, "id", message).into());
        }
        delete_allowance(work.connection(), self.id).await?;
        let event = ActivityEvent::new(ActivityKind::AllowanceDeleted).in_project(staff.company, project);
        work.record(event.to(SubjectKind::Allowance, self.id)).await?;
        Ok(project)
    }
}

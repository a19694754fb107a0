//! What approvals and reopenings do to the ledger of an allowance and to the contract total (MR-5, MR-7).

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{AllowanceEntryId, AllowanceId, CompanyId, ProjectId, SelectionId};
use portico_core::limits::caps;
use portico_core::refusal::RefusalCode;
use portico_core::selections::AllowanceEntryKind;
use portico_store::projects::{ChangedProject, change_project};
use portico_store::selections::{NewAllowanceEntry, contract_total, insert_allowance_entry, reserved_entries};

use crate::{ActionError, ActivityEvent, Refusal, Work};

/// Maximum contract total in minor units.
const MAX_TOTAL_MINOR: i64 = 1_000_000_000_000_000_000;

/// Adds an entry of a selection to the ledger of its allowance.
pub(super) async fn post(
    work: &mut Work<'_>,
    (company_id, project_id): (CompanyId, ProjectId),
    allowance_id: AllowanceId,
    selection_id: Option<SelectionId>,
    (kind, amount_minor): (AllowanceEntryKind, i64),
) -> Result<(), ActionError> {
    // Each approval reserves the entry that reverses it, so that reopening is always possible.
    let is_full = kind != AllowanceEntryKind::Reopened
        && reserved_entries(work.connection(), allowance_id).await? >= i64::from(caps::ALLOWANCE_ENTRIES);
    if is_full {
        let message = format!(
            "the allowance has at most {} entries: the company has to use another allowance",
            caps::ALLOWANCE_ENTRIES
        );
        return Err(Refusal::of(RefusalCode::InvalidState, "id", message).into());
    }
    let id = AllowanceEntryId::generate();
    let created_at = work.now();
    let entry =
        NewAllowanceEntry { id, company_id, project_id, allowance_id, selection_id, kind, amount_minor, created_at };
    Ok(insert_allowance_entry(work.connection(), entry).await?)
}

/// Adds an amount to the contract total. A project without a contract total stays so. A total that staff entered meanwhile may be
/// less than what is subtracted: a negative one is rejected.
pub(super) async fn add_to_contract(
    work: &mut Work<'_>,
    company: CompanyId,
    project: ProjectId,
    change_minor: i64,
) -> Result<(), ActionError> {
    let Some(total) = contract_total(work.connection(), project).await? else { return Ok(()) };
    let total = total.saturating_add(change_minor);
    if !(0..=MAX_TOTAL_MINOR).contains(&total) {
        let fault = if total < 0 { "negative" } else { "too large" };
        let message = format!("this would make the contract total {fault}: the company has to correct the total first");
        return Err(Refusal::of(RefusalCode::InvalidState, "id", message).into());
    }
    let change = ChangedProject { contract_total_minor: Some(Some(total)), ..ChangedProject::default() };
    let names = change_project(work.connection(), project, change).await?.names;
    let event = ActivityEvent::new(ActivityKind::ProjectChanged).in_project(company, project);
    work.record_changes(event.to(SubjectKind::Project, project), &names).await
}

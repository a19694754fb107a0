//! Staff show a selection to trade partners.

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{ProjectMembershipId, SelectionId};
use portico_store::selections::{
    lock_selection, project_of_selection, set_trade_info, show_to_trades, trades_of_selection,
};

use super::selection_save::TEXT;
use crate::memberships::ShareChange;
use crate::projects::open_project;
use crate::{Action, ActionError, ActivityEvent, Refusal, Work, check};

/// Sets which trade partners see a selection, and what they read about it. Possible in every state: they prepare it before the choice,
/// and install it after the order. Clients see nothing of it, so the selection's version stays.
#[derive(Debug, Clone)]
pub struct SelectionTradeUpdate {
    /// The selection.
    pub id: SelectionId,
    /// The information; `None` keeps it, `Some(None)` clears it.
    pub trade_info: Option<Option<String>>,
    /// All trade partners who see it; `None` keeps them.
    pub trades: Option<Vec<ProjectMembershipId>>,
}

impl Action for SelectionTradeUpdate {
    type Done = SelectionId;

    async fn write(&self, work: &mut Work<'_>) -> Result<SelectionId, ActionError> {
        let staff = work.staff(Permission::SelectionsManage).await?;
        let (id, not_found) = (self.id, || Refusal::not_found("id"));
        let project = project_of_selection(work.connection(), staff.company, id).await?.ok_or_else(not_found)?;
        open_project(work, &staff, project, "id").await?;
        lock_selection(work.connection(), staff.company, project, id).await?.ok_or_else(not_found)?;
        let mut names = Vec::new();
        if let Some(info) = &self.trade_info {
            let info = info.as_deref().map(|text| check::body("tradeInfo", text, TEXT)).transpose()?;
            if set_trade_info(work.connection(), (staff.company, project, id), info.as_deref()).await? {
                names.push("tradeInfo");
            }
        }
        if let Some(listed) = &self.trades {
            let known = trades_of_selection(work.connection(), id).await?;
            let change = ShareChange::between(work, (staff.company, project), known, listed).await?;
            if !change.is_empty() {
                let whose = (staff.company, project, id);
                show_to_trades(work.connection(), whose, &change.added, &change.removed).await?;
                names.push("sharedWithTrades");
            }
        }
        let event = ActivityEvent::new(ActivityKind::SelectionSaved).in_project(staff.company, project);
        work.record_changes(event.to(SubjectKind::Selection, id), &names).await?;
        Ok(id)
    }
}

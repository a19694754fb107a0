//! Changes the state of a lead.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::LeadId;
use portico_core::leads::LeadState;
use portico_core::people::Permission;
use portico_core::refusal::RefusalCode;
use portico_store::leads::{own_lead, set_lead_state};
use serde_json::json;

use crate::{Action, ActionError, ActivityEvent, Refusal, Work};

/// Changes the state of a lead (docs/domain.md).
#[derive(Debug, Clone)]
pub struct LeadStateSet {
    /// The lead.
    pub lead: LeadId,
    /// The new state.
    pub state: LeadState,
}

impl Action for LeadStateSet {
    type Done = ();

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let staff = work.staff(Permission::LeadsManage).await?;
        let lead = own_lead(work.connection(), staff.company, self.lead).await?;
        let lead = lead.ok_or_else(|| Refusal::not_found("id"))?;
        if !lead.state.may_become(self.state) {
            let message = match self.state {
                LeadState::Converted => {
                    format!(
                        "the lead is {}: convert it with `leadConvertToClient` or `leadConvertToProject`",
                        lead.state
                    )
                }
                next => format!("the lead is {}, which cannot change to {next}", lead.state),
            };
            return Err(Refusal::of(RefusalCode::InvalidState, "state", message).into());
        }
        let now = work.now();
        set_lead_state(work.connection(), lead.id, self.state, now).await?;
        let event = ActivityEvent::new(ActivityKind::LeadChanged).in_company(staff.company);
        let details = json!({ "from": lead.state, "to": self.state });
        work.record(event.to(SubjectKind::Lead, lead.id).with(details)).await
    }
}

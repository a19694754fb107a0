//! Trade partners with whom a record is shared.

use portico_core::id::{CompanyId, ProjectId, ProjectMembershipId};
use portico_core::limits::caps;
use portico_core::refusal::RefusalCode;
use portico_store::memberships::trade_membership;

use crate::{ActionError, Refusal, Work};

/// The member of an input that lists trade partners.
const MEMBER: &str = "tradeIds";

/// Trade partners to add and to remove.
pub(crate) struct ShareChange {
    pub(crate) added: Vec<ProjectMembershipId>,
    pub(crate) removed: Vec<ProjectMembershipId>,
}

impl ShareChange {
    /// What makes the listed trade partners those of the record. New ones need web access to the project.
    pub(crate) async fn between(
        work: &mut Work<'_>,
        (company, project): (CompanyId, ProjectId),
        known: Vec<ProjectMembershipId>,
        listed: &[ProjectMembershipId],
    ) -> Result<Self, ActionError> {
        if listed.len() > caps::TRADES as usize {
            let message = format!("must not have more than {} IDs", caps::TRADES);
            return Err(Refusal::of(RefusalCode::TooLong, MEMBER, message).into());
        }
        let mut added = Vec::new();
        for id in listed {
            let partner = trade_membership(work.connection(), company, *id).await?;
            let partner = partner.filter(|partner| partner.project == project);
            let partner = partner.ok_or_else(|| Refusal::not_found(MEMBER))?;
            if known.contains(id) || added.contains(id) {
                continue;
            }
            if !partner.web_access {
                let message = "a trade partner without web access cannot see it: grant the access with `projectTradeUpdate` first";
                return Err(Refusal::of(RefusalCode::Invalid, MEMBER, message).into());
            }
            added.push(*id);
        }
        Ok(Self { added, removed: known.into_iter().filter(|id| !listed.contains(id)).collect() })
    }

    /// Whether nothing changes.
    pub(crate) const fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}

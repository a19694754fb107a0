//! The maximum number of a project's members.

use portico_core::id::ProjectId;
use portico_core::projects::MembershipKind;
use portico_core::refusal::RefusalCode;
use portico_store::memberships::count_members;

use crate::{ActionError, Refusal, Work};

/// Rejects a further member of a locked project at the limit: the lists of members have no pages.
pub(super) async fn check_member_limit(
    work: &mut Work<'_>,
    project: ProjectId,
    kind: MembershipKind,
    most: u32,
) -> Result<(), ActionError> {
    if count_members(work.connection(), project, kind).await? < i64::from(most) {
        return Ok(());
    }
    let members = match kind {
        MembershipKind::Client => "clients",
        MembershipKind::Trade => "trade partners",
    };
    let message = format!("the project has {most} {members}, the maximum: remove one first");
    Err(Refusal::of(RefusalCode::InvalidState, "projectId", message).into())
}

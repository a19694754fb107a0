//! Revokes API keys.

use portico_core::access::{Permission, Role};
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::ApiKeyId;
use portico_core::refusal::RefusalCode;
use portico_store::keys::{lock_key, revoke_key};
use serde_json::json;

use crate::{Action, ActionError, ActivityEvent, Refusal, Work};

/// Revokes a key: owners any of the company's, other staff their own.
#[derive(Debug, Clone, Copy)]
pub struct ApiKeyRevoke {
    /// The key.
    pub key: ApiKeyId,
}

impl Action for ApiKeyRevoke {
    type Done = ApiKeyId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ApiKeyId, ActionError> {
        let staff = work.staff(Permission::ReportsKeys).await?;
        let is_owner = work.person().await?.role == Role::Owner;
        let key = lock_key(work.connection(), staff.company, self.key).await?;
        let own = key.filter(|(creator, _)| is_owner || *creator == staff.membership);
        let (creator, is_revoked) = own.ok_or_else(|| Refusal::not_found("id"))?;
        if is_revoked {
            let message = "the key is revoked already";
            return Err(Refusal::of(RefusalCode::InvalidState, "id", message).into());
        }
        let now = work.now();
        revoke_key(work.connection(), self.key, now).await?;
        let happened = ActivityEvent::new(ActivityKind::ApiKeyRevoked).in_company(staff.company);
        let details = json!({ "creator": creator });
        work.record(happened.to(SubjectKind::ApiKey, self.key).with(details)).await?;
        Ok(self.key)
    }
}

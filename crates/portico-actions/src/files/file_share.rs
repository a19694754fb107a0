//! Sets with whom a file is shared.

use portico_core::activity::ActivityKind;
use portico_core::id::{CompanyId, FileId, ProjectMembershipId};
use portico_store::files::{LockedFile, share_with_clients, share_with_trades, trades_of_file};

use super::checks::{check_present, event, managed_file};
use crate::member_action::{MemberAction, Named, perform};
use crate::memberships::ShareChange;
use crate::{ActionError, Actor, Work};

/// Shares a file with clients and trade partners, or no longer (FIL-5, FIL-7). It takes effect at once.
#[derive(Debug, Clone)]
pub struct FileShare {
    /// The file.
    pub id: FileId,
    /// Whether clients see it; `None` keeps it.
    pub shared_with_clients: Option<bool>,
    /// The trade partners with whom it is shared; `None` keeps them.
    pub trades: Option<Vec<ProjectMembershipId>>,
}

impl FileShare {
    /// Shares the file.
    ///
    /// # Errors
    ///
    /// [`ActionError`]; then nothing was written.
    pub async fn run(self, actor: &Actor) -> Result<FileId, ActionError> {
        perform(actor, &self).await
    }

    /// Shares the file with these trade partners alone. Returns whether that changed anything.
    async fn share_with(
        work: &mut Work<'_>,
        company: CompanyId,
        file: &LockedFile,
        partners: &[ProjectMembershipId],
    ) -> Result<bool, ActionError> {
        let known = trades_of_file(work.connection(), file.id).await?;
        let change = ShareChange::between(work, (company, file.project), known, partners).await?;
        if change.is_empty() {
            return Ok(false);
        }
        let ShareChange { added, removed } = change;
        share_with_trades(work.connection(), (company, file.project, file.id), &added, &removed).await?;
        Ok(true)
    }
}

impl MemberAction for FileShare {
    type Done = FileId;

    fn named(&self) -> Named {
        Named::File(self.id, "id")
    }

    async fn write_in(&self, work: &mut Work<'_>, company: CompanyId) -> Result<FileId, ActionError> {
        let file = managed_file(work, company, self.id, self.named()).await?;
        check_present(&file)?;
        let mut changed = Vec::new();
        if let Some(is_shared) = self.shared_with_clients.filter(|is_shared| *is_shared != file.shared_with_clients) {
            share_with_clients(work.connection(), file.id, is_shared).await?;
            changed.push("sharedWithClients");
        }
        if let Some(partners) = &self.trades
            && Self::share_with(work, company, &file, partners).await?
        {
            changed.push("sharedWithTrades");
        }
        let event = event(ActivityKind::FileShared, company, file.project, file.id);
        work.record_changes(event, &changed).await?;
        Ok(file.id)
    }
}

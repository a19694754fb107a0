//! Publishes a help article, or returns it to draft.

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::HelpArticleId;
use portico_core::portal::HelpArticleState;
use portico_store::portal::{HelpArticle, lock_article, write_article};
use serde_json::json;

use crate::{Action, ActionError, ActivityEvent, Refusal, Work};

/// Publishes a help article, or returns it to draft (PRT-10). Without a change of state nothing is written.
#[derive(Debug, Clone, Copy)]
pub struct HelpArticlePublish {
    /// The article.
    pub id: HelpArticleId,
    /// Whether clients can read it.
    pub published: bool,
}

impl HelpArticlePublish {
    fn state(self) -> HelpArticleState {
        if self.published { HelpArticleState::Published } else { HelpArticleState::Draft }
    }
}

impl Action for HelpArticlePublish {
    type Done = HelpArticleId;

    async fn write(&self, work: &mut Work<'_>) -> Result<HelpArticleId, ActionError> {
        let company = work.staff(Permission::SettingsManage).await?.company;
        let article = lock_article(work.connection(), company, self.id).await?;
        let article = article.ok_or_else(|| Refusal::not_found("id"))?;
        if article.state == self.state() {
            return Ok(self.id);
        }
        let (now, version) = (work.now(), article.version + 1);
        let published_at = self.published.then_some(now);
        let changed = HelpArticle { state: self.state(), version, published_at, ..article };
        write_article(work.connection(), self.id, &changed, now).await?;
        let event = ActivityEvent::new(ActivityKind::HelpArticlePublished).in_company(company);
        let details = json!({ "version": version, "isPublished": self.published });
        work.record(event.to(SubjectKind::HelpArticle, self.id).with(details)).await?;
        Ok(self.id)
    }
}

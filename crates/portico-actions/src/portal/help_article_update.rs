//! Changes a help article.

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::HelpArticleId;
use portico_store::portal::{HelpArticleChange, change_article, lock_article};
use serde_json::json;

use crate::{Action, ActionError, ActivityEvent, Refusal, Work, check};

/// Maximum length of a help article, in characters.
pub(super) const BODY: usize = 20_000;

/// Changes a help article, not its state (PRT-10). `None` keeps the current value.
#[derive(Debug, Clone)]
pub struct HelpArticleUpdate {
    /// The article.
    pub id: HelpArticleId,
    /// The version that was read.
    pub expected_version: i32,
    /// The title.
    pub title: Option<String>,
    /// The text.
    pub body: Option<String>,
    /// The sort order, lowest first.
    pub sort: Option<i32>,
}

impl Action for HelpArticleUpdate {
    type Done = HelpArticleId;

    async fn write(&self, work: &mut Work<'_>) -> Result<HelpArticleId, ActionError> {
        let company = work.staff(Permission::SettingsManage).await?.company;
        let article = lock_article(work.connection(), company, self.id).await?;
        let article = article.ok_or_else(|| Refusal::not_found("id"))?;
        if article.version != self.expected_version {
            return Err(Refusal::outdated(article.version).into());
        }
        let mut change = HelpArticleChange { sort: self.sort, ..HelpArticleChange::default() };
        let title = self.title.as_deref().map(|text| check::text("title", text, check::NAME));
        let body = self.body.as_deref().map(|text| check::body("body", text, BODY));
        check::all([
            title.map_or(Ok(()), |title| title.map(|text| change.title = Some(text))),
            body.map_or(Ok(()), |body| body.map(|text| change.body = Some(text))),
        ])?;
        let now = work.now();
        let changed = change_article(work.connection(), self.id, change, now).await?.names;
        let event = ActivityEvent::new(ActivityKind::HelpArticleSaved).in_company(company);
        let details = json!({ "version": article.version + 1, "isNew": false });
        work.record_changes(event.to(SubjectKind::HelpArticle, self.id).with(details), &changed).await?;
        Ok(self.id)
    }
}

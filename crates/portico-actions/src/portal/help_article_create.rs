//! Creates a help article.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::HelpArticleId;
use portico_core::people::Permission;
use portico_core::portal::HelpArticleState;
use portico_store::portal::{HelpArticle, insert_article, last_place};
use serde_json::json;

use super::help_article_update::BODY;
use crate::{Action, ActionError, ActivityEvent, Work, check};

/// Creates a help article as a draft (PRT-10).
#[derive(Debug, Clone)]
pub struct HelpArticleCreate {
    /// The title.
    pub title: String,
    /// The text.
    pub body: String,
    /// The sort order, lowest first; `None` puts the article last.
    pub sort: Option<i32>,
}

impl Action for HelpArticleCreate {
    type Done = HelpArticleId;

    async fn write(&self, work: &mut Work<'_>) -> Result<HelpArticleId, ActionError> {
        let company = work.staff(Permission::SettingsManage).await?.company;
        let (mut title, mut body) = (String::new(), String::new());
        check::all([
            check::text("title", &self.title, check::NAME).map(|text| title = text),
            check::body("body", &self.body, BODY).map(|text| body = text),
        ])?;
        let (id, now) = (HelpArticleId::generate(), work.now());
        let sort = match self.sort {
            Some(sort) => sort,
            None => last_place(work.connection(), company).await?.map_or(1, |last| last.saturating_add(1)),
        };
        let article = HelpArticle { title, body, sort, state: HelpArticleState::Draft, version: 1, published_at: None };
        insert_article(work.connection(), company, id, &article, now).await?;
        let event = ActivityEvent::new(ActivityKind::HelpArticleSaved).in_company(company);
        let details = json!({ "version": article.version, "isNew": true });
        work.record(event.to(SubjectKind::HelpArticle, id).with(details)).await?;
        Ok(id)
    }
}

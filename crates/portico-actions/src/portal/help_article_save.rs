//! Writes a help article, or changes one.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{CompanyId, HelpArticleId};
use portico_core::people::Permission;
use portico_core::portal::HelpArticleState;
use portico_core::refusal::RefusalCode;
use portico_store::portal::{HelpArticle, insert_article, last_place, lock_article, write_article};
use serde_json::json;

use crate::{Action, ActionError, Happened, Refusal, Work, check};

/// The longest article, in characters.
const BODY: usize = 20_000;

/// The article that is to be changed, as whoever changes it has read it.
#[derive(Debug, Clone, Copy)]
pub struct KnownArticle {
    /// Which one.
    pub id: HelpArticleId,
    /// Its version. Without it nothing is changed: nobody overwrites what they have not read.
    pub expected_version: Option<i32>,
}

/// Writes a help article, as a draft, or changes one, whose state stays (PRT-10).
#[derive(Debug, Clone)]
pub struct HelpArticleSave {
    /// The one that is to be changed; none for a new one.
    pub known: Option<KnownArticle>,
    /// What it is about.
    pub title: String,
    /// What it says.
    pub body: String,
    /// Its place among the company's, the smallest first. None leaves it where it is, and a new one comes last.
    pub sort: Option<i32>,
}

impl HelpArticleSave {
    fn checked(&self) -> Result<(String, String), ActionError> {
        let (title, body) = (check::text("title", &self.title, check::NAME), check::body("body", &self.body, BODY));
        let mut texts = check::all([title, body])?;
        let body = texts.pop().unwrap_or_default();
        Ok((texts.pop().unwrap_or_default(), body))
    }

    async fn insert(&self, work: &mut Work<'_>, company: CompanyId) -> Result<(HelpArticleId, i32), ActionError> {
        let (title, body) = self.checked()?;
        let (id, now) = (HelpArticleId::generate(), work.now());
        let sort = match self.sort {
            Some(sort) => sort,
            None => last_place(work.connection(), company).await?.map_or(1, |last| last.saturating_add(1)),
        };
        let article = HelpArticle { title, body, sort, state: HelpArticleState::Draft, version: 1, published_at: None };
        insert_article(work.connection(), company, id, &article, now).await?;
        Ok((id, article.version))
    }

    async fn change(
        &self,
        work: &mut Work<'_>,
        company: CompanyId,
        known: KnownArticle,
    ) -> Result<(HelpArticleId, i32), ActionError> {
        let expected = known.expected_version.ok_or_else(|| {
            Refusal::missing(
                "expectedVersion",
                "is required with `id`: the `version` of the article that you have read",
            )
        })?;
        let article = lock_article(work.connection(), company, known.id).await?;
        let article = article.ok_or_else(|| Refusal::not_found("id"))?;
        if article.version != expected {
            let message = format!("the article has been changed: its version is {}", article.version);
            return Err(Refusal::of(RefusalCode::Conflict, "expectedVersion", message).into());
        }
        let (title, body) = self.checked()?;
        let (sort, version) = (self.sort.unwrap_or(article.sort), article.version + 1);
        let now = work.now();
        write_article(work.connection(), known.id, &HelpArticle { title, body, sort, version, ..article }, now).await?;
        Ok((known.id, version))
    }
}

impl Action for HelpArticleSave {
    type Done = HelpArticleId;

    async fn write(&self, work: &mut Work<'_>) -> Result<HelpArticleId, ActionError> {
        let company = work.staff(Permission::SettingsManage).await?.company;
        let (id, version) = match self.known {
            Some(known) => self.change(work, company, known).await?,
            None => self.insert(work, company).await?,
        };
        let happened = Happened::new(ActivityKind::HelpArticleSaved).in_company(company);
        let details = json!({ "version": version, "isNew": self.known.is_none() });
        work.record(happened.to(SubjectKind::HelpArticle, id).with(details)).await?;
        Ok(id)
    }
}

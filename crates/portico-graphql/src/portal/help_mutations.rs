//! How staff write help articles.

use async_graphql::{Context, ID, InputObject, Object};
use portico_actions::portal::{HelpArticleDelete, HelpArticlePublish, HelpArticleSave, KnownArticle};
use portico_core::id::{HelpArticleId, Tag};
use portico_graphql_macros::gated;
use portico_loader::portal::HelpArticleById;

use super::help::HelpArticle;
use crate::act::{act, payload};
use crate::company::{Company, own_company};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;

/// A help article to be written.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct HelpArticleSaveInput {
    /// The article that is to be changed. Leave it out to begin a new one, which is a draft.
    id: Option<ID>,
    /// The version of the article that you have read. Needed to change one.
    expected_version: Option<i32>,
    /// What it is about, in one line.
    title: String,
    /// What it says, as plain text.
    body: String,
    /// Its place among the company's, the smallest first. If you leave it out it stays where it is, and a new one comes last.
    sort: Option<i32>,
}

/// A help article to be published, or to be taken back.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct HelpArticlePublishInput {
    /// The article.
    id: ID,
    /// Whether clients are to read it.
    published: bool,
}

payload! {
    /// What came of writing a help article.
    HelpArticleSavePayload for (STAFF) {
        /// The article, as it is now.
        help_article: HelpArticle,
    }
}

payload! {
    /// What came of publishing a help article.
    HelpArticlePublishPayload for (STAFF) {
        /// The article, as it is now.
        help_article: HelpArticle,
    }
}

payload! {
    /// What came of deleting a help article.
    HelpArticleDeletePayload for (STAFF) {
        /// The company, with the articles that are left.
        company: Company,
    }
}

async fn article(ctx: &Context<'_>, id: HelpArticleId) -> Result<Option<HelpArticle>, ApiError> {
    Ok(load(ctx, HelpArticleById(id)).await?.map(HelpArticle))
}

/// How staff write help articles.
#[derive(Default)]
pub(crate) struct HelpMutations;

/// How staff write help articles.
#[gated]
#[Object]
impl HelpMutations {
    /// Writes a help article: a new one, which is a draft, or another text for one that there is.
    #[requires(SETTINGS_MANAGE)]
    async fn help_article_save(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The article.")] input: HelpArticleSaveInput,
    ) -> Result<HelpArticleSavePayload, ApiError> {
        let HelpArticleSaveInput { id, expected_version, title, body, sort } = input;
        let id = id.map(|id| ids::read_as(&id, "id", Tag::HELP_ARTICLE)).transpose()?;
        let known = id.map(|id| KnownArticle { id, expected_version });
        Ok(match act(ctx, HelpArticleSave { known, title, body, sort }).await? {
            Ok(id) => HelpArticleSavePayload::done(article(ctx, id).await?),
            Err(refused) => HelpArticleSavePayload::refused(refused),
        })
    }

    /// Publishes a help article for clients to read, or takes it back.
    #[requires(SETTINGS_MANAGE)]
    async fn help_article_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and whether.")] input: HelpArticlePublishInput,
    ) -> Result<HelpArticlePublishPayload, ApiError> {
        let id = ids::read_as(&input.id, "id", Tag::HELP_ARTICLE)?;
        Ok(match act(ctx, HelpArticlePublish { id, published: input.published }).await? {
            Ok(id) => HelpArticlePublishPayload::done(article(ctx, id).await?),
            Err(refused) => HelpArticlePublishPayload::refused(refused),
        })
    }

    /// Deletes a help article, published or not.
    #[requires(SETTINGS_MANAGE)]
    async fn help_article_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The article.")] id: ID,
    ) -> Result<HelpArticleDeletePayload, ApiError> {
        let id = ids::read_as(&id, "id", Tag::HELP_ARTICLE)?;
        Ok(match act(ctx, HelpArticleDelete { id }).await? {
            Ok(_) => HelpArticleDeletePayload::done(own_company(ctx).await?),
            Err(refused) => HelpArticleDeletePayload::refused(refused),
        })
    }
}

//! Write operations on help articles.

use async_graphql::{Context, ID, InputObject, Object};
use portico_actions::portal::{HelpArticleCreate, HelpArticleDelete, HelpArticlePublish, HelpArticleUpdate};
use portico_core::id::{HelpArticleId, Tag};
use portico_graphql_macros::gated;
use portico_loader::portal::HelpArticleById;

use super::help::HelpArticle;
use crate::act::{act, payload};
use crate::company::{Company, own_company};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;

#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct HelpArticleCreateInput {
    /// Title, one line.
    title: String,
    /// Text, without formatting.
    body: String,
    /// Sort order within the company, lowest first. Omit to add the article last.
    sort: Option<i32>,
}

#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct HelpArticleUpdateInput {
    /// ID of the article.
    id: ID,
    expected_version: i32,
    /// Title, one line.
    title: Option<String>,
    /// Text, without formatting.
    body: Option<String>,
    /// Sort order within the company, lowest first.
    sort: Option<i32>,
}

#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct HelpArticlePublishInput {
    /// ID of the article.
    id: ID,
    /// Whether clients can read the article.
    published: bool,
}

#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct HelpArticleDeleteInput {
    /// ID of the article.
    id: ID,
}

payload! {
    HelpArticleCreatePayload for (STAFF) {
        /// The article.
        help_article: HelpArticle,
    }
}

payload! {
    HelpArticleUpdatePayload for (STAFF) {
        /// The article.
        help_article: HelpArticle,
    }
}

payload! {
    HelpArticlePublishPayload for (STAFF) {
        /// The article.
        help_article: HelpArticle,
    }
}

payload! {
    HelpArticleDeletePayload for (STAFF) {
        /// The company, with the remaining articles.
        company: Company,
    }
}

async fn article(ctx: &Context<'_>, id: HelpArticleId) -> Result<Option<HelpArticle>, ApiError> {
    Ok(load(ctx, HelpArticleById(id)).await?.map(HelpArticle))
}

#[derive(Default)]
pub(crate) struct HelpMutations;

/// Write operations on help articles.
#[gated]
#[Object]
impl HelpMutations {
    /// Creates a help article as a draft.
    #[requires(SETTINGS_MANAGE)]
    async fn help_article_create(
        &self,
        ctx: &Context<'_>,
        input: HelpArticleCreateInput,
    ) -> Result<HelpArticleCreatePayload, ApiError> {
        let HelpArticleCreateInput { title, body, sort } = input;
        Ok(match act(ctx, HelpArticleCreate { title, body, sort }).await? {
            Ok(id) => HelpArticleCreatePayload::done(article(ctx, id).await?),
            Err(refused) => HelpArticleCreatePayload::refused(refused),
        })
    }

    /// Changes a help article. Keeps the publication state.
    #[requires(SETTINGS_MANAGE)]
    async fn help_article_update(
        &self,
        ctx: &Context<'_>,
        input: HelpArticleUpdateInput,
    ) -> Result<HelpArticleUpdatePayload, ApiError> {
        let HelpArticleUpdateInput { id, expected_version, title, body, sort } = input;
        let id = ids::read_as(&id, "input.id", Tag::HELP_ARTICLE)?;
        Ok(match act(ctx, HelpArticleUpdate { id, expected_version, title, body, sort }).await? {
            Ok(id) => HelpArticleUpdatePayload::done(article(ctx, id).await?),
            Err(refused) => HelpArticleUpdatePayload::refused(refused),
        })
    }

    /// Publishes a help article, or returns it to draft.
    #[requires(SETTINGS_MANAGE)]
    async fn help_article_publish(
        &self,
        ctx: &Context<'_>,
        input: HelpArticlePublishInput,
    ) -> Result<HelpArticlePublishPayload, ApiError> {
        let id = ids::read_as(&input.id, "input.id", Tag::HELP_ARTICLE)?;
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
        input: HelpArticleDeleteInput,
    ) -> Result<HelpArticleDeletePayload, ApiError> {
        let id = ids::read_as(&input.id, "input.id", Tag::HELP_ARTICLE)?;
        Ok(match act(ctx, HelpArticleDelete { id }).await? {
            Ok(_) => HelpArticleDeletePayload::done(own_company(ctx).await?),
            Err(refused) => HelpArticleDeletePayload::refused(refused),
        })
    }
}

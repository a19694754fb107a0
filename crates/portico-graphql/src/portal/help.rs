//! Help articles (PRT-10).

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use portico_core::id::Tag;
use portico_core::page::{Position, SortValue};
use portico_core::portal::HelpArticleState as CoreState;
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::portal::{ArticleScope, HelpArticleCount, HelpArticleRow, HelpArticlesOn};

use crate::error::ApiError;
use crate::ids;
use crate::page::{PageArguments, RequestCursors, connection};
use crate::scalars::DateTime;

connection! {
    /// Page of help articles.
    HelpArticleConnection, HelpArticleEdge of HelpArticle(HelpArticleRow), counted by HelpArticleCount,
    shared with (CLIENT, STAFF)
}

/// One page of help articles, ordered by `sort`.
pub(crate) async fn help_articles_page(
    ctx: &Context<'_>,
    scope: ArticleScope,
    arguments: PageArguments,
) -> Result<HelpArticleConnection, ApiError> {
    let loader = ctx.data_unchecked::<Loader>();
    let cursors = ctx.data_unchecked::<RequestCursors>().of_list(&loader.viewer(), &format!("help|{scope:?}"));
    let slice = arguments.slice(&cursors)?;
    let page = loader.load(HelpArticlesOn { scope, slice }).await?;
    let position = |row: &HelpArticleRow| Position { value: SortValue::Int(row.sort.into()), id: row.id.0 };
    Ok(HelpArticleConnection::new(page, HelpArticleCount(scope), cursors, position))
}

/// Publication state of a help article.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreState")]
pub(crate) enum HelpArticleState {
    /// Draft, visible to staff only.
    #[shared(STAFF)]
    Draft,
    /// Published for clients.
    #[shared(STAFF)]
    Published,
}

/// Help article of a company.
pub(crate) struct HelpArticle(pub(crate) Arc<HelpArticleRow>);

/// Help article of a company.
#[gated]
#[Object]
impl HelpArticle {
    /// Cache key; cannot be fetched with `node`.
    #[shared(CLIENT, STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::HELP_ARTICLE, self.0.id.0)
    }

    /// Title.
    #[shared(CLIENT, STAFF)]
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Text, without formatting.
    #[shared(CLIENT, STAFF)]
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// Publication state.
    #[shared(STAFF)]
    async fn state(&self) -> HelpArticleState {
        self.0.state.into()
    }

    /// Sort order within the company, lowest first.
    #[shared(STAFF)]
    async fn sort(&self) -> i32 {
        self.0.sort
    }

    /// Increases with every change. Null if you have no access to it.
    #[shared(STAFF)]
    async fn version(&self) -> Option<i32> {
        self.0.version
    }

    /// Time of publication. Null for a draft.
    #[shared(STAFF)]
    async fn published_at(&self) -> Option<DateTime> {
        self.0.published_at.map(DateTime)
    }

    /// Time of the last change. Null if you have no access to it.
    #[shared(STAFF)]
    async fn updated_at(&self) -> Option<DateTime> {
        self.0.updated_at.map(DateTime)
    }
}

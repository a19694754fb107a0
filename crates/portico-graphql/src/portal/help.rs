//! What companies explain to their clients (PRT-10).

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use portico_core::id::Tag;
use portico_core::page::{Position, SortValue};
use portico_core::portal::HelpArticleState as CoreState;
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::portal::{HelpArticleCount, HelpArticleRow, HelpArticlesOn, Shelf};

use crate::error::ApiError;
use crate::ids;
use crate::page::{PageArguments, RequestCursors, connection};
use crate::scalars::DateTime;

connection! {
    /// A page of help articles.
    HelpArticleConnection, HelpArticleEdge of HelpArticle(HelpArticleRow), counted by HelpArticleCount,
    shared with (CLIENT, STAFF)
}

/// One page of the articles that stand somewhere, in the order in which the company has put them.
pub(crate) async fn help_articles_page(
    ctx: &Context<'_>,
    shelf: Shelf,
    arguments: PageArguments,
) -> Result<HelpArticleConnection, ApiError> {
    let loader = ctx.data_unchecked::<Loader>();
    let cursors = ctx.data_unchecked::<RequestCursors>().of_list(loader.viewer(), &format!("help|{shelf:?}"));
    let slice = arguments.slice(&cursors)?;
    let page = loader.load(HelpArticlesOn { shelf, slice }).await?;
    let position = |row: &HelpArticleRow| Position { value: SortValue::Int(row.sort.into()), id: row.id.0 };
    Ok(HelpArticleConnection::new(page, HelpArticleCount(shelf), cursors, position))
}

/// Whether clients may read a help article.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreState")]
pub(crate) enum HelpArticleState {
    /// Being written.
    #[shared(STAFF)]
    Draft,
    /// For clients to read.
    #[shared(STAFF)]
    Published,
}

/// Something that a company explains to its clients.
pub(crate) struct HelpArticle(pub(crate) Arc<HelpArticleRow>);

/// Something that a company explains to its clients.
#[gated]
#[Object]
impl HelpArticle {
    /// Its id, for your cache. `node` does not know it.
    #[shared(CLIENT, STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::HELP_ARTICLE, self.0.id.0)
    }

    /// What it is about.
    #[shared(CLIENT, STAFF)]
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// What it says, as plain text.
    #[shared(CLIENT, STAFF)]
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// Whether clients may read it.
    #[shared(STAFF)]
    async fn state(&self) -> HelpArticleState {
        self.0.state.into()
    }

    /// Its place among the company's, the smallest first.
    #[shared(STAFF)]
    async fn sort(&self) -> i32 {
        self.0.sort
    }

    /// Moves whenever it is changed; say it when you save the article.
    #[shared(STAFF)]
    async fn version(&self) -> Option<i32> {
        self.0.version
    }

    /// When it was published. Null for a draft.
    #[shared(STAFF)]
    async fn published_at(&self) -> Option<DateTime> {
        self.0.published_at.map(DateTime)
    }

    /// When it was changed last.
    #[shared(STAFF)]
    async fn updated_at(&self) -> Option<DateTime> {
        self.0.updated_at.map(DateTime)
    }
}

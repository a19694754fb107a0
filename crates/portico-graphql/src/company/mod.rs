//! `company`: what belongs to a company as a whole. Each of its parts has a file of its own beside this one.

mod settings;

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::portal::{BrandingOfCompany, BrandingRow, PortalOfCompany, Shelf};

use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::page::PageArguments;
use crate::portal::{Branding, HelpArticleConnection, help_articles_page};
use settings::CompanyPortal;

/// A company that builds or designs.
pub(crate) struct Company(Arc<BrandingRow>);

/// The company for which the viewer works.
pub(crate) async fn own_company(ctx: &Context<'_>) -> Result<Option<Company>, ApiError> {
    let Some(company) = ctx.data_unchecked::<Loader>().viewer().company() else { return Ok(None) };
    Ok(load(ctx, BrandingOfCompany(company)).await?.map(Company))
}

/// A company that builds or designs.
#[gated]
#[Object]
impl Company {
    /// Its id. `node` does not know it.
    #[shared(STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::COMPANY, self.0.company_id.0)
    }

    /// Its name.
    #[shared(STAFF)]
    async fn name(&self) -> &str {
        &self.0.company_name
    }

    /// What is settled for all its portals.
    #[shared(STAFF)]
    async fn portal(&self, ctx: &Context<'_>) -> Result<Option<CompanyPortal>, ApiError> {
        Ok(load(ctx, PortalOfCompany(self.0.company_id)).await?.map(CompanyPortal))
    }

    /// How it presents itself.
    #[shared(STAFF)]
    async fn branding(&self) -> Branding {
        self.0.as_ref().into()
    }

    /// What it explains to its clients, in order; drafts only with `SETTINGS_MANAGE`.
    #[shared(STAFF)]
    async fn help_articles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only the first so many; 25 unless you say otherwise, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "Only the last so many; 100 at most.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<HelpArticleConnection, ApiError> {
        let page = PageArguments { first, after, last, before };
        help_articles_page(ctx, Shelf::Company(self.0.company_id), page).await
    }
}

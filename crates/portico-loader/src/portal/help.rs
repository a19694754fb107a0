//! Help articles.

use std::collections::HashMap;
use std::sync::Arc;

use portico_core::generations::Owner;
use portico_core::id::{CompanyId, HelpArticleId, ProjectId};
use portico_core::page::{Paged, Slice};
use portico_store::portal::{
    HelpArticleRow, articles_by_id, articles_of_companies, articles_of_portals, count_articles_of_companies,
    count_articles_of_portals,
};
use portico_store::{ReadSession, StoreError};
use serde::Serialize;

use crate::gather::{loads_one, page_each};
use crate::{CachePolicy, Key};

loads_one! {
    /// A company's article, for its staff.
    HelpArticleById(HelpArticleId) => HelpArticleRow, articles_by_id, by id
}

/// List that articles belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum ArticleScope {
    /// A project's portal: published articles, as clients read them.
    Portal(ProjectId),
    /// A company: drafts are visible to staff who may edit them.
    Company(CompanyId),
}

impl ArticleScope {
    fn of(row: &HelpArticleRow) -> Self {
        row.project_id.map_or(Self::Company(row.company_id), Self::Portal)
    }

    fn policy(self) -> CachePolicy {
        match self {
            Self::Portal(project) => CachePolicy::Owner(Owner::Project(project)),
            // Read each time: drafts depend on a permission, and hardly anyone but their authors reads this list.
            Self::Company(_) => CachePolicy::Uncached,
        }
    }
}

/// Splits projects from companies: each are read with one statement.
fn split_owners(scopes: impl IntoIterator<Item = ArticleScope>) -> (Vec<ProjectId>, Vec<CompanyId>) {
    let (mut projects, mut companies) = (Vec::new(), Vec::new());
    for scope in scopes {
        match scope {
            ArticleScope::Portal(project) => projects.push(project),
            ArticleScope::Company(company) => companies.push(company),
        }
    }
    (projects, companies)
}

/// A page of articles, in the company's order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct HelpArticlesOn {
    /// The list.
    pub scope: ArticleScope,
    /// The slice.
    pub slice: Slice,
}

impl Key for HelpArticlesOn {
    type Value = Arc<Paged<Arc<HelpArticleRow>>>;

    const KIND: &'static str = "HelpArticlesOn";

    fn policy(&self) -> CachePolicy {
        self.scope.policy()
    }

    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let mut by_slice: HashMap<Slice, Vec<ArticleScope>> = HashMap::new();
        for key in keys {
            by_slice.entry(key.slice).or_default().push(key.scope);
        }
        let mut pages = HashMap::new();
        for (slice, scopes) in by_slice {
            let (projects, companies) = split_owners(scopes);
            let mut rows = Vec::new();
            if !projects.is_empty() {
                rows.extend(articles_of_portals(session, projects, &slice).await?);
            }
            if !companies.is_empty() {
                rows.extend(articles_of_companies(session, companies, &slice).await?);
            }
            let key = |row: &HelpArticleRow| Self { scope: ArticleScope::of(row), slice: slice.clone() };
            pages.extend(page_each(rows, session.viewer(), &slice, key));
        }
        Ok(pages)
    }
}

/// The number of articles in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct HelpArticleCount(pub ArticleScope);

impl Key for HelpArticleCount {
    type Value = i64;

    const KIND: &'static str = "HelpArticleCount";

    fn policy(&self) -> CachePolicy {
        self.0.policy()
    }

    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let (projects, companies) = split_owners(keys.into_iter().map(|key| key.0));
        let mut counts = HashMap::new();
        if !projects.is_empty() {
            let of_portals = count_articles_of_portals(session, projects).await?;
            counts.extend(of_portals.into_iter().map(|(project, count)| (Self(ArticleScope::Portal(project)), count)));
        }
        if !companies.is_empty() {
            let of_companies = count_articles_of_companies(session, companies).await?;
            counts
                .extend(of_companies.into_iter().map(|(company, count)| (Self(ArticleScope::Company(company)), count)));
        }
        Ok(counts)
    }
}

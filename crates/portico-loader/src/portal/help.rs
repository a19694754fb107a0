//! What companies explain to their clients.

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
    /// An article of a company, for the company's own people.
    HelpArticleById(HelpArticleId) => HelpArticleRow, articles_by_id, by id
}

/// Where articles stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum ArticleScope {
    /// In a project's portal: what its clients read.
    Portal(ProjectId),
    /// In a company, drafts among them for those who write them.
    Company(CompanyId),
}

impl ArticleScope {
    fn of(row: &HelpArticleRow) -> Self {
        row.project_id.map_or(Self::Company(row.company_id), Self::Portal)
    }

    fn policy(self) -> CachePolicy {
        match self {
            Self::Portal(project) => CachePolicy::Owner(Owner::Project(project)),
            // Read each time: who may see drafts hangs on a permission, and hardly anybody but their writers asks.
            Self::Company(_) => CachePolicy::Uncached,
        }
    }
}

/// Projects and companies apart: each are read in one statement.
fn apart(shelves: impl IntoIterator<Item = ArticleScope>) -> (Vec<ProjectId>, Vec<CompanyId>) {
    let (mut projects, mut companies) = (Vec::new(), Vec::new());
    for shelf in shelves {
        match shelf {
            ArticleScope::Portal(project) => projects.push(project),
            ArticleScope::Company(company) => companies.push(company),
        }
    }
    (projects, companies)
}

/// A page of articles, in the order in which the company has put them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct HelpArticlesOn {
    /// Where they stand.
    pub shelf: ArticleScope,
    /// Which slice.
    pub slice: Slice,
}

impl Key for HelpArticlesOn {
    type Value = Arc<Paged<Arc<HelpArticleRow>>>;

    const KIND: &'static str = "HelpArticlesOn";

    fn policy(&self) -> CachePolicy {
        self.shelf.policy()
    }

    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let mut by_slice: HashMap<Slice, Vec<ArticleScope>> = HashMap::new();
        for key in keys {
            by_slice.entry(key.slice).or_default().push(key.shelf);
        }
        let mut pages = HashMap::new();
        for (slice, shelves) in by_slice {
            let (projects, companies) = apart(shelves);
            let mut rows = Vec::new();
            if !projects.is_empty() {
                rows.extend(articles_of_portals(session, projects, &slice).await?);
            }
            if !companies.is_empty() {
                rows.extend(articles_of_companies(session, companies, &slice).await?);
            }
            let key = |row: &HelpArticleRow| Self { shelf: ArticleScope::of(row), slice: slice.clone() };
            pages.extend(page_each(rows, session.viewer(), &slice, key));
        }
        Ok(pages)
    }
}

/// How many articles stand somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct HelpArticleCount(pub ArticleScope);

impl Key for HelpArticleCount {
    type Value = i64;

    const KIND: &'static str = "HelpArticleCount";

    fn policy(&self) -> CachePolicy {
        self.0.policy()
    }

    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let (projects, companies) = apart(keys.into_iter().map(|key| key.0));
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

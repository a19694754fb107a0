//! Help articles (PRT-10).

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use portico_core::access::{Permission, Viewer};
use portico_core::id::{CompanyId, HelpArticleId, ProjectId};
use portico_core::page::Slice;
use portico_core::portal::HelpArticleState;
use portico_store_macros::role_view;

use crate::by_key::rows_by_key;
use crate::children::{ParentId, of_each};
use crate::page::SortBy;
use crate::schema::portal_help_articles;
use crate::{ReadSession, StoreError, Visible};

/// A help article of a company, or as read in a project's portal.
#[role_view(help_articles(id))]
pub struct HelpArticleRow {
    /// The article.
    pub id: HelpArticleId,
    /// The company.
    pub company_id: CompanyId,
    /// The project in whose portal it is read; none for the company's own list.
    pub project_id: Option<ProjectId>,
    /// The title.
    pub title: String,
    /// The text.
    pub body: String,
    /// Whether clients may read it.
    pub state: HelpArticleState,
    /// Sort order; for clients, among the articles that they see.
    pub sort: i32,
    /// Increases with every change; for staff only, like the fields below.
    pub version: Option<i32>,
    /// When it was published.
    pub published_at: Option<DateTime<Utc>>,
    /// Time of the last change.
    pub updated_at: Option<DateTime<Utc>>,
}

impl Visible for HelpArticleRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        let is_published = self.state == HelpArticleState::Published;
        match self.project_id {
            Some(project) => is_published && viewer.may_see_project(self.company_id, project),
            None if is_published => viewer.company() == Some(self.company_id),
            None => viewer.may_in(self.company_id, Permission::SettingsManage),
        }
    }
}

rows_by_key! {
    /// Companies' articles by id.
    articles_by_id(HelpArticleId) -> HelpArticleRow = help_articles by id;
}

/// Defines the queries of a page and of the total of one list of articles.
macro_rules! articles {
    (
        $place:literal: $table:ident by $column:ident($key:ty), as $row:expr;
        $pages:ident, $counts:ident
    ) => {
        #[doc = concat!("The same slice of the articles of each of these ", $place, ", in their order.")]
        ///
        /// # Errors
        ///
        /// [`StoreError`] if the query fails.
        pub async fn $pages(
            session: &ReadSession,
            of: Vec<$key>,
            slice: &Slice,
        ) -> Result<Vec<HelpArticleRow>, StoreError> {
            let order = SortBy {
                expression: concat!(stringify!($table), ".sort"),
                folds_case: false,
                id: concat!(stringify!($table), ".id"),
                descending: false,
            };
            let of_one = $table::table
                .filter($table::$column.eq(ParentId))
                .filter(order.within(slice))
                .order(order.order(slice))
                .limit(slice.limit())
                .select($row);
            session.load(of_each(of.into_iter().map(|id| id.0), of_one)).await
        }

        #[doc = concat!("How many articles these ", $place, " have, in the same role view. One without any is left out.")]
        ///
        /// # Errors
        ///
        /// [`StoreError`] if the query fails.
        pub async fn $counts(session: &ReadSession, of: Vec<$key>) -> Result<Vec<($key, i64)>, StoreError> {
            let of_these = $table::table.filter($table::$column.eq_any(of));
            session.load(of_these.group_by($table::$column).select(($table::$column, count_star()))).await
        }
    };
}

articles! {
    "projects' portals": portal_help_articles by project_id(ProjectId), as in_a_portal();
    articles_of_portals, count_articles_of_portals
}
articles! {
    "companies": help_articles by company_id(CompanyId), as HelpArticleRow::as_select();
    articles_of_companies, count_articles_of_companies
}

/// The columns of [`HelpArticleRow`], from the portals' view.
#[diesel::dsl::auto_type]
fn in_a_portal() -> _ {
    (
        portal_help_articles::id,
        portal_help_articles::company_id,
        portal_help_articles::project_id.nullable(),
        portal_help_articles::title,
        portal_help_articles::body,
        portal_help_articles::state,
        portal_help_articles::sort,
        portal_help_articles::version,
        portal_help_articles::published_at,
        portal_help_articles::updated_at,
    )
}

//! Help articles, as actions write them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, HelpArticleId};
use portico_core::portal::HelpArticleState;
use portico_store_macros::row_change;

use crate::schema::base::help_articles;
use crate::{Differences, StoreError};

/// Columns of a help article that actions write.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, AsChangeset, Insertable)]
#[diesel(table_name = help_articles, check_for_backend(diesel::pg::Pg), treat_none_as_null = true)]
pub struct HelpArticle {
    /// The title.
    pub title: String,
    /// The text.
    pub body: String,
    /// Sort order among the company's articles.
    pub sort: i32,
    /// Whether clients may read it.
    pub state: HelpArticleState,
    /// Increases with every change.
    pub version: i32,
    /// When it was published; none for a draft.
    pub published_at: Option<DateTime<Utc>>,
}

/// Changes of a help article; none keeps the current value.
#[row_change(help_articles, HelpArticleId)]
pub struct HelpArticleChange {
    /// The title.
    pub title: Option<String>,
    /// The text.
    pub body: Option<String>,
    /// The sort order among the company's articles.
    pub sort: Option<i32>,
}

/// An article of this company, locked; none if the company has no such article.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn lock_article(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    article: HelpArticleId,
) -> Result<Option<HelpArticle>, StoreError> {
    Ok(help_articles::table
        .filter(help_articles::id.eq(article))
        .filter(help_articles::company_id.eq(company))
        .select(HelpArticle::as_select())
        .for_update()
        .first(connection)
        .await
        .optional()?)
}

/// The highest sort order of a company's articles; none without articles.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn last_place(connection: &mut AsyncPgConnection, company: CompanyId) -> Result<Option<i32>, StoreError> {
    let of_company = help_articles::table.filter(help_articles::company_id.eq(company));
    Ok(of_company.select(diesel::dsl::max(help_articles::sort)).first(connection).await?)
}

/// Inserts an article of a company.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn insert_article(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: HelpArticleId,
    article: &HelpArticle,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let row = (
        help_articles::id.eq(id),
        help_articles::company_id.eq(company),
        help_articles::created_at.eq(now),
        help_articles::updated_at.eq(now),
        article,
    );
    diesel::insert_into(help_articles::table).values(row).execute(connection).await?;
    Ok(())
}

/// Changes an article, not its state. Returns the changed fields.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn change_article(
    connection: &mut AsyncPgConnection,
    id: HelpArticleId,
    change: HelpArticleChange,
    now: DateTime<Utc>,
) -> Result<Differences<HelpArticleChange>, StoreError> {
    let differences = change.differences(connection, id).await?;
    if !differences.is_empty() {
        let version = help_articles::version.eq(help_articles::version + 1);
        let set = (&differences.change, version, help_articles::updated_at.eq(now));
        diesel::update(help_articles::table.find(id)).set(set).execute(connection).await?;
    }
    Ok(differences)
}

/// Updates an article.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn write_article(
    connection: &mut AsyncPgConnection,
    id: HelpArticleId,
    article: &HelpArticle,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let change = (article, help_articles::updated_at.eq(now));
    diesel::update(help_articles::table.find(id)).set(change).execute(connection).await?;
    Ok(())
}

/// Deletes a locked article.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn delete_article(connection: &mut AsyncPgConnection, article: HelpArticleId) -> Result<(), StoreError> {
    diesel::delete(help_articles::table.find(article)).execute(connection).await?;
    Ok(())
}

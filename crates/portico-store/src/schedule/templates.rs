//! Templates of schedules.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::access::{Permission, Viewer};
use portico_core::id::{CompanyId, ScheduleTemplateId};
use portico_core::schedule::VersionPlan;
use portico_store_macros::role_view;

use crate::by_key::rows_by_key;
use crate::schema::base::schedule_templates as written;
use crate::{StoreError, Visible};

/// A company's template, without its plan.
#[role_view(schedule_templates(id))]
pub struct ScheduleTemplateRow {
    /// The template.
    pub id: ScheduleTemplateId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its name.
    pub name: String,
    /// The number of its tasks.
    pub task_count: i32,
    /// Increases with every change.
    pub version: i32,
    /// The time of the last change.
    pub updated_at: DateTime<Utc>,
}

impl Visible for ScheduleTemplateRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.company() == Some(self.company_id) && viewer.permissions.contains(Permission::ScheduleEdit)
    }
}

rows_by_key! {
    /// Templates of companies, by name.
    templates_of_companies(CompanyId) -> ScheduleTemplateRow = schedule_templates by company_id in order of name, id;
}

/// A company's template, as actions read and write it.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnTemplate {
    /// Its name.
    pub name: String,
    /// Its plan.
    pub plan: VersionPlan,
    /// Increases with every change.
    pub version: i32,
}

fn unreadable(error: &serde_json::Error) -> StoreError {
    StoreError::Failed(format!("the plan of a template: {error}"))
}

/// A company's template, locked.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn own_template(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: ScheduleTemplateId,
) -> Result<Option<OwnTemplate>, StoreError> {
    let own = written::table.filter(written::company_id.eq(company)).filter(written::id.eq(id));
    let row: Option<(String, String, i32)> = own
        .select((written::name, written::plan, written::version))
        .for_no_key_update()
        .first(connection)
        .await
        .optional()?;
    let Some((name, plan, version)) = row else { return Ok(None) };
    let plan = serde_json::from_str(&plan).map_err(|error| unreadable(&error))?;
    Ok(Some(OwnTemplate { name, plan, version }))
}

/// The number of a company's templates, and whether one other than `but` has this name, ignoring case.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn templates_like(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    name: &str,
    but: Option<ScheduleTemplateId>,
) -> Result<(usize, bool), StoreError> {
    let all = written::table.filter(written::company_id.eq(company));
    let all: Vec<(ScheduleTemplateId, String)> = all.select((written::id, written::name)).load(connection).await?;
    let wanted = name.to_lowercase();
    let is_taken = all.iter().any(|(id, name)| Some(*id) != but && name.to_lowercase() == wanted);
    Ok((all.len(), is_taken))
}

/// Saves a template; it replaces one with the same id.
///
/// # Errors
///
/// [`StoreError::Taken`] if another template of the company has the name.
pub async fn save_template(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: ScheduleTemplateId,
    template: &OwnTemplate,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let plan = serde_json::to_string(&template.plan).map_err(|error| unreadable(&error))?;
    let values = (
        written::name.eq(&template.name),
        written::plan.eq(plan),
        written::task_count.eq(i32::try_from(template.plan.tasks.len()).unwrap_or(i32::MAX)),
        written::version.eq(template.version),
        written::updated_at.eq(now),
    );
    let row = (written::id.eq(id), written::company_id.eq(company), values.clone());
    let insert = diesel::insert_into(written::table).values(row);
    insert.on_conflict(written::id).do_update().set(values).execute(connection).await?;
    Ok(())
}

/// Deletes a template.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn delete_template(connection: &mut AsyncPgConnection, id: ScheduleTemplateId) -> Result<(), StoreError> {
    diesel::delete(written::table.find(id)).execute(connection).await?;
    Ok(())
}

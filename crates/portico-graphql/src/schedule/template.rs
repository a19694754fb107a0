//! Templates of schedules.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use portico_actions::schedule::{ScheduleTemplateDelete, ScheduleTemplateSave};
use portico_core::id::{CompanyId, Tag};
use portico_graphql_macros::gated;
use portico_loader::schedule::{ScheduleTemplateRow, TemplatesOfCompany};

use crate::act::{act, payload};
use crate::company::{Company, own_company};
use crate::direct::Direct;
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::scalars::DateTime;

pub(crate) struct ScheduleTemplate(Arc<ScheduleTemplateRow>);

/// A company's templates, by name.
pub(crate) async fn templates_of(
    ctx: &Context<'_>,
    company: CompanyId,
) -> Result<Vec<Direct<ScheduleTemplate>>, ApiError> {
    let rows = load(ctx, TemplatesOfCompany(company)).await?;
    Ok(rows.iter().map(|row| ScheduleTemplate(Arc::clone(row)).into()).collect())
}

/// Template of schedules: tasks, milestones and dependencies with which projects begin.
#[gated]
#[Object]
impl ScheduleTemplate {
    /// Template ID; cannot be fetched with `node`.
    #[requires(SCHEDULE_EDIT)]
    async fn id(&self) -> ID {
        ids::global(Tag::SCHEDULE_TEMPLATE, self.0.id.0)
    }

    /// Name.
    #[requires(SCHEDULE_EDIT)]
    async fn name(&self) -> &str;

    /// Number of its tasks.
    #[requires(SCHEDULE_EDIT)]
    async fn task_count(&self) -> i32;

    /// Increases with every change.
    #[requires(SCHEDULE_EDIT)]
    async fn version(&self) -> i32;

    /// Time of the last change.
    #[requires(SCHEDULE_EDIT)]
    async fn updated_at(&self) -> DateTime;
}

/// Input of `scheduleTemplateSave`. Without `templateId` it adds a template and needs `name` and `versionId`.
#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ScheduleTemplateSaveInput {
    /// Template to change. Omit to add one.
    #[requires(SCHEDULE_EDIT)]
    template_id: Option<ID>,
    /// `version` of the template that you read. Omit to save without checking for changes by others.
    #[requires(SCHEDULE_EDIT)]
    expected_version: Option<i32>,
    /// Name, unique in the company. Omit to keep the current value.
    #[requires(SCHEDULE_EDIT)]
    name: Option<String>,
    /// Schedule version of any project to copy. Not copied are assignees, notes and progress. Omit to keep the current tasks.
    #[requires(SCHEDULE_EDIT)]
    version_id: Option<ID>,
}

#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ScheduleTemplateDeleteInput {
    /// ID of the template.
    #[requires(SCHEDULE_EDIT)]
    template_id: ID,
}

payload! {
    ScheduleTemplateSavePayload for (STAFF) {
        /// The company. Null on rejection.
        company: Company,
    }
}

payload! {
    ScheduleTemplateDeletePayload for (STAFF) {
        /// The company. Null on rejection.
        company: Company,
    }
}

#[derive(Default)]
pub(crate) struct ScheduleTemplateMutations;

/// Write operations on templates of schedules.
#[gated]
#[Object]
impl ScheduleTemplateMutations {
    /// Creates a template of schedules from a version, or changes one.
    #[requires(SCHEDULE_EDIT)]
    async fn schedule_template_save(
        &self,
        ctx: &Context<'_>,
        input: ScheduleTemplateSaveInput,
    ) -> Result<ScheduleTemplateSavePayload, ApiError> {
        let template = input.template_id.map(|id| ids::read_as(&id, "input.templateId", Tag::SCHEDULE_TEMPLATE));
        let version = input.version_id.map(|id| ids::read_as(&id, "input.versionId", Tag::SCHEDULE_VERSION));
        let action = ScheduleTemplateSave {
            template: template.transpose()?,
            expected_version: input.expected_version,
            name: input.name,
            version: version.transpose()?,
        };
        Ok(match act(ctx, action).await? {
            Ok(_) => ScheduleTemplateSavePayload::done(own_company(ctx).await?),
            Err(refused) => ScheduleTemplateSavePayload::refused(refused),
        })
    }

    /// Deletes a template of schedules. Projects that began with it stay as they are.
    #[requires(SCHEDULE_EDIT)]
    async fn schedule_template_delete(
        &self,
        ctx: &Context<'_>,
        input: ScheduleTemplateDeleteInput,
    ) -> Result<ScheduleTemplateDeletePayload, ApiError> {
        let template = ids::read_as(&input.template_id, "input.templateId", Tag::SCHEDULE_TEMPLATE)?;
        Ok(match act(ctx, ScheduleTemplateDelete { template }).await? {
            Ok(_) => ScheduleTemplateDeletePayload::done(own_company(ctx).await?),
            Err(refused) => ScheduleTemplateDeletePayload::refused(refused),
        })
    }
}

//! Templates of schedules.

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{CompanyId, ScheduleTemplateId, ScheduleVersionId};
use portico_core::limits::caps;
use portico_core::refusal::RefusalCode;
use portico_core::schedule::VersionPlan;
use portico_store::schedule::{
    OwnTemplate, delete_template, own_template, own_version, plan_of_version, save_template, templates_like,
};
use portico_store::sessions::ActingStaff;
use serde_json::json;

use crate::{Action, ActionError, ActivityEvent, Refusal, Work, check};

/// Creates a template of schedules from a version, or changes one. What is `None` stays as it is.
#[derive(Debug, Clone)]
pub struct ScheduleTemplateSave {
    /// The template to change; `None` adds one.
    pub template: Option<ScheduleTemplateId>,
    /// The version of the template that the caller has seen.
    pub expected_version: Option<i32>,
    /// The name; required to add a template.
    pub name: Option<String>,
    /// The version whose plan is copied; required to add a template. In any state.
    pub version: Option<ScheduleVersionId>,
}

impl ScheduleTemplateSave {
    async fn plan(&self, work: &mut Work<'_>, staff: &ActingStaff) -> Result<Option<VersionPlan>, ActionError> {
        let Some(id) = self.version else { return Ok(None) };
        let version = own_version(work.connection(), staff.company, id).await?;
        let version = version.ok_or_else(|| Refusal::not_found("versionId"))?;
        Ok(Some(plan_of_version(work.connection(), version.id).await?.as_template()))
    }
}

impl Action for ScheduleTemplateSave {
    type Done = CompanyId;

    async fn write(&self, work: &mut Work<'_>) -> Result<CompanyId, ActionError> {
        let staff = work.staff(Permission::ScheduleEdit).await?;
        let name = self.name.as_deref().map(|name| check::text("name", name, check::NAME)).transpose()?;
        let plan = self.plan(work, &staff).await?;
        if let Some(name) = &name {
            let (count, is_taken) = templates_like(work.connection(), staff.company, name, self.template).await?;
            if is_taken {
                let message = "is in use by another template: choose another name";
                return Err(Refusal::of(RefusalCode::Taken, "name", message).into());
            }
            if self.template.is_none() && count >= caps::SCHEDULE_TEMPLATES as usize {
                let message = format!("a company has at most {} templates: delete one first", caps::SCHEDULE_TEMPLATES);
                return Err(Refusal::new(RefusalCode::InvalidState, message).into());
            }
        }
        let (id, old, new) = match self.template {
            Some(id) => {
                let old = own_template(work.connection(), staff.company, id).await?;
                let old = old.ok_or_else(|| Refusal::not_found("templateId"))?;
                if self.expected_version.is_some_and(|expected| expected != old.version) {
                    return Err(Refusal::outdated(old.version).into());
                }
                let name = name.unwrap_or_else(|| old.name.clone());
                let plan = plan.unwrap_or_else(|| old.plan.clone());
                let new = OwnTemplate { name, plan, version: old.version + 1 };
                (id, Some(old), new)
            }
            None => {
                let missing = |member, what| Refusal::missing(member, what);
                let name = name.ok_or_else(|| missing("name", "is required to add a template"))?;
                let plan = plan.ok_or_else(|| missing("versionId", "is required to add a template"))?;
                (ScheduleTemplateId::generate(), None, OwnTemplate { name, plan, version: 1 })
            }
        };
        if old.as_ref().is_some_and(|old| (&old.name, &old.plan) == (&new.name, &new.plan)) {
            return Ok(staff.company);
        }
        let now = work.now();
        save_template(work.connection(), staff.company, id, &new, now).await?;
        let event = ActivityEvent::new(ActivityKind::ScheduleTemplateSaved)
            .in_company(staff.company)
            .to(SubjectKind::ScheduleTemplate, id)
            .with(json!({ "isNew": old.is_none(), "tasks": new.plan.tasks.len() }));
        work.record(event).await?;
        Ok(staff.company)
    }
}

/// Deletes a template. Projects that began with it stay as they are.
#[derive(Debug, Clone, Copy)]
pub struct ScheduleTemplateDelete {
    /// The template.
    pub template: ScheduleTemplateId,
}

impl Action for ScheduleTemplateDelete {
    type Done = CompanyId;

    async fn write(&self, work: &mut Work<'_>) -> Result<CompanyId, ActionError> {
        let staff = work.staff(Permission::ScheduleEdit).await?;
        let template = own_template(work.connection(), staff.company, self.template).await?;
        template.ok_or_else(|| Refusal::not_found("templateId"))?;
        delete_template(work.connection(), self.template).await?;
        let event = ActivityEvent::new(ActivityKind::ScheduleTemplateDeleted)
            .in_company(staff.company)
            .to(SubjectKind::ScheduleTemplate, self.template);
        work.record(event).await?;
        Ok(staff.company)
    }
}

//! Changes a project.

use chrono::NaiveDate;
use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::ProjectId;
use portico_core::projects::{ProjectStage, ProjectStatus};
use portico_core::refusal::RefusalCode;
use portico_store::StoreError;
use portico_store::projects::{ChangedProject, OwnProject, change_internals, change_project};
use portico_store::selections::recompute_deadlines;

use super::draft::{NUMBER, taken_number};
use super::{ProjectFigures, open_project};
use crate::{Action, ActionError, ActivityEvent, Refusal, Work, check};

/// Changes of an address. `None` keeps the current value.
#[derive(Debug, Clone, Default)]
pub struct AddressChange {
    /// Street and house number.
    pub line: Option<String>,
    /// City.
    pub city: Option<String>,
    /// State, province or canton.
    pub region: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// ISO 3166-1 code, two letters.
    pub country: Option<String>,
}

/// Changes a project. `None` keeps the current value. The currency is immutable.
#[derive(Debug, Clone)]
pub struct ProjectUpdate {
    /// The project.
    pub project: ProjectId,
    /// The version that was read.
    pub expected_version: i32,
    /// The number.
    pub number: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The address.
    pub address: AddressChange,
    /// The status: the current one or the next.
    pub status: Option<ProjectStatus>,
    /// The construction phase.
    pub stage: Option<ProjectStage>,
    /// IANA time zone.
    pub time_zone: Option<String>,
    /// The first day of work; `Some(None)` clears it.
    pub started_on: Option<Option<NaiveDate>>,
    /// Money and internal figures.
    pub figures: ProjectFigures,
}

impl ProjectUpdate {
    fn checked(&self) -> Result<ChangedProject, ActionError> {
        let (status, stage, started_on) = (self.status, self.stage, self.started_on);
        let mut change = ChangedProject { status, stage, started_on, ..ChangedProject::default() };
        let address = &self.address;
        let texts = [
            ("number", &self.number, NUMBER, &mut change.number),
            ("address.line", &address.line, check::NAME, &mut change.address_line),
            ("address.city", &address.city, check::NAME, &mut change.city),
            ("address.region", &address.region, check::NAME, &mut change.region),
            ("address.postalCode", &address.postal_code, NUMBER, &mut change.postal_code),
        ];
        let texts = texts.into_iter().filter_map(|(member, text, max, place)| {
            let text = text.as_deref()?;
            Some(check::text(member, text, max).map(|text| *place = Some(text)))
        });
        let mut checks: Vec<_> = texts.collect();
        if let Some(name) = &self.name {
            checks.push(check::name("name", name).map(|name| change.name = Some(name)));
        }
        if let Some(country) = &address.country {
            checks.push(check::country("address.country", country).map(|code| change.country = Some(code)));
        }
        if let Some(zone) = &self.time_zone {
            checks.push(check::time_zone("timeZone", zone).map(|zone| change.time_zone = Some(zone)));
        }
        check::all(checks)?;
        Ok(change)
    }

    /// Checks the change against the current version and status.
    fn fits(&self, project: &OwnProject) -> Result<(), Refusal> {
        if project.version != self.expected_version {
            return Err(Refusal::outdated(project.version));
        }
        match self.status {
            Some(next) if next != project.status && project.status.next() != Some(next) => {
                let remedy = project.status.next().map(|next| format!(": choose {next}")).unwrap_or_default();
                let message = format!("cannot change from {} to {next}{remedy}", project.status);
                Err(Refusal::of(RefusalCode::InvalidState, "status", message))
            }
            _ => Ok(()),
        }
    }
}

impl Action for ProjectUpdate {
    type Done = ();

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let staff = work.staff(Permission::ProjectsWrite).await?;
        self.figures.refuse_hidden(work).await?;
        let project = open_project(work, &staff, self.project, "id").await?;
        let mut change = self.checked()?;
        let (contract_total_minor, internals) = self.figures.checked(project.currency)?;
        change.contract_total_minor = contract_total_minor;
        self.fits(&project)?;
        let internals = change_internals(work.connection(), staff.company, project.id, internals).await?;
        let change = match change_project(work.connection(), project.id, change).await {
            Err(StoreError::Taken(_)) => return Err(taken_number().into()),
            differences => differences?,
        };
        if change.names.contains(&"timeZone") {
            let now = work.now();
            recompute_deadlines(work.connection(), project.id, now).await?;
        }
        let event = ActivityEvent::new(ActivityKind::ProjectChanged).in_project(staff.company, project.id);
        let event = event.to(SubjectKind::Project, project.id);
        work.record_changes(event, &[change.names, internals.names].concat()).await
    }
}

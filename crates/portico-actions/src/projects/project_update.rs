//! What is said of a project changes.

use chrono::NaiveDate;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::ProjectId;
use portico_core::people::Permission;
use portico_core::projects::{ProjectStage, ProjectStatus};
use portico_core::refusal::RefusalCode;
use portico_store::StoreError;
use portico_store::projects::{ChangedProject, OwnProject, change_internals, change_project};
use serde_json::json;

use super::draft::{NUMBER, taken_number};
use super::{ProjectFigures, open_project};
use crate::{Action, ActionError, Happened, Refusal, Work, check};

/// What is to be changed of an address; what is none stays.
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

/// Changes what is said of a project; what is none stays. The currency of its money does not change.
#[derive(Debug, Clone)]
pub struct ProjectUpdate {
    /// The project.
    pub project: ProjectId,
    /// The version that was read; another one means that somebody else has changed it since.
    pub expected_version: i32,
    /// The number.
    pub number: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The address.
    pub address: AddressChange,
    /// Where it is in its life: where it is now, or the state that follows.
    pub status: Option<ProjectStatus>,
    /// What is being done.
    pub stage: Option<ProjectStage>,
    /// IANA name of the zone.
    pub time_zone: Option<String>,
    /// When work started; none within takes it away.
    pub started_on: Option<Option<NaiveDate>>,
    /// Its money and internal figures.
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

    /// Whether it may be changed so, as it stands now.
    fn fits(&self, project: &OwnProject) -> Result<(), Refusal> {
        if project.version != self.expected_version {
            let message = format!("the project has been changed since; its version is {}", project.version);
            return Err(Refusal::of(RefusalCode::Conflict, "expectedVersion", message));
        }
        match self.status {
            Some(next) if next != project.status && project.status.next() != Some(next) => {
                let message = format!("the project is {}, and cannot become {next}", project.status);
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
        let changed = [change.names(), internals.names()].concat();
        change_internals(work.connection(), staff.company, project.id, internals).await?;
        match change_project(work.connection(), project.id, change).await {
            Err(StoreError::Taken(_)) => return Err(taken_number().into()),
            done => done?,
        }
        let happened = Happened::new(ActivityKind::ProjectChanged).in_project(staff.company, project.id);
        work.record(happened.to(SubjectKind::Project, project.id).with(json!({ "changed": changed }))).await
    }
}

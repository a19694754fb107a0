//! Values of a new project.

use std::collections::HashSet;

use chrono::NaiveDate;
use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::contacts::ContactKind;
use portico_core::id::{ContactId, IdentityId, ProjectId, ScheduleTemplateId};
use portico_core::money::Currency;
use portico_core::projects::{ClientRelationship, ProjectStage, ProjectStatus};
use portico_core::refusal::RefusalCode;
use portico_store::StoreError;
use portico_store::contacts::own_contact;
use portico_store::memberships::{NewClientMembership, client_memberships_of, insert_client_membership, lock_project};
use portico_store::projects::{NewProject, insert_project};
use portico_store::sessions::ActingStaff;
use serde::Serialize;

use crate::contacts::wrong_contact_kind;
use crate::invitations::invite;
use crate::schedule::{DraftBasis, ScheduleDraftCreate, create_draft};
use crate::{ActionError, ActivityEvent, Refusal, Work, check};

/// Maximum length of a project number, in characters.
pub(super) const NUMBER: usize = 40;
/// Maximum number of clients of a new project.
const CLIENTS: usize = 10;

/// Postal address of a new project.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AddressDraft {
    /// Street and house number.
    pub line: String,
    /// City.
    pub city: String,
    /// State, province or canton.
    pub region: String,
    /// Postal code.
    pub postal_code: String,
    /// ISO 3166-1 code, two letters.
    pub country: String,
}

/// Client of a new project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClientOfProject {
    /// The company's contact.
    pub contact: ContactId,
    /// The relationship to the project.
    pub relationship: ClientRelationship,
}

/// Values of a new project.
#[derive(Debug, Clone, Serialize)]
pub struct ProjectDraft {
    /// The project number.
    pub number: String,
    /// The name.
    pub name: String,
    /// The address of the site.
    pub address: AddressDraft,
    /// PROSPECT or ACTIVE.
    pub status: ProjectStatus,
    /// The construction phase.
    pub stage: ProjectStage,
    /// IANA time zone of the project's dates.
    pub time_zone: String,
    /// ISO 4217 code of the project's only currency.
    pub currency: String,
    /// The first day of work.
    pub started_on: Option<NaiveDate>,
    /// The clients. They have no access and get no email before they are invited (INV-1).
    pub clients: Vec<ClientOfProject>,
    /// Whether to invite the clients in the same transaction (INV-2).
    pub invite_clients: bool,
    /// The template with which the schedule begins.
    pub schedule_template: Option<ScheduleTemplateId>,
    /// The idempotency key; required to invite clients.
    pub idempotency_key: Option<String>,
}

/// Values of a new project that passed the checks without the database.
pub(crate) struct CheckedProject {
    project: NewProject,
    pub(crate) clients: Vec<ClientOfProject>,
    invite_clients: bool,
    schedule_template: Option<ScheduleTemplateId>,
}

impl ProjectDraft {
    pub(crate) fn checked(&self) -> Result<CheckedProject, ActionError> {
        let address = &self.address;
        let (mut time_zone, mut currency) = (String::new(), Currency::Usd);
        let mut texts: [String; 7] = Default::default();
        let [number, name, line, city, region, postal_code, country] = &mut texts;
        check::all([
            check::text("number", &self.number, NUMBER).map(|text| *number = text),
            check::name("name", &self.name).map(|text| *name = text),
            check::text("address.line", &address.line, check::NAME).map(|text| *line = text),
            check::text("address.city", &address.city, check::NAME).map(|text| *city = text),
            check::text("address.region", &address.region, check::NAME).map(|text| *region = text),
            check::text("address.postalCode", &address.postal_code, NUMBER).map(|text| *postal_code = text),
            check::country("address.country", &address.country).map(|text| *country = text),
            check::time_zone("timeZone", &self.time_zone).map(|zone| time_zone = zone),
            check::currency("currencyCode", &self.currency).map(|code| currency = code),
            beginning("status", self.status),
            few("clients", &self.clients),
        ])?;
        let [number, name, address_line, city, region, postal_code, country] = texts;
        // The company is set by `begin`.
        let (id, company_id) = (ProjectId::generate(), portico_core::id::CompanyId(Default::default()));
        let (status, stage, started_on) = (self.status, self.stage, self.started_on);
        let project = NewProject {
            id,
            company_id,
            number,
            name,
            address_line,
            city,
            region,
            postal_code,
            country,
            status,
            stage,
            time_zone,
            currency,
            started_on,
        };
        let &Self { invite_clients, schedule_template, .. } = self;
        Ok(CheckedProject { project, clients: self.clients.clone(), invite_clients, schedule_template })
    }
}

fn beginning(member: &str, status: ProjectStatus) -> Result<(), Refusal> {
    if matches!(status, ProjectStatus::Prospect | ProjectStatus::Active) {
        return Ok(());
    }
    Err(Refusal::of(RefusalCode::Invalid, member, "must be PROSPECT or ACTIVE for a new project"))
}

fn few(member: &str, clients: &[ClientOfProject]) -> Result<(), Refusal> {
    if clients.len() <= CLIENTS {
        return Ok(());
    }
    Err(Refusal::of(
        RefusalCode::TooLong,
        member,
        format!("must have at most {CLIENTS} clients: add more with projectClientAdd"),
    ))
}

impl CheckedProject {
    /// Writes the project, its portal and its clients' memberships.
    pub(crate) async fn begin(mut self, work: &mut Work<'_>, staff: &ActingStaff) -> Result<ProjectId, ActionError> {
        let (id, company) = (self.project.id, staff.company);
        self.project.company_id = company;
        let clients = find_clients(work, staff, &self.clients).await?;
        match insert_project(work.connection(), self.project).await {
            Err(StoreError::Taken(_)) => return Err(taken_number().into()),
            done => done?,
        }
        let event = ActivityEvent::new(ActivityKind::ProjectCreated).in_project(company, id);
        work.record(event.to(SubjectKind::Project, id)).await?;
        let owner = |client: &ClientOfProject| client.relationship == ClientRelationship::PrimaryOwner;
        let primary = self.clients.iter().position(owner).unwrap_or_default();
        for (place, (client, identity)) in self.clients.iter().zip(clients).enumerate() {
            let new = NewClientMembership {
                company,
                project: id,
                contact: client.contact,
                identity,
                relationship: client.relationship,
                is_primary: place == primary,
                can_see_status: true,
                can_pay: true,
                can_approve: client.relationship.may_approve(),
            };
            let membership = insert_client_membership(work.connection(), &new).await?;
            let event = ActivityEvent::new(ActivityKind::ProjectClientAdded).in_project(company, id);
            work.record(event.to(SubjectKind::ProjectMembership, membership)).await?;
        }
        if let Some(template) = self.schedule_template {
            work.staff(Permission::ScheduleEdit).await?;
            let draft = ScheduleDraftCreate { project: id, basis: DraftBasis::Template(template), start_on: None };
            create_draft(work, staff, &draft).await.map_err(at_template)?;
        }
        if self.invite_clients {
            invite_all(work, id).await?;
        }
        Ok(id)
    }
}

/// Invites all clients of a new project (INV-2). In the same transaction, so that no mail is sent without the project.
async fn invite_all(work: &mut Work<'_>, id: ProjectId) -> Result<(), ActionError> {
    let staff = work.staff(Permission::ClientsInvite).await?;
    let project = lock_project(work.connection(), staff.company, id).await?;
    let project = project.ok_or_else(|| StoreError::Failed("a project is gone that began just now".to_owned()))?;
    for place in client_memberships_of(work.connection(), staff.company, id).await? {
        invite::send(work, &staff, &project, &place.invitee()).await?;
    }
    Ok(())
}

pub(super) fn taken_number() -> Refusal {
    Refusal::of(RefusalCode::Taken, "number", "is in use by another project: choose another number")
}

/// The identities of the contacts, each once.
async fn find_clients(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    clients: &[ClientOfProject],
) -> Result<Vec<IdentityId>, ActionError> {
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    for (place, client) in clients.iter().enumerate() {
        let member = format!("clients.{place}.contactId");
        let contact = own_contact(work.connection(), staff.company, client.contact).await?;
        let contact = contact.ok_or_else(|| Refusal::not_found(&member))?;
        let identity = match (contact.kind, contact.identity) {
            (ContactKind::Client, Some(identity)) => identity,
            (kind, _) => return Err(wrong_contact_kind(&member, kind, ContactKind::Client).into()),
        };
        if !seen.insert(identity) {
            return Err(Refusal::of(RefusalCode::Taken, &member, "is listed twice: remove one").into());
        }
        found.push(identity);
    }
    Ok(found)
}

/// The refusal of a template, at the member of the input that names it here.
fn at_template(error: ActionError) -> ActionError {
    match error {
        ActionError::Refused(refusals) => {
            let moved = refusals.into_iter().map(|refusal| {
                let is_of_start = refusal.field.last().is_some_and(|member| member == "startOn");
                refusal.at(if is_of_start { "startedOn" } else { "scheduleTemplateId" })
            });
            ActionError::Refused(moved.collect())
        }
        other => other,
    }
}

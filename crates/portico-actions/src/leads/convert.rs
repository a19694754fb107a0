//! Converts leads and contacts to clients and projects.

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::contacts::{ContactKind, Email};
use portico_core::id::{ContactId, LeadId, ProjectId};
use portico_core::projects::ClientRelationship;
use portico_core::refusal::RefusalCode;
use portico_store::contacts::{OwnContact, make_client, own_contact};
use portico_store::leads::{OwnLead, convert_lead, own_lead};
use portico_store::sessions::ActingStaff;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::contacts::{ResolvedPerson, resolve_person};
use crate::projects::{CheckedProject, ClientOfProject, ProjectDraft};
use crate::{Action, ActionError, ActivityEvent, Counted, Refusal, Work};

/// Result of a conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Converted {
    /// The client.
    pub client: ContactId,
    /// The project, if one was created.
    pub project: Option<ProjectId>,
}

/// Converts a lead to a client (LEAD-4). The lead and its message stay.
#[derive(Debug, Clone)]
pub struct LeadConvertToClient {
    /// The lead.
    pub lead: LeadId,
    /// Whether to link an existing account or client with this address.
    pub use_existing: bool,
}

/// Converts a lead to a client with a new project (LEAD-6). One transaction, once per idempotency key of the project.
#[derive(Debug, Clone, Serialize)]
pub struct LeadConvertToProject {
    /// The lead.
    pub lead: LeadId,
    /// The project; the lead's contact becomes its first client.
    pub project: ProjectDraft,
    /// Whether to link an existing account or client with this address.
    pub use_existing: bool,
}

/// Creates a project for a contact (LEAD-6). The contact becomes a client if necessary. One transaction, once per
/// idempotency key of the project.
#[derive(Debug, Clone, Serialize)]
pub struct ContactConvertToProject {
    /// The contact.
    pub contact: ContactId,
    /// The project; the contact becomes its first client.
    pub project: ProjectDraft,
    /// Whether to link an existing account or client with this address.
    pub use_existing: bool,
}

impl Action for LeadConvertToClient {
    type Done = Counted<Converted>;

    async fn write(&self, work: &mut Work<'_>) -> Result<Self::Done, ActionError> {
        let staff = work.staff(Permission::LeadsManage).await?;
        work.staff(Permission::ClientsInvite).await?;
        convert(work, &staff, self.lead, None, self.use_existing).await
    }
}

impl Action for LeadConvertToProject {
    type Done = Counted<Converted>;

    async fn write(&self, work: &mut Work<'_>) -> Result<Self::Done, ActionError> {
        let staff = work.staff(Permission::LeadsManage).await?;
        work.staff(Permission::ClientsInvite).await?;
        work.staff(Permission::ProjectsWrite).await?;
        if let Some(known) = first_result(work, &self.project, self).await? {
            return Ok(Ok(known));
        }
        let converted = convert(work, &staff, self.lead, Some(&self.project), self.use_existing).await?;
        store_result(work, &self.project, converted).await
    }
}

impl Action for ContactConvertToProject {
    type Done = Counted<Converted>;

    async fn write(&self, work: &mut Work<'_>) -> Result<Self::Done, ActionError> {
        let staff = work.staff(Permission::ClientsInvite).await?;
        work.staff(Permission::ProjectsWrite).await?;
        if let Some(known) = first_result(work, &self.project, self).await? {
            return Ok(Ok(known));
        }
        let contact = own_contact(work.connection(), staff.company, self.contact).await?;
        let contact = contact.ok_or_else(|| Refusal::not_found("id"))?;
        let draft = self.project.checked().map_err(under_project)?;
        let client = match to_client(work, &staff, &contact, self.use_existing).await? {
            Ok(client) => client,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let project = create_project(work, &staff, draft, client).await?;
        store_result(work, &self.project, Ok(Converted { client, project: Some(project) })).await
    }
}

/// The first result of this conversion, if the project's idempotency key was used before.
async fn first_result(
    work: &mut Work<'_>,
    project: &ProjectDraft,
    asked: &impl Serialize,
) -> Result<Option<Converted>, ActionError> {
    match &project.idempotency_key {
        Some(key) => work.answered(key, asked).await.map_err(under_project),
        None => Ok(None),
    }
}

/// Stores the result for the project's idempotency key. A rejection is not stored, so that the corrected input may use the key.
async fn store_result(
    work: &mut Work<'_>,
    project: &ProjectDraft,
    outcome: Counted<Converted>,
) -> Result<Counted<Converted>, ActionError> {
    if let (Some(key), Ok(converted)) = (&project.idempotency_key, &outcome) {
        work.answer(key, converted).await?;
    }
    Ok(outcome)
}

async fn convert(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    lead: LeadId,
    project: Option<&ProjectDraft>,
    use_existing: bool,
) -> Result<Counted<Converted>, ActionError> {
    let (lead, contact) = find(work, staff, lead).await?;
    let draft = project.map(ProjectDraft::checked).transpose().map_err(under_project)?;
    let client = match to_client(work, staff, &contact, use_existing).await? {
        Ok(client) => client,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let project = match draft {
        Some(draft) => Some(create_project(work, staff, draft, client).await?),
        None => None,
    };
    let now = work.now();
    convert_lead(work.connection(), lead.id, client, project, now).await?;
    let event = ActivityEvent::new(ActivityKind::LeadConverted).in_company(staff.company);
    let details = json!({ "from": lead.state, "client": client.0, "project": project.map(|project| project.0) });
    work.record(event.to(SubjectKind::Lead, lead.id).with(details)).await?;
    Ok(Ok(Converted { client, project }))
}

async fn find(work: &mut Work<'_>, staff: &ActingStaff, id: LeadId) -> Result<(OwnLead, OwnContact), ActionError> {
    let lead = own_lead(work.connection(), staff.company, id).await?;
    let lead = lead.ok_or_else(|| Refusal::not_found("id"))?;
    if !lead.state.can_be_converted() {
        let message = format!("the lead is {}: only new, contacted and qualified leads can be converted", lead.state);
        return Err(Refusal::of(RefusalCode::InvalidState, "id", message).into());
    }
    let contact = own_contact(work.connection(), staff.company, lead.contact).await?;
    let contact = contact.ok_or_else(|| Refusal::not_found("id"))?;
    Ok((lead, contact))
}

fn about_id(code: RefusalCode, message: &str) -> ActionError {
    Refusal::of(code, "id", message).into()
}

/// The client for a contact: the contact itself or, if requested, the company's existing client with the same address.
async fn to_client(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    contact: &OwnContact,
    use_existing: bool,
) -> Result<Counted<ContactId>, ActionError> {
    match contact.kind {
        ContactKind::Client if contact.identity.is_some() => return Ok(Ok(contact.id)),
        ContactKind::Trade => {
            return Err(about_id(
                RefusalCode::Invalid,
                "a trade partner cannot become a client: add a separate contact with `clientCreate`",
            ));
        }
        ContactKind::Client | ContactKind::Misc => {}
    }
    let address = contact.email.as_deref().unwrap_or_default();
    let email = address.parse::<Email>().map_err(|_| {
        let code = if address.is_empty() { RefusalCode::Blank } else { RefusalCode::Invalid };
        about_id(code, "the contact has no valid email address: a client needs one")
    })?;
    match resolve_person(work, staff, &email, &contact.name, use_existing, Some(contact.id)).await? {
        Err(refusal) => Ok(Err(refusal.at("id"))),
        Ok(ResolvedPerson::Contact(client, ContactKind::Client)) if use_existing => Ok(Ok(client)),
        Ok(ResolvedPerson::Contact(other, kind)) => {
            let message = if kind == ContactKind::Client {
                "the company has a client with this address already: set `useExisting` to use that client, in \
                 `meta.contactId`"
            } else {
                "the company has another contact with this address, which is not a client: convert the contact in \
                 `meta.contactId`"
            };
            Err(Refusal::of(RefusalCode::Taken, "id", message).about_contact(other).into())
        }
        Ok(ResolvedPerson::Identity(identity)) => {
            make_client(work.connection(), contact.id, identity).await?;
            let event = ActivityEvent::new(ActivityKind::ClientCreated).in_company(staff.company);
            work.record(event.to(SubjectKind::Contact, contact.id)).await?;
            Ok(Ok(contact.id))
        }
    }
}

async fn create_project(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    mut draft: CheckedProject,
    client: ContactId,
) -> Result<ProjectId, ActionError> {
    let others = draft.clients.iter().filter(|other| other.contact != client).cloned().collect::<Vec<_>>();
    let first = ClientOfProject { contact: client, relationship: ClientRelationship::PrimaryOwner };
    draft.clients = [vec![first], others].concat();
    draft.begin(work, staff).await.map_err(under_project)
}

/// Puts the paths of a project's errors under the input field `project`.
fn under_project(error: ActionError) -> ActionError {
    match error {
        ActionError::Refused(refusals) => {
            ActionError::Refused(refusals.into_iter().map(|refusal| refusal.under("project")).collect())
        }
        other => other,
    }
}

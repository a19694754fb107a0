//! Actions of clients, trade partners and staff in a project.
//!
//! An action runs in one company's scope. That of staff is known at sign-in; for members of projects a first transaction reads it.

use portico_core::id::{CompanyId, FileId, MessageId, ProjectId, TaskId, ThreadId, UploadId};
use portico_core::portal::Feature;
use portico_core::refusal::RefusalCode;
use portico_store::memberships::{
    Author, author_of, place_of_file, place_of_message, place_of_project, place_of_task, place_of_thread,
    place_of_upload,
};

use crate::{Action, ActionError, Actor, Refusal, Work, WriteScope};

/// The record that an action names, with the member of the input that names it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Named {
    Project(ProjectId, &'static str),
    Thread(ThreadId, &'static str),
    Message(MessageId, &'static str),
    File(FileId, &'static str),
    Upload(UploadId, &'static str),
    Task(TaskId, &'static str),
}

impl Named {
    /// The error for a record that does not exist for the caller.
    pub(crate) fn not_found(self) -> Refusal {
        let (Self::Project(_, member)
        | Self::Thread(_, member)
        | Self::Message(_, member)
        | Self::File(_, member)
        | Self::Upload(_, member)
        | Self::Task(_, member)) = self;
        Refusal::not_found(member)
    }
}

/// An action of any person who may write in a project.
pub(crate) trait MemberAction: Send + Sync {
    /// The result.
    type Done: Send;

    /// The record that decides about the company.
    fn named(&self) -> Named;

    /// Checks, writes and records the change in the company's scope. The company is that of the record, or of the acting staff;
    /// whether the caller may write there is for the action to check.
    fn write_in(
        &self,
        work: &mut Work<'_>,
        company: CompanyId,
    ) -> impl Future<Output = Result<Self::Done, ActionError>> + Send;
}

/// Performs the action in the company's scope.
pub(crate) async fn perform<A: MemberAction>(actor: &Actor, action: &A) -> Result<A::Done, ActionError> {
    let company = match actor.viewer().company() {
        Some(company) => company,
        None => actor.perform(&FindCompany(action.named())).await?,
    };
    actor.perform(&InCompany { company, action }).await
}

/// Finds the company of a record. A record that does not exist and one of another project have the same error, which the
/// action gives for the latter.
struct FindCompany(Named);

impl Action for FindCompany {
    type Done = CompanyId;

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<CompanyId, ActionError> {
        work.person().await?;
        let place = match self.0 {
            Named::Project(id, _) => place_of_project(work.connection(), id).await?,
            Named::Thread(id, _) => place_of_thread(work.connection(), id).await?,
            Named::Message(id, _) => place_of_message(work.connection(), id).await?,
            Named::File(id, _) => place_of_file(work.connection(), id).await?,
            Named::Upload(id, _) => place_of_upload(work.connection(), id).await?,
            Named::Task(id, _) => place_of_task(work.connection(), id).await?,
        };
        Ok(place.ok_or_else(|| self.0.not_found())?.company)
    }
}

struct InCompany<'a, A> {
    company: CompanyId,
    action: &'a A,
}

impl<A: MemberAction> Action for InCompany<'_, A> {
    type Done = A::Done;

    fn company(&self, _: &Actor) -> Option<CompanyId> {
        Some(self.company)
    }

    async fn write(&self, work: &mut Work<'_>) -> Result<A::Done, ActionError> {
        // Staff act in the company of their membership, in whichever scope they are.
        let company = work.person().await?.staff.map_or(self.company, |staff| staff.company);
        self.action.write_in(work, company).await
    }
}

/// The acting person as an author in a project. Without access, the record that was named does not exist.
pub(crate) async fn author(
    work: &mut Work<'_>,
    company: CompanyId,
    project: ProjectId,
    named: Named,
) -> Result<Author, ActionError> {
    let person = work.person().await?;
    let author = author_of(work.connection(), &person, company, project).await?;
    Ok(author.ok_or_else(|| named.not_found())?)
}

/// Rejects a client whose portal does not have a section. Clients know which sections it has.
pub(crate) fn check_section(author: &Author, section: Feature) -> Result<(), Refusal> {
    if author.has(section) {
        return Ok(());
    }
    let message =
        format!("the portal of this project has no section {}: contact the company directly", section.as_str());
    Err(Refusal::new(RefusalCode::InvalidState, message))
}

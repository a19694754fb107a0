//! Approves the chosen option of a selection.

use data_encoding::HEXLOWER;
use portico_core::access::Role;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::decisions::{
    DecisionKind, DecisionOutcome, Evidence, NewDecision, SealedDecision, SeenAllowance, SeenFile, SeenOption,
    SelectionDocument, sha256,
};
use portico_core::id::{CompanyId, DecisionId, GlobalId, ProjectId, SelectionId, Tag};
use portico_core::mail::{MailJob, MailTemplate};
use portico_core::money::Money;
use portico_core::projects::ProjectStatus;
use portico_core::refusal::RefusalCode;
use portico_core::selections::SelectionStatus;
use portico_store::decisions::{database_time, decision_recipients, insert_decision, newest_decision};
use portico_store::files::{SeenContent, contents_seen_on, hold_contents, lock_files_of};
use portico_store::memberships::{LockedProject, lock_project};
use portico_store::selections::{
    ChosenOption, SelectionClient, SharedSelection, approve_selection, lock_shared_selection, selection_client,
    selections_by_id,
};
use portico_store::{StoreError, Visible};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::refusal::ARCHIVED;
use crate::{Action, ActionError, ActivityEvent, Actor, Refusal, Work};

/// Bytes of the salt of a decision's evidence.
const SALT_BYTES: usize = 16;

/// Approves the chosen option of a selection, as a client who may approve (MR-23). The choice is final then (MR-5); the decision is
/// appended to the project's ledger (SEL-2), and the files that clients see on the selection are held as its evidence (EXP-8).
#[derive(Debug, Clone, Serialize)]
pub struct SelectionApprove {
    /// The selection.
    pub id: Option<SelectionId>,
    /// Hash of the document that the client has seen.
    pub document_hash: String,
    /// Idempotency key.
    pub idempotency_key: String,
}

/// An approved selection with the decision.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct ApprovedSelection {
    /// The selection.
    pub selection: SelectionId,
    /// The decision.
    pub decision: DecisionId,
}

impl SelectionApprove {
    /// Approves the choice.
    ///
    /// # Errors
    ///
    /// [`ActionError::Refused`] if the caller may not approve it, in another state, or if the document has changed.
    pub async fn run(self, actor: &Actor) -> Result<ApprovedSelection, ActionError> {
        let not_found = || Refusal::not_found("id");
        let selection = self.id.ok_or_else(not_found)?;
        // In the client's role view. The company whose rows the action may write follows from the selection.
        let session = actor.sees();
        let seen = selections_by_id(&session, vec![selection]).await?;
        session.close();
        let seen = seen.into_iter().find(|row| row.visible_to(actor.viewer())).ok_or_else(not_found)?;
        let approval = Approval { asked: &self, selection, company: seen.company_id, project: seen.project_id };
        actor.perform(&approval).await
    }
}

struct Approval<'a> {
    asked: &'a SelectionApprove,
    selection: SelectionId,
    company: CompanyId,
    project: ProjectId,
}

impl Action for Approval<'_> {
    type Done = ApprovedSelection;

    fn company(&self, _: &Actor) -> Option<CompanyId> {
        Some(self.company)
    }

    async fn write(&self, work: &mut Work<'_>) -> Result<ApprovedSelection, ActionError> {
        let person = work.person().await?;
        if person.role != Role::Client {
            return Err(Refusal::not_found("id").into());
        }
        if let Some(known) = work.answered(&self.asked.idempotency_key, self.asked).await? {
            return Ok(known);
        }
        // The lock of all changes of the project's members and decisions.
        let project = lock_project(work.connection(), self.company, self.project).await?;
        let project = project.ok_or_else(|| Refusal::not_found("id"))?;
        let client = selection_client(work.connection(), self.company, self.project, person.identity).await?;
        let client = client.ok_or_else(|| Refusal::not_found("id"))?;
        let (selection, files) = self.find(work).await?;
        let (chosen, price_minor) = self.check(&project, &client, &selection)?;
        let document = self.document(&selection, chosen, price_minor, files.as_deref().unwrap_or_default());
        let document = document.to_canonical().map_err(not_json)?;
        // Option, location, allowance and files change without the selection's version, so the hash of the whole is compared.
        let is_read = sha256(&document).eq_ignore_ascii_case(&self.asked.document_hash);
        let Some(files) = files.filter(|_| is_read) else {
            let message = "the selection, its option, its allowance or its files have changed since you read it: read it again before you approve";
            return Err(Refusal::of(RefusalCode::Conflict, "documentHash", message).into());
        };
        let sealed = self.decide(work, &client, document).await?;
        insert_decision(work.connection(), self.company, &sealed).await?;
        let contents: Vec<_> = files.iter().map(|file| file.content).collect();
        hold_contents(work.connection(), (self.company, self.project), sealed.decision.id, &contents).await?;
        approve_selection(work.connection(), self.selection).await?;
        let event = ActivityEvent::new(ActivityKind::SelectionApproved)
            .in_project(self.company, self.project)
            .to(SubjectKind::Selection, self.selection)
            .shared_with(&["CLIENT"]);
        work.record(event).await?;
        let price = Money::new(price_minor, selection.currency);
        self.mail(work, &project, &sealed, &Agreed { what: &selection.title, option: &chosen.option_title, price })
            .await?;
        let approved = ApprovedSelection { selection: self.selection, decision: sealed.decision.id };
        work.answer(&self.asked.idempotency_key, &approved).await?;
        Ok(approved)
    }
}

/// What was agreed, for the mail.
struct Agreed<'a> {
    what: &'a str,
    option: &'a str,
    price: Money,
}

impl Approval<'_> {
    /// The selection with the files that its clients see, from the tables. One that they may not see does not exist. No files if one was
    /// attached after the files were locked.
    async fn find(&self, work: &mut Work<'_>) -> Result<(SharedSelection, Option<Vec<SeenContent>>), ActionError> {
        // Before the selection: attaching a file locks both in this order.
        let locked = lock_files_of(work.connection(), self.project, self.selection).await?;
        let selection = lock_shared_selection(work.connection(), self.company, self.project, self.selection).await?;
        let selection = selection.ok_or_else(|| Refusal::not_found("id"))?;
        let seen = contents_seen_on(work.connection(), self.project, self.selection).await?;
        let all_locked = seen.iter().all(|file| locked.contains(&file.file));
        Ok((selection, all_locked.then_some(seen)))
    }

    /// The chosen option with its price, if the client may approve it now.
    fn check<'s>(
        &self,
        project: &LockedProject,
        client: &SelectionClient,
        selection: &'s SharedSelection,
    ) -> Result<(&'s ChosenOption, i64), Refusal> {
        if project.status == ProjectStatus::Archived {
            return Err(Refusal::of(RefusalCode::ProjectClosed, "id", ARCHIVED));
        }
        if !client.can_approve {
            let message = "you may not approve selections of this project: ask a client who may, or the company";
            return Err(Refusal::of(RefusalCode::NotAllowed, "id", message));
        }
        let invalid = |message: String| Refusal::of(RefusalCode::InvalidState, "id", message);
        let status = selection.status;
        if status != SelectionStatus::Chosen {
            return Err(invalid(format!("the selection is {status}: only one that is CHOSEN can be approved")));
        }
        let chosen = selection.chosen.as_ref();
        let chosen = chosen.ok_or_else(|| invalid("the selection has no chosen option".to_owned()))?;
        // MR-6
        let price = chosen.price_minor.ok_or_else(|| {
            invalid("the price of the chosen option is to be determined: wait until it has a price".to_owned())
        })?;
        Ok((chosen, price))
    }

    /// The decision, as the next of the project's chain.
    async fn decide(
        &self,
        work: &mut Work<'_>,
        client: &SelectionClient,
        document: String,
    ) -> Result<SealedDecision, ActionError> {
        let mut salt = [0; SALT_BYTES];
        getrandom::fill(&mut salt)?;
        let origin = &work.actor().origin;
        let evidence = Evidence {
            salt: HEXLOWER.encode(&salt),
            network: origin.network.map(|address| address.to_string()),
            device: origin.device.clone(),
            on_behalf_reason: None,
        };
        let decision = NewDecision {
            id: DecisionId::generate(),
            project: self.project,
            kind: DecisionKind::SelectionApproved,
            subject: self.selection.0,
            outcome: DecisionOutcome::Approved,
            document,
            decided_at: database_time(work.connection()).await?,
            decided_by: client.membership,
            decided_by_name: client.name.clone(),
            terms_version: None,
            evidence,
        };
        let newest = newest_decision(work.connection(), self.project).await?;
        let sealed = decision.seal(newest, &work.actor().installation.decision_keys).map_err(not_json)?;
        sealed.ok_or_else(|| {
            let message =
                "nothing can be approved here yet, since the operator has set no key that signs decisions: retry later";
            Refusal::new(RefusalCode::InvalidState, message).into()
        })
    }

    fn document(
        &self,
        selection: &SharedSelection,
        chosen: &ChosenOption,
        price_minor: i64,
        files: &[SeenContent],
    ) -> SelectionDocument {
        let file = |file: &SeenContent| SeenFile {
            id: file.file,
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            size: file.size,
            sha256: file.sha256.clone(),
        };
        let allowance = selection.allowance.as_ref();
        SelectionDocument {
            project: self.project,
            currency: selection.currency,
            selection: self.selection,
            version: selection.version,
            number: selection.number,
            title: selection.title.clone(),
            instructions: selection.instructions.clone(),
            location: selection.location.clone(),
            option: SeenOption {
                id: chosen.option_id,
                title: chosen.option_title.clone(),
                description: chosen.description.clone(),
                is_standard: chosen.is_standard,
                lead_time_days: chosen.lead_time_days,
                price_minor,
                price_delta_minor: chosen.price_delta_minor,
            },
            allowance: allowance.map(|allowance| SeenAllowance {
                id: allowance.allowance_id,
                name: allowance.allowance_name.clone(),
                granted_minor: allowance.granted_minor,
                used_minor: allowance.used_minor,
            }),
            files: files.iter().map(file).collect(),
        }
    }

    /// Mails the record to each client who may approve: a chain that is rewritten later differs from these mails.
    async fn mail(
        &self,
        work: &mut Work<'_>,
        project: &LockedProject,
        sealed: &SealedDecision,
        agreed: &Agreed<'_>,
    ) -> Result<(), ActionError> {
        let decision = &sealed.decision;
        for recipient in decision_recipients(work.connection(), self.company, self.project).await? {
            let mail = MailJob {
                key: format!("decision:{}:{}", decision.id.0, recipient.membership.0),
                company_id: Some(self.company),
                template: MailTemplate::DecisionRecorded,
                to_address: recipient.email,
                to_name: Some(recipient.name),
                values: json!({
                    "project": project.name,
                    "subject": agreed.what,
                    "agreed": agreed.option,
                    "price": format!("{} {}", agreed.price.amount(), agreed.price.currency),
                    "decided_by": decision.decided_by_name,
                    "decided_at": decision.decided_at.format("%B %-d, %Y at %H:%M UTC").to_string(),
                    "project_id": GlobalId::new(Tag::PROJECT, decision.project.0).to_string(),
                    "position": decision.position,
                    "hash": sealed.hash,
                    "key_id": sealed.key_id,
                    "signature": sealed.signature,
                }),
                link: None,
                portal_host: None,
            };
            work.enqueue(&mail).await?;
        }
        Ok(())
    }
}

fn not_json(error: serde_json::Error) -> ActionError {
    StoreError::Failed(error.to_string()).into()
}

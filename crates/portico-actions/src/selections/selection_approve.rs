//! Approves the choice of a selection.

use data_encoding::HEXLOWER;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::decisions::{
    DecisionKind, DecisionOutcome, Evidence, NewDecision, SealedDecision, SeenAllowance, SeenFile, SeenOption,
    SelectionDocument, sha256,
};
use portico_core::id::{DecisionId, GlobalId, SelectionId, Tag};
use portico_core::mail::{MailJob, MailTemplate};
use portico_core::money::Money;
use portico_core::refusal::RefusalCode;
use portico_core::selections::{
    AllowanceEntryKind, ChosenPrice, EXPIRED, Effect, SelectionAction, SelectionStatus, check_choices,
};
use portico_store::StoreError;
use portico_store::decisions::{database_time, decision_recipients, insert_decision, newest_decision};
use portico_store::files::{SeenContent, contents_seen_on, hold_contents, lock_files_of};
use portico_store::selections::{LockedSelection, StoredOption, set_selection_status};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::client_action::{ClientAction, ClientContext, check_state, perform, today};
use super::contract::{add_to_contract, post};
use crate::{ActionError, ActivityEvent, Actor, Refusal, Work};

/// Bytes of the salt of a decision's evidence.
const SALT_BYTES: usize = 16;

/// Approves the choice of a selection, as a client who may approve (MR-23). The decision is appended to the project's ledger (SEL-2), its
/// price to that of the allowance (MR-5), and what is not included to the contract total (MR-7). The files that clients see on the
/// selection and its chosen options are held as its evidence (EXP-8).
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
        perform(actor, self).await
    }
}

impl ClientAction for SelectionApprove {
    type Done = ApprovedSelection;

    fn selection(&self) -> Option<SelectionId> {
        self.id
    }

    fn idempotency_key(&self) -> &str {
        &self.idempotency_key
    }

    async fn write_at(&self, work: &mut Work<'_>, place: &ClientContext) -> Result<ApprovedSelection, ActionError> {
        let (company, project) = (place.company, place.project.id);
        let (found, files) = find(work, place).await?;
        check(work, place, &found)?;
        let document = document(place, &found, files.as_deref().unwrap_or_default());
        let (effect, contract_minor) = known_effect(&document)?;
        let text = document.to_canonical().map_err(not_json)?;
        // Option, location, allowance and files change without the selection's version, so the hash of the whole is compared.
        let is_read = sha256(&text).eq_ignore_ascii_case(&self.document_hash);
        let Some(files) = files.filter(|_| is_read) else {
            let message = "the selection, its options, its allowance or its files have changed since you read it: read it again before you approve";
            return Err(Refusal::of(RefusalCode::Conflict, "documentHash", message).into());
        };
        let sealed = decide(work, place, text).await?;
        insert_decision(work.connection(), company, &sealed).await?;
        let contents: Vec<_> = files.iter().map(|file| file.content).collect();
        hold_contents(work.connection(), (company, project), sealed.decision.id, &contents).await?;
        let at = sealed.decision.decided_at;
        set_selection_status(work.connection(), place.selection, SelectionStatus::Approved, at).await?;
        if let Some(allowance) = &found.row.allowance {
            let entry = (AllowanceEntryKind::Approved, effect.price_minor);
            post(work, (company, project), allowance.allowance_id, Some(place.selection), entry).await?;
        }
        let event = ActivityEvent::new(ActivityKind::SelectionApproved)
            .in_project(company, project)
            .to(SubjectKind::Selection, place.selection)
            .shared_with(&["CLIENT"]);
        work.record(event).await?;
        add_to_contract(work, company, project, contract_minor).await?;
        let price = Money::new(effect.price_minor, found.row.currency);
        mail(work, place, &sealed, &Agreed { what: &found.row.title, options: &document.options, price }).await?;
        Ok(ApprovedSelection { selection: place.selection, decision: sealed.decision.id })
    }
}

/// What was agreed, for the mail.
struct Agreed<'a> {
    what: &'a str,
    options: &'a [SeenOption],
    price: Money,
}

impl Agreed<'_> {
    /// The options by title, with their quantities.
    fn in_words(&self) -> String {
        let option = |option: &SeenOption| match option.price.quantity {
            1 => option.title.clone(),
            many => format!("{many} × {}", option.title),
        };
        self.options.iter().map(option).collect::<Vec<_>>().join(", ")
    }
}

/// The selection with the files that its clients see, from the tables. No files if one was attached after the files were locked.
async fn find(
    work: &mut Work<'_>,
    place: &ClientContext,
) -> Result<(LockedSelection, Option<Vec<SeenContent>>), ActionError> {
    // Before the selection: attaching a file locks both in this order.
    let locked = lock_files_of(work.connection(), place.project.id, place.selection).await?;
    let found = place.lock(work).await?;
    let seen = contents_seen_on(work.connection(), place.project.id, place.selection).await?;
    let all_locked = seen.iter().all(|file| locked.contains(&file.file));
    Ok((found, all_locked.then_some(seen)))
}

/// Rejects an approval that is not possible now.
fn check(work: &Work<'_>, place: &ClientContext, found: &LockedSelection) -> Result<(), ActionError> {
    place.check_open()?;
    if !place.client.can_approve {
        let message = "you may not approve selections of this project: ask a client who may, or the company";
        return Err(Refusal::of(RefusalCode::NotAllowed, "id", message).into());
    }
    check_state(SelectionAction::Approve, found.row.status)?;
    let today = today(work, found)?;
    if found.chosen().iter().any(|(option, _)| option.is_expired(today)) {
        return Err(Refusal::of(RefusalCode::InvalidState, "id", EXPIRED).into());
    }
    // The company may have changed the number of choices and the prices since.
    let choices: Vec<_> = found.chosen().iter().map(|(option, price)| (Some(option.id), price.quantity)).collect();
    let range = (found.row.min_choices, found.row.max_choices);
    if check_choices(&found.offered(today), &choices, range).is_err() {
        let message = "the company has changed the selection since the choice: read it and choose again";
        return Err(Refusal::of(RefusalCode::InvalidState, "id", message).into());
    }
    Ok(())
}

/// The effect of the approval, with the change of the contract total. None of its prices may be open (MR-6).
fn known_effect(document: &SelectionDocument) -> Result<(Effect, i64), Refusal> {
    let open = |which: &str| {
        let message = format!("the price of {which} is to be determined: wait until it has a price");
        Refusal::of(RefusalCode::InvalidState, "id", message)
    };
    let effect = document.effect().ok_or_else(|| open("the chosen option"))?;
    let contract_minor = effect.contract_minor.ok_or_else(|| open("the included standard"))?;
    Ok((effect, contract_minor))
}

/// The decision, as the next of the project's chain.
async fn decide(work: &mut Work<'_>, place: &ClientContext, document: String) -> Result<SealedDecision, ActionError> {
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
        project: place.project.id,
        kind: DecisionKind::SelectionApproved,
        subject: place.selection.0,
        outcome: DecisionOutcome::Approved,
        document,
        decided_at: database_time(work.connection()).await?,
        decided_by: place.client.membership,
        decided_by_name: place.client.name.clone(),
        terms_version: None,
        evidence,
    };
    let newest = newest_decision(work.connection(), place.project.id).await?;
    let sealed = decision.seal(newest, &work.actor().installation.decision_keys).map_err(not_json)?;
    sealed.ok_or_else(|| {
        let message =
            "nothing can be approved here yet, since the operator has set no key that signs decisions: retry later";
        Refusal::new(RefusalCode::InvalidState, message).into()
    })
}

fn document(place: &ClientContext, found: &LockedSelection, files: &[SeenContent]) -> SelectionDocument {
    let file = |file: &SeenContent| SeenFile {
        id: file.file,
        name: file.name.clone(),
        media_type: file.media_type.clone(),
        size: file.size,
        sha256: file.sha256.clone(),
    };
    let option = |(option, price): (&StoredOption, ChosenPrice)| SeenOption {
        id: option.id,
        title: option.title.clone(),
        description: option.description.clone(),
        is_standard: option.is_standard,
        lead_time_days: option.lead_time_days,
        price,
    };
    let row = &found.row;
    SelectionDocument {
        project: place.project.id,
        currency: row.currency,
        selection: place.selection,
        version: row.version,
        number: row.number,
        title: row.title.clone(),
        instructions: row.instructions.clone(),
        location: row.location.clone(),
        options: found.chosen().into_iter().map(option).collect(),
        basis: found.basis(),
        allowance: row.allowance.as_ref().map(|allowance| SeenAllowance {
            id: allowance.allowance_id,
            name: allowance.allowance_name.clone(),
            covers: allowance.covers,
            terms: allowance.terms.clone(),
        }),
        files: files.iter().map(file).collect(),
    }
}

/// Mails the record to each client who may approve: a chain that is rewritten later differs from these mails.
async fn mail(
    work: &mut Work<'_>,
    place: &ClientContext,
    sealed: &SealedDecision,
    agreed: &Agreed<'_>,
) -> Result<(), ActionError> {
    let decision = &sealed.decision;
    for recipient in decision_recipients(work.connection(), place.company, place.project.id).await? {
        let mail = MailJob {
            key: format!("decision:{}:{}", decision.id.0, recipient.membership.0),
            company_id: Some(place.company),
            template: MailTemplate::DecisionRecorded,
            to_address: recipient.email,
            to_name: Some(recipient.name),
            values: json!({
                "project": place.project.name,
                "subject": agreed.what,
                "agreed": agreed.in_words(),
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

fn not_json(error: serde_json::Error) -> ActionError {
    StoreError::Failed(error.to_string()).into()
}

//! Transaction of an action, with the operations that all actions share.

use chrono::{DateTime, Utc};
use portico_core::access::{Permission, Role};
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::country::Country;
use portico_core::id::{CompanyId, IdentityId, ProjectId};
use portico_core::jobs::Job;
use portico_store::activity::{IdempotentResult, KeyClaim, NewActivity, claim_key, insert_activity, keep_answer};
use portico_store::contacts::country_of_company;
use portico_store::jobs::enqueue;
use portico_store::sessions::{ActingPerson, ActingStaff, acting_person};
use portico_store::{AsyncPgConnection, StoreError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{ActionError, Actor, check};

/// The transaction of an action.
pub struct Work<'a> {
    connection: &'a mut AsyncPgConnection,
    actor: &'a Actor,
    /// The acting person, once read.
    person: Option<ActingPerson>,
    /// The last project in which an event was recorded.
    recorded_in: Option<ProjectId>,
    /// Whether a job was queued, for which a worker is woken after the commit.
    has_jobs: bool,
    /// Fingerprint of the input whose idempotency key this transaction has claimed.
    fingerprint: Option<String>,
}

/// Activity event of an action, for the audit log.
#[derive(Debug, Clone)]
pub struct ActivityEvent {
    kind: ActivityKind,
    company: Option<CompanyId>,
    project: Option<ProjectId>,
    subject: Option<(SubjectKind, Uuid)>,
    by: Option<(IdentityId, &'static str)>,
    audiences: Vec<&'static str>,
    details: Value,
}

impl ActivityEvent {
    /// An event of a kind.
    pub fn new(kind: ActivityKind) -> Self {
        Self { kind, company: None, project: None, subject: None, by: None, audiences: Vec::new(), details: json!({}) }
    }

    /// Sets the company.
    #[must_use]
    pub fn in_company(self, company: CompanyId) -> Self {
        Self { company: Some(company), ..self }
    }

    /// Sets the company and the project.
    #[must_use]
    pub fn in_project(self, company: CompanyId, project: ProjectId) -> Self {
        Self { company: Some(company), project: Some(project), ..self }
    }

    /// Sets the subject.
    #[must_use]
    pub fn to(self, kind: SubjectKind, id: impl Into<Uuid>) -> Self {
        Self { subject: Some((kind, id.into())), ..self }
    }

    /// Sets the actor: a person without a session, identified by a link.
    #[must_use]
    pub fn by(self, person: IdentityId, role: Role) -> Self {
        Self { by: Some((person, role.as_str())), ..self }
    }

    /// Sets the audiences besides staff.
    #[must_use]
    pub fn shared_with(self, audiences: &[&'static str]) -> Self {
        Self { audiences: audiences.to_vec(), ..self }
    }

    /// Sets the details.
    #[must_use]
    pub fn with(self, details: Value) -> Self {
        Self { details, ..self }
    }
}

impl<'a> Work<'a> {
    pub(crate) fn new(connection: &'a mut AsyncPgConnection, actor: &'a Actor) -> Self {
        Self { connection, actor, person: None, recorded_in: None, has_jobs: false, fingerprint: None }
    }

    /// The connection of the transaction.
    pub fn connection(&mut self) -> &mut AsyncPgConnection {
        self.connection
    }

    /// The time of the action.
    pub fn now(&self) -> DateTime<Utc> {
        self.actor.now
    }

    /// The actor.
    pub fn actor(&self) -> &'a Actor {
        self.actor
    }

    /// The signed-in person, read from the tables.
    ///
    /// # Errors
    ///
    /// [`ActionError::NotSignedIn`] when the session has ended, and for keys.
    pub async fn person(&mut self) -> Result<ActingPerson, ActionError> {
        if let Some(person) = &self.person {
            return Ok(person.clone());
        }
        let token = self.actor.viewer().session.as_ref().ok_or(ActionError::NotSignedIn)?;
        let person = acting_person(self.connection, token).await?.ok_or(ActionError::NotSignedIn)?;
        self.person = Some(person.clone());
        Ok(person)
    }

    /// Makes the next call read the acting person again: after a lock, before which rights may have changed.
    pub(crate) fn forget_person(&mut self) {
        self.person = None;
    }

    /// The acting member of staff, who must have a permission.
    ///
    /// # Errors
    ///
    /// [`ActionError::NotAllowed`] when it is missing.
    pub async fn staff(&mut self, permission: Permission) -> Result<ActingStaff, ActionError> {
        let person = self.person().await?;
        person.staff.filter(|staff| staff.permissions.contains(permission)).ok_or(ActionError::NotAllowed(permission))
    }

    /// The country of a company's telephone numbers, read only if there is a number.
    ///
    /// # Errors
    ///
    /// [`ActionError`] when the database does not answer.
    pub(crate) async fn country_for(
        &mut self,
        company: CompanyId,
        phone: Option<&str>,
    ) -> Result<Option<Country>, ActionError> {
        Ok(match phone {
            Some(_) => country_of_company(self.connection, company).await?,
            None => None,
        })
    }

    /// Queues a job, such as a mail, to run after the commit.
    ///
    /// # Errors
    ///
    /// [`ActionError`] when the write fails.
    pub async fn enqueue<J: Job>(&mut self, job: &J) -> Result<(), ActionError> {
        self.enqueue_once(job).await.map(drop)
    }

    /// Queues a job unless its key is known. Returns whether it was queued.
    ///
    /// # Errors
    ///
    /// [`ActionError`] when the write fails.
    pub async fn enqueue_once<J: Job>(&mut self, job: &J) -> Result<bool, ActionError> {
        let is_new = enqueue(self.connection, job, self.actor.now).await?;
        self.has_jobs |= is_new;
        Ok(is_new)
    }

    pub(crate) const fn has_jobs(&self) -> bool {
        self.has_jobs
    }

    /// Records an event of the acting person in the audit log.
    ///
    /// An event of a project locks the project's counter until the transaction ends. An action that records in several
    /// projects does so in the order of their ids, so that two such actions cannot deadlock.
    ///
    /// # Errors
    ///
    /// [`ActionError`] when the write fails.
    pub async fn record(&mut self, event: ActivityEvent) -> Result<(), ActionError> {
        let person = match (&self.person, &self.actor.viewer().session) {
            (None, Some(_)) => self.person().await.ok(),
            (known, _) => known.clone(),
        };
        let by = event.by.or(person.map(|person| (person.identity, person.role.as_str())));
        if event.project.is_some() {
            debug_assert!(self.recorded_in <= event.project, "events are recorded in the order of their projects");
            self.recorded_in = event.project;
        }
        let origin = &self.actor.origin;
        let new = NewActivity {
            at: self.actor.now,
            kind: event.kind,
            company: event.company,
            project: event.project,
            subject: event.subject,
            actor_kind: by.map_or("PUBLIC", |(_, role)| role),
            actor: by.map(|(person, _)| person),
            audiences: event.audiences,
            network: origin.network.map(|address| address.to_string()),
            device: origin.device.clone(),
            details: event.details,
        };
        Ok(insert_activity(self.connection, new).await?)
    }

    /// Records an event with the names of the fields that differ, unless none does: then nothing has changed.
    ///
    /// # Errors
    ///
    /// [`ActionError`] when the write fails.
    pub async fn record_changes(&mut self, mut event: ActivityEvent, changed: &[&str]) -> Result<(), ActionError> {
        if changed.is_empty() {
            return Ok(());
        }
        event.details["changed"] = json!(changed);
        self.record(event).await
    }

    /// The first result of this key, if it was used before (API-3). Otherwise this transaction claims the key until it
    /// ends, and [`Work::answer`] stores the result.
    ///
    /// Keys belong to the acting person. The fingerprint covers the action's name, the membership or role of the actor,
    /// and the input as canonical JSON (RFC 8785): the order of members and the build do not matter.
    ///
    /// # Errors
    ///
    /// [`ActionError::IdempotencyMismatch`] when the key was used for another input; [`ActionError::UnderWay`] while
    /// another request has the key; a refusal for an invalid key.
    pub async fn answered<T: DeserializeOwned, A: Serialize>(
        &mut self,
        key: &str,
        asked: &A,
    ) -> Result<Option<T>, ActionError> {
        check::idempotency_key(key)?;
        let person = self.person().await?;
        let place = person.staff.as_ref().map(|staff| staff.membership);
        let fingerprint = fingerprint(action_name::<A>(), &(person.role.as_str(), place), asked)?;
        match claim_key(self.connection, person.identity, key).await? {
            KeyClaim::Ours => {
                self.fingerprint = Some(fingerprint);
                Ok(None)
            }
            KeyClaim::InFlight => Err(ActionError::UnderWay),
            KeyClaim::Answered(known) if known.fingerprint != fingerprint => Err(ActionError::IdempotencyMismatch),
            KeyClaim::Answered(known) => {
                let answer = serde_json::from_value(known.answer);
                Ok(Some(answer.map_err(|error| StoreError::Failed(error.to_string()))?))
            }
        }
    }

    /// Stores the result of a key that [`Work::answered`] did not know, in the same transaction.
    ///
    /// # Errors
    ///
    /// [`ActionError`] when the write fails.
    pub async fn answer(&mut self, key: &str, answer: &impl Serialize) -> Result<(), ActionError> {
        let actor = self.person().await?.identity;
        let failed = |text: String| ActionError::from(StoreError::Failed(text));
        let fingerprint = self.fingerprint.take().ok_or_else(|| failed("a result is kept for no key".to_owned()))?;
        let answer = serde_json::to_value(answer).map_err(|error| failed(error.to_string()))?;
        let (kept, at) = (IdempotentResult { fingerprint, answer }, self.now());
        Ok(keep_answer(self.connection, actor, key, kept, at).await?)
    }
}

/// Name of an action's type. Renaming an action makes a retry across the upgrade a mismatch, never a second change.
fn action_name<A>() -> &'static str {
    let path = std::any::type_name::<A>();
    path.rsplit("::").next().unwrap_or(path)
}

/// Digest of the input, which distinguishes a retry from another request with the same key.
fn fingerprint(action: &str, place: &impl Serialize, asked: &impl Serialize) -> Result<String, ActionError> {
    let canonical = serde_json_canonicalizer::to_vec(&(action, place, asked));
    let canonical = canonical.map_err(|error| StoreError::Failed(error.to_string()))?;
    Ok(blake3::hash(&canonical).to_hex().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_of_members_does_not_matter() {
        // API-3
        let print = |asked: &Value| fingerprint("InvitationSend", &("OWNER", 1), asked).expect("it is JSON");
        let one = json!({ "project": "p", "nested": { "a": 1, "b": [1, 2] } });
        let same = json!({ "nested": { "b": [1, 2], "a": 1.0 }, "project": "p" });
        assert_eq!(print(&one), print(&same));
        for other in [
            json!({ "project": "q", "nested": { "a": 1, "b": [1, 2] } }),
            json!({ "project": "p", "nested": { "a": 1, "b": [2, 1] } }),
            json!({ "project": "p", "nested": { "a": 1, "b": [1, 2] }, "more": null }),
        ] {
            assert_ne!(print(&one), print(&other), "{other}");
        }
        let elsewhere = fingerprint("InvitationSend", &("OWNER", 2), &one).expect("it is JSON");
        assert_ne!(print(&one), elsewhere, "the same person at another company");
        let deed = fingerprint("InvitationResend", &("OWNER", 1), &one).expect("it is JSON");
        assert_ne!(print(&one), deed, "another action");
    }

    #[test]
    fn action_name_is_its_type_name() {
        assert_eq!(action_name::<crate::invitations::InvitationSend>(), "InvitationSend");
    }
}

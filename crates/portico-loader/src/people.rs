//! People: their own accounts, companies' cards of them, and clients' places in projects.

use std::collections::HashMap;

use portico_core::id::{CompanyId, ContactId, IdentityId, ProjectId, ProjectMembershipId};
use portico_core::people::ContactList;
pub use portico_store::people::{
    ApiKeyRow, ContactInternalsRow, ContactRow, NotificationSettingsRow, ProjectClientInternalsRow, ProjectClientRow,
    SessionRow,
};
use portico_store::people::{
    client_internals_of_places, clients_by_id, clients_of_projects, contacts_by_id, count_contacts,
    internals_of_contacts, keys_of_companies, list_contacts, notification_settings_of_people, sessions_of_people,
};
use portico_store::{SeenBy, StoreError};
use serde::Serialize;

use crate::elsewhere::{lists_elsewhere, loads_elsewhere};
use crate::gather::{Rows, loads_many, loads_one, many_each};
use crate::{Key, Source};

loads_many! {
    /// A project's clients. Their names are their own, and move with nothing of the project: read each time.
    ClientsOfProject(ProjectId) => ProjectClientRow, clients_of_projects, by project_id
}
loads_one! {
    /// A client's place.
    ClientById(ProjectMembershipId) => ProjectClientRow, clients_by_id, by id
}
loads_one! {
    /// What staff know of a client's place.
    ClientInternals(ProjectMembershipId) => ProjectClientInternalsRow, client_internals_of_places, by membership_id
}
loads_elsewhere! {
    /// How a person wishes to be told of news.
    NotificationSettingsOfPerson(IdentityId) => NotificationSettingsRow, notification_settings_of_people, by identity_id
}
loads_elsewhere! {
    /// A contact.
    ContactById(ContactId) => ContactRow, contacts_by_id, by id
}
loads_elsewhere! {
    /// What a company notes of a contact.
    InternalsOfContact(ContactId) => ContactInternalsRow, internals_of_contacts, by contact_id
}
lists_elsewhere! {
    /// A page of the company's contacts.
    ContactPage,
    /// How many contacts a list has.
    ContactCount
    of ContactList => ContactRow, list_contacts, count_contacts
}

/// A person's own sessions. Read each time, since using one changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct SessionsOfPerson(pub IdentityId);

impl Key for SessionsOfPerson {
    type Value = Rows<SessionRow>;

    const KIND: &'static str = "SessionsOfPerson";

    fn source(&self) -> Source {
        Source::Elsewhere
    }

    async fn load(seen: &SeenBy, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let rows = sessions_of_people(seen, keys.into_iter().map(|key| key.0).collect()).await?;
        Ok(many_each(rows, seen.viewer(), |row| Self(row.identity_id)))
    }
}

/// A company's keys for scripts, as far as they are the viewer's business. Read each time, since using one changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct KeysOfCompany(pub CompanyId);

impl Key for KeysOfCompany {
    type Value = Rows<ApiKeyRow>;

    const KIND: &'static str = "KeysOfCompany";

    fn source(&self) -> Source {
        Source::Elsewhere
    }

    async fn load(seen: &SeenBy, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let rows = keys_of_companies(seen, keys.into_iter().map(|key| key.0).collect()).await?;
        Ok(many_each(rows, seen.viewer(), |row| Self(row.company_id)))
    }
}

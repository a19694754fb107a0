//! People: their own accounts, companies' cards of them, and clients' places in projects.

use portico_core::id::{ApiKeyId, CompanyId, ContactId, IdentityId, ProjectId, ProjectMembershipId};
use portico_core::people::ContactList;
pub use portico_store::people::{
    ApiKeyRow, ContactInternalsRow, ContactMembershipRow, ContactRow, InvitationRow, NotificationSettingsRow,
    ProjectClientInternalsRow, ProjectClientRow, ProjectTradeRow, SessionRow,
};
use portico_store::people::{
    client_internals_of_places, clients_by_id, clients_of_projects, contacts_by_id, count_contacts,
    internals_of_contacts, invitations_of_projects, keys_by_id, keys_of_companies, list_contacts,
    memberships_of_contacts, notification_settings_of_people, sessions_of_people, trades_by_id, trades_of_projects,
};

use crate::gather::loads_one;
use crate::uncached::{lists_uncached, loads_many_uncached, loads_uncached};

loads_many_uncached! {
    /// A project's clients. Their names are their own, and move with nothing of the project.
    ClientsOfProject(ProjectId) => ProjectClientRow, clients_of_projects, by project_id
}
loads_many_uncached! {
    /// Invitations into a project, current and past.
    InvitationsOfProject(ProjectId) => InvitationRow, invitations_of_projects, by project_id
}
loads_uncached! {
    /// A client's place.
    ClientById(ProjectMembershipId) => ProjectClientRow, clients_by_id, by id
}
loads_many_uncached! {
    /// A project's trade partners. Their names are those of the company's contacts, and move with nothing of the project.
    TradesOfProject(ProjectId) => ProjectTradeRow, trades_of_projects, by project_id
}
loads_uncached! {
    /// A trade partner's membership.
    TradeById(ProjectMembershipId) => ProjectTradeRow, trades_by_id, by id
}
loads_many_uncached! {
    /// A contact's memberships of projects.
    MembershipsOfContact(ContactId) => ContactMembershipRow, memberships_of_contacts, by contact_id
}
loads_one! {
    /// What staff know of a client's place.
    ClientInternals(ProjectMembershipId) => ProjectClientInternalsRow, client_internals_of_places, by membership_id
}
loads_uncached! {
    /// How a person wishes to be told of news.
    NotificationSettingsOfPerson(IdentityId) => NotificationSettingsRow, notification_settings_of_people, by identity_id
}
loads_uncached! {
    /// A contact.
    ContactById(ContactId) => ContactRow, contacts_by_id, by id
}
loads_uncached! {
    /// What a company notes of a contact.
    InternalsOfContact(ContactId) => ContactInternalsRow, internals_of_contacts, by contact_id
}
lists_uncached! {
    /// A page of the company's contacts.
    ContactPage,
    /// How many contacts a list has.
    ContactCount
    of ContactList => ContactRow, list_contacts, count_contacts
}

loads_many_uncached! {
    /// A person's own sessions. Using one changes it.
    SessionsOfPerson(IdentityId) => SessionRow, sessions_of_people, by identity_id
}
loads_uncached! {
    /// A key for scripts, as far as it is the viewer's business.
    KeyById(ApiKeyId) => ApiKeyRow, keys_by_id, by id
}
loads_many_uncached! {
    /// A company's keys for scripts, as far as they are the viewer's business. Using one changes it.
    KeysOfCompany(CompanyId) => ApiKeyRow, keys_of_companies, by company_id
}

//! People: accounts, companies' contacts, and memberships of projects.

use portico_core::id::{CompanyId, ContactId, IdentityId, ProjectId, ProjectMembershipId};
use portico_core::people::ContactList;
pub use portico_store::people::{
    ApiKeyRow, ContactInternalsRow, ContactMembershipRow, ContactRow, InvitationRow, NotificationSettingsRow,
    ProjectClientInternalsRow, ProjectClientRow, ProjectTradeRow, SessionRow,
};
use portico_store::people::{
    client_internals_of_places, clients_by_id, clients_of_projects, contacts_by_id, count_contacts,
    internals_of_contacts, invitations_of_projects, keys_of_companies, list_contacts, memberships_of_contacts,
    notification_settings_of_people, sessions_of_people, trades_by_id, trades_of_projects,
};

use crate::gather::loads_one;
use crate::uncached::{lists_uncached, loads_many_uncached, loads_uncached};

loads_many_uncached! {
    /// A project's clients. Clients change their own names without a change of the project's generation.
    ClientsOfProject(ProjectId) => ProjectClientRow, clients_of_projects, by project_id
}
loads_many_uncached! {
    /// All invitations to a project, in any state.
    InvitationsOfProject(ProjectId) => InvitationRow, invitations_of_projects, by project_id
}
loads_uncached! {
    /// A client's membership.
    ClientById(ProjectMembershipId) => ProjectClientRow, clients_by_id, by id
}
loads_many_uncached! {
    /// A project's trade partners. Their names are on the company's contacts, which have no generation.
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
    /// Columns of a client's membership for staff only.
    ClientInternals(ProjectMembershipId) => ProjectClientInternalsRow, client_internals_of_places, by membership_id
}
loads_uncached! {
    /// A person's notification settings.
    NotificationSettingsOfPerson(IdentityId) => NotificationSettingsRow, notification_settings_of_people, by identity_id
}
loads_uncached! {
    /// A contact.
    ContactById(ContactId) => ContactRow, contacts_by_id, by id
}
loads_uncached! {
    /// A company's internal data of a contact.
    InternalsOfContact(ContactId) => ContactInternalsRow, internals_of_contacts, by contact_id
}
lists_uncached! {
    /// A page of the company's contacts.
    ContactPage,
    /// The number of contacts in a list.
    ContactCount
    of ContactList => ContactRow, list_contacts, count_contacts
}

loads_many_uncached! {
    /// A person's own sessions. Each use changes one.
    SessionsOfPerson(IdentityId) => SessionRow, sessions_of_people, by identity_id
}
loads_many_uncached! {
    /// A company's API keys that the viewer may see. Each use changes one.
    KeysOfCompany(CompanyId) => ApiKeyRow, keys_of_companies, by company_id
}

//! Clients' and trade partners' memberships in projects.

use portico_core::id::{ContactId, ProjectId, ProjectMembershipId};
pub use portico_store::memberships::{
    ContactMembershipRow, ProjectClientInternalsRow, ProjectClientRow, ProjectTradeRow,
};
use portico_store::memberships::{
    client_internals_of_places, clients_by_id, clients_of_projects, memberships_of_contacts, trades_by_id,
    trades_of_projects,
};

use crate::gather::loads_one;
use crate::uncached::{loads_many_uncached, loads_uncached};

loads_many_uncached! {
    /// A project's clients. Not cached: a client's change of name does not change the project's generation.
    ClientsOfProject(ProjectId) => ProjectClientRow, clients_of_projects, by project_id
}

loads_uncached! {
    /// A client's membership.
    ClientById(ProjectMembershipId) => ProjectClientRow, clients_by_id, by id
}

loads_many_uncached! {
    /// A project's trade partners, with the names of the company's contacts.
    TradesOfProject(ProjectId) => ProjectTradeRow, trades_of_projects, by project_id
}

loads_uncached! {
    /// A trade partner's membership.
    TradeById(ProjectMembershipId) => ProjectTradeRow, trades_by_id, by id
}

loads_many_uncached! {
    /// A contact's memberships in projects.
    MembershipsOfContact(ContactId) => ContactMembershipRow, memberships_of_contacts, by contact_id
}

loads_one! {
    /// Staff's columns of a client's membership.
    ClientInternals(ProjectMembershipId) => ProjectClientInternalsRow, client_internals_of_places, by membership_id
}

//! Clients' and trade partners' memberships in projects.

mod authors;
mod client_rows;
mod clients;
mod members;
mod trade_rows;
mod trades;

pub use authors::{
    Author, RecordPlace, author_by_mail, author_of, has_section, place_of_file, place_of_message, place_of_project,
    place_of_task, place_of_thread, place_of_upload, place_status,
};
pub use client_rows::{
    MembershipChange, ProjectClientInternalsRow, ProjectClientRow, SettingsChange, client_internals_of_places,
    clients_by_id, clients_of_projects,
};
pub use clients::{
    ClientMembership, Invitee, LockedProject, change_membership, change_settings, client_membership,
    client_membership_of, client_memberships_of, invitee, lock_project, make_primary, remove_membership,
};
pub use members::{NewClientMembership, count_members, insert_client_membership, set_access};
pub use trade_rows::{
    ContactMembershipRow, ProjectTradeRow, memberships_of_contacts, trades_by_id, trades_of_projects,
};
pub use trades::{TradeMembership, insert_trade_membership, trade_membership};

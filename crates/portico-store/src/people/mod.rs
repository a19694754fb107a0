//! People: sign-in, companies' cards of them, and what actions write of both.

mod accounts;
mod acting;
mod contact_list;
mod contact_writes;
mod contacts;
mod identities;
mod keys;
mod members;
mod met;
mod sign_in;

pub use accounts::{AccountChange, change_account};
pub use acting::{ActingPerson, ActingStaff, acting_person};
pub use contact_list::{count_contacts, list_contacts};
pub use contact_writes::{
    ContactChange, NewContact, OwnContact, change_contact, insert_contact, make_client, own_contact, own_contact_with,
    point_contact_at, portal_host_of,
};
pub(crate) use contacts::may_see_people;
pub use contacts::{ContactInternalsRow, ContactRow, contacts_by_id, internals_of_contacts};
pub use identities::{FoundIdentity, find_or_create_identity, hold_identity};
pub use keys::{Creator, NewApiKey, find_creator, find_projects, insert_api_key};
pub use members::{NewClientMembership, insert_client_membership};
pub use met::{first_met_since, hold_staff};

//! A company's contacts, and the countries of their telephone numbers.

mod countries;
mod list;
mod lookups;
mod rows;
mod writes;

pub use countries::{country_of_company, country_of_person};
pub use list::{count_contacts, list_contacts};
pub use lookups::{first_lookup_since, lock_staff};
pub(crate) use rows::may_see_people;
pub use rows::{ContactChange, ContactInternalsRow, ContactRow, NewContact, contacts_by_id, internals_of_contacts};
pub use writes::{
    OwnContact, change_contact, find_contact, insert_contact, link_contact_to, make_client, own_contact,
    own_contact_with,
};

//! Companies' cards of people.

use portico_core::id::ContactId;
use portico_core::people::ContactList;
pub use portico_store::people::{ContactInternalsRow, ContactRow};
use portico_store::people::{contacts_by_id, count_contacts, internals_of_contacts, list_contacts};

use crate::elsewhere::{lists_elsewhere, loads_elsewhere};

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

//! A company's contacts.

use portico_core::contacts::ContactList;
use portico_core::id::ContactId;
pub use portico_store::contacts::{ContactInternalsRow, ContactRow};
use portico_store::contacts::{contacts_by_id, count_contacts, internals_of_contacts, list_contacts};

use crate::uncached::{lists_uncached, loads_uncached};

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
    /// Number of contacts in a list.
    ContactCount
    of ContactList => ContactRow, list_contacts, count_contacts
}

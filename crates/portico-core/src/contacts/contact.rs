//! A company's contacts.

text_enum! {
    /// Relation of a contact to the company.
    pub enum ContactKind {
        /// Client, identified across companies by email address (ACC-2).
        Client = "CLIENT",
        /// Trade partner.
        Trade = "TRADE",
        /// Other, such as the sender of a lead form (LEAD-3), an inspector or a neighbor.
        Misc = "MISC",
    }
}

/// Filter of a company's contacts, which are listed by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct ContactList {
    /// Contacts of one of these kinds.
    pub kind_in: Option<Vec<ContactKind>>,
    /// Words that must each occur in name, address or telephone number.
    pub search: Option<String>,
}

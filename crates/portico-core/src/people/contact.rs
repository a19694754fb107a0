//! A company's own cards of people.

text_enum! {
    /// What somebody is to a company.
    pub enum ContactKind {
        /// A client, known across companies by their address (ACC-2).
        Client = "CLIENT",
        /// A trade partner.
        Trade = "TRADE",
        /// Anybody else: who asked for information (LEAD-3), an inspector, a neighbour.
        Misc = "MISC",
    }
}

/// Which contacts of a company, by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct ContactList {
    /// One of these kinds.
    pub kind_in: Option<Vec<ContactKind>>,
    /// Words to be found in name, address or telephone number.
    pub search: Option<String>,
}

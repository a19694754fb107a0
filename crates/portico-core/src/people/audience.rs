//! Roles, and the audiences whose windows and documents they share.

text_enum! {
    /// What somebody is when they ask (docs/domain.md, "Roles"). A session has one role for as long as it lives.
    pub enum Role {
        /// Owner or administrator of a company: every permission.
        Owner = "OWNER",
        /// One of a company's people, with permissions.
        Staff = "STAFF",
        /// A trade partner, who sees the work assigned to them.
        Trade = "TRADE",
        /// A client.
        Client = "CLIENT",
        /// A script: read-only, with chosen permissions and projects.
        Reporting = "REPORTING",
        /// Of the platform's support: data of people, and nothing of any company's.
        Support = "SUPPORT",
    }
}

text_enum! {
    /// Who looks through a window of the database.
    pub enum Audience {
        /// Nobody has signed in.
        Public = "PUBLIC",
        /// Clients.
        Client = "CLIENT",
        /// Trade partners.
        Trade = "TRADE",
        /// A company's people and its scripts.
        Staff = "STAFF",
        /// The platform's support.
        Support = "SUPPORT",
    }
}

impl Role {
    /// The audience whose window this role looks through.
    pub const fn audience(self) -> Audience {
        match self {
            Self::Owner | Self::Staff | Self::Reporting => Audience::Staff,
            Self::Trade => Audience::Trade,
            Self::Client => Audience::Client,
            Self::Support => Audience::Support,
        }
    }
}

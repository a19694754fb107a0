//! Roles, and the audiences that share role views and role schemas.

text_enum! {
    /// Role of a session (docs/domain.md), which never changes.
    pub enum Role {
        /// Owner of a company: every permission.
        Owner = "OWNER",
        /// Member of a company's staff, with permissions.
        Staff = "STAFF",
        /// Trade partner, who sees assigned work.
        Trade = "TRADE",
        /// Client.
        Client = "CLIENT",
        /// API key: read-only, with selected permissions and projects.
        Reporting = "REPORTING",
        /// Support agent of the platform, who sees accounts but no data of companies.
        Support = "SUPPORT",
    }
}

text_enum! {
    /// Audience with role views in the database.
    pub enum Audience {
        /// Callers without a session.
        Public = "PUBLIC",
        /// Clients.
        Client = "CLIENT",
        /// Trade partners.
        Trade = "TRADE",
        /// Staff, owners and API keys of a company.
        Staff = "STAFF",
        /// Support agents of the platform.
        Support = "SUPPORT",
    }
}

impl Role {
    /// The audience whose views this role reads.
    pub const fn audience(self) -> Audience {
        match self {
            Self::Owner | Self::Staff | Self::Reporting => Audience::Staff,
            Self::Trade => Audience::Trade,
            Self::Client => Audience::Client,
            Self::Support => Audience::Support,
        }
    }
}

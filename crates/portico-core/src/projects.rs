//! Projects.

text_enum! {
    /// Where a project is in its life (STA-4).
    pub enum ProjectStatus {
        /// Not booked yet.
        Prospect = "PROSPECT",
        /// Being built.
        Active = "ACTIVE",
        /// Handed over, within warranty.
        Warranty = "WARRANTY",
        /// Done; clients keep their access (LIFE-1).
        Completed = "COMPLETED",
        /// Read-only for all.
        Archived = "ARCHIVED",
    }
}

text_enum! {
    /// What is being done right now.
    pub enum ProjectStage {
        /// Drawings and choices.
        Design = "DESIGN",
        /// Permits, bids and orders.
        Preconstruction = "PRECONSTRUCTION",
        /// On site.
        Construction = "CONSTRUCTION",
        /// Punch list and inspections.
        Closeout = "CLOSEOUT",
        /// Handed over.
        Handover = "HANDOVER",
    }
}

impl ProjectStatus {
    /// The state that follows (STA-4); none after the last.
    pub const fn next(self) -> Option<Self> {
        match self {
            Self::Prospect => Some(Self::Active),
            Self::Active => Some(Self::Warranty),
            Self::Warranty => Some(Self::Completed),
            Self::Completed => Some(Self::Archived),
            Self::Archived => None,
        }
    }
}

text_enum! {
    /// What a client is to a project (INV-4).
    pub enum ClientRelationship {
        /// The home is theirs.
        PrimaryOwner = "PRIMARY_OWNER",
        /// They live with the owner, or will.
        Partner = "PARTNER",
        /// They speak for the owner.
        Representative = "REPRESENTATIVE",
    }
}

text_enum! {
    /// The side on which a person belongs to a project.
    pub enum MembershipKind {
        /// A client.
        Client = "CLIENT",
        /// A trade partner.
        Trade = "TRADE",
    }
}

text_enum! {
    /// How a client hears of a project (RULE-8).
    pub enum AccessLevel {
        /// Not at all.
        None = "NONE",
        /// By mail alone: they cannot sign in.
        EmailOnly = "EMAIL_ONLY",
        /// They were invited, and have the portal.
        Portal = "PORTAL",
    }
}

/// A condition on projects. What a field does not say, it does not ask; what is said must hold together.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize)]
pub struct ProjectFilter {
    /// One of these states.
    pub status_in: Option<Vec<ProjectStatus>>,
    /// One of these stages.
    pub stage_in: Option<Vec<ProjectStage>>,
    /// When work started.
    pub started_on: Option<DateRange>,
    /// Staff's own word for how the project stands; for staff alone.
    pub internal_status: Option<String>,
    /// Each of these must hold.
    pub and: Vec<ProjectFilter>,
    /// One of these must hold; of none, none does.
    pub or: Option<Vec<ProjectFilter>>,
    /// This must not hold.
    pub not: Option<Box<ProjectFilter>>,
}

impl ProjectFilter {
    /// The number of conditions, nested ones included: the work that a caller asks for.
    pub fn size(&self) -> usize {
        1 + self.nested().map(Self::size).sum::<usize>()
    }

    /// Whether any condition, however deep, satisfies the test.
    pub fn any(&self, test: &impl Fn(&Self) -> bool) -> bool {
        test(self) || self.nested().any(|filter| filter.any(test))
    }

    fn nested(&self) -> impl Iterator<Item = &Self> {
        self.and.iter().chain(self.or.iter().flatten()).chain(self.not.as_deref())
    }
}

/// Bounds of a date; all that are given hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize)]
pub struct DateRange {
    /// On or after.
    pub gte: Option<chrono::NaiveDate>,
    /// After.
    pub gt: Option<chrono::NaiveDate>,
    /// On or before.
    pub lte: Option<chrono::NaiveDate>,
    /// Before.
    pub lt: Option<chrono::NaiveDate>,
}

/// What projects may be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub enum ProjectSortKey {
    /// The name, whatever its case.
    Name,
    /// The number.
    Number,
    /// When work started; projects without a date come last.
    StartedOn,
    /// The budget; only for those who may see costs.
    Budget,
}

/// Which projects, in which order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct ProjectList {
    /// The condition.
    pub filter: ProjectFilter,
    /// Words to be found in name, number or address.
    pub search: Option<String>,
    /// The order.
    pub sort: ProjectSortKey,
    /// Largest first.
    pub descending: bool,
}

//! Projects.

text_enum! {
    /// Lifecycle status of a project (docs/domain.md).
    pub enum ProjectStatus {
        /// Not booked yet.
        Prospect = "PROSPECT",
        /// In progress.
        Active = "ACTIVE",
        /// Handed over, within the warranty period.
        Warranty = "WARRANTY",
        /// Finished; clients keep their access (LIFE-1).
        Completed = "COMPLETED",
        /// Read-only for all.
        Archived = "ARCHIVED",
    }
}

text_enum! {
    /// Construction phase of a project.
    pub enum ProjectStage {
        /// Drawings and selections.
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
    /// The next status (docs/domain.md); none after the last.
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
    /// Relationship of a client to a project (INV-4).
    pub enum ClientRelationship {
        /// Owner of the home.
        PrimaryOwner = "PRIMARY_OWNER",
        /// Partner of the owner.
        Partner = "PARTNER",
        /// Representative of the owner.
        Representative = "REPRESENTATIVE",
    }
}

impl ClientRelationship {
    /// Whether such a client may approve, unless staff set it otherwise (MR-23).
    pub const fn may_approve(self) -> bool {
        !matches!(self, Self::Representative)
    }
}

text_enum! {
    /// Kind of a membership.
    pub enum MembershipKind {
        /// A client.
        Client = "CLIENT",
        /// A trade partner.
        Trade = "TRADE",
    }
}

text_enum! {
    /// Access of a client to a project (RULE-8).
    pub enum AccessLevel {
        /// No access.
        None = "NONE",
        /// Emails only; the client cannot sign in.
        EmailOnly = "EMAIL_ONLY",
        /// Portal access by invitation.
        Portal = "PORTAL",
    }
}

/// Filter of projects. Conditions are combined with AND.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize)]
pub struct ProjectFilter {
    /// One of these states.
    pub status_in: Option<Vec<ProjectStatus>>,
    /// One of these stages.
    pub stage_in: Option<Vec<ProjectStage>>,
    /// When work started.
    pub started_on: Option<DateRange>,
    /// The internal status; for staff only.
    pub internal_status: Option<String>,
    /// All of these conditions.
    pub and: Vec<ProjectFilter>,
    /// At least one of these conditions; an empty list matches nothing.
    pub or: Option<Vec<ProjectFilter>>,
    /// Negated condition.
    pub not: Option<Box<ProjectFilter>>,
}

impl ProjectFilter {
    /// Number of conditions, nested ones included.
    pub fn size(&self) -> usize {
        1 + self.nested().map(Self::size).sum::<usize>()
    }

    /// Whether any condition, at any depth, satisfies the test.
    pub fn any(&self, test: &impl Fn(&Self) -> bool) -> bool {
        test(self) || self.nested().any(|filter| filter.any(test))
    }

    fn nested(&self) -> impl Iterator<Item = &Self> {
        self.and.iter().chain(self.or.iter().flatten()).chain(self.not.as_deref())
    }
}

/// Date range. Bounds are combined with AND.
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

/// Sort orders of projects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub enum ProjectSortKey {
    /// The name, ignoring case.
    Name,
    /// The number.
    Number,
    /// The first day of work; projects without one come last.
    StartedOn,
    /// The budget; for staff who may see costs.
    Budget,
}

/// Filter and order of a list of projects.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct ProjectList {
    /// The condition.
    pub filter: ProjectFilter,
    /// Words that all occur in name, number or address.
    pub search: Option<String>,
    /// The order.
    pub sort: ProjectSortKey,
    /// Largest first.
    pub descending: bool,
}

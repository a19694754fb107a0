//! Ids: typed in code, opaque in the API.

use data_encoding::BASE64URL_NOPAD;
use uuid::Uuid;

/// The length in bytes of a global id before encoding: a two-byte tag and a UUID.
const GLOBAL_ID_BYTES: usize = 18;

/// Defines an id type for each table, and the type tags of global ids.
macro_rules! typed_ids {
    ($($(#[$meta:meta])* $name:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "diesel", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow))]
        #[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Uuid))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id, which sorts after all earlier ones.
            pub fn generate() -> Self {
                Self(new_uuid())
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        #[cfg(feature = "diesel")]
        impl diesel::serialize::ToSql<diesel::sql_types::Uuid, diesel::pg::Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>) -> diesel::serialize::Result {
                <Uuid as diesel::serialize::ToSql<diesel::sql_types::Uuid, diesel::pg::Pg>>::to_sql(&self.0, out)
            }
        }

        #[cfg(feature = "diesel")]
        impl diesel::deserialize::FromSql<diesel::sql_types::Uuid, diesel::pg::Pg> for $name {
            fn from_sql(bytes: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                <Uuid as diesel::deserialize::FromSql<diesel::sql_types::Uuid, diesel::pg::Pg>>::from_sql(bytes).map(Self)
            }
        }
    )+};
}

typed_ids! {
    /// A builder, remodeler or design studio.
    CompanyId;
    /// A person across companies, identified by an email address.
    IdentityId;
    /// A company's contact.
    ContactId;
    /// A membership in a company's staff.
    StaffMembershipId;
    /// A client's or trade partner's membership in a project.
    ProjectMembershipId;
    /// A signed-in session.
    SessionId;
    /// An API key.
    ApiKeyId;
    /// A project: a new home, or a remodeling or design job.
    ProjectId;
    /// A room or other location of a project.
    LocationId;
    /// A member of a project team.
    TeamMemberId;
    /// One version of a project's schedule.
    ScheduleVersionId;
    /// A milestone of a project's schedule, the same in all versions.
    MilestoneId;
    /// A task of a project's schedule, the same in all versions.
    TaskId;
    /// The row of a milestone in the plan of one version.
    PlannedMilestoneId;
    /// The row of a task in the plan of one version.
    PlannedTaskId;
    /// A template of schedules.
    ScheduleTemplateId;
    /// An assignment to a task.
    TaskAssigneeId;
    /// A delay of a project's schedule.
    ScheduleDelayId;
    /// A selection: a choice that the client makes.
    SelectionId;
    /// An option of a selection.
    SelectionOptionId;
    /// An allowance: a budget for selections.
    AllowanceId;
    /// An entry in the ledger of an allowance.
    AllowanceEntryId;
    /// A client's decision.
    DecisionId;
    /// A thread of messages.
    ThreadId;
    /// A message of a thread.
    MessageId;
    /// A file of a project.
    FileId;
    /// A content of a file.
    FileContentId;
    /// What can be downloaded of a content: the original, or an image made of it.
    FileRenditionId;
    /// An object in the store of files.
    FileObjectId;
    /// An upload in progress.
    UploadId;
    /// A file on a record, such as a selection.
    FileAttachmentId;
    /// An album of files.
    AlbumId;
    /// A calendar feed of a member.
    CalendarFeedId;
    /// A view of a client's portal by staff.
    ClientViewId;
    /// An invitation to a project.
    InvitationId;
    /// A mailed link.
    LinkId;
    /// A job in the queue, such as a mail.
    JobId;
    /// A help article of a company.
    HelpArticleId;
    /// A lead: a request for information.
    LeadId;
    /// An account opened by a support agent.
    AccountOpeningId;
    /// An entry of the audit log.
    ActivityId;
}

/// A new UUID of version 7: ordered by time, so that inserts stay at the right edge of an index.
#[expect(clippy::disallowed_methods, reason = "the one place in which ids are made")]
pub fn new_uuid() -> Uuid {
    Uuid::now_v7()
}

/// Type of a global ID: its first two bytes, so that a wrong type is found without a lookup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Tag(pub [u8; 2]);

impl Tag {
    /// Its two letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The tag with these two letters; none for another text.
    pub fn of_text(text: &str) -> Option<Self> {
        text.as_bytes().try_into().ok().map(Self)
    }

    /// The viewer.
    pub const VIEWER: Self = Self(*b"VW");
    /// [`IdentityId`], as support agents see it.
    pub const ACCOUNT: Self = Self(*b"AC");
    /// [`SessionId`].
    pub const SESSION: Self = Self(*b"SS");
    /// [`InvitationId`].
    pub const INVITATION: Self = Self(*b"IV");
    /// [`ProjectId`].
    pub const PROJECT: Self = Self(*b"PR");
    /// [`ProjectMembershipId`].
    pub const PROJECT_MEMBERSHIP: Self = Self(*b"PM");
    /// [`StaffMembershipId`].
    pub const STAFF_MEMBERSHIP: Self = Self(*b"SM");
    /// [`LocationId`].
    pub const LOCATION: Self = Self(*b"LO");
    /// [`TeamMemberId`].
    pub const TEAM_MEMBER: Self = Self(*b"TM");
    /// [`ScheduleVersionId`].
    pub const SCHEDULE_VERSION: Self = Self(*b"SV");
    /// [`MilestoneId`].
    pub const MILESTONE: Self = Self(*b"MI");
    /// [`TaskId`].
    pub const TASK: Self = Self(*b"TA");
    /// A dependency between two tasks, by a digest of their ids.
    pub const TASK_DEPENDENCY: Self = Self(*b"TD");
    /// [`ScheduleTemplateId`].
    pub const SCHEDULE_TEMPLATE: Self = Self(*b"ST");
    /// [`PlannedMilestoneId`].
    pub const PLANNED_MILESTONE: Self = Self(*b"PI");
    /// [`PlannedTaskId`].
    pub const PLANNED_TASK: Self = Self(*b"PK");
    /// A project's published schedule, by project.
    pub const SCHEDULE: Self = Self(*b"SC");
    /// A project's portal, by project.
    pub const PORTAL: Self = Self(*b"PO");
    /// The public part of a company's portal, by company.
    pub const PORTAL_ENTRANCE: Self = Self(*b"PE");
    /// A company's branding, by company.
    pub const BRANDING: Self = Self(*b"BR");
    /// [`TaskAssigneeId`].
    pub const TASK_ASSIGNEE: Self = Self(*b"AS");
    /// [`ScheduleDelayId`].
    pub const SCHEDULE_DELAY: Self = Self(*b"SD");
    /// [`SelectionId`].
    pub const SELECTION: Self = Self(*b"SE");
    /// [`SelectionOptionId`].
    pub const SELECTION_OPTION: Self = Self(*b"SO");
    /// [`AllowanceId`].
    pub const ALLOWANCE: Self = Self(*b"AL");
    /// [`AllowanceEntryId`].
    pub const ALLOWANCE_ENTRY: Self = Self(*b"AE");
    /// A company, for its own staff.
    pub const COMPANY: Self = Self(*b"CO");
    /// A company's portal settings, by company.
    pub const COMPANY_PORTAL: Self = Self(*b"CP");
    /// [`ContactId`].
    pub const CONTACT: Self = Self(*b"CT");
    /// [`ApiKeyId`].
    pub const API_KEY: Self = Self(*b"AK");
    /// [`LeadId`].
    pub const LEAD: Self = Self(*b"LD");
    /// A company's lead form, by company.
    pub const LEAD_FORM: Self = Self(*b"LF");
    /// [`DecisionId`].
    pub const DECISION: Self = Self(*b"DE");
    /// [`ThreadId`].
    pub const THREAD: Self = Self(*b"TH");
    /// [`MessageId`].
    pub const MESSAGE: Self = Self(*b"ME");
    /// [`FileId`].
    pub const FILE: Self = Self(*b"FI");
    /// [`FileAttachmentId`].
    pub const FILE_ATTACHMENT: Self = Self(*b"AT");
    /// [`AlbumId`].
    pub const ALBUM: Self = Self(*b"AB");
    /// [`UploadId`].
    pub const UPLOAD: Self = Self(*b"UP");
    /// [`ActivityId`].
    pub const ACTIVITY: Self = Self(*b"AY");
    /// [`HelpArticleId`].
    pub const HELP_ARTICLE: Self = Self(*b"HA");
}

/// The text is not a global id: 24 characters of base64url.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id: ids are 24 characters of base64url")]
pub struct MalformedId;

/// A global id, as clients see it.
///
/// Base64url of a two-byte tag and a UUID: exactly 24 characters with no spare bits, so that each object has one
/// spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GlobalId {
    /// The type of the object.
    pub tag: Tag,
    /// The UUID of the object.
    pub uuid: Uuid,
}

impl GlobalId {
    /// Combines tag and UUID.
    pub const fn new(tag: Tag, uuid: Uuid) -> Self {
        Self { tag, uuid }
    }

    /// Parses a global id from a client.
    ///
    /// # Errors
    ///
    /// [`MalformedId`] if the text cannot be an id of any type. An id of an unknown type is well-formed: an error would
    /// tell callers which types exist.
    pub fn parse(text: &str) -> Result<Self, MalformedId> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| MalformedId)?;
        let bytes: [u8; GLOBAL_ID_BYTES] = bytes.try_into().map_err(|_| MalformedId)?;
        let [a, b, id @ ..] = bytes;
        Ok(Self { tag: Tag([a, b]), uuid: Uuid::from_bytes(id) })
    }

    /// The UUID, if the ID is of the type `tag`.
    pub fn of_kind(self, tag: Tag) -> Option<Uuid> {
        (self.tag == tag).then_some(self.uuid)
    }
}

impl std::fmt::Display for GlobalId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut bytes = [0; GLOBAL_ID_BYTES];
        bytes[..2].copy_from_slice(&self.tag.0);
        bytes[2..].copy_from_slice(self.uuid.as_bytes());
        f.write_str(&BASE64URL_NOPAD.encode(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_has_24_characters_and_round_trips() {
        let id = GlobalId::new(Tag::PROJECT, new_uuid());
        let text = id.to_string();
        assert_eq!(text.len(), 24);
        assert_eq!(GlobalId::parse(&text), Ok(id));
        assert_eq!(id.of_kind(Tag::TASK), None);
    }

    #[test]
    fn id_has_one_spelling() {
        let text = GlobalId::new(Tag::PROJECT, new_uuid()).to_string();
        for wrong in [
            "",
            "1",
            &text[1..],
            &format!("{text}="),
            &format!("{text}AA"),
            &format!(" {text}"),
            &text.replacen('U', "+", 1),
            "ü",
        ] {
            assert_eq!(GlobalId::parse(wrong), Err(MalformedId), "{wrong:?}");
        }
    }
}

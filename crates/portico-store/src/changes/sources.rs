//! Views whose rows count as changes of a project's records.
//!
//! One line per view. A test compares them with the database: each view with a project is here or in [`UNRELATED`].

use portico_core::access::{Audience, Permission, Role, Viewer};
use portico_core::id::Tag;

/// A view of a project's records, or of parts of them.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    /// The view.
    pub view: &'static str,
    /// Type of the global IDs of the records.
    pub kind: Tag,
    /// Whether its rows are the records; otherwise they are parts.
    pub is_record: bool,
    /// Column of the record's id.
    pub key: &'static str,
    /// Column of the project's id.
    pub project: &'static str,
    /// The columns that count; all if empty.
    pub columns: &'static [&'static str],
    /// Audiences that have the view, and read the fields made of it.
    pub audiences: &'static [Audience],
    /// Staff who read those fields.
    pub readers: Readers,
}

/// Staff who may read the fields made of a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// All who may see the project.
    All,
    /// Those with this permission.
    With(Permission),
    /// Owners.
    Owners,
}

const EVERYONE: &[Audience] = &[Audience::Client, Audience::Trade, Audience::Staff];
const NOT_TRADES: &[Audience] = &[Audience::Client, Audience::Staff];
const NOT_CLIENTS: &[Audience] = &[Audience::Trade, Audience::Staff];
const STAFF: &[Audience] = &[Audience::Staff];

/// Rows that are records of a kind, with the id in `id`.
const fn record(view: &'static str, kind: Tag, audiences: &'static [Audience]) -> Source {
    Source {
        view,
        kind,
        is_record: true,
        key: "id",
        project: "project_id",
        columns: &[],
        audiences,
        readers: Readers::All,
    }
}

/// Rows that are parts of the records of a kind, whose id is in the column `key`.
const fn part(kind: Tag, view: &'static str, key: &'static str, audiences: &'static [Audience]) -> Source {
    Source { is_record: false, key, ..record(view, kind, audiences) }
}

impl Source {
    const fn of(self, columns: &'static [&'static str]) -> Self {
        Self { columns, ..self }
    }

    const fn with(self, permission: Permission) -> Self {
        Self { readers: Readers::With(permission), ..self }
    }

    const fn for_owners(self) -> Self {
        Self { readers: Readers::Owners, ..self }
    }

    /// Whether its rows count for this viewer.
    pub fn counts_for(&self, viewer: &Viewer) -> bool {
        self.audiences.contains(&viewer.audience())
            && match self.readers {
                _ if !viewer.is_staff() => true,
                Readers::All => true,
                Readers::With(permission) => viewer.permissions.contains(permission),
                Readers::Owners => viewer.role == Some(Role::Owner),
            }
    }
}

/// The views, records in the order in which a first answer lists them. Members, invitations, the portal, calendar feeds and the
/// schedule that outsiders see cannot be fetched on their own: they are parts of the project.
pub static SOURCES: &[Source] = &[
    Source { project: "id", ..record("projects", Tag::PROJECT, EVERYONE) },
    part(Tag::PROJECT, "project_internals", "project_id", STAFF)
        .of(&["budget_minor", "internal_status", "risk_notes", "lead_source"])
        .with(Permission::CostsView),
    part(Tag::PROJECT, "project_internals", "project_id", STAFF).of(&["target_margin"]).with(Permission::MarginsView),
    part(Tag::PROJECT, "project_portals", "project_id", NOT_TRADES),
    part(Tag::PROJECT, "portal_setups", "project_id", STAFF),
    part(Tag::PROJECT, "portal_help_articles", "project_id", NOT_TRADES),
    part(Tag::PROJECT, "schedule_versions", "project_id", EVERYONE),
    part(Tag::PROJECT, "calendar_feeds", "project_id", EVERYONE),
    part(Tag::PROJECT, "project_clients", "project_id", NOT_TRADES),
    part(Tag::PROJECT, "project_client_internals", "project_id", STAFF),
    part(Tag::PROJECT, "project_trades", "project_id", STAFF),
    part(Tag::PROJECT, "invitations", "project_id", STAFF),
    record("locations", Tag::LOCATION, EVERYONE),
    record("team_members", Tag::TEAM_MEMBER, EVERYONE),
    part(Tag::TEAM_MEMBER, "team_member_internals", "team_member_id", STAFF).for_owners(),
    record("schedule_versions", Tag::SCHEDULE_VERSION, STAFF).with(Permission::ScheduleEdit),
    part(Tag::SCHEDULE_VERSION, "schedule_version_internals", "version_id", STAFF).with(Permission::ScheduleEdit),
    part(Tag::SCHEDULE_VERSION, "planned_milestones", "version_id", STAFF).with(Permission::ScheduleEdit),
    record("milestones", Tag::MILESTONE, EVERYONE),
    part(Tag::MILESTONE, "milestone_internals", "milestone_id", STAFF),
    record("tasks", Tag::TASK, EVERYONE),
    part(Tag::TASK, "task_internals", "task_id", STAFF),
    part(Tag::TASK, "task_baselines", "task_id", NOT_TRADES),
    part(Tag::TASK, "task_briefs", "task_id", NOT_CLIENTS),
    part(Tag::TASK, "task_assignees", "task_id", NOT_CLIENTS),
    part(Tag::TASK, "task_dependencies", "task_id", STAFF),
    record("schedule_delays", Tag::SCHEDULE_DELAY, NOT_TRADES),
    record("allowances", Tag::ALLOWANCE, NOT_TRADES),
    part(Tag::ALLOWANCE, "allowance_entries", "allowance_id", NOT_TRADES),
    part(Tag::ALLOWANCE, "allowance_costs", "allowance_id", STAFF).with(Permission::CostsView),
    record("selections", Tag::SELECTION, EVERYONE),
    part(Tag::SELECTION, "selection_choices", "selection_id", EVERYONE),
    part(Tag::SELECTION, "selection_internals", "selection_id", STAFF).with(Permission::CostsView),
    part(Tag::SELECTION, "selection_trade_infos", "selection_id", NOT_CLIENTS),
    part(Tag::SELECTION, "selection_trades", "selection_id", STAFF),
    record("selection_options", Tag::SELECTION_OPTION, EVERYONE),
    part(Tag::SELECTION_OPTION, "selection_option_costs", "option_id", STAFF).with(Permission::CostsView),
    // The margin and the markup are computed from the cost.
    part(Tag::SELECTION_OPTION, "selection_option_costs", "option_id", STAFF)
        .of(&["unit_cost_minor"])
        .with(Permission::MarginsView),
    record("decisions", Tag::DECISION, NOT_TRADES),
    part(Tag::DECISION, "decision_evidence", "decision_id", NOT_TRADES),
    record("threads", Tag::THREAD, EVERYONE),
    part(Tag::THREAD, "thread_unreads", "thread_id", EVERYONE),
    record("messages", Tag::MESSAGE, EVERYONE),
    part(Tag::MESSAGE, "message_versions", "message_id", EVERYONE),
    part(Tag::MESSAGE, "message_mentions", "message_id", STAFF),
    record("files", Tag::FILE, EVERYONE),
    part(Tag::FILE, "file_renditions", "file_id", EVERYONE),
    part(Tag::FILE, "file_trades", "file_id", STAFF),
    part(Tag::FILE, "file_internals", "file_id", STAFF),
    record("file_attachments", Tag::FILE_ATTACHMENT, EVERYONE),
    record("albums", Tag::ALBUM, NOT_TRADES),
    part(Tag::PROJECT, "project_covers", "project_id", EVERYONE),
];

/// Views with a project that are no part of its records, and why.
pub static UNRELATED: &[(&str, &str)] = &[
    ("activity", "the audit log, which is read by its own order"),
    ("contact_memberships", "part of a contact"),
    ("explained_rules", "explanations"),
    ("file_objects", "where the bytes of files are"),
    ("generations", "change counters, for caches"),
    ("help_articles", "the company's articles, as staff edit them"),
    ("leads", "records of the company"),
    ("onboardings", "a person's own, independent of projects"),
    ("planned_assignees", "of plans: each change of one increases its version's `version`"),
    ("planned_dependencies", "of plans: each change of one increases its version's `version`"),
    ("planned_tasks", "of plans: each change of one increases its version's `version`"),
    ("project_storage", "bytes that the project's files use, which change with each upload"),
    ("previewed_records", "previews of other portal settings"),
    ("sync_states", "what the reader was sent"),
    ("synced_records", "what the reader was sent"),
];

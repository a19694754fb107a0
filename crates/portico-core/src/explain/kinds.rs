//! The types that can be explained, with their views.

use crate::id::Tag;

/// A type that can be explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// The view, of the same name for each audience.
    pub view: &'static str,
    /// The type tag of its ids.
    pub tag: Tag,
    /// Its GraphQL type in outsiders' schemas.
    pub ty: &'static str,
}

const fn kind(view: &'static str, tag: Tag, ty: &'static str) -> Kind {
    Kind { view, tag, ty }
}

/// All of them.
pub const KINDS: &[Kind] = &[
    kind("projects", Tag::PROJECT, "Project"),
    kind("project_portals", Tag::PORTAL, "Portal"),
    kind("locations", Tag::LOCATION, "Location"),
    kind("team_members", Tag::TEAM_MEMBER, "TeamMember"),
    // Outsiders see the published version as the project's `Schedule`.
    kind("schedule_versions", Tag::SCHEDULE, "Schedule"),
    kind("milestones", Tag::MILESTONE, "Milestone"),
    kind("tasks", Tag::TASK, "Task"),
    kind("schedule_delays", Tag::SCHEDULE_DELAY, "ScheduleDelay"),
    kind("selections", Tag::SELECTION, "Selection"),
    kind("selection_options", Tag::SELECTION_OPTION, "SelectionOption"),
    kind("allowances", Tag::ALLOWANCE, "Allowance"),
    kind("decisions", Tag::DECISION, "Decision"),
    kind("threads", Tag::THREAD, "Thread"),
    kind("messages", Tag::MESSAGE, "Message"),
    kind("files", Tag::FILE, "File"),
    kind("file_attachments", Tag::FILE_ATTACHMENT, "FileAttachment"),
    kind("albums", Tag::ALBUM, "Album"),
];

/// Further types that `visibilityPreview` counts: parts of a portal or of a task, which are not explained on their own.
pub const PREVIEWED_PARTS: &[Kind] = &[
    kind("portal_help_articles", Tag::HELP_ARTICLE, "HelpArticle"),
    // By the ID of the task.
    kind("task_baselines", Tag::TASK, "TaskBaseline"),
];

/// Outsiders' views that are not explained on their own, and why.
pub const PARTS: &[(&str, &str)] = &[
    ("portal_entrances", "public"),
    ("company_brandings", "public"),
    ("sessions", "a person's own, independent of projects"),
    ("notification_settings", "a person's own, independent of projects"),
    ("onboardings", "a person's own, independent of projects"),
    ("calendar_feeds", "a person's own, of a project"),
    ("project_clients", "part of a project"),
    ("portal_help_articles", "part of a portal"),
    ("activity", "entries about other records"),
    ("sync_states", "what a reader was sent of changes"),
    ("synced_records", "what a reader was sent of changes"),
    ("generations", "change counters of projects, for caches"),
    ("message_versions", "part of a message"),
    ("thread_unreads", "a person's own, of a thread"),
    ("task_baselines", "part of a task"),
    ("task_briefs", "part of a task"),
    ("task_assignees", "part of a task"),
    ("selection_trade_infos", "part of a selection"),
    ("selection_choices", "part of a selection"),
    ("allowance_entries", "part of an allowance"),
    ("decision_evidence", "part of a decision"),
    ("file_renditions", "part of a file"),
    ("file_objects", "part of a file"),
    ("project_covers", "part of a project"),
];

/// The type of a view.
pub fn kind_of_view(view: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.view == view)
}

/// The type of ids with this tag.
pub fn kind_of_tag(tag: Tag) -> Option<&'static Kind> {
    let tag = if tag == Tag::SCHEDULE_VERSION { Tag::SCHEDULE } else { tag };
    KINDS.iter().find(|kind| kind.tag == tag)
}

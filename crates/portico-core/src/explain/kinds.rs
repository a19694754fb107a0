//! What windows hold, as callers name it.

use crate::id::Tag;

/// A kind of thing that can be explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// The view, of the same name in each window that has it.
    pub window: &'static str,
    /// What ids of it begin with.
    pub tag: Tag,
    /// The type as which outsiders know it.
    pub ty: &'static str,
}

const fn kind(window: &'static str, tag: Tag, ty: &'static str) -> Kind {
    Kind { window, tag, ty }
}

/// All of them. Notes are in no window of an outsider, and are explained by that.
pub const KINDS: &[Kind] = &[
    kind("projects", Tag::PROJECT, "Project"),
    kind("project_portals", Tag::PORTAL, "Portal"),
    kind("locations", Tag::LOCATION, "Location"),
    kind("team_members", Tag::TEAM_MEMBER, "TeamMember"),
    // Outsiders know no versions: they see the published one as the project's schedule.
    kind("schedule_versions", Tag::SCHEDULE, "Schedule"),
    kind("milestones", Tag::MILESTONE, "Milestone"),
    kind("tasks", Tag::TASK, "Task"),
    kind("selections", Tag::SELECTION, "Selection"),
    kind("selection_options", Tag::SELECTION_OPTION, "SelectionOption"),
    kind("allowances", Tag::ALLOWANCE, "Allowance"),
    kind("internal_notes", Tag::INTERNAL_NOTE, "InternalNote"),
];

/// Kinds that a preview of other settings counts besides: parts of a portal, which are not explained by themselves.
pub const PREVIEWED_PARTS: &[Kind] = &[kind("portal_help_articles", Tag::HELP_ARTICLE, "HelpArticle")];

/// Views of outsiders' windows that are not explained by themselves, and why.
pub const PARTS: &[(&str, &str)] = &[
    ("portal_entrances", "for everybody to see"),
    ("company_brandings", "for everybody to see"),
    ("sessions", "a person's own, in whichever project"),
    ("notification_settings", "a person's own, in whichever project"),
    ("project_clients", "part of a project"),
    ("onboardings", "a person's own, in whichever project"),
    ("project_clients", "part of a project"),
    ("portal_help_articles", "part of a portal"),
    ("generations", "states of projects, by which kept copies are told from stale ones"),
    ("task_briefs", "part of a task"),
    ("task_assignees", "part of a task"),
    ("selection_trade_infos", "part of a selection"),
];

/// The kind of the things in a window's view.
pub fn kind_of_window(window: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.window == window)
}

/// The kind that ids with this tag name.
pub fn kind_of_tag(tag: Tag) -> Option<&'static Kind> {
    let tag = if tag == Tag::SCHEDULE_VERSION { Tag::SCHEDULE } else { tag };
    KINDS.iter().find(|kind| kind.tag == tag)
}

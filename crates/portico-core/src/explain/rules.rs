//! The words of each rule. A rule of a window that has none here fails a test that names it.

/// How far outside a rule stands. Of several that do not hold, the outermost decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Whether they belong to the project.
    Membership,
    /// Whether they are let in.
    Access,
    /// Whether the section of the portal is switched on.
    Feature,
    /// Whether it is shared with people like them.
    Sharing,
    /// Whether it is published.
    Published,
    /// What the thing says of itself.
    Row,
}

/// What a rule means where it does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleWords {
    /// The name of its column.
    pub rule: &'static str,
    /// The windows in which these are its words; all others, if none is named.
    pub windows: &'static [&'static str],
    /// How far outside it stands.
    pub stage: Stage,
    /// What it means that it does not hold. `{section}` stands for the window's section of the portal.
    pub sentence: &'static str,
    /// The requirements that it comes from.
    pub source: &'static str,
    /// What would make it hold.
    pub change: &'static str,
}

/// The words of a rule in a window.
pub fn words_of(window: &str, rule: &str) -> Option<&'static RuleWords> {
    let of_rule = || RULES.iter().filter(|words| words.rule == rule);
    let own = of_rule().find(|words| words.windows.contains(&window));
    own.or_else(|| of_rule().find(|words| words.windows.is_empty()))
}

macro_rules! rules {
    ($($stage:ident: $rule:ident $(of ($($window:ident),+))?, $source:literal, $sentence:literal, $change:literal;)+) => {
        &[$(RuleWords {
            rule: stringify!($rule),
            windows: &[$($(stringify!($window)),+)?],
            stage: Stage::$stage,
            sentence: $sentence,
            source: $source,
            change: $change,
        },)+]
    };
}

/// All of them, a line each: stage, rule and the windows that it is so in, source, sentence, change.
pub const RULES: &[RuleWords] = rules! {
    Membership: is_member, "ISO-1, INV-23", "They are no longer a member of this project.", "Add them to this project again.";
    Access: has_portal_access, "INV-1", "They have no access to the portal of this project.", "Give them access to the portal.";
    Access: has_web_access, "ROLE-3", "They have no web access to this project.", "Give them web access.";
    Feature: is_feature_on, "PRT-1, PRT-7", "The section {section} is switched off for this project.", "Switch the section {section} on for this project.";
    Sharing: is_schedule_shared, "SCH-1, SCH-9", "The schedule of this project is not shared with clients.", "Share the schedule of this project, as a calendar or as a Gantt chart.";
    Sharing: is_shared of (selections, selection_options, selection_trade_infos), "PRT-6", "The selection is still being prepared and has not been shared.", "Share the selection.";
    Published: is_published of (schedule_versions, milestones, tasks, task_briefs, task_assignees), "SCH-7, SCH-10", "It does not belong to the published version of the schedule.", "Publish a version of the schedule that has it.";
    Published: is_published of (portal_help_articles), "PRT-10", "The article has not been published.", "Publish the article.";
    Row: is_present of (project_clients), "INV-23", "They have left the project.", "Add them to the project again.";
    Row: is_client_viewable of (tasks), "SCH-10, ISO-9", "The task is not marked as viewable by clients.", "Mark the task as viewable by clients.";
    Row: has_client_viewable_task of (milestones), "SCH-10, ISO-9", "None of the milestone's tasks is marked as viewable by clients.", "Mark one of its tasks as viewable by clients.";
    Row: is_present of (project_clients), "INV-23", "They have left the project.", "Add them to the project again.";
    Row: can_pay of (projects), "PRP-1", "They may not make payments, and amounts of the contract are shown only to those who may.", "Allow them to make payments.";
    Row: is_shown of (team_members), "PRT-9", "The team member is not shown to clients and trade partners.", "Show the team member to clients and trade partners.";
    Row: is_assigned of (tasks, task_briefs, task_assignees), "VIS-11", "The task is not assigned to them.", "Assign the task to them.";
    Row: has_assigned_task of (milestones), "VIS-12", "None of the milestone's tasks is assigned to them.", "Assign one of its tasks to them.";
    Row: is_concerned of (selections, selection_options, selection_trade_infos), "VIS-14", "The selection does not concern them.", "Name them among the trades of the selection.";
};

//! The texts of each rule. A test fails for a rule of a view without texts.

/// Stage of evaluation. The first stage with a failing rule decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Rules that no change can satisfy for the object.
    Never,
    /// Membership in the project.
    Membership,
    /// Access to the portal.
    Access,
    /// Section of the portal.
    Feature,
    /// Sharing with the member's audience.
    Sharing,
    /// Publication.
    Published,
    /// The object itself.
    Row,
}

/// Texts for a rule that does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleTexts {
    /// The name of its column.
    pub rule: &'static str,
    /// The views to which the texts apply; empty for all others.
    pub views: &'static [&'static str],
    /// Stage of evaluation.
    pub stage: Stage,
    /// What its failure means. `{section}` stands for the view's section of the portal.
    pub explanation: &'static str,
    /// The requirements behind it.
    pub requirements: &'static str,
    /// The change that would satisfy it.
    pub remedy: &'static str,
}

/// The texts of a rule in a view.
pub fn texts_of(view: &str, rule: &str) -> Option<&'static RuleTexts> {
    let of_rule = || RULES.iter().filter(|texts| texts.rule == rule);
    let own = of_rule().find(|texts| texts.views.contains(&view));
    own.or_else(|| of_rule().find(|texts| texts.views.is_empty()))
}

macro_rules! rules {
    ($($stage:ident: $rule:ident $(of ($($view:ident),+))?, $requirements:literal, $explanation:literal, $remedy:literal;)+) => {
        &[$(RuleTexts {
            rule: stringify!($rule),
            views: &[$($(stringify!($view)),+)?],
            stage: Stage::$stage,
            explanation: $explanation,
            requirements: $requirements,
            remedy: $remedy,
        },)+]
    };
}

/// One line per rule: stage, rule with its views, requirements, explanation, remedy.
pub const RULES: &[RuleTexts] = rules! {
    Never: is_not_on_task of (file_attachments), "SCH-6", "The file is attached to a task.", "None: clients never see the files of tasks.";
    Membership: is_member, "ISO-1, INV-23", "The member has been removed from this project.", "Add the member to this project again.";
    Access: has_portal_access, "INV-1", "The client has no access to the portal of this project.", "Invite the client to the portal.";
    Access: has_web_access, "ROLE-3", "The trade partner has no web access to this project.", "Grant web access.";
    Feature: is_feature_on, "PRT-1, PRT-7", "The portal section {section} is disabled for this project.", "Enable the portal section {section} for this project.";
    Sharing: is_schedule_shared, "SCH-1, SCH-9", "The schedule of this project is not shared with clients.", "Share the schedule of this project, as a calendar or as a Gantt chart.";
    Sharing: is_baseline_shared, "EXP-9", "The baseline of the schedule is not shared with clients.", "Share the baseline of the schedule.";
    Sharing: is_shared of (selections, selection_options, selection_choices, selection_trade_infos), "PRT-6", "The selection has not been shared.", "Share the selection.";
    Sharing: is_with_clients of (threads, messages, message_versions, thread_unreads), "ISO-5, MSG-1", "The thread is not with clients.", "None for this thread: its audience cannot change. Start a thread with clients.";
    Sharing: is_with_partner of (threads, messages, message_versions, thread_unreads), "ISO-5", "The thread is not with this trade partner.", "None for this thread: its audience cannot change. Start a thread with the trade partner.";
    Sharing: is_shared of (files, file_renditions, file_objects, file_attachments, project_covers), "FIL-4, FIL-7", "The file is not shared with clients.", "Share the file with clients.";
    Sharing: is_shared_with_partner of (files, file_renditions, file_objects, file_attachments, project_covers), "FIL-5", "The file is not shared with the trade partner.", "Share the file with the trade partner.";
    Sharing: is_shared of (albums), "FIL-7", "The album is not shared with clients.", "Share the album with clients.";
    Published: is_published of (schedule_versions), "SCH-7, SCH-10", "It is not part of the published version of the schedule.", "Publish a version of the schedule that includes it.";
    Published: is_published of (portal_help_articles), "PRT-10", "The article has not been published.", "Publish the article.";
    Row: is_client_viewable of (tasks, task_baselines), "SCH-10, ISO-9", "The task is not viewable by clients.", "Make the task viewable by clients.";
    Row: is_client_viewable of (milestones), "SCH-10, MIL-6", "The milestone is not viewable by clients.", "Make the milestone viewable by clients.";
    Row: is_client_viewable of (schedule_delays), "EXP-9", "The delay is not viewable by clients.", "Make the delay viewable by clients.";
    Row: is_available of (files, file_renditions, file_objects, file_attachments, project_covers), "FIL-7", "The file is being checked, was withheld, or was deleted.", "Wait for the check, release the file, or restore it.";
    Row: is_not_hidden of (file_attachments), "FIL-9", "The file is hidden from clients on this record.", "Show the file to clients on this record.";
    Row: has_visible_record of (file_attachments), "FIL-3, VIS-28", "The member does not see the record of the file.", "Let the member see the record, or attach the file to another one.";
    Row: is_clean of (file_renditions, file_objects), "FIL-6", "It may contain the position at which a photo or video was taken.", "None: images without metadata are made of most photos, and copies of most videos.";
    Row: is_current of (file_renditions, file_objects), "FIL-7", "The content of the file was replaced.", "None: the current content can be downloaded.";
    Row: is_present of (project_clients), "INV-23", "The client has been removed from the project.", "Add the client to the project again.";
    Row: can_pay of (projects), "PRP-1", "Contract amounts are shown only to clients who may make payments.", "Allow the client to make payments.";
    Row: is_shown of (team_members), "PRT-9", "The team member is not shown to clients and trade partners.", "Show the team member to clients and trade partners.";
    Row: is_assigned of (tasks, task_briefs, task_assignees), "VIS-11", "The task is not assigned to the trade partner.", "Assign the task to the trade partner.";
    Row: has_assigned_task of (milestones), "VIS-12", "None of the milestone's tasks is assigned to the trade partner.", "Assign one of its tasks to the trade partner.";
    Row: is_own of (decision_evidence), "SEL-2", "Only the client who decided sees the evidence of a decision.", "Ask the client who decided.";
    Row: is_concerned of (selections, selection_options, selection_choices, selection_trade_infos), "VIS-14", "The selection is not assigned to the trade partner.", "Assign the selection to the trade partner.";
};

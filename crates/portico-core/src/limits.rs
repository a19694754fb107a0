//! Limits of requests (SEC-4).
//!
//! PostgreSQL's statement timeout, 8 s, is set with its logins in `migrations/role_views/logins.sql`.

use std::time::Duration;

/// Maximum size of a request body, in bytes.
pub const BODY_BYTES: usize = 256 * 1024;
/// Maximum nesting of JSON from clients. The parser stops there.
pub const JSON_NESTING: usize = 127;
/// Maximum size of an operation, in bytes.
pub const OPERATION_BYTES: usize = 16 * 1024;
/// Maximum number of selections in an operation, fragments expanded.
pub const SELECTIONS: u64 = 1_000;
/// Maximum nesting of selection sets, expanded fragments and values. Admission and the executor both stop there.
pub const NESTING: usize = 64;
/// Maximum nesting of fields.
pub const DEPTH: u64 = 12;
/// Maximum number of aliases, fragments expanded.
pub const ALIASES: u64 = 30;
/// Maximum number of root fields.
pub const ROOT_FIELDS: u64 = 20;
/// Maximum number of root fields in a mutation.
pub const ROOT_MUTATIONS: u64 = 5;
/// Maximum cost of an outsider's operation.
pub const OUTSIDER_COST: u64 = 1_000;
/// Maximum cost of an operation by staff or an API key.
pub const STAFF_COST: u64 = 10_000;
/// Default page size.
pub const DEFAULT_PAGE: u32 = 25;
/// Maximum page size, and maximum number of ids in one lookup.
pub const MAX_PAGE: u32 = 100;
/// Time limit of a request.
pub const REQUEST: Duration = Duration::from_secs(10);
/// Time limit for receiving the headers of a request.
pub const HEADERS: Duration = Duration::from_secs(10);
/// How long a caller may take to read the next bytes of an answer.
pub const STALLED: Duration = Duration::from_secs(30);
/// Maximum wait for a database connection; then the request fails and the client may retry.
pub const CONNECTION: Duration = Duration::from_secs(2);
/// Time limit of a Redis command; then the gateway continues without Redis.
pub const REDIS: Duration = Duration::from_millis(50);
/// Time to live of rows in Redis.
pub const REDIS_KEEPS: Duration = Duration::from_secs(3_600);
/// How long a page waits for its company's branding before it uses the platform's.
pub const BRANDING: Duration = Duration::from_millis(750);
/// Maximum size of an answer to an operation, in bytes.
///
/// Cost counts lists at their usual lengths and texts not at all, so cost alone does not limit the size of an answer.
pub const ANSWER_BYTES: usize = 8 * 1024 * 1024;
/// Maximum number of tasks in a calendar feed.
pub const FEED_TASKS: u32 = 5_000;
/// Time for open requests to finish when the gateway stops.
pub const DRAIN: Duration = Duration::from_secs(30);

/// Assumed lengths of lists without pages, for cost (`#[list_size(..)]` above the field).
///
/// Each has a maximum of the same name in [`caps`].
pub mod lists {
    /// Clients of a project.
    pub const CLIENTS: u32 = 3;
    /// Trade partners of a project.
    pub const TRADES: u32 = 10;
    /// Members of a project's team.
    pub const TEAM: u32 = 10;
    /// Locations of a project.
    pub const LOCATIONS: u32 = 20;
    /// Invitations of a project's clients, ended ones included.
    pub const INVITATIONS: u32 = 5;
    /// Versions of a project's schedule.
    pub const VERSIONS: u32 = 5;
    /// Milestones of a schedule version.
    pub const MILESTONES: u32 = 15;
    /// Delays of a project's schedule.
    pub const DELAYS: u32 = 5;
    /// Exceptions of a company's work calendar.
    pub const CALENDAR_EXCEPTIONS: u32 = 30;
    /// Templates of a company's schedules.
    pub const SCHEDULE_TEMPLATES: u32 = 10;
    /// Allowances of a project.
    pub const ALLOWANCES: u32 = 10;
    /// Entries of an allowance.
    pub const ALLOWANCE_ENTRIES: u32 = 10;
    /// What a client is asked for in a project.
    pub const PENDING_ACTIONS: u32 = 10;
    /// Options of a selection.
    pub const OPTIONS: u32 = 10;
    /// Chosen options of a selection.
    pub const CHOICES_OF_SELECTION: u32 = 2;
    /// Assignees of a task.
    pub const ASSIGNEES: u32 = 2;
    /// Predecessors of a task.
    pub const DEPENDENCIES: u32 = 2;
    /// Threads about a record.
    pub const THREADS: u32 = 2;
    /// Files of a record, and records of a file.
    pub const ATTACHMENTS: u32 = 3;
    /// Albums of a project.
    pub const ALBUMS: u32 = 10;
    /// Earlier texts of a message.
    pub const MESSAGE_VERSIONS: u32 = 2;
    /// Members of staff whom a message mentions.
    pub const MENTIONS: u32 = 3;
    /// Project memberships of a contact.
    pub const MEMBERSHIPS: u32 = 5;
    /// API keys of a company, revoked ones included.
    pub const API_KEYS: u32 = 20;
    /// Projects of an API key.
    pub const KEY_PROJECTS: u32 = 10;
    /// Mails that a company can customize.
    pub const TEMPLATES: u32 = 10;
    /// Open sessions of a person.
    pub const SESSIONS: u32 = 5;
    /// Roles and companies as which a person can sign in.
    pub const CHOICES: u32 = 3;
    /// Corrections of an account by support.
    pub const SUPPORT_NOTES: u32 = 3;
    /// Steps to set a portal up.
    pub const SETUP_STEPS: u32 = 10;
    /// Rules that decide whether something is visible.
    pub const RULES: u32 = 10;
    /// Kinds of records in a preview, and records of a kind in it.
    pub const PREVIEWED: u32 = 10;
    /// Reasons why a change was rejected.
    pub const USER_ERRORS: u32 = 1;
    /// Web origins of a lead form.
    pub const ORIGINS: u32 = 5;
    /// Changes of a project in one answer, if their number is not requested.
    pub const CHANGES: u32 = super::DEFAULT_PAGE;
    /// Changes of a schedule in one answer.
    pub const SCHEDULE_CHANGES: u32 = 20;
    /// Names of a closed set: permissions, features, placeholders, fields.
    pub const NAMES: u32 = 10;
}

/// Maximum lengths of lists without pages.
///
/// For lists that callers can extend without limit, the mutation refuses more, or the statement reads no more. Tests
/// compare each list of the schema with its maximum (`list_sizes.rs`).
pub mod caps {
    /// Changes of a project in one answer (`changes(first:)`).
    pub const CHANGES: u32 = super::MAX_PAGE;
    /// Clients of a project (`projectClientAdd`).
    pub const CLIENTS: u32 = 50;
    /// Trade partners of a project (`projectTradeAdd`).
    pub const TRADES: u32 = 100;
    /// Members of a project's team (`teamMemberSave`).
    pub const TEAM: u32 = 100;
    /// Locations of a project (`locationSave`).
    pub const LOCATIONS: u32 = 200;
    /// Invitations of a project's clients: the current ones, and the newest of those that ended.
    pub const INVITATIONS: u32 = 50;
    /// Versions of a project's schedule.
    pub const VERSIONS: u32 = 1_000;
    /// Milestones of a schedule (`milestoneSave`).
    pub const MILESTONES: u32 = 200;
    /// Tasks of a schedule (`taskSave`).
    pub const TASKS: u32 = 5_000;
    /// Changes of a schedule in one answer (`schedulePublish`, `scheduleShift`).
    pub const SCHEDULE_CHANGES: u32 = 100;
    /// Templates of a company's schedules (`scheduleTemplateSave`).
    pub const SCHEDULE_TEMPLATES: u32 = 100;
    /// Delays of a project's schedule (`scheduleDelaySave`).
    pub const DELAYS: u32 = 200;
    /// Exceptions of a company's work calendar (`workCalendarUpdate`).
    pub const CALENDAR_EXCEPTIONS: u32 = 1_000;
    /// Allowances of a project (`allowanceSave`).
    pub const ALLOWANCES: u32 = 200;
    /// Entries of an allowance (`allowanceSave`, `selectionApprove`, `selectionReopen`).
    pub const ALLOWANCE_ENTRIES: u32 = 1_000;
    /// What a client is asked for in a project: the most urgent.
    pub const PENDING_ACTIONS: u32 = 100;
    /// Options of a selection (`selectionOptionSave`).
    pub const OPTIONS: u32 = 100;
    /// Chosen options of a selection (`selectionChoose`).
    pub const CHOICES_OF_SELECTION: u32 = 20;
    /// Selections of a project (`selectionSave`, `selectionsCopy`).
    pub const SELECTIONS: u32 = 2_000;
    /// Assignees of a task.
    pub const ASSIGNEES: u32 = 100;
    /// Predecessors of a task.
    pub const DEPENDENCIES: u32 = 100;
    /// Threads about a record: one with clients, one among staff, and one with each trade partner.
    pub const THREADS: u32 = 200;
    /// Files of a record, and records of a file (`fileAttach`, `messagePost`).
    pub const ATTACHMENTS: u32 = 50;
    /// Albums of a project (`albumSave`).
    pub const ALBUMS: u32 = 200;
    /// Earlier texts of a message (`messageEdit`).
    pub const MESSAGE_VERSIONS: u32 = 20;
    /// Members of staff whom a message mentions (`threadStart`, `messagePost`).
    pub const MENTIONS: u32 = 20;
    /// Project memberships of a contact: the newest.
    pub const MEMBERSHIPS: u32 = 100;
    /// API keys of a company: those in force, then those that expired last.
    pub const API_KEYS: u32 = 100;
    /// API keys of a company that are in force (`apiKeyCreate`, `portico key`).
    pub const API_KEYS_IN_FORCE: u32 = 50;
    /// Projects of an API key (`apiKeyCreate`, `portico key`).
    pub const KEY_PROJECTS: u32 = 100;
    /// Mails that a company can customize.
    pub const TEMPLATES: u32 = 50;
    /// Open sessions of a person: the most recently used.
    pub const SESSIONS: u32 = 50;
    /// Sign-in options of a person.
    pub const CHOICES: u32 = 100;
    /// Corrections of an account by support: the newest.
    pub const SUPPORT_NOTES: u32 = 50;
    /// Steps to set a portal up.
    pub const SETUP_STEPS: u32 = 20;
    /// Rules that decide whether something is visible.
    pub const RULES: u32 = 50;
    /// Kinds of records in a preview, and records of a kind in it.
    pub const PREVIEWED: u32 = 100;
    /// Reasons why a change was rejected.
    pub const USER_ERRORS: u32 = 50;
    /// Web origins of a lead form (`leadFormUpdate`).
    pub const ORIGINS: u32 = 20;
    /// Names of a closed set: permissions, features, placeholders, fields.
    pub const NAMES: u32 = 50;
}

//! Retention: which rows a worker deletes, and when. All deletion of old rows is in this module and in
//! `role_views/retention.sql`, except that each request of a sign-in code deletes some expired ones (`links/codes.rs`), so that
//! their number stays small without a worker.
//!
//! Each table is in [`KINDS`] or in [`KEPT`]; a test compares both with the database.

use std::collections::BTreeMap;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Bool, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::jobs::Job;
use portico_core::mail::MailJob;

use crate::StoreError;

/// Maximum number of rows deleted in one transaction.
pub const BATCH: i64 = 500;

/// Lock that one worker at a time holds, for one batch.
const LOCK: &str = "select pg_try_advisory_xact_lock(7091990) as is_ours";

/// Rows that are deleted after a time.
#[derive(Debug, Clone, Copy)]
pub struct RetentionKind {
    /// Name in the settings.
    pub name: &'static str,
    /// Age of the deleted rows, unless it is set.
    pub default: TimeDelta,
    /// Minimum age.
    pub least: TimeDelta,
    /// The table.
    pub table: &'static str,
    /// The rows and the start of their age, for operators.
    pub rows: &'static str,
    old: Selector,
}

/// Selects the rows to delete.
#[derive(Debug, Clone, Copy)]
enum Selector {
    /// An indexed expression, the start of a row's age; and a further condition, or an empty text.
    Since(&'static str, &'static str),
    /// Finished jobs of a kind.
    Jobs(&'static str),
    /// A function of the owner of the tables, for rows that no login may change.
    Function(&'static str),
}

/// Kinds of rows that are deleted, in the order of deletion: codes before the links that they refer to.
pub static KINDS: &[RetentionKind] = &[
    RetentionKind {
        name: "sessions",
        default: TimeDelta::days(90),
        least: TimeDelta::zero(),
        table: "sessions",
        rows: "sessions, after they were revoked or expired",
        old: Selector::Since("least(expires_at, revoked_at)", ""),
    },
    RetentionKind {
        name: "client-views",
        default: TimeDelta::days(1),
        least: TimeDelta::zero(),
        table: "client_views",
        rows: "staff's views of a client's portal, after they ended or expired; the audit log keeps who viewed which",
        old: Selector::Since("least(expires_at, ended_at)", ""),
    },
    RetentionKind {
        name: "codes",
        default: TimeDelta::days(1),
        least: TimeDelta::zero(),
        table: "sign_in_codes",
        rows: "requests of sign-in codes, after they expired",
        old: Selector::Since("expires_at", ""),
    },
    RetentionKind {
        name: "links",
        default: TimeDelta::days(90),
        least: TimeDelta::zero(),
        table: "sign_in_links",
        rows: "mailed links, after they were used, withdrawn or expired",
        old: Selector::Since(
            "least(expires_at, used_at, voided_at)",
            "and not exists (select from sign_in_codes c where c.link_id = sign_in_links.id)",
        ),
    },
    RetentionKind {
        // A request for a review is found by its mail, once a day (ACC-12).
        least: TimeDelta::days(1),
        rows: "mails and their delivery status, after they were sent, refused, parked or withdrawn",
        ..RetentionKind::of_jobs(MailJob::NAME, MailJob::RETENTION)
    },
    RetentionKind {
        name: "idempotency",
        default: TimeDelta::days(7),
        least: TimeDelta::zero(),
        table: "idempotent_answers",
        rows: "results of idempotency keys, after the first request",
        old: Selector::Since("created_at", ""),
    },
    RetentionKind {
        name: "sync",
        default: TimeDelta::days(90),
        least: TimeDelta::days(1),
        table: "synced_records",
        rows: "what a reader was sent of a project's records, after the last change; at least one day",
        old: Selector::Function("delete_synced_records"),
    },
    RetentionKind {
        name: "uploads",
        default: TimeDelta::days(1),
        least: TimeDelta::hours(1),
        table: "staged_uploads",
        rows: "uploads, after they expired; their bytes are deleted then; at least one hour",
        old: Selector::Function("delete_uploads"),
    },
    RetentionKind {
        name: "inbound-mail",
        default: TimeDelta::days(30),
        least: TimeDelta::days(7),
        table: "inbound_mails",
        rows: "hashes that recognize a mail delivered again; at least seven days",
        old: Selector::Since("received_at", ""),
    },
    RetentionKind {
        name: "deleted-files",
        default: TimeDelta::days(30),
        least: TimeDelta::days(1),
        table: "files",
        rows: "files, after they were deleted; staff can restore them until then; at least one day",
        old: Selector::Function("delete_files"),
    },
    RetentionKind {
        name: "openings",
        default: TimeDelta::days(365),
        least: TimeDelta::zero(),
        table: "account_openings",
        rows: "accounts opened by support agents, after the opening expired; the audit log keeps who opened which account",
        old: Selector::Since("expires_at", ""),
    },
    RetentionKind {
        name: "attempts",
        default: TimeDelta::days(90),
        least: TimeDelta::days(1),
        table: "activity",
        rows: "audit log entries of callers without an account: refused sign-ins, requests of links, forms of bots; at least one day",
        old: Selector::Function("delete_attempts"),
    },
    RetentionKind {
        name: "origins",
        default: TimeDelta::days(365),
        least: TimeDelta::days(30),
        table: "activity",
        rows: "network address and user agent in audit log entries of sign-ins and sign-outs, which are cleared; at least 30 days",
        old: Selector::Function("clear_origins"),
    },
    RetentionKind {
        name: "evidence",
        default: TimeDelta::days(3_650),
        least: TimeDelta::days(365),
        table: "decision_evidence",
        rows: "network address and user agent of clients' decisions, whose salted hash is kept; at least 365 days",
        old: Selector::Function("delete_evidence"),
    },
];

impl RetentionKind {
    /// Finished jobs of a kind.
    pub const fn of_jobs(kind: &'static str, default: TimeDelta) -> Self {
        Self {
            name: kind,
            default,
            least: TimeDelta::zero(),
            table: "jobs",
            rows: "finished jobs",
            old: Selector::Jobs(kind),
        }
    }

    /// The statement that deletes rows whose age began before $1, at most $2, and counts them.
    pub fn statement(&self) -> String {
        match self.old {
            Selector::Since(since, only) => delete_from(self.table, since, only),
            Selector::Jobs(name) => {
                delete_from(self.table, "finished_at", &format!("and kind = '{name}' and finished_at is not null"))
            }
            Selector::Function(name) => format!("select retention.{name}($1, $2) as count"),
        }
    }
}

/// Tables whose rows are kept, by the reason. An entry of the audit log that is not an attempt is kept as well.
pub static KEPT: &[(&str, &[&str])] = &[
    (
        "companies, their people and settings: changed and removed by staff, and limited in number",
        &[
            "companies",
            "company_brandings",
            "company_portals",
            "work_calendars",
            "work_calendar_exceptions",
            "help_articles",
            "email_templates",
            "lead_forms",
            "contacts",
            "contact_internals",
            "staff_memberships",
            "staff_internals",
            "api_keys",
            "api_key_projects",
            "api_key_uses",
        ],
    ),
    ("inquiries: staff decide on them, and forms are limited by network and company", &["leads"]),
    (
        "accounts and their settings: one row per person, or per decision of the platform",
        &["identities", "credentials", "notification_settings", "onboardings", "support_agents"],
    ),
    ("evidence of who was invited and has accepted", &["invitations", "staff_invitations"]),
    (
        "the record of a project",
        &[
            "projects",
            "project_internals",
            "project_portals",
            "locations",
            "project_memberships",
            "project_client_settings",
            "team_members",
            "schedule_versions",
            "schedule_version_internals",
            "milestones",
            "milestone_internals",
            "tasks",
            "task_internals",
            "task_baselines",
            "task_briefs",
            "task_assignees",
            "task_dependencies",
            "planned_milestones",
            "planned_tasks",
            "planned_assignees",
            "planned_dependencies",
            "schedule_templates",
            "schedule_delays",
            "allowances",
            "allowance_costs",
            "allowance_entries",
            "selections",
            "selection_internals",
            "selection_trade_infos",
            "selection_trades",
            "selection_options",
            "selection_option_costs",
            "selection_choices",
            "selection_reminders",
            "decisions",
            "decision_heads",
            "threads",
            "messages",
            "message_versions",
            "message_mentions",
            "thread_reads",
            "project_storage",
            "file_contents",
            "file_holds",
            "file_renditions",
            "file_trades",
            "file_internals",
            "file_attachments",
            "albums",
            "project_covers",
            "activity_counters",
            "sync_states",
            "calendar_feeds",
        ],
    ),
    ("objects of files: deleted together with their bytes", &["file_objects"]),
    (
        "state of the installation: one row per owner, table or migration, or rows that end with their transaction",
        &[
            "__diesel_schema_migrations",
            "file_stores",
            "caching.epoch",
            "caching.generations",
            "caching.moves",
            "caching.tracked",
            "caching.writers",
            "migration.role_view_files",
        ],
    ),
];

/// The age at which rows of each kind are deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention(BTreeMap<&'static str, TimeDelta>);

impl Default for Retention {
    fn default() -> Self {
        Self(KINDS.iter().map(|kind| (kind.name, kind.default)).collect())
    }
}

impl Retention {
    /// The age of a kind, by its name; none for an unknown one.
    pub fn of(&self, name: &str) -> Option<TimeDelta> {
        self.0.get(name).copied()
    }

    /// The shortest age.
    pub fn shortest(&self) -> TimeDelta {
        self.0.values().min().copied().unwrap_or(TimeDelta::MAX)
    }
}

/// Reads `sessions=30d,mail=90d`; kinds that are not named have their default.
impl FromStr for Retention {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut ages = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let Some((name, age)) = part.split_once('=') else {
                return Err(format!("`{part}` is not KIND=AGE; use a value such as sessions=30d,mail=90d"));
            };
            let Some(kind) = KINDS.iter().find(|kind| kind.name == name.trim()) else {
                let known: Vec<_> = KINDS.iter().map(|kind| kind.name).collect();
                return Err(format!("`{}` is not a kind; the kinds are: {}", name.trim(), known.join(", ")));
            };
            let age = age_of(age.trim()).ok_or_else(|| {
                format!("`{part}` has no valid age; use a number of days, hours, minutes or seconds above zero and up to 36500d, such as 30d, 12h, 30m or 10s")
            })?;
            if age < kind.least {
                return Err(format!("`{part}` is below the minimum of {} d", kind.least.num_days()));
            }
            ages.0.insert(kind.name, age);
        }
        Ok(ages)
    }
}

/// Maximum age; a longer one would exceed the range of dates.
const LONGEST: TimeDelta = TimeDelta::days(36_500);

fn age_of(text: &str) -> Option<TimeDelta> {
    let number: u32 = text.get(..text.len().checked_sub(1)?)?.parse().ok()?;
    let number = i64::from(number);
    let age = match text.as_bytes().last()? {
        b'd' => TimeDelta::try_days(number),
        b'h' => TimeDelta::try_hours(number),
        b'm' => TimeDelta::try_minutes(number),
        b's' => TimeDelta::try_seconds(number),
        _ => None,
    }?;
    (age > TimeDelta::zero() && age <= LONGEST).then_some(age)
}

#[derive(QueryableByName)]
struct Lock {
    #[diesel(sql_type = Bool)]
    is_ours: bool,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Deletes up to [`BATCH`] rows of a kind whose age began before this time, and returns their number. Call it in its own
/// transaction. None if another worker is deleting rows.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn purge(
    connection: &mut AsyncPgConnection,
    kind: &RetentionKind,
    before: DateTime<Utc>,
) -> Result<Option<i64>, StoreError> {
    let lock: Lock = diesel::sql_query(LOCK).get_result(connection).await?;
    if !lock.is_ours {
        return Ok(None);
    }
    let purge = diesel::sql_query(kind.statement()).bind::<Timestamptz, _>(before).bind::<BigInt, _>(BATCH);
    let purged: Count = purge.get_result(connection).await?;
    Ok(Some(purged.count))
}

/// Rows that another transaction uses are left to the next batch.
fn delete_from(table: &str, since: &str, only: &str) -> String {
    format!(
        "with deleted as (
            delete from {table} where ctid = any (array(
                select ctid from {table} where {since} < $1 {only} order by {since} limit $2 for update skip locked))
            returning 1)
        select count(*) as count from deleted"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_name_kinds_and_ages() {
        // ROB-33
        let set: Retention = " sessions=30d, links = 12h,,codes=10s ".parse().expect("it is valid");
        assert_eq!(set.of("sessions"), Some(TimeDelta::days(30)));
        assert_eq!(set.of("links"), Some(TimeDelta::hours(12)));
        assert_eq!(set.shortest(), TimeDelta::seconds(10));
        assert_eq!(set.of("origins"), Some(TimeDelta::days(365)));
        assert_eq!("".parse(), Ok(Retention::default()));
        for (text, word) in [
            ("sessions", "sessions=30d"),
            ("session=30d", "the kinds are: sessions, client-views, codes, links, mail"),
            ("mail=0d", "`mail=0d`"),
            ("mail=23h", "minimum of 1 d"),
            ("origins=29d", "minimum of 30 d"),
            ("mail=30", "30d"),
            ("mail=", "`mail=`"),
            ("mail=-1d", "`mail=-1d`"),
            ("mail=4000000000d", "`mail=4000000000d`"),
            ("mail=1ü", "`mail=1ü`"),
        ] {
            let error = text.parse::<Retention>().expect_err(text);
            assert!(error.contains(word), "{text}: {error}");
        }
    }
}

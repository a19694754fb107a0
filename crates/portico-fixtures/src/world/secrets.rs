//! Values that no outsider may receive: of columns that `portico_store::tables` hides from outsiders, and of rows that
//! `docs/domain.md` hides. Role views and role schemas are tested against this list, so it does not depend on them.

use std::collections::BTreeSet;

use portico_core::access::Role;
use portico_store::tables::{Column, KnownTo, TABLES, Table};
use serde_json::Value;

use super::World;

/// Hidden columns whose values an outsider may know from elsewhere.
const KNOWN_FROM_ELSEWHERE: &[(&str, &str, &str)] = &[
    ("contacts", "name", "a client's contact has the client's own name: `people` adds the names of trade partners"),
    ("allowances", "covers", "a code"),
    ("allowances", "unused_policy", "a code"),
    ("allowance_entries", "kind", "a code, as the status of a selection"),
    ("decisions", "kind", "a code"),
    ("schedule_delays", "cause", "a code, such as CLIENT"),
    ("decisions", "subject_kind", "a code"),
    ("decisions", "outcome", "a code, as the status of a selection"),
    ("selections", "chosen_by_name", "the name of a client"),
    ("files", "author_name", "the name of a person: `people` adds those that are secret"),
    ("files", "sha256", "the entity tag of a file without metadata: `secrets_from` adds those of photos and videos"),
    ("project_portals", "schedule_share", "a code, such as NONE"),
];

/// Text and amount columns of a table hidden from an outsider.
fn kept(table: &Table, is_kept: fn(KnownTo) -> bool) -> Vec<&'static str> {
    let is_searched = |column: &&Column| {
        is_kept(column.known_to)
            && column.known_to != KnownTo::StaffCommon
            && !column.is_generated
            && ["Text", "Int8"].contains(&column.plain_type())
            && !KNOWN_FROM_ELSEWHERE.iter().any(|(of, name, _)| (*of, *name) == (table.name, column.name))
    };
    table.columns.iter().filter(is_searched).map(|column| column.name).collect()
}

/// Texts and amounts that no answer to an outsider may contain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Secrets {
    /// Sorted, without duplicates.
    pub texts: Vec<String>,
    /// In minor units, ascending, without duplicates.
    pub amounts_minor: Vec<i64>,
}

/// Lists the secrets hidden from clients, or from trade partners.
pub(super) fn secrets_from(outsider: Role, world: &World) -> Secrets {
    let is_trade = outsider == Role::Trade;
    let mut secret = Found::default();
    let is_kept = if is_trade { KnownTo::is_kept_from_trades } else { KnownTo::is_kept_from_clients };
    for table in TABLES {
        secret.take(world, table.name, &kept(table, is_kept), |_| true);
    }
    // Trade partners do not download the originals of photos and videos.
    secret.take(world, "files", &["sha256"], |row| is_trade && row["kind"] != "FILE");
    people(&mut secret, world, is_trade);
    secret.take(world, "team_members", &["title", "work_phone"], |row| row["is_shown"] == false);

    let offers = |feature: &str| {
        let has =
            |row: &Value| row["features"].as_array().is_some_and(|features| features.iter().any(|one| one == feature));
        ids(world, "project_portals", "project_id", has)
    };
    let online = ids(world, "project_memberships", "id", |row| row["web_access"] == true);
    let is_online = |row: &Value| is_in(&online, row, "project_membership_id");
    let with_selections = offers("SELECTIONS");
    secret.take(world, "allowances", &["name", "granted_minor"], |row| !is_in(&with_selections, row, "project_id"));

    // Values that a visible row has too are not secrets of the hidden one: most tasks of a plan have the same names as in
    // the published schedule.
    let (mut hidden, mut known) = (Found::default(), Found::default());
    let mut rows = |table: &str, columns: &[&str], is_known: &dyn Fn(&Value) -> bool| {
        known.take(world, table, columns, is_known);
        hidden.take(world, table, columns, |row| !is_known(row));
    };
    let helping = offers("HELP");
    let helping = ids(world, "projects", "company_id", |row| is_in(&helping, row, "id"));
    let is_help = |row: &Value| !is_trade && is_in(&helping, row, "company_id") && row["state"] == "PUBLISHED";
    rows("help_articles", &["title", "body"], &is_help);

    let scheduled = offers("SCHEDULE");
    let shared = ids(world, "project_portals", "project_id", |row| row["schedule_share"] != "NONE");
    let assigned = ids(world, "task_assignees", "task_id", is_online);
    let is_for_clients = |row: &Value| is_in(&scheduled, row, "project_id") && row["client_viewable"] == true;
    let is_task = |row: &Value| {
        if is_trade { is_in(&assigned, row, "id") } else { is_for_clients(row) && is_in(&shared, row, "project_id") }
    };
    rows("tasks", &["name"], &is_task);
    rows("schedule_delays", &["reason"], &|row| !is_trade && is_for_clients(row) && is_in(&shared, row, "project_id"));
    let milestones = ids(world, "tasks", "milestone_id", is_task);
    rows("milestones", &["name"], &|row| {
        if is_trade { is_in(&milestones, row, "id") } else { is_for_clients(row) }
    });
    if is_trade {
        rows("task_briefs", &["public_notes"], &|row| is_in(&assigned, row, "task_id"));
    }
    rows("planned_tasks", &["name", "public_notes"], &|_| false);
    rows("planned_milestones", &["name"], &|_| false);

    let with_messages = offers("MESSAGES");
    let partners =
        ids(world, "project_memberships", "id", |row| row["web_access"] == true && row["removed_at"].is_null());
    let threads = ids(world, "threads", "id", |row| {
        if is_trade {
            row["audience"] == "TRADE" && is_in(&partners, row, "trade_membership_id")
        } else {
            row["audience"] == "CLIENT" && is_in(&with_messages, row, "project_id")
        }
    });
    let messages = ids(world, "messages", "id", |row| is_in(&threads, row, "thread_id"));
    rows("threads", &["title"], &|row| is_in(&threads, row, "id"));
    rows("messages", &["body"], &|row| is_in(&messages, row, "id"));
    rows("message_versions", &["body"], &|row| is_in(&messages, row, "message_id"));

    let with_files = offers("DOCUMENTS");
    let partners_files = ids(world, "file_trades", "file_id", |row| is_in(&partners, row, "project_membership_id"));
    rows("files", &["name"], &|row| {
        let is_theirs = if is_trade {
            is_in(&partners_files, row, "id")
        } else {
            row["shared_with_clients"] == true && is_in(&with_files, row, "project_id")
        };
        is_theirs && row["state"] == "AVAILABLE"
    });

    let concerned = ids(world, "selection_trades", "selection_id", is_online);
    let selections = ids(world, "selections", "id", |row| {
        let is_theirs =
            if is_trade { is_in(&concerned, row, "id") } else { is_in(&with_selections, row, "project_id") };
        is_theirs && row["status"] != "DRAFT"
    });
    rows("selections", &["title", "instructions"], &|row| is_in(&selections, row, "id"));
    rows("selection_options", &["title", "description"], &|row| is_in(&selections, row, "selection_id"));
    if is_trade {
        rows("selection_trade_infos", &["trade_info"], &|row| is_in(&selections, row, "selection_id"));
    }
    secret.take(world, "selection_options", &["price_minor"], |row| !is_in(&selections, row, "selection_id"));
    secret.texts.extend(&hidden.texts - &known.texts);
    Secrets { texts: secret.texts.into_iter().collect(), amounts_minor: secret.amounts.into_iter().collect() }
}

/// Adds names of people. Staff who are on no project's team and are not clients; for clients, also trade partners.
fn people(secret: &mut Found, world: &World, is_trade: bool) {
    let shown = ids(world, "team_members", "staff_membership_id", |row| row["is_shown"] == true);
    let shown = ids(world, "staff_memberships", "identity_id", |row| is_in(&shown, row, "id"));
    let clients = ids(world, "project_memberships", "identity_id", |row| row["kind"] == "CLIENT");
    let is_known = |row: &Value| is_in(&shown, row, "identity_id") || is_in(&clients, row, "identity_id");
    let mut named = ids(world, "staff_memberships", "identity_id", |row| !is_known(row));
    if !is_trade {
        named.extend(ids(world, "contacts", "identity_id", |row| row["kind"] == "TRADE"));
        secret.take(world, "contacts", &["name"], |row| row["kind"] == "TRADE");
    }
    secret.take(world, "identities", &["name"], |row| is_in(&named, row, "id"));
}

/// The values of a column in the selected rows.
pub(super) fn ids<'a>(world: &'a World, table: &str, column: &str, keep: impl Fn(&Value) -> bool) -> BTreeSet<&'a str> {
    world.rows(table).iter().filter(|row| keep(row)).filter_map(|row| row[column].as_str()).collect()
}

pub(super) fn is_in(ids: &BTreeSet<&str>, row: &Value, column: &str) -> bool {
    row[column].as_str().is_some_and(|id| ids.contains(id))
}

/// Texts and amounts of some rows.
#[derive(Default)]
pub(super) struct Found {
    pub(super) texts: BTreeSet<String>,
    pub(super) amounts: BTreeSet<i64>,
}

impl Found {
    pub(super) fn take(&mut self, world: &World, table: &str, columns: &[&str], keep: impl Fn(&Value) -> bool) {
        for row in world.rows(table).iter().filter(|row| keep(row)) {
            for column in columns {
                self.texts.extend(row[column].as_str().map(str::to_owned));
                // Zero reveals nothing, and is everywhere.
                self.amounts.extend(row[column].as_i64().filter(|amount| *amount != 0));
            }
        }
    }
}

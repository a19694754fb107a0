//! The second world: every value hidden from a caller is different, and hidden rows are removed, moved and added.
//!
//! `portico_store::tables` registers who may know each column. Columns of staff are changed by their type, in every row.
//! `known.sql` selects the rows that the caller may know, from section 2 of docs/domain.md; `changed.sql` and `added.sql`
//! change all other rows. Role schemas and role views are not used.

use std::collections::{BTreeMap, BTreeSet};

use portico_core::sessions::TokenHash;
use portico_store::tables::{Column, KnownTo, TABLES, Table};
use portico_testkit::{TestApp, TestDatabase};
use serde_json::Value as Json;

use crate::support::caches::at;

const KNOWN: &str = include_str!("known.sql");
const CHANGED: &str = include_str!("changed.sql");
const ADDED: &str = include_str!("added.sql");

/// Statements that change all other columns of staff in every row. `CHANGED` sets the rest by hand.
fn changed_by_type() -> String {
    let by_hand = |table: &Table, column: &str| {
        // Comments first: they may contain a `;`.
        without_comments(CHANGED)
            .split(';')
            .map(|statement| statement.split_whitespace().collect::<Vec<_>>().join(" "))
            .filter_map(|statement| Some(statement.strip_prefix(&format!("update {} set ", table.name))?.to_owned()))
            .any(|sets| format!(", {sets}").contains(&format!(", {column} = ")))
    };
    let of_table = |table: &Table| {
        let is_changed = |column: &&Column| {
            is_kept_from_all(column.known_to) && !column.is_generated && !by_hand(table, column.name)
        };
        let columns = table.columns.iter().filter(is_changed).map(|column| column.name);
        let sets: Vec<_> = columns.map(|column| format!("{column} = pg_temp.changed({column})")).collect();
        if sets.is_empty() { String::new() } else { format!("update {} set {};\n", table.name, sets.join(", ")) }
    };
    TABLES.iter().filter(|table| !is_empty_in_worlds(table)).map(of_table).collect()
}

fn without_comments(sql: &str) -> String {
    sql.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join("\n")
}

/// Whether it is hidden from clients and trade partners in every row.
fn is_kept_from_all(known_to: KnownTo) -> bool {
    known_to.is_kept_from_clients() && known_to.is_kept_from_trades()
}

/// Whether both worlds leave a table empty. A test checks that no outsider's role view reads such a table.
fn is_empty_in_worlds(table: &Table) -> bool {
    table.operational.is_some() && !FILLED_HERE.contains(&table.name)
}

/// Tables that fixtures leave empty and the first world fills.
const FILLED_HERE: [&str; 6] =
    ["activity", "calendar_feeds", "jobs", "notification_settings", "onboardings", "staff_invitations"];

/// Tables with a `project_id`, each before the tables that it references.
fn tables_of_projects() -> String {
    let of_project = |table: &&Table| table.columns.iter().any(|column| column.name == "project_id");
    let names = TABLES.iter().rev().filter(of_project).map(|table| format!("'{}'", table.name));
    names.collect::<Vec<_>>().join(", ")
}

/// Former clients and trade partners of the showcase project, in both worlds. They have a session and no membership.
const LINKLESS: &str = "
    insert into identities (id, email, email_canonical, name) values
        ('01900000-0000-7000-8000-00000000000c', 'gone@client.example', 'gone@client.example', 'Gone Client'),
        ('01900000-0000-7000-8000-00000000000d', 'gone@trade.example', 'gone@trade.example', 'Gone Trade');
    insert into project_memberships
            (id, company_id, project_id, contact_id, identity_id, kind, relationship, access_level, web_access, removed_at)
        select md5(m.id::text || i.id)::uuid, m.company_id, m.project_id, m.contact_id, i.id, m.kind, m.relationship,
            m.access_level, m.web_access, '2026-11-01'
        from identities i, sessions s join project_memberships m on m.identity_id = s.identity_id and m.kind = s.actor
        where i.name in ('Gone Client', 'Gone Trade') and s.token_hash = case i.name when 'Gone Client' then ':client' else ':trade' end
            and m.removed_at is null;
    insert into sessions (id, token_hash, identity_id, actor, expires_at, created_at)
        select id, case name when 'Gone Client' then ':gone-client' else ':gone-trade' end, id,
            case name when 'Gone Client' then 'CLIENT' else 'TRADE' end, '2099-01-01', '2026-11-01'
        from identities where name in ('Gone Client', 'Gone Trade');";

/// Mails to every contact of a company: the demo has no queued mail.
const MAILS: &str = "
    insert into jobs (id, kind, key, company_id, payload, state, attempts, next_attempt_at, created_at, finished_at)
        select md5(x.id || 'mail')::uuid, 'mail', 'invitation:' || x.id, c.id, jsonb_build_object(
                'key', 'invitation:' || x.id, 'company_id', c.id, 'template', 'CUSTOMER_INVITATION',
                'to_address', coalesce(x.email, x.id || '@mail.example'), 'to_name', x.name,
                'values', jsonb_build_object('project', x.name, 'days', 14),
                'link', jsonb_build_object('id', md5(x.id || 'link')::uuid, 'nonce', md5(x.id || 'nonce')::uuid),
                'portal_host', c.portal_host),
            'DONE', 1, '2026-11-20', '2026-11-20', '2026-11-20'
        from contacts x join companies c on c.id = x.company_id;";

/// Dismissed overview videos, of all people who have not signed in: the demo has no such row.
const ONBOARDINGS: &str = "
    insert into onboardings (identity_id, dismissed_at) select id, '2026-11-20' from identities where claimed_at is null;";

/// Notification settings of contacts, and accepted invitations of staff.
const SETTINGS_AND_INVITATIONS: &str = "
    insert into notification_settings (identity_id, instant_alerts, summary_frequency)
        select distinct identity_id, true, 'WEEKLY' from contacts where identity_id is not null;
    insert into staff_invitations (id, company_id, membership_id, name, email, sent_at, expires_at, accepted_at)
        select m.id, m.company_id, m.id, i.name, i.email, '2026-11-20', '2026-12-04', '2026-11-21'
        from staff_memberships m join identities i on i.id = m.identity_id;";

/// Calendar feeds of all members with access: the demo has none.
const FEEDS: &str = "
    insert into calendar_feeds (id, company_id, project_id, membership_id, nonce, created_at)
        select md5(m.id || 'feed')::uuid, m.company_id, m.project_id, m.id, md5(m.id || 'a') || md5(m.id || 'b'), '2026-11-20'
        from project_memberships m
        where m.removed_at is null and case m.kind when 'CLIENT' then m.access_level = 'PORTAL' else m.web_access end;";

/// Entries of the audit log about each client: the demo has none.
const ACTIVITY: &str = r#"
    insert into activity
            (id, at, company_id, project_id, kind, subject_kind, subject_id, actor_kind, actor_id, audiences, network, device, details)
        select md5(m.id::text || k.kind)::uuid, '2026-11-21'::timestamptz + k.hour * interval '1 hour', m.company_id, m.project_id, k.kind,
            k.subject, case k.subject when 'PROJECT' then m.project_id else m.id end, k.actor,
            case k.actor when 'CLIENT' then m.identity_id end, array['STAFF'], '203.0.113.7', 'curl', k.details
        from project_memberships m, (values
            (1, 'PROJECT_CHANGED', 'PROJECT', 'SYSTEM', jsonb '{"changed": ["name", "contractTotal"]}'),
            (2, 'PROJECT_CLIENT_ADDED', 'PROJECT_MEMBERSHIP', 'SYSTEM', '{}'),
            (3, 'PRIMARY_CLIENT_CHANGED', 'PROJECT_MEMBERSHIP', 'SYSTEM', '{}'),
            (4, 'PROJECT_CLIENT_REMOVED', 'PROJECT_MEMBERSHIP', 'SYSTEM', '{}'),
            (5, 'PROJECT_CLIENT_CHANGED', 'PROJECT_MEMBERSHIP', 'SYSTEM', '{"changed": ["canPay", "label"]}'),
            (6, 'INVITATION_ACCEPTED', 'PROJECT_MEMBERSHIP', 'CLIENT', '{}'),
            (7, 'SELECTION_APPROVED', 'PROJECT_MEMBERSHIP', 'CLIENT', '{}')
        ) k (hour, kind, subject, actor, details)
        where m.kind = 'CLIENT' and m.removed_at is null;"#;

/// Prevents recording the use of sessions: the time would differ between the worlds.
const SEEN_JUST_NOW: &str = "update sessions set last_seen_at = '2098-01-01';";

/// Tokens of sessions without a membership.
pub(crate) const GONE_CLIENT: &str = "gone-client";
pub(crate) const GONE_TRADE: &str = "gone-trade";

/// The first world.
pub(crate) async fn first_world() -> TestApp {
    at_one_time(first_database().await)
}

async fn first_database() -> TestDatabase {
    let database = TestDatabase::demo().await;
    let mut sql =
        LINKLESS.to_owned() + MAILS + ONBOARDINGS + SETTINGS_AND_INVITATIONS + FEEDS + ACTIVITY + SEEN_JUST_NOW;
    for (name, token) in [
        (":gone-client", GONE_CLIENT),
        (":gone-trade", GONE_TRADE),
        (":client", "demo-client"),
        (":trade", "demo-trade"),
    ] {
        sql = sql.replace(name, TokenHash::of(token).as_str());
    }
    database.db_execute(&sql).await;
    database
}

/// The second world, for the holder of this token.
pub(crate) async fn second_world(token: Option<&str>) -> TestApp {
    let database = first_database().await;
    change_secrets(&database, token).await;
    at_one_time(database)
}

/// A gateway whose clock is stopped: links to files have the quarter of the hour in them, and answers of both worlds are compared.
fn at_one_time(database: TestDatabase) -> TestApp {
    TestApp::over(database).rewired(|app| app.clock = at("2026-11-22T18:00:00Z"))
}

/// Makes the first world the second one, for the holder of this token.
pub(crate) async fn change_secrets(database: &TestDatabase, token: Option<&str>) {
    let hash = token.map_or_else(|| "anonymous".to_owned(), |token| TokenHash::of(token).as_str().to_owned());
    let script = [KNOWN, CHANGED, &changed_by_type(), ADDED].join("\n");
    let script = script.replace(":hash", &hash).replace(":tables_of_projects", &tables_of_projects());
    database.db_execute(&script).await;
}

#[tokio::test]
async fn tables_left_empty_are_in_no_role_view() {
    let database = TestDatabase::demo().await;
    let seen = database
        .db_texts(
            "with recursive under(oid) as (
                select c.oid from pg_class c where c.relnamespace in (
                    'client'::regnamespace, 'trade'::regnamespace, 'visitor'::regnamespace)
                union
                select d.refobjid from under u
                join pg_rewrite r on r.ev_class = u.oid
                join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
                    and d.refclassid = 'pg_class'::regclass
            )
            select c.relname::text as text from under u join pg_class c on c.oid = u.oid where c.relkind = 'r'",
        )
        .await;
    // Requests of the caller fill the first two, alike in both worlds; the third is read by the hash of the caller's own token alone.
    let is_of_caller = |table: &&Table| ["sync_states", "synced_records", "client_views"].contains(&table.name);
    let empty = TABLES.iter().filter(|table| is_empty_in_worlds(table) && !is_of_caller(table));
    let empty: Vec<_> = empty.map(|table| table.name).collect();
    let missing: Vec<_> = seen.iter().filter(|table| empty.contains(&table.as_str())).collect();
    assert!(missing.is_empty(), "fill these in `first_world`, and add them to FILLED_HERE: {missing:?}");
    assert!(seen.len() > 20, "{seen:?}");
}

#[tokio::test]
async fn second_world_changes_every_secret() {
    let first = first_world().await;
    let mut unchanged: BTreeSet<String> = BTreeSet::new();
    let mut changed_somewhere: BTreeSet<String> = BTreeSet::new();
    let tables = || TABLES.iter().filter(|table| !is_empty_in_worlds(table));
    for (actor, token) in [("CLIENT", "demo-client"), ("TRADE", "demo-trade")] {
        let second = second_world(Some(token)).await;
        for table in tables() {
            let (before, after) = (rows(&first, table.name).await, rows(&second, table.name).await);
            for column in table.columns.iter().filter(|column| changes(column)) {
                let name = column.name;
                let both = || before.iter().filter_map(|(key, row)| Some((row.get(name), after.get(key)?.get(name))));
                if both().any(|(before, after)| before != after) {
                    changed_somewhere.insert(format!("{}.{name}", table.name));
                }
                let is_secret = match actor {
                    "CLIENT" => column.known_to.is_kept_from_clients(),
                    _ => column.known_to.is_kept_from_trades(),
                };
                let is_without = |value: Option<&Json>| value.is_some_and(Json::is_null) && follows_status(table, name);
                if is_secret && both().any(|(before, after)| before == after && !is_without(before)) {
                    unchanged.insert(format!("{}.{name}, hidden from {actor}", table.name));
                }
            }
        }
    }
    assert!(unchanged.is_empty(), "unchanged in some row: set them in changed.sql: {unchanged:?}");
    let listed = tables().flat_map(|table| {
        let columns = table.columns.iter().filter(|column| changes(column));
        columns.map(move |column| format!("{}.{}", table.name, column.name))
    });
    let never: Vec<_> = listed.filter(|column| !changed_somewhere.contains(column)).collect();
    assert!(never.is_empty(), "never changed: set them in changed.sql where they are hidden: {never:?}");
}

fn changes(column: &Column) -> bool {
    !matches!(column.known_to, KnownTo::Key | KnownTo::Public)
}

/// Times that a row has in some states alone. Who knows the state knows whether there is a time.
fn follows_status(table: &Table, column: &str) -> bool {
    table.name == "selections" && ["chosen_at", "approved_at"].contains(&column)
}

#[tokio::test]
async fn hidden_rows_differ_in_every_table() {
    let first = first_world().await;
    let second = second_world(Some("demo-client")).await;
    for table in TABLES.iter().filter(|table| !is_empty_in_worlds(table)) {
        // Companies are public; rows that extend another row are added and removed with it.
        if table.name == "companies" || table.key != ["id"] {
            continue;
        }
        let table = table.name;
        let (before, after) = (rows(&first, table).await, rows(&second, table).await);
        assert!(after.keys().any(|row| !before.contains_key(row)), "no row was added to {table}");
        // People remain, since other rows reference them.
        let remaining = ["identities", "contacts", "staff_memberships", "api_keys", "allowances", "sessions"];
        if !remaining.contains(&table) {
            assert!(before.keys().any(|row| !after.contains_key(row)), "no row was removed from {table}");
        }
    }
}

/// The rows of a table, by key.
async fn rows(app: &TestApp, table: &str) -> BTreeMap<String, Json> {
    let key = "(select string_agg(to_jsonb(t) ->> k.name, '|' order by k.name) from key k)";
    let rows = app
        .database()
        .db_texts(&format!(
            "with key as (
                select a.attname::text as name from pg_index i
                join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
                where i.indisprimary and i.indrelid = 'public.{table}'::regclass)
             select {key} || '=' || to_jsonb(t) as text from {table} t"
        ))
        .await;
    let row = |row: &String| {
        let (key, row) = row.split_once('=')?;
        Some((key.to_owned(), serde_json::from_str(row).ok()?))
    };
    rows.iter().filter_map(row).collect()
}

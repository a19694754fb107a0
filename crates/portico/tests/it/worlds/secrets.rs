//! The second world: everything hidden from a caller has another value, and hidden rows are removed, moved and added.
//!
//! `known.sql` lists what the caller may know, from docs/domain.md; `changed.sql` and `added.sql` change everything
//! else. Both are independent of role schemas and role views.

use std::collections::{BTreeMap, BTreeSet};

use portico_core::sessions::TokenHash;
use portico_fixtures::world::World;
use portico_testkit::{TestApp, TestDatabase};
use serde_json::Value as Json;

use super::columns::TABLES;

const SCRIPT: [&str; 3] = [include_str!("known.sql"), include_str!("changed.sql"), include_str!("added.sql")];

/// Former clients and trade partners of the showcase project, in both worlds. They have a session, and no membership.
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

/// Marks the overview video as seen by everyone who has not signed in: the demo has no such row.
const ONBOARDINGS: &str = "
    insert into onboardings (identity_id, dismissed_at) select id, '2026-11-20' from identities where claimed_at is null;";

/// Session use is recorded hourly: both worlds are new enough to skip that.
const SEEN_JUST_NOW: &str = "update sessions set last_seen_at = '2098-01-01';";

/// Tokens of sessions without a membership.
pub(crate) const GONE_CLIENT: &str = "gone-client";
pub(crate) const GONE_TRADE: &str = "gone-trade";

/// The first world.
pub(crate) async fn first_world() -> TestApp {
    TestApp::over(first_database().await)
}

async fn first_database() -> TestDatabase {
    let database = TestDatabase::demo().await;
    let mut sql = LINKLESS.to_owned() + MAILS + ONBOARDINGS + SEEN_JUST_NOW;
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
    let hash = token.map_or_else(|| "nobody".to_owned(), |token| TokenHash::of(token).as_str().to_owned());
    database.db_execute(&SCRIPT.join("\n").replace(":hash", &hash)).await;
    TestApp::over(database)
}

#[tokio::test]
async fn every_column_of_every_table_is_known_to_somebody_or_secret() {
    let database = TestDatabase::demo().await;
    let there: BTreeSet<_> = database
        .db_texts(
            "select table_name || '.' || column_name as text from information_schema.columns
             where table_schema = 'public' and table_name not like '\\_\\_%'",
        )
        .await
        .into_iter()
        .collect();
    let mut listed = BTreeSet::new();
    for (table, columns) in TABLES {
        for name in columns.iter().flat_map(|(_, names)| names.split_whitespace()) {
            assert!(listed.insert(format!("{table}.{name}")), "{table}.{name} is listed twice");
        }
    }
    // Empty tables are in no role view of an outsider: see the catalogue's tests.
    let is_unfilled =
        |column: &&String| World::operational_tables().any(|table| column.starts_with(&format!("{table}.")));
    let forgotten: Vec<_> = there.symmetric_difference(&listed).filter(|column| !is_unfilled(column)).collect();
    assert!(
        forgotten.is_empty(),
        "set the visibility of these in columns.rs, and change them in changed.sql: {forgotten:?}"
    );
}

#[tokio::test]
async fn the_second_world_changes_every_secret_of_every_row_and_all_else_where_it_is_hidden() {
    let first = first_world().await;
    let mut unchanged: BTreeSet<String> = BTreeSet::new();
    let mut changed_somewhere: BTreeSet<String> = BTreeSet::new();
    for (actor, token) in [("CLIENT", Some("demo-client")), ("TRADE", Some("demo-trade"))] {
        let second = second_world(token).await;
        for (table, columns) in TABLES {
            let (before, after) = (rows(&first, table).await, rows(&second, table).await);
            for (kept, names) in *columns {
                for name in names.split_whitespace().filter(|_| kept.changes()) {
                    let both =
                        || before.iter().filter_map(|(key, row)| Some((row.get(name), after.get(key)?.get(name))));
                    if both().any(|(before, after)| before != after) {
                        changed_somewhere.insert(format!("{table}.{name}"));
                    }
                    if kept.is_secret_from(actor) && both().any(|(before, after)| before == after) {
                        unchanged.insert(format!("{table}.{name}, kept from {actor}"));
                    }
                }
            }
        }
    }
    assert!(unchanged.is_empty(), "these are the same in some row: {unchanged:?}");
    let listed = TABLES.iter().flat_map(|(table, columns)| {
        let names = columns.iter().filter(|(kept, _)| kept.changes()).flat_map(|(_, names)| names.split_whitespace());
        names.map(move |name| format!("{table}.{name}"))
    });
    let never: Vec<_> = listed.filter(|column| !changed_somewhere.contains(column)).collect();
    assert!(never.is_empty(), "these never change: {never:?}");
}

#[tokio::test]
async fn hidden_rows_come_and_go_in_every_table_that_has_any() {
    let first = first_world().await;
    let second = second_world(Some("demo-client")).await;
    for (table, columns) in TABLES {
        // Companies and their branding are public; rows beside another row are added and removed with it.
        if ["companies", "company_brandings"].contains(table) || !columns[0].1.starts_with("id") {
            continue;
        }
        let (before, after) = (rows(&first, table).await, rows(&second, table).await);
        assert!(after.keys().any(|row| !before.contains_key(row)), "no row was added to {table}");
        // People stay, since their rows are referenced.
        let stays =
            ["identities", "contacts", "staff_memberships", "support_agents", "api_keys", "allowances", "sessions"];
        if !stays.contains(table) {
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

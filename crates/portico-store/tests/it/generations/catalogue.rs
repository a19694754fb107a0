//! Checks that every tracked table has its triggers.

use std::collections::BTreeSet;

use portico_testkit::TestDatabase;
use tokio_postgres::Client;

use super::support::{run, texts};

/// Triggers on tables, with all their properties.
const TRIGGERS: &str = "select format('%s %s %s', c.relname, t.tgname, case
        when t.tgenabled <> 'O' then 'is off'
        when t.tgtype & 1 = 1 then 'is for each row'
        when t.tgtype & 2 = 2 then 'comes before'
        else case t.tgtype & 60 when 4 then 'insert' when 8 then 'delete' when 16 then 'update' else 'of another kind' end end)
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and not t.tgisinternal";
/// Those of generations, the one that numbers entries of the audit log, those that keep decisions and the files that they refer to
/// unchanged, those that derive columns of files, and the one that ends calendar feeds.
const WANTED: &str = "select format('%s generation_%s %s', table_name, event, event)
    from caching.tracked, unnest(array['insert', 'update', 'delete']) event where moves is not null
    union all select 'activity take_position is for each row'
    union all select t || ' append_only comes before' from unnest(array['decisions', 'decision_heads', 'decision_evidence', 'file_holds']) t
    union all select t || ' keep_held is for each row' from unnest(array['files', 'file_contents', 'file_renditions', 'file_objects']) t
    union all select 'file_objects keep_held_rows comes before' union all select 'file_holds file_holds_added insert'
    union all select 'project_memberships calendar_feeds_end update'
    union all select 'file_trades file_trades_added insert' union all select 'file_trades file_trades_removed delete'";

/// Differences between the actual and the required triggers.
async fn wrong_triggers(owner: &Client) -> Vec<String> {
    let there: BTreeSet<_> = texts(owner, TRIGGERS).await.into_iter().collect();
    let wanted: BTreeSet<_> = texts(owner, WANTED).await.into_iter().collect();
    there.symmetric_difference(&wanted).cloned().collect()
}

#[tokio::test]
async fn every_table_declares_its_owner() {
    let database = TestDatabase::empty().await;
    let owner = database.db_client(None).await;
    let tables = "select c.relname::text from pg_class c where c.relnamespace = 'public'::regnamespace
        and c.relkind in ('r', 'p', 'f') and c.relname <> '__diesel_schema_migrations' order by 1";
    let tracked = texts(&owner, "select table_name from caching.tracked order by 1").await;
    assert_eq!(tracked, texts(&owner, tables).await);
    assert!(tracked.len() > 25);
    let reasons = texts(&owner, "select reason from caching.tracked where moves is null").await;
    assert!(reasons.iter().all(|reason| reason.len() > 10), "{reasons:?}");
}

#[tokio::test]
async fn every_table_has_its_triggers() {
    let database = TestDatabase::empty().await;
    let owner = database.db_client(None).await;
    assert_eq!(wrong_triggers(&owner).await, Vec::<String>::new());
    let settling = "select t.tgname::text from pg_trigger t where t.tgrelid = 'caching.writers'::regclass
        and t.tgdeferrable and t.tginitdeferred and t.tgenabled = 'O' and t.tgfoid = 'generation.settle'::regproc";
    assert_eq!(texts(&owner, settling).await, ["generation_settle"]);
}

#[tokio::test]
async fn missing_or_disabled_trigger_is_found() {
    let database = TestDatabase::empty().await;
    let owner = database.db_client(None).await;
    run(&owner, "drop trigger generation_delete on locations; alter table tasks disable trigger generation_update")
        .await;
    run(&owner, "create table later (project_id uuid)").await;
    let expected =
        ["locations generation_delete delete", "tasks generation_update is off", "tasks generation_update update"];
    assert_eq!(wrong_triggers(&owner).await, expected);
}

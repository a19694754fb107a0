//! What `migrate` replaces, and whom it makes wait.

use std::time::Duration;

use portico_store::{DatabaseVersion, Login, StoreError, migrate};
use portico_testkit::TestDatabase;

/// Every object that a migration can replace, with an identity that changes when it is replaced.
const OBJECTS: &str = "select n.nspname || '.' || c.relname || ' ' || c.oid as text
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'v' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    union all
    select n.nspname || '.' || p.proname || ' ' || p.oid from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    union all
    select t.tgrelid::regclass || '.' || t.tgname || ' ' || t.oid from pg_trigger t where not t.tgisinternal";
const EPOCH: &str = "select value::text as text from caching.epoch";

async fn up(database: &TestDatabase) {
    migrate::migrate(database.database()).await.expect("the migration succeeds");
}

async fn version(database: &TestDatabase) -> DatabaseVersion {
    DatabaseVersion::of(database.database()).await.expect("the version can be read")
}

async fn objects(database: &TestDatabase) -> Vec<String> {
    let mut objects = database.db_texts(OBJECTS).await;
    objects.sort();
    objects
}

/// Objects of `before` that were replaced, by their names up to the first space.
async fn replaced(database: &TestDatabase, before: &[String]) -> Vec<String> {
    let now = objects(database).await;
    let gone = before.iter().filter(|object| !now.contains(object));
    gone.map(|object| object.split(' ').next().unwrap_or_default().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn second_migration_blocks_no_request() {
    // ROB-35
    let database = TestDatabase::demo().await;
    let (before, epoch) = (objects(&database).await, database.db_texts(EPOCH).await);
    let mut readers = Vec::new();
    let reads_views =
        |login: &&str| !["portico_writer", "portico_accounts", "portico_worker", "portico_operator"].contains(login);
    for login in Login::ALL.map(Login::name).into_iter().filter(reads_views) {
        let reader = database.db_client(Some(login)).await;
        reader.batch_execute("begin isolation level repeatable read").await.expect("it begins");
        let views =
            "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'v' and n.nspname = (current_schemas(false))[1]";
        let views = reader.query(views, &[]).await.expect("the catalog can be read");
        assert!(!views.is_empty(), "{login}");
        for view in views {
            let view: String = view.get(0);
            reader.query(&format!("select * from {view}"), &[]).await.unwrap_or_else(|error| panic!("{view}: {error}"));
        }
        readers.push(reader);
    }
    let (writer, accounts) =
        (database.db_client(Some("portico_writer")).await, database.db_client(Some("portico_accounts")).await);
    writer.batch_execute("begin; update projects set name = name").await.expect("it writes");
    accounts.batch_execute("begin; update identities set name = name").await.expect("it writes");
    let strong = "select count(*) from pg_locks l join pg_class c on c.oid = l.relation
        where l.database = (select oid from pg_database where datname = current_database())
            and l.mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')";
    let seen = async {
        let mut seen = 0;
        loop {
            seen += database.db_count(strong).await;
            tokio::task::yield_now().await;
            if seen > 0 {
                return seen;
            }
        }
    };
    // Any wait would exceed the lock timeout of 2 s, and then be retried ten times.
    tokio::select! {
        biased;
        done = tokio::time::timeout(Duration::from_secs(2), migrate::migrate(database.database())) => {
            done.expect("it does not wait").expect("it succeeds");
        }
        seen = seen => panic!("{seen} locks for which readers or writers wait"),
    }
    drop((readers, writer, accounts));
    assert_eq!(objects(&database).await, before, "nothing was replaced");
    assert_eq!(database.db_texts(EPOCH).await, epoch, "caches stay valid");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changed_role_view_file_replaces_role_views() {
    let database = TestDatabase::demo().await;
    assert_eq!(version(&database).await, DatabaseVersion::Current);
    let (before, epoch) = (objects(&database).await, database.db_texts(EPOCH).await);
    let earlier = "drop view client.locations cascade;
        update migration.role_view_files set digest = 'earlier' where name = 'client.sql'";
    database.db_execute(earlier).await;
    assert_eq!(version(&database).await, DatabaseVersion::OtherRoleViews("client.sql".to_owned()));
    // A writer in the middle of a transaction holds locks on tables, not on role views.
    let writing = database.db_hold("update projects set name = name").await;
    up(&database).await;
    drop(writing);
    assert_eq!(version(&database).await, DatabaseVersion::Current);
    let replaced = replaced(&database, &before).await;
    assert!(
        replaced.iter().all(|name| !name.starts_with("generation.") && !name.contains(".generation_")),
        "triggers are kept: {replaced:?}"
    );
    assert!(replaced.contains(&"client.locations".to_owned()) && replaced.contains(&"auth.bearers".to_owned()));
    assert_eq!(objects(&database).await.len(), before.len());
    assert_ne!(database.db_texts(EPOCH).await, epoch, "caches are invalid");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_changed_triggers_are_replaced() {
    let database = TestDatabase::demo().await;
    let (before, epoch) = (objects(&database).await, database.db_texts(EPOCH).await);
    // Another text, a missing trigger, a disabled trigger, and a table that is tracked no longer.
    let earlier = "update caching.tracked set moves = 'select 1' where table_name = 'tasks';
        drop trigger generation_delete on locations;
        alter table allowances disable trigger generation_update;
        create table later (project_id uuid);
        alter table later enable row level security;
        create policy unscoped on later using (true);
        call generation.track('later', 'select project_id, ''SHARED'', null::uuid from changed')";
    database.db_execute(earlier).await;
    let reader = database
        .db_hold("select * from milestones; select * from selections; select * from client.company_brandings")
        .await;
    up(&database).await;
    drop(reader);
    let replaced: Vec<_> = replaced(&database, &before).await;
    let mut expected = Vec::new();
    for event in ["delete", "insert", "update"] {
        for table in ["allowances", "locations", "tasks"] {
            expected.extend([format!("{table}.generation_{event}"), format!("generation.{table}_{event}")]);
        }
    }
    expected.sort();
    let mut sorted = replaced.clone();
    sorted.sort();
    assert_eq!(sorted, expected);
    assert_eq!(objects(&database).await.len(), before.len(), "the table tracked no longer has no triggers");
    assert_ne!(database.db_texts(EPOCH).await, epoch, "caches are invalid");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_rights_are_granted_again() {
    // A database restored on another server has no rights of logins.
    let database = TestDatabase::demo().await;
    database.db_execute("revoke all on schema client from portico_client").await;
    up(&database).await;
    let client = database.db_client(Some("portico_client")).await;
    client.query("select * from projects", &[]).await.expect("the login may read its role view");
    let before = objects(&database).await;
    let no_connect = format!("revoke connect on database {} from portico_auth", database.name());
    database.db_execute(&no_connect).await;
    up(&database).await;
    assert!(!replaced(&database, &before).await.is_empty());
    database.db_client(Some("portico_auth")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn earlier_migration_is_replaced() {
    // What `migrate` of a version without digests leaves behind, which replaces role views and procedures of generations.
    let database = TestDatabase::demo().await;
    let before = objects(&database).await;
    database
        .db_execute(
            "drop view auth.applied_migrations; drop procedure generation.forget; drop view client.tasks cascade",
        )
        .await;
    assert_eq!(version(&database).await, DatabaseVersion::Unmigrated);
    up(&database).await;
    assert_eq!(version(&database).await, DatabaseVersion::Current);
    assert_eq!(objects(&database).await.len(), before.len(), "all objects are there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migration_in_use_is_retried() {
    let database = TestDatabase::demo().await;
    database.db_execute("update migration.role_view_files set digest = 'earlier' where name = 'client.sql'").await;
    let reader = database.db_hold("select * from client.projects").await;
    // Longer than the lock timeout.
    let (migrated, ()) = tokio::join!(migrate::migrate(database.database()), async {
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        drop(reader);
    });
    migrated.expect("it succeeds when the reader has finished");
    assert_eq!(version(&database).await, DatabaseVersion::Current);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn later_database_is_not_migrated() {
    let database = TestDatabase::empty().await;
    database.db_execute("insert into __diesel_schema_migrations (version) values ('20991231000001')").await;
    assert_eq!(version(&database).await, DatabaseVersion::Later("the migration 20991231000001".to_owned()));
    let refused = migrate::migrate(database.database()).await;
    assert!(matches!(&refused, Err(StoreError::LaterVersion(text)) if text.contains("20991231000001")), "{refused:?}");
    let bare = TestDatabase::bare().await;
    assert_eq!(version(&bare).await, DatabaseVersion::Unmigrated);
}

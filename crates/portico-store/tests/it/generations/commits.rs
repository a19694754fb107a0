//! Generations change with the commit, and only with it.

use std::time::Duration;

use portico_testkit::TestDatabase;
use tokio_postgres::Client;

use super::support::{MAPLE, Moved, RIDGE, State, id, run, texts};

const NOTED: &str = "select 'a move' from caching.moves union all select 'a writer' from caching.writers";

async fn shared(owner: &Client) -> String {
    let sql = format!("select shared::text from caching.generations where owner_id = '{}'", id(MAPLE));
    texts(owner, &sql).await.swap_remove(0)
}

fn rename_location(project: &str) -> String {
    format!("update locations set name = name || '!' where project_id = '{}';", id(project))
}

#[tokio::test]
async fn rollback_advances_nothing() {
    let database = TestDatabase::demo().await;
    let owner = database.db_client(None).await;
    let before = State::now(&owner).await;
    run(&owner, &format!("begin; {} rollback", rename_location(MAPLE))).await;
    assert_eq!(before.moved(&owner).await, Moved::default());
    // Whether the rest of the transaction is committed or rolled back.
    run(&owner, &format!("begin; savepoint here; {} rollback to here; commit", rename_location(MAPLE))).await;
    assert_eq!(before.moved(&owner).await, Moved::default());
    let both = format!(
        "begin; savepoint here; {} rollback to here; {} commit",
        rename_location(MAPLE),
        rename_location(RIDGE)
    );
    run(&owner, &both).await;
    assert_eq!(before.moved(&owner).await, Moved::of([id(RIDGE)], true));
    let before = State::now(&owner).await;
    let both = format!(
        "begin; {} savepoint here; {} rollback to here; commit",
        rename_location(MAPLE),
        rename_location(RIDGE)
    );
    run(&owner, &both).await;
    assert_eq!(before.moved(&owner).await, Moved::of([id(MAPLE)], true));
    assert_eq!(texts(&owner, NOTED).await, Vec::<String>::new());
}

#[tokio::test]
async fn moved_row_advances_both_projects() {
    let database = TestDatabase::demo().await;
    let owner = database.db_client(None).await;
    let from_to = |table: &str, condition: &str| {
        format!("update {table} set project_id = '{}' where project_id = '{}' and {condition}", id(RIDGE), id(MAPLE))
    };
    run(
        &owner,
        &format!(
            "insert into locations (id, company_id, project_id, name, sort)
            select gen_random_uuid(), company_id, id, 'Porch', 9 from projects where id = '{}'",
            id(MAPLE)
        ),
    )
    .await;
    for (sql, is_seen) in
        [(from_to("locations", "name = 'Porch'"), true), (from_to("threads", "audience = 'INTERNAL'"), false)]
    {
        let before = State::now(&owner).await;
        run(&owner, &sql).await;
        assert_eq!(before.moved(&owner).await, Moved::of([id(MAPLE), id(RIDGE)], is_seen), "{sql}");
    }
}

fn edit() -> String {
    format!(
        "update selection_options set title = title || '!'
            where selection_id in (select id from selections where project_id = '{}' and status = 'DRAFT')",
        id(MAPLE)
    )
}

fn publish() -> String {
    format!(
        "update selections set status = 'SHARED', number = 900 where id = (
            select s.id from selections s join selection_options o on o.selection_id = s.id
            where s.project_id = '{}' and s.status = 'DRAFT' limit 1)",
        id(MAPLE)
    )
}

#[tokio::test]
async fn edit_beside_publish_advances_shared() {
    for is_editor_last in [true, false] {
        let database = TestDatabase::demo().await;
        let watcher = database.db_client(None).await;
        let (editor, publisher) = (database.db_client(None).await, database.db_client(None).await);
        run(&editor, &format!("begin; {}", edit())).await;
        run(&publisher, &format!("begin; {}", publish())).await;
        let (first, last) = if is_editor_last { (&publisher, &editor) } else { (&editor, &publisher) };
        run(first, "commit").await;
        let between = shared(&watcher).await;
        run(last, "commit").await;
        assert_ne!(shared(&watcher).await, between, "the editor committed last: {is_editor_last}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn edit_waits_for_a_running_publish() {
    let database = TestDatabase::demo().await;
    let watcher = database.db_client(None).await;
    let (editor, publisher) = (database.db_client(None).await, database.db_client(None).await);
    run(&editor, &format!("begin; {}", edit())).await;
    // As during its commit.
    run(&publisher, &format!("begin; {}; set constraints all immediate", publish())).await;
    let by_publisher = shared(&publisher).await;
    let committing = tokio::spawn(async move { run(&editor, "commit").await });
    let waiting =
        "select 'waits' from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    while texts(&watcher, waiting).await.is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    run(&publisher, "commit").await;
    committing.await.expect("the commit succeeds");
    assert_ne!(shared(&watcher).await, by_publisher, "outsiders would keep the earlier draft");
}

#[tokio::test]
async fn transaction_notes_each_owner_once() {
    let database = TestDatabase::demo().await;
    let owner = database.db_client(None).await;
    let many = format!(
        "begin; do $$ declare n int; begin for n in 1 .. 3000 loop
            update tasks set sort = sort + 1 where id = (array['{walls}', '{roof}', '{retest}']::uuid[])[1 + n % 3];
            update locations set sort = sort + 1 where id = (select id from locations where project_id = '{ridge}' limit 1);
            update task_internals set buffer_days = n where task_id = '{walls}';
        end loop; end $$",
        walls = id(&format!("{MAPLE}/task/Frame walls")),
        roof = id(&format!("{MAPLE}/task/Roofing")),
        // Hidden from clients.
        retest = id(&format!("{MAPLE}/task/Geotech retest at the north corner")),
        ridge = id(RIDGE)
    );
    run(&owner, &many).await;
    let noted = texts(&owner, "select gate from caching.moves order by gate").await;
    assert_eq!(noted, ["INTERNAL", "SHARED", "SHARED", "TASK"], "one of each project after 9,000 statements");
    assert_eq!(texts(&owner, "select 'one' from caching.writers").await.len(), 1);
    let before = State::now(&owner).await;
    run(&owner, "commit").await;
    assert_eq!(before.moved(&owner).await, Moved::of([id(MAPLE), id(RIDGE)], true));
    assert_eq!(texts(&owner, NOTED).await, Vec::<String>::new());
}

#[tokio::test]
async fn early_constraint_check_still_advances() {
    let database = TestDatabase::demo().await;
    let owner = database.db_client(None).await;
    let before = State::now(&owner).await;
    let sql = format!(
        "begin; {} set constraints all immediate; set constraints all deferred; {} commit",
        rename_location(MAPLE),
        rename_location(RIDGE)
    );
    run(&owner, &sql).await;
    assert_eq!(before.moved(&owner).await, Moved::of([id(MAPLE), id(RIDGE)], true));
    assert_eq!(texts(&owner, NOTED).await, Vec::<String>::new());
}

#[tokio::test]
async fn writer_cannot_change_generations() {
    let database = TestDatabase::demo().await;
    let (owner, writer) = (database.db_client(None).await, database.db_client(Some("portico_writer")).await);
    let before = State::now(&owner).await;
    let company = texts(&owner, "select id::text from companies where slug = 'alderbrook'").await.remove(0);
    run(&writer, &format!("begin; set local portico.company = '{company}'; {} commit", rename_location(MAPLE))).await;
    assert_eq!(before.moved(&owner).await, Moved::of([id(MAPLE)], true));
    let tables = texts(
        &owner,
        "select relname::text from pg_class where relnamespace = 'caching'::regnamespace and relkind = 'r'",
    )
    .await;
    assert_eq!(tables.len(), 5);
    let mut attempts = vec!["truncate locations".to_owned(), "alter table locations disable trigger all".to_owned()];
    for table in tables {
        for verb in ["select * from", "delete from", "truncate"] {
            attempts.push(format!("{verb} caching.{table}"));
        }
        attempts.push(format!("insert into caching.{table} default values"));
    }
    attempts.push("update caching.generations set shared = gen_random_uuid()".to_owned());
    attempts.push("set session_replication_role = replica".to_owned());
    attempts.push("select generation.settle()".to_owned());
    for sql in attempts {
        let error = writer.batch_execute(&sql).await.expect_err(&sql);
        assert_eq!(error.code().map(|code| code.code()), Some("42501"), "{sql}: {error:?}");
    }
}

//! Concurrent writers of different rows: generations must not make them block each other.

use fastrand::Rng;
use portico_testkit::TestDatabase;
use tokio::task::JoinSet;
use tokio_postgres::Client;

use super::support::{MAPLE, RIDGE, State, id, run, texts};

const WRITERS: usize = 6;
const TRANSACTIONS: usize = 80;

/// Rows that belong to one writer, named after them. Tasks of all writers share milestones, which are rolled up.
fn own_rows(name: &str) -> String {
    let of_projects = format!("from projects where id in ('{}', '{}')", id(MAPLE), id(RIDGE));
    format!(
        "insert into identities (id, email, email_canonical, name)
            values (gen_random_uuid(), '{name}@example.com', '{name}@example.com', '{name}');
        insert into staff_memberships (id, company_id, identity_id, role, title)
            select gen_random_uuid(), c.id, i.id, 'STAFF', '{name}' from companies c, identities i where i.name = '{name}';
        insert into contacts (id, company_id, identity_id, kind, name)
            select gen_random_uuid(), c.id, i.id, 'TRADE', '{name}' from companies c, identities i where i.name = '{name}';
        insert into project_memberships (id, company_id, project_id, contact_id, identity_id, kind)
            select gen_random_uuid(), p.company_id, p.id, c.id, c.identity_id, 'TRADE'
            from contacts c join projects p on p.company_id = c.company_id
            where c.name = '{name}' and p.id in ('{maple}', '{ridge}');
        insert into locations (id, company_id, project_id, name, sort)
            select gen_random_uuid(), company_id, id, '{name}', 9 {of_projects};
        insert into allowances (id, company_id, project_id, name, granted_minor, sort)
            select gen_random_uuid(), company_id, id, '{name}', 5, 9 {of_projects};
        insert into selections (id, company_id, project_id, title, status, instructions)
            select gen_random_uuid(), company_id, id, '{name}', 'DRAFT', '{name}' {of_projects};
        insert into tasks (id, company_id, project_id, milestone_id, name, start_on, finish_on, work_days, sort)
            select gen_random_uuid(), p.company_id, p.id,
                (select m.id from milestones m where m.project_id = p.id order by m.id limit 1),
                '{name}', '2026-11-02', '2026-11-03', 2, 9
            from projects p where p.id in ('{maple}', '{ridge}');
        insert into planned_tasks
            (id, company_id, project_id, version_id, task_id, name, start_on, finish_on, work_days, sort)
            select gen_random_uuid(), t.company_id, t.project_id, v.id, t.id, t.name, t.start_on, t.finish_on, t.work_days, 9
            from tasks t join schedule_versions v on v.project_id = t.project_id
            where t.name = '{name}' and v.state <> 'SUPERSEDED';
        insert into threads (id, company_id, project_id, audience, subject_kind, subject_id, title)
            select gen_random_uuid(), company_id, id, 'INTERNAL', 'PROJECT', id, '{name}' {of_projects};",
        maple = id(MAPLE),
        ridge = id(RIDGE),
    )
}

/// A change of the writer's own rows. Rows of projects are changed in one of the two.
fn change(rng: &mut Rng, name: &str) -> String {
    let project = id(if rng.bool() { MAPLE } else { RIDGE });
    match rng.u8(..10) {
        0 => format!("update identities set phone = null where name = '{name}'"),
        1 => format!("update staff_memberships set removed_at = null where title = '{name}'"),
        2 => format!("update contacts set phone = null where name = '{name}'"),
        3 => format!(
            "update project_memberships set web_access = not web_access where project_id = '{project}'
            and contact_id in (select id from contacts where name = '{name}')"
        ),
        4 => format!("update locations set sort = sort + 1 where project_id = '{project}' and name = '{name}'"),
        5 => format!("update allowances set sort = sort + 1 where project_id = '{project}' and name = '{name}'"),
        6 => format!("update selections set version = version + 1 where project_id = '{project}' and title = '{name}'"),
        7 => format!(
            "update tasks set percent_complete = (percent_complete + 37) % 101 where project_id = '{project}' and name = '{name}'"
        ),
        8 => format!("update planned_tasks set sort = sort + 1 where project_id = '{project}' and name = '{name}'"),
        _ => format!("update threads set title = title where project_id = '{project}' and title = '{name}'"),
    }
}

/// Writes for a while. Returns the errors.
async fn write_on(client: Client, name: String, seed: u64) -> Vec<String> {
    let mut rng = Rng::with_seed(seed);
    let mut refused = Vec::new();
    for _ in 0..TRANSACTIONS {
        let mut sql = "begin;".to_owned();
        for _ in 0..rng.usize(1..=6) {
            sql += &change(&mut rng, &name);
            sql.push(';');
            if rng.u8(..6) == 0 {
                sql += &format!("savepoint here; {}; rollback to here;", change(&mut rng, &name));
            }
        }
        sql += if rng.u8(..5) == 0 { "rollback" } else { "commit" };
        if let Err(error) = client.batch_execute(&sql).await {
            let detail = error.as_db_error().and_then(|error| error.detail()).unwrap_or_default().to_owned();
            refused.push(format!("{} {detail}", error.code().map_or("", |code| code.code())));
            run(&client, "rollback").await;
        }
    }
    refused
}

/// Runs all writers concurrently.
async fn all_at_once(database: &TestDatabase) -> Vec<String> {
    let owner = database.db_client(None).await;
    let names: Vec<_> = (0..WRITERS).map(|number| format!("writer-{number}")).collect();
    // Before any of them writes: inserting and changing rows could deadlock.
    for name in &names {
        run(&owner, &own_rows(name)).await;
    }
    let mut writers = JoinSet::new();
    for (number, name) in names.into_iter().enumerate() {
        let client = database.db_client(None).await;
        // Deadlocks are detected soon.
        run(&client, "set deadlock_timeout = '20ms'").await;
        writers.spawn(write_on(client, name, number as u64));
    }
    writers.join_all().await.concat()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_of_own_rows_never_deadlock() {
    let database = TestDatabase::demo().await;
    let owner = database.db_client(None).await;
    let before = State::now(&owner).await;
    assert_eq!(all_at_once(&database).await, Vec::<String>::new());
    let moved = before.moved(&owner).await;
    assert!(moved.shared.contains(&id(MAPLE)) && moved.shared.contains(&id(RIDGE)));
    assert_eq!(texts(&owner, "select 'a move' from caching.moves").await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn generations_before_commit_would_deadlock() {
    let database = TestDatabase::demo().await;
    let owner = database.db_client(None).await;
    run(
        &owner,
        "create function planted() returns trigger language plpgsql as $$ begin
            update caching.generations set internal = gen_random_uuid() where owner_id = new.project_id;
            return null;
        end $$;",
    )
    .await;
    for table in ["locations", "allowances", "selections", "tasks", "threads"] {
        run(&owner, &format!("create trigger planted after update on {table} for each row execute function planted()"))
            .await;
    }
    let refused = all_at_once(&database).await;
    assert!(refused.iter().any(|why| why.starts_with("40P01")), "{refused:?}");
}

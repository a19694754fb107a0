//! Roll-ups of milestones: written by the commit, only if they differ, whoever writes the tasks (MIL-5, RULE-12).

use std::time::Duration;

use portico_testkit::TestDatabase;
use tokio_postgres::Client;

use super::support::{MAPLE, Moved, State, id, run, texts};

/// Milestones whose roll-up is not that of their tasks, computed anew.
const WRONG: &str = "select m.name from milestones m
    left join lateral (
        select array_agg(t.percent_complete) as percents, max(t.finish_on) as finish_on,
            floor(sum(t.percent_complete::numeric * greatest(t.work_days, 1)) / sum(greatest(t.work_days, 1))) as percent
        from tasks t where t.milestone_id = m.id) r on true
    where m.percent_complete <> coalesce(r.percent, 0) or m.anticipated_finish_on is distinct from r.finish_on
        or m.status <> case when r.percents is null or 0 = all (r.percents) then 'NOT_STARTED'
            when 100 = all (r.percents) then 'COMPLETED' else 'STARTED' end";

fn milestone(name: &str) -> String {
    id(&format!("{MAPLE}/milestone/{name}"))
}

fn task(name: &str) -> String {
    id(&format!("{MAPLE}/task/{name}"))
}

/// Status, percent and finish; and the transaction that wrote the milestone last.
async fn roll_up(client: &Client, name: &str) -> (String, String) {
    let sql = format!(
        "select unnest(array[concat_ws(' ', status, percent_complete, anticipated_finish_on), xmin::text])
        from milestones where id = '{}'",
        milestone(name)
    );
    let found = texts(client, &sql).await;
    (found[0].clone(), found[1].clone())
}

async fn moved_by(client: &Client, sql: &str) -> Moved {
    let before = State::now(client).await;
    run(client, sql).await;
    before.moved(client).await
}

#[tokio::test]
async fn copied_rows_are_rolled_up() {
    let database = TestDatabase::demo().await;
    let owner = database.db_client(None).await;
    assert_eq!(texts(&owner, WRONG).await, Vec::<String>::new());
    let states = "select distinct status from milestones order by 1";
    assert_eq!(texts(&owner, states).await, ["COMPLETED", "NOT_STARTED", "STARTED"]);
}

#[tokio::test]
async fn hidden_task_moves_shared_by_roll_up_only() {
    // ISO-9
    let database = TestDatabase::demo().await;
    let owner = database.db_client(None).await;
    // Hidden from clients, and assigned to a member of staff only.
    let hidden = task("Geotech retest at the north corner");
    let set = |sets: &str| format!("update tasks set {sets} where id = '{hidden}'");
    let brief = format!(
        "insert into task_briefs (task_id, company_id, project_id, public_notes)
        select id, company_id, project_id, 'A brief' from tasks where id = '{hidden}'"
    );
    for (sql, is_seen, is_rolled_up) in [
        (set("name = 'Another test', sort = 99, start_on = start_on - 1, version = 9"), false, false),
        // It is not the last one to finish, and all have the same progress.
        (set("finish_on = finish_on - 1"), false, false),
        (set("work_days = work_days + 1"), false, false),
        (brief, false, false),
        (set("percent_complete = 99"), true, true),
        (set("percent_complete = 100"), true, true),
        (set("finish_on = '2030-01-01'"), true, true),
        (set("milestone_id = null"), true, true),
        (set("finish_on = '2031-01-01', percent_complete = 3"), false, false),
        (set("client_viewable = true"), true, false),
        (set("client_viewable = false"), true, false),
        (format!("delete from tasks where id = '{hidden}'"), false, false),
    ] {
        let before = roll_up(&owner, "Foundation").await.1;
        assert_eq!(moved_by(&owner, &sql).await, Moved::of([id(MAPLE)], is_seen), "{sql}");
        assert_eq!(roll_up(&owner, "Foundation").await.1 != before, is_rolled_up, "{sql}");
        assert_eq!(texts(&owner, WRONG).await, Vec::<String>::new(), "{sql}");
    }
}

#[tokio::test]
async fn hidden_task_of_a_trade_moves_shared() {
    let database = TestDatabase::demo().await;
    let owner = database.db_client(None).await;
    // Hidden from clients, and assigned to a trade partner.
    let hidden = task("Straighten bowed hallway studs");
    let unassign = format!("delete from task_assignees where task_id = '{hidden}'");
    let assign = format!(
        "insert into task_assignees (id, company_id, project_id, task_id, project_membership_id)
        select gen_random_uuid(), company_id, project_id, '{hidden}', id from project_memberships where id = '{}'",
        id(&format!("{MAPLE}/trade/tomas"))
    );
    let rename = format!("update tasks set name = name || '!' where id = '{hidden}'");
    // Its assignees are deleted with it.
    let delete = format!("delete from tasks where id = '{hidden}'");
    for (sql, is_seen) in
        [(&rename, true), (&unassign, true), (&rename, false), (&assign, true), (&rename, true), (&delete, true)]
    {
        assert_eq!(moved_by(&owner, sql).await, Moved::of([id(MAPLE)], is_seen), "{sql}");
    }
}

#[tokio::test]
async fn roll_up_written_by_hand_is_replaced() {
    let database = TestDatabase::demo().await;
    let owner = database.db_client(None).await;
    let before = roll_up(&owner, "Rough-ins").await.0;
    for login in [None, Some("portico_writer")] {
        let writer = database.db_client(login).await;
        let sql = "update milestones set status = 'COMPLETED', percent_complete = 3, anticipated_finish_on = null";
        run(&writer, sql).await;
        assert_eq!(roll_up(&owner, "Rough-ins").await.0, before, "{login:?}");
        assert_eq!(texts(&owner, WRONG).await, Vec::<String>::new(), "{login:?}");
    }
    run(
        &owner,
        "insert into milestones (id, company_id, project_id, name, sort, status, percent_complete)
            select gen_random_uuid(), company_id, id, 'New', 9, 'COMPLETED', 100 from projects",
    )
    .await;
    assert_eq!(texts(&owner, WRONG).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_tasks_are_both_rolled_up() {
    let (one, other) = ("Excavate and grade", "Geotech retest at the north corner");
    let set =
        |name: &str, percent: u8| format!("update tasks set percent_complete = {percent} where id = '{}'", task(name));
    for (earlier_task, later_task) in [(one, other), (other, one)] {
        let database = TestDatabase::demo().await;
        let watcher = database.db_client(None).await;
        run(&watcher, &format!("{}; {}", set(one, 99), set(other, 99))).await;
        assert!(roll_up(&watcher, "Foundation").await.0.starts_with("STARTED 99"));
        // Neither changes the roll-up alone, since it is rounded down.
        let (earlier, later) = (database.db_client(None).await, database.db_client(None).await);
        run(&earlier, &format!("begin; {}", set(earlier_task, 100))).await;
        run(&later, &format!("begin; {}", set(later_task, 100))).await;
        // As during its commit.
        run(&earlier, "set constraints all immediate").await;
        let committing = tokio::spawn(async move { run(&later, "commit").await });
        let waiting =
            "select 'waits' from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        while texts(&watcher, waiting).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        run(&earlier, "commit").await;
        committing.await.expect("the commit succeeds");
        assert!(roll_up(&watcher, "Foundation").await.0.starts_with("COMPLETED 100"));
    }
}

//! Changes of generations by table, compared with the registration. `registration.rs` tests that the registration agrees
//! with who may know the columns.

use std::collections::BTreeSet;

use portico_store::tables::{Generation, Owner, TABLES, Table};
use portico_testkit::TestDatabase;
use tokio_postgres::Client;

use super::support::{Moved, State, run, texts};

/// Whether outsiders can see the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Yes,
    No,
}
use Shown::{No, Yes};

/// Table, condition on its rows, their owners, and whether outsiders can see them.
struct Case(&'static str, String, String, Shown);

const OF_FILE: &str = "file_id in (select f.id from files f where";
const OF_SELECTION: &str = "selection_id in (select id from selections where status";

/// Returns every kind of row of a table, by its registered generation; none for untracked tables.
fn cases_of(table: &'static Table) -> Vec<Case> {
    let (Owner::Project(owner) | Owner::Company(owner) | Owner::Person(owner)) = table.owner else { return Vec::new() };
    let owner = format!("array[{owner}]");
    let case = |condition: String, owner: &str, shown| Case(table.name, condition, owner.to_owned(), shown);
    let assigned = |task: &str| {
        format!(
            "exists (select from task_assignees x where x.task_id = r.{task} and x.project_membership_id is not null)"
        )
    };
    match table.generation {
        Generation::Untracked(_) => Vec::new(),
        Generation::Shared | Generation::SharedAndLocks(_) | Generation::OfMilestone => {
            vec![case("true".to_owned(), &owner, Yes)]
        }
        Generation::Internal => vec![case("true".to_owned(), &owner, No)],
        Generation::SharedIf(condition) => {
            vec![case(condition.to_owned(), &owner, Yes), case(format!("not ({condition})"), &owner, No)]
        }
        Generation::OfTask => vec![
            case("client_viewable".to_owned(), &owner, Yes),
            case(format!("not client_viewable and {}", assigned("id")), &owner, Yes),
            case(format!("not client_viewable and not {}", assigned("id")), &owner, No),
        ],
        Generation::ByTask => {
            vec![case(assigned("task_id"), &owner, Yes), case(format!("not {}", assigned("task_id")), &owner, No)]
        }
        Generation::OfAssignee => vec![
            case("project_membership_id is not null".to_owned(), &owner, Yes),
            case(format!("project_membership_id is null and {}", assigned("task_id")), &owner, Yes),
            case(format!("project_membership_id is null and not {}", assigned("task_id")), &owner, No),
        ],
        Generation::BySelection => vec![
            case(format!("{OF_SELECTION} <> 'DRAFT')"), &owner, Yes),
            case(format!("{OF_SELECTION} = 'DRAFT')"), &owner, No),
        ],
        Generation::ByFile => vec![
            case(
                format!("{OF_FILE} f.state = 'AVAILABLE' and (f.shared_with_clients or f.shared_with_trades))"),
                &owner,
                Yes,
            ),
            case(format!("{OF_FILE} f.state <> 'AVAILABLE')"), &owner, No),
        ],
        Generation::ByFileAndRecord => {
            let of_file = |condition: &str| format!("{OF_FILE} f.state = 'AVAILABLE' and {condition})");
            let (of_clients, of_none) =
                (of_file("f.shared_with_clients"), of_file("not (f.shared_with_clients or f.shared_with_trades)"));
            let (of_trades, of_no_trades) = (of_file("f.shared_with_trades"), of_file("not f.shared_with_trades"));
            let of_selection =
                |operator: &str| format!("record_id in (select id from selections where status {operator} 'DRAFT')");
            let of_message =
                |operator: &str| format!("record_id in (select id from messages where audience {operator} 'INTERNAL')");
            let (shared, draft) = (of_selection("<>"), of_selection("="));
            let on_task =
                "record_id in (select x.task_id from task_assignees x where x.project_membership_id is not null)";
            // Assigned to a trade partner in a plan, and not part of the published schedule.
            let on_planned_task = "record_id in (select t.task_id from planned_tasks t
                join planned_assignees x on x.planned_task_id = t.id and x.project_membership_id is not null
                where not exists (select from tasks p where p.id = t.task_id))";
            [
                (format!("not hidden_from_clients and {of_clients} and {shared}"), Yes),
                (format!("{of_clients} and {}", of_message("<>")), Yes),
                (format!("{of_none} and {shared}"), No),
                (format!("{of_clients} and {draft}"), No),
                (format!("{of_none} and {}", of_message("=")), No),
                (format!("hidden_from_clients and {of_trades} and {shared}"), Yes),
                (format!("hidden_from_clients and {of_no_trades} and {shared}"), No),
                (format!("{of_trades} and {on_task}"), Yes),
                (format!("{of_no_trades} and {on_task}"), No),
                (format!("{of_trades} and {on_planned_task}"), No),
            ]
            .map(|(condition, shown)| case(condition, &owner, shown))
            .into()
        }
        // All projects of a company name its staff. No role view reads the names of clients yet.
        Generation::OfPerson => vec![
            case(
                "id in (select identity_id from staff_memberships)".to_owned(),
                "array(select company_id from staff_memberships m where m.identity_id = r.id)",
                Yes,
            ),
            case("id not in (select identity_id from staff_memberships)".to_owned(), "array[]::uuid[]", No),
        ],
        // Tasks show the names of trade partners to the other assignees.
        Generation::OfContact => vec![
            case(
                "id in (select contact_id from project_memberships where kind = 'TRADE')".to_owned(),
                "array(select project_id from project_memberships m where m.contact_id = r.id)",
                Yes,
            ),
            case("id not in (select contact_id from project_memberships)".to_owned(), "array[]::uuid[]", No),
        ],
    }
}

fn cases() -> Vec<Case> {
    TABLES
        .iter()
        .flat_map(cases_of)
        .chain(
            BY_STATE.map(|(table, condition, shown)| {
                Case(table, condition.to_owned(), "array[project_id]".to_owned(), shown)
            }),
        )
        .collect()
}

/// Rows that outsiders can see in some states only. Listed by hand, not derived from the registration.
const BY_STATE: [(&str, &str, Shown); 22] = [
    ("team_members", "is_shown", Yes),
    ("team_members", "not is_shown", No),
    ("schedule_versions", "state = 'PUBLISHED'", Yes),
    ("schedule_versions", "state = 'DRAFT'", No),
    ("schedule_versions", "state = 'SUPERSEDED'", No),
    ("schedule_delays", "client_viewable", Yes),
    ("schedule_delays", "not client_viewable", No),
    ("selections", "status = 'DRAFT'", No),
    ("selections", "status = 'SHARED'", Yes),
    ("selections", "status not in ('DRAFT', 'SHARED')", Yes),
    ("threads", "audience = 'INTERNAL'", No),
    ("threads", "audience <> 'INTERNAL'", Yes),
    ("messages", "audience = 'INTERNAL'", No),
    ("messages", "audience <> 'INTERNAL'", Yes),
    ("message_versions", "audience = 'INTERNAL'", No),
    ("message_versions", "audience <> 'INTERNAL'", Yes),
    ("albums", "shared_with_clients", Yes),
    ("albums", "not shared_with_clients", No),
    ("files", "state = 'AVAILABLE' and shared_with_clients", Yes),
    ("files", "state = 'AVAILABLE' and not shared_with_clients and shared_with_trades", Yes),
    ("files", "not shared_with_clients and not shared_with_trades", No),
    ("files", "state <> 'AVAILABLE' and shared_with_clients", No),
];

#[test]
fn tables_shared_by_state_are_listed() {
    let of_project = TABLES.iter().filter(|table| matches!(table.owner, Owner::Project(_)));
    for table in of_project.filter(|table| matches!(table.generation, Generation::SharedIf(_))) {
        for shown in [Yes, No] {
            let is_listed = BY_STATE.iter().any(|(name, _, listed)| *name == table.name && *listed == shown);
            assert!(is_listed, "add rows of {} to BY_STATE that outsiders can and cannot see", table.name);
        }
    }
}

/// Lets the tests change and delete decisions and their files, which the ledger refuses.
const WITHOUT_LEDGER: &str = "alter table decisions disable trigger append_only;
    alter table decision_heads disable trigger append_only;
    alter table file_contents disable trigger keep_held;
    alter table file_renditions disable trigger keep_held;";

/// Rows that the demo lacks: one for each case.
const MORE: &str = "
    insert into tasks (id, company_id, project_id, name, start_on, finish_on, work_days, client_viewable, sort)
        select gen_random_uuid(), company_id, project_id, 'Hidden ' || n, '2026-11-02', '2026-11-03', 2, false, 90
        from schedule_versions, generate_series(1, 2) n where state = 'PUBLISHED';
    insert into task_assignees (id, company_id, project_id, task_id, project_membership_id)
        select gen_random_uuid(), t.company_id, t.project_id, t.id, (
            select m.id from project_memberships m where m.project_id = t.project_id and m.kind = 'TRADE' limit 1)
        from tasks t where name = 'Hidden 1';
    insert into contacts (id, company_id, kind, name) select gen_random_uuid(), id, 'MISC', 'A lead' from companies;
    insert into staff_invitations (id, company_id, membership_id, name, email, sent_at, expires_at)
        select gen_random_uuid(), company_id, id, 'A name', 'a@mail.example', now(), now() from staff_memberships;
    insert into task_briefs (task_id, company_id, project_id, public_notes)
        select id, company_id, project_id, 'A brief' from tasks on conflict do nothing;
    insert into task_assignees (id, company_id, project_id, task_id, staff_membership_id)
        select gen_random_uuid(), t.company_id, t.project_id, t.id, m.id from tasks t
        join staff_memberships m on m.company_id = t.company_id and m.role = 'OWNER' on conflict do nothing;
    insert into selection_choices (selection_id, option_id, company_id, project_id)
        select selection_id, id, company_id, project_id from selection_options on conflict do nothing;
    insert into selection_trade_infos (selection_id, company_id, project_id, trade_info)
        select id, company_id, project_id, 'Mind the step' from selections on conflict do nothing;
    insert into selection_trades (selection_id, project_membership_id, company_id, project_id)
        select s.id, m.id, s.company_id, s.project_id from selections s
        join project_memberships m on m.project_id = s.project_id and m.kind = 'TRADE' on conflict do nothing;
    insert into file_attachments (id, company_id, project_id, file_id, record_kind, record_id, hidden_from_clients, created_at)
        select gen_random_uuid(), f.company_id, f.project_id, f.id, r.kind, r.id, r.id::text < '8', now()
        from files f join (
            select id, project_id, 'SELECTION' as kind from selections union all
            select id, project_id, 'SELECTION_OPTION' from selection_options union all
            select id, project_id, 'MESSAGE' from messages union all
            select id, project_id, 'TASK' from tasks union
            select task_id, project_id, 'TASK' from planned_tasks) r on r.project_id = f.project_id
        on conflict do nothing;
    update file_attachments set hidden_from_clients = not hidden_from_clients where md5(id::text) < '8';
    update files set state = 'DELETED', deleted_at = now() where id = (
        select f.id from files f where not f.is_evidence and not exists (select from project_covers c where c.project_id = f.project_id) limit 1);
    insert into project_covers (project_id, company_id, file_id)
        select distinct on (project_id) project_id, company_id, id from files where state <> 'AVAILABLE' on conflict do nothing;";

/// Copies one row of the case to a table named `chosen`. Returns its owners.
async fn choose(owner: &Client, Case(table, condition, owners, _): &Case) -> Vec<String> {
    let choose = format!(
        "drop table if exists chosen; create temp table chosen as select ctid as place, r.* from {table} r
        where {condition} order by r.ctid desc limit 1"
    );
    run(owner, &choose).await;
    assert_eq!(texts(owner, "select 'one' from chosen").await.len(), 1, "{table} has no row where {condition}");
    texts(owner, &format!("select unnest({owners})::text from chosen r")).await
}

async fn columns_of(owner: &Client, table: &str) -> Vec<String> {
    let sql = format!(
        "select attname::text from pg_attribute where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped
        order by attnum"
    );
    texts(owner, &sql).await
}

/// Runs a statement. Returns the changes of generations.
async fn moved_by(owner: &Client, sql: &str) -> Moved {
    let before = State::now(owner).await;
    run(owner, sql).await;
    before.moved(owner).await
}

#[tokio::test]
async fn change_advances_owner_and_visible_shared() {
    let database = TestDatabase::demo().await;
    let owner = database.db_client(None).await;
    run(&owner, WITHOUT_LEDGER).await;
    run(&owner, MORE).await;
    for case in &cases() {
        let owners = choose(&owner, case).await;
        let Case(table, condition, _, shown) = case;
        let column = columns_of(&owner, table).await.swap_remove(0);
        let touch = format!("update {table} set {column} = {column} where ctid = (select place from chosen)");
        let expected = Moved::of(owners, *shown == Yes);
        assert_eq!(moved_by(&owner, &touch).await, expected, "{table} where {condition}");
    }
}

#[tokio::test]
async fn every_advancing_table_has_a_case() {
    let database = TestDatabase::empty().await;
    let owner = database.db_client(None).await;
    let tracked: BTreeSet<_> =
        texts(&owner, "select table_name from caching.tracked where moves is not null").await.into_iter().collect();
    let tables: BTreeSet<_> = cases().iter().map(|Case(table, ..)| (*table).to_owned()).collect();
    assert_eq!(tables, tracked);
}

#[tokio::test]
async fn insert_and_delete_advance_like_update() {
    let database = TestDatabase::demo().await;
    let owner = database.db_client(None).await;
    run(&owner, WITHOUT_LEDGER).await;
    run(&owner, MORE).await;
    // Tables that no other table references: deletes elsewhere would cascade.
    let leaves = "select c.relname::text from pg_class c where c.relnamespace = 'public'::regnamespace
        and c.relkind = 'r' and not exists (select from pg_constraint k where k.confrelid = c.oid)";
    let leaves = texts(&owner, leaves).await;
    let mut count = 0;
    for case in cases().iter().filter(|Case(table, ..)| leaves.iter().any(|leaf| leaf == table)) {
        let owners = choose(&owner, case).await;
        let Case(table, condition, _, shown) = case;
        let expected = Moved::of(owners, *shown == Yes);
        let delete = format!("delete from {table} where ctid = (select place from chosen)");
        assert_eq!(moved_by(&owner, &delete).await, expected, "{table} where {condition}: deleted");
        let columns = columns_of(&owner, table).await.join(", ");
        let insert = format!("insert into {table} ({columns}) select {columns} from chosen");
        assert_eq!(moved_by(&owner, &insert).await, expected, "{table} where {condition}: inserted");
        count += 1;
    }
    assert!(count > 20, "{count}");
}

#[tokio::test]
async fn statement_without_rows_advances_nothing() {
    let database = TestDatabase::demo().await;
    let owner = database.db_client(None).await;
    run(&owner, WITHOUT_LEDGER).await;
    for Case(table, ..) in &cases() {
        let column = columns_of(&owner, table).await.swap_remove(0);
        for sql in
            [format!("update {table} set {column} = {column} where false"), format!("delete from {table} where false")]
        {
            assert_eq!(moved_by(&owner, &sql).await, Moved::default(), "{sql}");
        }
    }
}

#[tokio::test]
async fn visibility_change_advances_shared() {
    let database = TestDatabase::demo().await;
    let owner = database.db_client(None).await;
    let maple = super::support::id(super::support::MAPLE);
    let changes = [
        "update selections set status = 'SHARED', number = 900 where id = (select id from selections
            where project_id = $ and status = 'DRAFT' limit 1)",
        "update selections set status = 'DRAFT', number = null where number = 900",
        "update team_members set is_shown = not is_shown where id = (select id from team_members where project_id = $ limit 1)",
        "update team_members set is_shown = not is_shown where id = (select id from team_members where project_id = $ limit 1)",
        "update schedule_versions set state = 'SUPERSEDED' where project_id = $ and state = 'PUBLISHED'",
        "update schedule_versions set state = 'PUBLISHED', number = 90, published_at = now()
            where project_id = $ and state = 'DRAFT'",
        "delete from schedule_versions where project_id = $ and state = 'PUBLISHED'",
    ];
    for sql in changes {
        let moved = moved_by(&owner, &sql.replace('$', &format!("'{maple}'"))).await;
        assert_eq!(moved, Moved::of([maple.clone()], true), "{sql}");
    }
}

#[tokio::test]
async fn publishing_an_article_advances_shared() {
    let database = TestDatabase::demo().await;
    let owner = database.db_client(None).await;
    let company =
        texts(&owner, "select company_id::text from help_articles where state = 'DRAFT' limit 1").await.remove(0);
    let of_company = format!("company_id = '{company}'");
    let changes = [
        format!(
            "update help_articles set state = 'PUBLISHED', published_at = now(), version = 9
            where {of_company} and state = 'DRAFT'"
        ),
        format!("update help_articles set state = 'DRAFT', published_at = null where {of_company} and version = 9"),
    ];
    for sql in changes {
        assert_eq!(moved_by(&owner, &sql).await, Moved::of([company.clone()], true), "{sql}");
    }
}

#[tokio::test]
async fn deleted_draft_leaves_shared_unchanged() {
    let database = TestDatabase::demo().await;
    let owner = database.db_client(None).await;
    run(&owner, MORE).await;
    let of_state = |state: &str| format!("(select id from schedule_versions where state = '{state}')");
    for sql in [
        format!("delete from planned_tasks where version_id in {}", of_state("DRAFT")),
        "delete from schedule_versions where state = 'DRAFT'".to_owned(),
        // The plan alone: what outsiders know of the published version stands in other tables.
        format!("delete from planned_tasks where version_id in {}", of_state("PUBLISHED")),
        "delete from selections where status = 'DRAFT'".to_owned(),
    ] {
        let moved = moved_by(&owner, &sql).await;
        assert!(!moved.internal.is_empty(), "{sql}");
        assert_eq!(moved.shared, BTreeSet::new(), "{sql}");
    }
    for sql in [
        "delete from tasks where exists (select from task_briefs b where b.task_id = tasks.id)",
        "delete from schedule_versions where state = 'PUBLISHED'",
    ] {
        let moved = moved_by(&owner, sql).await;
        assert!(!moved.internal.is_empty(), "{sql}");
        assert_eq!(moved.shared, moved.internal, "{sql}");
    }
}

//! Which generations a change affects, table by table. Visibility to outsiders is listed here by hand, independent of
//! the triggers.

use std::collections::BTreeSet;

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

/// Rows of a table that match a condition, their owners, and whether outsiders can see them.
struct Case(&'static str, &'static str, &'static str, Shown);

const PROJECT: &str = "array[project_id]";
const COMPANY: &str = "array[company_id]";
const OF_PUBLISHED: &str = "version_id in (select id from schedule_versions where state = 'PUBLISHED')";
const OF_DRAFT: &str = "version_id in (select id from schedule_versions where state = 'DRAFT')";
const OF_SUPERSEDED: &str = "version_id in (select id from schedule_versions where state = 'SUPERSEDED')";
const TASK_OF_PUBLISHED: &str = "task_id in (select t.id from tasks t join schedule_versions v on v.id = t.version_id
    where v.state = 'PUBLISHED')";
const TASK_OF_DRAFT: &str = "task_id in (select t.id from tasks t join schedule_versions v on v.id = t.version_id
    where v.state = 'DRAFT')";
const TASK_OF_SUPERSEDED: &str = "task_id in (select t.id from tasks t join schedule_versions v on v.id = t.version_id
    where v.state = 'SUPERSEDED')";
const OF_SHARED_SELECTION: &str = "selection_id in (select id from selections where status <> 'DRAFT')";
const OF_DRAFT_SELECTION: &str = "selection_id in (select id from selections where status = 'DRAFT')";

const CASES: [Case; 55] = [
    Case("companies", "true", "array[id]", Yes),
    Case("company_brandings", "true", COMPANY, Yes),
    Case("company_portals", "true", COMPANY, Yes),
    Case("help_articles", "state = 'PUBLISHED'", COMPANY, Yes),
    Case("help_articles", "state = 'DRAFT'", COMPANY, No),
    // Staff are named in all projects of their company; clients' names are visible to staff, in views without a cache.
    Case(
        "identities",
        "id in (select identity_id from staff_memberships)",
        "array(select company_id from staff_memberships m where m.identity_id = r.id)",
        Yes,
    ),
    Case("identities", "id not in (select identity_id from staff_memberships)", "array[]::uuid[]", No),
    // Trade partners are named in the projects that they work on.
    Case(
        "contacts",
        "id in (select contact_id from project_memberships where kind = 'TRADE')",
        "array(select project_id from project_memberships m where m.contact_id = r.id)",
        Yes,
    ),
    Case("contacts", "id not in (select contact_id from project_memberships)", "array[]::uuid[]", No),
    Case("staff_memberships", "true", COMPANY, Yes),
    Case("staff_invitations", "true", COMPANY, Yes),
    Case("staff_internals", "true", COMPANY, No),
    Case("api_keys", "true", COMPANY, No),
    Case("projects", "true", "array[id]", Yes),
    Case("project_internals", "true", PROJECT, No),
    Case("project_portals", "true", PROJECT, Yes),
    Case("locations", "true", PROJECT, Yes),
    Case("project_memberships", "true", PROJECT, Yes),
    Case("project_client_settings", "true", PROJECT, No),
    Case("invitations", "true", PROJECT, No),
    Case("team_members", "is_shown", PROJECT, Yes),
    Case("team_members", "not is_shown", PROJECT, No),
    Case("schedule_versions", "state = 'PUBLISHED'", PROJECT, Yes),
    Case("schedule_versions", "state = 'DRAFT'", PROJECT, No),
    Case("schedule_versions", "state = 'SUPERSEDED'", PROJECT, No),
    Case("schedule_version_internals", "true", PROJECT, No),
    Case("milestones", OF_PUBLISHED, PROJECT, Yes),
    Case("milestones", OF_DRAFT, PROJECT, No),
    Case("milestones", OF_SUPERSEDED, PROJECT, No),
    Case("milestone_internals", "true", PROJECT, No),
    Case("tasks", OF_PUBLISHED, PROJECT, Yes),
    Case("tasks", OF_DRAFT, PROJECT, No),
    Case("tasks", OF_SUPERSEDED, PROJECT, No),
    Case("task_internals", "true", PROJECT, No),
    Case("task_briefs", TASK_OF_PUBLISHED, PROJECT, Yes),
    Case("task_briefs", TASK_OF_DRAFT, PROJECT, No),
    Case("task_briefs", TASK_OF_SUPERSEDED, PROJECT, No),
    Case("task_assignees", TASK_OF_PUBLISHED, PROJECT, Yes),
    Case("task_assignees", TASK_OF_DRAFT, PROJECT, No),
    Case("task_assignees", TASK_OF_SUPERSEDED, PROJECT, No),
    Case("task_dependencies", "true", PROJECT, No),
    Case("allowances", "true", PROJECT, Yes),
    Case("allowance_costs", "true", PROJECT, No),
    Case("selections", "status = 'DRAFT'", PROJECT, No),
    Case("selections", "status = 'SHARED'", PROJECT, Yes),
    Case("selections", "status not in ('DRAFT', 'SHARED')", PROJECT, Yes),
    Case("selection_internals", "true", PROJECT, No),
    Case("selection_trade_infos", OF_SHARED_SELECTION, PROJECT, Yes),
    Case("selection_trade_infos", OF_DRAFT_SELECTION, PROJECT, No),
    Case("selection_trades", OF_SHARED_SELECTION, PROJECT, Yes),
    Case("selection_trades", OF_DRAFT_SELECTION, PROJECT, No),
    Case("selection_options", OF_SHARED_SELECTION, PROJECT, Yes),
    Case("selection_options", OF_DRAFT_SELECTION, PROJECT, No),
    Case("selection_option_costs", "true", PROJECT, No),
    Case("internal_notes", "true", PROJECT, No),
];

/// Rows that the demo lacks: one for each case.
const MORE: &str = "
    insert into contacts (id, company_id, kind, name) select gen_random_uuid(), id, 'MISC', 'A lead' from companies;
    insert into staff_invitations (id, company_id, membership_id, name, email, sent_at, expires_at)
        select gen_random_uuid(), company_id, id, 'A name', 'a@mail.example', now(), now() from staff_memberships;
    insert into task_briefs (task_id, company_id, project_id, public_notes)
        select id, company_id, project_id, 'A brief' from tasks on conflict do nothing;
    insert into task_assignees (id, company_id, project_id, task_id, staff_membership_id)
        select gen_random_uuid(), t.company_id, t.project_id, t.id, m.id from tasks t
        join staff_memberships m on m.company_id = t.company_id and m.role = 'OWNER' on conflict do nothing;
    insert into selection_trade_infos (selection_id, company_id, project_id, trade_info)
        select id, company_id, project_id, 'Mind the step' from selections on conflict do nothing;
    insert into selection_trades (selection_id, project_membership_id, company_id, project_id)
        select s.id, m.id, s.company_id, s.project_id from selections s
        join project_memberships m on m.project_id = s.project_id and m.kind = 'TRADE' on conflict do nothing;";

/// Puts one row of the case into a table named `chosen`, and returns its owners.
async fn choose(owner: &Client, Case(table, condition, owners, _): &Case) -> Vec<String> {
    let choose = format!(
        "drop table if exists chosen; create temp table chosen as select ctid as place, r.* from {table} r
        where {condition} order by r.ctid desc limit 1"
    );
    run(owner, &choose).await;
    assert_eq!(texts(owner, "select 'one' from chosen").await.len(), 1, "{table} has none where {condition}");
    texts(owner, &format!("select unnest({owners})::text from chosen r")).await
}

async fn columns_of(owner: &Client, table: &str) -> Vec<String> {
    let sql = format!(
        "select attname::text from pg_attribute where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped
        order by attnum"
    );
    texts(owner, &sql).await
}

/// The changes by a statement.
async fn moved_by(owner: &Client, sql: &str) -> Moved {
    let before = State::now(owner).await;
    run(owner, sql).await;
    before.moved(owner).await
}

#[tokio::test]
async fn a_change_moves_its_owner_and_what_outsiders_go_by_only_if_they_can_see_it() {
    let database = TestDatabase::demo().await;
    let owner = database.db_client(None).await;
    run(&owner, MORE).await;
    for case in &CASES {
        let owners = choose(&owner, case).await;
        let Case(table, condition, _, shown) = case;
        let column = columns_of(&owner, table).await.swap_remove(0);
        let touch = format!("update {table} set {column} = {column} where ctid = (select place from chosen)");
        let expected = Moved::of(owners, *shown == Yes);
        assert_eq!(moved_by(&owner, &touch).await, expected, "{table} where {condition}");
    }
}

#[tokio::test]
async fn every_table_that_moves_something_is_among_the_cases() {
    let database = TestDatabase::empty().await;
    let owner = database.db_client(None).await;
    let tracked: BTreeSet<_> =
        texts(&owner, "select table_name from caching.tracked where moves is not null").await.into_iter().collect();
    let tables: BTreeSet<_> = CASES.iter().map(|Case(table, ..)| (*table).to_owned()).collect();
    assert_eq!(tables, tracked);
}

#[tokio::test]
async fn a_row_that_goes_or_comes_moves_what_its_change_would() {
    let database = TestDatabase::demo().await;
    let owner = database.db_client(None).await;
    run(&owner, MORE).await;
    // Tables that no other table references: deletes elsewhere would cascade.
    let leaves = "select c.relname::text from pg_class c where c.relnamespace = 'public'::regnamespace
        and c.relkind = 'r' and not exists (select from pg_constraint k where k.confrelid = c.oid)";
    let leaves = texts(&owner, leaves).await;
    let mut count = 0;
    for case in CASES.iter().filter(|Case(table, ..)| leaves.iter().any(|leaf| leaf == table)) {
        let owners = choose(&owner, case).await;
        let Case(table, condition, _, shown) = case;
        let expected = Moved::of(owners, *shown == Yes);
        let goes = format!("delete from {table} where ctid = (select place from chosen)");
        assert_eq!(moved_by(&owner, &goes).await, expected, "{table} where {condition}: gone");
        let columns = columns_of(&owner, table).await.join(", ");
        let comes = format!("insert into {table} ({columns}) select {columns} from chosen");
        assert_eq!(moved_by(&owner, &comes).await, expected, "{table} where {condition}: come");
        count += 1;
    }
    assert!(count > 20, "{count}");
}

#[tokio::test]
async fn a_statement_that_changes_no_row_moves_nothing() {
    let database = TestDatabase::demo().await;
    let owner = database.db_client(None).await;
    for Case(table, ..) in &CASES {
        let column = columns_of(&owner, table).await.swap_remove(0);
        for sql in
            [format!("update {table} set {column} = {column} where false"), format!("delete from {table} where false")]
        {
            assert_eq!(moved_by(&owner, &sql).await, Moved::default(), "{sql}");
        }
    }
}

#[tokio::test]
async fn what_becomes_visible_or_stops_being_so_moves_what_outsiders_go_by() {
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
async fn a_help_article_that_is_published_or_taken_back_moves_what_outsiders_go_by() {
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
async fn a_draft_that_is_thrown_away_with_all_that_hangs_on_it_moves_nothing_that_outsiders_go_by() {
    let database = TestDatabase::demo().await;
    let owner = database.db_client(None).await;
    run(&owner, MORE).await;
    let thrown_away = |state: &str| {
        [
            format!(
                "delete from tasks where version_id in (select id from schedule_versions where state = '{state}')
                    and exists (select from task_briefs b where b.task_id = tasks.id)"
            ),
            format!("delete from schedule_versions where state = '{state}'"),
        ]
    };
    for sql in thrown_away("DRAFT") {
        let moved = moved_by(&owner, &sql).await;
        assert!(!moved.internal.is_empty(), "{sql}");
        assert_eq!(moved.shared, BTreeSet::new(), "{sql}");
    }
    let moved = moved_by(&owner, "delete from selections where status = 'DRAFT'").await;
    assert!(!moved.internal.is_empty());
    assert_eq!(moved.shared, BTreeSet::new());
    for sql in thrown_away("PUBLISHED") {
        let moved = moved_by(&owner, &sql).await;
        assert!(!moved.internal.is_empty(), "{sql}");
        assert_eq!(moved.shared, moved.internal, "{sql}");
    }
}

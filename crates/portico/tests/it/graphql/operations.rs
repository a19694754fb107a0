//! Tests of the operations of frontends, and of the number of statements of each.

use std::collections::BTreeMap;

use portico_core::id::{GlobalId, Tag};
use portico_testkit::{Person, TestApp, TestDatabase, mutations, operations};
use serde_json::{Map, Value, json};

use crate::support::{MAPLE, files, project};

/// Sizes of the projects. 30 and 31 are on both sides of the executor's own yield in a list.
const SIZES: [usize; 5] = [1, 30, 31, 100, 500];

#[tokio::test]
async fn every_operation_succeeds_for_its_role() {
    let app = TestApp::demo().await;
    let selection = app.id(Tag::SELECTION, &format!("{MAPLE}/selection/Front door"));
    for operation in operations() {
        assert!(operation.text.starts_with('#'), "{} does not name its sender", operation.name);
        let client = app.id(Tag::PROJECT_MEMBERSHIP, &format!("{MAPLE}/client/ana"));
        let variables = operation.variables(&project(&app, MAPLE), &selection, &client);
        let reply = app.ask_with(&operation.person(), &operation.text, variables).await;
        let data = reply.data();
        assert!(!data.to_string().is_empty());
        assert!(data.pointer("/project").is_none_or(Value::is_object), "{}: {}", operation.name, reply.text);
        assert!(data.pointer("/node").is_none_or(Value::is_object), "{}: {}", operation.name, reply.text);
    }
}

/// Each on a demo of its own, since it changes the data that others need. Their statements are not counted: they depend on the change, which locks,
/// compares and records what it affects.
#[tokio::test]
async fn every_mutation_succeeds_for_its_role() {
    for mutation in mutations() {
        assert!(mutation.text.starts_with('#'), "{} does not name its sender", mutation.name);
        let app = TestApp::demo().await;
        let variables = mutation.filled_in(&app, &given(&app, &mutation.name).await).await;
        let reply = app.ask_with(&mutation.person(), &mutation.text, variables.clone()).await;
        let results = reply.data().as_object().expect("an object");
        let payload = results.values().next().unwrap_or_else(|| panic!("{}: {}", mutation.name, reply.text));
        assert_eq!(payload["userErrors"], json!([]), "{} with {variables}", mutation.name);
        let nulls = payload.as_object().into_iter().flatten().filter(|(_, value)| value.is_null()).count();
        assert_eq!(nulls, 0, "{}: {}", mutation.name, reply.text);
    }
}

/// What a mutation needs beside the demo.
async fn given(app: &TestApp, mutation: &str) -> Map<String, Value> {
    let mut values = Map::new();
    if mutation == "FileFinalize" {
        let upload = files::received(app, &Person::client(), "Measurements.txt", b"2.40 x 1.10\n").await;
        values.insert("$upload".to_owned(), upload.into());
    }
    values
}

#[tokio::test]
async fn insider_mutations_fail_for_outsiders() {
    let app = TestApp::demo().await;
    let is_shared = |name: &str| matches!(name, "MessagePost" | "TaskProgressSet");
    let insiders = mutations().into_iter().filter(|it| matches!(it.role.as_str(), "staff" | "owner"));
    for mutation in insiders.filter(|it| !is_shared(&it.name)) {
        let variables = mutation.filled_in(&app, &Map::new()).await;
        for outsider in [Person::client(), Person::trade()] {
            let reply = app.ask_with(&outsider, &mutation.text, variables.clone()).await;
            assert_eq!(reply.code(), "GRAPHQL_VALIDATION_FAILED", "{}", mutation.name);
            assert!(reply.json.get("data").is_none());
        }
    }
}

#[tokio::test]
async fn insider_operations_fail_for_outsiders() {
    let app = TestApp::demo().await;
    let insiders = [
        "ScheduleBoard",
        "CostSheet",
        "NotesReview",
        "ThreadInbox",
        "Margins",
        "TeamPay",
        "CostExport",
        "ExplainAccess",
        "VisibilityPreview",
        "SetupChecklist",
        "ClientAccess",
        "CompanySettings",
    ];
    for operation in operations().iter().filter(|operation| insiders.contains(&operation.name.as_str())) {
        for outsider in [Person::client(), Person::trade()] {
            let variables = operation.variables(&project(&app, MAPLE), "", "");
            let reply = app.ask_with(&outsider, &operation.text, variables).await;
            assert_eq!(reply.code(), "GRAPHQL_VALIDATION_FAILED", "{}", operation.name);
            assert!(reply.json.get("data").is_none());
        }
    }
}

/// Adds what a grown project lacks: a predecessor task, a choice, and a margin.
async fn db_round_off(database: &TestDatabase) {
    database
        .db_execute(
            "insert into tasks (id, company_id, project_id, name, start_on, finish_on, work_days, sort)
                select gen_random_uuid(), p.company_id, p.id, 'Before', '2026-01-02', '2026-01-02', 1, 0
                from projects p
                where p.name = 'Grown' and not exists (select from tasks t where t.project_id = p.id and t.sort = 0);
            insert into task_dependencies (task_id, predecessor_id, company_id, project_id, kind)
                select t.id, b.id, t.company_id, t.project_id, 'START_TO_START'
                from tasks t join tasks b on b.project_id = t.project_id and b.sort = 0 where t.sort = 1
                on conflict do nothing;",
        )
        .await;
    database
        .db_execute(
            "begin;
            create temp table made on commit drop as
                select gen_random_uuid() as selection, gen_random_uuid() as option, gen_random_uuid() as thread, p.id as project, p.company_id as company,
                    m.id as membership
                from projects p join project_memberships m on m.project_id = p.id and m.kind = 'TRADE'
                where p.name = 'Grown' and not exists (select from selections s where s.project_id = p.id and s.title = 'A made choice');
            -- For reports.
            create temp table approved on commit drop as
                select gen_random_uuid() as id, gen_random_uuid() as option, s.company_id, s.project_id, s.number + 5000 as number, s.location_id
                from made join selections s on s.project_id = made.project where s.number <= 20;
            insert into selections (id, company_id, project_id, number, title, status, chosen_at, approved_at, location_id)
                select id, company_id, project_id, number, 'Approved', 'APPROVED', '2026-08-10', '2026-08-10', location_id from approved;
            insert into selection_options (id, company_id, project_id, selection_id, title, price_minor, sort)
                select option, company_id, project_id, id, 'The choice', 500, 1 from approved;
            insert into selection_choices (selection_id, option_id, company_id, project_id)
                select id, option, company_id, project_id from approved;
            -- It comes first, so that it stands on every page.
            update selections set number = number + 1000 where project_id in (select project from made);
            insert into selections (id, company_id, project_id, number, title, status, due_on, chosen_at, location_id)
                select selection, company, project, 1, 'A made choice', 'CHOSEN', '2026-01-01', now(),
                    (select l.id from locations l where l.project_id = project limit 1) from made;
            insert into selection_options (id, company_id, project_id, selection_id, title, price_minor, sort)
                select option, company, project, selection, 'The choice', 500, 1 from made;
            insert into selection_choices (selection_id, option_id, company_id, project_id)
                select selection, option, company, project from made;
            insert into selection_option_costs (option_id, company_id, project_id, unit_cost_minor)
                select option, company, project, 77 from made;
            insert into selection_trades (selection_id, project_membership_id, company_id, project_id)
                select selection, membership, company, project from made;
            insert into threads (id, company_id, project_id, audience, subject_kind, subject_id, message_count)
                select thread, company, project, 'INTERNAL', 'SELECTION', selection, 1 from made;
            insert into messages (id, company_id, project_id, thread_id, audience, position, author_id, author_kind, author_name, body)
                select gen_random_uuid(), company, project, thread, 'INTERNAL', 1,
                    (select author_id from messages m where m.company_id = company limit 1), 'COMPANY', 'made', 'made' from made;
            commit;",
        )
        .await;
}

/// The statements of each operation, for a project of each size.
async fn statements_by_size(app: &TestApp) -> Vec<(String, Vec<u64>)> {
    let mut projects = Vec::new();
    for size in SIZES {
        projects.push(app.db_grown_project(size).await);
    }
    db_round_off(app.database()).await;
    let mut table = Vec::new();
    for operation in operations() {
        let (mut counts, mut lengths) = (Vec::new(), Vec::new());
        for project in &projects {
            let selection = first_selection(app, project).await;
            let variables = operation.variables(project, &selection, &first_client(app, project).await);
            let answer = app.cold().answer(&operation.person(), &operation.text, variables).await;
            assert!(answer.codes.is_empty(), "{}: {}", operation.name, answer.to_json());
            counts.push(answer.request_counts.statements);
            lengths.push(lengths_of_pages(&answer.to_json()));
        }
        let (small, large) = (&lengths[0], &lengths[lengths.len() - 1]);
        let same = small.iter().filter(|(path, length)| large.get(*path) == Some(length) && !of_constant_length(path));
        let same: Vec<_> = same.map(|(path, _)| path).collect();
        assert!(
            same.is_empty(),
            "{}: {same:?} have as many items in a large project: add some to `grow.rs`",
            operation.name
        );
        table.push((format!("{}/{}", operation.role, operation.name), counts));
    }
    table
}

/// The number of items in each connection of an answer, by its path without indexes.
fn lengths_of_pages(answer: &Value) -> BTreeMap<String, usize> {
    fn walk(value: &Value, path: &str, lengths: &mut BTreeMap<String, usize>) {
        match value {
            Value::Object(fields) => {
                fields.iter().for_each(|(name, value)| walk(value, &format!("{path}/{name}"), lengths))
            }
            Value::Array(items) => {
                if path.ends_with("/nodes") || path.ends_with("/edges") {
                    *lengths.entry(path.to_owned()).or_default() += items.len();
                }
                items.iter().for_each(|item| walk(item, path, lengths));
            }
            _ => {}
        }
    }
    let mut lengths = BTreeMap::new();
    walk(answer, "", &mut lengths);
    lengths
}

/// Connections of the company, which do not depend on the project.
fn of_constant_length(path: &str) -> bool {
    !path.starts_with("/data/project/") || path.contains("/helpArticles/")
}

pub(crate) async fn first_selection(app: &TestApp, project: &str) -> String {
    let query = "query($id: ID!) { project(id: $id) { selections(first: 1) { nodes { id } } } }";
    let reply = app.ask_with(&Person::staff(), query, json!({ "id": project })).await;
    reply.at("/project/selections/nodes/0/id").as_str().expect("an id").to_owned()
}

pub(crate) async fn first_client(app: &TestApp, project: &str) -> String {
    let project = GlobalId::parse(project).expect("an id").uuid;
    let query = format!(
        "select id::text as text from project_memberships where project_id = '{project}' and kind = 'CLIENT' limit 1"
    );
    let ids = app.database().db_texts(&query).await;
    TestApp::global(Tag::PROJECT_MEMBERSHIP, ids[0].parse().expect("an id"))
}

fn printed(table: &[(String, Vec<u64>)], sizes: &[usize]) -> String {
    let mut lines =
        vec![format!("{:<24}{}", "items", sizes.iter().map(|size| format!("{size:>6}")).collect::<String>())];
    lines.extend(table.iter().map(|(name, counts)| {
        format!("{name:<24}{}", counts.iter().map(|count| format!("{count:>6}")).collect::<String>())
    }));
    lines.join("\n")
}

/// Reads each kind of record that its page has: the first page of a large project has fewer kinds.
const READS_BY_KIND: &str = "client/OfflineCopy";

/// Asserts one number per row, for any length of the lists.
fn assert_flat(table: &[(String, Vec<u64>)], text: &str) {
    for (name, counts) in table {
        if name == READS_BY_KIND {
            assert!(counts.iter().all(|count| *count <= 26), "{name} takes more than one statement per kind:\n{text}");
            continue;
        }
        assert!(counts.iter().all(|count| *count == counts[0]), "{name} depends on the length of lists:\n{text}");
        assert!(counts[0] <= 20, "{name} takes {} statements:\n{text}", counts[0]);
    }
}

#[tokio::test]
async fn list_items_add_no_statements() {
    let app = TestApp::demo().await;
    let table = statements_by_size(&app).await;
    let text = printed(&table, &SIZES);
    println!("{text}");
    assert_flat(&table, &text);
    insta::assert_snapshot!("statements", text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn statement_count_is_deterministic() {
    let app = TestApp::demo().await;
    let first = statements_by_size(&app).await;
    assert_flat(&first, &printed(&first, &SIZES));
    let project = app.db_grown_project(31).await;
    db_round_off(app.database()).await;
    let (selection, client) = (first_selection(&app, &project).await, first_client(&app, &project).await);
    for (operation, (name, counts)) in operations().iter().zip(&first).filter(|(_, (name, _))| name != READS_BY_KIND) {
        for round in 0..5 {
            let variables = operation.variables(&project, &selection, &client);
            let answer = app.cold().answer(&operation.person(), &operation.text, variables).await;
            assert_eq!(answer.request_counts.statements, counts[0], "{name}, round {round}");
        }
    }
}

#[tokio::test]
async fn projects_add_no_statements() {
    let app = TestApp::demo().await;
    app.database().db_execute("update projects set status = 'ARCHIVED'").await;
    let (mut made, mut table) = (0, Vec::<(String, Vec<u64>)>::new());
    let sizes = [1, 30, 31, 100];
    for size in sizes {
        while made < size {
            app.db_grown_project(1).await;
            made += 1;
        }
        db_round_off(app.database()).await;
        let lists = operations().into_iter().filter(|operation| operation.text.contains("projects(first"));
        for (index, operation) in lists.enumerate() {
            let text =
                operation.text.replace("sortKey: NUMBER", "filter: { status: { in: [ACTIVE] } }, sortKey: NUMBER");
            let text = text.replace("after: $after) {", "after: $after, filter: { status: { in: [ACTIVE] } }) {");
            let variables = json!({ "filter": { "status": { "in": ["ACTIVE"] } } });
            let answer = app.cold().answer(&operation.person(), &text, variables).await;
            assert!(answer.codes.is_empty(), "{}: {}", operation.name, answer.to_json());
            if table.len() == index {
                table.push((format!("{}/{}", operation.role, operation.name), Vec::new()));
            }
            table[index].1.push(answer.request_counts.statements);
        }
    }
    let text = printed(&table, &sizes);
    println!("{text}");
    assert_flat(&table, &text);
    insta::assert_snapshot!("statements_of_lists", text);
}

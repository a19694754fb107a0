//! Tests that the pages of a list add up to the whole list, in both directions and in every order.

use std::collections::BTreeSet;

use portico_core::access::Permission;
use portico_core::id::Tag;
use portico_testkit::{Person, Shape, TestApp};
use serde_json::{Value, json};

use crate::support::schema::{coordinates_of, document_of, query, ways, whole};
use crate::support::{MAPLE, db_project, project, sql_id, staff_with, texts_of};

/// List with pages, and the arguments of one page.
struct Paged {
    app: TestApp,
    person: Person,
    /// With the placeholder `ARGUMENTS`.
    query: String,
    variables: Value,
    /// The path of the connection in the data.
    path: &'static str,
}

impl Paged {
    async fn page(&self, arguments: &str) -> Value {
        let query = self.query.replace("ARGUMENTS", arguments);
        self.app.ask_with(&self.person, &query, self.variables.clone()).await.at(self.path).clone()
    }

    async fn whole(&self) -> Vec<String> {
        let page = self.page("first: 100").await;
        assert_eq!(page["pageInfo"]["hasNextPage"], false, "the tests' lists fit on one page");
        ids(&page)
    }

    /// All items, paged from the front.
    async fn forwards(&self, size: usize) -> Vec<String> {
        let (mut all, mut arguments) = (Vec::new(), format!("first: {size}"));
        loop {
            let page = self.page(&arguments).await;
            assert_eq!(page["pageInfo"]["hasPreviousPage"], !all.is_empty());
            all.extend(ids(&page));
            if page["pageInfo"]["hasNextPage"] == false {
                return all;
            }
            assert_eq!(ids(&page).len(), size);
            arguments = format!("first: {size}, after: {}", page["pageInfo"]["endCursor"]);
        }
    }

    /// All items, paged from the back.
    async fn backwards(&self, size: usize) -> Vec<String> {
        let (mut all, mut arguments) = (Vec::new(), format!("last: {size}"));
        loop {
            let page = self.page(&arguments).await;
            assert_eq!(page["pageInfo"]["hasNextPage"], !all.is_empty());
            all = [ids(&page), all].concat();
            if page["pageInfo"]["hasPreviousPage"] == false {
                return all;
            }
            assert_eq!(ids(&page).len(), size);
            arguments = format!("last: {size}, before: {}", page["pageInfo"]["startCursor"]);
        }
    }

    /// Asserts that all ways of paging return the same items in the same order. Returns the items.
    async fn assert_whole(&self) -> Vec<String> {
        let whole = self.whole().await;
        for size in [1, 4] {
            assert_eq!(self.forwards(size).await, whole, "forwards by {size}: {}", self.query);
            assert_eq!(self.backwards(size).await, whole, "backwards by {size}: {}", self.query);
        }
        self.assert_between(&whole).await;
        whole
    }

    /// Asserts that each cursor leads to the items after and before it.
    async fn assert_between(&self, whole: &[String]) {
        let page = self.page("first: 100").await;
        assert_eq!(page["totalCount"], whole.len());
        let cursors = texts_of(&page["edges"], "cursor");
        // Every third item, which covers items with a value, without one, and with equal ones.
        for (index, cursor) in cursors.iter().enumerate().step_by(3) {
            let after = self.page(&format!("first: 100, after: {}", json!(cursor))).await;
            assert_eq!(ids(&after), whole[index + 1..]);
            let before = self.page(&format!("last: 100, before: {}", json!(cursor))).await;
            assert_eq!(ids(&before), whole[..index]);
            if let Some(end) = cursors.get(index + 3) {
                let both = self.page(&format!("first: 100, after: {}, before: {}", json!(cursor), json!(end))).await;
                assert_eq!(ids(&both), whole[index + 1..index + 3]);
                let last = self.page(&format!("last: 1, after: {}, before: {}", json!(cursor), json!(end))).await;
                assert_eq!(ids(&last), whole[index + 2..index + 3]);
            }
        }
    }
}

fn ids(page: &Value) -> Vec<String> {
    assert_eq!(page["pageInfo"]["startCursor"], page["edges"][0]["cursor"]);
    let listed = texts_of(&page["nodes"], "id");
    let edges = page["edges"].as_array().cloned().unwrap_or_default();
    assert_eq!(edges.iter().map(|edge| edge["node"]["id"].clone()).collect::<Vec<_>>(), listed);
    listed
}

const PAGE: &str = "totalCount nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }";

/// Adds projects with equal names, names that differ in case only, non-ASCII names, and missing dates and budgets.
async fn db_awkward_projects(app: &TestApp) {
    for (index, (name, started_on)) in [
        ("Twin", Some("2026-01-01")),
        ("Twin", Some("2026-01-01")),
        ("twin", None),
        ("TWIN", None),
        ("Ärgerlich", Some("2026-01-01")),
        ("ärgerlich", Some("2020-02-29")),
        ("Zoë's \"place\" \\ 50%", None),
        ("\u{1F3E0} home", Some("1999-12-31")),
        ("İstanbul", None),
        ("straße", Some("2026-05-04")),
    ]
    .into_iter()
    .enumerate()
    {
        let id = db_project(app, name, &format!("X-{index}"), started_on).await;
        if index % 2 == 0 {
            let sql = format!(
                "insert into project_internals (project_id, company_id, budget_minor) select id, company_id, {} from projects where id = '{id}'",
                1000 * (index / 4)
            );
            app.database().db_execute(&sql).await;
        }
    }
}

#[tokio::test]
async fn staff_project_pages_cover_the_list() {
    let app = TestApp::demo().await;
    db_awkward_projects(&app).await;
    let person = staff_with(&app, &[Permission::CostsView]).await;
    let mut paged = Paged { app, person, query: String::new(), variables: json!({}), path: "/viewer/projects" };
    for sort in ["NAME", "NUMBER", "STARTED_ON", "BUDGET"] {
        let mut orders = Vec::new();
        for reverse in [false, true] {
            paged.query =
                format!("{{ viewer {{ projects(ARGUMENTS, sortKey: {sort}, reverse: {reverse}) {{ {PAGE} }} }} }}");
            orders.push(paged.assert_whole().await);
        }
        assert_eq!(orders[0].len(), 14);
        let sets: Vec<_> = orders.iter().map(|order| order.iter().collect::<std::collections::BTreeSet<_>>()).collect();
        assert_eq!(sets[0], sets[1], "{sort}");
        assert_ne!(orders[0], orders[1], "{sort}");
    }
}

#[tokio::test]
async fn client_project_pages_cover_the_list() {
    let app = TestApp::demo().await;
    db_awkward_projects(&app).await;
    let mut paged =
        Paged { app, person: Person::client(), query: String::new(), variables: json!({}), path: "/viewer/projects" };
    for sort in ["NAME", "NUMBER", "STARTED_ON"] {
        paged.query = format!("{{ viewer {{ projects(ARGUMENTS, sortKey: {sort}) {{ {PAGE} }} }} }}");
        assert_eq!(paged.assert_whole().await.len(), 12, "two of the demo, ten new ones");
    }
    paged.query = format!("{{ viewer {{ projects(ARGUMENTS, query: \"twin\", reverse: true) {{ {PAGE} }} }} }}");
    assert_eq!(paged.assert_whole().await.len(), 4);
    paged.query = format!(
        "{{ viewer {{ projects(ARGUMENTS, filter: {{ not: {{ startedOn: {{ gte: \"2026-01-01\" }} }} }}) {{ {PAGE} }} }} }}"
    );
    assert_eq!(paged.assert_whole().await.len(), 6);
}

#[tokio::test]
async fn rows_without_value_sort_last() {
    let app = TestApp::demo().await;
    db_awkward_projects(&app).await;
    let owner = Person::owner();
    for (sort, field) in [("STARTED_ON", "startedOn"), ("BUDGET", "budget")] {
        for reverse in [false, true] {
            let query = format!(
                "{{ viewer {{ projects(first: 100, sortKey: {sort}, reverse: {reverse}) {{ nodes {{ startedOn budget {{ minorUnits }} }} }} }} }}"
            );
            let reply = app.ask(&owner, &query).await;
            let nodes = reply.at("/viewer/projects/nodes").as_array().cloned().expect("a list");
            let is_known: Vec<_> = nodes.iter().map(|node| !node[field].is_null()).collect();
            assert!(is_known.is_sorted_by(|a, b| a >= b), "{sort} {reverse}: {is_known:?}");
            assert!(is_known[0] && !is_known[nodes.len() - 1]);
        }
    }
}

#[tokio::test]
async fn selection_pages_cover_the_list() {
    for (person, count, ways) in [(Person::client(), 10, 2), (Person::staff(), 12, 1), (Person::trade(), 4, 1)] {
        let app = TestApp::demo().await;
        // Equal titles and dates.
        app.database().db_execute("update selections set due_on = '2026-12-11' where due_on > '2026-12-01'; update selections set title = upper(title) where number = 5").await;
        let variables = json!({ "id": project(&app, MAPLE) });
        let mut paged = Paged { app, person, query: String::new(), variables, path: "/project/selections" };
        for sort in ["NUMBER", "DUE_ON", "TITLE"] {
            for reverse in [false, true].into_iter().take(ways) {
                paged.query = format!(
                    "query($id: ID!) {{ project(id: $id) {{ selections(ARGUMENTS, sortKey: {sort}, reverse: {reverse}) {{ {PAGE} }} }} }}"
                );
                assert_eq!(paged.assert_whole().await.len(), count, "{sort}");
            }
        }
    }
}

#[tokio::test]
async fn task_pages_cover_the_schedule() {
    for (person, is_insider) in [(Person::client(), false), (Person::trade(), false), (Person::staff(), true)] {
        let app = TestApp::demo().await;
        // Two tasks with the same sort order.
        app.database().db_execute("update tasks set sort = 3 where sort in (2, 4)").await;
        let variables = json!({ "id": project(&app, MAPLE) });
        let query =
            format!("query($id: ID!) {{ project(id: $id) {{ schedule {{ tasks(ARGUMENTS) {{ {PAGE} }} }} }} }}");
        let mut paged = Paged { app, person, query, variables, path: "/project/schedule/tasks" };
        assert!(paged.assert_whole().await.len() > 4);
        if is_insider {
            paged.query = format!(
                "query($id: ID!) {{ node(id: $id) {{ ... on ScheduleVersion {{ tasks(ARGUMENTS) {{ {PAGE} }} }} }} }}"
            );
            paged.variables = json!({ "id": paged.app.id(Tag::SCHEDULE_VERSION, &format!("{MAPLE}/schedule/draft")) });
            paged.path = "/node/tasks";
            assert_eq!(paged.assert_whole().await.len(), 24);
        }
    }
}

#[tokio::test]
async fn activity_pages_cover_the_log() {
    // TRK-1
    let app = TestApp::demo().await;
    // Entries of three projects and of the company, three at a time, and some that staff without permissions may not read.
    let insert = "insert into activity (id, at, company_id, project_id, kind, actor_kind)
        select gen_random_uuid(), timestamptz '2026-03-02' + n / 3 * interval '1 microsecond', p.company_id,
            case when n % 4 > 0 then p.id end, case when n % 5 = 0 then 'LEAD_CREATED' else 'LOCATION_SAVED' end, 'SYSTEM'
        from projects p, generate_series(1, 12) n where p.number in ('AB-2041', 'AB-2043', 'AB-2047')";
    app.database().db_execute(insert).await;
    let person = staff_with(&app, &[]).await;
    let variables = json!({ "id": project(&app, MAPLE) });
    let query = format!("query($id: ID!) {{ project(id: $id) {{ activity(ARGUMENTS) {{ {PAGE} }} }} }}");
    let mut paged = Paged { app, person, query, variables, path: "/project/activity" };
    assert_eq!(paged.assert_whole().await.len(), 7);
    paged.query = format!("{{ company {{ activity(ARGUMENTS) {{ {PAGE} }} }} }}");
    paged.path = "/company/activity";
    paged.variables = json!({});
    assert_eq!(paged.assert_whole().await.len(), 30);
    paged.person = Person::owner();
    assert_eq!(paged.assert_whole().await.len(), 36);
}

#[tokio::test]
async fn total_counts_visible_rows_only() {
    let app = TestApp::demo().await;
    let id = project(&app, MAPLE);
    let query = "query($id: ID!) { project(id: $id) {
        selections(first: 100) { totalCount nodes { id } } shared: selections(first: 100, filter: { status: { in: [SHARED] } }) { totalCount nodes { id } }
        schedule { tasks(first: 100) { totalCount nodes { id } } } } }";
    let mut seen = Vec::new();
    for person in [
        Person::client(),
        Person::named("ben"),
        Person::trade(),
        Person::named("eli"),
        Person::staff(),
        Person::reporting(),
    ] {
        let reply = app.ask_with(&person, query, json!({ "id": id })).await;
        let counts = ["selections", "shared", "schedule/tasks"].map(|path| {
            let list = reply.at(&format!("/project/{path}"));
            assert_eq!(list["totalCount"], texts_of(&list["nodes"], "id").len(), "{person:?} {path}");
            list["totalCount"].as_i64()
        });
        seen.push(counts);
    }
    assert_eq!(seen[0], seen[1]);
    assert!(seen[2] != seen[0] && seen[3] != seen[2] && seen[4] != seen[0], "{seen:?}");
}

#[tokio::test]
async fn empty_list_is_an_empty_page() {
    let app = TestApp::demo().await;
    app.database()
        .db_execute(&format!(
            "update selections set status = 'DRAFT', number = null, chosen_at = null, approved_at = null where project_id = {}",
            sql_id(MAPLE)
        ))
        .await;
    let query = format!("query($id: ID!) {{ project(id: $id) {{ selections {{ {PAGE} }} }} }}");
    for person in [Person::client(), Person::trade()] {
        let reply = app.ask_with(&person, &query, json!({ "id": project(&app, MAPLE) })).await;
        let expected = json!({ "totalCount": 0, "nodes": [], "edges": [],
            "pageInfo": { "hasNextPage": false, "hasPreviousPage": false, "startCursor": null, "endCursor": null } });
        assert_eq!(*reply.at("/project/selections"), expected);
    }
}

/// The connection in an answer to a query of `connections`.
fn list_in(data: &Value) -> Option<&Value> {
    match data {
        Value::Object(fields) => fields.get("list").or_else(|| fields.values().find_map(list_in)),
        Value::Array(items) => items.iter().find_map(list_in),
        _ => None,
    }
}

/// Every field that is a connection, and a query with the placeholder `ARGUMENTS`.
fn connections(shape: &Shape, open: &BTreeSet<String>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let types: Vec<_> = shape.types().map(|(name, _)| name.to_owned()).collect();
    for ty in types {
        for field in shape.fields(&ty) {
            let coordinate = format!("{ty}.{}", field.name);
            if !field.ty.ends_with("Connection") || !open.contains(&coordinate) {
                continue;
            }
            // By id where possible: a path through a list has several connections.
            let ways = ways(shape, &ty, |step| open.contains(step));
            let by_id = ways.iter().find(|way| way[0].starts_with("node("));
            let Some(way) = by_id.or(ways.first()) else { continue };
            let text = query(way, &format!("list: {}(ARGUMENTS) {{ {PAGE} }}", field.name));
            found.push((coordinate, text));
        }
    }
    found
}

#[tokio::test]
async fn every_connection_has_the_same_pages() {
    // API-5: found from the schema, not listed.
    let app = TestApp::demo().await;
    let (mut tried, mut several) = (BTreeSet::new(), 0);
    for person in [Person::owner(), Person::client(), Person::trade()] {
        let (shape, open) = (document_of(&app, &person).await, coordinates_of(&app, &person).await);
        for (coordinate, query) in connections(&shape, &open) {
            // No thread is seen by clients and trade partners.
            if app.ask(&person, &query.replace("ARGUMENTS", "first: 1")).await.data().get("node") == Some(&Value::Null)
            {
                assert_eq!((coordinate.as_str(), &person), ("Thread.messages", &Person::client()));
                continue;
            }
            let page = async |arguments: &str| {
                let reply = app.ask(&person, &query.replace("ARGUMENTS", arguments)).await;
                list_in(reply.data()).unwrap_or_else(|| panic!("{coordinate}: {}", reply.text)).clone()
            };
            let whole = page("first: 100").await;
            let all = ids(&whole);
            let (mut paged, mut arguments) = (Vec::new(), "first: 2".to_owned());
            loop {
                let next = page(&arguments).await;
                assert_eq!(next["totalCount"], whole["totalCount"], "{coordinate}");
                paged.extend(ids(&next));
                if next["pageInfo"]["hasNextPage"] == false {
                    break;
                }
                arguments = format!("first: 2, after: {}", next["pageInfo"]["endCursor"]);
            }
            assert_eq!(paged, all, "{coordinate}");
            several += usize::from(all.len() > 2);
            tried.insert(coordinate);
        }
    }
    let connections = whole().types().filter(|(name, _)| name.ends_with("Connection")).count();
    assert!(
        tried.len() >= connections && several >= connections,
        "{connections} types, {several} with pages: {tried:?}"
    );
}

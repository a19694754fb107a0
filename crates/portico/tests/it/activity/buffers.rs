//! Tests of what a page of a large log reads.

use portico_core::id::{Tag, new_uuid};
use portico_testkit::{Person, TestApp};
use serde_json::json;

use crate::graphql::buffers::db_explained;
use crate::support::{MAPLE, project, sql_id, staff_with};

/// Number of projects, and of entries in each.
const PROJECTS: usize = 2_000;
const ENTRIES: usize = 20;

/// Buffers that a page of 25 entries may read: a few for each entry, with its subject and actor.
const PAGE: u64 = 25 * 30;

#[tokio::test]
async fn page_of_a_large_log_reads_its_entries_only() {
    // TRK-1
    let app = TestApp::demo().await;
    let notices = db_explained(app.database()).await;
    let large = format!(
        "insert into projects (id, company_id, number, name, address_line, city, region, postal_code, country, status, stage,
                time_zone, currency)
            select gen_random_uuid(), company_id, 'L-' || n, 'Large', '1 Long Way', 'Ferndale', 'WA', '98248', 'US', 'ACTIVE',
                'DESIGN', 'America/Los_Angeles', 'USD'
            from projects, generate_series(1, {PROJECTS}) n where id = {maple};
        insert into activity (id, at, company_id, project_id, kind, subject_kind, subject_id, actor_kind, actor_id)
            select gen_random_uuid(), now() - n * interval '1 hour', company_id, id, 'PROJECT_CHANGED', 'PROJECT', id, 'OWNER',
                {ruth}
            from projects, generate_series(1, {ENTRIES}) n;
        insert into activity (id, at, company_id, project_id, kind, actor_kind)
            select gen_random_uuid(), now() - n * interval '1 minute', company_id, id, 'LOCATION_SAVED', 'SYSTEM'
            from projects, generate_series(1, 2000) n where id = {maple};
        analyze",
        maple = sql_id(MAPLE),
        ruth = sql_id("people/ruth"),
    );
    app.database().db_execute(&large).await;
    let fields = "nodes { id subject { name } actor { membershipId name } changedFields } pageInfo { endCursor }";
    let of_company = format!("query($after: String) {{ company {{ activity(after: $after) {{ {fields} }} }} }}");
    let of_project =
        format!("query($id: ID!, $after: String) {{ project(id: $id) {{ activity(after: $after) {{ {fields} }} }} }}");
    for person in [Person::owner(), staff_with(&app, &[]).await] {
        for (query, path) in [(&of_company, "/company/activity"), (&of_project, "/project/activity")] {
            let (mut after, mut read) = (json!(null), Vec::new());
            for _ in 0..4 {
                // New connections, which explain their statements.
                let app = TestApp::over(app.database().clone());
                notices.take();
                let variables = json!({ "id": project(&app, MAPLE), "after": after });
                let reply = app.ask_with(&person, query, variables).await;
                after = reply.at(&format!("{path}/pageInfo/endCursor")).clone();
                assert_eq!(app.database().db_left_open().await, 0);
                let statements = notices.take();
                let of_list = statements.iter().filter(|(text, _)| text.contains("\"activity\""));
                let buffers: Vec<_> = of_list.map(|(_, buffers)| *buffers).collect();
                assert_eq!(buffers.len(), 1, "{statements:?}");
                read.extend(buffers);
            }
            println!("{path}: {read:?}");
            assert!(read.iter().all(|buffers| *buffers < PAGE), "{path}: {read:?}");
        }
    }
    // An entry's actor that does not exist is looked up by an index, too.
    let unknown = TestApp::global(Tag::STAFF_MEMBERSHIP, new_uuid());
    let query = format!("{{ company {{ activity(filter: {{ actorId: \"{unknown}\" }}) {{ totalCount }} }} }}");
    assert_eq!(*app.ask(&Person::owner(), &query).await.at("/company/activity/totalCount"), 0);
}

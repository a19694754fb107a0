//! The audit log: what is recorded, in which order, and who reads it.

mod audited;
mod buffers;
mod kinds;
mod order;
mod reading;
mod repeated;
mod updates;

use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::{MAPLE, project, sql_id};

/// Inserts entries of a company, performed by its owner an hour ago. `columns` and `values` are those of the rest.
async fn db_record(app: &TestApp, kind: &str, columns: &str, values: &str) {
    let sql = format!(
        "insert into activity (id, at, company_id, kind, actor_kind, actor_id{columns})
            select gen_random_uuid(), now() - interval '1 hour', {company}, '{kind}', 'OWNER', {ruth}{values}",
        company = sql_id("alderbrook"),
        ruth = sql_id("people/ruth"),
    );
    app.database().db_execute(&sql).await;
}

/// A page of the log of the company, or of Maple Street.
async fn page(app: &TestApp, person: &Person, of: Log, arguments: &str, fields: &str) -> Value {
    let arguments = if arguments.is_empty() { String::new() } else { format!("({arguments})") };
    list(app, person, of, &format!("activity{arguments} {{ totalCount nodes {{ {fields} }} }}")).await
}

/// The log with this selection.
async fn list(app: &TestApp, person: &Person, of: Log, list: &str) -> Value {
    match of {
        Log::Company => app.ask(person, &format!("{{ company {{ {list} }} }}")).await.at("/company/activity").clone(),
        Log::Maple => {
            let query = format!("query($id: ID!) {{ project(id: $id) {{ {list} }} }}");
            let reply = app.ask_with(person, &query, json!({ "id": project(app, MAPLE) })).await;
            reply.at("/project/activity").clone()
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Log {
    Company,
    Maple,
}

/// Kinds of the entries in a log, sorted. Their number is the log's total.
async fn kinds(app: &TestApp, person: &Person, of: Log, filter: &str) -> Vec<String> {
    let (mut kinds, mut after) = (Vec::new(), String::new());
    let total = loop {
        let selected = "totalCount nodes { kind } pageInfo { hasNextPage endCursor }";
        let selection = format!("activity(first: 100{after}, filter: {{ {filter} }}) {{ {selected} }}");
        let page = list(app, person, of, &selection).await;
        kinds.extend(crate::support::texts_of(&page["nodes"], "kind"));
        if page["pageInfo"]["hasNextPage"] == false {
            break page["totalCount"].clone();
        }
        after = format!(", after: {}", page["pageInfo"]["endCursor"]);
    };
    assert_eq!(total, kinds.len(), "{person:?} {of:?} {filter}");
    kinds.sort();
    kinds
}

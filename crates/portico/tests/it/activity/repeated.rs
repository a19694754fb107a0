//! Tests that sending the current values again changes nothing, and is not recorded as a change (TRK-1, PRT-13).

use std::collections::BTreeMap;

use portico_core::id::Tag;
use portico_testkit::{Person, Reply, TestApp};
use serde_json::{Value, json};

use crate::support::mutations::{MutationCase, case_of, done, names};
use crate::support::{MAPLE, change, refusals, sql_id};

/// Kinds of entries that record an access or an attempt, and not a change.
const NOT_CHANGES: [(&str, &str); 4] = [
    ("SIGN_IN_REFUSED", "an attempt"),
    ("LINK_REQUESTED", "an attempt"),
    ("ACCOUNT_OPENED", "support's access to an account"),
    ("ACCOUNT_CORRECTED", "support's access to an account, with the verification note"),
];

/// Names of mutations that store the values that they are given.
const SETTERS: [&str; 6] = ["Update", "Save", "Set", "Publish", "Edit", "MakePrimary"];

/// Setters whose case is rejected when it is performed again.
const REJECTED: [(&str, &str); 5] = [
    ("leadStateSet", "a lead has no transition to the state that it has"),
    ("locationSave", "it adds a location, whose name is in use then"),
    ("passwordSet", "a link works once"),
    ("schedulePublish", "a published version is no draft"),
    ("scheduleTemplateSave", "it adds a template, whose name is in use then"),
];

/// Tables that keep the requests themselves.
const BOOKKEEPING: [&str; 4] = ["activity", "activity_counters", "idempotent_answers", "jobs"];

/// What a mutation can change.
#[derive(Debug, PartialEq)]
struct State {
    /// A digest of each table.
    tables: BTreeMap<String, String>,
    /// Kinds of the audit log's entries except [`NOT_CHANGES`], the newest last.
    log: Vec<String>,
    jobs: Vec<String>,
}

/// [`NOT_CHANGES`] as SQL.
fn exempt_kinds() -> String {
    format!("array[{}]", NOT_CHANGES.map(|(kind, _)| format!("'{kind}'")).join(", "))
}

/// The state, with digests of rows without these columns.
async fn state(app: &TestApp, without: &[&str]) -> State {
    let rows = format!(
        "select md5(coalesce(string_agg(r, e''\\n'' order by r), '''')) as d
            from (select (to_jsonb(t) - array[{}])::text as r from %I t) all_rows",
        without.iter().map(|column| format!("''{column}''")).collect::<Vec<_>>().join(", ")
    );
    let digests = format!(
        "select tablename || ' ' ||
            (xpath('/row/d/text()', query_to_xml(format('{rows}', tablename), false, true, '')))[1]::text as text
            from pg_tables where schemaname = 'public'"
    );
    let log = format!("select kind as text from activity where kind <> all ({}) order by at, id", exempt_kinds());
    let digests = app.database().db_texts(&digests).await;
    let digests = digests.iter().map(|row| row.split_once(' ').expect("a table and a digest"));
    let tables: BTreeMap<_, _> = digests
        .filter(|(table, _)| !BOOKKEEPING.contains(table))
        .map(|(table, digest)| (table.to_owned(), digest.to_owned()))
        .collect();
    assert!(tables.len() > 40, "{tables:?}");
    State {
        tables,
        log: app.database().db_texts(&log).await,
        jobs: app.database().db_texts("select id::text as text from jobs order by id").await,
    }
}

/// The state, and the same without what increases or is set by any write.
async fn states(app: &TestApp) -> (State, State) {
    (state(app, &["last_seen_at"]).await, state(app, &["last_seen_at", "version", "updated_at"]).await)
}

/// The same input, sent in a new request.
fn with_new_key(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if name == "idempotencyKey" {
                    *member = json!("another");
                } else {
                    with_new_key(member);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(with_new_key),
        _ => {}
    }
}

/// The current version, from the message of a `CONFLICT`.
fn current_version(reply: &Reply, mutation: &str) -> Option<i64> {
    let error = reply.json["data"][mutation]["userErrors"].get(0)?;
    let (_, rest) = error["message"].as_str()?.split_once("the current version is ")?;
    rest.split(';').next()?.parse().ok()
}

/// Performs a mutation again, with the current version. True if it was accepted.
async fn perform_again(app: &TestApp, mutation: &str, case: &MutationCase) -> bool {
    let (operation, mut arguments) = (case.operation(mutation), case.arguments.clone());
    with_new_key(&mut arguments);
    let mut reply = app.ask_with(&case.by, &operation, arguments.clone()).await;
    if let Some(version) = current_version(&reply, mutation) {
        arguments["input"]["expectedVersion"] = json!(version);
        reply = app.ask_with(&case.by, &operation, arguments).await;
    }
    reply.json["data"][mutation]["userErrors"] == json!([])
}

#[tokio::test]
async fn equal_values_are_no_changes() {
    // TRK-1, PRT-13: each mutation, performed twice.
    let (mut faults, mut rejected) = (Vec::new(), Vec::new());
    for mutation in names() {
        let app = TestApp::demo().await;
        let case = case_of(&app, &mutation).await;
        done(&app, &mutation, &case).await;
        let (before, values_before) = states(&app).await;
        let is_accepted = perform_again(&app, &mutation, &case).await;
        let (after, values_after) = states(&app).await;

        let is_setter = SETTERS.iter().any(|ending| mutation.ends_with(ending));
        let is_changed = values_before.tables != values_after.tables;
        if is_setter && !is_accepted {
            rejected.push(mutation.clone());
        }
        // Others may do something each time, such as sending a mail: then they change rows.
        if (is_setter || is_accepted && !is_changed) && before != after {
            faults.push(format!("{mutation}: {}", difference(&before, &after)));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!(rejected, REJECTED.map(|(mutation, _)| mutation));
}

/// The tables that differ, the new entries and the number of new jobs.
fn difference(before: &State, after: &State) -> String {
    let tables: Vec<_> = after
        .tables
        .iter()
        .filter(|(table, digest)| before.tables.get(*table) != Some(digest))
        .map(|it| it.0)
        .collect();
    let (log, jobs) = (&after.log[before.log.len()..], after.jobs.len() - before.jobs.len());
    format!("tables {tables:?}, log {log:?}, {jobs} jobs")
}

#[tokio::test]
async fn order_of_permissions_is_no_change() {
    // ORG-2
    let app = TestApp::demo().await;
    let stored = format!(
        "update staff_memberships set permissions = array['PROJECTS_WRITE', 'PROJECTS_READ'] where id = {}",
        sql_id("alderbrook/staff/jo")
    );
    app.database().db_execute(&stored).await;
    let before = states(&app).await;
    let id = app.id(Tag::STAFF_MEMBERSHIP, "alderbrook/staff/jo");
    let save = async |permissions: &str| {
        let input = format!("input: {{ id: \"{id}\", role: STAFF, permissions: [{permissions}] }}");
        let saved = change(&app, &Person::owner(), "staffUpdate", &input, "staffMember { id }").await;
        assert_eq!(refusals(&saved), Vec::<String>::new(), "{permissions}");
    };
    save("PROJECTS_READ, PROJECTS_WRITE").await;
    assert_eq!(states(&app).await, before);
    save("PROJECTS_READ").await;
    let log = app.database().db_texts("select (details - 'role')::text as text from activity").await;
    assert_eq!(log, [r#"{"changed": ["permissions"], "permissions": ["PROJECTS_READ"]}"#]);
}

#[tokio::test]
async fn saved_location_is_recorded_if_it_differs() {
    // TRK-1
    let app = TestApp::demo().await;
    let kitchen = app.id(Tag::LOCATION, &format!("{MAPLE}/location/Kitchen"));
    let before = states(&app).await;
    for values in ["name: \"Kitchen\"", "name: \" Kitchen \"", ""] {
        let input = format!("input: {{ id: \"{kitchen}\", {values} }}");
        let saved = change(&app, &Person::owner(), "locationSave", &input, "location { id }").await;
        assert_eq!(refusals(&saved), Vec::<String>::new(), "{values}");
        assert_eq!(states(&app).await, before, "{values}");
    }
    let input = format!("input: {{ id: \"{kitchen}\", name: \"Kitchen\", sort: 9 }}");
    change(&app, &Person::owner(), "locationSave", &input, "location { id }").await;
    assert_eq!(app.database().db_texts("select details ->> 'changed' as text from activity").await, ["[\"sort\"]"]);
}

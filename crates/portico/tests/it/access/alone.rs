//! Tests of secret fields with a single access layer enabled: each layer suffices.

use std::collections::BTreeSet;

use portico_testkit::{AccessLayers, LayerState, Person, SecretList, Shape, TestApp, leaves};
use serde_json::{Value, json};

use crate::support::schema::{below, db_open_account, field_of, given, insider, lacking, query, ways, whole};

const DOCUMENT: AccessLayers = AccessLayers {
    document: LayerState::Up,
    guard: LayerState::Down,
    role_view: LayerState::Down,
    row_check: LayerState::Down,
};
const GUARD: AccessLayers = AccessLayers { document: LayerState::Down, guard: LayerState::Up, ..DOCUMENT };
const ROLE_VIEW: AccessLayers = AccessLayers { document: LayerState::Down, role_view: LayerState::Up, ..DOCUMENT };

/// Fields that an outsider's role schema lacks, although the outsider may know the values that the role view shows.
const NOTHING_NEW: &[&str] = &[
    // The published version, without its plan; never a draft (see `hidden_rows`).
    "Project.scheduleVersions",
    "ScheduleVersion.id",
    "ScheduleVersion.number",
    "ScheduleVersion.publishedAt",
    "ScheduleVersion.state",
    // 0 for trade partners.
    "Selection.version",
    "SelectionOption.version",
    // False for clients, who cannot report progress.
    "Task.canReportProgress",
    // The caller's own rights, which are read at sign-in and not in a role view.
    "ViewerMembership.canApprove",
    "ViewerMembership.canPay",
    "ViewerMembership.canSeeStatus",
    "ViewerMembership.id",
    "ViewerMembership.isPrimary",
    // The public portal of a company, which anyone reads: addresses of files need its host.
    "Query.portal",
    "PublicPortal.host",
    "PublicPortal.id",
    "PublicPortal.requestInfo",
    "PublicPortal.signIn",
    "RequestInfo.isOpen",
    "RequestInfo.url",
    "SignInMethods.link",
    "SignInMethods.password",
    // Empty: the role view has no names of uploaders.
    "FileAuthor.name",
    // Shown on the company's public portal.
    "Company.branding",
    "Company.publicPhone",
    "Company.id",
    "Company.name",
    // Of the selections that the role view has, by their title and due date.
    "PendingAction.dueOn",
    "PendingAction.isOverdue",
    "PendingAction.kind",
    "PendingAction.subject",
    "PendingAction.title",
    // False without the last day of the price, which the role view does not have.
    "SelectionOption.isPriceExpired",
    // True for every visible row.
    "Milestone.clientViewable",
    "ScheduleDelay.clientViewable",
    "Task.clientViewable",
    "TeamMember.isShown",
    // The same for every visible row.
    "Album.sharedWithClients",
    "File.sharedWithClients",
    "FileAttachment.hiddenFromClients",
    "File.state",
    // Whether an unknown price is unknown.
    "SelectionOption.isTbd",
    // Depend on the caller, not on a row: without the other layers the caller counts as the insider.
    "Viewer.permissions",
    "Company.id",
];

/// Field that an outsider's role schema lacks, with a query for it.
struct SecretField {
    coordinate: String,
    query: String,
}

async fn secret_fields(app: &TestApp, shape: &Shape, outsider: &Person) -> Vec<SecretField> {
    let mut found = Vec::new();
    for coordinate in lacking(app, outsider).await {
        let Some((ty, field)) = field_of(shape, &coordinate) else { continue };
        for way in ways(shape, &ty, |_| true) {
            let selected = format!("wanted: {}{}{}", field.name, given(field), below(shape, &field.ty));
            found.push(SecretField { coordinate: coordinate.clone(), query: query(&way, &selected) });
        }
    }
    found
}

/// Whether the answer has a value for the wanted field.
fn has_value(answer: &Value) -> bool {
    leaves(&answer["data"]).iter().any(|(path, leaf)| path.split('/').any(|step| step == "wanted") && !leaf.is_null())
}

fn outsiders() -> [(&'static str, [Person; 2]); 2] {
    [("client", [Person::client(), Person::named("ben")]), ("trade", [Person::trade(), Person::named("eli")])]
}

#[tokio::test]
async fn role_schema_alone_admits_no_secret() {
    // SEC-2
    let app = TestApp::demo().await;
    db_open_account(&app).await;
    for (audience, people) in outsiders() {
        for field in secret_fields(&app, &whole(), &people[0]).await {
            let answer = app.ask_behind(DOCUMENT, &people[0], &insider(&field.coordinate), &field.query).await;
            assert!(answer["refused"].is_string(), "{} for {audience}: {answer}", field.coordinate);
        }
    }
}

#[tokio::test]
async fn guards_alone_return_no_secret() {
    // SEC-2
    let app = TestApp::demo().await;
    db_open_account(&app).await;
    for (audience, people) in outsiders() {
        let secrets = SecretList::from(audience);
        for (number, field) in secret_fields(&app, &whole(), &people[0]).await.iter().enumerate() {
            let person = &people[number % people.len()];
            let answer = app.ask_behind(GUARD, person, &insider(&field.coordinate), &field.query).await;
            assert!(!has_value(&answer), "{} for {audience}: {answer}", field.coordinate);
            assert_eq!(secrets.in_answer(&answer), BTreeSet::new(), "{} for {audience}", field.coordinate);
        }
    }
}

#[tokio::test]
async fn role_view_alone_returns_no_secret() {
    // SEC-2
    let app = TestApp::demo().await;
    db_open_account(&app).await;
    for (audience, people) in outsiders() {
        let secrets = SecretList::from(audience);
        let mut results = BTreeSet::new();
        for (number, field) in secret_fields(&app, &whole(), &people[0]).await.iter().enumerate() {
            let person = &people[number % people.len()];
            let answer = app.ask_behind(ROLE_VIEW, person, &insider(&field.coordinate), &field.query).await;
            assert_eq!(secrets.in_answer(&answer), BTreeSet::new(), "{} for {audience}", field.coordinate);
            // Clients read the entries that they may see as `Project.updates`.
            let is_update = audience == "client"
                && (field.coordinate.starts_with("Activity") || field.coordinate.ends_with(".activity"));
            if has_value(&answer) && !is_update && !NOTHING_NEW.contains(&field.coordinate.as_str()) {
                results.insert(field.coordinate.clone());
            }
        }
        assert_eq!(results, BTreeSet::new(), "{audience}");
    }
}

/// Shows that the tests above can fail.
#[tokio::test]
async fn without_layers_queries_return_secrets() {
    let app = TestApp::demo().await;
    db_open_account(&app).await;
    for (audience, people) in outsiders() {
        let secrets = SecretList::from(audience);
        let (mut found, mut fields, mut telling) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for field in secret_fields(&app, &whole(), &people[0]).await {
            let answer =
                app.ask_behind(AccessLayers::NONE, &people[0], &insider(&field.coordinate), &field.query).await;
            found.extend(secrets.in_answer(&answer));
            if has_value(&answer) {
                telling.insert(field.coordinate.clone());
            }
            fields.insert(field.coordinate);
        }
        let silent: Vec<_> = fields.difference(&telling).collect();
        assert!(found.len() > 20, "{audience}: {} secrets", found.len());
        assert!(silent.len() * 10 < fields.len(), "{audience}: no answer for {silent:?}");
    }
}

/// Hidden values cannot be used to filter or sort: without the role schema, building the statement fails.
#[tokio::test]
async fn hidden_filters_and_orders_are_refused() {
    // API-9
    let app = TestApp::demo().await;
    let row_check = AccessLayers { document: LayerState::Down, row_check: LayerState::Up, ..DOCUMENT };
    let queries = [
        "{ viewer { projects(sortKey: BUDGET) { nodes { id } } } }",
        "{ viewer { projects(sortKey: BUDGET, reverse: true) { totalCount } } }",
        "{ viewer { projects(filter: {internalStatus: \"x\"}) { nodes { id } } } }",
        "{ viewer { projects(filter: {internalStatus: \"x\"}) { totalCount } } }",
        "{ viewer { projects(filter: {not: {and: [{or: [{internalStatus: \"x\"}]}]}}) { nodes { id } } } }",
    ];
    let reads = app.db_staff(&crate::support::schema::all_but(&[portico_core::access::Permission::CostsView])).await;
    for person in
        [Person::client(), Person::named("cleo"), Person::trade(), Person::named("wren"), reads, Person::named("priya")]
    {
        for query in queries {
            let refused = app.ask_behind(DOCUMENT, &person, &Person::owner(), query).await;
            assert!(refused["refused"].is_string(), "{query}: {refused}");
            let answer = app.ask_behind(row_check, &person, &Person::owner(), query).await;
            assert!(answer["errors"].is_array() && !has_rows(&answer), "{query} for {person:?}: {answer}");
            let control = app.ask_behind(AccessLayers::NONE, &person, &Person::owner(), query).await;
            assert_eq!(control.get("errors"), None, "{query}: {control}");
        }
    }
    for person in [Person::owner(), Person::staff(), Person::reporting()] {
        for query in queries {
            assert_eq!(app.ask(&person, query).await.json.get("errors"), None, "{query} for {person:?}");
        }
    }
}

fn has_rows(answer: &Value) -> bool {
    leaves(&answer["data"]).iter().any(|(_, leaf)| !leaf.is_null())
        || answer["data"].pointer("/viewer/projects") == Some(&json!({}))
}

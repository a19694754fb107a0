//! Tests of portals: enabled sections, and what is always there.

use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::{BOWEN, MAPLE, ORCHARD, RIDGE, change, of_project, project, sql_id};

const SECTIONS: &str = "selections { totalCount nodes { id } edges { cursor } pageInfo { hasNextPage startCursor } }
    allowances { id } schedule { version } milestones { name } scheduleDelays { reason } team { name }";

/// Enables these sections of a project, and no others.
async fn switch(app: &TestApp, path: &str, features: &[&str]) {
    let input = format!("input: {{ projectId: \"{}\", features: [{}] }}", project(app, path), features.join(", "));
    let payload = change(app, &Person::owner(), "portalSettingsUpdate", &input, "portal { features }").await;
    assert_eq!(payload["userErrors"], json!([]), "{payload}");
}

#[tokio::test]
async fn prt_1_disabled_section_is_empty() {
    let app = TestApp::demo().await;
    let no_selections =
        json!({ "totalCount": 0, "nodes": [], "edges": [], "pageInfo": { "hasNextPage": false, "startCursor": null } });
    let (ana, ben, staff) = (Person::client(), Person::named("ben"), Person::staff());
    let full = of_project(&app, &ana, MAPLE, SECTIONS).await;
    let staff_full = of_project(&app, &staff, MAPLE, SECTIONS).await;
    let all = ["DASHBOARD", "SELECTIONS", "SCHEDULE", "TEAM"];
    for off in ["SELECTIONS", "SCHEDULE", "TEAM"] {
        let on: Vec<_> = all.into_iter().filter(|feature| *feature != off).collect();
        switch(&app, MAPLE, &on).await;
        let mut expected = full.clone();
        match off {
            "SELECTIONS" => {
                expected["selections"] = no_selections.clone();
                expected["allowances"] = json!([]);
            }
            "SCHEDULE" => {
                expected["schedule"] = Value::Null;
                expected["milestones"] = json!([]);
                expected["scheduleDelays"] = json!([]);
            }
            _ => expected["team"] = json!([]),
        }
        for client in [&ana, &ben] {
            assert_eq!(
                without_cursors(of_project(&app, client, MAPLE, SECTIONS).await),
                without_cursors(expected.clone()),
                "{off}"
            );
        }
        assert_eq!(
            without_cursors(of_project(&app, &staff, MAPLE, SECTIONS).await),
            without_cursors(staff_full.clone()),
            "{off}"
        );
    }
}

/// Removes cursors, which differ per viewer.
fn without_cursors(mut project: Value) -> Value {
    if let Some(selections) = project["selections"].as_object_mut() {
        selections.remove("edges");
        selections["pageInfo"]["startCursor"] = Value::Null;
    }
    project
}

#[tokio::test]
async fn prt_1_disabled_section_hides_its_ids() {
    let app = TestApp::demo().await;
    let ids = of_project(&app, &Person::client(), MAPLE,
        "selections { nodes { id options { id } } } allowances { id } milestones { id } team { id } schedule { tasks { nodes { id } } }").await;
    let ids: Vec<_> = portico_testkit::texts(&ids).into_iter().take(90).collect();
    switch(&app, MAPLE, &["DASHBOARD"]).await;
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    for client in [Person::client(), Person::named("ben")] {
        let reply = app.ask_with(&client, query, json!({ "ids": ids })).await;
        assert!(reply.at("/nodes").as_array().is_some_and(|nodes| nodes.iter().all(Value::is_null)), "{}", reply.text);
    }
    let reply = app.ask_with(&Person::staff(), query, json!({ "ids": ids })).await;
    assert!(reply.at("/nodes").as_array().is_some_and(|nodes| nodes.iter().all(Value::is_object)), "{}", reply.text);
}

#[tokio::test]
async fn prt_6_unshared_selection_is_hidden() {
    let app = TestApp::demo().await;
    let fields = "selections(first: 100) { totalCount nodes { id title status } }";
    let list = async |person: &Person| {
        let found = of_project(&app, person, MAPLE, fields).await["selections"].clone();
        let nodes = found["nodes"].as_array().cloned().expect("a list");
        assert_eq!(found["totalCount"], nodes.len());
        nodes
    };
    let of_staff = list(&Person::staff()).await;
    let (drafts, shared): (Vec<_>, Vec<_>) = of_staff.into_iter().partition(|one| one["status"] == "DRAFT");
    assert!(!drafts.is_empty() && !shared.is_empty());
    let ids: Vec<_> = drafts.iter().map(|one| one["id"].clone()).collect();
    for client in [Person::client(), Person::named("ben")] {
        assert_eq!(list(&client).await, shared);
        let reply =
            app.ask_with(&client, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": ids })).await;
        assert!(reply.at("/nodes").as_array().is_some_and(|nodes| nodes.iter().all(Value::is_null)), "{}", reply.text);
    }
    switch(&app, MAPLE, &["DASHBOARD", "SCHEDULE"]).await;
    assert_eq!(list(&Person::client()).await, Vec::<Value>::new(), "the section is off");
}

#[tokio::test]
async fn prt_3_name_and_address_are_always_there() {
    let app = TestApp::demo().await;
    switch(&app, MAPLE, &["DASHBOARD"]).await;
    switch(&app, ORCHARD, &["DASHBOARD"]).await;
    for (person, path, name, line) in [
        (Person::client(), MAPLE, "Maple Street House", "418 Maple Street"),
        (Person::named("ben"), MAPLE, "Maple Street House", "418 Maple Street"),
        (Person::named("cleo"), ORCHARD, "Orchard Lane Cottage", "77 Orchard Lane"),
    ] {
        let found = of_project(&app, &person, path, "name address { line }").await;
        assert_eq!(found, json!({ "name": name, "address": { "line": line } }));
    }
}

#[tokio::test]
async fn prt_4_navigation_lists_enabled_sections() {
    let app = TestApp::demo().await;
    let fields = "portal { navigation features }";
    let all = json!([
        "DASHBOARD",
        "SELECTIONS",
        "DOCUMENTS",
        "BILLING",
        "MESSAGES",
        "DAILY_LOGS",
        "SCHEDULE",
        "TEAM",
        "HELP"
    ]);
    for (person, path, expected) in [
        (Person::client(), MAPLE, all.clone()),
        (Person::named("ben"), MAPLE, all),
        (
            Person::named("cleo"),
            ORCHARD,
            json!(["DASHBOARD", "DOCUMENTS", "BILLING", "MESSAGES", "DAILY_LOGS", "SCHEDULE", "HELP"]),
        ),
        (
            Person::named("hana-client"),
            RIDGE,
            json!(["DASHBOARD", "SELECTIONS", "DOCUMENTS", "MESSAGES", "SCHEDULE", "TEAM", "HELP"]),
        ),
    ] {
        let portal = of_project(&app, &person, path, fields).await;
        // PRT-17: enabled sections without content in the schema are not offered.
        let unserved = ["BILLING", "DAILY_LOGS"];
        let offered: Vec<_> =
            expected.as_array().into_iter().flatten().filter(|one| !unserved.iter().any(|it| one == it)).collect();
        assert_eq!(portal["portal"], json!({ "navigation": offered, "features": expected }));
    }
    // In any order of the input, offered in this order.
    switch(&app, MAPLE, &["TEAM", "SELECTIONS", "DASHBOARD"]).await;
    let portal = of_project(&app, &Person::client(), MAPLE, fields).await;
    assert_eq!(portal["portal"]["navigation"], json!(["DASHBOARD", "SELECTIONS", "TEAM"]));
}

#[tokio::test]
async fn navigation_matches_the_document() {
    // PRT-17: each section's coordinate is looked up in each caller's own schema.
    let app = TestApp::demo().await;
    let opens = [
        ("SELECTIONS", "Project", "selections"),
        ("DOCUMENTS", "Project", "files"),
        ("BILLING", "Project", "invoices"),
        ("MESSAGES", "Project", "threads"),
        ("DAILY_LOGS", "Project", "dailyLogs"),
        ("SCHEDULE", "Project", "schedule"),
        ("TEAM", "Project", "team"),
        ("HELP", "Portal", "helpArticles"),
    ];
    for person in [Person::client(), Person::named("ben"), Person::staff(), Person::reporting()] {
        let portal = of_project(&app, &person, MAPLE, "portal { navigation features }").await;
        let all = portal["portal"]["features"].as_array().cloned().unwrap_or_default();
        assert_eq!(all.len(), 9, "{portal}");
        let mut expected = vec![json!("DASHBOARD")];
        for (feature, ty, field) in opens {
            let fields = format!("{{ __type(name: \"{ty}\") {{ fields {{ name }} }} }}");
            let reply = app.ask(&person, &fields).await;
            let fields = reply.at("/__type/fields").as_array().cloned().unwrap_or_default();
            if fields.iter().any(|one| one["name"] == field) {
                expected.push(json!(feature));
            }
        }
        assert_eq!(portal["portal"]["navigation"], json!(expected));
    }
}

#[tokio::test]
async fn entrance_offers_form_beside_sign_in() {
    // PRT-18
    let app = TestApp::demo().await;
    let query = "query($host: String!) { portal(host: $host) { requestInfo { url isOpen } signIn { password link } } }";
    let ask = async |person: Person, host: &str| {
        app.ask_with(&person, query, json!({ "host": host })).await.at("/portal").clone()
    };
    let form = |is_open: bool| {
        json!({ "requestInfo": { "url": "https://portal.alderbrook.example/leads/demo-form-alderbrook", "isOpen": is_open },
            "signIn": { "password": true, "link": true } })
    };
    for person in [Person::public(), Person::client(), Person::staff()] {
        assert_eq!(ask(person, "portal.alderbrook.example").await, form(true));
    }
    let close = "mutation { leadFormUpdate(input: { isOpen: false }) { userErrors { code } } }";
    app.ask(&Person::owner(), close).await;
    for person in [Person::public(), Person::client()] {
        assert_eq!(ask(person, "portal.alderbrook.example").await, form(false));
    }
    // The URL leads to the form's page while the form is open.
    app.ask(&Person::owner(), &close.replace("false", "true")).await;
    let page = axum::http::Request::get("/leads/demo-form-alderbrook").body(axum::body::Body::empty());
    let page = app.send(page.expect("a request can be made")).await;
    assert!(page.status.is_success() && page.text.contains("name=\"interest\""), "{}", page.text);
}

#[tokio::test]
async fn dashboard_summary_needs_no_section() {
    // PRT-2, PRT-8: the available part of the summary; pending actions and the balance come with their sections.
    let app = TestApp::demo().await;
    let only = format!(
        "mutation {{ portalSettingsUpdate(input: {{ projectId: \"{}\", features: [DASHBOARD] }}) {{ userErrors {{ code }} }} }}",
        project(&app, MAPLE)
    );
    assert_eq!(*app.ask(&Person::staff(), &only).await.at("/portalSettingsUpdate/userErrors"), json!([]));
    let fields = "name number status stage address { line city } contractTotal { amount } portal { navigation }";
    let (ana, ben) = (
        of_project(&app, &Person::client(), MAPLE, fields).await,
        of_project(&app, &Person::named("ben"), MAPLE, fields).await,
    );
    assert_eq!(ana["portal"]["navigation"], json!(["DASHBOARD"]));
    for key in ["name", "number", "status", "stage", "address"] {
        assert!(!ana[key].is_null() && ana[key] == ben[key], "{key}: {ana} {ben}");
    }
    // PRP-1: amounts are for the client who may pay.
    let may_pay = "project(id: $id) { clients { name canPay } }";
    let rights = app
        .ask_with(&Person::staff(), &format!("query($id: ID!) {{ {may_pay} }}"), json!({ "id": project(&app, MAPLE) }))
        .await;
    for (name, seen) in [("Ana Whitlock", &ana), ("Ben Whitlock", &ben)] {
        let clients = rights.at("/project/clients").as_array().cloned().unwrap_or_default();
        let may = clients.iter().any(|client| client["name"] == name && client["canPay"] == true);
        assert_eq!(!seen["contractTotal"].is_null(), may, "{name}: {seen}");
    }
}

#[tokio::test]
async fn prt_5_branding_needs_no_sign_in() {
    let app = TestApp::demo().await;
    let logo = "mutation { brandingUpdate(input: { logoUrl: \"https://assets.alderbrook.example/logo.svg\" }) { userErrors { code } } }";
    assert_eq!(*app.ask(&Person::owner(), logo).await.at("/brandingUpdate/userErrors"), json!([]));
    let query =
        r##"{ portal(host: "Portal.Alderbrook.Example") { host branding { companyName primaryColor logoUrl } } }"##;
    let expected = json!({ "host": "portal.alderbrook.example", "branding": {
        "companyName": "Alderbrook Homes", "primaryColor": "#2f5d50", "logoUrl": "https://assets.alderbrook.example/logo.svg" } });
    for person in [Person::public(), Person::client(), Person::staff(), Person::named("margot")] {
        assert_eq!(*app.ask(&person, query).await.at("/portal"), expected);
    }
    let ana = of_project(&app, &Person::client(), BOWEN, "portal { branding { companyName } }").await;
    assert_eq!(ana["portal"]["branding"]["companyName"], "Fernhill Studio");
    // ROB-15: a host in the notations of browsers and people.
    for host in [
        "portal.alderbrook.example.",
        "portal.alderbrook.example:8443",
        "PORTAL.alderbrook.example.:443",
        " portal.alderbrook.example ",
    ] {
        let reply = app
            .ask_with(&Person::public(), "query($h: String!) { portal(host: $h) { host } }", json!({ "h": host }))
            .await;
        assert_eq!(*reply.at("/portal/host"), "portal.alderbrook.example", "{host}");
    }
    for host in ["nowhere.example", "", "portal.alderbrook.example..", "%", "portal.alderbrook.example:port", "."] {
        let reply = app
            .ask_with(&Person::public(), "query($h: String!) { portal(host: $h) { host } }", json!({ "h": host }))
            .await;
        assert_eq!(*reply.at("/portal"), Value::Null, "{host}");
    }
    {
        let host = "a".repeat(254);
        let reply = app
            .ask_with(&Person::public(), "query($h: String!) { portal(host: $h) { host } }", json!({ "h": host }))
            .await;
        assert_eq!(reply.code(), "BAD_USER_INPUT");
        assert!(reply.message().contains("`host`"), "{}", reply.text);
    }
}

#[tokio::test]
async fn project_without_portal_row_answers() {
    let app = TestApp::demo().await;
    app.database().db_execute(&format!("delete from project_portals where project_id = {}", sql_id(ORCHARD))).await;
    let reply = app
        .ask_with(
            &Person::staff(),
            "query($id: ID!) { project(id: $id) { name portal { features } schedule { view } } }",
            json!({ "id": project(&app, ORCHARD) }),
        )
        .await;
    assert_eq!(
        *reply.at("/project"),
        json!({ "name": "Orchard Lane Cottage", "portal": null, "schedule": { "view": null } })
    );
}

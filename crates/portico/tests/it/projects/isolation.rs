//! Tests of isolation: visible projects per person, and what outsiders never see.

use portico_core::id::{GlobalId, Tag, new_uuid};
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::{
    BOWEN, HARBOR, MAPLE, ORCHARD, PROJECTS, RIDGE, is_unknown, of_project, project, project_names, texts_of,
};

fn random(tag: Tag) -> String {
    GlobalId::new(tag, new_uuid()).to_string()
}

#[tokio::test]
async fn iso_1_client_sees_own_projects_only() {
    // ISO-7, ACC-8
    let app = TestApp::demo().await;
    for (person, own) in [
        (Person::client(), vec![MAPLE, BOWEN]),
        (Person::named("ben"), vec![MAPLE]),
        (Person::named("cleo"), vec![ORCHARD]),
        (Person::named("hana-client"), vec![RIDGE]),
        (Person::trade(), vec![MAPLE]),
        (Person::named("wren"), vec![ORCHARD, HARBOR]),
    ] {
        for path in PROJECTS {
            let id = project(&app, path);
            let query = "query($id: ID!, $ids: [ID!]!) { project(id: $id) { id } node(id: $id) { id } nodes(ids: $ids) { id } }";
            let reply = app.ask_with(&person, query, json!({ "id": id, "ids": [id] })).await;
            let expected = if own.contains(&path) { json!({ "id": id }) } else { Value::Null };
            assert_eq!(*reply.at("/project"), expected, "{person:?} {path}");
            assert_eq!(*reply.at("/node"), expected, "{person:?} {path}");
            assert_eq!(*reply.at("/nodes/0"), expected, "{person:?} {path}");
        }
        let reply = app.ask(&person, "{ viewer { projects { totalCount nodes { id } } } }").await;
        assert_eq!(*reply.at("/viewer/projects/totalCount"), own.len());
        let mut listed = texts_of(reply.at("/viewer/projects/nodes"), "id");
        let mut expected: Vec<_> = own.iter().map(|path| project(&app, path)).collect();
        listed.sort();
        expected.sort();
        assert_eq!(listed, expected);
    }
}

#[tokio::test]
async fn iso_1_search_finds_own_projects_only() {
    let app = TestApp::demo().await;
    let query = r#"query($q: String) { viewer { projects(query: $q) { totalCount nodes { name } } } }"#;
    for (person, word, count) in [
        (Person::client(), "Orchard", 0),
        (Person::named("cleo"), "Orchard", 1),
        (Person::client(), "Maple", 1),
        (Person::named("cleo"), "Maple", 0),
        (Person::owner(), "Bowen", 0),
        (Person::named("margot"), "Bowen", 1),
    ] {
        let reply = app.ask_with(&person, query, json!({ "q": word })).await;
        assert_eq!(*reply.at("/viewer/projects/totalCount"), count, "{person:?} {word}");
        assert_eq!(reply.at("/viewer/projects/nodes").as_array().map(Vec::len), Some(count));
    }
}

#[tokio::test]
async fn iso_2_and_sel_4_foreign_id_is_null() {
    let app = TestApp::demo().await;
    let of_maple = [
        (Tag::SELECTION, format!("{MAPLE}/selection/Front door")),
        (Tag::SELECTION_OPTION, format!("{MAPLE}/option/Front door/Clear cedar, plank")),
        (Tag::ALLOWANCE, format!("{MAPLE}/allowance/Lighting allowance")),
        (Tag::LOCATION, format!("{MAPLE}/location/Kitchen")),
        (Tag::TASK, format!("{MAPLE}/task/Frame walls")),
        (Tag::MILESTONE, format!("{MAPLE}/milestone/Rough-ins")),
        (Tag::TEAM_MEMBER, format!("{MAPLE}/team/jo")),
        (Tag::SCHEDULE_DELAY, format!("{MAPLE}/delay/1")),
    ];
    let query = "query($id: ID!) { node(id: $id) { __typename id
        ... on Selection { title options { price { amount } } } ... on SelectionOption { price { amount } } } }";
    for (tag, path) in &of_maple {
        let known = json!({ "id": app.id(*tag, path) });
        let insider = app.ask_with(&Person::client(), query, known.clone()).await;
        assert!(insider.at("/node").is_object(), "{path}");
        for stranger in [Person::named("cleo"), Person::named("ines"), Person::named("hana-client")] {
            let guessed = app.ask_with(&stranger, query, known.clone()).await;
            let random = app.ask_with(&stranger, query, json!({ "id": random(*tag) })).await;
            assert_eq!(guessed.without_request_id(), random.without_request_id(), "{path}");
            assert_eq!(*guessed.at("/node"), Value::Null);
        }
    }
}

#[tokio::test]
async fn iso_3_staff_list_all_company_projects() {
    let app = TestApp::demo().await;
    let all = ["Harbor Court Remodel", "Maple Street House", "Orchard Lane Cottage", "Ridge View Residence"];
    for person in [Person::owner(), Person::staff(), Person::named("priya")] {
        assert_eq!(project_names(&app, &person).await, all);
    }
    assert_eq!(project_names(&app, &Person::named("margot")).await, ["Bowen Island Retreat", "Granville Loft"]);
    assert!(project_names(&app, &Person::named("dale")).await.is_empty());
}

#[tokio::test]
async fn iso_4_outsider_schemas_omit_cost_words() {
    // RULE-11, MR-4
    let app = TestApp::demo().await;
    let query =
        "{ __schema { types { name fields { name args { name } } inputFields { name } enumValues { name } } } }";
    let words = ["cost", "margin", "markup", "budget", "vendor", "buffer", "payrate", "privatephone", "internal"];
    for (person, is_outsider) in [(Person::client(), true), (Person::trade(), true), (Person::owner(), false)] {
        let reply = app.ask(&person, query).await;
        let names: Vec<_> = portico_testkit::texts(reply.data()).iter().map(|name| name.to_lowercase()).collect();
        for word in words {
            assert_eq!(names.iter().any(|name| name.contains(word)), !is_outsider, "{word}");
        }
    }
}

#[tokio::test]
async fn iso_4_costs_are_unknown_to_clients() {
    let app = TestApp::demo().await;
    for (query, name) in [
        ("{ viewer { projects { nodes { budget { amount } } } } }", "budget"),
        ("{ viewer { projects { nodes { targetMargin } } } }", "targetMargin"),
        ("{ viewer { projects(sortKey: BUDGET) { nodes { id } } } }", "BUDGET"),
        (r#"{ viewer { projects(filter: { internalStatus: "x" }) { totalCount } } }"#, "internalStatus"),
        ("{ viewer { projects { nodes { selections { nodes { options { unitCost { amount } } } } } } } }", "unitCost"),
        ("{ viewer { projects { nodes { selections { nodes { options { markupPercent } } } } } } }", "markupPercent"),
        ("{ viewer { projects { nodes { team { payRate { amount } } } } } }", "payRate"),
    ] {
        for outsider in [Person::client(), Person::trade()] {
            is_unknown(&app.ask(&outsider, query).await, name);
        }
        assert!(app.ask(&Person::owner(), query).await.json.get("errors").is_none(), "{query}");
    }
}

#[tokio::test]
async fn iso_5_outsiders_have_no_internal_notes() {
    // VIS-19
    let app = TestApp::demo().await;
    let id = app.id(Tag::THREAD, &format!("{MAPLE}/notes"));
    let by_id = "query($id: ID!) { node(id: $id) { __typename } }";
    for outsider in [Person::client(), Person::trade(), Person::named("priya")] {
        let query = "{ viewer { projects { nodes { threads(filter: { audience: INTERNAL }) { totalCount } } } } }";
        is_unknown(&app.ask(&outsider, query).await, "INTERNAL");
        let reply = app.ask(&outsider, r#"{ __type(name: "ThreadAudience") { enumValues { name } } }"#).await;
        assert!(!reply.text.contains("INTERNAL"), "{}", reply.text);
        let known = app.ask_with(&outsider, by_id, json!({ "id": id })).await;
        let random = app.ask_with(&outsider, by_id, json!({ "id": random(Tag::THREAD) })).await;
        assert_eq!(known.without_request_id(), random.without_request_id());
    }
    for insider in [Person::owner(), Person::staff(), Person::named("nora")] {
        let reply = app.ask_with(&insider, by_id, json!({ "id": id })).await;
        assert_eq!(*reply.at("/node/__typename"), "Thread");
    }
}

#[tokio::test]
async fn iso_10_clients_read_branding_only() {
    // VIS-2, VIS-3, VIS-9: outsiders reach what the owner reads here neither by name nor by id.
    let app = TestApp::demo().await;
    let outsiders =
        [Person::client(), Person::named("ben"), Person::named("hana-client"), Person::trade(), Person::public()];
    for fields in [
        "name region portalHost",
        "people { nodes { name title email permissions } }",
        "portal { defaultFeatures offersPassword }",
        "contacts { nodes { id name email } }",
        "leads { nodes { id name message } }",
        "leadForm { key }",
        "emailTemplates { key title }",
        "apiKeys { name }",
    ] {
        let query = format!("{{ company {{ {fields} }} }}");
        let owner = app.ask(&Person::owner(), &query).await;
        assert!(owner.json.get("errors").is_none(), "{}", owner.text);
        assert!(!portico_testkit::texts(owner.data()).is_empty(), "{}", owner.text);
        for outsider in &outsiders {
            is_unknown(&app.ask(outsider, &query).await, "company");
        }
    }
    let listed = "{ company { contacts(first: 40) { nodes { id } } leads(first: 40) { nodes { id } } } }";
    let ids = portico_testkit::texts(app.ask(&Person::owner(), listed).await.data());
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    for outsider in &outsiders[..4] {
        let reply = app.ask_with(outsider, nodes, json!({ "ids": ids })).await;
        assert_eq!(*reply.at("/nodes"), json!(vec![Value::Null; ids.len()]), "{outsider:?}");
    }
    for person in [Person::client(), Person::named("ben")] {
        let found =
            of_project(&app, &person, MAPLE, "portal { branding { companyName publicPhone } } team { name }").await;
        assert_eq!(found["portal"]["branding"]["companyName"], "Alderbrook Homes");
        // Hidden members are not counted either: four are on the project.
        assert_eq!(texts_of(&found["team"], "name").len(), 3);
        is_unknown(&app.ask(&person, "{ viewer { permissions } }").await, "permissions");
    }
    assert_eq!(texts_of(&of_project(&app, &Person::staff(), MAPLE, "team { name }").await["team"], "name").len(), 4);
}

#[tokio::test]
async fn prt_9_team_shows_public_details_only() {
    // VIS-17
    let app = TestApp::demo().await;
    let id = json!({ "id": project(&app, MAPLE) });
    let shown = "query($id: ID!) { project(id: $id) { team { name title workPhone photo } } }";
    let first = json!({ "name": "Jo Brandt", "title": "Your project manager", "workPhone": "+13605550202",
        "photo": "https://assets.alderbrook.example/team/jo.jpg" });
    for person in [Person::client(), Person::named("ben"), Person::trade()] {
        let team = app.ask_with(&person, shown, id.clone()).await;
        assert_eq!(team.at("/project/team/0"), &first, "{}", team.text);
        assert!(!team.text.contains("back office"), "a hidden member: {}", team.text);
    }
    // Pay rates and private numbers are for owners only.
    for field in ["payRate { amount }", "privatePhone"] {
        let query = format!("query($id: ID!) {{ project(id: $id) {{ team {{ {field} }} }} }}");
        let name = field.split(' ').next().unwrap_or_default();
        for person in [Person::client(), Person::named("ben"), Person::trade(), Person::staff(), Person::named("priya")]
        {
            is_unknown(&app.ask_with(&person, &query, id.clone()).await, name);
        }
        let owner = app.ask_with(&Person::owner(), &query, id.clone()).await;
        assert!(owner.json.get("errors").is_none(), "{}", owner.text);
    }
}

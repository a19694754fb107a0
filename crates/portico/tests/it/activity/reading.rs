//! Tests of what staff read in the audit log (TRK-1).

use portico_core::access::Permission;
use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::{Log, db_record, kinds, page};
use crate::support::accounts::db_signed_in_just_now;
use crate::support::{BOWEN, MAPLE, ORCHARD, change, is_unknown, project, sql_id, staff_with, texts_of};

const ENTRY: &str = "id at kind project { name } subject { kind id name } actor { role membershipId name }
    changedFields isNew isPublished formerState newState";

#[tokio::test]
async fn actions_show_with_actor_and_subject() {
    // TRK-1, PRT-13
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let maple = project(&app, MAPLE);
    let saved = change(
        &app,
        &owner,
        "locationSave",
        &format!("input: {{ projectId: \"{maple}\", name: \"Mudroom\" }}"),
        "location { id }",
    )
    .await;
    let location = saved["location"]["id"].clone();
    let lead = app.id(Tag::LEAD, "alderbrook/lead/odette");
    change(&app, &owner, "leadStateSet", &format!("input: {{ id: \"{lead}\", state: CONTACTED }}"), "lead { id }")
        .await;
    let log = page(&app, &owner, Log::Company, "", ENTRY).await;
    let actor = json!({ "role": "OWNER", "membershipId": app.id(Tag::STAFF_MEMBERSHIP, "alderbrook/staff/ruth"),
        "name": "Ruth Calloway" });
    let (of_lead, of_location) = (&log["nodes"][0], &log["nodes"][1]);
    assert_eq!(of_lead["kind"], "LEAD_CHANGED");
    assert_eq!(of_lead["subject"], json!({ "kind": "LEAD", "id": lead, "name": "Odette Pelham" }));
    assert_eq!((&of_lead["formerState"], &of_lead["newState"]), (&json!("NEW"), &json!("CONTACTED")));
    assert_eq!((&of_lead["actor"], &of_lead["project"]), (&actor, &Value::Null));
    assert_eq!(of_location["kind"], "LOCATION_SAVED");
    assert_eq!(of_location["subject"], json!({ "kind": "LOCATION", "id": location, "name": "Mudroom" }));
    assert_eq!((&of_location["isNew"], &of_location["actor"]), (&json!(true), &actor));
    assert_eq!(log["totalCount"], 2);
    let of_maple = page(&app, &owner, Log::Maple, "", ENTRY).await;
    assert_eq!(of_maple, json!({ "totalCount": 1, "nodes": [of_location] }));
    // The same question shows the next change: no answer is stored.
    change(&app, &owner, "locationRemove", &format!("input: {{ id: {location} }}"), "project { id }").await;
    let of_maple = page(&app, &owner, Log::Maple, "", ENTRY).await;
    assert_eq!(texts_of(&of_maple["nodes"], "kind"), ["LOCATION_REMOVED", "LOCATION_SAVED"]);
    for entry in of_maple["nodes"].as_array().expect("a list") {
        assert_eq!(entry["subject"], Value::Null, "the location is gone");
    }
    let of_subject = kinds(&app, &owner, Log::Maple, &format!("subjectId: {location}")).await;
    assert_eq!(of_subject, ["LOCATION_REMOVED", "LOCATION_SAVED"], "it can still be asked for");
}

#[tokio::test]
async fn removed_people_are_still_named() {
    // TRK-1
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let record = |kind: &str, role: &str, person: &str, id: &str| {
        format!(
            "insert into activity (id, company_id, project_id, kind, subject_kind, subject_id, actor_kind, actor_id)
                values ('{id}', {}, {}, '{kind}', 'PROJECT_MEMBERSHIP', {}, '{role}', {})",
            sql_id("alderbrook"),
            sql_id(MAPLE),
            sql_id("alderbrook/maple-street/client/cleo"),
            sql_id(&format!("people/{person}")),
        )
    };
    for (number, (role, person)) in
        [("CLIENT", "ana"), ("CLIENT", "cleo"), ("TRADE", "tomas"), ("STAFF", "gil")].into_iter().enumerate()
    {
        let id = format!("00000000-0000-7000-8000-00000000000{number}");
        app.database().db_execute(&record("INVITATION_ACCEPTED", role, person, &id)).await;
    }
    let ana = app.id(Tag::PROJECT_MEMBERSHIP, "alderbrook/maple-street/client/ana");
    let named = async || {
        let log = page(&app, &owner, Log::Maple, "", ENTRY).await;
        let nodes = log["nodes"].as_array().cloned().expect("a list");
        let of = |role: &str| {
            let of_role = nodes.iter().filter(|node| node["actor"]["role"] == role);
            let mut names: Vec<_> = of_role.map(|node| node["actor"]["name"].clone()).collect();
            names.sort_by_key(ToString::to_string);
            names
        };
        (of("CLIENT"), of("TRADE"), of("STAFF"), nodes[0]["subject"]["name"].clone())
    };
    let before = named().await;
    assert_eq!(before.0.len(), 2);
    assert!(before.0.iter().chain(&before.1).chain(&before.2).all(Value::is_string), "{before:?}");
    assert!(before.3.as_str().expect("a removed client has a name").starts_with("Cleo"), "{before:?}");
    db_signed_in_just_now(&app).await;
    let removed =
        change(&app, &owner, "projectClientRemove", &format!("input: {{ id: \"{ana}\" }}"), "project { id }").await;
    assert_eq!(removed["userErrors"], json!([]));
    let after = named().await;
    assert_eq!((&after.0, &after.1, &after.2), (&before.0, &before.1, &before.2));
    assert_eq!(kinds(&app, &owner, Log::Maple, &format!("actorId: \"{ana}\"")).await, ["INVITATION_ACCEPTED"]);
}

#[tokio::test]
async fn entries_of_others_do_not_exist() {
    // TRK-1, ISO-1: other companies', people's own accounts, support's, and those of strangers without a record.
    let app = TestApp::demo().await;
    let (owner, margot) = (Person::owner(), Person::named("margot"));
    for (company, project, kind, role) in [
        ("null".to_owned(), "null".to_owned(), "ACCOUNT_CHANGED", "OWNER"),
        ("null".to_owned(), "null".to_owned(), "COMPANY_CHANGED", "OWNER"),
        (sql_id("fernhill"), "null".to_owned(), "COMPANY_CHANGED", "OWNER"),
        (sql_id("fernhill"), sql_id(BOWEN), "LOCATION_SAVED", "OWNER"),
        (sql_id("alderbrook"), "null".to_owned(), "COMPANY_CHANGED", "SUPPORT"),
        (sql_id("alderbrook"), "null".to_owned(), "ACCOUNT_CORRECTED", "OWNER"),
        (sql_id("alderbrook"), "null".to_owned(), "LEAD_SUBMITTED", "PUBLIC"),
    ] {
        let sql = format!(
            "insert into activity (id, company_id, project_id, kind, actor_kind)
                values (gen_random_uuid(), {company}, {project}, '{kind}', '{role}')"
        );
        app.database().db_execute(&sql).await;
    }
    assert_eq!(kinds(&app, &owner, Log::Company, "").await, Vec::<String>::new());
    assert_eq!(kinds(&app, &margot, Log::Company, "").await, ["COMPANY_CHANGED", "LOCATION_SAVED"]);
    // A submitted form whose lead exists is an entry of a visitor; a command is one of the system.
    for (role, subject) in [("PUBLIC", "alderbrook/lead/odette"), ("SYSTEM", "alderbrook/lead/istvan")] {
        let sql = format!(
            "insert into activity (id, company_id, kind, actor_kind, subject_kind, subject_id)
                values (gen_random_uuid(), {}, 'LEAD_SUBMITTED', '{role}', 'LEAD', {})",
            sql_id("alderbrook"),
            sql_id(subject)
        );
        app.database().db_execute(&sql).await;
        let filter = format!("filter: {{ actorRole: {{ in: [{role}] }} }}");
        let log = page(&app, &owner, Log::Company, &filter, "actor { role membershipId name }").await;
        let actor = json!({ "role": role, "membershipId": null, "name": null });
        assert_eq!(log, json!({ "totalCount": 1, "nodes": [{ "actor": actor }] }));
    }
    // Bowen Island does not exist for Alderbrook's owner.
    let query = "query($id: ID!) { project(id: $id) { activity { totalCount } } }";
    let reply = app.ask_with(&owner, query, json!({ "id": project(&app, BOWEN) })).await;
    assert_eq!(*reply.at("/project"), Value::Null);
    for person in [Person::client(), Person::trade()] {
        is_unknown(&app.ask_with(&person, query, json!({ "id": project(&app, MAPLE) })).await, "activity");
    }
}

#[tokio::test]
async fn filters_combine() {
    // TRK-1
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let maple = sql_id(MAPLE);
    db_record(&app, "PROJECT_CREATED", ", project_id", &format!(", {maple}")).await;
    let jo = format!(
        "insert into activity (id, at, company_id, project_id, kind, actor_kind, actor_id)
            values (gen_random_uuid(), '2026-03-02T14:30:00Z', {}, {maple}, 'LOCATION_SAVED', 'STAFF', {})",
        sql_id("alderbrook"),
        sql_id("people/jo"),
    );
    app.database().db_execute(&jo).await;
    let (ruth, jo) = ("alderbrook/staff/ruth", "alderbrook/staff/jo");
    let staff = |path: &str| app.id(Tag::STAFF_MEMBERSHIP, path);
    let (created, saved) = (vec!["PROJECT_CREATED"], vec!["LOCATION_SAVED"]);
    let both = vec!["LOCATION_SAVED", "PROJECT_CREATED"];
    for (filter, expected) in [
        (String::new(), both.clone()),
        ("kind: { in: [PROJECT_CREATED] }".to_owned(), created.clone()),
        ("kind: { in: [] }".to_owned(), vec![]),
        ("actorRole: { in: [STAFF] }".to_owned(), saved.clone()),
        ("actorRole: { in: [STAFF, OWNER] }".to_owned(), both.clone()),
        (format!("actorId: \"{}\"", staff(ruth)), created.clone()),
        (format!("actorId: \"{}\"", staff(jo)), saved.clone()),
        (format!("actorId: \"{}\", actorRole: {{ in: [OWNER] }}", staff(jo)), vec![]),
        (format!("actorId: \"{}\"", app.id(Tag::PROJECT, MAPLE)), vec![]),
        (format!("subjectId: \"{}\"", app.id(Tag::PROJECT, MAPLE)), vec![]),
        (format!("subjectId: \"{}\"", app.id(Tag::SESSION, "session/demo-owner")), vec![]),
        ("at: { lt: \"2026-03-02T14:30:00.000Z\" }".to_owned(), vec![]),
        ("at: { lte: \"2026-03-02T14:30:00.000Z\" }".to_owned(), saved.clone()),
        ("at: { gt: \"2026-03-02T14:30:00Z\" }".to_owned(), created.clone()),
        ("at: { gte: \"2026-03-02T15:30:00+01:00\", lt: \"2026-03-03T00:00:00Z\" }".to_owned(), saved),
    ] {
        for log in [Log::Company, Log::Maple] {
            assert_eq!(kinds(&app, &owner, log, &filter).await, expected, "{filter}");
        }
    }
    for (filter, path) in [
        ("at: { gte: \"2026-03-02\" }", "filter.at.gte"),
        ("at: { lt: \"0026-03-02T14:30:00Z\" }", "filter.at.lt"),
        ("actorId: \"1\"", "filter.actorId"),
        ("subjectId: \"1\"", "filter.subjectId"),
    ] {
        let query = format!("{{ company {{ activity(filter: {{ {filter} }}) {{ totalCount }} }} }}");
        let reply = app.ask(&owner, &query).await;
        assert_eq!(reply.code(), "BAD_USER_INPUT", "{}", reply.text);
        assert!(reply.message().contains(path), "{}", reply.text);
    }
}

#[tokio::test]
async fn api_keys_read_their_projects_only() {
    // TRK-1, ROLE-5
    let app = TestApp::demo().await;
    db_record(&app, "COMPANY_CHANGED", "", "").await;
    for path in [MAPLE, ORCHARD, "alderbrook/ridge-view"] {
        db_record(&app, "LOCATION_SAVED", ", project_id", &format!(", {}", sql_id(path))).await;
    }
    let key = Person::reporting();
    let log = page(&app, &key, Log::Company, "", "kind project { name }").await;
    assert_eq!(texts_of(&log["nodes"], "kind"), ["LOCATION_SAVED"; 2], "{log}");
    assert_eq!(log["totalCount"], 2);
    app.database().db_execute("update api_keys set all_projects = true; delete from api_key_projects").await;
    let expected = ["COMPANY_CHANGED", "LOCATION_SAVED", "LOCATION_SAVED", "LOCATION_SAVED"];
    assert_eq!(kinds(&app, &key, Log::Company, "").await, expected);
}

#[tokio::test]
async fn staff_read_about_their_own_keys_only() {
    // TRK-1, VIS-21
    let app = TestApp::demo().await;
    db_signed_in_just_now(&app).await;
    let create = async |person: &Person| {
        let input = "input: { name: \"Export\", permissions: [PROJECTS_READ], lifetimeDays: 3 }";
        change(&app, person, "apiKeyCreate", input, "apiKey { id }").await["apiKey"]["id"].clone()
    };
    let (robin, other) =
        (staff_with(&app, &[Permission::ReportsKeys]).await, staff_with(&app, &[Permission::ReportsKeys]).await);
    db_signed_in_just_now(&app).await;
    let (of_robin, of_owner) = (create(&robin).await, create(&Person::owner()).await);
    assert!(of_robin.is_string() && of_owner.is_string());
    for (person, expected) in
        [(&robin, vec![of_robin.clone()]), (&other, vec![]), (&Person::owner(), vec![of_owner, of_robin])]
    {
        let log = page(&app, person, Log::Company, "", "kind subject { id name }").await;
        let nodes = log["nodes"].as_array().cloned().expect("a list");
        let ids: Vec<_> = nodes.iter().map(|node| node["subject"]["id"].clone()).collect();
        assert_eq!(ids, expected, "{log}");
        assert_eq!(log["totalCount"], expected.len());
    }
}

#[tokio::test]
async fn origin_is_shown_to_managers_of_staff() {
    // TRK-1: addresses of clients are not shown to the company.
    let app = TestApp::demo().await;
    let origin = ", project_id, network, device";
    db_record(&app, "LOCATION_SAVED", origin, &format!(", {}, '203.0.113.7', 'Firefox'", sql_id(MAPLE))).await;
    let client = format!(
        "insert into activity (id, company_id, project_id, kind, actor_kind, actor_id, network, device)
            values (gen_random_uuid(), {}, {}, 'INVITATION_ACCEPTED', 'CLIENT', {}, '203.0.113.8', 'Safari')",
        sql_id("alderbrook"),
        sql_id(MAPLE),
        sql_id("people/ana"),
    );
    app.database().db_execute(&client).await;
    let manager = staff_with(&app, &[Permission::StaffManage]).await;
    for person in [manager, Person::owner()] {
        let log = page(&app, &person, Log::Maple, "", "kind network device").await;
        let expected = json!([
            { "kind": "INVITATION_ACCEPTED", "network": null, "device": null },
            { "kind": "LOCATION_SAVED", "network": "203.0.113.7", "device": "Firefox" },
        ]);
        assert_eq!(log["nodes"], expected);
    }
    let robin = staff_with(&app, &[Permission::SettingsManage]).await;
    for field in ["network", "device"] {
        let reply = app.ask(&robin, &format!("{{ company {{ activity {{ nodes {{ {field} }} }} }} }}")).await;
        is_unknown(&reply, field);
    }
}

//! Tests of what clients read of the audit log: updates of their projects, and their own access (TRK-1).

use portico_core::activity::{ActivityKind, LogClients};
use portico_core::id::Tag;
use portico_fixtures::world::World;
use portico_testkit::{AccessLayers, LayerState, Person, TestApp, TestDatabase};
use serde_json::{Value, json};

use super::db_record;
use crate::support::{MAPLE, ORCHARD, change, is_unknown, of_project, project, selections, sql_id, texts_of};

const UPDATES: &str = "updates { totalCount nodes { id at kind text isOwn actorName } }";

/// The sentences that a person reads about Maple Street, newest first.
async fn read(app: &TestApp, person: &Person, arguments: &str) -> Vec<String> {
    let updates = of_project(app, person, MAPLE, &format!("updates{arguments} {{ nodes {{ text }} }}")).await;
    texts_of(&updates["updates"]["nodes"], "text")
}

async fn update_project(app: &TestApp, path: &str, values: &str) {
    let owner = Person::owner();
    let version = of_project(app, &owner, path, "version").await["version"].clone();
    let input = format!("input: {{ id: \"{}\", expectedVersion: {version}, {values} }}", project(app, path));
    let done = change(app, &owner, "projectUpdate", &input, "project { id }").await;
    assert!(done["project"].is_object(), "{done}");
}

async fn update_client(app: &TestApp, person: &str, values: &str) {
    let id = app.id(Tag::PROJECT_MEMBERSHIP, &format!("{MAPLE}/client/{person}"));
    let input = format!("input: {{ id: \"{id}\", {values} }}");
    let done = change(app, &Person::owner(), "projectClientUpdate", &input, "projectClient { id }").await;
    assert!(done["projectClient"].is_object(), "{done}");
}

#[tokio::test]
async fn clients_read_what_happened_in_plain_words() {
    // TRK-1
    let app = TestApp::demo().await;
    let (ana, ben) = (Person::client(), Person::named("ben"));
    update_project(&app, MAPLE, "name: \"Maple Street 12\", stage: HANDOVER").await;
    update_client(&app, "ben", "canPay: true, canSeeStatus: false").await;
    let primary = app.id(Tag::PROJECT_MEMBERSHIP, &format!("{MAPLE}/client/ben"));
    let input = format!("input: {{ id: \"{primary}\" }}");
    change(&app, &Person::owner(), "projectClientMakePrimary", &input, "projectClient { id }").await;
    let both = "The project\u{2019}s name and stage were changed.";
    assert_eq!(read(&app, &ana, "").await, ["Ben Whitlock became the primary client.", both]);
    let own = "Your right to see status reports and right to make payments were changed.";
    assert_eq!(read(&app, &ben, "").await, ["You became the primary client.", own, both]);
    assert_eq!(read(&app, &ben, "(own: true)").await, ["You became the primary client.", own]);
    assert_eq!(read(&app, &ana, "(own: true)").await, Vec::<String>::new());
    let updates = of_project(&app, &ben, MAPLE, UPDATES).await["updates"].clone();
    assert_eq!(updates["totalCount"], 3);
    let kinds = texts_of(&updates["nodes"], "kind");
    assert_eq!(kinds, ["PRIMARY_CLIENT_CHANGED", "ACCESS_CHANGED", "PROJECT_CHANGED"]);
    assert!(updates["nodes"].as_array().is_some_and(|all| all.iter().all(|one| one["actorName"] == Value::Null)));
    assert!(!updates.to_string().contains("Ruth"), "names of staff are not disclosed: {updates}");
}

/// Entries of `Project.changes` after a cursor, and the cursor after them.
async fn changes(app: &TestApp, person: &Person, since: Option<String>) -> (Vec<Value>, Option<String>) {
    let (mut entries, mut cursor) = (Vec::new(), since);
    loop {
        let since = cursor.map(|cursor| format!(", since: \"{cursor}\"")).unwrap_or_default();
        let selection =
            format!("changes(first: 100{since}) {{ entries {{ kind id record {{ __typename }} }} cursor hasMore }}");
        let answer = of_project(app, person, MAPLE, &selection).await["changes"].clone();
        entries.extend(answer["entries"].as_array().cloned().expect("a list"));
        cursor = answer["cursor"].as_str().map(str::to_owned);
        if answer["hasMore"] == false {
            return (entries, cursor);
        }
    }
}

/// The values that staff see, as an input of `projectUpdate` or `projectClientUpdate`: numbers and texts are written alike,
/// enumerations without quotation marks.
fn as_input(values: &Value, enumerations: &[&str]) -> String {
    let members = values.as_object().expect("an object");
    let written = |(name, value): (&String, &Value)| match value {
        Value::Object(_) => format!("{name}: {{ {} }}", as_input(value, enumerations)),
        Value::String(text) if enumerations.contains(&name.as_str()) => format!("{name}: {text}"),
        other => format!("{name}: {other}"),
    };
    members.iter().map(written).collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn equal_values_are_no_updates() {
    // TRK-1: a form sends all fields, whatever its user has changed.
    let app = TestApp::demo().await;
    let (owner, ben) = (Person::owner(), Person::named("ben"));
    let figures = "contractTotal { amount currencyCode } budget { amount currencyCode } riskNotes";
    let fields = format!(
        "number name address {{ line city region postalCode country }} status stage timeZone startedOn {figures}"
    );
    let present = of_project(&app, &owner, MAPLE, &fields).await;
    let present = as_input(&present, &["status", "stage"]);
    let clients =
        of_project(&app, &owner, MAPLE, "clients { id relationship canSeeStatus canPay canApprove label }").await;
    let id = app.id(Tag::PROJECT_MEMBERSHIP, &format!("{MAPLE}/client/ben"));
    let all = clients["clients"].as_array().expect("a list");
    let mut client = all.iter().find(|one| one["id"] == json!(id)).expect("Ben is a client").clone();
    client.as_object_mut().expect("an object").remove("id");
    let client = as_input(&client, &["relationship"]);
    let visible = format!("version {UPDATES}");
    let before = of_project(&app, &ben, MAPLE, &visible).await;
    let (_, cursor) = changes(&app, &ben, None).await;

    update_project(&app, MAPLE, &present).await;
    update_client(&app, "ben", &client).await;
    assert_eq!(of_project(&app, &ben, MAPLE, &visible).await, before);
    assert_eq!(changes(&app, &ben, cursor.clone()).await, (Vec::new(), cursor.clone()));
    assert_eq!(app.database().db_count("select count(*) from activity").await, 0);

    // One differing and one equal field.
    let stage = of_project(&app, &owner, MAPLE, "stage").await["stage"].clone();
    let stage = stage.as_str().expect("a stage").to_owned();
    update_project(&app, MAPLE, &format!("name: \"Maple House\", stage: {stage}")).await;
    update_client(&app, "ben", "canPay: false, canSeeStatus: false").await;
    let expected = ["Your right to see status reports was changed.", "The project\u{2019}s name was changed."];
    assert_eq!(read(&app, &ben, "").await, expected);
    let log = app.database().db_texts("select details ->> 'changed' as text from activity order by at, id").await;
    assert_eq!(log, ["[\"name\"]", "[\"canSeeStatus\"]"]);
}

#[tokio::test]
async fn updates_name_their_record() {
    // TRK-1
    let app = TestApp::demo().await;
    let (ana, ben) = (Person::client(), Person::named("ben"));
    let faucet = format!("{MAPLE}/selection/Kitchen faucet");
    assert_eq!(selections::approve(&app, &ben, &faucet).await["userErrors"], json!([]));
    update_project(&app, MAPLE, "name: \"Maple Street 12\"").await;
    update_client(&app, "ben", "canPay: true").await;
    let records = "updates { nodes { text record { __typename id } } }";
    let read = async |person: &Person| {
        let updates = of_project(&app, person, MAPLE, records).await["updates"]["nodes"].clone();
        let all = updates.as_array().expect("it is a list").clone();
        all.into_iter().map(|update| (update["text"].clone(), update["record"].clone())).collect::<Vec<_>>()
    };
    let record = |kind: &str, id: String| json!({ "__typename": kind, "id": id });
    let of_selection = record("Selection", app.id(Tag::SELECTION, &faucet));
    let of_project = record("Project", project(&app, MAPLE));
    let approved = |who: &str| (json!(format!("{who} approved \u{201c}Kitchen faucet\u{201d}.")), of_selection.clone());
    let renamed = (json!("The project\u{2019}s name was changed."), of_project);
    let total = (json!("The project\u{2019}s contract total was changed."), renamed.1.clone());
    assert_eq!(read(&ana).await, [renamed.clone(), total.clone(), approved("Ben Whitlock")]);
    let own = (json!("Your right to make payments was changed."), Value::Null);
    assert_eq!(read(&ben).await, [own, renamed.clone(), total.clone(), approved("You")]);
    // Without the section, the selection does not exist.
    let without = format!("input: {{ projectId: \"{}\", features: [DASHBOARD] }}", project(&app, MAPLE));
    let hidden = change(&app, &Person::owner(), "portalSettingsUpdate", &without, "portal { features }").await;
    assert_eq!(hidden["portal"]["features"], json!(["DASHBOARD"]));
    assert_eq!(read(&ana).await, [renamed, total, (json!("Ben Whitlock approved a selection."), Value::Null)]);
}

#[tokio::test]
async fn published_schedule_is_an_update_of_the_project() {
    // TRK-1, SCH-7
    let app = TestApp::demo().await;
    let records = "updates { nodes { text record { __typename id } } }";
    let read = async |person: &Person| of_project(&app, person, MAPLE, records).await["updates"]["nodes"].clone();
    let clients = [Person::client(), Person::named("ben")];
    let draft = app.id(Tag::SCHEDULE_VERSION, &format!("{MAPLE}/schedule/draft"));
    let changed = format!("input: {{ versionId: \"{draft}\", startOn: \"2026-01-05\" }}");
    let changed = change(&app, &Person::owner(), "scheduleDraftUpdate", &changed, "scheduleVersion { version }").await;
    let version = &changed["scheduleVersion"]["version"];
    for client in &clients {
        assert_eq!(read(client).await, json!([]), "drafts are no updates");
    }
    let input = format!("input: {{ versionId: \"{draft}\", expectedVersion: {version} }}");
    let published = change(&app, &Person::owner(), "schedulePublish", &input, "schedule { version }").await;
    assert_eq!(published["schedule"]["version"], 3, "{published}");
    let of_project = json!({ "__typename": "Project", "id": project(&app, MAPLE) });
    let expected = json!([{ "text": "The schedule of the project was updated.", "record": of_project }]);
    for client in &clients {
        assert_eq!(read(client).await, expected, "{client:?}");
    }
    let hidden = format!("input: {{ projectId: \"{}\", scheduleShare: NONE }}", project(&app, MAPLE));
    change(&app, &Person::owner(), "portalSettingsUpdate", &hidden, "portal { id }").await;
    for client in &clients {
        assert_eq!(read(client).await, json!([]), "{client:?}");
    }
}

#[tokio::test]
async fn demo_has_updates() {
    // TRK-1: what would have been recorded of its rows.
    let database = TestDatabase::empty().await;
    World::demo().expect("it is consistent").load_into(database.database()).await.expect("it loads");
    let app = TestApp::over(database);
    let texts = read(&app, &Person::client(), "").await;
    for expected in ["You were added to the project.", "You approved \u{201c}Kitchen countertops\u{201d}."] {
        assert!(texts.iter().any(|text| text == expected), "{texts:?}");
    }
    let unordered = "select count(*) as count from activity a join activity b on a.project_id = b.project_id
        and a.position < b.position and a.at > b.at";
    assert_eq!(app.database().db_count(unordered).await, 0);
}

#[tokio::test]
async fn hidden_changes_are_no_updates() {
    // TRK-1, ISO-1: costs, labels, other clients' rights, other projects, trades and what happened before.
    let app = TestApp::demo().await;
    let (ana, ben) = (Person::client(), Person::named("ben"));
    update_project(&app, MAPLE, "riskNotes: \"The slope may slide\"").await;
    update_project(&app, ORCHARD, "name: \"Orchard 7\"").await;
    update_client(&app, "ben", "label: \"Slow payer\"").await;
    update_client(&app, "ben", "canSeeStatus: false").await;
    for person in [&ana, &ben] {
        let expected: &[&str] =
            if std::ptr::eq(person, &ben) { &["Your right to see status reports was changed."] } else { &[] };
        assert_eq!(read(&app, person, "").await, expected, "{person:?}");
    }
    // The contract total is for those with the right to make payments.
    update_project(&app, MAPLE, "contractTotal: { amount: \"900000.00\", currencyCode: \"USD\" }").await;
    assert_eq!(read(&app, &ana, "").await, ["The project\u{2019}s contract total was changed."]);
    assert_eq!(read(&app, &ben, "").await.len(), 1);
    let joined = format!(
        "update project_memberships set created_at = now() + interval '1 minute' where project_id = {}",
        sql_id(MAPLE)
    );
    app.database().db_execute(&joined).await;
    assert_eq!(read(&app, &ana, "").await, Vec::<String>::new(), "it happened before they joined");
}

#[tokio::test]
async fn row_check_alone_hides_entries_from_clients() {
    // SEC-2, TRK-1: as in `kinds.rs`, for clients.
    let app = TestApp::demo().await;
    for kind in ActivityKind::ALL {
        let details = r#", jsonb '{"changed": ["riskNotes", "label"]}'"#;
        db_record(&app, kind.as_str(), ", details, project_id", &format!("{details}, {}", sql_id(MAPLE))).await;
    }
    let row_check = AccessLayers { row_check: LayerState::Up, ..AccessLayers::NONE };
    let query = format!(
        "{{ project(id: \"{}\") {{ activity(first: 100) {{ nodes {{ kind changedFields }} }} }} }}",
        project(&app, MAPLE)
    );
    let answer = app.ask_behind(row_check, &Person::client(), &Person::owner(), &query).await;
    let nodes = &answer["data"]["project"]["activity"]["nodes"];
    let mut kinds = texts_of(nodes, "kind");
    // Who has accepted is read from the role view, which is the owner's here.
    kinds.retain(|kind| kind != "INVITATION_ACCEPTED");
    kinds.sort();
    assert_eq!(
        kinds,
        [
            "PRIMARY_CLIENT_CHANGED",
            "PROJECT_CLIENT_ADDED",
            "PROJECT_CLIENT_REMOVED",
            "SCHEDULE_PUBLISHED",
            "SELECTION_APPROVED"
        ]
    );
    assert!(!answer.to_string().contains("riskNotes"), "{answer}");
}

#[tokio::test]
async fn updates_are_for_clients_and_staff() {
    // TRK-1
    let app = TestApp::demo().await;
    let query = "query($id: ID!) { project(id: $id) { updates { totalCount } } }";
    is_unknown(&app.ask_with(&Person::trade(), query, json!({ "id": project(&app, MAPLE) })).await, "updates");
    // Staff read what the clients read.
    update_client(&app, "ben", "canPay: true").await;
    assert_eq!(read(&app, &Person::owner(), "").await, ["Ben Whitlock\u{2019}s right to make payments was changed."]);
    // Without the portal.
    let dev = app.ask_with(&Person::named("dev"), query, json!({ "id": project(&app, MAPLE) })).await;
    assert_eq!(*dev.at("/project"), Value::Null);
}

#[tokio::test]
async fn each_kind_is_read_by_the_clients_that_the_code_names() {
    // TRK-1: the role view has the same kinds as `ActivityKind::clients`.
    let app = TestApp::demo().await;
    let ana = app.id(Tag::PROJECT_MEMBERSHIP, &format!("{MAPLE}/client/ana"));
    let ana = portico_core::id::GlobalId::parse(&ana).expect("an ID").uuid;
    for kind in ActivityKind::ALL.iter().copied() {
        app.database().db_execute("delete from activity").await;
        let details = r#"{"changed": ["name", "canPay"], "isForClients": true}"#;
        let values = format!(", jsonb '{details}', {}, 'PROJECT_MEMBERSHIP', '{ana}'", sql_id(MAPLE));
        db_record(&app, kind.as_str(), ", details, project_id, subject_kind, subject_id", &values).await;
        let counted = async |person: &Person| {
            let updates =
                of_project(&app, person, MAPLE, "updates { totalCount nodes { text } }").await["updates"].clone();
            assert_eq!(updates["nodes"].as_array().map(Vec::len), updates["totalCount"].as_u64().map(|n| n as usize));
            updates["totalCount"].clone()
        };
        let (own, other) = (counted(&Person::client()).await, counted(&Person::named("ben")).await);
        // The actor is an owner.
        let expected = match kind.clients() {
            LogClients::None | LogClients::Actor => (0, 0),
            LogClients::All => (1, 1),
            LogClients::Subject => (1, 0),
        };
        assert_eq!((own, other), (json!(expected.0), json!(expected.1)), "{kind}");
    }
}

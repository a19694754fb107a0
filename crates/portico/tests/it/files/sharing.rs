//! Tests of with whom files are shared, and of their deletion.

use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::{TEXT, file, names, perform, sees, share};
use crate::support::files::{finalize, received};
use crate::support::{GRANVILLE, MAPLE, ORCHARD, change, refusals};

const BRIDGE: &str = "Bridge faucet in brass.jpg";
const PLAN: &str = "Floor plan.pdf";
const ROUGH_IN: &str = "Rough-in before drywall.jpg";

fn partner(app: &TestApp, slug: &str) -> String {
    app.id(Tag::PROJECT_MEMBERSHIP, &format!("{MAPLE}/trade/{slug}"))
}

#[tokio::test]
async fn files_are_visible_to_their_audience() {
    // FIL-4, FIL-5, FIL-6, FIL-7, VIS-28
    let app = TestApp::demo().await;
    let clients = [
        BRIDGE,
        PLAN,
        "Our favorite tile.jpg",
        "Pull-down faucet in steel.jpg",
        "South wall framed.jpg",
        "Touchless faucet in black.jpg",
        "Walk around the site.mp4",
    ];
    for client in [Person::client(), Person::named("ben")] {
        assert_eq!(names(&app, &client, MAPLE, "").await, clients);
        assert_eq!(names(&app, &client, MAPLE, "(query: \"tile\")").await, ["Our favorite tile.jpg"]);
    }
    assert_eq!(names(&app, &Person::trade(), MAPLE, "").await, [BRIDGE, PLAN]);
    assert_eq!(names(&app, &Person::named("eli"), MAPLE, "").await, [ROUGH_IN]);
    assert_eq!(names(&app, &Person::named("ines"), GRANVILLE, "").await, Vec::<String>::new(), "DOCUMENTS is off");
    assert_eq!(names(&app, &Person::named("wren"), ORCHARD, "").await.len(), 2);
    let staff = names(&app, &Person::staff(), MAPLE, "").await;
    assert_eq!(staff.len(), 10, "{staff:?}");
    assert_eq!(names(&app, &Person::staff(), MAPLE, "(filter: { state: DELETED })").await, ["Touch-ups we forgot.txt"]);
    let unshared = "(filter: { sharedWithClients: false })";
    let mailed = "Elevation from an unknown sender.pdf";
    let offer = "Offer of the window supplier.pdf";
    assert_eq!(names(&app, &Person::staff(), MAPLE, unshared).await, [mailed, offer, ROUGH_IN]);
}

#[tokio::test]
async fn partner_with_web_access_sees_shared_file() {
    // FIL-5
    let app = TestApp::demo().await;
    let (rough_in, plan) = (file(&app, ROUGH_IN), file(&app, PLAN));
    let shared = share(&app, &rough_in, json!({ "tradeIds": [partner(&app, "tomas"), partner(&app, "eli")] })).await;
    assert_eq!(shared["userErrors"], json!([]), "{shared}");
    assert_eq!(shared["file"]["sharedWithClients"], false);
    assert_eq!(names(&app, &Person::trade(), MAPLE, "").await, [BRIDGE, PLAN, ROUGH_IN]);
    let shared = share(&app, &plan, json!({ "tradeIds": [] })).await;
    assert_eq!(shared["file"], json!({ "sharedWithClients": true, "sharedWithTrades": [], "version": 1 }));
    assert_eq!(names(&app, &Person::trade(), MAPLE, "").await, [BRIDGE, ROUGH_IN]);
    // Without a change, nothing is recorded.
    share(&app, &plan, json!({ "tradeIds": [], "sharedWithClients": true })).await;
    let log = "select kind || ' ' || (details ->> 'changed') as text from activity order by at, id";
    let expected = r#"FILE_SHARED ["sharedWithTrades"]"#;
    assert_eq!(app.database().db_texts(log).await, [expected, expected]);
}

#[tokio::test]
async fn share_without_web_access_is_refused() {
    // FIL-5
    let app = TestApp::demo().await;
    let plan = file(&app, PLAN);
    let refused = share(&app, &plan, json!({ "tradeIds": [partner(&app, "petra")] })).await;
    assert_eq!(refusals(&refused), ["INVALID input.tradeIds"], "{refused}");
    assert!(refused["userErrors"][0]["message"].to_string().contains("projectTradeUpdate"), "{refused}");
    let elsewhere = app.id(Tag::PROJECT_MEMBERSHIP, &format!("{ORCHARD}/trade/wren"));
    let client = app.id(Tag::PROJECT_MEMBERSHIP, &format!("{MAPLE}/client/ana"));
    for id in [elsewhere, client] {
        let refused = share(&app, &plan, json!({ "tradeIds": [id] })).await;
        assert_eq!(refusals(&refused), ["NOT_FOUND input.tradeIds"], "{refused}");
    }
    assert_eq!(names(&app, &Person::trade(), MAPLE, "").await, [BRIDGE, PLAN], "nothing has changed");
}

#[tokio::test]
async fn revoked_web_access_hides_file() {
    // FIL-5
    let app = TestApp::demo().await;
    let plan = file(&app, PLAN);
    assert!(sees(&app, &Person::trade(), &plan).await);
    let input = format!("input: {{ id: \"{}\", webAccess: false, idempotencyKey: \"off\" }}", partner(&app, "tomas"));
    change(&app, &Person::owner(), "projectTradeUpdate", &input, "projectTrade { webAccess }").await;
    assert!(!sees(&app, &Person::trade(), &plan).await);
}

#[tokio::test]
async fn unshared_file_is_absent() {
    // FIL-7
    let app = TestApp::demo().await;
    let plan = file(&app, PLAN);
    let shared = share(&app, &plan, json!({ "sharedWithClients": false })).await;
    assert_eq!(shared["file"]["sharedWithClients"], false, "{shared}");
    for client in [Person::client(), Person::named("ben")] {
        assert!(!sees(&app, &client, &plan).await);
        for arguments in
            ["", "(query: \"floor\")", "(filter: { kind: { in: [OTHER] } })", "(sortKey: NAME, reverse: true)"]
        {
            assert!(!names(&app, &client, MAPLE, arguments).await.contains(&PLAN.to_owned()), "{arguments}");
        }
    }
    assert!(sees(&app, &Person::trade(), &plan).await, "the trade partner's share is another one");
    share(&app, &plan, json!({ "sharedWithClients": true })).await;
    assert!(sees(&app, &Person::client(), &plan).await);
}

#[tokio::test]
async fn deleted_file_can_be_restored() {
    let app = TestApp::demo().await;
    let plan = file(&app, PLAN);
    let (owner, id) = (Person::owner(), json!({ "id": plan }));
    let deleted = perform(&app, &owner, "fileDelete", id.clone(), "project { id }").await;
    assert_eq!(deleted["userErrors"], json!([]), "{deleted}");
    for person in [Person::client(), Person::trade()] {
        assert!(!sees(&app, &person, &plan).await);
    }
    let refused = share(&app, &plan, json!({ "sharedWithClients": false })).await;
    assert_eq!(refusals(&refused), ["INVALID_STATE input.id"], "{refused}");
    // Again: it stays deleted, and nothing more is recorded.
    perform(&app, &owner, "fileDelete", id.clone(), "project { id }").await;
    let restored = perform(&app, &owner, "fileRestore", id, "file { state deletedAt sharedWithClients }").await;
    assert_eq!(restored["file"], json!({ "state": "AVAILABLE", "deletedAt": null, "sharedWithClients": true }));
    for person in [Person::client(), Person::trade()] {
        assert!(sees(&app, &person, &plan).await);
    }
    let log = "select kind as text from activity order by at, id";
    assert_eq!(app.database().db_texts(log).await, ["FILE_DELETED", "FILE_RESTORED"]);
}

#[tokio::test]
async fn clients_delete_their_own_files_only() {
    let app = TestApp::demo().await;
    let delete = async |person: &Person, id: &str| -> Value {
        perform(&app, person, "fileDelete", json!({ "id": id }), "project { id }").await
    };
    let ana = Person::client();
    for name in [PLAN, "South wall framed.jpg"] {
        let refused = delete(&ana, &file(&app, name)).await;
        assert_eq!(refusals(&refused), ["NOT_ALLOWED input.id"], "{refused}");
    }
    let upload = received(&app, &ana, "Downspout.txt", TEXT).await;
    let reply = finalize(&app, &ana, &upload, json!({})).await;
    let spout = reply.at("/fileFinalize/file/id").as_str().expect("a file").to_owned();
    assert_eq!(refusals(&delete(&Person::named("ben"), &spout).await), ["NOT_ALLOWED input.id"]);
    for hidden in ["Offer of the window supplier.pdf", "Touch-ups we forgot.txt", ROUGH_IN] {
        assert_eq!(refusals(&delete(&ana, &file(&app, hidden)).await), ["NOT_FOUND input.id"], "{hidden}");
    }
    assert_eq!(delete(&ana, &spout).await["userErrors"], json!([]));
    assert!(!sees(&app, &Person::named("ben"), &spout).await);
    // A file that staff have unshared is hidden from its uploader as well.
    let upload = received(&app, &ana, "Gutters.txt", TEXT).await;
    let reply = finalize(&app, &ana, &upload, json!({})).await;
    let gutters = reply.at("/fileFinalize/file/id").as_str().expect("a file").to_owned();
    share(&app, &gutters, json!({ "sharedWithClients": false })).await;
    assert_eq!(refusals(&delete(&ana, &gutters).await), ["NOT_FOUND input.id"]);
}

#[tokio::test]
async fn names_change_by_version() {
    let app = TestApp::demo().await;
    let plan = file(&app, PLAN);
    let rename = async |version: i32, name: &str| {
        let input = json!({ "id": plan, "expectedVersion": version, "name": name });
        perform(&app, &Person::owner(), "fileUpdate", input, "file { name version }").await
    };
    assert_eq!(
        rename(1, "Plan: first floor.pdf").await["file"],
        json!({ "name": "Plan_ first floor.pdf", "version": 2 })
    );
    assert_eq!(refusals(&rename(1, "Plan.pdf").await), ["CONFLICT input.expectedVersion"]);
    assert_eq!(refusals(&rename(2, "Plan.exe").await), ["INVALID input.name"]);
    // Nothing differs, so nothing is recorded.
    assert_eq!(rename(2, "Plan_ first floor.pdf").await["file"]["version"], 2);
    let log = "select kind || ' ' || (details ->> 'changed') as text from activity order by at, id";
    assert_eq!(app.database().db_texts(log).await, [r#"FILE_CHANGED ["name"]"#]);
}

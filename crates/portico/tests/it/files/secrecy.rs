//! Tests that outsiders know nothing of files beyond those that they see.

use portico_core::access::Permission;
use portico_core::id::{Tag, new_uuid};
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::{TEXT, perform};
use crate::support::files::received;
use crate::support::schema::coordinates_of;
use crate::support::{BOWEN, MAPLE, refusals, staff_with};

const SECRET: [&str; 9] = [
    "File.state",
    "File.sharedWithClients",
    "File.sharedWithTrades",
    "File.deletedAt",
    "File.takenAtPosition",
    "File.scanResult",
    "File.source",
    "FileFilter.state",
    "Project.storage",
];

#[tokio::test]
async fn outsiders_lack_positions_and_sharing() {
    // FIL-6, FIL-7
    let app = TestApp::demo().await;
    for person in [Person::client(), Person::named("ben"), Person::trade(), Person::named("eli")] {
        let open = coordinates_of(&app, &person).await;
        assert!(SECRET.iter().all(|coordinate| !open.contains(*coordinate)), "{person:?}");
        assert!(open.contains("File.name") && open.contains("Project.files"), "{person:?}");
    }
    assert!(!coordinates_of(&app, &Person::trade()).await.contains("FileAuthor.name"));
    let manager = staff_with(&app, &[Permission::DocumentsManage]).await;
    let open = coordinates_of(&app, &manager).await;
    assert!(SECRET.iter().all(|coordinate| open.contains(*coordinate)));
    let reader = coordinates_of(&app, &staff_with(&app, &[]).await).await;
    assert!(reader.contains("File.takenAtPosition") && !reader.contains("Project.storage"));
}

#[tokio::test]
async fn position_is_for_staff() {
    let app = TestApp::demo().await;
    let wall = app.id(Tag::FILE, &format!("{MAPLE}/file/South wall framed.jpg"));
    let query = "query($id: ID!) { node(id: $id) { ... on File {
        takenAt takenAtPosition { latitude longitude } scanResult source state } } }";
    let reply = app.ask_with(&Person::staff(), query, json!({ "id": wall })).await;
    let expected = json!({ "takenAt": "2026-10-14T18:00:00.000Z", "scanResult": "NOT_SCANNED", "source": "UPLOAD",
        "state": "AVAILABLE", "takenAtPosition": { "latitude": "48.751911", "longitude": "-122.478685" } });
    assert_eq!(reply.at("/node"), &expected);
}

#[tokio::test]
async fn hidden_files_are_as_unknown_ones() {
    // ISO-1, ISO-2
    let app = TestApp::demo().await;
    let of = |path: &str| app.id(Tag::FILE, path);
    let hidden = [
        of(&format!("{MAPLE}/file/Offer of the window supplier.pdf")),
        of(&format!("{MAPLE}/file/Touch-ups we forgot.txt")),
        of(&format!("{MAPLE}/file/Elevation from an unknown sender.pdf")),
        of("alderbrook/ridge-view/file/Survey of the lot.pdf"),
        of(&format!("{BOWEN}/file/Hours over the fee.txt")),
    ];
    let unknown = TestApp::global(Tag::FILE, new_uuid());
    let ask = async |person: &Person, id: &str| -> Value {
        perform(&app, person, "fileDelete", json!({ "id": id }), "project { id }").await
    };
    for person in [Person::client(), Person::named("ben")] {
        let expected = ask(&person, &unknown).await;
        assert_eq!(refusals(&expected), ["NOT_FOUND input.id"]);
        for id in &hidden {
            assert_eq!(ask(&person, id).await, expected, "{id}");
        }
    }
    // Staff of another company, for each mutation.
    let margot = Person::named("margot");
    for (mutation, input) in [
        ("fileShare", json!({ "sharedWithClients": true })),
        ("fileUpdate", json!({ "expectedVersion": 1, "name": "Mine.pdf" })),
        ("fileDelete", json!({})),
        ("fileRestore", json!({})),
        ("fileRelease", json!({})),
    ] {
        for id in [&hidden[0], &hidden[1], &unknown] {
            let mut input = input.clone();
            input["id"] = json!(id);
            let refused = perform(&app, &margot, mutation, input, "__typename").await;
            assert_eq!(refusals(&refused), ["NOT_FOUND input.id"], "{mutation}");
        }
    }
    let upload = received(&app, &Person::client(), "Gutters.txt", TEXT).await;
    let refused = perform(&app, &margot, "stagedUploadCancel", json!({ "uploadId": upload }), "__typename").await;
    assert_eq!(refusals(&refused), ["NOT_FOUND input.uploadId"]);
}

#[tokio::test]
async fn renditions_with_metadata_are_hidden() {
    // FIL-6, A79
    let app = TestApp::demo().await;
    let kinds = "select array_agg(kind order by kind)::text as text from";
    for (login, token, expected) in [
        ("portico_client", "demo-client", "{LARGE,MEDIUM,ORIGINAL,SMALL,VIDEO}"),
        ("portico_trade", "demo-session-eli", "{LARGE,MEDIUM,SMALL}"),
    ] {
        let client = app.database().db_client(Some(login)).await;
        let hash = portico_core::sessions::TokenHash::of(token);
        client.batch_execute(&format!("set portico.session = '{}'", hash.as_str())).await.expect("a setting");
        let rows = client
            .query_one(&format!("{kinds} (select distinct kind from file_renditions) x"), &[])
            .await
            .expect("the role view has renditions");
        assert_eq!(rows.get::<_, String>(0), expected, "{login}");
        let unclean = client
            .query_one("select count(*) from file_renditions where not is_clean or media_type like 'video/%' and kind <> 'VIDEO'", &[])
            .await
            .expect("a count");
        assert_eq!(unclean.get::<_, i64>(0), 0, "{login}");
        let objects = "select count(*) from file_objects o where not exists (
            select from file_renditions r where r.id = o.rendition_id)";
        let objects = client.query_one(objects, &[]).await.expect("a count");
        assert_eq!(objects.get::<_, i64>(0), 0, "{login}");
    }
}

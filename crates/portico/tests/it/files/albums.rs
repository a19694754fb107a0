//! Tests of albums and covers.

use portico_core::id::{Tag, new_uuid};
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::{changes, file, names, perform, sees, share};
use crate::support::{MAPLE, ORCHARD, of_project, refusals, texts_of};

const WALL: &str = "South wall framed.jpg";
const PICTURES: &str = "Framing in pictures";
const QUOTES: &str = "Quotes under review";

fn album(app: &TestApp, name: &str) -> String {
    app.id(Tag::ALBUM, &format!("{MAPLE}/album/{name}"))
}

async fn albums(app: &TestApp, person: &Person) -> Vec<String> {
    texts_of(&of_project(app, person, MAPLE, "albums { name }").await["albums"], "name")
}

async fn save(app: &TestApp, input: Value) -> Value {
    perform(app, &Person::owner(), "albumSave", input, "album { id name sharedWithClients }").await
}

#[tokio::test]
async fn hidden_albums_are_absent() {
    let app = TestApp::demo().await;
    let (ana, staff) = (Person::client(), Person::staff());
    assert_eq!(albums(&app, &ana).await, [PICTURES]);
    assert_eq!(albums(&app, &staff).await, [PICTURES, QUOTES]);
    assert!(sees(&app, &ana, &album(&app, PICTURES)).await && !sees(&app, &ana, &album(&app, QUOTES)).await);
    let within = |id: &str| format!("(filter: {{ albumId: \"{id}\" }})");
    assert_eq!(names(&app, &ana, MAPLE, &within(&album(&app, PICTURES))).await, [WALL]);
    // Hidden as a whole: the photo stays visible, and has no album.
    let hidden = save(&app, json!({ "id": album(&app, PICTURES), "sharedWithClients": false })).await;
    assert_eq!(hidden["album"]["sharedWithClients"], false, "{hidden}");
    assert_eq!(albums(&app, &ana).await, Vec::<String>::new());
    assert_eq!(names(&app, &ana, MAPLE, &within(&album(&app, PICTURES))).await, Vec::<String>::new());
    let query = "query($id: ID!) { node(id: $id) { ... on File { version album { name } } } }";
    let of = async |person: &Person| {
        app.ask_with(person, query, json!({ "id": file(&app, WALL) })).await.at("/node").clone()
    };
    assert_eq!(of(&ana).await, json!({ "version": 1, "album": null }));
    assert_eq!(of(&staff).await["album"]["name"], PICTURES);
    // Moving it between albums that clients do not see is no change for them.
    let (_, cursor) = changes(&app, &ana, Value::Null).await;
    let input = json!({ "id": file(&app, WALL), "expectedVersion": 1, "albumId": album(&app, QUOTES) });
    let moved = perform(&app, &Person::owner(), "fileUpdate", input.clone(), "file { version album { name } }").await;
    assert_eq!(moved["file"], json!({ "version": 1, "album": { "name": QUOTES } }), "{moved}");
    perform(&app, &Person::owner(), "fileUpdate", input, "file { version }").await;
    assert_eq!(changes(&app, &ana, cursor).await.0, Vec::<Value>::new());
    let log = "select kind || ' ' || (details ->> 'changed') as text from activity order by at, id";
    let expected = [r#"ALBUM_SAVED ["sharedWithClients"]"#, r#"FILE_CHANGED ["albumId"]"#];
    assert_eq!(app.database().db_texts(log).await, expected);
}

#[tokio::test]
async fn albums_are_saved_and_deleted() {
    let app = TestApp::demo().await;
    let maple = app.id(Tag::PROJECT, MAPLE);
    let roof = save(&app, json!({ "projectId": maple, "name": "Roof" })).await;
    assert_eq!(roof["album"]["sharedWithClients"], true, "{roof}");
    assert_eq!(albums(&app, &Person::client()).await, [PICTURES, "Roof"]);
    let taken = save(&app, json!({ "projectId": maple, "name": "ROOF" })).await;
    assert_eq!(refusals(&taken), ["TAKEN input.name"], "{taken}");
    assert_eq!(refusals(&save(&app, json!({ "name": "Attic" })).await), ["BLANK input.projectId"]);
    assert_eq!(refusals(&save(&app, json!({ "projectId": maple })).await), ["BLANK input.name"]);
    let first = save(&app, json!({ "id": roof["album"]["id"], "sort": -1, "name": "The roof" })).await;
    assert_eq!(first["userErrors"], json!([]), "{first}");
    assert_eq!(albums(&app, &Person::client()).await, ["The roof", PICTURES]);
    let deleted =
        perform(&app, &Person::owner(), "albumDelete", json!({ "id": album(&app, PICTURES) }), "project { id }").await;
    assert_eq!(deleted["userErrors"], json!([]), "{deleted}");
    let query = "query($id: ID!) { node(id: $id) { ... on File { album { name } } } }";
    let wall = app.ask_with(&Person::client(), query, json!({ "id": file(&app, WALL) })).await;
    assert_eq!(wall.at("/node"), &json!({ "album": null }));
    // Of another company, and of another project.
    let margot = Person::named("margot");
    for id in [album(&app, QUOTES), TestApp::global(Tag::ALBUM, new_uuid())] {
        assert_eq!(
            refusals(&perform(&app, &margot, "albumDelete", json!({ "id": id }), "__typename").await),
            ["NOT_FOUND input.id"]
        );
    }
    let stone = app.id(Tag::ALBUM, &format!("{ORCHARD}/album/Stone and timber"));
    let input = json!({ "id": file(&app, WALL), "expectedVersion": 1, "albumId": stone });
    let refused = perform(&app, &Person::owner(), "fileUpdate", input, "file { id }").await;
    assert_eq!(refusals(&refused), ["NOT_FOUND input.albumId"], "{refused}");
}

#[tokio::test]
async fn cover_is_shown_with_its_photo() {
    let app = TestApp::demo().await;
    let (ana, maple) = (Person::client(), app.id(Tag::PROJECT, MAPLE));
    let cover = async |person: &Person| {
        of_project(&app, person, MAPLE, "coverPhoto { name }").await["coverPhoto"]["name"].clone()
    };
    assert_eq!(cover(&ana).await, WALL);
    assert_eq!(cover(&Person::trade()).await, Value::Null, "it is not shared with him");
    let set = async |id: Value| {
        let input = json!({ "projectId": maple, "fileId": id });
        perform(&app, &Person::owner(), "coverPhotoSet", input, "project { coverPhoto { name } }").await
    };
    // A photo that clients do not see. Its change is none for them.
    share(&app, &file(&app, WALL), json!({ "sharedWithClients": false })).await;
    assert_eq!(cover(&ana).await, Value::Null);
    assert_eq!(cover(&Person::staff()).await, WALL);
    let (_, cursor) = changes(&app, &ana, Value::Null).await;
    let before = of_project(&app, &ana, MAPLE, "version").await;
    let done = set(json!(file(&app, "Rough-in before drywall.jpg"))).await;
    assert_eq!(done["project"]["coverPhoto"]["name"], "Rough-in before drywall.jpg", "{done}");
    assert_eq!(changes(&app, &ana, cursor).await.0, Vec::<Value>::new());
    assert_eq!(of_project(&app, &ana, MAPLE, "version").await["version"], before["version"]);
    assert_eq!(cover(&Person::named("eli")).await, "Rough-in before drywall.jpg");
    // What is no photo of the project.
    assert_eq!(refusals(&set(json!(file(&app, "Floor plan.pdf"))).await), ["INVALID input.fileId"]);
    let elsewhere = app.id(Tag::FILE, &format!("{ORCHARD}/file/Stone for the chimney.jpg"));
    for id in [elsewhere, TestApp::global(Tag::FILE, new_uuid())] {
        assert_eq!(refusals(&set(json!(id)).await), ["NOT_FOUND input.fileId"]);
    }
    assert_eq!(set(Value::Null).await["project"]["coverPhoto"], Value::Null);
    assert_eq!(set(Value::Null).await["userErrors"], json!([]));
    let log = "select kind as text from activity where kind like 'COVER%'";
    assert_eq!(app.database().db_texts(log).await, ["COVER_PHOTO_CHANGED", "COVER_PHOTO_CHANGED"]);
}

#[tokio::test]
async fn names_of_albums_are_compared_as_by_the_database() {
    let app = TestApp::demo().await;
    for (name, same) in [("\u{39f}\u{394}\u{39f}\u{3a3}", "\u{3bf}\u{3b4}\u{3bf}\u{3c3}"), ("FRAMING", "framing")] {
        let saved = save(&app, json!({ "projectId": app.id(Tag::PROJECT, MAPLE), "name": name })).await;
        assert_eq!(saved["userErrors"], json!([]), "{saved}");
        let taken = save(&app, json!({ "projectId": app.id(Tag::PROJECT, MAPLE), "name": same })).await;
        assert_eq!(refusals(&taken), ["TAKEN input.name"], "{taken}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn file_is_put_into_an_album_or_not_found_while_it_is_deleted() {
    let app = TestApp::concurrent().await;
    let owner = Person::owner();
    let mut version = 1;
    for number in 0..4 {
        let new = json!({ "projectId": app.id(Tag::PROJECT, MAPLE), "name": format!("Album {number}") });
        let id = save(&app, new).await["album"]["id"].clone();
        let put = json!({ "id": file(&app, WALL), "expectedVersion": version, "albumId": id });
        let (put, deleted) = futures_util::join!(
            perform(&app, &owner, "fileUpdate", put, "file { version }"),
            perform(&app, &owner, "albumDelete", json!({ "id": id }), "project { id }")
        );
        assert_eq!(deleted["userErrors"], json!([]), "{deleted}");
        assert!(refusals(&put).is_empty() || refusals(&put) == ["NOT_FOUND input.albumId"], "{put}");
        version = put["file"]["version"].as_i64().unwrap_or(version);
    }
}

//! Tests of the images of photos.

use std::path::Path;
use std::process::Command;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use chrono::TimeDelta;
use image::GenericImageView;
use portico::jobs::{Worker, WorkerNotifier};
use portico_adapters::files::FileStoreError;
use portico_content::samples::{
    claiming_png, exif_segment, jpeg, photos_with_position, picture, png, traces_in, with_segments,
};
use portico_core::clock::Clock;
use portico_core::files::RenditionKind;
use portico_core::id::Tag;
use portico_testkit::images::{ImageWorker, ScriptProgram};
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::share;
use crate::support::MAPLE;
use crate::support::files::{download_path, finalize, path_in, status};

/// All that a person can download of a file, or know about its images.
const FIELDS: &str = "renditionState takenAt download { url mediaType size } inlineUrl
    small: image(size: SMALL) { url width height } medium: image(size: MEDIUM) { url width height }
    large: image(size: LARGE) { url width height }";

/// Uploads a file as a person does. Returns its id.
pub(super) async fn uploaded(app: &TestApp, by: &Person, name: &str, bytes: &[u8]) -> String {
    let input =
        json!({ "projectId": app.id(Tag::PROJECT, MAPLE), "name": name, "size": bytes.len(), "idempotencyKey": name });
    let query =
        "mutation($input: StagedUploadCreateInput!) { stagedUploadCreate(input: $input) { upload { id url } } }";
    let reply = app.ask_with(by, query, json!({ "input": input })).await;
    let upload = reply.at("/stagedUploadCreate/upload");
    let id = upload["id"].as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned();
    let sent = Request::put(path_in(&upload["url"])).body(Body::from(bytes.to_vec())).expect("a request");
    let sent = app.send(sent).await;
    assert!(sent.status.is_success(), "{} {}", sent.status, sent.text);
    let reply = finalize(app, by, &id, json!({})).await;
    reply.at("/fileFinalize/file/id").as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned()
}

/// The file as a person reads it; null if it is hidden.
pub(super) async fn read(app: &TestApp, person: &Person, id: &str) -> Value {
    let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on File {{ {FIELDS} }} }} }}");
    app.ask_with(person, &query, json!({ "id": id })).await.at("/node").clone()
}

async fn fetched(app: &TestApp, url: &Value) -> (HeaderMap, Vec<u8>) {
    app.send_raw(Request::get(path_in(url)).body(Body::empty()).expect("a request")).await
}

/// Kind, state and attempts of the jobs of files, with the last error.
pub(super) async fn jobs(app: &TestApp) -> Vec<String> {
    let jobs =
        "select state || ' ' || attempts || coalesce(' ' || last_error, '') as text from jobs where kind = 'file_images'
        order by created_at, id";
    app.database().db_texts(jobs).await
}

pub(super) fn photo() -> Vec<u8> {
    with_segments(&jpeg(&picture(1600, 1200)), &[exif_segment(6)])
}

pub(super) fn partner(app: &TestApp, slug: &str) -> String {
    app.id(Tag::PROJECT_MEMBERSHIP, &format!("{MAPLE}/trade/{slug}"))
}

#[tokio::test]
async fn photo_gets_images() {
    // FIL-1, FIL-4, FIL-6
    let app = TestApp::demo().await;
    for (index, uploader) in [Person::client(), Person::owner()].into_iter().enumerate() {
        let original = photo();
        let id = uploaded(&app, &uploader, &format!("Roof {index}.jpeg"), &original).await;
        for person in [Person::client(), Person::named("ben")] {
            let pending = read(&app, &person, &id).await;
            assert_eq!(pending["renditionState"], "PENDING", "{pending}");
            for field in ["download", "inlineUrl", "small", "large", "takenAt"] {
                assert_eq!(pending[field], json!(null), "{field}");
            }
        }
        let of_staff = read(&app, &Person::staff(), &id).await;
        assert_eq!(fetched(&app, &of_staff["download"]["url"]).await.1, original, "staff need not wait");
        assert_eq!(ImageWorker::new(&app).round().await, 1);
        assert_eq!(jobs(&app).await[index], "DONE 1");
        for person in [Person::client(), Person::named("ben"), Person::staff()] {
            let ready = read(&app, &person, &id).await;
            assert_eq!(
                (&ready["renditionState"], &ready["takenAt"]),
                (&json!("READY"), &json!("2026-10-14T18:00:00.000Z"))
            );
            for (size, width, height) in [("small", 240, 320), ("medium", 960, 1280), ("large", 1200, 1600)] {
                let image = &ready[size];
                assert_eq!((&image["width"], &image["height"]), (&json!(width), &json!(height)), "{size}");
                let (headers, bytes) = fetched(&app, &image["url"]).await;
                assert_eq!(headers[header::CONTENT_TYPE], "image/jpeg");
                let name = format!("attachment; filename=\"Roof {index}.jpg\"");
                assert_eq!(headers[header::CONTENT_DISPOSITION], name.as_str());
                assert_eq!(image::load_from_memory(&bytes).expect("an image").dimensions(), (width, height));
            }
        }
        for person in [Person::trade(), Person::named("eli"), Person::named("margot")] {
            assert_eq!(read(&app, &person, &id).await, json!(null), "{person:?}");
            for kind in [RenditionKind::Original, RenditionKind::Large, RenditionKind::Small] {
                assert_eq!(status(&app, &download_path(&app, &person, &id, kind)).await, StatusCode::NOT_FOUND);
            }
        }
        let position = "query($id: ID!) { node(id: $id) { ... on File { takenAtPosition { latitude longitude } } } }";
        let position = app.ask_with(&Person::staff(), position, json!({ "id": id })).await;
        let expected = json!({ "latitude": "48.751911", "longitude": "-122.478685" });
        assert_eq!(position.at("/node/takenAtPosition"), &expected);
    }
}

#[tokio::test]
async fn no_outsiders_photo_has_a_position() {
    // A79: each photo, each of its renditions, each person.
    let app = TestApp::demo().await;
    let (owner, worker) = (Person::owner(), ImageWorker::new(&app));
    let outsiders = [Person::client(), Person::named("ben"), Person::trade()];
    let photos = photos_with_position();
    for (index, (name, original)) in photos.iter().enumerate() {
        // Not the sample's name, which is in the addresses.
        let (_, extension) = name.split_once('.').expect("an extension");
        let id = uploaded(&app, &owner, &format!("Photo {index}.{extension}"), original).await;
        let shared = share(&app, &id, json!({ "sharedWithClients": true, "tradeIds": [partner(&app, "tomas")] })).await;
        assert_eq!(shared["userErrors"], json!([]), "{shared}");
        for person in &outsiders {
            assert_eq!(read(&app, person, &id).await["download"], json!(null), "{name} before its images");
        }
        while worker.round().await > 0 {}
        for person in &outsiders {
            let file = read(&app, person, &id).await;
            assert_eq!(file["renditionState"], "READY", "{name}");
            // Links are random texts, in which short traces would be found by chance.
            let answer = file.to_string();
            assert!(!answer.contains("48.75") && !answer.contains("122.47"), "{name}: {answer}");
            let mut all: Vec<(String, Vec<u8>)> = Vec::new();
            for address in
                [&file["download"]["url"], &file["small"]["url"], &file["medium"]["url"], &file["large"]["url"]]
            {
                let (headers, bytes) = fetched(&app, address).await;
                assert!(headers[header::CONTENT_TYPE].to_str().is_ok_and(|ty| ty.starts_with("image/")), "{name}");
                image::load_from_memory(&bytes).expect("an image");
                all.push((address.to_string(), bytes));
            }
            for kind in [RenditionKind::Large, RenditionKind::Medium, RenditionKind::Small] {
                let path = download_path(&app, person, &id, kind);
                let (_, bytes) = app.send_raw(Request::get(path).body(Body::empty()).expect("a request")).await;
                all.push((kind.to_string(), bytes));
            }
            for (what, bytes) in all {
                assert_eq!(traces_in(&bytes), Vec::<String>::new(), "{name}: {what} for {person:?}");
            }
            let original = download_path(&app, person, &id, RenditionKind::Original);
            assert_eq!(status(&app, &original).await, StatusCode::NOT_FOUND, "{name}");
        }
        let of_staff = read(&app, &Person::staff(), &id).await;
        assert_eq!(&fetched(&app, &of_staff["download"]["url"]).await.1, original, "{name} for staff");
        assert!(!traces_in(original).is_empty());
    }
}

#[tokio::test]
async fn demo_photos_have_no_position_for_outsiders() {
    // A79
    let app = TestApp::demo().await;
    for (person, name) in [
        (Person::client(), "South wall framed.jpg"),
        (Person::named("ben"), "Our favorite tile.jpg"),
        (Person::named("eli"), "Rough-in before drywall.jpg"),
    ] {
        let id = super::file(&app, name);
        let file = read(&app, &person, &id).await;
        for address in [&file["download"]["url"], &file["small"]["url"], &file["medium"]["url"], &file["large"]["url"]]
        {
            let (_, bytes) = fetched(&app, address).await;
            assert_eq!(traces_in(&bytes), Vec::<String>::new(), "{name}");
        }
    }
}

#[tokio::test]
async fn images_follow_sharing() {
    // FIL-5, FIL-6, FIL-7
    let app = TestApp::demo().await;
    let id = uploaded(&app, &Person::owner(), "Roof.jpg", &photo()).await;
    ImageWorker::new(&app).round().await;
    let (ana, tomas) = (Person::client(), Person::trade());
    let of_ana = path_in(&read(&app, &ana, &id).await["medium"]["url"]);
    assert_eq!(status(&app, &of_ana).await, StatusCode::OK);
    share(&app, &id, json!({ "sharedWithClients": false, "tradeIds": [partner(&app, "tomas")] })).await;
    assert_eq!(status(&app, &of_ana).await, StatusCode::NOT_FOUND);
    assert_eq!(read(&app, &ana, &id).await, json!(null));
    let of_tomas = path_in(&read(&app, &tomas, &id).await["medium"]["url"]);
    assert_eq!(status(&app, &of_tomas).await, StatusCode::OK);
    share(&app, &id, json!({ "tradeIds": [] })).await;
    assert_eq!(status(&app, &of_tomas).await, StatusCode::NOT_FOUND);
    let of_staff = read(&app, &Person::staff(), &id).await;
    assert_eq!(status(&app, &path_in(&of_staff["medium"]["url"])).await, StatusCode::OK);
}

#[tokio::test]
async fn unfit_photos_are_for_staff_alone() {
    // A78
    let app = TestApp::demo().await;
    let (owner, worker) = (Person::owner(), ImageWorker::new(&app));
    let whole = jpeg(&picture(640, 480));
    let cases: [(&str, Vec<u8>, usize); 6] = [
        ("claimed.png", claiming_png(16_384), 1),
        ("larger.png", claiming_png(21_600), 1),
        ("largest.png", claiming_png(60_000), 1),
        ("cut.jpg", whole[..150].to_vec(), 1),
        // Not decoded at all.
        ("scan.tiff", b"II*\0\x08\0\0\0\x10\0\0\x01".to_vec(), 0),
        ("photo.avif", b"\0\0\0\x1cftypavif\0\0\0\0avifmif1".to_vec(), 0),
    ];
    for (name, bytes, count) in cases {
        let id = uploaded(&app, &owner, name, &bytes).await;
        assert_eq!(worker.round().await, count, "{name}");
        for person in [Person::client(), Person::named("ben")] {
            let file = read(&app, &person, &id).await;
            assert_eq!((&file["renditionState"], &file["download"]), (&json!("FAILED"), &json!(null)), "{name}");
            assert_eq!(file["large"], json!(null));
        }
        let of_staff = read(&app, &Person::staff(), &id).await;
        assert_eq!(fetched(&app, &of_staff["download"]["url"]).await.1, bytes, "{name}");
    }
    assert_eq!(jobs(&app).await, ["DONE 1"; 4], "none of them is tried again");
}

#[tokio::test]
async fn graphics_stay_graphics() {
    let app = TestApp::demo().await;
    let graphic = png(&image::DynamicImage::ImageRgb8(picture(500, 250)));
    let id = uploaded(&app, &Person::client(), "Sketch.png", &graphic).await;
    ImageWorker::new(&app).round().await;
    for person in [Person::named("ben"), Person::staff()] {
        let file = read(&app, &person, &id).await;
        let (headers, _) = fetched(&app, &file["small"]["url"]).await;
        assert_eq!(headers[header::CONTENT_TYPE], "image/png");
        assert_eq!(headers[header::CONTENT_DISPOSITION], "attachment; filename=\"Sketch.png\"");
    }
}

#[tokio::test]
async fn job_runs_again_after_its_program_was_killed() {
    let app = TestApp::demo().await;
    let id = uploaded(&app, &Person::client(), "Roof.jpg", &photo()).await;
    let killed = ScriptProgram::new("kill -9 $$");
    assert_eq!(ImageWorker::with_program(&app, killed.program.clone()).round().await, 1);
    assert_eq!(jobs(&app).await, ["WAITING 1 portico-content was ended by signal 9"]);
    assert_eq!(read(&app, &Person::named("ben"), &id).await["renditionState"], "PENDING");
    let worker = ImageWorker::new(&app);
    assert_eq!(worker.round().await, 0, "it waits a minute");
    worker.wait(TimeDelta::minutes(1));
    assert_eq!(worker.round().await, 1);
    assert_eq!(jobs(&app).await, ["DONE 2"]);
    assert_eq!(read(&app, &Person::named("ben"), &id).await["renditionState"], "READY");
}

#[tokio::test]
async fn answers_of_the_program_are_not_trusted() {
    let app = TestApp::demo().await;
    for (name, script) in [
        ("garbage", "cat >/dev/null; echo garbage"),
        ("nothing", "cat >/dev/null"),
        ("endless", "yes"),
        ("fault", "kill -11 $$"),
        ("limit", "kill -24 $$"),
        ("panic", "exit 101"),
    ] {
        let id = uploaded(&app, &Person::client(), &format!("{name}.jpg"), &photo()).await;
        let program = ScriptProgram::new(script);
        assert_eq!(ImageWorker::with_program(&app, program.program.clone()).round().await, 1);
        for person in [Person::named("ben"), Person::staff()] {
            assert_eq!(read(&app, &person, &id).await["renditionState"], "FAILED", "{name}");
        }
    }
    assert_eq!(jobs(&app).await, ["DONE 1"; 6]);
}

#[tokio::test]
async fn jobs_wait_for_a_worker_with_the_program() {
    let app = TestApp::demo().await;
    let id = uploaded(&app, &Person::client(), "Roof.jpg", &photo()).await;
    let clock = std::sync::Arc::new(Clock::of_server);
    let worker = Worker::new(app.store().worker(), clock, WorkerNotifier::default()).with_images(None);
    assert_eq!(worker.round().await.expect("the queue can be read"), 0);
    assert_eq!(jobs(&app).await, ["WAITING 0"]);
    for person in [Person::named("ben"), Person::staff()] {
        assert_eq!(read(&app, &person, &id).await["renditionState"], "PENDING");
    }
    assert_eq!(ImageWorker::new(&app).round().await, 1);
    assert_eq!(read(&app, &Person::named("ben"), &id).await["renditionState"], "READY");
}

#[tokio::test]
async fn store_that_is_gone_is_tried_again() {
    let app = TestApp::demo().await;
    let id = uploaded(&app, &Person::client(), "Roof.jpg", &photo()).await;
    let (store, worker) = (app.files().store.clone().expect("a store"), ImageWorker::new(&app));
    store.fail_with(Some(FileStoreError::Unavailable("unmounted".to_owned())));
    assert_eq!(worker.round().await, 1);
    assert_eq!(jobs(&app).await, ["WAITING 1 the store is not available: unmounted"]);
    store.fail_with(None);
    worker.wait(TimeDelta::minutes(1));
    assert_eq!(worker.round().await, 1);
    for person in [Person::named("ben"), Person::staff()] {
        assert_eq!(read(&app, &person, &id).await["renditionState"], "READY");
    }
}

#[tokio::test]
async fn images_are_made_once() {
    let app = TestApp::demo().await;
    uploaded(&app, &Person::client(), "Roof.jpg", &photo()).await;
    let worker = ImageWorker::new(&app);
    let objects = "select state || ' ' || (rendition_id is null) as text from file_objects where created_at > now() - '1 hour'::interval";
    assert_eq!(worker.round().await, 1);
    assert_eq!(app.database().db_texts(objects).await, ["STORED false"; 4]);
    // As if the worker had died before it recorded the job's end.
    app.database().db_execute("update jobs set state = 'WAITING', finished_at = null where kind = 'file_images'").await;
    worker.wait(TimeDelta::minutes(30));
    assert_eq!(worker.round().await, 1);
    assert_eq!(app.database().db_texts(objects).await, ["STORED false"; 4]);
    let images = "select count(*) from file_renditions r join files f on f.id = r.file_id where f.name = 'Roof.jpg'";
    assert_eq!(app.database().db_count(images).await, 4);
}

/// A HEIC photo of this picture, made by the program that comes with the one that is tested.
fn heic(jpeg: &[u8]) -> Option<Vec<u8>> {
    let folder = std::env::temp_dir().join(format!("portico-test-{}", portico_core::id::new_uuid()));
    std::fs::create_dir(&folder).expect("a folder can be created");
    let made = heic_in(&folder, jpeg);
    std::fs::remove_dir_all(&folder).expect("a folder can be deleted");
    made
}

fn heic_in(folder: &Path, jpeg: &[u8]) -> Option<Vec<u8>> {
    std::fs::write(folder.join("photo.jpg"), jpeg).expect("a file can be written");
    let made = Command::new("heif-enc").args(["photo.jpg", "-o", "photo.heic"]).current_dir(folder).output().ok()?;
    made.status.success().then(|| std::fs::read(folder.join("photo.heic")).expect("a file can be read"))
}

#[tokio::test]
async fn heic_photo_is_converted() {
    // A79
    let upright = picture(640, 480);
    let Some(photo) = heic(&with_segments(&jpeg(&upright), &[exif_segment(1)])) else {
        portico_testkit::programs::skip_without("heif-enc");
        return;
    };
    assert!(!traces_in(&photo).is_empty(), "it has the position");
    let app = TestApp::demo().await;
    let id = uploaded(&app, &Person::client(), "Roof.HEIC", &photo).await;
    assert_eq!(ImageWorker::new(&app).round().await, 1);
    for person in [Person::client(), Person::named("ben")] {
        let file = read(&app, &person, &id).await;
        assert_eq!((&file["renditionState"], &file["takenAt"]), (&json!("READY"), &json!("2026-10-14T18:00:00.000Z")));
        for address in [&file["download"]["url"], &file["small"]["url"], &file["medium"]["url"], &file["large"]["url"]]
        {
            let (headers, bytes) = fetched(&app, address).await;
            assert_eq!(headers[header::CONTENT_DISPOSITION], "attachment; filename=\"Roof.jpg\"");
            assert_eq!(traces_in(&bytes), Vec::<String>::new());
            let shown = image::load_from_memory(&bytes).expect("an image").to_rgb8();
            let corner = shown.get_pixel(2, 2).0;
            assert!(corner[2] > 200 && corner[0] < 40, "it is upright: {corner:?}");
        }
    }
    let of_staff = read(&app, &Person::staff(), &id).await;
    assert_eq!(fetched(&app, &of_staff["download"]["url"]).await.1, photo);
}

//! Tests of the bytes of files: links, downloads and uploads over the database.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use chrono::TimeDelta;
use futures_util::stream;
use portico::jobs::{Worker, WorkerNotifier};
use portico_adapters::files::FileStoreError;
use portico_core::clock::Clock;
use portico_core::files::RenditionKind;
use portico_core::files::limits::OBJECT_BYTES;
use portico_core::files::link::{FileLink, FileLinkPurpose};
use portico_core::id::{CompanyId, Tag, new_uuid};
use portico_fixtures::world::World;
use portico_testkit::{Person, TestApp};
use serde_json::json;
use uuid::Uuid;

use super::{file, share};
use crate::support::files::{
    download_path, finalize, link, now, offset_of, patch, path, path_in, request, sample, staged, status, text,
    upload_path, uuid_of,
};
use crate::support::{MAPLE, sql_id};

const FLOOR_PLAN: &str = "Floor plan.pdf";
const SOUTH_WALL: &str = "South wall framed.jpg";

#[tokio::test]
async fn uploaded_bytes_are_downloaded() {
    // FIL-1
    let app = TestApp::demo().await;
    let ana = Person::client();
    let content = sample(OBJECT_BYTES + 70_001);
    let upload = staged(&app, &ana, "Gutters.txt", content.len()).await;
    let to = upload_path(&app, &ana, &upload);
    let first = patch(&app, &to, 0, content[..100_000].to_owned()).await;
    assert_eq!((first.status, offset_of(&first)), (StatusCode::NO_CONTENT, "100000"), "{}", first.text);
    let wrong = patch(&app, &to, 99_999, "x").await;
    assert_eq!((wrong.status, offset_of(&wrong)), (StatusCode::CONFLICT, "100000"));
    let rest = patch(&app, &to, 100_000, content[100_000..].to_owned()).await;
    assert_eq!(offset_of(&rest), content.len().to_string(), "{}", rest.text);
    let head = app.send(request(Method::HEAD, &to, &[], Body::empty())).await;
    assert_eq!((head.status, offset_of(&head)), (StatusCode::OK, offset_of(&rest)));
    let reply = finalize(&app, &ana, &upload, json!({})).await;
    let id = reply.at("/fileFinalize/file/id").as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned();
    let after = app.send(request(Method::HEAD, &to, &[], Body::empty())).await;
    assert_eq!(after.status, StatusCode::NOT_FOUND, "the upload has ended");
    for person in [Person::client(), Person::named("ben"), Person::staff()] {
        let from = download_path(&app, &person, &id, RenditionKind::Original);
        let reply = text(&app, &from).await;
        assert_eq!(reply.status, StatusCode::OK, "{person:?}: {}", reply.text);
        assert!(reply.text == content);
        assert_eq!(reply.headers[header::CONTENT_DISPOSITION], "attachment; filename=\"Gutters.txt\"");
        assert_eq!(reply.headers[header::CONTENT_TYPE], "text/plain; charset=utf-8");
        let range = [("range", "bytes=99990-4194310")];
        let part = app.send(request(Method::GET, &from, &range, Body::empty())).await;
        assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
        assert!(part.text == content[99_990..=4_194_310]);
    }
}

#[tokio::test]
async fn fields_have_the_addresses() {
    // FIL-1
    let app = TestApp::demo().await;
    let ana = Person::client();
    let input =
        json!({ "projectId": app.id(Tag::PROJECT, MAPLE), "name": "Küche.txt", "size": 5, "idempotencyKey": "a" });
    let query =
        "mutation($input: StagedUploadCreateInput!) { stagedUploadCreate(input: $input) { upload { id url } } }";
    let reply = app.ask_with(&ana, query, json!({ "input": input })).await;
    let upload = reply.at("/stagedUploadCreate/upload");
    let (id, to) = (upload["id"].as_str().expect("an id"), path_in(&upload["url"]));
    assert_eq!(patch(&app, &to, 0, "hello").await.status, StatusCode::NO_CONTENT);
    let reply = finalize(&app, &ana, id, json!({})).await;
    let id = reply.at("/fileFinalize/file/id").as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned();
    let fields = "download { url expiresAt size sha256 } inlineUrl image(size: SMALL) { url }";
    let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on File {{ {fields} }} }} }}");
    let read =
        async |person: &Person, id: &str| app.ask_with(person, &query, json!({ "id": id })).await.at("/node").clone();
    let known = read(&ana, &id).await;
    let from = path_in(&known["download"]["url"]);
    let reply = text(&app, &from).await;
    assert_eq!((reply.status, reply.text.as_str()), (StatusCode::OK, "hello"));
    assert!(from.ends_with("/K_che.txt"), "{from}");
    assert_eq!(
        reply.headers[header::CONTENT_DISPOSITION],
        "attachment; filename=\"K_che.txt\"; filename*=UTF-8''K%C3%BCche.txt"
    );
    assert_eq!((&known["image"], &known["inlineUrl"]), (&json!(null), &json!(null)));
    // Staff get the photo or video, and clients an image or a copy of it.
    for name in [SOUTH_WALL, "Walk around the site.mp4"] {
        let id = file(&app, name);
        let (of_staff, of_client) = (read(&Person::staff(), &id).await, read(&ana, &id).await);
        assert_ne!(of_staff["download"]["sha256"], of_client["download"]["sha256"]);
        for known in [&of_staff, &of_client] {
            for url in [&known["download"]["url"], &known["image"]["url"]] {
                assert_eq!(status(&app, &path_in(url)).await, StatusCode::OK, "{known}");
            }
        }
    }
}

#[tokio::test]
async fn links_open_what_their_session_sees() {
    // FIL-4, FIL-5, FIL-7, VIS-28: also a link that was sealed for a person who may not see the file.
    let app = TestApp::demo().await;
    let cases = [
        (FLOOR_PLAN, RenditionKind::Original, ["client", "ben", "tomas", "staff", "owner"].as_slice()),
        (SOUTH_WALL, RenditionKind::Original, &["staff", "owner"]),
        (SOUTH_WALL, RenditionKind::Large, &["client", "ben", "staff", "owner"]),
        ("Rough-in before drywall.jpg", RenditionKind::Large, &["eli", "staff", "owner"]),
        ("Offer of the window supplier.pdf", RenditionKind::Original, &["staff", "owner"]),
        ("Walk around the site.mp4", RenditionKind::Original, &["staff", "owner"]),
        ("Walk around the site.mp4", RenditionKind::Video, &["client", "ben", "staff", "owner"]),
        ("Elevation from an unknown sender.pdf", RenditionKind::Original, &["staff", "owner"]),
    ];
    let people = [
        ("client", Person::client()),
        ("ben", Person::named("ben")),
        ("cleo", Person::named("cleo")),
        ("tomas", Person::named("tomas")),
        ("eli", Person::named("eli")),
        ("petra", Person::named("petra")),
        ("hana", Person::named("hana-client")),
        ("margot", Person::named("margot")),
        ("support", Person::support()),
        ("staff", Person::staff()),
        ("owner", Person::owner()),
    ];
    for (name, rendition, readers) in cases {
        for (person, who) in &people {
            let from = download_path(&app, who, &file(&app, name), rendition);
            let expected = if readers.contains(person) { StatusCode::OK } else { StatusCode::NOT_FOUND };
            assert_eq!(status(&app, &from).await, expected, "{name} {rendition} for {person}");
        }
    }
}

#[tokio::test]
async fn link_ends_with_what_it_shows() {
    // A75
    let app = TestApp::demo().await;
    let id = file(&app, FLOOR_PLAN);
    let from = download_path(&app, &Person::client(), &id, RenditionKind::Original);
    let other = app.rewired(|_| ());
    assert_eq!(status(&other, &from).await, StatusCode::OK);
    let hash = Person::client().token_hash();
    let maple = sql_id(MAPLE);
    let file_id = format!("'{}'", uuid_of(&id));
    for (hide, show) in [
        (
            // With the sections of the records to which the file is attached.
            format!("update project_portals set features = '{{DASHBOARD}}' where project_id = {maple}"),
            format!("update project_portals set features = features || '{{DOCUMENTS}}' where project_id = {maple}"),
        ),
        (
            format!("update files set state = 'DELETED', deleted_at = now() where id = {file_id}"),
            format!("update files set state = 'AVAILABLE', deleted_at = null where id = {file_id}"),
        ),
        (
            format!("update files set content_number = 2 where id = {file_id}"),
            format!("update files set content_number = 1 where id = {file_id}"),
        ),
        (
            format!("update sessions set revoked_at = now() where token_hash = '{hash}'"),
            format!("update sessions set revoked_at = null where token_hash = '{hash}'"),
        ),
        (
            format!("update sessions set expires_at = now() where token_hash = '{hash}'"),
            format!("update sessions set expires_at = now() + interval '1 day' where token_hash = '{hash}'"),
        ),
    ] {
        app.database().db_execute(&hide).await;
        let etag = [("if-none-match", "*")];
        let reply = other.send(request(Method::GET, &from, &etag, Body::empty())).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{hide}");
        assert!(reply.text.contains("this link is not valid"), "{}", reply.text);
        app.database().db_execute(&show).await;
        assert_eq!(status(&other, &from).await, StatusCode::OK, "{show}");
    }
    share(&app, &id, json!({ "sharedWithClients": false })).await;
    assert_eq!(status(&other, &from).await, StatusCode::NOT_FOUND);
    share(&app, &id, json!({ "sharedWithClients": true })).await;
    assert_eq!(status(&other, &from).await, StatusCode::OK);
    let later = app.rewired(|app| app.clock = Arc::new(|| Clock::at(now() + TimeDelta::minutes(31))));
    assert_eq!(status(&later, &from).await, StatusCode::NOT_FOUND, "it has expired");
}

#[tokio::test]
async fn uploads_are_for_their_own_person() {
    let app = TestApp::demo().await;
    let ana = Person::client();
    let upload = staged(&app, &ana, "Gutters.txt", 10).await;
    let unknown = TestApp::global(Tag::UPLOAD, new_uuid());
    let foreign =
        FileLink { company: CompanyId(World::id("fernhill")), ..link(&ana, FileLinkPurpose::Upload, &upload) };
    let mut paths = vec![upload_path(&app, &ana, &unknown), path(&app, &foreign)];
    for person in [Person::named("ben"), Person::owner(), Person::trade(), Person::named("margot"), Person::support()] {
        paths.push(upload_path(&app, &person, &upload));
    }
    for path in &paths {
        for reply in [
            patch(&app, path, 0, "x").await,
            app.send(request(Method::PUT, path, &[], Body::from("x"))).await,
            app.send(request(Method::HEAD, path, &[], Body::empty())).await,
            app.send(request(Method::DELETE, path, &[], Body::empty())).await,
        ] {
            assert_eq!(reply.status, StatusCode::NOT_FOUND, "{}", reply.text);
        }
    }
    let to = upload_path(&app, &ana, &upload);
    assert_eq!(patch(&app, &to, 0, "12345").await.status, StatusCode::NO_CONTENT);
    // A client who is removed meanwhile.
    let removed = "update project_memberships set removed_at = now(), is_primary = false where kind = 'CLIENT'";
    app.database().db_execute(removed).await;
    assert_eq!(patch(&app, &to, 5, "67890").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn interrupted_put_says_how_to_continue() {
    let app = TestApp::demo().await;
    let ana = Person::client();
    let upload = staged(&app, &ana, "Gutters.txt", 10).await;
    let to = upload_path(&app, &ana, &upload);
    let put = async |body: &'static str| app.send(request(Method::PUT, &to, &[], Body::from(body))).await;
    let half = put("12345").await;
    assert_eq!((half.status, offset_of(&half)), (StatusCode::BAD_REQUEST, "5"));
    assert!(half.text.contains("send the rest with PATCH"), "{}", half.text);
    let again = put("1234567890").await;
    assert_eq!((again.status, offset_of(&again)), (StatusCode::CONFLICT, "5"));
    assert_eq!(patch(&app, &to, 5, "67890").await.status, StatusCode::NO_CONTENT);
    let reply = finalize(&app, &ana, &upload, json!({})).await;
    assert!(reply.at("/fileFinalize/file/id").is_string(), "{}", reply.text);
    let late = put("1234567890").await;
    assert_eq!(late.status, StatusCode::NOT_FOUND);
    assert!(late.text.contains("start one with `stagedUploadCreate`"), "{}", late.text);
}

#[tokio::test]
async fn upload_in_tiny_parts_is_refused() {
    let app = TestApp::demo().await;
    let ana = Person::client();
    let upload = staged(&app, &ana, "Gutters.txt", 2_000).await;
    let to = upload_path(&app, &ana, &upload);
    assert_eq!(patch(&app, &to, 0, "a").await.status, StatusCode::NO_CONTENT);
    // As many as its size allows, without sending each.
    let others = "insert into file_objects (id, company_id, project_id, upload_id, start, size, state, created_at)
        select gen_random_uuid(), company_id, project_id, id, n, 1, 'STORED', now()
        from staged_uploads, generate_series(1000, 1998) n";
    app.database().db_execute(others).await;
    let refused = patch(&app, &to, 1, "b").await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
    assert!(refused.text.contains("too many parts: start another one with larger requests"), "{}", refused.text);
}

#[tokio::test]
async fn of_two_gateways_one_stores_each_object() {
    let app = TestApp::concurrent().await;
    let (ana, other) = (Person::client(), app.rewired(|_| ()));
    let content = sample(OBJECT_BYTES + 1_000);
    let upload = staged(&app, &ana, "Gutters.txt", content.len()).await;
    let to = upload_path(&app, &ana, &upload);
    let gateways = [&app, &other, &app, &other];
    let all = gateways.map(|gateway| patch(gateway, &to, 0, content.clone()));
    let replies = futures_util::future::join_all(all).await;
    let done = replies.iter().filter(|reply| reply.status == StatusCode::NO_CONTENT).count();
    assert_eq!(done, 1, "{:?}", replies.iter().map(|reply| reply.status).collect::<Vec<_>>());
    for reply in replies.iter().filter(|reply| reply.status != StatusCode::NO_CONTENT) {
        assert_eq!(reply.status, StatusCode::CONFLICT, "{}", reply.text);
    }
    let reply = finalize(&app, &ana, &upload, json!({})).await;
    let id = reply.at("/fileFinalize/file/id").as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned();
    let from = download_path(&app, &ana, &id, RenditionKind::Original);
    assert!(text(&other, &from).await.text == content);
}

#[tokio::test]
async fn sweep_deletes_what_belongs_to_nothing() {
    // F31
    let app = TestApp::demo().await;
    let (ana, store) = (Person::client(), app.files().store.clone().expect("a store"));
    let count = "select count(*) from file_objects";
    let before = app.database().db_count(count).await;
    let cut = |bytes: &'static str| {
        let parts = stream::iter([Ok(bytes), Err(std::io::Error::other("the caller is gone"))]);
        Body::from_stream(parts)
    };
    let mut uploads = Vec::new();
    for number in 0..5 {
        let upload = staged(&app, &ana, &format!("Gutters {number}.txt"), 100).await;
        let to = upload_path(&app, &ana, &upload);
        assert_eq!(offset_of(&patch(&app, &to, 0, cut("half of it")).await), "10");
        uploads.push(to);
    }
    // One whose bytes never reached the store.
    store.fail_with(Some(FileStoreError::Unavailable("gone".to_owned())));
    assert_eq!(patch(&app, &uploads[0], 10, "more").await.status, StatusCode::SERVICE_UNAVAILABLE);
    let worker = |after: TimeDelta| {
        let clock = Arc::new(move || Clock::at(now() + after));
        Worker::new(app.store().worker(), clock, WorkerNotifier::default()).with_files(Some(store.clone()))
    };
    let ids = app.database().db_texts("select id::text as text from file_objects where upload_id is not null").await;
    let ids: Vec<Uuid> = ids.iter().map(|id| id.parse().expect("an id")).collect();
    assert_eq!(ids.len(), 6);
    for upload in &uploads {
        let ended = app.send(request(Method::DELETE, upload, &[], Body::empty())).await;
        assert_eq!(ended.status, StatusCode::NO_CONTENT);
    }
    // The store is gone: their rows stay, and are due again an hour later.
    worker(TimeDelta::zero()).run_periodic_tasks().await;
    assert_ne!(app.database().db_count(count).await, before);
    store.fail_with(None);
    worker(TimeDelta::minutes(50)).run_periodic_tasks().await;
    assert_ne!(app.database().db_count(count).await, before, "they are claimed by the other worker");
    worker(TimeDelta::minutes(130)).run_periodic_tasks().await;
    assert_eq!(app.database().db_count(count).await, before);
    for id in ids {
        assert!(matches!(store.get(id, 0..1).await.map(|_| ()), Err(FileStoreError::Missing(_))));
    }
    assert_eq!(
        status(&app, &download_path(&app, &ana, &file(&app, FLOOR_PLAN), RenditionKind::Original)).await,
        StatusCode::OK
    );
}

#[tokio::test]
async fn bytes_pass_over_the_wire_as_they_are() {
    let app = TestApp::demo().await;
    let ana = Person::client();
    let address = app.serve().await;
    let client = reqwest::Client::builder().http1_only().build().expect("a client");
    let content = sample(300_000);
    let upload = staged(&app, &ana, "Gutters.txt", content.len()).await;
    let to = format!("http://{address}{}", upload_path(&app, &ana, &upload));
    let put = client.put(&to).header("expect", "100-continue").body(content.clone()).send().await.expect("an answer");
    assert_eq!(put.status(), 204);
    // Refused for its headers, on a connection that can be used again or is closed.
    let again = client.put(&to).body(content.clone()).send().await.expect("an answer");
    assert_eq!(again.status(), 409);
    let reply = finalize(&app, &ana, &upload, json!({})).await;
    let id = reply.at("/fileFinalize/file/id").as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned();
    let from = format!("http://{address}{}/Gutters.txt", download_path(&app, &ana, &id, RenditionKind::Original));
    let get = client.get(&from).header("accept-encoding", "gzip").header("accept", "text/html");
    let get = get.send().await.expect("an answer");
    assert_eq!((get.status().as_u16(), get.content_length()), (200, Some(300_000)));
    assert!(get.headers().get("content-encoding").is_none() && get.headers().get("set-cookie").is_none());
    assert_eq!(get.headers()["content-security-policy"], "default-src 'none'; sandbox; frame-ancestors 'none'");
    assert!(get.text().await.expect("the body") == content);
    let renamed = client.get(format!("{from}x")).send().await.expect("an answer");
    assert_eq!(renamed.status(), 200, "the name at the end is ignored");
    let page = client.get(format!("http://{address}/files/x")).header("accept", "text/html").send().await;
    let page = page.expect("an answer");
    assert_eq!(page.status(), 404);
    assert!(page.headers()["content-type"].to_str().is_ok_and(|kind| kind.starts_with("text/html")));
}

#[tokio::test]
async fn host_of_files_serves_nothing_else() {
    let app = TestApp::demo().await.rewired(|app| app.files.links.base = Some("https://files.example".to_owned()));
    let from = download_path(&app, &Person::client(), &file(&app, FLOOR_PLAN), RenditionKind::Original);
    let at = |host: &str, path: &str| request(Method::HEAD, path, &[("host", host)], Body::empty());
    for (path, expected) in [
        (from.as_str(), StatusCode::OK),
        ("/health/live", StatusCode::OK),
        ("/auth/sign-in", StatusCode::NOT_FOUND),
        ("/graphql", StatusCode::NOT_FOUND),
        ("/", StatusCode::NOT_FOUND),
        ("/uploads/x", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(app.send(at("files.example", path)).await.status, expected, "{path}");
    }
    assert_eq!(app.send(at("portal.example", "/auth/sign-in")).await.status, StatusCode::OK);
    // A PDF is shown at that host only.
    let inline = path(&app, &link(&Person::client(), FileLinkPurpose::Inline, &file(&app, FLOOR_PLAN)));
    assert_eq!(app.send(at("files.example", &inline)).await.status, StatusCode::OK);
    assert_eq!(app.send(at("portal.example", &inline)).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn host_of_files_has_no_cookies() {
    // A80
    let app = TestApp::demo().await.rewired(|app| app.files.links.base = Some("https://files.example".to_owned()));
    let ana = Person::client();
    let query = "query($id: ID!) { node(id: $id) { ... on File { inlineUrl download { url } } } }";
    let known = app.ask_with(&ana, query, json!({ "id": file(&app, FLOOR_PLAN) })).await;
    let mut paths = Vec::new();
    for url in [known.at("/node/inlineUrl"), known.at("/node/download/url")] {
        assert!(url.as_str().is_some_and(|url| url.starts_with("https://files.example/files/")), "{url}");
        paths.push((path_in(url), StatusCode::OK));
    }
    for other in ["/files/x", "/auth/sign-in", "/auth/session", "/graphql", "/", "/assets/x", "/.well-known/jwks.json"]
    {
        paths.push((other.to_owned(), StatusCode::NOT_FOUND));
    }
    for (path, expected) in paths {
        for method in [Method::GET, Method::POST] {
            let headers =
                [("host", "files.example"), ("cookie", "portico_session=ps_ana; __Host-portico_session=ps_ana")];
            let (headers, _) = app.send_raw(request(method.clone(), &path, &headers, Body::empty())).await;
            assert!(!headers.contains_key(header::SET_COOKIE), "{method} {path}");
        }
        let head = app.send(request(Method::HEAD, &path, &[("host", "files.example")], Body::empty())).await;
        assert_eq!(head.status, expected, "{path}");
    }
}

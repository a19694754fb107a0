//! Hostile uploads: each gets a clear answer, other requests are served meanwhile, and rows and store are as stated. Those that need
//! images to be decoded are with the images.

use std::io::Write as _;

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use futures_util::stream;
use portico_content::samples::chunk;
use portico_core::files::RenditionKind;
use portico_core::id::{Tag, new_uuid};
use portico_testkit::images::ImageWorker;
use portico_testkit::{Person, Reply, TestApp};
use serde_json::{Value, json};

use super::{TEXT, file, images};
use crate::support::files::{create, download_path, finalize, offset_of, patch, request, staged, upload_path};
use crate::support::refusals;

const FLOOR_PLAN: &str = "Floor plan.pdf";
const UNKNOWN: &str = "application/octet-stream";

/// What becomes of content.
enum Fate {
    /// It is stored, and downloaded as this type by these people. `None`: nothing is available for clients.
    Stored(&'static str, &'static str, Option<RenditionKind>),
    /// Its name is refused.
    NotCreated(&'static str),
    /// Its content is refused.
    NotFinished(&'static str),
}

/// The whole of an original.
const WHOLE: Option<RenditionKind> = Some(RenditionKind::Original);

/// Another person's download, and another upload, work.
async fn others_are_served(app: &TestApp, number: &str) {
    let from = download_path(app, &Person::named("ben"), &file(app, FLOOR_PLAN), RenditionKind::Original);
    let reply = app.send(request(Method::GET, &from, &[("range", "bytes=0-3")], Body::empty())).await;
    assert_eq!((reply.status, reply.text.as_str()), (StatusCode::PARTIAL_CONTENT, "%PDF"), "beside {number}");
    let owner = Person::owner();
    let upload = staged(app, &owner, &format!("Beside {number}.txt"), TEXT.len()).await;
    let to = upload_path(app, &owner, &upload);
    assert_eq!(patch(app, &to, 0, TEXT).await.status, StatusCode::NO_CONTENT, "beside {number}");
    let done = app.send(request(Method::DELETE, &to, &[], Body::empty())).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT);
}

/// Rows of files with this name, and of objects whose bytes are incomplete.
async fn rows(app: &TestApp, name: &str) -> (i64, i64) {
    let files = format!("select count(*) from files where name = '{name}'");
    let pending = "select count(*) from file_objects where state = 'PENDING'";
    (app.database().db_count(&files).await, app.database().db_count(pending).await)
}

/// A ZIP archive with one entry, which unpacks to a gigabyte as it says.
fn zip_bomb() -> Vec<u8> {
    let mut zip = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0".to_vec();
    zip.extend(40_000_u32.to_le_bytes());
    zip.extend((1_u32 << 30).to_le_bytes());
    zip.extend(b"\x01\0\0\0a");
    zip.resize(40_000, 0x55);
    zip
}

/// A video whose boxes have no size, a 64-bit size beyond everything, and the rest of the file.
fn broken_video() -> Vec<u8> {
    let mut video = b"\0\0\0\x14ftypisom\0\0\0\0isom".to_vec();
    video.extend(b"\0\0\0\x01mdat");
    video.extend((1_u64 << 63).to_be_bytes());
    video.extend(b"\0\0\0\0moov\xa9xyz+48.1-122.3/");
    video
}

#[tokio::test]
async fn hostile_content_is_only_stored() {
    // A78, A80
    let app = TestApp::demo().await.rewired(|app| app.files.links.base = Some("https://files.example".to_owned()));
    let html = b"<!doctype html><html><body><script>alert(document.cookie)</script></body></html>";
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"><script>alert(1)</script></svg>";
    let mut polyglot = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n".to_vec();
    polyglot.extend(zip_bomb());
    let mut exe = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0".to_vec();
    exe.resize(512, 0);
    let cases: [(&str, &str, Vec<u8>, Fate); 9] = [
        ("4", "logo.svg", svg.to_vec(), Fate::Stored("OTHER", UNKNOWN, WHOLE)),
        ("5", "plan.pdf", html.to_vec(), Fate::Stored("OTHER", UNKNOWN, WHOLE)),
        ("6", "photo.jpg", html.to_vec(), Fate::Stored("OTHER", UNKNOWN, WHOLE)),
        ("8", "both.pdf", polyglot, Fate::Stored("OTHER", "application/pdf", WHOLE)),
        ("10", "bomb.zip", zip_bomb(), Fate::Stored("OTHER", "application/zip", WHOLE)),
        ("22", "boxes.mp4", broken_video(), Fate::Stored("VIDEO", "video/mp4", None)),
        ("23", "holiday.jpg", exe, Fate::NotFinished("INVALID input.uploadId")),
        ("24", "run.bat", b"@echo off".to_vec(), Fate::NotCreated("INVALID input.name")),
        ("24", "run.txt.BAT", b"@echo off".to_vec(), Fate::NotCreated("INVALID input.name")),
    ];
    let ana = Person::client();
    for (number, name, bytes, fate) in cases {
        let given = json!({ "name": name, "size": bytes.len(), "idempotencyKey": name });
        let created = create(&app, &ana, given).await;
        if let Fate::NotCreated(refusal) = fate {
            assert_eq!(refusals(created.at("/stagedUploadCreate")), [refusal], "{number}: {}", created.text);
            assert_eq!(rows(&app, name).await, (0, 0), "{number}");
            others_are_served(&app, name).await;
            continue;
        }
        let upload = created.at("/stagedUploadCreate/upload/id").as_str().expect("an upload").to_owned();
        let sent = patch(&app, &upload_path(&app, &ana, &upload), 0, bytes.clone()).await;
        assert_eq!(sent.status, StatusCode::NO_CONTENT, "{number}: {}", sent.text);
        let finished = finalize(&app, &ana, &upload, json!({})).await;
        match fate {
            Fate::Stored(kind, media_type, for_clients) => {
                let id = finished.at("/fileFinalize/file/id").as_str().expect("a file").to_owned();
                assert_eq!(finished.at("/fileFinalize/file/kind"), kind, "{number}");
                assert_eq!(rows(&app, name).await, (1, 0), "{number}");
                is_sent_as(&app, number, &id, (media_type, &bytes), for_clients).await;
            }
            Fate::NotFinished(refusal) => {
                assert_eq!(refusals(finished.at("/fileFinalize")), [refusal], "{number}: {}", finished.text);
                assert_eq!(rows(&app, name).await, (0, 0), "{number}");
            }
            Fate::NotCreated(_) => unreachable!("it was refused before"),
        }
        others_are_served(&app, name).await;
    }
}

/// Staff download the bytes as they are; clients what is available for them. Nothing of it runs.
async fn is_sent_as(
    app: &TestApp,
    number: &str,
    id: &str,
    (media_type, bytes): (&str, &[u8]),
    for_clients: Option<RenditionKind>,
) {
    for (person, rendition) in [(Person::staff(), WHOLE), (Person::client(), for_clients)] {
        let from = download_path(app, &person, id, RenditionKind::Original);
        let get = request(Method::GET, &from, &[], Body::empty());
        if rendition.is_none() {
            assert_eq!(app.send(get).await.status, StatusCode::NOT_FOUND, "{number}");
        } else {
            let (headers, body) = app.send_raw(get).await;
            assert!(body == bytes, "{number}");
            assert_eq!(headers[header::CONTENT_TYPE], media_type, "{number}");
            assert!(headers[header::CONTENT_DISPOSITION].as_bytes().starts_with(b"attachment; "), "{number}");
            assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{number}");
            assert_eq!(headers["content-security-policy"], "default-src 'none'; sandbox; frame-ancestors 'none'");
            assert!(!headers.contains_key(header::SET_COOKIE), "{number}");
        }
        let query = "query($id: ID!) { node(id: $id) { ... on File { inlineUrl image(size: LARGE) { url } } } }";
        let shown = app.ask_with(&person, query, json!({ "id": id })).await;
        assert_eq!(shown.at("/node/image"), &Value::Null, "{number}");
        // Browsers show a PDF, and try to play a video.
        let is_shown = rendition.is_some() && ["application/pdf", "video/mp4"].contains(&media_type);
        assert_eq!(shown.at("/node/inlineUrl").is_null(), !is_shown, "{number}: {}", shown.text);
    }
}

/// A genuine image of 21,600 by 21,600 pixels, each black.
fn huge_png() -> Vec<u8> {
    const SIDE: u32 = 21_600;
    let row = vec![0_u8; 1 + SIDE as usize / 8];
    let mut pixels = ZlibEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..SIDE {
        pixels.write_all(&row).expect("memory takes it");
    }
    // One bit for each pixel.
    let header = [&SIDE.to_be_bytes()[..], &SIDE.to_be_bytes(), &[1, 0, 0, 0, 0]].concat();
    [
        &b"\x89PNG\r\n\x1a\n"[..],
        &chunk(b"IHDR", &header),
        &chunk(b"IDAT", &pixels.finish().expect("memory takes it")),
        &chunk(b"IEND", b""),
    ]
    .concat()
}

/// Largest amount of memory that this process has used, in KiB.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the process's status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[tokio::test]
async fn genuine_huge_photo_takes_no_memory() {
    // A78: number 2, and the same photo several times at once.
    let app = TestApp::demo().await;
    let (owner, worker, photo) = (Person::owner(), ImageWorker::new(&app), huge_png());
    assert!(photo.len() < 1_000_000, "{}", photo.len());
    let mut ids = vec![images::uploaded(&app, &owner, "Roof 0.png", &photo).await];
    assert_eq!(worker.round().await, 1);
    let before = peak_memory();
    for number in 1..4 {
        ids.push(images::uploaded(&app, &owner, &format!("Roof {number}.png"), &photo).await);
    }
    while worker.round().await > 0 {}
    let grown = peak_memory() - before;
    // Its pixels would take 440 MiB.
    assert!(grown < 32 * 1024, "{grown} KiB");
    assert_eq!(images::jobs(&app).await, ["DONE 1"; 4]);
    let query = "query($id: ID!) { node(id: $id) { ... on File { renditionState download { url } } } }";
    for id in &ids {
        for (person, is_staff) in [(Person::client(), false), (Person::staff(), true)] {
            let file = app.ask_with(&person, query, json!({ "id": id })).await.at("/node").clone();
            assert_eq!((&file["renditionState"], file["download"].is_object()), (&json!("FAILED"), is_staff), "{file}");
        }
    }
    others_are_served(&app, "2").await;
}

#[tokio::test]
async fn hostile_names_reach_no_header() {
    // A76
    let app = TestApp::demo().await;
    let ana = Person::client();
    let long = format!("{}.txt", "a".repeat(5_000));
    let nul = create(&app, &ana, json!({ "name": "a\0b.txt", "idempotencyKey": "26" })).await;
    assert_eq!((nul.status, nul.code()), (StatusCode::BAD_REQUEST, "BAD_USER_INPUT"), "{}", nul.text);
    assert!(nul.message().contains("remove the character U+0000"), "{}", nul.text);
    others_are_served(&app, "26").await;
    for (number, name) in [
        ("25", "..\\..\\x.txt"),
        ("27", "x.txt\r\nSet-Cookie: a=b"),
        ("28", "photo\u{202e}gpj.txt"),
        ("29", long.as_str()),
        ("30", "CON.txt"),
        ("31", "\"; filename=\"evil.html"),
        ("32", "...\u{202f}"),
    ] {
        let upload = create(&app, &ana, json!({ "name": name, "idempotencyKey": number })).await;
        let upload = upload.at("/stagedUploadCreate/upload/id").as_str().expect("an upload").to_owned();
        patch(&app, &upload_path(&app, &ana, &upload), 0, TEXT).await;
        let reply = finalize(&app, &ana, &upload, json!({})).await;
        let id = reply.at("/fileFinalize/file/id").as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned();
        let from = download_path(&app, &ana, &id, RenditionKind::Original);
        let (headers, body) = app.send_raw(request(Method::GET, &from, &[], Body::empty())).await;
        assert!(body == TEXT, "{number}");
        assert!(!headers.contains_key(header::SET_COOKIE), "{number}");
        let said = headers[header::CONTENT_DISPOSITION].to_str().expect("it is ASCII");
        let plain = said.strip_prefix("attachment; filename=\"").and_then(|rest| rest.split_once('"'));
        let (plain, rest) = plain.unwrap_or_else(|| panic!("{number}: {said}"));
        assert!(!plain.is_empty() && !plain.contains(['/', '\\', ':']) && plain != "CON.txt", "{number}: {said}");
        assert!(rest.is_empty() || rest.starts_with("; filename*=UTF-8''"), "{number}: {said}");
        assert_eq!(rest.matches("filename").count(), usize::from(!rest.is_empty()), "{number}: {said}");
        others_are_served(&app, number).await;
    }
}

#[tokio::test]
async fn hostile_transfers_are_answered() {
    // F31, A82
    let app = TestApp::concurrent().await;
    let (ana, half) = (Person::client(), &TEXT[..10]);
    let new = async |number: &str| {
        let upload = staged(&app, &ana, &format!("{number}.txt"), TEXT.len()).await;
        let to = upload_path(&app, &ana, &upload);
        (upload, to)
    };
    let status = |reply: &Reply| (reply.status, offset_of(reply).to_owned());

    let (_, to) = new("11").await;
    for encoding in ["gzip", "br", "gzip, identity"] {
        let headers = [("content-encoding", encoding)];
        let refused = app.send(request(Method::PUT, &to, &headers, Body::from(TEXT))).await;
        assert_eq!(refused.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{}", refused.text);
    }
    others_are_served(&app, "11").await;

    let (upload, to) = new("33").await;
    patch(&app, &to, 0, TEXT).await;
    let refused = finalize(&app, &ana, &upload, json!({ "sha256": "0".repeat(64) })).await;
    assert_eq!(refusals(refused.at("/fileFinalize")), ["INVALID input.sha256"], "{}", refused.text);
    assert_eq!(rows(&app, "33.txt").await, (0, 0));
    others_are_served(&app, "33").await;

    let (_, to) = new("34").await;
    assert_eq!(status(&patch(&app, &to, 0, half).await), (StatusCode::NO_CONTENT, "10".to_owned()));
    assert_eq!(status(&patch(&app, &to, 0, half).await), (StatusCode::CONFLICT, "10".to_owned()));
    assert_eq!(status(&patch(&app, &to, 10, &TEXT[10..]).await), (StatusCode::NO_CONTENT, "21".to_owned()));
    others_are_served(&app, "34").await;

    let (_, to) = new("35").await;
    let announced = patch(&app, &to, 0, [TEXT, b"!"].concat()).await;
    assert_eq!(announced.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", announced.text);
    let chunks = stream::iter([Ok::<_, std::io::Error>(TEXT), Ok(&b"!"[..])]);
    let chunked = patch(&app, &to, 0, Body::from_stream(chunks)).await;
    assert_eq!(chunked.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", chunked.text);
    others_are_served(&app, "35").await;

    let (upload, to) = new("36").await;
    let gone = stream::iter([Ok(half), Err(std::io::Error::other("the caller is gone"))]);
    patch(&app, &to, 0, Body::from_stream(gone)).await;
    let head = app.send(request(Method::HEAD, &to, &[], Body::empty())).await;
    assert_eq!(status(&head), (StatusCode::OK, "10".to_owned()));
    patch(&app, &to, 10, &TEXT[10..]).await;
    let reply = finalize(&app, &ana, &upload, json!({})).await;
    assert_eq!(reply.at("/fileFinalize/file/size"), "21", "{}", reply.text);
    others_are_served(&app, "36").await;

    let (upload, to) = new("37").await;
    patch(&app, &to, 0, TEXT).await;
    let key = |number| json!({ "idempotencyKey": format!("37 {number}") });
    let both = [finalize(&app, &ana, &upload, key(1)), finalize(&app, &ana, &upload, key(2))];
    let ids = futures_util::future::join_all(both).await;
    assert_eq!(ids[0].at("/fileFinalize/file/id"), ids[1].at("/fileFinalize/file/id"));
    assert_eq!(rows(&app, "37.txt").await, (1, 0));
    others_are_served(&app, "37").await;

    let (upload, _) = new("38").await;
    for (person, id) in [(Person::named("ben"), &upload), (ana.clone(), &TestApp::global(Tag::UPLOAD, new_uuid()))] {
        let refused = patch(&app, &upload_path(&app, &person, id), 0, TEXT).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}", refused.text);
        let refused = finalize(&app, &person, id, json!({ "idempotencyKey": "38" })).await;
        assert_eq!(refusals(refused.at("/fileFinalize")), ["NOT_FOUND input.uploadId"], "{}", refused.text);
    }
    others_are_served(&app, "38").await;

    let (_, to) = new("39").await;
    for offset in ["-1", "9223372036854775808", "1e3", "+0", "0x0", "", " ", "0, 0"] {
        let headers = [("upload-offset", offset), ("content-type", "application/offset+octet-stream")];
        let refused = app.send(request(Method::PATCH, &to, &headers, Body::from(TEXT))).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{offset}: {}", refused.text);
    }
    let head = app.send(request(Method::HEAD, &to, &[], Body::empty())).await;
    assert_eq!(status(&head), (StatusCode::OK, "0".to_owned()));
    others_are_served(&app, "39").await;
}

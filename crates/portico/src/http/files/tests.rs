//! The handlers over a database that is made up, and a store in memory.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use axum::{Extension, Router};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{FutureExt, StreamExt, stream};
use http_body_util::BodyExt;
use portico_adapters::files::{FileStore, FileStoreError};
use portico_core::access::Viewer;
use portico_core::clock::Clock;
use portico_core::files::hash::ContentHash;
use portico_core::files::head;
use portico_core::files::kinds::RenditionKind;
use portico_core::files::limits::{FileLimits, OBJECT_BYTES};
use portico_core::files::link::{FileLink, FileLinkKey, FileLinkPurpose, FileLinks};
use portico_core::id::{CompanyId, new_uuid};
use portico_core::sessions::TokenHash;
use tower::ServiceExt;
use uuid::Uuid;

use super::backend::{
    Answer, BackendError, Download, FileBackend, StoredObject, StoredPart, UploadCaller, UploadState, Wanted,
};
use super::own_host::OwnHost;
use super::{Files, FilesState, routes, with_headers};
use crate::http::cors::Origins;
use crate::http::host::Host;
use crate::http::request_id::RequestId;
use crate::metrics::Metrics;
use crate::throttle::Throttle;

const KIB: usize = 1024;
const SESSION: &str = "ps_ana";
const PATCH_TYPE: &str = "application/offset+octet-stream";

#[derive(Default)]
struct Fake {
    downloads: Mutex<HashMap<Uuid, Download>>,
    uploads: Mutex<HashMap<Uuid, Upload>>,
    is_down: AtomicBool,
}

struct Upload {
    state: UploadState,
    objects: Vec<StoredObject>,
    /// Recorded, but not confirmed.
    pending: Vec<Uuid>,
}

impl Fake {
    fn uploads(&self) -> MutexGuard<'_, HashMap<Uuid, Upload>> {
        self.uploads.lock().expect("no test panicked")
    }

    fn downloads(&self) -> MutexGuard<'_, HashMap<Uuid, Download>> {
        self.downloads.lock().expect("no test panicked")
    }

    /// As a database answers: later, and only while it is there.
    fn answer<'a, T: Send + 'a>(&'a self, work: impl FnOnce() -> Result<T, BackendError> + Send + 'a) -> Answer<'a, T> {
        async move {
            tokio::task::yield_now().await;
            if self.is_down.load(Ordering::Relaxed) { Err(BackendError::Unavailable) } else { work() }
        }
        .boxed()
    }
}

impl FileBackend for Fake {
    fn sign_in<'a>(&'a self, token: &'a TokenHash) -> Answer<'a, Option<Arc<Viewer>>> {
        self.answer(|| Ok((*token == TokenHash::of(SESSION)).then(|| Arc::new(Viewer::public()))))
    }

    fn download<'a>(&'a self, _: &'a Arc<Viewer>, wanted: Wanted) -> Answer<'a, Download> {
        self.answer(move || self.downloads().get(&wanted.file).cloned().ok_or(BackendError::NotFound))
    }

    fn head<'a>(&'a self, caller: &'a UploadCaller) -> Answer<'a, UploadState> {
        self.answer(|| self.uploads().get(&caller.upload).map(|it| it.state.clone()).ok_or(BackendError::NotFound))
    }

    fn begin<'a>(&'a self, caller: &'a UploadCaller, start: u64, size: u64) -> Answer<'a, Uuid> {
        self.answer(move || {
            let mut uploads = self.uploads();
            let upload = uploads.get_mut(&caller.upload).ok_or(BackendError::NotFound)?;
            if upload.state.received != start {
                return Err(BackendError::Conflict);
            }
            if start + size > upload.state.size {
                return Err(BackendError::TooLarge);
            }
            upload.pending.push(new_uuid());
            upload.pending.last().copied().ok_or(BackendError::Unavailable)
        })
    }

    fn end<'a>(&'a self, caller: &'a UploadCaller, part: StoredPart) -> Answer<'a, u64> {
        self.answer(move || {
            let mut uploads = self.uploads();
            let Upload { state, objects, pending } = uploads.get_mut(&caller.upload).ok_or(BackendError::NotFound)?;
            if state.received != part.start {
                return Err(BackendError::Conflict);
            }
            pending.retain(|pending| *pending != part.object);
            objects.push(StoredObject { id: part.object, start: part.start, size: part.size });
            state.received += part.size;
            (state.hash_state, state.head) = (Some(part.hash_state), part.head);
            Ok(state.received)
        })
    }

    fn cancel<'a>(&'a self, caller: &'a UploadCaller) -> Answer<'a, ()> {
        self.answer(|| self.uploads().remove(&caller.upload).map(|_| ()).ok_or(BackendError::NotFound))
    }
}

struct Test {
    fake: Arc<Fake>,
    store: FileStore,
    files: Files,
    router: Router,
}

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
    is_whole: bool,
}

impl Reply {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

fn now() -> DateTime<Utc> {
    "2026-11-27T10:00:00Z".parse().expect("a time")
}

fn sample(length: usize) -> Vec<u8> {
    (0..length).map(|place| (place * 31 % 251) as u8).collect()
}

impl Test {
    fn new() -> Self {
        let (fake, store) = (Arc::new(Fake::default()), FileStore::memory([]));
        let links = FileLinks { key: FileLinkKey::from_secret(b"of tests"), base: None };
        let files = Files::new(Some(store.clone()), links, FileLimits::default());
        let state = FilesState {
            files: files.clone(),
            backend: Arc::clone(&fake) as Arc<dyn FileBackend>,
            clock: Arc::new(|| Clock::at(now())),
            throttle: Throttle::Off,
            metrics: Metrics::default(),
            own_host: OwnHost::of(Some("https://files.example")),
        };
        let routes = routes().with_state(Arc::new(state)).layer(Extension(RequestId("test".to_owned())));
        let origins = Origins::default().with_localhost();
        Self { fake, store, router: with_headers(routes, &files, &origins), files }
    }

    fn link(&self, purpose: FileLinkPurpose, id: Uuid) -> FileLink {
        FileLink {
            purpose,
            token: TokenHash::of(SESSION),
            company: CompanyId(new_uuid()),
            id,
            content_number: 1,
            rendition: RenditionKind::Original,
            expires_at: now() + TimeDelta::minutes(30),
        }
    }

    fn path(&self, start: &str, link: &FileLink) -> String {
        format!("{start}/{}", self.files.links.key.seal(link).expect("a link"))
    }

    /// Stores content in objects of these sizes. Returns the path of its download.
    async fn stored(&self, content: &[u8], sizes: &[usize], change: impl FnOnce(&mut Download)) -> String {
        let (mut objects, mut start) = (Vec::new(), 0);
        for size in sizes {
            let id = new_uuid();
            let bytes = Bytes::copy_from_slice(&content[start..start + size]);
            self.store.put(id, vec![bytes]).await.expect("it is stored");
            objects.push(StoredObject { id, start: start as u64, size: *size as u64 });
            start += size;
        }
        let mut hash = ContentHash::new();
        hash.update(content);
        let mut download = Download {
            name: "Plan.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            size: content.len() as u64,
            sha256: hash.finish(),
            objects,
        };
        change(&mut download);
        let id = new_uuid();
        self.fake.downloads().insert(id, download);
        self.path("/files", &self.link(FileLinkPurpose::Download, id))
    }

    /// Opens an upload of this size. Returns its id and its path.
    fn upload(&self, size: usize) -> (Uuid, String) {
        let id = new_uuid();
        let expires_at = now() + TimeDelta::hours(24);
        let state = UploadState { size: size as u64, received: 0, expires_at, hash_state: None, head: String::new() };
        self.fake.uploads().insert(id, Upload { state, objects: Vec::new(), pending: Vec::new() });
        (id, self.path("/uploads", &self.link(FileLinkPurpose::Upload, id)))
    }

    async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.expect("the router answers");
        let (parts, mut body) = response.into_parts();
        let (mut bytes, mut is_whole) = (Vec::new(), true);
        while let Some(frame) = body.frame().await {
            match frame {
                Ok(frame) => bytes.extend_from_slice(&frame.into_data().unwrap_or_default()),
                Err(_) => is_whole = false,
            }
        }
        Reply { status: parts.status, headers: parts.headers, body: bytes, is_whole }
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.send(request(Method::GET, path, headers, Body::empty())).await
    }

    async fn patch(&self, path: &str, offset: impl ToString, body: impl Into<Body>) -> Reply {
        let offset = offset.to_string();
        let headers = [("tus-resumable", "1.0.0"), ("upload-offset", &offset), ("content-type", PATCH_TYPE)];
        self.send(request(Method::PATCH, path, &headers, body.into())).await
    }

    async fn offset(&self, path: &str) -> u64 {
        let reply = self.send(request(Method::HEAD, path, &[("tus-resumable", "1.0.0")], Body::empty())).await;
        assert_eq!(reply.status, StatusCode::OK);
        reply.header("upload-offset").parse().expect("a number")
    }

    /// The stored bytes of an upload, which are as its row says.
    async fn received(&self, id: Uuid) -> Vec<u8> {
        let (state, objects) = {
            let uploads = self.fake.uploads();
            let upload = uploads.get(&id).expect("the upload is open");
            (upload.state.clone(), upload.objects.clone())
        };
        let mut bytes = Vec::new();
        for object in objects {
            assert_eq!(object.start, bytes.len() as u64, "no gap and no overlap");
            assert!(object.size as usize <= OBJECT_BYTES);
            let mut parts = self.store.get(object.id, 0..object.size).await.expect("it is stored");
            while let Some(part) = parts.next().await {
                bytes.extend_from_slice(&part.expect("it is read"));
            }
        }
        assert_eq!(bytes.len() as u64, state.received);
        let mut hash = ContentHash::new();
        hash.update(&bytes);
        let kept = state
            .hash_state
            .as_deref()
            .map_or_else(ContentHash::new, |kept| ContentHash::resume(kept).expect("a state"));
        assert_eq!(kept.finish(), hash.finish(), "the hash is that of the stored bytes");
        assert_eq!(head::decode(&state.head).as_deref(), Some(&bytes[..bytes.len().min(4 * KIB)]));
        bytes
    }
}

fn request(method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Request<Body> {
    let request = Request::builder().method(method).uri(path);
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).body(body).expect("a request")
}

/// A body that ends with the connection.
fn cut(bytes: &[u8]) -> Body {
    let parts: Vec<_> = bytes.chunks(10_000).map(|part| Ok(Bytes::copy_from_slice(part))).collect();
    Body::from_stream(stream::iter(parts).chain(stream::once(async { Err(io::Error::other("the caller is gone")) })))
}

/// A body of which the length is not announced.
fn chunked(bytes: &[u8], size: usize) -> Body {
    let parts: Vec<_> = bytes.chunks(size).map(|part| Ok::<_, io::Error>(Bytes::copy_from_slice(part))).collect();
    Body::from_stream(stream::iter(parts))
}

#[tokio::test]
async fn ranges_cross_the_edges_of_objects() {
    let test = Test::new();
    let content = sample(30_000);
    let path = test.stored(&content, &[9_999, 1, 10_001, 9_999], |_| ()).await;
    let whole = test.get(&path, &[]).await;
    assert_eq!((whole.status, whole.header("content-length")), (StatusCode::OK, "30000"));
    assert!(whole.is_whole && whole.body == content);
    assert_eq!(whole.header("accept-ranges"), "bytes");
    for (range, first, last) in [
        ("bytes=0-0", 0, 0),
        ("bytes=9998-9999", 9_998, 9_999),
        ("bytes=9999-10000", 9_999, 10_000),
        ("bytes=9998-20001", 9_998, 20_001),
        ("bytes=29999-", 29_999, 29_999),
        ("bytes=-1", 29_999, 29_999),
        ("bytes=0-99999", 0, 29_999),
    ] {
        let part = test.get(&path, &[("range", range)]).await;
        assert_eq!(part.status, StatusCode::PARTIAL_CONTENT, "{range}");
        assert_eq!(part.header("content-range"), format!("bytes {first}-{last}/30000"));
        assert_eq!(part.header("content-length"), (last - first + 1).to_string());
        assert!(part.is_whole && part.body == content[first..=last], "{range}");
    }
    let beyond = test.get(&path, &[("range", "bytes=30000-")]).await;
    assert_eq!((beyond.status, beyond.header("content-range")), (StatusCode::RANGE_NOT_SATISFIABLE, "bytes */30000"));
    let several = test.get(&path, &[("range", "bytes=0-1,5-6")]).await;
    assert_eq!((several.status, several.body.len()), (StatusCode::OK, 30_000));
}

#[tokio::test]
async fn head_has_the_headers_of_get() {
    let test = Test::new();
    let path = test.stored(&sample(100), &[100], |_| ()).await;
    let get = test.get(&path, &[]).await;
    let head = test.send(request(Method::HEAD, &path, &[("range", "bytes=1-2")], Body::empty())).await;
    assert_eq!((head.status, &head.headers, head.body.len()), (StatusCode::OK, &get.headers, 0));
    for (name, value) in [
        ("content-type", "application/pdf"),
        ("content-disposition", "attachment; filename=\"Plan.pdf\""),
        ("cache-control", "private, no-cache"),
        ("content-security-policy", "default-src 'none'; sandbox; frame-ancestors 'none'"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("referrer-policy", "no-referrer"),
        ("x-robots-tag", "noindex"),
        ("set-cookie", ""),
    ] {
        assert_eq!(get.header(name), value, "{name}");
    }
}

#[tokio::test]
async fn known_content_is_sent_again_only_while_visible() {
    let test = Test::new();
    let path = test.stored(&sample(100), &[100], |_| ()).await;
    let etag = test.get(&path, &[]).await.header("etag").to_owned();
    assert_eq!(etag.len(), 34);
    let known = test.get(&path, &[("if-none-match", &etag), ("range", "bytes=0-1")]).await;
    assert_eq!((known.status, known.body.len(), known.header("etag")), (StatusCode::NOT_MODIFIED, 0, etag.as_str()));
    let part = test.get(&path, &[("if-range", &etag), ("range", "bytes=0-1")]).await;
    assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
    test.fake.downloads().clear();
    let hidden = test.get(&path, &[("if-none-match", &etag)]).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn links_that_are_not_valid_are_all_alike() {
    // A75
    let test = Test::new();
    let path = test.stored(&sample(100), &[100], |_| ()).await;
    assert_eq!(test.get(&path, &[]).await.status, StatusCode::OK);
    assert_eq!(
        test.get(&format!("{path}/Plan.pdf?response-content-type=text/html"), &[]).await.header("content-type"),
        "application/pdf"
    );
    let known = *test.fake.downloads().keys().next().expect("one file");
    let (upload, _) = test.upload(10);
    let of = |change: &dyn Fn(&mut FileLink), start: &str| {
        let mut link = test.link(FileLinkPurpose::Download, known);
        change(&mut link);
        test.path(start, &link)
    };
    let wrong = [
        "/files/x".to_owned(),
        "/files/%FF%00".to_owned(),
        format!("{}A", &path[..path.len() - 1]).replace("AA", "AB"),
        of(&|link| link.expires_at = now(), "/files"),
        of(&|link| link.token = TokenHash::of("ps_gone"), "/files"),
        of(&|link| link.id = new_uuid(), "/files"),
        of(&|link| link.purpose = FileLinkPurpose::Upload, "/files"),
        of(&|link| (link.purpose, link.id) = (FileLinkPurpose::Upload, upload), "/files"),
    ];
    let one = test.get(&wrong[0], &[]).await;
    for path in &wrong {
        let reply = test.get(path, &[]).await;
        assert_eq!(
            (reply.status, &reply.headers, &reply.body),
            (StatusCode::NOT_FOUND, &one.headers, &one.body),
            "{path}"
        );
    }
    assert!(String::from_utf8_lossy(&one.body).contains("this link is not valid: open the file in the portal again"));
    let uploads = [
        "/uploads/x".to_owned(),
        of(&|_| (), "/uploads"),
        of(&|link| link.purpose = FileLinkPurpose::Upload, "/uploads"),
        of(&|link| (link.purpose, link.id, link.expires_at) = (FileLinkPurpose::Upload, upload, now()), "/uploads"),
        of(
            &|link| (link.purpose, link.id, link.token) = (FileLinkPurpose::Upload, upload, TokenHash::of("x")),
            "/uploads",
        ),
    ];
    let none = test.patch(&uploads[0], 0, "x").await;
    assert!(String::from_utf8_lossy(&none.body).contains("does not exist, is finished or has expired"));
    for path in &uploads {
        for reply in [
            test.patch(path, 0, "x").await,
            test.send(request(Method::PUT, path, &[], Body::from("x"))).await,
            test.send(request(Method::DELETE, path, &[], Body::empty())).await,
        ] {
            assert_eq!((reply.status, &reply.body), (StatusCode::NOT_FOUND, &none.body), "{path}");
        }
        let head = test.send(request(Method::HEAD, path, &[], Body::empty())).await;
        assert_eq!((head.status, head.header("upload-offset")), (StatusCode::NOT_FOUND, ""));
    }
}

#[tokio::test]
async fn content_that_could_run_is_only_an_attachment() {
    let test = Test::new();
    for media_type in ["text/html", "image/svg+xml", "text/xml", "application/octet-stream"] {
        let path = test.stored(b"<script>", &[8], |download| download.media_type = media_type.to_owned()).await;
        let reply = test.get(&path, &[]).await;
        assert_eq!(reply.header("content-type"), "application/octet-stream", "{media_type}");
        assert!(reply.header("content-disposition").starts_with("attachment;"));
        // A link that shows it in a browser is refused.
        let id = *test.fake.downloads().keys().next().expect("a file");
        test.fake.downloads().retain(|other, _| *other == id);
        let inline = test.path("/files", &test.link(FileLinkPurpose::Inline, id));
        assert_eq!(test.get(&inline, &[]).await.status, StatusCode::NOT_FOUND);
        test.fake.downloads().clear();
    }
}

#[tokio::test]
async fn browsers_show_files_at_their_own_host() {
    let test = Test::new();
    test.stored(b"%PDF-", &[5], |_| ()).await;
    let id = *test.fake.downloads().keys().next().expect("one file");
    let path = test.path("/files", &test.link(FileLinkPurpose::Inline, id));
    for (host, status) in [
        (Some("files.example"), StatusCode::OK),
        (Some("portal.example"), StatusCode::NOT_FOUND),
        (None, StatusCode::NOT_FOUND),
    ] {
        let mut request = request(Method::GET, &path, &[], Body::empty());
        if let Some(host) = host {
            request.extensions_mut().insert(Host(host.to_owned()));
        }
        let reply = test.send(request).await;
        assert_eq!(reply.status, status, "{host:?}");
        if status == StatusCode::OK {
            assert_eq!(reply.header("content-disposition"), "inline; filename=\"Plan.pdf\"");
            assert!(!reply.header("content-security-policy").contains("sandbox"));
        }
    }
}

#[tokio::test]
async fn each_type_has_its_headers() {
    // A80
    const OFFICE: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    const UNKNOWN: &str = "application/octet-stream";
    const SANDBOX: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";
    const PDF: &str = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'";
    let test = Test::new();
    for (media_type, sent, policy_if_shown) in [
        ("image/jpeg", "image/jpeg", Some(SANDBOX)),
        ("image/png", "image/png", Some(SANDBOX)),
        ("image/gif", "image/gif", Some(SANDBOX)),
        ("image/webp", "image/webp", Some(SANDBOX)),
        ("application/pdf", "application/pdf", Some(PDF)),
        ("video/mp4", "video/mp4", None),
        ("video/quicktime", "video/quicktime", None),
        ("text/plain", "text/plain; charset=utf-8", None),
        ("application/zip", "application/zip", None),
        (OFFICE, OFFICE, None),
        ("image/heif", UNKNOWN, None),
        ("image/svg+xml", UNKNOWN, None),
        ("text/html", UNKNOWN, None),
        ("text/xml", UNKNOWN, None),
        ("application/xhtml+xml", UNKNOWN, None),
        ("text/javascript", UNKNOWN, None),
        ("multipart/x-mixed-replace", UNKNOWN, None),
    ] {
        let attached = test.stored(b"content", &[7], |download| download.media_type = media_type.to_owned()).await;
        let id = *test.fake.downloads().keys().next().expect("one file");
        let shown = test.path("/files", &test.link(FileLinkPurpose::Inline, id));
        for (host, path, disposition, policy) in [
            ("portal.example", &attached, "attachment; ", Some(SANDBOX)),
            ("files.example", &attached, "attachment; ", Some(SANDBOX)),
            ("portal.example", &shown, "", None),
            ("files.example", &shown, "inline; ", policy_if_shown),
        ] {
            let headers = [("cookie", "portico_session=ps_ana"), ("host", host)];
            let mut request = request(Method::GET, path, &headers, Body::empty());
            request.extensions_mut().insert(Host(host.to_owned()));
            let reply = test.send(request).await;
            assert!(!reply.headers.contains_key("set-cookie"), "{media_type} at {host}");
            let Some(policy) = policy else {
                assert_eq!(reply.status, StatusCode::NOT_FOUND, "{media_type} at {host}");
                continue;
            };
            assert_eq!((reply.status, reply.body.as_slice()), (StatusCode::OK, b"content".as_slice()));
            for (name, value) in [
                ("content-type", sent),
                ("content-security-policy", policy),
                ("x-content-type-options", "nosniff"),
                ("cross-origin-resource-policy", "cross-origin"),
                ("referrer-policy", "no-referrer"),
                ("cache-control", "private, no-cache"),
                ("x-robots-tag", "noindex"),
            ] {
                assert_eq!(reply.header(name), value, "{name} of {media_type} at {host}");
            }
            assert!(reply.header("content-disposition").starts_with(disposition), "{media_type} at {host}");
        }
        test.fake.downloads().clear();
    }
}

#[tokio::test]
async fn converted_image_has_its_own_extension() {
    let test = Test::new();
    test.stored(b"jpeg", &[4], |it| (it.name, it.media_type) = ("IMG_1.heic".to_owned(), "image/jpeg".to_owned()))
        .await;
    let id = *test.fake.downloads().keys().next().expect("one file");
    for (rendition, name) in [(RenditionKind::Large, "IMG_1.jpg"), (RenditionKind::Original, "IMG_1.heic")] {
        let link = FileLink { rendition, ..test.link(FileLinkPurpose::Download, id) };
        let reply = test.get(&test.path("/files", &link), &[]).await;
        assert_eq!(reply.header("content-disposition"), format!("attachment; filename=\"{name}\""));
    }
}

#[tokio::test]
async fn person_has_16_downloads_at_once() {
    let test = Test::new();
    let path = test.stored(&sample(10), &[10], |_| ()).await;
    let mut open = Vec::new();
    for _ in 0..16 {
        let request = request(Method::GET, &path, &[], Body::empty());
        open.push(test.router.clone().oneshot(request).await.expect("an answer"));
    }
    let busy = test.get(&path, &[]).await;
    assert_eq!((busy.status, busy.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "5"));
    assert_eq!(test.send(request(Method::HEAD, &path, &[], Body::empty())).await.status, StatusCode::OK);
    drop(open.pop());
    assert_eq!(test.get(&path, &[]).await.status, StatusCode::OK);
    drop(open);
    assert_eq!(test.files.in_progress(), (0, 0));
}

#[tokio::test]
async fn faults_of_store_and_database_are_told() {
    let test = Test::new();
    let path = test.stored(&sample(10), &[5, 5], |_| ()).await;
    let damaged = test.stored(&sample(10), &[5, 5], |download| download.objects[1].id = new_uuid()).await;
    let reply = test.get(&damaged, &[]).await;
    assert_eq!((reply.status, reply.is_whole, reply.body.len()), (StatusCode::OK, false, 5), "it ends early");
    let reply = test.get(&damaged, &[("range", "bytes=5-")]).await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND, "the store works, but has no such object");
    test.store.fail_with(Some(FileStoreError::Unavailable("gone".to_owned())));
    let reply = test.get(&path, &[]).await;
    assert_eq!((reply.status, reply.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "1"));
    test.store.fail_with(None);
    test.fake.is_down.store(true, Ordering::Relaxed);
    let (_, upload) = test.upload(10);
    for reply in [test.get(&path, &[]).await, test.patch(&upload, 0, "x").await] {
        assert_eq!((reply.status, reply.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "1"));
    }
    test.fake.is_down.store(false, Ordering::Relaxed);
    assert_eq!(test.get(&path, &[]).await.status, StatusCode::OK);
    assert_eq!(test.files.in_progress(), (0, 0));
}

#[tokio::test]
async fn upload_continues_after_each_cut() {
    let test = Test::new();
    let content = sample(9 * KIB * KIB + 1);
    let (id, path) = test.upload(content.len());
    let mut offset = 0;
    for step in 1.. {
        // 64 KiB, 128 KiB, .. until it is complete, over the edges of objects.
        let end = (offset + step * 64 * KIB).min(content.len());
        let reply = test.patch(&path, offset, cut(&content[offset..end])).await;
        assert_eq!(reply.status, StatusCode::NO_CONTENT, "what came is stored");
        assert_eq!(test.offset(&path).await, end as u64);
        offset = end;
        if end == content.len() {
            break;
        }
    }
    assert!(test.received(id).await == content);
    assert!(test.fake.uploads()[&id].pending.is_empty());
}

#[tokio::test]
async fn whole_file_is_stored_in_objects_of_4_mib() {
    let test = Test::new();
    let content = sample(9 * KIB * KIB + 1);
    let (id, path) = test.upload(content.len());
    let reply =
        test.send(request(Method::PUT, &path, &[("content-type", "image/jpeg")], Body::from(content.clone()))).await;
    assert_eq!((reply.status, reply.header("upload-offset")), (StatusCode::NO_CONTENT, "9437185"));
    assert_eq!(reply.header("upload-expires"), "Sat, 28 Nov 2026 10:00:00 GMT");
    assert!(test.received(id).await == content);
    let sizes: Vec<_> = test.fake.uploads()[&id].objects.iter().map(|object| object.size as usize).collect();
    assert_eq!(sizes, [OBJECT_BYTES, OBJECT_BYTES, KIB * KIB + 1]);
    let again = test.send(request(Method::PUT, &path, &[], Body::from(content))).await;
    assert_eq!((again.status, again.header("upload-offset")), (StatusCode::CONFLICT, "9437185"));
}

#[tokio::test]
async fn small_pieces_are_collected() {
    let test = Test::new();
    let content = sample(300 * KIB);
    let (id, path) = test.upload(content.len());
    assert_eq!(test.patch(&path, 0, chunked(&content, 1)).await.status, StatusCode::NO_CONTENT);
    assert!(test.received(id).await == content);
    assert_eq!(test.fake.uploads()[&id].objects.len(), 1);
}

#[tokio::test]
async fn headers_of_uploads_are_checked() {
    let test = Test::new();
    let (id, path) = test.upload(10);
    assert_eq!(test.patch(&path, 0, "abc").await.header("upload-offset"), "3");
    for offset in ["0", "2", "4", "10", "11", "9223372036854775807"] {
        let reply = test.patch(&path, offset, "x").await;
        assert_eq!((reply.status, reply.header("upload-offset")), (StatusCode::CONFLICT, "3"), "{offset}");
    }
    for offset in ["-1", "9223372036854775808", "1e3", "", "3.0", "+3", "0x3", "3,3"] {
        assert_eq!(test.patch(&path, offset, "x").await.status, StatusCode::BAD_REQUEST, "{offset}");
    }
    let ok = [("upload-offset", "3"), ("content-type", PATCH_TYPE)];
    for (name, value, status) in [
        ("tus-resumable", "0.2.2", StatusCode::PRECONDITION_FAILED),
        ("content-encoding", "gzip", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("upload-offset", "3", StatusCode::BAD_REQUEST),
    ] {
        let headers = [&ok[..], &[(name, value)]].concat();
        let reply = test.send(request(Method::PATCH, &path, &headers, Body::from("x"))).await;
        assert_eq!(reply.status, status, "{name}");
        assert_eq!(
            (reply.header("tus-resumable"), reply.header("tus-version")),
            match name {
                "tus-resumable" => ("1.0.0", "1.0.0"),
                _ => ("1.0.0", ""),
            }
        );
    }
    let typed = [("upload-offset", "3"), ("content-type", "application/octet-stream")];
    let reply = test.send(request(Method::PATCH, &path, &typed, Body::from("x"))).await;
    assert_eq!(reply.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let post = test.send(request(Method::POST, &path, &[], Body::empty())).await;
    assert_eq!(post.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(test.received(id).await, b"abc");
}

#[tokio::test]
async fn more_than_announced_is_refused() {
    let test = Test::new();
    let size = OBJECT_BYTES + 10;
    let content = sample(size + 1);
    let (id, path) = test.upload(size);
    let announced = test.patch(&path, 0, content.clone()).await;
    assert_eq!((announced.status, test.offset(&path).await), (StatusCode::PAYLOAD_TOO_LARGE, 0));
    let longer = test.patch(&path, 0, chunked(&content, KIB)).await;
    assert_eq!(longer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(test.offset(&path).await, OBJECT_BYTES as u64, "the object before is stored");
    assert_eq!(
        test.patch(&path, OBJECT_BYTES, content[OBJECT_BYTES..size].to_vec()).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(test.patch(&path, size, "x").await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(test.patch(&path, size, "").await.status, StatusCode::NO_CONTENT);
    assert!(test.received(id).await == content[..size]);
}

#[tokio::test]
async fn of_requests_at_once_one_wins_each_object() {
    let test = Test::new();
    let content = sample(6 * KIB * KIB);
    let (id, path) = test.upload(content.len());
    let all: Vec<_> = (0..20).map(|_| test.patch(&path, 0, chunked(&content, 99_999))).collect();
    let replies = futures_util::future::join_all(all).await;
    let with = |status| replies.iter().filter(|reply| reply.status == status).count();
    assert_eq!(with(StatusCode::NO_CONTENT), 1);
    assert_eq!(with(StatusCode::NO_CONTENT) + with(StatusCode::CONFLICT) + with(StatusCode::TOO_MANY_REQUESTS), 20);
    assert!(with(StatusCode::TOO_MANY_REQUESTS) >= 16, "a person has four at once");
    for reply in replies.iter().filter(|reply| reply.status == StatusCode::CONFLICT) {
        assert!(["4194304", "6291456"].contains(&reply.header("upload-offset")));
    }
    assert!(test.received(id).await == content);
    assert_eq!(test.files.in_progress(), (0, 0));
}

#[tokio::test]
async fn failed_store_leaves_the_offset() {
    let test = Test::new();
    let content = sample(OBJECT_BYTES + 5);
    let (id, path) = test.upload(content.len());
    for (fault, status) in [
        (FileStoreError::Full("disk".to_owned()), StatusCode::INSUFFICIENT_STORAGE),
        (FileStoreError::Unavailable("gone".to_owned()), StatusCode::SERVICE_UNAVAILABLE),
    ] {
        test.store.fail_with(Some(fault));
        let reply = test.patch(&path, 0, content.clone()).await;
        assert_eq!((reply.status, test.offset(&path).await), (status, 0));
        test.store.fail_with(None);
    }
    assert_eq!(test.fake.uploads()[&id].pending.len(), 2, "their rows are left to the sweep");
    assert_eq!(test.patch(&path, 0, content.clone()).await.status, StatusCode::NO_CONTENT);
    assert!(test.received(id).await == content);
}

#[tokio::test]
async fn what_came_is_stored_for_a_caller_who_is_gone() {
    let test = Test::new();
    let content = sample(200_000);
    let (id, path) = test.upload(content.len());
    let (sender, receiver) = tokio::sync::mpsc::channel::<Bytes>(1);
    let parts = stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|part| (Ok::<_, io::Error>(part), receiver))
    });
    let headers = [("upload-offset", "0"), ("content-type", PATCH_TYPE)];
    let request = request(Method::PATCH, &path, &headers, Body::from_stream(parts));
    let answer = tokio::spawn(test.router.clone().oneshot(request));
    sender.send(Bytes::copy_from_slice(&content[..150_000])).await.expect("it is read");
    sender.send(Bytes::new()).await.expect("the first part was read");
    answer.abort();
    assert!(answer.await.is_err(), "the caller is gone");
    drop(sender);
    while test.files.in_progress().1 > 0 {
        tokio::task::yield_now().await;
    }
    assert!(test.received(id).await == content[..150_000]);
}

#[tokio::test]
async fn cancelled_upload_is_gone() {
    let test = Test::new();
    let (_, path) = test.upload(10);
    let cancel = || request(Method::DELETE, &path, &[("tus-resumable", "1.0.0")], Body::empty());
    assert_eq!(test.send(cancel()).await.status, StatusCode::NO_CONTENT);
    assert_eq!(test.send(cancel()).await.status, StatusCode::NOT_FOUND);
    assert_eq!(test.patch(&path, 0, "x").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn options_say_what_is_supported() {
    let test = Test::new();
    let (_, path) = test.upload(10);
    let origin = ("origin", "http://localhost:3000");
    let preflight = [origin, ("access-control-request-method", "PATCH")];
    let reply = test.send(request(Method::OPTIONS, &path, &preflight, Body::empty())).await;
    for (name, value) in [
        ("tus-version", "1.0.0"),
        ("tus-extension", "expiration,termination"),
        ("tus-max-size", "2147483648"),
        ("access-control-allow-origin", "http://localhost:3000"),
        ("access-control-allow-credentials", ""),
    ] {
        assert_eq!(reply.header(name), value, "{name}");
    }
    assert_eq!(reply.status, StatusCode::NO_CONTENT);
    assert!(reply.header("access-control-allow-methods").contains("PATCH"));
    let head = test.send(request(Method::HEAD, &path, &[origin], Body::empty())).await;
    assert_eq!(head.header("access-control-allow-origin"), "http://localhost:3000");
    assert!(head.header("access-control-expose-headers").contains("upload-offset"));
    assert_eq!((head.header("upload-length"), head.header("upload-offset")), ("10", "0"));
    let foreign = test.send(request(Method::HEAD, &path, &[("origin", "https://evil.example")], Body::empty())).await;
    assert_eq!(foreign.header("access-control-allow-origin"), "");
}

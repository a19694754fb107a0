//! Tests of the handlers over a database that is made up, and a store in memory.

mod downloads;
mod faults;
mod links;
mod slow;
mod types;
mod uploads;
mod uploads_checked;

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
use portico_adapters::files::FileStore;
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
use super::receive::BodyLimits;
use super::{Files, FilesState, routes, with_headers};
use crate::http::cors::Origins;
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
        Self::with_limits(BodyLimits::default())
    }

    fn with_limits(body_limits: BodyLimits) -> Self {
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
            body_limits,
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

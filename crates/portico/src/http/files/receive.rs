//! Reads a body into objects: each is recorded, stored and confirmed before the next one is read.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use http_body_util::BodyExt;
use portico_adapters::files::FileStore;
use portico_core::files::hash::ContentHash;
use portico_core::files::head;
use portico_core::files::limits::OBJECT_BYTES;

use super::FilesState;
use super::backend::{StoredPart, UploadCaller, UploadState};
use super::refusal::Refused;

/// Size of the pieces in which bytes are collected. Bodies may come in pieces of one byte, each with the memory of its
/// connection's buffer.
const PIECE: usize = 256 * 1024;

/// How slow a body may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct BodyLimits {
    /// Maximum wait for the next bytes.
    pub(super) patience: Duration,
    /// Bytes that must come in each period.
    pub(super) least: u64,
    pub(super) period: Duration,
}

impl Default for BodyLimits {
    fn default() -> Self {
        Self { patience: Duration::from_secs(30), least: 60 * 1024, period: Duration::from_secs(60) }
    }
}

/// An upload whose body is read.
pub(super) struct Receiver {
    state: Arc<FilesState>,
    store: FileStore,
    caller: UploadCaller,
    size: u64,
    /// Number of stored bytes.
    received: u64,
    /// Of all bytes, those of the object at hand included.
    hash: ContentHash,
    head: Vec<u8>,
    /// Full pieces of the object at hand, and the one that is being filled.
    pieces: Vec<Bytes>,
    piece: Vec<u8>,
    collected: usize,
}

impl Receiver {
    pub(super) fn new(state: &Arc<FilesState>, caller: UploadCaller, upload: &UploadState) -> Result<Self, Refused> {
        let damaged = || {
            tracing::error!(upload = %caller.upload, "the state of an upload is damaged");
            Refused::Unavailable
        };
        let hash = match &upload.hash_state {
            Some(state) => ContentHash::resume(state).ok_or_else(damaged)?,
            None => ContentHash::new(),
        };
        let head = head::decode(&upload.head).ok_or_else(damaged)?;
        let store = state.files.store.clone().ok_or(Refused::Unavailable)?;
        let (size, received, state) = (upload.size, upload.received, Arc::clone(state));
        let (pieces, piece, collected) = (Vec::new(), Vec::new(), 0);
        Ok(Self { state, store, caller, size, received, hash, head, pieces, piece, collected })
    }

    /// Reads the body to its end, and stores what came even if it is cut. Returns the number of stored bytes.
    pub(super) async fn run(mut self, body: Body) -> Result<u64, Refused> {
        let result = self.read(body).await;
        match result {
            Err(Refused::Conflict(None)) => {
                let now = self.state.backend.head(&self.caller).await?;
                Err(Refused::Conflict(Some(now.received)))
            }
            other => other,
        }
    }

    async fn read(&mut self, mut body: Body) -> Result<u64, Refused> {
        let limits = self.state.body_limits;
        let mut pace = Pace::start(limits);
        let mut is_slow = false;
        loop {
            let frame = match tokio::time::timeout(limits.patience, body.frame()).await {
                Ok(Some(Ok(frame))) => frame,
                // The end, or a caller who is gone.
                Ok(None | Some(Err(_))) => break,
                Err(_) => {
                    is_slow = true;
                    break;
                }
            };
            let Ok(bytes) = frame.into_data() else { continue };
            is_slow = pace.is_slow(bytes.len());
            if self.take(bytes).await? {
                // The time of the store is not the caller's.
                pace = Pace::start(limits);
            }
            if is_slow {
                break;
            }
        }
        if self.collected > 0 {
            self.put().await?;
        }
        if is_slow { Err(Refused::TooSlow(self.received)) } else { Ok(self.received) }
    }

    /// Collects bytes. Returns whether an object was stored.
    async fn take(&mut self, mut bytes: Bytes) -> Result<bool, Refused> {
        let known = self.received + self.collected as u64;
        if bytes.len() as u64 > self.size.saturating_sub(known) {
            return Err(Refused::TooLarge);
        }
        let mut has_stored = false;
        while !bytes.is_empty() {
            let fitting = (PIECE - self.piece.len()).min(OBJECT_BYTES - self.collected).min(bytes.len());
            let part = bytes.split_to(fitting);
            self.hash.update(&part);
            head::extend(&mut self.head, &part);
            self.piece.extend_from_slice(&part);
            self.collected += part.len();
            if self.piece.len() == PIECE {
                self.pieces.push(std::mem::take(&mut self.piece).into());
            }
            if self.collected == OBJECT_BYTES {
                self.put().await?;
                has_stored = true;
            }
        }
        Ok(has_stored)
    }

    /// Stores the collected bytes as an object. Its row is there before its bytes, so none are ever without a row.
    async fn put(&mut self) -> Result<(), Refused> {
        if !self.piece.is_empty() {
            self.pieces.push(std::mem::take(&mut self.piece).into());
        }
        let (backend, start, size) = (&self.state.backend, self.received, self.collected as u64);
        let object = backend.begin(&self.caller, start, size).await?;
        let started = Instant::now();
        let stored = self.store.put(object, std::mem::take(&mut self.pieces)).await;
        self.state.metrics.count_store_call("put", stored.is_ok(), started.elapsed());
        stored?;
        let (hash_state, head) = (self.hash.state(), head::encode(&self.head));
        let part = StoredPart { object, start, size, hash_state, head };
        self.received = backend.end(&self.caller, part).await?;
        self.state.metrics.count_file_bytes("received", self.collected);
        self.collected = 0;
        Ok(())
    }
}

/// Speed of a body.
struct Pace {
    limits: BodyLimits,
    since: Instant,
    bytes: u64,
}

impl Pace {
    fn start(limits: BodyLimits) -> Self {
        Self { limits, since: Instant::now(), bytes: 0 }
    }

    /// Counts bytes. Whether too few came in a period that has ended.
    fn is_slow(&mut self, bytes: usize) -> bool {
        self.bytes += bytes as u64;
        if self.since.elapsed() < self.limits.period {
            return false;
        }
        let is_slow = self.bytes < self.limits.least;
        *self = Self::start(self.limits);
        is_slow
    }
}

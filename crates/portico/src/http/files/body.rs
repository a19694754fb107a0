//! Body of a download: the objects one after another, as they are wanted.

use std::collections::VecDeque;
use std::io;
use std::ops::Range;
use std::time::Instant;

use axum::body::{Body, Bytes};
use futures_util::{StreamExt, TryStreamExt, stream};
use portico_adapters::files::{ByteStream, FileStore, FileStoreError};

use super::backend::{Download, StoredObject};
use crate::http::permits::Permit;
use crate::metrics::Metrics;

/// The rest of a range that is being sent.
pub(super) struct Sending {
    store: FileStore,
    metrics: Metrics,
    /// Objects that are not opened yet.
    objects: VecDeque<StoredObject>,
    open: Option<ByteStream>,
    /// Place of the next byte.
    at: u64,
    end: u64,
    /// End of the open object's part of the range.
    open_end: u64,
    _permit: Permit,
}

impl Sending {
    /// Opens the first object of a range, so that a store that is gone is known before the head of the answer is sent.
    pub(super) async fn open(
        (store, metrics): (FileStore, Metrics),
        download: Download,
        range: Range<u64>,
        permit: Permit,
    ) -> Result<Self, FileStoreError> {
        let overlaps = |object: &StoredObject| object.start < range.end && object.start + object.size > range.start;
        let objects = download.objects.into_iter().filter(overlaps).collect();
        let (at, end) = (range.start, range.end);
        let mut sending = Self { store, metrics, objects, open: None, at, end, open_end: at, _permit: permit };
        sending.open_next().await?;
        Ok(sending)
    }

    /// Opens the object that has the next byte.
    async fn open_next(&mut self) -> Result<(), FileStoreError> {
        let gap = || FileStoreError::Missing("the objects of a file have a gap".to_owned());
        let object = self.objects.pop_front().filter(|object| object.start <= self.at).ok_or_else(gap)?;
        self.open_end = self.end.min(object.start + object.size);
        let inside = self.at - object.start..self.open_end - object.start;
        let started = Instant::now();
        let opened = self.store.get(object.id, inside).await;
        self.metrics.count_store_call("get", opened.is_ok(), started.elapsed());
        self.open = Some(opened?);
        Ok(())
    }

    async fn next(&mut self) -> Result<Option<Bytes>, FileStoreError> {
        while self.at < self.end {
            if self.at == self.open_end {
                self.open_next().await?;
            }
            let Some(open) = &mut self.open else { return Ok(None) };
            let short = || FileStoreError::Missing("an object is shorter than its row says".to_owned());
            let mut bytes = open.next().await.ok_or_else(short)??;
            bytes.truncate(usize::try_from(self.open_end - self.at).unwrap_or(usize::MAX));
            if bytes.is_empty() {
                continue;
            }
            self.at += bytes.len() as u64;
            self.metrics.count_file_bytes("sent", bytes.len());
            return Ok(Some(bytes));
        }
        Ok(None)
    }

    /// The body. If the store fails meanwhile, it ends early, which callers notice by its length.
    pub(super) fn into_body(self, request_id: String) -> Body {
        let bytes =
            stream::try_unfold(
                self,
                |mut sending| async move { Ok(sending.next().await?.map(|bytes| (bytes, sending))) },
            );
        let logged = bytes.map_err(move |error: FileStoreError| {
            tracing::error!(request_id, %error, "a download ended early");
            io::Error::other("the store failed")
        });
        Body::from_stream(logged)
    }
}

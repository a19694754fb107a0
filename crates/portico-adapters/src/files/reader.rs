//! Streams an object in chunks as they are wanted, so that a slow reader takes the memory of one chunk.

use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::pin::Pin;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use object_store::{GetResult, GetResultPayload};
use tokio::task::spawn_blocking;

use super::error::FileStoreError;
use super::store::TIME_LIMIT;

/// Size of a chunk. Each takes a turn of a thread for blocking work, which costs more than the reading of a smaller one.
const CHUNK: u64 = 128 * 1024;

/// Bytes of an object.
pub type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes, FileStoreError>> + Send>>;

/// The bytes of a found object. Not `GetResult::into_stream`, which reads files in chunks of 8 KiB.
pub(super) fn stream_of(found: GetResult) -> ByteStream {
    match found.payload {
        GetResultPayload::File(file, _) => file_stream(file, found.range),
        GetResultPayload::Stream(bytes) => in_time(bytes).boxed(),
    }
}

/// Ends the stream if the store sends nothing for too long. A reader that wants nothing meanwhile may take its time.
fn in_time(
    bytes: impl Stream<Item = object_store::Result<Bytes>> + Send + Unpin,
) -> impl Stream<Item = Result<Bytes, FileStoreError>> + Send {
    stream::try_unfold(bytes, |mut bytes| async move {
        let late = |_| FileStoreError::Unavailable(format!("no byte for {} s", TIME_LIMIT.as_secs()));
        let next = tokio::time::timeout(TIME_LIMIT, bytes.next()).await.map_err(late)?;
        Ok(next.transpose()?.map(|part| (part, bytes)))
    })
}

fn file_stream(file: File, range: Range<u64>) -> ByteStream {
    let chunks = stream::try_unfold((file, range), |(file, range)| async move {
        if range.is_empty() {
            return Ok(None);
        }
        let end = range.end.min(range.start + CHUNK);
        // Allocated here, where it is freed: memory of the many threads for blocking work would not return. At most `CHUNK`, so it fits.
        let mut bytes = vec![0; (end - range.start) as usize];
        let (file, bytes) =
            spawn_blocking(move || file.read_exact_at(&mut bytes, range.start).map(|()| (file, Bytes::from(bytes))))
                .await
                .map_err(|error| FileStoreError::Unavailable(error.to_string()))??;
        Ok(Some((bytes, (file, end..range.end))))
    });
    chunks.boxed()
}

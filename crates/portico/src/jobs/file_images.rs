//! Makes the images of a photo or video, and the copy of a video.

use axum::body::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use portico_adapters::content::{ContentError, ContentProgram, MadeContent, VideoCopy};
use portico_adapters::files::{ByteStream, FileStore, FileStoreError};
use portico_core::files::content::{MadeImage, PhotoFacts};
use portico_core::files::hash::ContentHash;
use portico_core::files::images::FileImagesJob;
use portico_core::files::limits::OBJECT_BYTES;
use portico_core::files::{ImageSource, RenditionKind};
use portico_core::id::FileObjectId;
use portico_store::files::{
    NewFacts, NewRendition, PendingContent, StoredObject, begin_objects, pending_content, record_renditions,
    record_unfit,
};
use portico_store::{AsyncPgConnection, StoreError, Writer};
use rust_decimal::Decimal;

use super::{Attempt, JobError, RunJob};
use crate::clock_source::ClockSource;

/// Services for the images of photos and videos.
pub struct FileImagesContext {
    /// The database.
    pub writer: Writer,
    /// The store with the files, which gets the images.
    pub store: FileStore,
    /// The program that makes them.
    pub program: ContentProgram,
    /// The clock.
    pub clock: ClockSource,
}

impl RunJob for FileImagesJob {
    type Context = FileImagesContext;

    async fn run(&self, context: &FileImagesContext, _attempt: &Attempt) -> Result<(), JobError> {
        let id = self.content_id;
        let read = async |tables: &mut AsyncPgConnection| pending_content(tables, id).await;
        // Deleted, replaced, or made by a worker that died before it recorded so.
        let Some(content) = context.writer.connection().await?.transaction(read).await? else { return Ok(()) };
        match context.make(&content).await {
            Ok(made) => context.keep(&content, made).await,
            Err(ContentError::Unfit(reason)) => {
                tracing::warn!(file = %content.file.0, reason, "no images can be made of a file");
                let record = async |tables: &mut AsyncPgConnection| record_unfit(tables, &content).await;
                Ok(context.writer.connection().await?.transaction(record).await?)
            }
            Err(ContentError::Failed(error)) => Err(JobError::Later(error)),
        }
    }
}

impl FileImagesContext {
    async fn make(&self, content: &PendingContent) -> Result<MadeContent, ContentError> {
        let source = ImageSource::of_type(&content.media_type);
        let source = source.ok_or_else(|| ContentError::Unfit(format!("{} is not supported", content.media_type)))?;
        let size = u64::try_from(content.size).unwrap_or_default();
        self.program.make(source, size, bytes_of(&self.store, content.objects.clone())).await
    }

    /// Stores the images and the copy, then records them all at once.
    async fn keep(&self, content: &PendingContent, made: MadeContent) -> Result<(), JobError> {
        let facts = facts(content, &made.images.facts);
        let mut all: Vec<_> = made.images.images.into_iter().map(Made::from).collect();
        if let Some(video) = &made.video {
            all.push(Made::copy_of(video).await?);
        }
        let parts: Vec<_> = all.iter().map(|made| parts_of(made.size)).collect();
        let (now, all_parts) = ((self.clock)().moment(), parts.concat());
        let place = (content.company, content.project);
        let begin = async |tables: &mut AsyncPgConnection| begin_objects(tables, place, &all_parts, now).await;
        let mut ids = self.writer.connection().await?.transaction(begin).await?.into_iter();
        let mut renditions = Vec::with_capacity(all.len());
        for (made, parts) in all.into_iter().zip(parts) {
            let objects: Vec<_> = ids.by_ref().take(parts.len()).collect();
            let Made { kind, media_type, pixels, size, bytes } = made;
            let sha256 = self.put(&objects, &parts, bytes).await?;
            renditions.push(NewRendition { kind, media_type, size, sha256, pixels, objects });
        }
        let record = async |tables: &mut AsyncPgConnection| {
            record_renditions(tables, content, (renditions.as_slice(), now), facts).await
        };
        let is_new = self.writer.connection().await?.transaction::<_, StoreError>(record).await?;
        if !is_new {
            tracing::info!(file = %content.file.0, "images of a file were made meanwhile");
        }
        Ok(())
    }

    /// Stores bytes in objects, of which one at a time is in memory. Returns their SHA-256.
    async fn put(
        &self,
        objects: &[FileObjectId],
        parts: &[(i64, i64)],
        mut bytes: ByteStream,
    ) -> Result<String, JobError> {
        let later = |error: FileStoreError| JobError::Later(error.to_string());
        let cut = || JobError::Later("a rendition is shorter than it was".to_owned());
        let (mut hash, mut rest) = (ContentHash::new(), Bytes::new());
        for (id, (_, size)) in objects.iter().zip(parts) {
            let (mut part, mut wanted) = (Vec::new(), usize::try_from(*size).unwrap_or_default());
            while wanted > 0 {
                if rest.is_empty() {
                    rest = bytes.next().await.ok_or_else(cut)?.map_err(later)?;
                }
                let chunk = rest.split_to(rest.len().min(wanted));
                wanted -= chunk.len();
                hash.update(&chunk);
                part.push(chunk);
            }
            self.store.put(id.0, part).await.map_err(later)?;
        }
        Ok(hash.finish())
    }
}

/// An image or copy to store.
struct Made {
    kind: RenditionKind,
    media_type: &'static str,
    pixels: Option<(i32, i32)>,
    size: i64,
    bytes: ByteStream,
}

impl Made {
    async fn copy_of(video: &VideoCopy) -> Result<Self, JobError> {
        let bytes = video.open().await.map_err(|error| JobError::Later(error.to_string()))?;
        let size = i64::try_from(video.size).unwrap_or(i64::MAX);
        Ok(Self { kind: RenditionKind::Video, media_type: video.media_type, pixels: None, size, bytes })
    }
}

impl From<MadeImage> for Made {
    fn from(image: MadeImage) -> Self {
        let MadeImage { kind, format, width, height, bytes } = image;
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let bytes = stream::once(async move { Ok(Bytes::from(bytes)) }).boxed();
        Self { kind, media_type: format.media_type(), pixels: Some((pixels(width), pixels(height))), size, bytes }
    }
}

/// The bytes of objects, of which one at a time is open.
pub(super) fn bytes_of(store: &FileStore, objects: Vec<StoredObject>) -> ByteStream {
    let store = store.clone();
    let opened = stream::iter(objects).then(move |object| {
        let store = store.clone();
        async move { store.get(object.id.0, 0..u64::try_from(object.size).unwrap_or_default()).await }
    });
    opened.try_flatten().boxed()
}

/// Positions and sizes of the objects of a rendition of this size.
pub(crate) fn parts_of(size: i64) -> Vec<(i64, i64)> {
    let object = i64::try_from(OBJECT_BYTES).unwrap_or(i64::MAX);
    let starts = (0..size).step_by(OBJECT_BYTES);
    starts.map(|start| (start, object.min(size - start))).collect()
}

fn pixels(length: u32) -> i32 {
    i32::try_from(length).unwrap_or(i32::MAX)
}

fn facts(content: &PendingContent, facts: &PhotoFacts) -> NewFacts {
    let decimal = |degrees: Option<f64>| {
        degrees.and_then(|degrees| Decimal::try_from(degrees).ok()).map(|degrees| degrees.round_dp(6))
    };
    let position = decimal(facts.latitude).zip(decimal(facts.longitude));
    NewFacts { taken_at: facts.taken_at(&content.time_zone), position }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_renditions_have_several_objects() {
        let object = i64::try_from(OBJECT_BYTES).expect("a small number");
        assert_eq!(parts_of(3), [(0, 3)]);
        assert_eq!(parts_of(2 * object), [(0, object), (object, object)]);
        assert_eq!(parts_of(object + 1), [(0, object), (object, 1)]);
    }
}

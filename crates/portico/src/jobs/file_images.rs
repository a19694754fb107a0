//! Makes the images of a photo.

use futures_util::{StreamExt, TryStreamExt, stream};
use portico_adapters::content::{ContentError, ContentProgram};
use portico_adapters::files::{ByteStream, FileStore};
use portico_core::files::ImageSource;
use portico_core::files::content::{MadeImage, MadeImages, PhotoFacts};
use portico_core::files::hash::ContentHash;
use portico_core::files::images::FileImagesJob;
use portico_core::files::limits::OBJECT_BYTES;
use portico_store::files::{
    NewFacts, NewImage, PendingContent, StoredObject, begin_objects, pending_content, record_images, record_unfit,
};
use portico_store::{AsyncPgConnection, StoreError, Writer};
use rust_decimal::Decimal;

use super::{Attempt, JobError, RunJob};
use crate::clock_source::ClockSource;

/// Services for the images of photos.
pub struct FileImagesContext {
    /// The database.
    pub writer: Writer,
    /// The store with the photos, which gets the images.
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
                tracing::warn!(file = %content.file.0, reason, "no images can be made of a photo");
                let record = async |tables: &mut AsyncPgConnection| record_unfit(tables, &content).await;
                Ok(context.writer.connection().await?.transaction(record).await?)
            }
            Err(ContentError::Failed(error)) => Err(JobError::Later(error)),
        }
    }
}

impl FileImagesContext {
    async fn make(&self, content: &PendingContent) -> Result<MadeImages, ContentError> {
        let source = ImageSource::of_type(&content.media_type);
        let source = source.ok_or_else(|| ContentError::Unfit(format!("{} is not supported", content.media_type)))?;
        let size = u64::try_from(content.size).unwrap_or_default();
        self.program.images(source, size, bytes_of(&self.store, content.objects.clone())).await
    }

    /// Stores the images, then records them all at once.
    async fn keep(&self, content: &PendingContent, made: MadeImages) -> Result<(), JobError> {
        let facts = facts(content, &made.facts);
        let parts: Vec<_> = made.images.iter().map(|image| parts_of(&image.bytes)).collect();
        let (now, all) = ((self.clock)().moment(), parts.concat());
        let place = (content.company, content.project);
        let begin = async |tables: &mut AsyncPgConnection| begin_objects(tables, place, &all, now).await;
        let mut ids = self.writer.connection().await?.transaction(begin).await?.into_iter();
        let mut images = Vec::with_capacity(made.images.len());
        for (image, parts) in made.images.into_iter().zip(parts) {
            let objects: Vec<_> = ids.by_ref().take(parts.len()).collect();
            let mut hash = ContentHash::new();
            hash.update(&image.bytes);
            let MadeImage { kind, format, width, height, bytes } = image;
            let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
            let mut rest = axum::body::Bytes::from(bytes);
            for id in &objects {
                let part = rest.split_to(rest.len().min(OBJECT_BYTES));
                let stored = self.store.put(id.0, vec![part]).await;
                stored.map_err(|error| JobError::Later(error.to_string()))?;
            }
            let pixels = (pixels(width), pixels(height));
            images.push(NewImage {
                kind,
                media_type: format.media_type(),
                size,
                sha256: hash.finish(),
                pixels,
                objects,
            });
        }
        let record = async |tables: &mut AsyncPgConnection| {
            record_images(tables, content, (images.as_slice(), now), facts).await
        };
        let is_new = self.writer.connection().await?.transaction::<_, StoreError>(record).await?;
        if !is_new {
            tracing::info!(file = %content.file.0, "images of a photo were made meanwhile");
        }
        Ok(())
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

/// Positions and sizes of the objects of an image.
pub(crate) fn parts_of(bytes: &[u8]) -> Vec<(i64, i64)> {
    let number = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
    let parts = bytes.chunks(OBJECT_BYTES).enumerate();
    parts.map(|(index, part)| (number(index * OBJECT_BYTES), number(part.len()))).collect()
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
    fn large_images_have_several_objects() {
        assert_eq!(parts_of(&[7; 3]), [(0, 3)]);
        let size = i64::try_from(OBJECT_BYTES).expect("a small number");
        assert_eq!(parts_of(&vec![7; 2 * OBJECT_BYTES]), [(0, size), (size, size)]);
        assert_eq!(parts_of(&vec![7; OBJECT_BYTES + 1]), [(0, size), (size, 1)]);
    }
}

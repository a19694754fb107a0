//! The database behind the handlers.

use std::sync::Arc;

use futures_util::FutureExt;
use portico_actions::files::{UploadCancel, UploadHead, UploadObjectBegin, UploadObjectEnd};
use portico_actions::{ActionError, Actor};
use portico_core::access::{Audience, Viewer};
use portico_core::id::{FileId, FileObjectId, UploadId};
use portico_core::refusal::RefusalCode;
use portico_core::sessions::TokenHash;
use portico_store::StoreError;
use portico_store::files::download;
use uuid::Uuid;

use super::backend::{
    Answer, BackendError, Download, FileBackend, StoredObject, StoredPart, UploadCaller, UploadState, Wanted,
};
use crate::http::app::App;

/// The database of a gateway.
pub(super) struct Database(pub(super) App);

impl Database {
    fn actor(&self, caller: &UploadCaller) -> Actor {
        self.0.actor(Arc::clone(&caller.viewer), caller.origin.clone(), caller.now)
    }
}

impl FileBackend for Database {
    fn sign_in<'a>(&'a self, token: &'a TokenHash) -> Answer<'a, Option<Arc<Viewer>>> {
        async move { Ok(self.0.store.sign_in(token).await?.map(Arc::new)) }.boxed()
    }

    fn download<'a>(&'a self, viewer: &'a Arc<Viewer>, wanted: Wanted) -> Answer<'a, Download> {
        async move {
            // The role views of others have no files.
            if matches!(viewer.audience(), Audience::Public | Audience::Support) {
                return Err(BackendError::NotFound);
            }
            let session = self.0.store.read_as(viewer);
            let found = download(&session, FileId(wanted.file), wanted.content_number, wanted.rendition).await;
            session.close();
            let found = found?.ok_or(BackendError::NotFound)?;
            let objects = found.objects.into_iter().map(|object| StoredObject {
                id: object.id.0,
                start: object.start.cast_unsigned(),
                size: object.size.cast_unsigned(),
            });
            Ok(Download {
                name: found.name,
                media_type: found.media_type,
                size: found.size.cast_unsigned(),
                sha256: found.sha256,
                objects: objects.collect(),
            })
        }
        .boxed()
    }

    fn head<'a>(&'a self, caller: &'a UploadCaller) -> Answer<'a, UploadState> {
        async move {
            let (company, upload) = (caller.company, UploadId(caller.upload));
            let upload = UploadHead { company, upload }.run(&self.actor(caller)).await?;
            Ok(UploadState {
                size: upload.size.cast_unsigned(),
                received: upload.received.cast_unsigned(),
                expires_at: upload.expires_at,
                hash_state: upload.hash_state,
                head: upload.head,
            })
        }
        .boxed()
    }

    fn begin<'a>(&'a self, caller: &'a UploadCaller, start: u64, size: u64) -> Answer<'a, Uuid> {
        async move {
            let (company, upload) = (caller.company, UploadId(caller.upload));
            let (start, size) = (start.cast_signed(), size.cast_signed());
            let object = UploadObjectBegin { company, upload, start, size }.run(&self.actor(caller)).await?;
            Ok(object.0)
        }
        .boxed()
    }

    fn end<'a>(&'a self, caller: &'a UploadCaller, part: StoredPart) -> Answer<'a, u64> {
        async move {
            let stored = UploadObjectEnd {
                company: caller.company,
                upload: UploadId(caller.upload),
                object: FileObjectId(part.object),
                start: part.start.cast_signed(),
                size: part.size.cast_signed(),
                hash_state: part.hash_state,
                head: part.head,
            };
            Ok(stored.run(&self.actor(caller)).await?.cast_unsigned())
        }
        .boxed()
    }

    fn cancel<'a>(&'a self, caller: &'a UploadCaller) -> Answer<'a, ()> {
        async move {
            let (company, upload) = (caller.company, UploadId(caller.upload));
            Ok(UploadCancel { company, upload }.run(&self.actor(caller)).await?)
        }
        .boxed()
    }
}

impl From<StoreError> for BackendError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the database failed in a request for a file");
        Self::Unavailable
    }
}

/// A caller who may not continue an upload learns nothing else about it.
impl From<ActionError> for BackendError {
    fn from(error: ActionError) -> Self {
        match error {
            ActionError::Refused(refusals) => match refusals.first().map(|refusal| refusal.code) {
                Some(RefusalCode::Conflict) => Self::Conflict,
                Some(RefusalCode::Invalid) => Self::TooLarge,
                Some(RefusalCode::TooLong) => Self::TooManyParts,
                _ => Self::NotFound,
            },
            // Another request has stored the same bytes.
            ActionError::Store(StoreError::Taken(_)) => Self::Conflict,
            ActionError::NotSignedIn | ActionError::NotAllowed(_) => Self::NotFound,
            error => {
                tracing::error!(%error, "an upload failed");
                Self::Unavailable
            }
        }
    }
}

//! Receives the bytes of an upload: actions of the address to which apps send them.
//!
//! Each runs in the company that the address names, as the person of the session in it. Without that session, or
//! without access to the project, the upload does not exist.

use portico_core::files::limits::max_objects;
use portico_core::id::{CompanyId, FileObjectId, UploadId};
use portico_core::refusal::RefusalCode;
use portico_store::files::{ReceivedObject, StoredUpload, begin_object, end_object, received_objects};

use super::checks::own_upload;
use super::staged_upload_cancel::end;
use crate::member_action::Named;
use crate::{Action, ActionError, Actor, Refusal, Work};

/// The caller's own unfinished upload.
async fn unfinished(work: &mut Work<'_>, company: CompanyId, id: UploadId) -> Result<StoredUpload, ActionError> {
    let named = Named::Upload(id, "uploadId");
    let (_, upload) = own_upload(work, company, id, named).await?;
    if upload.file.is_some() {
        return Err(named.not_found().into());
    }
    Ok(upload)
}

/// The bytes of another request were faster.
fn outpaced() -> ActionError {
    Refusal::new(RefusalCode::Conflict, "is not the number of bytes received: continue from that").into()
}

/// Reads the state of an upload.
#[derive(Debug, Clone, Copy)]
pub struct UploadHead {
    /// The company of the address.
    pub company: CompanyId,
    /// The upload.
    pub upload: UploadId,
}

/// Registers an object before its bytes are stored.
#[derive(Debug, Clone, Copy)]
pub struct UploadObjectBegin {
    /// The company of the address.
    pub company: CompanyId,
    /// The upload.
    pub upload: UploadId,
    /// Position of its first byte: the number of bytes received before it.
    pub start: i64,
    /// Its size in bytes.
    pub size: i64,
}

/// Adds a stored object to its upload.
#[derive(Debug, Clone)]
pub struct UploadObjectEnd {
    /// The company of the address.
    pub company: CompanyId,
    /// The upload.
    pub upload: UploadId,
    /// The object.
    pub object: FileObjectId,
    /// Position of its first byte.
    pub start: i64,
    /// Its size in bytes.
    pub size: i64,
    /// State of the hash after it.
    pub hash_state: String,
    /// The first bytes of the upload, encoded.
    pub head: String,
}

/// Ends an upload without a file.
#[derive(Debug, Clone, Copy)]
pub struct UploadCancel {
    /// The company of the address.
    pub company: CompanyId,
    /// The upload.
    pub upload: UploadId,
}

macro_rules! runs {
    ($($(#[$meta:meta])* $action:ident -> $done:ty;)+) => {$(
        impl $action {
            $(#[$meta])*
            ///
            /// # Errors
            ///
            /// [`ActionError`]; then nothing was written.
            pub async fn run(self, actor: &Actor) -> Result<$done, ActionError> {
                actor.perform(&self).await
            }
        }
    )+};
}
runs! {
    /// Reads the state.
    UploadHead -> StoredUpload;
    /// Registers the object.
    UploadObjectBegin -> FileObjectId;
    /// Adds the object. Returns the number of bytes received.
    UploadObjectEnd -> i64;
    /// Ends the upload.
    UploadCancel -> ();
}

impl Action for UploadHead {
    type Done = StoredUpload;

    fn company(&self, _: &Actor) -> Option<CompanyId> {
        Some(self.company)
    }

    async fn write(&self, work: &mut Work<'_>) -> Result<StoredUpload, ActionError> {
        unfinished(work, self.company, self.upload).await
    }
}

impl Action for UploadObjectBegin {
    type Done = FileObjectId;

    fn company(&self, _: &Actor) -> Option<CompanyId> {
        Some(self.company)
    }

    async fn write(&self, work: &mut Work<'_>) -> Result<FileObjectId, ActionError> {
        let upload = unfinished(work, self.company, self.upload).await?;
        if self.start != upload.received {
            return Err(outpaced());
        }
        if self.size <= 0 || self.size > upload.size - upload.received {
            let message = "has more bytes than were announced";
            return Err(Refusal::new(RefusalCode::Invalid, message).into());
        }
        if received_objects(work.connection(), upload.id).await? >= max_objects(upload.size) {
            let message = "is in too many parts";
            return Err(Refusal::new(RefusalCode::TooLong, message).into());
        }
        let now = work.now();
        Ok(begin_object(work.connection(), &upload, (self.start, self.size), now).await?)
    }
}

impl Action for UploadObjectEnd {
    type Done = i64;

    fn company(&self, _: &Actor) -> Option<CompanyId> {
        Some(self.company)
    }

    async fn write(&self, work: &mut Work<'_>) -> Result<i64, ActionError> {
        let upload = unfinished(work, self.company, self.upload).await?;
        let new = ReceivedObject {
            object: self.object,
            start: self.start,
            size: self.size,
            hash_state: self.hash_state.clone(),
            head: self.head.clone(),
        };
        end_object(work.connection(), upload.id, &new).await?.ok_or_else(outpaced)
    }
}

impl Action for UploadCancel {
    type Done = ();

    fn company(&self, _: &Actor) -> Option<CompanyId> {
        Some(self.company)
    }

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let upload = unfinished(work, self.company, self.upload).await?;
        end(work, &upload).await
    }
}

//! Files on records.

use crate::access::{Audience, Permission, Viewer};
use crate::messages::ThreadAudience;
use crate::schedule::VersionState;
use crate::selections::SelectionStatus;

use super::FileSharing;

record_kinds! {
    /// Kind of a record with files. Each has a table with `company_id` and `project_id`, and a case in the view
    /// `access.record_attachments`.
    pub enum AttachmentRecord;
    /// A task of a schedule. Clients never see its files (SCH-6).
    Task = "TASK", TASK in "tasks";
    /// A selection (FIL-3).
    Selection = "SELECTION", SELECTION in "selections";
    /// An option of a selection (SEL-5).
    SelectionOption = "SELECTION_OPTION", SELECTION_OPTION in "selection_options";
    /// A message.
    Message = "MESSAGE", MESSAGE in "messages";
}

/// State of a record with files; that of its own kind is there.
#[derive(Debug, Clone, Copy)]
pub struct RecordState {
    /// Its kind.
    pub kind: AttachmentRecord,
    /// Status of the selection, also of an option's.
    pub selection: Option<SelectionStatus>,
    /// Audience of the message.
    pub message: Option<ThreadAudience>,
    /// State of the task's schedule version.
    pub version: Option<VersionState>,
}

impl RecordState {
    /// Whether the viewer may see the record, as far as its state decides.
    fn is_open_to(self, viewer: &Viewer) -> bool {
        let (is_staff, is_trade) = (viewer.is_staff(), viewer.audience() == Audience::Trade);
        match self.kind {
            AttachmentRecord::Task => match self.version {
                Some(VersionState::Published) => is_staff || is_trade,
                Some(VersionState::Superseded) => is_staff,
                Some(VersionState::Draft) => is_staff && viewer.permissions.contains(Permission::ScheduleEdit),
                None => false,
            },
            AttachmentRecord::Selection | AttachmentRecord::SelectionOption => {
                self.selection.is_some_and(|status| is_staff || status != SelectionStatus::Draft)
            }
            AttachmentRecord::Message => match self.message {
                Some(ThreadAudience::Client) => !is_trade,
                Some(ThreadAudience::Trade) if is_trade => true,
                Some(_) => is_staff && viewer.permissions.contains(Permission::MessagesInternal),
                None => false,
            },
        }
    }
}

/// Whom a file on a record is shared with, as a row of the reader's role view tells it.
#[derive(Debug, Clone, Copy)]
pub struct AttachmentSharing {
    /// The file.
    pub file: FileSharing,
    /// The record.
    pub record: RecordState,
    /// Whether clients do not see the file on this record; `None` for trade partners, who may not know it.
    pub hidden_from_clients: Option<bool>,
}

impl AttachmentSharing {
    /// Whether the viewer may see the file on this record (FIL-9, SCH-6).
    pub fn is_open_to(self, viewer: &Viewer) -> bool {
        let is_client = viewer.audience() == Audience::Client;
        self.file.is_open_to(viewer)
            && self.record.is_open_to(viewer)
            && (!is_client || self.hidden_from_clients == Some(false))
    }
}

//! What readers are sent changes.

mod sent_save;

pub(crate) use sent_save::SentByRequest;

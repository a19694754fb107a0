//! Mail: rendering and delivery.

mod error;
mod folder;
mod message;
mod render;
mod smtp;
mod transport;

pub use error::{SendError, SendErrorKind, TransportError};
pub use folder::{FolderMail, MailFolder};
pub use message::{MailAddress, Message, MessageError, Sender};
pub use render::{Company, MailContent, RenderError, Rendered, render};
pub use transport::Transport;

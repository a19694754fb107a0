//! Mailed links: sign-in, first passwords, and confirmations of email addresses.

mod code_consume;
mod email_confirm;
mod link_consume;
mod link_inspect;
mod link_request;
mod sender;

pub use code_consume::{CodeConsume, CodeRequest};
pub use email_confirm::EmailConfirm;
pub use link_consume::{LinkConsume, LinkOptions};
pub use link_inspect::{LinkInspect, LinkRenew, LinkState, PasswordOffer};
pub use link_request::LinkRequest;

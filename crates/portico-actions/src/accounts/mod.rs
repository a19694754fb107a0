//! People's own accounts.

mod account_fields;
pub(crate) mod notice;
mod notifications_update;
mod password_change;
mod reauthenticate;
mod viewer_update;

pub use account_fields::AccountFields;
pub(crate) use account_fields::former_address;
pub use notifications_update::NotificationsUpdate;
pub use password_change::PasswordChange;
pub use viewer_update::ViewerUpdate;

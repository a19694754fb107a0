//! People's own accounts.

mod identities;
mod rows;
mod writes;

pub use identities::{FoundIdentity, find_or_create_identity, lock_identity};
pub use rows::{AccountChange, NotificationSettingsRow, NotificationsChange, notification_settings_of_people};
pub use writes::{
    Account, account_by_email, account_by_id, account_once_at, change_account, change_notifications, claim_account,
    delete_password, set_email, set_password,
};

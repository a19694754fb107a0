//! People's own accounts.

use portico_core::id::IdentityId;
pub use portico_store::accounts::NotificationSettingsRow;
use portico_store::accounts::notification_settings_of_people;

use crate::uncached::loads_uncached;

loads_uncached! {
    /// A person's notification settings.
    NotificationSettingsOfPerson(IdentityId) => NotificationSettingsRow, notification_settings_of_people, by identity_id
}

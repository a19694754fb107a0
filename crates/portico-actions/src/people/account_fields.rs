//! What may be changed of an account, by whom it belongs to and by support.

use portico_core::country::Country;
use portico_store::people::AccountChange;

use crate::{ActionError, check};

/// What is to be changed of an account, as it comes in; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct AccountFields {
    /// The name.
    pub name: Option<String>,
    /// The telephone number; none within takes it away.
    pub phone: Option<Option<String>>,
    /// The language.
    pub locale: Option<String>,
    /// The time zone.
    pub time_zone: Option<String>,
}

impl AccountFields {
    /// Whether a telephone number has to be read, so that a country is needed.
    pub(crate) const fn has_phone(&self) -> bool {
        matches!(self.phone, Some(Some(_)))
    }

    /// The same, of which each is what it should be. A telephone number without a country is of `country`.
    pub(crate) fn checked(&self, country: Option<Country>) -> Result<AccountChange, ActionError> {
        let mut change = AccountChange::default();
        let read = |phone: &str| check::phone("phone", phone, country);
        let phone = self.phone.as_ref().map(|phone| phone.as_deref().map(read).transpose());
        let checks = [
            self.name.as_deref().map(|name| check::name("name", name).map(|name| change.name = Some(name))),
            phone.map(|phone| phone.map(|phone| change.phone = Some(phone))),
            self.locale.as_deref().map(|tag| check::locale("locale", tag).map(|tag| change.locale = Some(tag))),
            self.time_zone
                .as_deref()
                .map(|zone| check::time_zone("timeZone", zone).map(|zone| change.time_zone = Some(zone))),
        ];
        check::all(checks.into_iter().flatten())?;
        Ok(change)
    }
}

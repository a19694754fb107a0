//! Fields of an account that its owner and support can change.

use portico_core::contacts::Email;
use portico_core::country::Country;
use portico_store::accounts::{Account, AccountChange};
use serde_json::{Value, json};

use crate::{ActionError, check};

/// Changes of an account, unchecked. `None` keeps the current value.
#[derive(Debug, Clone, Default)]
pub struct AccountFields {
    /// The name.
    pub name: Option<String>,
    /// The telephone number; `Some(None)` clears it.
    pub phone: Option<Option<String>>,
    /// The language.
    pub locale: Option<String>,
    /// The time zone.
    pub time_zone: Option<String>,
}

impl AccountFields {
    /// Whether there is a telephone number to parse, which needs a country.
    pub(crate) const fn has_phone(&self) -> bool {
        matches!(self.phone, Some(Some(_)))
    }

    /// Checks the fields. A telephone number without a country code is one of `country`.
    pub(crate) fn checked(&self, country: Option<Country>) -> Result<AccountChange, ActionError> {
        let mut change = AccountChange::default();
        let read = |phone: &str| check::phone("phone", phone, country);
        let phone = self.phone.as_ref().map(|phone| phone.as_deref().map(read).transpose());
        let checks = [
            self.name.as_deref().map(|name| check::person_name("name", name).map(|name| change.name = Some(name))),
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

/// The previous email address, by which support finds the account.
pub(crate) fn former_address(before: &Account) -> Value {
    let canonical = before.email.parse::<Email>().map(|email| email.canonical().to_owned());
    json!({ "formerAddress": canonical.ok() })
}

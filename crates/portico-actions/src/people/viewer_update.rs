//! A person changes what is known of them.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_store::people::{AccountChange, change_account};
use serde_json::json;

use crate::{Action, ActionError, Happened, Work, check};

/// Changes a person's own account; what is none stays as it is (ACC-14: nobody's but their own).
#[derive(Debug, Clone, Default)]
pub struct ViewerUpdate {
    /// The name.
    pub name: Option<String>,
    /// The telephone number; none within takes it away.
    pub phone: Option<Option<String>>,
    /// The language.
    pub locale: Option<String>,
    /// The time zone.
    pub time_zone: Option<String>,
}

impl ViewerUpdate {
    fn checked(&self) -> Result<AccountChange, ActionError> {
        let mut change = AccountChange::default();
        let phone =
            self.phone.as_ref().map(|phone| phone.as_deref().map(|phone| check::phone("phone", phone)).transpose());
        let checks = [
            self.name
                .as_deref()
                .map(|name| check::text("name", name, check::NAME).map(|name| change.name = Some(name))),
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

impl Action for ViewerUpdate {
    type Done = ();

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let change = self.checked()?;
        let person = work.person().await?;
        let changed = change.names();
        change_account(work.connection(), person.identity, change).await?;
        let happened = Happened::new(ActivityKind::AccountChanged).to(SubjectKind::Identity, person.identity);
        work.record(happened.with(json!({ "changed": changed }))).await
    }
}

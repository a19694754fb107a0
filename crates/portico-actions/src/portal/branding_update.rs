//! Changes the branding of a company.

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::CompanyId;
use portico_store::Differences;
use portico_store::portal::{BrandingChange, change_branding};
use serde_json::json;

use super::optional;
use crate::{Action, ActionError, ActivityEvent, Work, check};

/// Changes the branding of a company, before and after sign-in (PRT-5). `None` keeps the current value.
#[derive(Debug, Clone, Default)]
pub struct BrandingUpdate {
    /// The main color, `#rrggbb`.
    pub primary_color: Option<String>,
    /// The accent color, `#rrggbb`.
    pub accent_color: Option<String>,
    /// The URL of the logo; `Some(None)` clears it.
    pub logo_url: Option<Option<String>>,
    /// The URL of the company's website; `Some(None)` clears it.
    pub website_url: Option<Option<String>>,
}

impl BrandingUpdate {
    fn checked(&self) -> Result<BrandingChange, ActionError> {
        let mut change = BrandingChange::default();
        let color =
            |member, color: &Option<String>| color.as_deref().map(|color| check::color(member, color)).transpose();
        let url = |member, url: &Option<Option<String>>| optional(url.as_ref(), |url| check::https_url(member, url));
        check::all([
            color("primaryColor", &self.primary_color).map(|color| change.primary_color = color),
            color("accentColor", &self.accent_color).map(|color| change.accent_color = color),
            url("logoUrl", &self.logo_url).map(|url| change.logo_url = url),
            url("websiteUrl", &self.website_url).map(|url| change.website_url = url),
        ])?;
        Ok(change)
    }
}

impl Action for BrandingUpdate {
    type Done = CompanyId;

    async fn write(&self, work: &mut Work<'_>) -> Result<CompanyId, ActionError> {
        let staff = work.staff(Permission::SettingsManage).await?;
        let Differences { change, names } = change_branding(work.connection(), staff.company, self.checked()?).await?;
        let details = json!({
            "primaryColor": change.primary_color,
            "accentColor": change.accent_color,
            "logoUrl": change.logo_url,
            "websiteUrl": change.website_url,
        });
        let event = ActivityEvent::new(ActivityKind::BrandingChanged).in_company(staff.company);
        work.record_changes(event.to(SubjectKind::Company, staff.company).with(details), &names).await?;
        Ok(staff.company)
    }
}

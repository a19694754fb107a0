//! Portals: settings, branding, mail texts and help articles.

mod branding_update;
mod company_portal_update;
mod email_template_update;
mod features;
mod help_article_create;
mod help_article_delete;
mod help_article_publish;
mod help_article_update;
mod onboarding_dismiss;
mod portal_settings_update;

pub use branding_update::BrandingUpdate;
pub use company_portal_update::CompanyPortalUpdate;
pub use email_template_update::EmailTemplateUpdate;
pub use help_article_create::HelpArticleCreate;
pub use help_article_delete::HelpArticleDelete;
pub use help_article_publish::HelpArticlePublish;
pub use help_article_update::HelpArticleUpdate;
pub use onboarding_dismiss::OnboardingDismiss;
pub use portal_settings_update::PortalSettingsUpdate;

use crate::Refusal;

/// Checks a value that can be set, cleared or kept.
fn optional<T>(
    given: Option<&Option<String>>,
    check: impl Fn(&str) -> Result<T, Refusal>,
) -> Result<Option<Option<T>>, Refusal> {
    given.map(|text| text.as_deref().map(&check).transpose()).transpose()
}

//! Portals: settings of projects and companies, branding, help articles.

mod branding;
mod company;
mod help;
mod help_writes;
mod rows;
mod writes;

pub use branding::{CompanyBranding, branding_at_host, branding_of, branding_of_form, only_company_of};
pub use company::{
    CompanyPortalRow, OnboardingRow, PortalSetupRow, onboardings_of, portals_of_companies, setups_of_projects,
};
pub use help::{
    HelpArticleRow, articles_by_id, articles_of_companies, articles_of_portals, count_articles_of_companies,
    count_articles_of_portals,
};
pub use help_writes::{
    HelpArticle, HelpArticleChange, change_article, delete_article, insert_article, last_place, lock_article,
    write_article,
};
pub use rows::{
    BrandingChange, BrandingRow, CompanyPortalChange, PortalChange, PortalHostRow, PortalRow, all_portal_hosts,
    brandings_of_companies, entrances_by_host, entrances_of_companies, portals_of_projects,
};
pub use writes::{
    PortalDefaults, SignInOffer, change_branding, change_company_portal, change_portal, dismiss_onboarding,
    lock_sign_in_offer, portal_defaults, status_of_project,
};

//! Portals.

mod help;

use std::collections::HashMap;
use std::sync::Arc;

use portico_core::id::IdentityId;
pub use portico_store::portal::{
    BrandingRow, CompanyPortalRow, HelpArticleRow, OnboardingRow, PortalHostRow, PortalRow, PortalSetupRow,
};
use portico_store::portal::{
    brandings_of_companies, entrances_by_host, entrances_of_companies, onboardings_of, portals_of_companies,
    portals_of_projects, setups_of_projects,
};
use portico_store::{ReadSession, StoreError};
use serde::Serialize;

pub use help::{ArticleScope, HelpArticleById, HelpArticleCount, HelpArticlesOn};

use crate::gather::{loads_one, one_each};
use crate::uncached::loads_uncached;
use crate::{CachePolicy, Key};

loads_one! {
    /// A project's portal.
    PortalOfProject(of project) => PortalRow, portals_of_projects, by project_id
}
loads_one! {
    /// The public part of a company's portal; none without a portal host.
    EntranceOfCompany(of company) => PortalHostRow, entrances_of_companies, by company_id
}
loads_one! {
    /// A company's branding.
    BrandingOfCompany(of company) => BrandingRow, brandings_of_companies, by company_id
}

loads_one! {
    /// A company's settings for all its portals.
    PortalOfCompany(of company) => CompanyPortalRow, portals_of_companies, by company_id
}
loads_one! {
    /// A project's portal setup progress.
    SetupOfProject(of project) => PortalSetupRow, setups_of_projects, by project_id
}

loads_uncached! {
    /// A client's onboarding.
    OnboardingOf(IdentityId) => OnboardingRow, onboardings_of, by identity_id
}

/// The public part of the portal at a host name, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct PortalByHost(pub String);

impl Key for PortalByHost {
    type Value = Option<Arc<PortalHostRow>>;

    const KIND: &'static str = "PortalByHost";

    fn policy(&self) -> CachePolicy {
        CachePolicy::Uncached
    }

    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let rows = entrances_by_host(session, keys.into_iter().map(|key| key.0).collect()).await?;
        Ok(one_each(rows, session.viewer(), |row| Self(row.host.clone())))
    }
}

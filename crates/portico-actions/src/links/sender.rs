//! The company in whose name links are mailed.

use std::sync::Arc;

use portico_core::id::{CompanyId, IdentityId};
use portico_store::links::link_host_of;

use crate::{ActionError, Work};

/// The company that sends a link, in whose branding its page is shown: that of the invitation or of the portal to which it leads,
/// otherwise that of the person's default portal. None for the platform.
pub(super) async fn sender_of(
    work: &mut Work<'_>,
    identity: IdentityId,
    company: Option<CompanyId>,
) -> Result<Option<CompanyId>, ActionError> {
    if company.is_some() {
        return Ok(company);
    }
    let hosts = Arc::clone(&work.actor().installation.hosts);
    let link_host = link_host_of(work.connection(), &hosts, identity).await?;
    Ok(link_host.and_then(|link_host| link_host.sender))
}

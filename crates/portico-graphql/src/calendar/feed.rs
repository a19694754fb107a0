//! The type `CalendarFeed`.

use async_graphql::{Context, SimpleObject};
use portico_actions::Actor;
use portico_core::id::ProjectId;
use portico_core::links::FeedNonce;
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::calendar::CalendarFeedOfProject;
use portico_loader::portal::EntranceOfCompany;

use crate::error::ApiError;
use crate::load::load;
use crate::scalars::{DateTime, Url};

/// Your calendar feed of a project: an address to which calendar apps subscribe. It shows what you see of the published schedule to
/// anyone who has the address, and ends with your access to the project.
#[gated(CLIENT, TRADE)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct CalendarFeed {
    /// Address.
    url: Url,
    /// Time at which the address was created.
    created_at: DateTime,
}

/// The caller's feed of a project; none before it is created, for staff who view the portal, and if the installation
/// has no host.
pub(crate) async fn calendar_feed_of(ctx: &Context<'_>, id: ProjectId) -> Result<Option<CalendarFeed>, ApiError> {
    if ctx.data_unchecked::<Loader>().viewer().viewed_by.is_some() {
        return Ok(None);
    }
    let Some(row) = load(ctx, CalendarFeedOfProject(id)).await? else { return Ok(None) };
    let entrance = load(ctx, EntranceOfCompany(row.company_id)).await?;
    let installation = &ctx.data_unchecked::<Actor>().installation;
    let host = installation.hosts.of_files(entrance.as_ref().map(|row| row.host.as_str()));
    let (Some(host), Some(nonce)) = (host, FeedNonce::parse(&row.nonce)) else { return Ok(None) };
    let path = installation.links.feed_path(row.id, nonce);
    Ok(Some(CalendarFeed { url: Url(installation.site.address(host, &path)), created_at: row.created_at.into() }))
}

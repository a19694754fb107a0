//! Root of the read operations.

use async_graphql::{Context, ID, Object};
use portico_actions::Actor;
use portico_core::id::Tag;
use portico_core::limits::MAX_PAGE;
use portico_core::network::host_name;
use portico_graphql_macros::gated;
use portico_loader::portal::PortalByHost;
use portico_loader::projects::ProjectById;

use crate::accounts::ViewerNode;
use crate::company::{Company, own_company};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::node::{Node, node_by_id};
use crate::portal::PublicPortal;
use crate::projects::Project;
use crate::support::{Account, open_account};

/// Maximum length of a host name, in characters (RFC 1035).
const MAX_HOST: usize = 253;

/// Read operations.
pub struct Query;

/// Read operations.
#[gated]
#[Object]
impl Query {
    /// The caller: the person or API key whose token was sent.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn viewer(&self) -> ViewerNode {
        ViewerNode
    }

    /// Account that you have opened. Null if it is not open.
    #[shared(SUPPORT)]
    async fn account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "ID of the account.")] id: ID,
    ) -> Result<Option<Account>, ApiError> {
        let Some(id) = ids::read(&id, "id")?.of_kind(Tag::ACCOUNT) else { return Ok(None) };
        open_account(ctx, id.into()).await
    }

    /// Record with a global ID. Null if it does not exist for you.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "Global ID.")] id: ID) -> Result<Option<Node>, ApiError> {
        node_by_id(ctx, ids::read(&id, "id")?).await
    }

    /// Records with global IDs, in the order of `ids`. Null for each that does not exist for you.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global IDs, at most 100.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>, ApiError> {
        if ids.len() > MAX_PAGE as usize {
            return Err(ApiError::bad_input("ids", format!("has more than {MAX_PAGE} IDs: send fewer")));
        }
        let ids: Vec<_> = ids.iter().map(|id| ids::read(id, "ids")).collect::<Result<_, _>>()?;
        // Together, so that ids of one type load in one batch.
        futures_util::future::try_join_all(ids.into_iter().map(|id| node_by_id(ctx, id))).await
    }

    /// Project with an ID. Null if it does not exist for you.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "ID of the project.")] id: ID,
    ) -> Result<Option<Project>, ApiError> {
        let Some(id) = ids::read(&id, "id")?.of_kind(Tag::PROJECT) else { return Ok(None) };
        Ok(load(ctx, ProjectById(id.into())).await?.map(Project))
    }

    /// Company of the caller. Null if you have no access to it.
    #[shared(STAFF)]
    async fn company(&self, ctx: &Context<'_>) -> Result<Option<Company>, ApiError> {
        own_company(ctx).await
    }

    /// Public part of the portal at a host name. Null if there is none.
    #[shared(PUBLIC, CLIENT, STAFF)]
    async fn portal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Host name.")] host: String,
    ) -> Result<Option<PublicPortal>, ApiError> {
        if host.len() > MAX_HOST || host.contains('\0') {
            return Err(ApiError::bad_input("host", "is not a host name"));
        }
        let Some(host) = host_name(&host) else { return Ok(None) };
        if !ctx.data_unchecked::<Actor>().installation.hosts.is_of_portal(&host) {
            return Ok(None);
        }
        Ok(load(ctx, PortalByHost(host)).await?.map(PublicPortal))
    }
}

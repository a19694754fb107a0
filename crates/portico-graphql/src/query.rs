//! The root of all queries.

use async_graphql::{Context, ID, Object};
use portico_actions::Actor;
use portico_core::id::Tag;
use portico_core::limits::MAX_PAGE;
use portico_core::network::host_name;
use portico_graphql_macros::gated;
use portico_loader::portal::EntranceByHost;
use portico_loader::projects::ProjectById;

use crate::company::{Company, own_company};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::node::{Node, node_by_id};
use crate::people::ViewerNode;
use crate::portal::PortalEntrance;
use crate::projects::Project;
use crate::support::{Account, open_account};

/// The longest host name, in characters (RFC 1035).
const MAX_HOST: usize = 253;

/// What can be asked.
pub struct Query;

/// What can be asked.
#[gated]
#[Object]
impl Query {
    /// You: the person, or the key, whose token was sent.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn viewer(&self) -> ViewerNode {
        ViewerNode
    }

    /// An account that you have open, by its id. Null if you have no such account open.
    #[shared(SUPPORT)]
    async fn account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id.")] id: ID,
    ) -> Result<Option<Account>, ApiError> {
        let Some(id) = ids::read(&id, "id")?.of_kind(Tag::ACCOUNT) else { return Ok(None) };
        open_account(ctx, id.into()).await
    }

    /// Anything by its id. Null if there is no such thing for you.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "The id.")] id: ID) -> Result<Option<Node>, ApiError> {
        node_by_id(ctx, ids::read(&id, "id")?).await
    }

    /// Several things by their ids, in the order of the ids, with null for each that is not there for you.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ids; 100 at most.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>, ApiError> {
        if ids.len() > MAX_PAGE as usize {
            return Err(ApiError::bad_input("ids", format!("holds more than {MAX_PAGE} ids")));
        }
        let ids: Vec<_> = ids.iter().map(|id| ids::read(id, "ids")).collect::<Result<_, _>>()?;
        // All at once, so that ids of one kind leave in one batch.
        futures_util::future::try_join_all(ids.into_iter().map(|id| node_by_id(ctx, id))).await
    }

    /// A project by its id. Null if there is no such project for you.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id.")] id: ID,
    ) -> Result<Option<Project>, ApiError> {
        let Some(id) = ids::read(&id, "id")?.of_kind(Tag::PROJECT) else { return Ok(None) };
        Ok(load(ctx, ProjectById(id.into())).await?.map(Project))
    }

    /// The company for which you work.
    #[shared(STAFF)]
    async fn company(&self, ctx: &Context<'_>) -> Result<Option<Company>, ApiError> {
        own_company(ctx).await
    }

    /// The front door of the portal at a host name. Null if there is none.
    #[shared(PUBLIC, CLIENT, STAFF)]
    async fn portal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The host name.")] host: String,
    ) -> Result<Option<PortalEntrance>, ApiError> {
        if host.len() > MAX_HOST || host.contains('\0') {
            return Err(ApiError::bad_input("host", "not a host name"));
        }
        let Some(host) = host_name(&host) else { return Ok(None) };
        if !ctx.data_unchecked::<Actor>().installation.hosts.is_of_portal(&host) {
            return Ok(None);
        }
        Ok(load(ctx, EntranceByHost(host)).await?.map(PortalEntrance))
    }
}

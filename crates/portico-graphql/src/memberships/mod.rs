//! Clients' and trade partners' memberships in projects.

mod contact_membership;
mod project_client;
mod project_client_mutations;
mod project_trade;
mod project_trade_mutations;
mod viewer_membership;

pub(crate) use contact_membership::ContactMembership;
pub(crate) use project_client::ProjectClient;
pub(crate) use project_client_mutations::{ProjectClientMutations, perform_on_client};
pub(crate) use project_trade::{ProjectTrade, project_trade, project_trades};
pub(crate) use project_trade_mutations::ProjectTradeMutations;
pub(crate) use viewer_membership::ViewerMembership;

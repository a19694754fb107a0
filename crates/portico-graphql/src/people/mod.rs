//! People: the viewer, accounts, sign-in, API keys, contacts and project members.

mod account;
mod api_key;
mod api_key_mutations;
mod clients;
mod contact;
mod enums;
mod project_client;
mod project_client_mutations;
mod project_trade;
mod session;
mod sign_in;
mod viewer;

pub(crate) use account::AccountMutations;
pub(crate) use api_key::{ApiKey, own_keys};
pub(crate) use api_key_mutations::ApiKeyMutations;

pub(crate) use clients::{ClientMutations, contact, contact_id};
pub(crate) use contact::{Contact, ContactKind};
pub(crate) use enums::Permission;
pub(crate) use project_client::InvitationState;
pub(crate) use project_client::{ProjectClient, ProjectInvitation};
pub(crate) use project_client_mutations::ProjectClientMutations;
pub(crate) use project_trade::{ProjectTrade, ProjectTradeMutations};
pub(crate) use session::SummaryFrequency;
pub(crate) use sign_in::SignInMutations;
pub(crate) use viewer::ViewerNode;

//! Clients' and trade partners' memberships in projects.

mod member_limit;
mod project_clients;
mod project_trades;
mod shares;

pub use portico_store::memberships::{MembershipChange, SettingsChange};
pub use project_clients::{
    ContactDetails, ProjectClientAdd, ProjectClientMakePrimary, ProjectClientRemove, ProjectClientReplace,
    ProjectClientUpdate,
};
pub use project_trades::{ProjectTradeAdd, ProjectTradeRemove, ProjectTradeUpdate};
pub(crate) use shares::ShareChange;

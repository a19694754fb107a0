//! Disables access layers, by combining the gateway's parts differently.
//!
//! The gateway has no switch for this. Tests choose the viewer of the guards, the viewer of the row check, and the role
//! view and session of the rows.

use std::sync::Arc;

use portico_audience::{Limits, OperationRequest};
use portico_core::access::{Audience, Viewer};
use portico_core::clock::Clock;
use portico_graphql::{Context, Rights};
use portico_loader::{Loader, Tiers};
use portico_store::{Login, RoleLogins, Store};
use serde_json::{Value, json};

use crate::app::POOLS;
use crate::{Person, TestApp};

/// State of an access layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LayerState {
    /// Enabled.
    Up,
    /// Disabled: it checks the insider's rights instead of the outsider's.
    Down,
}

/// States of the access layers.
#[derive(Debug, Clone, Copy)]
pub struct AccessLayers {
    /// Admission against the outsider's role schema.
    pub document: LayerState,
    /// The guards on fields.
    pub guard: LayerState,
    /// The role view of the outsider's audience.
    pub role_view: LayerState,
    /// The loader's check of each row.
    pub row_check: LayerState,
}

impl AccessLayers {
    /// All layers disabled: the view of an insider.
    pub const NONE: Self = Self {
        document: LayerState::Down,
        guard: LayerState::Down,
        role_view: LayerState::Down,
        row_check: LayerState::Down,
    };
}

impl TestApp {
    /// Asks as an outsider, with only some layers enabled.
    ///
    /// Returns the executor's answer without redaction or, from admission, `{"refused": ..}`.
    pub async fn ask_behind(&self, layers: AccessLayers, outsider: &Person, insider: &Person, query: &str) -> Value {
        self.ask_behind_with(layers, outsider, insider, query, json!({})).await
    }

    /// Asks with variables.
    pub async fn ask_behind_with(
        &self,
        layers: AccessLayers,
        outsider: &Person,
        insider: &Person,
        query: &str,
        variables: Value,
    ) -> Value {
        let (outside, inside) = (self.viewer(outsider).await, self.viewer(insider).await);
        let rights = |viewer: &Viewer| Rights::of(viewer);
        if layers.document == LayerState::Up {
            let document = self.gateway().document(rights(&outside)).expect("the role schema is valid");
            let given = variables.as_object().cloned().unwrap_or_default();
            let request = OperationRequest { query, operation_name: None, variables: &given, variable_bytes: 0 };
            if let Err(refusal) = document.admit(&request, &Limits::default()) {
                return json!({ "refused": format!("{refusal:?}") });
            }
        }
        let guarded = rights(if layers.guard == LayerState::Up { &outside } else { &inside });
        let loader = self.loader_behind(layers, &outside, &inside);
        let actor = self.actor(Arc::new(inside));
        let context = Context { rights: guarded, loader, actor, clock: Arc::new(Clock::of_server()) };
        let request = async_graphql::Request::new(query).variables(async_graphql::Variables::from_json(variables));
        let response = self.gateway().execute(request, context).await;
        serde_json::to_value(&response).expect("a response is JSON")
    }

    /// Performs a mutation as staff of the company whose ids are named, in a transaction scoped to another company. The actions' checks
    /// pass, so only row level security can refuse. The database must let the staff find their own membership.
    pub async fn change_in_scope_of(&self, staff: &Person, other: &Person, query: &str, variables: Value) -> Value {
        let (staff, other) = (self.viewer(staff).await, self.viewer(other).await);
        let actor = self.actor(Arc::new(Viewer { scope: other.scope, ..staff.clone() }));
        let loader = Loader::new(self.store().read_as(&Arc::new(staff.clone())), Tiers::none());
        let context = Context { rights: Rights::of(&staff), loader, actor, clock: Arc::new(Clock::of_server()) };
        let request = async_graphql::Request::new(query).variables(async_graphql::Variables::from_json(variables));
        let response = self.gateway().execute(request, context).await;
        serde_json::to_value(&response).expect("a response is JSON")
    }

    fn loader_behind(&self, layers: AccessLayers, outside: &Viewer, inside: &Viewer) -> Loader {
        let checked_by = if layers.row_check == LayerState::Up { outside } else { inside };
        let seen_by = if layers.role_view == LayerState::Up { outside } else { inside };
        let login = match seen_by.audience() {
            Audience::Public => Login::Public,
            Audience::Client => Login::Client,
            Audience::Trade => Login::Trade,
            Audience::Staff => Login::Staff,
            Audience::Support => Login::Support,
        };
        let store = self.store_through(login);
        let viewer = Viewer { session: seen_by.session.clone(), ..checked_by.clone() };
        Loader::new(store.read_as(&Arc::new(viewer)), Tiers::none())
    }

    /// A store in which every audience reads through one login; cached, since connecting takes time.
    fn store_through(&self, login: Login) -> Store {
        let mut made = self.behind_layers.lock().expect("the lock is not poisoned");
        if let Some((_, store)) = made.iter().find(|(known, _)| *known == login) {
            return store.clone();
        }
        let logins = RoleLogins { public: login, client: login, trade: login, staff: login, support: login };
        let store = Store::with_logins(self.database().database(), POOLS, logins);
        made.push((login, store.clone()));
        store
    }
}

//! Takes walls down, by putting the gateway's parts together in other ways.
//!
//! There is no switch for this in the gateway. What stands is chosen here by whose rights the guards go by, whose eyes the
//! loader checks rows with, and whose window and session the rows come through.

use std::sync::Arc;

use portico_audience::{Limits, OperationRequest};
use portico_core::clock::Clock;
use portico_core::people::{Audience, Viewer};
use portico_graphql::{Context, Rights};
use portico_loader::{Loader, Tiers};
use portico_store::{Login, Store, WindowLogins};
use serde_json::{Value, json};

use crate::app::POOLS;
use crate::{Person, TestApp};

/// Whether a wall stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It stands.
    Up,
    /// It has been taken down: what it would ask of an outsider it asks of an insider.
    Down,
}

/// Which walls stand.
#[derive(Debug, Clone, Copy)]
pub struct Walls {
    /// Admission against the outsider's document.
    pub document: Standing,
    /// The guards on fields.
    pub guard: Standing,
    /// The window of the outsider's audience.
    pub window: Standing,
    /// The loader's own check of each row.
    pub row_check: Standing,
}

impl Walls {
    /// No wall at all: what an insider would see.
    pub const NONE: Self =
        Self { document: Standing::Down, guard: Standing::Down, window: Standing::Down, row_check: Standing::Down };
}

impl TestApp {
    /// Asks as an outsider, with only some walls standing between them and what the insider sees.
    ///
    /// The answer is the executor's own, with nothing redacted; or, from admission, `{"refused": ..}`.
    pub async fn ask_behind(&self, walls: Walls, outsider: &Person, insider: &Person, query: &str) -> Value {
        self.ask_behind_with(walls, outsider, insider, query, json!({})).await
    }

    /// The same, with variables.
    pub async fn ask_behind_with(
        &self,
        walls: Walls,
        outsider: &Person,
        insider: &Person,
        query: &str,
        variables: Value,
    ) -> Value {
        let (outside, inside) = (self.viewer(outsider).await, self.viewer(insider).await);
        let rights = |viewer: &Viewer| Rights::of(viewer);
        if walls.document == Standing::Up {
            let document = self.gateway().document(rights(&outside)).expect("the document can be cut");
            let given = variables.as_object().cloned().unwrap_or_default();
            let request = OperationRequest { query, operation_name: None, variables: &given, variable_bytes: 0 };
            if let Err(refusal) = document.admit(&request, &Limits::default()) {
                return json!({ "refused": format!("{refusal:?}") });
            }
        }
        let guarded = rights(if walls.guard == Standing::Up { &outside } else { &inside });
        let loader = self.loader_behind(walls, &outside, &inside);
        let actor = self.actor(Arc::new(inside));
        let context = Context { rights: guarded, loader, actor, clock: Arc::new(Clock::of_server()) };
        let request = async_graphql::Request::new(query).variables(async_graphql::Variables::from_json(variables));
        let response = self.gateway().execute(request, context).await;
        serde_json::to_value(&response).expect("a response is JSON")
    }

    fn loader_behind(&self, walls: Walls, outside: &Viewer, inside: &Viewer) -> Loader {
        let checked_by = if walls.row_check == Standing::Up { outside } else { inside };
        let seen_by = if walls.window == Standing::Up { outside } else { inside };
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

    /// A store in which every audience reads through one login; made once, for connections take their time.
    fn store_through(&self, login: Login) -> Store {
        let mut made = self.behind_walls.lock().expect("nobody panics while it is held");
        if let Some((_, store)) = made.iter().find(|(known, _)| *known == login) {
            return store.clone();
        }
        let logins = WindowLogins { public: login, client: login, trade: login, staff: login, support: login };
        let store = Store::with_logins(self.database().database(), POOLS, logins);
        made.push((login, store.clone()));
        store
    }
}

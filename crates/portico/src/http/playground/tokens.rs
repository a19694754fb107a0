//! Configuration of the playground and the tokens that it offers.

use std::sync::Arc;

use portico_fixtures::world::{DemoToken, World};
use serde_json::{Value, json};

/// A playground with the tokens that it offers.
#[derive(Debug, Clone, Default)]
pub struct Playground {
    /// Readable by every visitor of the page.
    tokens: Arc<[Value]>,
}

impl Playground {
    /// Creates a playground without tokens, as outside the demo.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a playground that offers the demo's tokens, one for each role.
    pub fn for_demo(world: &World) -> Self {
        let offered = |known: &DemoToken| {
            json!({
                "token": known.token,
                "role": known.role.as_str(),
                "person": known.person,
                "about": known.about,
            })
        };
        Self { tokens: world.tokens_of_roles().map(offered).collect() }
    }

    /// The page's configuration as JSON.
    pub(super) fn config(&self) -> String {
        json!({ "endpoint": "/graphql", "tokens": &*self.tokens }).to_string()
    }
}

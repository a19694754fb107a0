//! What a playground offers.

use std::sync::Arc;

use portico_fixtures::world::{DemoToken, World};
use serde_json::{Value, json};

/// A playground, and the tokens that it offers.
#[derive(Debug, Clone, Default)]
pub struct Playground {
    /// Whoever opens the page can read them.
    tokens: Arc<[Value]>,
}

impl Playground {
    /// One that knows no token, as everywhere but in the demo.
    pub fn new() -> Self {
        Self::default()
    }

    /// One that offers the demo's tokens, one for each role.
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

    /// What the page is told when it starts.
    pub(super) fn config(&self) -> String {
        json!({ "endpoint": "/graphql", "tokens": &*self.tokens }).to_string()
    }
}

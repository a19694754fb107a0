//! What is asked.

use serde_json::json;

use crate::world::{Caller, World};

/// One of the three operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operation {
    /// `q1`, `q2` or `q3`.
    pub(crate) name: &'static str,
    /// What it is, for the table.
    pub(crate) about: &'static str,
    /// As the gateway and Mercurius are asked.
    document: &'static str,
    /// As PostGraphile is, whose schema follows from the database. Aliases give its fields the names that ours have.
    for_postgraphile: &'static str,
    /// Whether it asks for one project, by id.
    of_one_project: bool,
}

/// All of them.
pub(crate) const OPERATIONS: [Operation; 3] = [
    Operation {
        name: "q1",
        about: "a dashboard",
        document: include_str!("../operations/q1-dashboard.graphql"),
        for_postgraphile: include_str!("../operations/postgraphile/q1-dashboard.graphql"),
        of_one_project: true,
    },
    Operation {
        name: "q2",
        about: "a list of 20 projects",
        document: include_str!("../operations/q2-list.graphql"),
        for_postgraphile: include_str!("../operations/postgraphile/q2-list.graphql"),
        of_one_project: false,
    },
    Operation {
        name: "q3",
        about: "one small object",
        document: include_str!("../operations/q3-object.graphql"),
        for_postgraphile: include_str!("../operations/postgraphile/q3-object.graphql"),
        of_one_project: true,
    },
];

impl Operation {
    /// Who asks it.
    pub(crate) const fn caller<'a>(&self, world: &'a World) -> &'a Caller {
        if self.of_one_project { &world.of_one } else { &world.of_many }
    }

    /// The body for the gateway.
    pub(crate) fn for_gateway(&self, world: &World) -> String {
        self.body(self.document, &world.project_id)
    }

    /// The body for Mercurius, to which a UUID is an id.
    pub(crate) fn for_mercurius(&self, world: &World) -> String {
        self.body(self.document, &world.project)
    }

    /// The body for PostGraphile.
    pub(crate) fn for_postgraphile(&self, world: &World) -> String {
        self.body(self.for_postgraphile, &world.project)
    }

    /// The path of a baseline, which has one for each operation.
    pub(crate) fn floor_path(&self, world: &World) -> String {
        format!("/{}/{}", self.name, world.project)
    }

    fn body(&self, query: &str, project: &str) -> String {
        let variables = if self.of_one_project { json!({ "project": project }) } else { json!({}) };
        json!({ "query": query, "variables": variables }).to_string()
    }
}

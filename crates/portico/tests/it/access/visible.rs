//! Which rows of the demo's world are whose to see, worked out from the world itself and docs/domain.md: neither role views
//! nor loaders are asked.

use std::collections::BTreeMap;

use portico_fixtures::world::World;
use serde_json::Value;
use uuid::Uuid;

use crate::support::schema::{by_id, uuid_at};

/// Whether an outsider sees a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sight {
    /// They do.
    Seen,
    /// They do not, for a reason that the row itself tells: whose it is, and in what state. The role view hides it, and so
    /// does the loader's check.
    HiddenByItself,
    /// They do not, for a reason that lies in other rows: a feature that is off, work that is another's. The role view alone
    /// knows.
    HiddenByOthers,
}

/// Tables of what a company has of people and not of projects: no outsider sees any of it.
pub(crate) const OF_COMPANIES: [&str; 2] = ["contacts", "leads"];

/// What one outsider may see of the world.
pub(crate) struct Eyes<'a> {
    world: &'a World,
    is_client: bool,
    /// Projects, each with the membership.
    places: BTreeMap<Uuid, Uuid>,
    portals: BTreeMap<Uuid, &'a Value>,
    versions: BTreeMap<Uuid, &'a Value>,
    selections: BTreeMap<Uuid, &'a Value>,
}

impl<'a> Eyes<'a> {
    /// The eyes of a person of the demo as a client or as a trade partner.
    pub(crate) fn of(world: &'a World, person: &str, is_client: bool) -> Self {
        let identity = World::id(&format!("people/{person}"));
        let counts = |row: &&Value| {
            uuid_at(row, "identity_id") == identity
                && row["removed_at"].is_null()
                && row["kind"] == if is_client { "CLIENT" } else { "TRADE" }
                && if is_client { row["access_level"] == "PORTAL" } else { row["web_access"] == true }
        };
        let places = world.rows("project_memberships").iter().filter(counts);
        Self {
            world,
            is_client,
            places: places.map(|row| (uuid_at(row, "project_id"), uuid_at(row, "id"))).collect(),
            portals: world.rows("project_portals").iter().map(|row| (uuid_at(row, "project_id"), row)).collect(),
            versions: by_id(world, "schedule_versions"),
            selections: by_id(world, "selections"),
        }
    }

    /// Whether a row of a table is theirs.
    pub(crate) fn sight(&self, table: &str, row: &Value) -> Sight {
        if OF_COMPANIES.contains(&table) {
            return Sight::HiddenByItself;
        }
        let project = if table == "projects" { uuid_at(row, "id") } else { uuid_at(row, "project_id") };
        let Some(membership) = self.places.get(&project) else { return Sight::HiddenByItself };
        match table {
            "projects" | "locations" => Sight::Seen,
            "team_members" => both(row["is_shown"] == true, !self.is_client || self.has(project, "TEAM")),
            "schedule_versions" => {
                let is_published = row["state"] == "PUBLISHED";
                let is_shared = self.portals[&project]["schedule_share"] != "NONE";
                if self.is_client {
                    both(is_published && is_shared, self.has(project, "SCHEDULE"))
                } else {
                    both(is_published, true)
                }
            }
            "tasks" => self.task(row, project, *membership),
            "milestones" => {
                let milestone = uuid_at(row, "id");
                let tasks = self.world.rows("tasks").iter();
                let mut own = tasks.filter(|task| task["milestone_id"].as_str() == Some(&milestone.to_string()));
                let counts = own.any(|task| {
                    if self.is_client { task["client_viewable"] == true } else { self.is_assigned(task, *membership) }
                });
                both(self.is_published(row), counts && (!self.is_client || self.has(project, "SCHEDULE")))
            }
            "selections" => self.selection(row, project, *membership),
            "selection_options" => self.selection(self.selections[&uuid_at(row, "selection_id")], project, *membership),
            "allowances" => both(self.is_client, self.has(project, "SELECTIONS")),
            "internal_notes" => Sight::HiddenByItself,
            _ => panic!("say here who sees {table}"),
        }
    }

    /// Whether they have a place in the project of a row.
    pub(crate) fn is_in_project_of(&self, table: &str, row: &Value) -> bool {
        !OF_COMPANIES.contains(&table)
            && self.places.contains_key(&uuid_at(row, if table == "projects" { "id" } else { "project_id" }))
    }

    fn task(&self, row: &Value, project: Uuid, membership: Uuid) -> Sight {
        if !self.is_client {
            return both(self.is_published(row), self.is_assigned(row, membership));
        }
        let is_shared = self.portals[&project]["schedule_share"] != "NONE" && self.has(project, "SCHEDULE");
        both(self.is_published(row) && row["client_viewable"] == true, is_shared)
    }

    fn selection(&self, row: &Value, project: Uuid, membership: Uuid) -> Sight {
        let concerns =
            |link: &Value| link["selection_id"] == row["id"] && uuid_at(link, "project_membership_id") == membership;
        let is_theirs = if self.is_client {
            self.has(project, "SELECTIONS")
        } else {
            self.world.rows("selection_trades").iter().any(concerns)
        };
        both(row["status"] != "DRAFT", is_theirs)
    }

    fn is_published(&self, row: &Value) -> bool {
        self.versions[&uuid_at(row, "version_id")]["state"] == "PUBLISHED"
    }

    fn is_assigned(&self, task: &Value, membership: Uuid) -> bool {
        let is_it = |row: &Value| {
            row["task_id"] == task["id"] && row["project_membership_id"].as_str() == Some(&membership.to_string())
        };
        self.world.rows("task_assignees").iter().any(is_it)
    }

    fn has(&self, project: Uuid, feature: &str) -> bool {
        self.portals[&project]["features"].as_array().is_some_and(|features| features.iter().any(|one| one == feature))
    }
}

fn both(by_itself: bool, by_others: bool) -> Sight {
    match (by_itself, by_others) {
        (false, _) => Sight::HiddenByItself,
        (true, false) => Sight::HiddenByOthers,
        (true, true) => Sight::Seen,
    }
}

//! Visible rows of the demo per person, computed from the fixtures and docs/domain.md, independent of role views and
//! loaders.

use std::collections::BTreeMap;

use portico_fixtures::world::World;
use serde_json::Value;
use uuid::Uuid;

use crate::support::schema::{by_id, uuid_at};

/// Visibility of a row for an outsider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Visibility {
    /// Visible.
    Visible,
    /// Hidden for a reason in the row itself: its owner or its state. The role view and the loader's check hide it.
    HiddenByItself,
    /// Hidden for a reason in other rows: a disabled section, another partner's work. Only the role view hides it.
    HiddenByOthers,
}

/// Tables of a company's own data about people: no outsider sees any row.
pub(crate) const OF_COMPANIES: [&str; 2] = ["contacts", "leads"];

/// View of one outsider.
pub(crate) struct OutsiderView<'a> {
    world: &'a World,
    is_client: bool,
    /// Projects, with the membership in each.
    places: BTreeMap<Uuid, Uuid>,
    portals: BTreeMap<Uuid, &'a Value>,
    selections: BTreeMap<Uuid, &'a Value>,
    options: BTreeMap<Uuid, &'a Value>,
    threads: BTreeMap<Uuid, &'a Value>,
    messages: BTreeMap<Uuid, &'a Value>,
    tasks: BTreeMap<Uuid, &'a Value>,
    files: BTreeMap<Uuid, &'a Value>,
}

impl<'a> OutsiderView<'a> {
    /// The view of a person of the demo as a client or a trade partner.
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
            selections: by_id(world, "selections"),
            options: by_id(world, "selection_options"),
            threads: by_id(world, "threads"),
            messages: by_id(world, "messages"),
            tasks: by_id(world, "tasks"),
            files: by_id(world, "files"),
        }
    }

    /// The visibility of a row.
    pub(crate) fn visibility(&self, table: &str, row: &Value) -> Visibility {
        if OF_COMPANIES.contains(&table) {
            return Visibility::HiddenByItself;
        }
        let project = if table == "projects" { uuid_at(row, "id") } else { uuid_at(row, "project_id") };
        let Some(membership) = self.places.get(&project) else { return Visibility::HiddenByItself };
        match table {
            "projects" | "locations" => Visibility::Visible,
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
                if self.is_client {
                    return both(row["client_viewable"] == true, self.has(project, "SCHEDULE"));
                }
                let milestone = uuid_at(row, "id").to_string();
                let mut tasks = self.world.rows("tasks").iter();
                let is_own = |task: &Value| {
                    task["milestone_id"].as_str() == Some(&milestone) && self.is_assigned(task, *membership)
                };
                both(true, tasks.any(is_own))
            }
            "selections" => self.selection(row, project, *membership),
            "selection_options" => self.selection(self.selections[&uuid_at(row, "selection_id")], project, *membership),
            "schedule_delays" => {
                let is_shared = self.portals[&project]["schedule_share"] != "NONE" && self.has(project, "SCHEDULE");
                both(self.is_client && row["client_viewable"] == true, is_shared)
            }
            "allowances" => both(self.is_client, self.has(project, "SELECTIONS")),
            "decisions" => both(self.is_client, true),
            "threads" => self.thread(row, project, *membership),
            "messages" => self.thread(self.threads[&uuid_at(row, "thread_id")], project, *membership),
            "files" => self.file(row, project, *membership),
            "file_attachments" => self.attachment(row, project, *membership),
            "albums" => both(self.is_client && row["shared_with_clients"] == true, self.has(project, "DOCUMENTS")),
            _ => panic!("define here who sees {table}"),
        }
    }

    /// Whether the outsider is a member of the row's project.
    pub(crate) fn is_in_project_of(&self, table: &str, row: &Value) -> bool {
        !OF_COMPANIES.contains(&table)
            && self.places.contains_key(&uuid_at(row, if table == "projects" { "id" } else { "project_id" }))
    }

    fn task(&self, row: &Value, project: Uuid, membership: Uuid) -> Visibility {
        if !self.is_client {
            return both(true, self.is_assigned(row, membership));
        }
        let is_shared = self.portals[&project]["schedule_share"] != "NONE" && self.has(project, "SCHEDULE");
        both(row["client_viewable"] == true, is_shared)
    }

    fn thread(&self, row: &Value, project: Uuid, membership: Uuid) -> Visibility {
        if self.is_client {
            return both(row["audience"] == "CLIENT", self.has(project, "MESSAGES"));
        }
        both(row["trade_membership_id"].as_str() == Some(&membership.to_string()), true)
    }

    fn file(&self, row: &Value, project: Uuid, membership: Uuid) -> Visibility {
        let is_available = row["state"] == "AVAILABLE";
        if self.is_client {
            let is_of_visible_record = |attachment: &Value| {
                attachment["file_id"] == row["id"]
                    && self.record(attachment, project, membership) == Visibility::Visible
                    && attachment["hidden_from_clients"] == false
            };
            let is_section_on =
                self.has(project, "DOCUMENTS") || self.world.rows("file_attachments").iter().any(is_of_visible_record);
            return both(is_available && row["shared_with_clients"] == true, is_section_on);
        }
        // The role view gives a row its partner: without a share, the loader has none to compare.
        let is_share =
            |share: &Value| share["file_id"] == row["id"] && uuid_at(share, "project_membership_id") == membership;
        both(is_available && self.world.rows("file_trades").iter().any(is_share), true)
    }

    /// A file on a record: both are visible, and clients see neither files of tasks nor those that are hidden there.
    fn attachment(&self, row: &Value, project: Uuid, membership: Uuid) -> Visibility {
        let file = self.file(self.files[&uuid_at(row, "file_id")], project, membership);
        let is_shown = !self.is_client || row["hidden_from_clients"] == false;
        let of_record = self.record(row, project, membership);
        if !is_shown || [file, of_record].contains(&Visibility::HiddenByItself) {
            return Visibility::HiddenByItself;
        }
        if [file, of_record].contains(&Visibility::HiddenByOthers) {
            return Visibility::HiddenByOthers;
        }
        Visibility::Visible
    }

    /// The record of an attachment, as one with files.
    fn record(&self, attachment: &Value, project: Uuid, membership: Uuid) -> Visibility {
        let id = uuid_at(attachment, "record_id");
        match attachment["record_kind"].as_str() {
            Some("TASK") if self.is_client => Visibility::HiddenByItself,
            Some("TASK") => self.task(self.tasks[&id], project, membership),
            Some("SELECTION") => self.selection(self.selections[&id], project, membership),
            Some("SELECTION_OPTION") => {
                let of = uuid_at(self.options[&id], "selection_id");
                self.selection(self.selections[&of], project, membership)
            }
            _ => self.thread(self.threads[&uuid_at(self.messages[&id], "thread_id")], project, membership),
        }
    }

    fn selection(&self, row: &Value, project: Uuid, membership: Uuid) -> Visibility {
        let concerns =
            |link: &Value| link["selection_id"] == row["id"] && uuid_at(link, "project_membership_id") == membership;
        let is_theirs = if self.is_client {
            self.has(project, "SELECTIONS")
        } else {
            self.world.rows("selection_trades").iter().any(concerns)
        };
        both(row["status"] != "DRAFT", is_theirs)
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

fn both(by_itself: bool, by_others: bool) -> Visibility {
    match (by_itself, by_others) {
        (false, _) => Visibility::HiddenByItself,
        (true, false) => Visibility::HiddenByOthers,
        (true, true) => Visibility::Visible,
    }
}

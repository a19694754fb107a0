//! Projects, schedules and selections, as their files write them.

use std::collections::BTreeMap;

use portico_core::money::Currency;
use portico_core::people::SummaryFrequency;
use portico_core::portal::{Feature, ScheduleShare};
use portico_core::projects::{ProjectStage, ProjectStatus};
use portico_core::schedule::{DependencyKind, VersionState};
use portico_core::selections::SelectionStatus;
use serde::{Deserialize, Serialize};

use super::values::{Day, Figure, Word};

/// `<company>/<project>/project.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Project {
    pub(super) number: String,
    pub(super) name: String,
    pub(super) status: Word<ProjectStatus>,
    pub(super) stage: Word<ProjectStage>,
    pub(super) time_zone: String,
    pub(super) currency: Word<Currency>,
    pub(super) contract_total: Figure,
    pub(super) created_on: Day,
    pub(super) started_on: Option<Day>,
    #[serde(default)]
    pub(super) locations: Vec<String>,
    pub(super) address: Address,
    pub(super) internals: ProjectInternals,
    pub(super) portal: Portal,
    #[serde(default)]
    pub(super) clients: BTreeMap<String, ClientPlace>,
    #[serde(default)]
    pub(super) trades: BTreeMap<String, TradePlace>,
    #[serde(default)]
    pub(super) team: Vec<TeamMember>,
    #[serde(default)]
    pub(super) allowances: Vec<Allowance>,
    #[serde(default)]
    pub(super) notes: Vec<Note>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Address {
    pub(super) line: String,
    pub(super) city: String,
    pub(super) region: String,
    pub(super) postal_code: String,
    pub(super) country: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProjectInternals {
    pub(super) budget: Figure,
    pub(super) target_margin: Figure,
    pub(super) internal_status: String,
    pub(super) risk_notes: String,
    pub(super) lead_source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Portal {
    pub(super) features: Vec<Word<Feature>>,
    pub(super) schedule_share: Word<ScheduleShare>,
    pub(super) guide_url: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClientPlace {
    pub(super) relationship: Relationship,
    #[serde(default)]
    pub(super) is_primary: bool,
    #[serde(default = "yes")]
    pub(super) can_see_status: bool,
    #[serde(default = "yes")]
    pub(super) can_pay: bool,
    #[serde(default)]
    pub(super) access: AccessLevel,
    pub(super) since: Option<Day>,
    pub(super) removed_on: Option<Day>,
    /// How the company tells them apart.
    pub(super) label: Option<String>,
    /// How often the news is summed up for them until they say so themselves.
    pub(super) summary_frequency: Option<Word<SummaryFrequency>>,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Relationship {
    PrimaryOwner,
    Partner,
    Representative,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum AccessLevel {
    None,
    EmailOnly,
    #[default]
    Portal,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TradePlace {
    pub(super) web_access: bool,
    pub(super) since: Option<Day>,
    pub(super) removed_on: Option<Day>,
}

/// One of the company's staff by `person`, or anybody else by `name`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TeamMember {
    pub(super) person: Option<String>,
    pub(super) name: Option<String>,
    pub(super) title: String,
    pub(super) work_phone: Option<String>,
    pub(super) photo_url: Option<String>,
    #[serde(default = "yes")]
    pub(super) is_shown: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Allowance {
    pub(super) name: String,
    pub(super) granted: Figure,
    #[serde(default)]
    pub(super) material_only: bool,
    pub(super) cost_basis: Figure,
    pub(super) buffer_percent: Option<Figure>,
}

/// A note among staff, beside what it is about.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
    pub(super) by: String,
    pub(super) on: Day,
    pub(super) text: String,
}

/// `<company>/<project>/schedule.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Schedule {
    pub(super) versions: Vec<Version>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Version {
    pub(super) state: Word<VersionState>,
    /// Drafts have none.
    pub(super) number: Option<i32>,
    pub(super) created_on: Day,
    pub(super) published_on: Option<Day>,
    pub(super) publish_notes: Option<String>,
    #[serde(default)]
    pub(super) milestones: Vec<Milestone>,
    /// Tasks that belong to no milestone.
    #[serde(default)]
    pub(super) tasks: Vec<Task>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Milestone {
    pub(super) name: String,
    pub(super) internal_target_on: Option<Day>,
    pub(super) tasks: Vec<Task>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Task {
    pub(super) name: String,
    pub(super) start: Day,
    pub(super) finish: Day,
    /// Without it, the weekdays from start to finish.
    pub(super) work_days: Option<i32>,
    #[serde(default)]
    pub(super) percent: i32,
    #[serde(default = "yes")]
    pub(super) client_viewable: bool,
    /// Tasks of the same version that finish before this one starts.
    #[serde(default)]
    pub(super) after: Vec<String>,
    /// Any other way of waiting.
    #[serde(default)]
    pub(super) linked: Vec<Link>,
    /// Trades of the project and staff of the company.
    #[serde(default)]
    pub(super) assigned: Vec<String>,
    /// The public note: for those who do the work.
    pub(super) brief: Option<String>,
    pub(super) private_notes: Option<String>,
    pub(super) cost_code: Option<String>,
    pub(super) labor_hours: Option<Figure>,
    pub(super) internal_deadline_on: Option<Day>,
    pub(super) buffer_days: Option<i32>,
    #[serde(default)]
    pub(super) notes: Vec<Note>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Link {
    pub(super) to: String,
    pub(super) kind: Word<DependencyKind>,
    #[serde(default)]
    pub(super) lag_days: i32,
}

/// `<company>/<project>/selections.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Selections {
    pub(super) selections: Vec<Selection>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Selection {
    pub(super) title: String,
    pub(super) status: Word<SelectionStatus>,
    pub(super) location: Option<String>,
    pub(super) allowance: Option<String>,
    pub(super) instructions: Option<String>,
    pub(super) due: Option<Day>,
    /// The title of the option that the client chose.
    pub(super) chosen: Option<String>,
    pub(super) locked_on: Option<Day>,
    pub(super) created_on: Option<Day>,
    pub(super) original_budget: Option<Figure>,
    pub(super) revised_budget: Option<Figure>,
    pub(super) trade_info: Option<String>,
    /// The trades whom it concerns.
    #[serde(default)]
    pub(super) trades: Vec<String>,
    pub(super) options: Vec<Choice>,
    #[serde(default)]
    pub(super) notes: Vec<Note>,
}

/// One of a selection's options.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Choice {
    pub(super) title: String,
    pub(super) description: Option<String>,
    /// The client's price; without one it is to be determined.
    pub(super) price: Option<Figure>,
    #[serde(default)]
    pub(super) is_standard: bool,
    pub(super) lead_time_days: Option<i32>,
    pub(super) cost: Figure,
    pub(super) vendor: String,
    pub(super) sku: String,
}

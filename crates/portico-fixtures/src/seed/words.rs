//! Words and shares of seeded worlds: `fixtures/seed/words.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use portico_core::access::Permission;
use portico_core::leads::LeadState;
use portico_core::portal::{Feature, ScheduleShare};
use portico_core::projects::{AccessLevel, ClientRelationship, ProjectStage, ProjectStatus};
use portico_core::schedule::{DelayCause, DependencyKind};
use portico_core::selections::SelectionStatus;
use portico_store::rows::Text;
use serde::Deserialize;

pub(super) static WORDS: LazyLock<Words> = LazyLock::new(|| {
    toml::from_str(include_str!("../../../../fixtures/seed/words.toml"))
        .expect("the words of seeded worlds can be read")
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[rustfmt::skip]
pub(super) struct Words {
    pub(super) company_kinds: Vec<Text>, pub(super) trade_kinds: Vec<Text>, pub(super) project_kinds: Vec<Text>,
    pub(super) rooms: Vec<Text>, pub(super) finishes: Vec<Text>, pub(super) product_lines: Vec<Text>,
    pub(super) vendors: Vec<Text>, pub(super) internal_states: Vec<Text>, pub(super) lead_sources: Vec<Text>,
    pub(super) key_names: Vec<Text>, pub(super) devices: Vec<Text>, pub(super) notes: Vec<Text>,
    pub(super) briefs: Vec<Text>, pub(super) questions: Vec<Text>, pub(super) interests: Vec<Text>,
    pub(super) topics: Vec<Text>, pub(super) messages: Vec<Text>, pub(super) files: Vec<Text>,
    pub(super) photos: Vec<Text>,
    pub(super) instructions: Text, pub(super) welcome: Text,
    /// Cause and reason.
    pub(super) delays: Vec<(DelayCause, Text)>,
    /// Name, month and day.
    pub(super) holidays: Vec<(Text, u32, u32)>,
    /// Title and body; the last one is a draft.
    pub(super) help: Vec<(Text, Text)>,
    /// The choice, with the minimum and maximum price of an option, in whole units.
    pub(super) choices: Vec<(Text, i32, i32)>,
    /// Milestones with their tasks.
    pub(super) phases: Vec<(Text, Vec<Text>)>,
    pub(super) positions: Vec<Position>,
    pub(super) markets: Vec<Market>,
    pub(super) shares: Shares,
}

/// Values with their weights.
type Weighted<T> = Vec<(u32, T)>;

/// How often values occur.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[rustfmt::skip]
pub(super) struct Shares {
    pub(super) project_statuses: Weighted<ProjectStatus>, pub(super) schedule_shares: Weighted<ScheduleShare>,
    pub(super) dependency_kinds: Weighted<DependencyKind>, pub(super) features: BTreeMap<Feature, u32>,
    pub(super) lead_states: Weighted<LeadState>, pub(super) clients: Vec<(ClientRelationship, u32)>,
    /// Quantiles: cumulative share of projects, in 1/10,000, and size of the project; interpolated linearly.
    pub(super) tasks: Vec<(u32, u32)>, pub(super) selections: Vec<(u32, u32)>,
    pub(super) by_status: BTreeMap<ProjectStatus, StatusShares>,
}

/// The same within projects of a status.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatusShares {
    pub(super) stages: Weighted<ProjectStage>,
    pub(super) client_access: Weighted<AccessLevel>,
    pub(super) selections: Weighted<SelectionStatus>,
    /// In percent.
    pub(super) draft_schedules: u32,
}

/// Position of staff other than the owner, with its permissions.
#[derive(Deserialize)]
pub(super) struct Position {
    pub(super) title: Text,
    pub(super) permissions: Vec<Permission>,
}

/// Region where companies build.
#[derive(Deserialize)]
#[rustfmt::skip]
pub(super) struct Market {
    pub(super) weight: u32, pub(super) region: Text, pub(super) country: Text, pub(super) currency: Text,
    /// The first digits of telephone numbers; seven follow.
    pub(super) dial: Text,
    pub(super) locale: Text, pub(super) towns: Vec<Town>,
}

#[derive(Deserialize)]
pub(super) struct Town {
    pub(super) name: Text,
    pub(super) region: Text,
    /// `#` stands for a digit, `@` for a letter.
    pub(super) postal_code: Text,
    pub(super) time_zone: Text,
}

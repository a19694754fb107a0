//! Sections of a world's files.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc, Weekday};
use portico_core::access::{Permission, Role};
use portico_core::accounts::SummaryFrequency;
use portico_core::contacts::ContactKind;
use portico_core::leads::{LeadSource, LeadState};
use portico_core::mail::MailTemplate;
use portico_core::money::Currency;
use portico_core::portal::{Feature, ScheduleShare};
use portico_core::projects::{AccessLevel, ClientRelationship, ProjectStage, ProjectStatus};
use portico_core::schedule::{DependencyKind, VersionState};
use portico_core::selections::SelectionStatus;
use portico_store::rows::Text;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Deserializer, de::Error as _};

use crate::column::IntoColumn;

/// Defines a struct per section. A key without a default is required unless it is an `Option`; unknown keys are
/// rejected.
macro_rules! sections {
    ($($(#[$meta:meta])* $section:ident { $($(#[$key:meta])* $field:ident: $type:ty $(= $default:literal)?,)+ })+) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub(super) struct $section {
                $($(#[$key])* $(#[serde(default = $default)])? pub(super) $field: $type,)+
            }
        )+
    };
}

/// `people.toml`.
pub(super) type People = BTreeMap<String, Person>;

sections! {
    /// A person, by the short name that all other files use.
    Person {
        name: Text, email: Text, phone: Option<Text>, locale: Text = "english", time_zone: Text,
        /// The day of the first sign-in; none for a person who has not signed in yet.
        claimed_on: Option<Day>,
    }

    /// `tokens.toml`: how people and scripts sign in.
    Tokens { sessions: Vec<Session> = "Vec::new", keys: Vec<Key> = "Vec::new", }
    Session {
        token: Text, person: Text, actor: Role,
        /// The employer of staff; none for other sessions.
        company: Option<Text>,
        device: Text = "browser", about: Text,
    }
    Key {
        token: Text, company: Text, name: Text, created_by: Text, permissions: Vec<Permission>,
        /// The projects that the key reads; without a list, all of them.
        projects: Option<Vec<Text>>,
        about: Text,
    }

    /// `<company>/company.toml`.
    Company {
        name: Text, region: Text, currency: Currency, portal_host: Text, public_phone: Option<Text>,
        created_on: Day, branding: Branding, portal: CompanyPortal, help_articles: Vec<HelpArticle> = "Vec::new",
        /// The company's own text of a mail, by template.
        email_templates: BTreeMap<MailTemplate, Text> = "BTreeMap::new",
        /// The form on the company's web site.
        lead_form: Option<LeadForm>,
        staff: BTreeMap<String, Staff>, contacts: BTreeMap<String, Contact> = "BTreeMap::new",
        leads: BTreeMap<String, Lead> = "BTreeMap::new",
    }
    Branding { primary_color: Text, accent_color: Text, logo_url: Option<Text>, website_url: Option<Text>, }
    CompanyPortal {
        default_features: Vec<Feature>, default_schedule_share: ScheduleShare, guide_url: Option<Text>,
        onboarding_video_url: Option<Text>, offers_password: bool = "yes", offers_link: bool = "yes",
    }
    /// A draft unless it has been published.
    HelpArticle { title: Text, body: Text, written_on: Day, published_on: Option<Day>, }
    LeadForm { key: Text, allowed_origins: Vec<Text> = "Vec::new", }
    Lead {
        contact: Text, state: LeadState, source: LeadSource, message: Option<Text>, interest: Option<Text>,
        /// The project that it was converted to.
        project: Option<Text>,
        on: Day,
    }
    Staff {
        role: Role = "staff", title: Text, permissions: Vec<Permission> = "Vec::new",
        /// Per hour, in the company's currency.
        pay_rate: Option<Decimal>,
        private_phone: Option<Text>, since: Option<Day>, removed_on: Option<Day>,
    }
    /// A contact is the person with the same short name; one with a name of its own may have no account.
    Contact {
        kind: ContactKind, name: Option<Text>, email: Option<Text>, phone: Option<Text>,
        internal_notes: Option<Text>, lead_score: Option<i32>, since: Option<Day>,
    }

    /// `<company>/<project>/project.toml`.
    Project {
        number: Text, name: Text, status: ProjectStatus, stage: ProjectStage, time_zone: Text, currency: Currency,
        contract_total: Decimal, created_on: Day, started_on: Option<Day>, locations: Vec<Text> = "Vec::new",
        address: Address, internals: ProjectInternals, portal: Portal,
        clients: BTreeMap<String, Client> = "BTreeMap::new", trades: BTreeMap<String, Trade> = "BTreeMap::new",
        team: Vec<TeamMember> = "Vec::new", allowances: Vec<Allowance> = "Vec::new", notes: Vec<Note> = "Vec::new",
    }
    Address { line: Text, city: Text, region: Text, postal_code: Text, country: Text, }
    ProjectInternals {
        budget: Decimal, target_margin: Decimal, internal_status: Text, risk_notes: Text, lead_source: Text,
    }
    Portal { features: Vec<Feature>, schedule_share: ScheduleShare, guide_url: Option<Text>, }
    Client {
        relationship: ClientRelationship, is_primary: bool = "bool::default", can_see_status: bool = "yes", can_pay: bool = "yes",
        access: AccessLevel = "portal", since: Option<Day>, removed_on: Option<Day>, label: Option<Text>,
        /// The company's setting, which applies until the client sets their own.
        summary_frequency: Option<SummaryFrequency>,
    }
    Trade { web_access: bool, since: Option<Day>, removed_on: Option<Day>, }
    /// A member of the company's staff by `person`, or another person by `name`.
    TeamMember {
        person: Option<Text>, name: Option<Text>, title: Text, work_phone: Option<Text>,
        photo_url: Option<Text>, is_shown: bool = "yes",
    }
    Allowance {
        name: Text, granted: Decimal, material_only: bool = "bool::default", cost_basis: Decimal,
        buffer_percent: Option<Decimal>,
    }
    /// An internal note, beside its subject.
    Note { by: Text, on: Day, text: Text, }

    /// `<company>/<project>/schedule.toml`.
    #[derive(Default)]
    Schedule { versions: Vec<Version>, }
    Version {
        state: VersionState,
        /// None for drafts.
        number: Option<i32>,
        created_on: Day, published_on: Option<Day>, publish_notes: Option<Text>,
        milestones: Vec<Milestone> = "Vec::new",
        /// Tasks without a milestone.
        tasks: Vec<Task> = "Vec::new",
    }
    Milestone { name: Text, internal_target_on: Option<Day>, tasks: Vec<Task>, }
    Task {
        name: Text, start: Day, finish: Day,
        /// By default the weekdays from start to finish.
        work_days: Option<i32>,
        percent: i32 = "i32::default", client_viewable: bool = "yes",
        /// Tasks of the same version that finish before this one starts.
        after: Vec<Text> = "Vec::new",
        /// Dependencies of other kinds.
        linked: Vec<Link> = "Vec::new",
        /// Trade partners of the project and staff of the company.
        assigned: Vec<Text> = "Vec::new",
        /// The public note, for assignees.
        brief: Option<Text>,
        private_notes: Option<Text>, cost_code: Option<Text>, labor_hours: Option<Decimal>,
        internal_deadline_on: Option<Day>, buffer_days: Option<i32>, notes: Vec<Note> = "Vec::new",
    }
    Link { to: Text, kind: DependencyKind, lag_days: i32 = "i32::default", }

    /// `<company>/<project>/selections.toml`.
    #[derive(Default)]
    Selections { selections: Vec<Selection>, }
    Selection {
        title: Text, status: SelectionStatus, location: Option<Text>, allowance: Option<Text>,
        instructions: Option<Text>, due: Option<Day>,
        /// The title of the chosen option.
        chosen: Option<Text>,
        locked_on: Option<Day>, created_on: Option<Day>, original_budget: Option<Decimal>,
        revised_budget: Option<Decimal>, trade_info: Option<Text>,
        /// The trade partners that work on it.
        trades: Vec<Text> = "Vec::new",
        options: Vec<Choice>, notes: Vec<Note> = "Vec::new",
    }
    /// An option of a selection; without a price it is yet to be priced.
    Choice {
        title: Text, description: Option<Text>, price: Option<Decimal>, is_standard: bool = "bool::default",
        lead_time_days: Option<i32>, cost: Decimal, vendor: Text, sku: Text,
    }
}

fn english() -> Text {
    "en".into()
}

fn browser() -> Text {
    "Firefox on a laptop".into()
}

fn yes() -> bool {
    true
}

fn staff() -> Role {
    Role::Staff
}

fn portal() -> AccessLevel {
    AccessLevel::Portal
}

/// A TOML local date: `2026-11-22`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Day(pub(super) NaiveDate);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = toml::value::Datetime::deserialize(deserializer)?;
        let date = written.date.filter(|_| written.time.is_none());
        date.and_then(|date| NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into()))
            .map(Self)
            .ok_or_else(|| D::Error::custom("expected a date alone, as 2026-11-22"))
    }
}

impl Day {
    /// The time of an event: ten in the morning on the Pacific coast, and some minutes later for the next ones of a
    /// day, which keeps their order.
    pub(super) fn at_minute(self, minute: usize) -> DateTime<Utc> {
        let minute = u32::try_from(minute % 60).unwrap_or_default();
        self.0.and_time(NaiveTime::from_hms_opt(18, minute, 0).unwrap_or_default()).and_utc()
    }

    /// The number of weekdays up to another day, both inclusive.
    pub(super) fn weekdays_to(self, last: Self) -> i32 {
        let days = self.0.iter_days().take_while(|day| *day <= last.0);
        let working = days.filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)).count();
        i32::try_from(working).unwrap_or(i32::MAX)
    }
}

impl IntoColumn<NaiveDate> for Day {
    fn into_column(self) -> NaiveDate {
        self.0
    }
}

impl IntoColumn<DateTime<Utc>> for Day {
    fn into_column(self) -> DateTime<Utc> {
        self.at_minute(0)
    }
}

/// An amount in minor units; none if it has more decimals than the currency.
pub(super) fn minor(amount: Decimal, currency: Currency) -> Option<i64> {
    let minor = amount.checked_mul(Decimal::from(10_i64.pow(currency.decimals())))?;
    minor.is_integer().then(|| minor.to_i64()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_or_refused() {
        let in_minor = |text: &str, currency| minor(text.parse().unwrap(), currency);
        assert_eq!(in_minor("1234.57", Currency::Usd), Some(123_457));
        assert_eq!(in_minor("-3", Currency::Usd), Some(-300));
        assert_eq!(in_minor("3", Currency::Jpy), Some(3));
        assert_eq!(in_minor("1.005", Currency::Usd), None);
    }

    #[test]
    fn weekends_are_not_work_days() {
        let day = |day| Day(NaiveDate::from_ymd_opt(2026, 11, day).unwrap());
        let friday = day(20);
        assert_eq!([20, 22, 23].map(|last| friday.weekdays_to(day(last))), [1, 1, 2]);
        assert_eq!(day(23).weekdays_to(friday), 0);
    }
}

//! People, companies and tokens, as their files write them.

use std::collections::BTreeMap;

use portico_core::leads::{LeadSource, LeadState};
use portico_core::mail::MailTemplate;
use portico_core::money::Currency;
use portico_core::people::Permission;
use portico_core::portal::{Feature, ScheduleShare};
use serde::{Deserialize, Serialize};

use super::values::{Day, Figure, Word};

/// `people.toml`: everybody, by a short name that all other files use.
pub(super) type People = BTreeMap<String, Person>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) phone: Option<String>,
    #[serde(default = "english")]
    pub(super) locale: String,
    pub(super) time_zone: String,
    /// When they took their account over; without it nobody has signed in yet.
    pub(super) claimed_on: Option<Day>,
}

fn english() -> String {
    "en".to_owned()
}

/// `tokens.toml`: how people and scripts of a world sign in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tokens {
    #[serde(default)]
    pub(super) sessions: Vec<Session>,
    #[serde(default)]
    pub(super) keys: Vec<Key>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Session {
    pub(super) token: String,
    pub(super) person: String,
    pub(super) actor: Actor,
    /// The company for which staff work; all others have none.
    pub(super) company: Option<String>,
    #[serde(default = "browser")]
    pub(super) device: String,
    pub(super) about: String,
}

fn browser() -> String {
    "Firefox on a laptop".to_owned()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Actor {
    Client,
    Trade,
    Staff,
    Support,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Key {
    pub(super) token: String,
    pub(super) company: String,
    pub(super) name: String,
    pub(super) created_by: String,
    pub(super) permissions: Vec<Word<Permission>>,
    /// The projects that it opens; without a list, all of them.
    pub(super) projects: Option<Vec<String>>,
    pub(super) about: String,
}

/// `<company>/company.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Company {
    pub(super) name: String,
    pub(super) region: String,
    pub(super) currency: Word<Currency>,
    pub(super) portal_host: String,
    pub(super) public_phone: Option<String>,
    pub(super) created_on: Day,
    pub(super) branding: Branding,
    pub(super) portal: CompanyPortal,
    /// What it explains to clients, in order.
    #[serde(default)]
    pub(super) help_articles: Vec<HelpArticle>,
    /// What the company writes in a mail instead of the standard text, by the mail's template.
    #[serde(default)]
    pub(super) email_templates: BTreeMap<Word<MailTemplate>, String>,
    /// The form on the company's site.
    pub(super) lead_form: Option<LeadForm>,
    pub(super) staff: BTreeMap<String, Staff>,
    #[serde(default)]
    pub(super) contacts: BTreeMap<String, Contact>,
    /// Who asked for information, by a short name of the asking.
    #[serde(default)]
    pub(super) leads: BTreeMap<String, Lead>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LeadForm {
    pub(super) key: String,
    #[serde(default)]
    pub(super) allowed_origins: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lead {
    /// The short name of the contact who asked.
    pub(super) contact: String,
    pub(super) state: Word<LeadState>,
    pub(super) source: Word<LeadSource>,
    pub(super) message: Option<String>,
    pub(super) interest: Option<String>,
    /// The project that came of it.
    pub(super) project: Option<String>,
    pub(super) on: Day,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Branding {
    pub(super) primary_color: String,
    pub(super) accent_color: String,
    pub(super) logo_url: Option<String>,
    pub(super) website_url: Option<String>,
}

/// What the company has settled for all its portals.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CompanyPortal {
    pub(super) default_features: Vec<Word<Feature>>,
    pub(super) default_schedule_share: Word<ScheduleShare>,
    pub(super) guide_url: Option<String>,
    pub(super) onboarding_video_url: Option<String>,
    #[serde(default = "yes")]
    pub(super) offers_password: bool,
    #[serde(default = "yes")]
    pub(super) offers_link: bool,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HelpArticle {
    pub(super) title: String,
    pub(super) body: String,
    pub(super) written_on: Day,
    /// Without it, it is a draft.
    pub(super) published_on: Option<Day>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Staff {
    #[serde(default)]
    pub(super) role: StaffRole,
    pub(super) title: String,
    #[serde(default)]
    pub(super) permissions: Vec<Word<Permission>>,
    /// An hour, in the company's currency.
    pub(super) pay_rate: Option<Figure>,
    pub(super) private_phone: Option<String>,
    pub(super) since: Option<Day>,
    pub(super) removed_on: Option<Day>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum StaffRole {
    Owner,
    #[default]
    Staff,
}

/// The company's own card of somebody: of a person, or of a stranger who has a name here alone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contact {
    pub(super) kind: ContactKind,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) internal_notes: Option<String>,
    pub(super) lead_score: Option<i32>,
    pub(super) since: Option<Day>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum ContactKind {
    Client,
    Trade,
    Misc,
}

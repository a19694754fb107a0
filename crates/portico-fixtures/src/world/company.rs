//! Rows of people, companies and tokens.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use portico_core::access::Role;
use portico_core::mail::MailTemplate;
use portico_core::portal::HelpArticleState;
use portico_core::schedule::CalendarException;
use portico_core::sessions::TokenHash;
use portico_store::rows::Text;
use uuid::Uuid;

use super::builder::{Builder, add_row};
use super::project::project;
use super::section::{Day, Section};
use super::{DemoToken, Result};
use crate::{add, row};

/// Start of every session; the expiry is far in the future, since demos have no sign-in.
const STARTED: Day = date(2026, 11, 16);
const LAST_SEEN: Day = date(2026, 11, 21);
const EXPIRES: Day = date(2099, 12, 31);

/// Creation date of people who have not signed in yet.
const KNOWN_SINCE: Day = date(2026, 1, 5);

/// Host of support's sign-in, which belongs to the platform.
const SUPPORT_HOST: &str = "support.portico.example";

const fn date(year: i32, month: u32, day: u32) -> Day {
    Day(NaiveDate::from_ymd_opt(year, month, day).expect("a date of the calendar"))
}

/// A company whose sections are being read.
struct Company<'a> {
    slug: &'a str,
    id: Uuid,
    created_at: DateTime<Utc>,
}

pub(super) fn person(build: &mut Builder<'_>, person: &mut Section) -> Result {
    let slug = person.slug.clone();
    let id = build.name_section(person, format!("people/{slug}"))?;
    let email: String = person.require("email")?;
    let created_at = person.get("claimed_on")?.unwrap_or(KNOWN_SINCE);
    let row = person.fill(row!(Identity { id, email_canonical: email.to_lowercase(), locale: "en", created_at }))?;
    build.people.insert(slug, row.clone());
    build.add(row);
    Ok(())
}

/// Adds a company with its projects.
pub(super) fn company(build: &mut Builder<'_>, slug: &str, projects: &BTreeSet<&str>) -> Result {
    let file = format!("{slug}/company.toml");
    build.open(&file)?.read(|section| {
        let id = build.name(slug)?;
        section.currency = Some(section.require("currency")?);
        let row = section.fill(row!(Company { id, slug: slug.to_owned(), version: 1 }))?;
        let of = &Company { slug, id, created_at: row.created_at };
        build.add(row);
        company_rows(build, of, section)?;
        for name in projects {
            project(build, slug, &format!("{slug}/{name}"))?;
        }
        build.file = file.clone();
        section.each("leads", |lead| self::lead(build, of, lead))
    })
}

/// Adds those of a company's rows that need no project.
fn company_rows(build: &mut Builder<'_>, of: &Company<'_>, section: &mut Section) -> Result {
    let (company_id, created_at) = (of.id, of.created_at);
    section.within("branding", |branding| add_row!(build, branding => CompanyBranding { company_id }))?;
    section.within("portal", |portal| {
        add_row!(build, portal => CompanyPortal {
            company_id, offers_password: true, offers_link: true, default_share_files: true,
            trades_report_progress: true, selection_reminder_days: Some(3),
        })
    })?;
    section.within("work_calendar", |calendar| {
        add_row!(build, calendar => WorkCalendar { company_id, version: 1 })?;
        build.exceptions.clear();
        calendar.each("exceptions", |day| {
            let row = day.fill(row!(WorkCalendarException { company_id }))?;
            build.exceptions.push(CalendarException { on: row.falls_on, is_working: row.is_working });
            build.add(row);
            Ok(())
        })
    })?;
    section.each("help_articles", |article| help_article(build, of, article))?;
    for (key, body) in section.get::<BTreeMap<MailTemplate, Text>>("email_templates")?.unwrap_or_default() {
        add!(build => EmailTemplate { company_id, key, body: Some(body), version: 1, updated_at: created_at });
    }
    if section.has("lead_form") {
        section
            .within("lead_form", |form| add_row!(build, form => LeadForm { company_id, is_open: true, created_at }))?;
    }
    section.each("staff", |staff| staff_member(build, of, staff))?;
    section.each("contacts", |card| contact(build, of, card))
}

/// Adds an article: a draft unless it has been published.
fn help_article(build: &mut Builder<'_>, of: &Company<'_>, article: &mut Section) -> Result {
    let title: Text = article.require("title")?;
    let id = build.name_section(article, format!("{}/help/{title}", of.slug))?;
    let (written, published): (Day, Option<Day>) = (article.require("created_on")?, article.get("published_on")?);
    let state = if published.is_some() { HelpArticleState::Published } else { HelpArticleState::Draft };
    let (sort, updated_at) = (article.position, published.unwrap_or(written));
    add_row!(build, article => HelpArticle { id, company_id: of.id, sort, version: 1, state, updated_at })
}

fn staff_member(build: &mut Builder<'_>, of: &Company<'_>, staff: &mut Section) -> Result {
    let path = format!("{}/staff/{}", of.slug, staff.slug);
    let identity_id = build.find(&format!("people/{}", staff.slug))?;
    let id = build.name_section(staff, path.clone())?;
    let role = staff.get("role")?.unwrap_or(Role::Staff);
    build.staff.insert(path, role);
    let (company_id, created_at) = (of.id, of.created_at);
    add_row!(build, staff => StaffMembership { id, company_id, identity_id, role, created_at })?;
    add_row!(build, staff => StaffInternal { staff_membership_id: id, company_id })
}

/// Adds a contact: the person with the same short name; one with a name of its own may have no account.
fn contact(build: &mut Builder<'_>, of: &Company<'_>, card: &mut Section) -> Result {
    let person = build.people.get(&card.slug).cloned();
    let has_account = person.is_some() || card.get::<Text>("name")?.is_none();
    let identity_id = has_account.then(|| build.find(&format!("people/{}", card.slug))).transpose()?;
    let id = build.name_section(card, format!("{}/contact/{}", of.slug, card.slug))?;
    let (name, email) = person.map(|person| (person.name, person.email)).unzip();
    let (company_id, created_at, name) = (of.id, of.created_at, name.unwrap_or_default());
    add_row!(build, card => Contact { id, company_id, identity_id, name, email, created_at })?;
    add_row!(build, card => ContactInternal { contact_id: id, company_id })
}

/// Adds a lead of a company, after the paths of its contacts and projects.
fn lead(build: &mut Builder<'_>, of: &Company<'_>, lead: &mut Section) -> Result {
    let find = |kind: &str, slug: String| build.find(&format!("{}{kind}/{slug}", of.slug));
    let contact_id = find("/contact", lead.require("contact")?)?;
    let project_id = lead.get("project")?.map(|project| find("", project)).transpose()?;
    let id = build.name_section(lead, format!("{}/lead/{}", of.slug, lead.slug))?;
    let (company_id, updated_at): (Uuid, Day) = (of.id, lead.require("created_on")?);
    add_row!(build, lead => Lead { id, company_id, contact_id, project_id, updated_at, version: 1 })
}

pub(super) fn session(build: &mut Builder<'_>, session: &mut Section) -> Result<DemoToken> {
    let token: String = session.require("token")?;
    let (slug, actor): (String, Role) = (session.require("person")?, session.require("actor")?);
    let company: Option<String> = session.get("company")?;
    let identity_id = build.find(&format!("people/{slug}"))?;
    let id = build.name(&format!("session/{token}"))?;
    session.path.clone_from(&token);
    if (actor == Role::Staff) != company.is_some() {
        return Err(session.error("sessions of staff name a company, and no others do"));
    }
    let staff = company.map(|company| format!("{company}/staff/{slug}"));
    let staff_membership_id = staff.as_ref().map(|path| build.find(path)).transpose()?;
    add_row!(build, session => Session {
        id, token_hash: TokenHash::of(&token).as_str().to_owned(), identity_id, staff_membership_id,
        device: Some("Firefox on a laptop"), created_at: STARTED, last_seen_at: LAST_SEEN, expires_at: EXPIRES,
    })?;
    // An agent may have several sessions.
    if actor == Role::Support && build.paths.insert(format!("agent/{slug}")) {
        add!(build => SupportAgent { identity_id, host: SUPPORT_HOST, since: STARTED });
    }
    let role = staff.and_then(|path| build.staff.get(&path).copied()).unwrap_or(actor);
    let person = build.people.get(&slug).map(|person| person.name.to_string()).unwrap_or_default();
    Ok(DemoToken { token, role, person, about: session.require("about")? })
}

pub(super) fn key(build: &mut Builder<'_>, key: &mut Section) -> Result<DemoToken> {
    let (token, company): (String, String) = (key.require("token")?, key.require("company")?);
    let id = build.name_section(key, format!("{company}/key/{token}"))?;
    let company_id = build.find(&company)?;
    let created_by = build.find(&format!("{company}/staff/{}", key.require::<String>("created_by")?))?;
    // Without a list, it reads all projects.
    let projects: Option<Vec<String>> = key.get("projects")?;
    let person = key.require("name")?;
    add_row!(build, key => ApiKey {
        id, token_hash: TokenHash::of(&token).as_str().to_owned(), company_id, created_by, all_projects: projects.is_none(),
        created_at: STARTED, expires_at: EXPIRES,
    })?;
    for project in projects.iter().flatten() {
        let project_id = build.find(&format!("{company}/{project}"))?;
        add!(build => ApiKeyProject { key_id: id, company_id, project_id });
    }
    Ok(DemoToken { token, role: Role::Reporting, person, about: key.require("about")? })
}

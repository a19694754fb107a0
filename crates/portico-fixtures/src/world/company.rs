//! Rows of people, companies and tokens.

use chrono::NaiveDate;
use portico_core::people::{Role, TokenHash};
use portico_core::portal::HelpArticleState;
use uuid::Uuid;

use super::builder::Builder;
use super::model::{Contact, Day, Key, Lead, People, Session, Staff};
use super::source::CompanySource;
use super::{DemoToken, WorldError};
use crate::add;

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

pub(super) fn people(build: &mut Builder, people: &People) -> Result<(), WorldError> {
    for (slug, person) in people {
        add!(build => Identity {
            id: build.name(&format!("people/{slug}"))?, email: &person.email, email_canonical: person.email.to_lowercase(),
            name: &person.name, phone: &person.phone, locale: &person.locale, time_zone: &person.time_zone,
            claimed_at: person.claimed_on, created_at: person.claimed_on.unwrap_or(KNOWN_SINCE),
        });
    }
    Ok(())
}

/// Adds the company, and those of its rows that need no project.
pub(super) fn company(build: &mut Builder, people: &People, source: &CompanySource) -> Result<(), WorldError> {
    let (slug, company) = (&source.slug, &source.company);
    let (id, created_at) = (build.name(slug)?, company.created_on);
    add!(build => Company {
        id, slug, name: &company.name, region: &company.region, portal_host: Some(&company.portal_host),
        public_phone: &company.public_phone, created_at, version: 1,
    });
    let branding = &company.branding;
    add!(build => CompanyBranding {
        company_id: id, primary_color: &branding.primary_color, accent_color: &branding.accent_color,
        logo_url: &branding.logo_url, website_url: &branding.website_url,
    });
    let portal = &company.portal;
    add!(build => CompanyPortal {
        company_id: id, default_features: &portal.default_features, default_schedule_share: portal.default_schedule_share,
        guide_url: &portal.guide_url, onboarding_video_url: &portal.onboarding_video_url,
        offers_password: portal.offers_password, offers_link: portal.offers_link,
    });
    for (sort, article) in (1..).zip(&company.help_articles) {
        let is_published = article.published_on.is_some();
        add!(build => HelpArticle {
            id: build.name(&format!("{slug}/help/{}", article.title))?, company_id: id, title: &article.title,
            body: &article.body, sort, version: 1, published_at: article.published_on, created_at: article.written_on,
            state: if is_published { HelpArticleState::Published } else { HelpArticleState::Draft },
            updated_at: article.published_on.unwrap_or(article.written_on),
        });
    }
    for (key, body) in &company.email_templates {
        add!(build => EmailTemplate { company_id: id, key: *key, body: Some(body), version: 1, updated_at: created_at });
    }
    if let Some(form) = &company.lead_form {
        let allowed_origins = &form.allowed_origins;
        add!(build => LeadForm { company_id: id, key: &form.key, is_open: true, allowed_origins, created_at });
    }
    for (person, staff) in &company.staff {
        staff_member(build, source, id, person, staff)?;
    }
    for (person, card) in &company.contacts {
        contact(build, people, source, id, (person, card))?;
    }
    Ok(())
}

fn staff_member(
    build: &mut Builder,
    source: &CompanySource,
    company_id: Uuid,
    slug: &str,
    staff: &Staff,
) -> Result<(), WorldError> {
    let path = format!("{}/staff/{slug}", source.slug);
    let identity_id = build.find(&format!("people/{slug}"))?;
    let id = build.name(&path)?;
    add!(build => StaffMembership {
        id, company_id, identity_id, role: staff.role, title: &staff.title, permissions: &staff.permissions,
        removed_at: staff.removed_on, created_at: staff.since.unwrap_or(source.company.created_on),
    });
    let pay_rate = staff.pay_rate.map(|rate| build.minor(&path, rate, source.company.currency));
    add!(build => StaffInternal {
        staff_membership_id: id, company_id, pay_rate_minor: pay_rate.transpose()?, private_phone: &staff.private_phone,
    });
    Ok(())
}

/// Adds a contact: the person with the same short name; one with a name of its own may have no account.
fn contact(
    build: &mut Builder,
    people: &People,
    source: &CompanySource,
    company_id: Uuid,
    (slug, card): (&str, &Contact),
) -> Result<(), WorldError> {
    let person = people.get(slug);
    let has_account = person.is_some() || card.name.is_none();
    let identity_id = has_account.then(|| build.find(&format!("people/{slug}"))).transpose()?;
    let id = build.name(&format!("{}/contact/{slug}", source.slug))?;
    let name = card.name.as_ref().or(person.map(|person| &person.name)).cloned().unwrap_or_default();
    add!(build => Contact {
        id, company_id, identity_id, kind: card.kind, name, phone: &card.phone,
        email: card.email.as_ref().or(person.map(|person| &person.email)),
        created_at: card.since.unwrap_or(source.company.created_on),
    });
    let internal_notes = &card.internal_notes;
    add!(build => ContactInternal { contact_id: id, company_id, internal_notes, lead_score: card.lead_score });
    Ok(())
}

/// Adds a lead of a company, after the paths of its contacts and projects.
pub(super) fn lead(build: &mut Builder, company: &str, slug: &str, lead: &Lead) -> Result<(), WorldError> {
    let project = lead.project.as_ref().map(|project| build.find(&format!("{company}/{project}")));
    add!(build => Lead {
        id: build.name(&format!("{company}/lead/{slug}"))?, company_id: build.find(company)?,
        contact_id: build.find(&format!("{company}/contact/{}", lead.contact))?, state: lead.state, source: lead.source,
        message: &lead.message, interest: &lead.interest, project_id: project.transpose()?, created_at: lead.on,
        updated_at: lead.on, version: 1,
    });
    Ok(())
}

pub(super) fn session(
    build: &mut Builder,
    people: &People,
    companies: &[CompanySource],
    session: &Session,
) -> Result<DemoToken, WorldError> {
    let identity_id = build.find(&format!("people/{}", session.person))?;
    if (session.actor == Role::Staff) != session.company.is_some() {
        return Err(build.unfit(&session.token, "sessions of staff name a company, and no others do"));
    }
    let membership = session.company.as_ref().map(|company| build.find(&format!("{company}/staff/{}", session.person)));
    add!(build => Session {
        id: build.name(&format!("session/{}", session.token))?, token_hash: TokenHash::of(&session.token).as_str().to_owned(),
        identity_id, actor: session.actor, staff_membership_id: membership.transpose()?, device: Some(&session.device),
        created_at: STARTED, last_seen_at: LAST_SEEN, expires_at: EXPIRES,
    });
    // An agent may have several sessions.
    if session.actor == Role::Support && build.paths.insert(format!("agent/{}", session.person)) {
        add!(build => SupportAgent { identity_id, host: SUPPORT_HOST, since: STARTED });
    }
    let company = companies.iter().find(|source| Some(&*source.slug) == session.company.as_deref());
    let staff = company.and_then(|source| source.company.staff.get(&*session.person));
    Ok(DemoToken {
        token: session.token.to_string(),
        role: staff.map_or(session.actor, |staff| staff.role),
        person: people.get(&*session.person).map(|person| person.name.to_string()).unwrap_or_default(),
        about: session.about.to_string(),
    })
}

pub(super) fn key(build: &mut Builder, key: &Key) -> Result<DemoToken, WorldError> {
    let id = build.name(&format!("{}/key/{}", key.company, key.token))?;
    let company_id = build.find(&key.company)?;
    add!(build => ApiKey {
        id, token_hash: TokenHash::of(&key.token).as_str().to_owned(), company_id, name: &key.name,
        created_by: build.find(&format!("{}/staff/{}", key.company, key.created_by))?, permissions: &key.permissions,
        all_projects: key.projects.is_none(), created_at: STARTED, expires_at: EXPIRES,
    });
    for project in key.projects.iter().flatten() {
        let project_id = build.find(&format!("{}/{project}", key.company))?;
        add!(build => ApiKeyProject { key_id: id, company_id, project_id });
    }
    let (token, person, about) = (key.token.to_string(), key.name.to_string(), key.about.to_string());
    Ok(DemoToken { token, role: Role::Reporting, person, about })
}

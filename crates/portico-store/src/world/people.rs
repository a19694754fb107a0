//! People, companies and tokens into rows.

use portico_core::people::{Role, TokenHash};
use portico_core::portal::HelpArticleState;
use serde_json::json;
use uuid::Uuid;

use super::people_model::{Actor, Contact, Key, People, Session, Staff, StaffRole};
use super::rows::Rows;
use super::source::CompanySource;
use super::values::{Day, Figure};
use super::{DemoToken, WorldError};

/// When every session of a world began, was last used and ends. Ends are far away: a demo has nobody to sign in again.
const SESSION: [&str; 3] = ["2026-11-16T18:00:00Z", "2026-11-21T18:00:00Z", "2099-12-31T00:00:00Z"];

/// The day on which people who are in no company's files yet became known.
const KNOWN_SINCE: &str = "2026-01-05T18:00:00Z";

pub(super) fn people(rows: &mut Rows, people: &People) -> Result<(), WorldError> {
    for (slug, person) in people {
        let id = rows.name("people.toml", &format!("people/{slug}"))?;
        let claimed_at = person.claimed_on.map(|day| day.instant());
        rows.add(
            "identities",
            json!({
                "id": id,
                "email": person.email,
                "email_canonical": person.email.to_lowercase(),
                "name": person.name,
                "phone": person.phone,
                "locale": person.locale,
                "time_zone": person.time_zone,
                "claimed_at": claimed_at,
                "disabled_at": null,
                "created_at": claimed_at.unwrap_or_else(|| json!(KNOWN_SINCE)),
            }),
        );
    }
    Ok(())
}

pub(super) fn company(rows: &mut Rows, people: &People, source: &CompanySource) -> Result<(), WorldError> {
    let company = &source.company;
    let id = rows.name(&source.file(), &source.slug)?;
    rows.add(
        "companies",
        json!({
            "id": id,
            "slug": source.slug,
            "name": company.name,
            "region": company.region,
            "portal_host": company.portal_host,
            "public_phone": company.public_phone,
            "created_at": company.created_on.instant(),
            "version": 1,
        }),
    );
    rows.add(
        "company_brandings",
        json!({
            "company_id": id,
            "primary_color": company.branding.primary_color,
            "accent_color": company.branding.accent_color,
            "logo_url": company.branding.logo_url,
            "website_url": company.branding.website_url,
        }),
    );
    portal(rows, source, id)?;
    for (template, body) in &company.email_templates {
        rows.add(
            "email_templates",
            json!({
                "company_id": id,
                "key": template.text(),
                "body": body,
                "version": 1,
                "updated_at": company.created_on.instant(),
            }),
        );
    }
    for (slug, staff) in &company.staff {
        staff_member(rows, source, slug, staff)?;
    }
    for (slug, card) in &company.contacts {
        contact(rows, people, source, slug, card)?;
    }
    Ok(())
}

/// How the company has set its portals up, and what it explains to clients.
fn portal(rows: &mut Rows, source: &CompanySource, company_id: Uuid) -> Result<(), WorldError> {
    let portal = &source.company.portal;
    rows.add(
        "company_portals",
        json!({
            "company_id": company_id,
            "default_features": portal.default_features.iter().map(|feature| feature.text()).collect::<Vec<_>>(),
            "default_schedule_share": portal.default_schedule_share.text(),
            "guide_url": portal.guide_url,
            "onboarding_video_url": portal.onboarding_video_url,
            "offers_password": portal.offers_password,
            "offers_link": portal.offers_link,
        }),
    );
    for (sort, article) in source.company.help_articles.iter().enumerate() {
        let id = rows.name(&source.file(), &format!("{}/help/{}", source.slug, article.title))?;
        let state = if article.published_on.is_some() { HelpArticleState::Published } else { HelpArticleState::Draft };
        rows.add(
            "help_articles",
            json!({
                "id": id,
                "company_id": company_id,
                "title": article.title,
                "body": article.body,
                "sort": sort + 1,
                "state": state,
                "version": 1,
                "published_at": article.published_on.map(Day::instant),
                "created_at": article.written_on.instant(),
                "updated_at": article.published_on.unwrap_or(article.written_on).instant(),
            }),
        );
    }
    Ok(())
}

fn staff_member(rows: &mut Rows, source: &CompanySource, slug: &str, staff: &Staff) -> Result<(), WorldError> {
    let (file, path) = (source.file(), format!("{}/staff/{slug}", source.slug));
    let company_id = rows.find(&file, &source.slug)?;
    let identity_id = rows.find(&file, &format!("people/{slug}"))?;
    let id = rows.name(&file, &path)?;
    rows.add(
        "staff_memberships",
        json!({
            "id": id,
            "company_id": company_id,
            "identity_id": identity_id,
            "role": staff.role,
            "title": staff.title,
            "permissions": staff.permissions.iter().map(|permission| permission.text()).collect::<Vec<_>>(),
            "removed_at": staff.removed_on.map(|day| day.instant()),
            "created_at": staff.since.unwrap_or(source.company.created_on).instant(),
        }),
    );
    let minor = |rate: Figure| {
        let message = "its pay rate has more decimals than the currency".to_owned();
        rate.minor(source.company.currency.0).ok_or(WorldError::Unfit {
            file: file.clone(),
            path: path.clone(),
            message,
        })
    };
    rows.add(
        "staff_internals",
        json!({
            "staff_membership_id": id,
            "company_id": company_id,
            "pay_rate_minor": staff.pay_rate.map(minor).transpose()?,
            "private_phone": staff.private_phone,
        }),
    );
    Ok(())
}

/// A card is of the person with the same short name; one that has a name of its own may be of a stranger.
fn contact(
    rows: &mut Rows,
    people: &People,
    source: &CompanySource,
    slug: &str,
    card: &Contact,
) -> Result<(), WorldError> {
    let (file, path) = (source.file(), format!("{}/contact/{slug}", source.slug));
    let company_id = rows.find(&file, &source.slug)?;
    let person = people.get(slug);
    let identity_id = match (person, &card.name) {
        (None, Some(_)) => None,
        _ => Some(rows.find(&file, &format!("people/{slug}"))?),
    };
    let id = rows.name(&file, &path)?;
    rows.add(
        "contacts",
        json!({
            "id": id,
            "company_id": company_id,
            "identity_id": identity_id,
            "kind": card.kind,
            "name": card.name.as_ref().or(person.map(|person| &person.name)),
            "email": card.email.as_ref().or(person.map(|person| &person.email)),
            "phone": card.phone,
            "created_at": card.since.unwrap_or(source.company.created_on).instant(),
        }),
    );
    rows.add(
        "contact_internals",
        json!({
            "contact_id": id,
            "company_id": company_id,
            "internal_notes": card.internal_notes,
            "lead_score": card.lead_score,
        }),
    );
    Ok(())
}

const TOKENS: &str = "tokens.toml";
/// Where support signs in: a host of the platform's own.
const SUPPORT_HOST: &str = "support.portico.example";

pub(super) fn session(
    rows: &mut Rows,
    people: &People,
    companies: &[CompanySource],
    session: &Session,
) -> Result<DemoToken, WorldError> {
    let id = rows.name(TOKENS, &format!("session/{}", session.token))?;
    let identity_id = rows.find(TOKENS, &format!("people/{}", session.person))?;
    let staff = staff_of(companies, session)?;
    let place = session.company.as_ref().map(|company| format!("{company}/staff/{}", session.person));
    let staff_membership_id = place.map(|path| rows.find(TOKENS, &path)).transpose()?;
    rows.add(
        "sessions",
        json!({
            "id": id,
            "token_hash": TokenHash::of(&session.token).as_str(),
            "identity_id": identity_id,
            "actor": session.actor,
            "staff_membership_id": staff_membership_id,
            "company_id": null,
            "device": session.device,
            "created_at": SESSION[0],
            "last_seen_at": SESSION[1],
            "expires_at": SESSION[2],
            "revoked_at": null,
        }),
    );
    let is_known = rows.of("support_agents").iter().any(|agent| agent["identity_id"] == json!(identity_id));
    if session.actor == Actor::Support && !is_known {
        rows.add(
            "support_agents",
            json!({ "identity_id": identity_id, "host": SUPPORT_HOST, "since": SESSION[0], "ended_at": null }),
        );
    }
    let role = match (session.actor, staff.map(|staff| staff.role)) {
        (Actor::Client, _) => Role::Client,
        (Actor::Trade, _) => Role::Trade,
        (Actor::Support, _) => Role::Support,
        (Actor::Staff, Some(StaffRole::Owner)) => Role::Owner,
        (Actor::Staff, _) => Role::Staff,
    };
    let person = people.get(&session.person).map_or_else(String::new, |person| person.name.clone());
    Ok(DemoToken { token: session.token.clone(), role, person, about: session.about.clone() })
}

/// The membership that a session of staff acts through; a session of anybody else has none.
fn staff_of<'a>(companies: &'a [CompanySource], session: &Session) -> Result<Option<&'a Staff>, WorldError> {
    let Some(company) = &session.company else {
        if session.actor != Actor::Staff {
            return Ok(None);
        }
        let message = "staff work for a company, which is missing".to_owned();
        return Err(WorldError::Unfit { file: TOKENS.to_owned(), path: session.token.clone(), message });
    };
    if session.actor != Actor::Staff {
        let message = "only staff's sessions belong to a company".to_owned();
        return Err(WorldError::Unfit { file: TOKENS.to_owned(), path: session.token.clone(), message });
    }
    let source = companies.iter().find(|source| source.slug == *company);
    Ok(source.and_then(|source| source.company.staff.get(&session.person)))
}

pub(super) fn key(rows: &mut Rows, key: &Key) -> Result<DemoToken, WorldError> {
    let id = rows.name(TOKENS, &format!("{}/key/{}", key.company, key.token))?;
    let company_id = rows.find(TOKENS, &key.company)?;
    let created_by = rows.find(TOKENS, &format!("{}/staff/{}", key.company, key.created_by))?;
    rows.add(
        "api_keys",
        json!({
            "id": id,
            "token_hash": TokenHash::of(&key.token).as_str(),
            "company_id": company_id,
            "name": key.name,
            "created_by": created_by,
            "permissions": key.permissions.iter().map(|permission| permission.text()).collect::<Vec<_>>(),
            "all_projects": key.projects.is_none(),
            "created_at": SESSION[0],
            "expires_at": SESSION[2],
            "revoked_at": null,
        }),
    );
    for project in key.projects.iter().flatten() {
        let project_id = rows.find(TOKENS, &format!("{}/{project}", key.company))?;
        rows.add("api_key_projects", json!({ "key_id": id, "company_id": company_id, "project_id": project_id }));
    }
    Ok(DemoToken {
        token: key.token.clone(),
        role: Role::Reporting,
        person: key.name.clone(),
        about: key.about.clone(),
    })
}

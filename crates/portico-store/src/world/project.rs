//! Projects, their portals, places and people into rows.

use portico_core::money::Currency;
use serde_json::{Value, json};
use uuid::Uuid;

use super::WorldError;
use super::project_model::{AccessLevel, Allowance, ClientPlace, Note, TeamMember, TradePlace};
use super::rows::Rows;
use super::source::ProjectSource;
use super::values::{Day, Figure};

/// A project while its things are written down: whose they are, and which file they stand in.
pub(super) struct Site<'a> {
    pub(super) rows: &'a mut Rows,
    pub(super) file: String,
    /// The company's path, which is its slug.
    pub(super) company: String,
    /// `company/project`.
    pub(super) path: String,
    pub(super) company_id: Uuid,
    pub(super) project_id: Uuid,
    pub(super) currency: Currency,
    pub(super) created_on: Day,
}

impl Site<'_> {
    /// Takes a path within the project.
    pub(super) fn name(&mut self, path: &str) -> Result<Uuid, WorldError> {
        self.rows.name(&self.file, &format!("{}/{path}", self.path))
    }

    /// Something of the same project.
    pub(super) fn find(&self, path: &str) -> Result<Uuid, WorldError> {
        self.rows.find(&self.file, &format!("{}/{path}", self.path))
    }

    /// Something of the same company.
    pub(super) fn find_in_company(&self, path: &str) -> Result<Uuid, WorldError> {
        self.rows.find(&self.file, &format!("{}/{path}", self.company))
    }

    /// A row of the project: to the columns given come the company's and the project's.
    pub(super) fn add(&mut self, table: &'static str, mut row: Value) {
        row["company_id"] = json!(self.company_id);
        row["project_id"] = json!(self.project_id);
        self.rows.add(table, row);
    }

    /// An amount of the thing at `path`, in the project's currency.
    pub(super) fn minor(&self, path: &str, amount: Figure) -> Result<i64, WorldError> {
        amount.minor(self.currency).ok_or_else(|| {
            let message = format!("{} has more decimals than {}", amount.0, self.currency);
            WorldError::Unfit { file: self.file.clone(), path: format!("{}/{path}", self.path), message }
        })
    }

    /// Notes about the thing at `path`; about the project itself, when that is empty.
    pub(super) fn notes(&mut self, kind: &str, path: &str, subject: Uuid, notes: &[Note]) -> Result<(), WorldError> {
        for (place, note) in notes.iter().enumerate() {
            let number = place + 1;
            let path = if path.is_empty() { format!("note/{number}") } else { format!("{path}/note/{number}") };
            let id = self.name(&path)?;
            let author_id = self.find_in_company(&format!("staff/{}", note.by))?;
            self.add(
                "internal_notes",
                json!({
                    "id": id,
                    "subject_kind": kind,
                    "subject_id": subject,
                    "author_id": author_id,
                    "body": note.text,
                    "created_at": note.on.instant_after(place),
                }),
            );
        }
        Ok(())
    }
}

/// Writes the project down, and gives the site on which its schedule and selections go on.
pub(super) fn project<'a>(rows: &'a mut Rows, company: &str, source: &ProjectSource) -> Result<Site<'a>, WorldError> {
    let (project, file) = (&source.project, source.file("project"));
    let company_id = rows.find(&file, company)?;
    let project_id = rows.name(&file, &source.path)?;
    let mut site = Site {
        rows,
        file,
        company: company.to_owned(),
        path: source.path.clone(),
        company_id,
        project_id,
        currency: project.currency.0,
        created_on: project.created_on,
    };
    let contract_total = site.minor("contract_total", project.contract_total)?;
    site.rows.add(
        "projects",
        json!({
            "id": project_id,
            "company_id": company_id,
            "number": project.number,
            "name": project.name,
            "address_line": project.address.line,
            "city": project.address.city,
            "region": project.address.region,
            "postal_code": project.address.postal_code,
            "country": project.address.country,
            "status": project.status.text(),
            "stage": project.stage.text(),
            "time_zone": project.time_zone,
            "currency": project.currency.text(),
            "contract_total_minor": contract_total,
            "started_on": project.started_on.map(Day::date),
            "version": 1,
            "created_at": project.created_on.instant(),
        }),
    );
    let budget = site.minor("budget", project.internals.budget)?;
    site.add(
        "project_internals",
        json!({
            "budget_minor": budget,
            "target_margin": project.internals.target_margin.numeric(),
            "internal_status": project.internals.internal_status,
            "risk_notes": project.internals.risk_notes,
            "lead_source": project.internals.lead_source,
        }),
    );
    site.add(
        "project_portals",
        json!({
            "features": project.portal.features.iter().map(|feature| feature.text()).collect::<Vec<_>>(),
            "schedule_share": project.portal.schedule_share.text(),
            "guide_url": project.portal.guide_url,
        }),
    );
    locations(&mut site, &project.locations)?;
    for (slug, place) in &project.clients {
        client(&mut site, slug, place)?;
    }
    for (slug, place) in &project.trades {
        trade(&mut site, slug, place)?;
    }
    team(&mut site, &project.team)?;
    allowances(&mut site, &project.allowances)?;
    site.notes("PROJECT", "", project_id, &project.notes)?;
    Ok(site)
}

fn locations(site: &mut Site<'_>, names: &[String]) -> Result<(), WorldError> {
    for (sort, name) in names.iter().enumerate() {
        let id = site.name(&format!("location/{name}"))?;
        site.add("locations", json!({ "id": id, "name": name, "sort": sort + 1 }));
    }
    Ok(())
}

fn client(site: &mut Site<'_>, slug: &str, place: &ClientPlace) -> Result<(), WorldError> {
    let id = site.name(&format!("client/{slug}"))?;
    let contact_id = site.find_in_company(&format!("contact/{slug}"))?;
    let identity_id = site.rows.find(&site.file, &format!("people/{slug}"))?;
    let since = place.since.unwrap_or(site.created_on);
    site.add(
        "project_memberships",
        json!({
            "id": id,
            "contact_id": contact_id,
            "identity_id": identity_id,
            "kind": "CLIENT",
            "relationship": place.relationship,
            "is_primary": place.is_primary,
            "can_see_status": place.can_see_status,
            "can_pay": place.can_pay,
            "access_level": place.access,
            "web_access": false,
            "removed_at": place.removed_on.map(|day| day.instant()),
            "created_at": since.instant(),
        }),
    );
    if place.label.is_some() || place.summary_frequency.is_some() {
        site.add(
            "project_client_settings",
            json!({
                "membership_id": id,
                "label": place.label,
                "instant_alerts": null,
                "summary_frequency": place.summary_frequency.map(|frequency| frequency.text()),
            }),
        );
    }
    if place.access == AccessLevel::Portal {
        invitation(site, slug, id, since, place.removed_on)?;
    }
    Ok(())
}

/// Whoever has access was invited once.
fn invitation(
    site: &mut Site<'_>,
    slug: &str,
    membership: Uuid,
    since: Day,
    removed_on: Option<Day>,
) -> Result<(), WorldError> {
    let id = site.name(&format!("invitation/{slug}"))?;
    site.add(
        "invitations",
        json!({
            "id": id,
            "membership_id": membership,
            "state": if removed_on.is_some() { "REVOKED" } else { "ACCEPTED" },
            "template": "CUSTOMER_INVITATION",
            "invited_by": null,
            "sent_at": since.instant(),
            "expires_at": since.instant(),
            "accepted_at": since.instant(),
            "ended_at": removed_on.map(|day| day.instant()),
        }),
    );
    Ok(())
}

fn trade(site: &mut Site<'_>, slug: &str, place: &TradePlace) -> Result<(), WorldError> {
    let id = site.name(&format!("trade/{slug}"))?;
    let contact_id = site.find_in_company(&format!("contact/{slug}"))?;
    let identity_id = site.rows.find(&site.file, &format!("people/{slug}"))?;
    site.add(
        "project_memberships",
        json!({
            "id": id,
            "contact_id": contact_id,
            "identity_id": identity_id,
            "kind": "TRADE",
            "relationship": null,
            "is_primary": false,
            "can_see_status": true,
            "can_pay": false,
            "access_level": "NONE",
            "web_access": place.web_access,
            "removed_at": place.removed_on.map(|day| day.instant()),
            "created_at": place.since.unwrap_or(site.created_on).instant(),
        }),
    );
    Ok(())
}

fn team(site: &mut Site<'_>, team: &[TeamMember]) -> Result<(), WorldError> {
    for (sort, member) in team.iter().enumerate() {
        let called = member.person.as_deref().or(member.name.as_deref()).unwrap_or_default();
        let id = site.name(&format!("team/{called}"))?;
        let staff = member.person.as_ref().map(|person| site.find_in_company(&format!("staff/{person}")));
        site.add(
            "team_members",
            json!({
                "id": id,
                "staff_membership_id": staff.transpose()?,
                "name": member.name,
                "title": member.title,
                "work_phone": member.work_phone,
                "photo_url": member.photo_url,
                "is_shown": member.is_shown,
                "sort": sort + 1,
            }),
        );
    }
    Ok(())
}

fn allowances(site: &mut Site<'_>, allowances: &[Allowance]) -> Result<(), WorldError> {
    for (sort, allowance) in allowances.iter().enumerate() {
        let path = format!("allowance/{}", allowance.name);
        let id = site.name(&path)?;
        let granted = site.minor(&path, allowance.granted)?;
        let cost_basis = site.minor(&path, allowance.cost_basis)?;
        site.add(
            "allowances",
            json!({
                "id": id,
                "name": allowance.name,
                "granted_minor": granted,
                "material_only": allowance.material_only,
                "sort": sort + 1,
                "version": 1,
            }),
        );
        site.add(
            "allowance_costs",
            json!({
                "allowance_id": id,
                "cost_basis_minor": cost_basis,
                "buffer_percent": allowance.buffer_percent.map(Figure::numeric),
            }),
        );
    }
    Ok(())
}

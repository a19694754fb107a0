//! Rows of projects, their schedules and selections.

use portico_core::messages::NoteSubject;
use portico_core::projects::{AccessLevel, MembershipKind};
use portico_core::schedule::DependencyKind;
use portico_core::selections::SelectionStatus;
use portico_store::rows::Row;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::WorldError;
use super::builder::Builder;
use super::model::{Allowance, Choice, Client, Note, Project, Selection, Task, TeamMember, Trade, Version};
use super::source::ProjectSource;
use crate::add;

/// Builder of a project's rows.
struct Site<'a> {
    build: &'a mut Builder,
    company: &'a str,
    path: &'a str,
    project: &'a Project,
    company_id: Uuid,
    project_id: Uuid,
}

impl Site<'_> {
    fn add(&mut self, row: impl Row) {
        self.build.add(row);
    }

    /// Registers a path within the project.
    fn name(&mut self, path: &str) -> Result<Uuid, WorldError> {
        self.build.name(&format!("{}/{path}", self.path))
    }

    /// The id of a record of the project.
    fn find(&self, path: &str) -> Result<Uuid, WorldError> {
        self.build.find(&format!("{}/{path}", self.path))
    }

    /// The id of an optional record of the project.
    fn find_any(&self, kind: &str, name: Option<&str>) -> Result<Option<Uuid>, WorldError> {
        name.map(|name| self.find(&format!("{kind}/{name}"))).transpose()
    }

    fn find_in_company(&self, path: &str) -> Result<Uuid, WorldError> {
        self.build.find(&format!("{}/{path}", self.company))
    }

    /// The amount of the record at a path within the project.
    fn minor(&self, path: &str, amount: Decimal) -> Result<i64, WorldError> {
        self.build.minor(&format!("{}/{path}", self.path), amount, self.project.currency)
    }
}

pub(super) fn project(build: &mut Builder, company: &str, source: &ProjectSource) -> Result<(), WorldError> {
    build.file = source.file("project");
    let (company_id, project_id) = (build.find(company)?, build.name(&source.path)?);
    let mut site = Site { build, company, path: &source.path, project: &source.project, company_id, project_id };
    project_rows(&mut site)?;
    for (slug, client) in &source.project.clients {
        client_rows(&mut site, slug, client)?;
    }
    for (slug, trade) in &source.project.trades {
        trade_row(&mut site, slug, trade)?;
    }
    for (sort, member) in (1..).zip(&source.project.team) {
        team_member(&mut site, sort, member)?;
    }
    for (sort, allowance) in (1..).zip(&source.project.allowances) {
        allowance_rows(&mut site, sort, allowance)?;
    }
    notes(&mut site, NoteSubject::Project, "", project_id, &source.project.notes)?;
    site.build.file = source.file("schedule");
    for version in &source.schedule.versions {
        version_rows(&mut site, version)?;
    }
    site.build.file = source.file("selections");
    let mut shared = 0;
    for selection in &source.selections.selections {
        // Numbered in the order of the file; drafts have no number.
        let is_shared = selection.status != SelectionStatus::Draft;
        shared += i32::from(is_shared);
        selection_rows(&mut site, is_shared.then_some(shared), selection)?;
    }
    Ok(())
}

fn project_rows(site: &mut Site<'_>) -> Result<(), WorldError> {
    let &mut Site { project, company_id, project_id, .. } = site;
    let contract_total_minor = site.minor("contract_total", project.contract_total)?;
    let budget_minor = Some(site.minor("budget", project.internals.budget)?);
    add!(site => Project {
        id: project_id, company_id, number: &project.number, name: &project.name, address_line: &project.address.line,
        city: &project.address.city, region: &project.address.region, postal_code: &project.address.postal_code,
        country: &project.address.country, status: project.status, stage: project.stage, time_zone: &project.time_zone,
        currency: project.currency, contract_total_minor, started_on: project.started_on, version: 1,
        created_at: project.created_on,
    });
    add!(site => ProjectInternal {
        project_id, company_id, budget_minor, target_margin: Some(project.internals.target_margin),
        internal_status: Some(&project.internals.internal_status), risk_notes: Some(&project.internals.risk_notes),
        lead_source: Some(&project.internals.lead_source),
    });
    add!(site => ProjectPortal {
        project_id, company_id, features: &project.portal.features, schedule_share: project.portal.schedule_share,
        guide_url: &project.portal.guide_url,
    });
    for (sort, name) in (1..).zip(&project.locations) {
        add!(site => Location { id: site.name(&format!("location/{name}"))?, company_id, project_id, name, sort });
    }
    Ok(())
}

fn client_rows(site: &mut Site<'_>, slug: &str, client: &Client) -> Result<(), WorldError> {
    let &mut Site { company_id, project_id, .. } = site;
    let id = site.name(&format!("client/{slug}"))?;
    let since = client.since.unwrap_or(site.project.created_on);
    add!(site => ProjectMembership {
        id, company_id, project_id, contact_id: site.find_in_company(&format!("contact/{slug}"))?,
        identity_id: site.build.find(&format!("people/{slug}"))?, kind: MembershipKind::Client,
        relationship: Some(client.relationship), is_primary: client.is_primary, can_see_status: client.can_see_status,
        can_pay: client.can_pay, access_level: client.access, removed_at: client.removed_on,
        created_at: since,
    });
    if client.label.is_some() || client.summary_frequency.is_some() {
        add!(site => ProjectClientSettings {
            membership_id: id, company_id, project_id, label: &client.label,
            summary_frequency: client.summary_frequency,
        });
    }
    // Clients with access were invited once.
    if client.access == AccessLevel::Portal {
        add!(site => Invitation {
            id: site.name(&format!("invitation/{slug}"))?, company_id, project_id, membership_id: id,
            state: if client.removed_on.is_some() { "REVOKED" } else { "ACCEPTED" }, template: "CUSTOMER_INVITATION",
            sent_at: since, expires_at: since, accepted_at: Some(since), ended_at: client.removed_on,
        });
    }
    Ok(())
}

fn trade_row(site: &mut Site<'_>, slug: &str, trade: &Trade) -> Result<(), WorldError> {
    let &mut Site { company_id, project_id, .. } = site;
    let id = site.name(&format!("trade/{slug}"))?;
    add!(site => ProjectMembership {
        id, company_id, project_id, contact_id: site.find_in_company(&format!("contact/{slug}"))?,
        identity_id: site.build.find(&format!("people/{slug}"))?, kind: MembershipKind::Trade, can_see_status: true,
        access_level: AccessLevel::None, web_access: trade.web_access, removed_at: trade.removed_on,
        created_at: trade.since.unwrap_or(site.project.created_on),
    });
    Ok(())
}

fn team_member(site: &mut Site<'_>, sort: i32, member: &TeamMember) -> Result<(), WorldError> {
    let &mut Site { company_id, project_id, .. } = site;
    let called = member.person.as_ref().or(member.name.as_ref()).cloned().unwrap_or_default();
    let id = site.name(&format!("team/{called}"))?;
    let staff = member.person.as_ref().map(|person| site.find_in_company(&format!("staff/{person}")));
    add!(site => TeamMember {
        id, company_id, project_id, staff_membership_id: staff.transpose()?, name: &member.name, title: &member.title,
        work_phone: &member.work_phone, photo_url: &member.photo_url, is_shown: member.is_shown, sort,
    });
    Ok(())
}

fn allowance_rows(site: &mut Site<'_>, sort: i32, allowance: &Allowance) -> Result<(), WorldError> {
    let &mut Site { company_id, project_id, .. } = site;
    let path = format!("allowance/{}", allowance.name);
    let id = site.name(&path)?;
    add!(site => Allowance {
        id, company_id, project_id, name: &allowance.name, granted_minor: site.minor(&path, allowance.granted)?,
        material_only: allowance.material_only, sort, version: 1,
    });
    add!(site => AllowanceCost {
        allowance_id: id, company_id, project_id, cost_basis_minor: Some(site.minor(&path, allowance.cost_basis)?),
        buffer_percent: allowance.buffer_percent,
    });
    Ok(())
}

/// Adds notes about the record at a path; about the project itself if the path is empty.
fn notes(
    site: &mut Site<'_>,
    kind: NoteSubject,
    path: &str,
    subject_id: Uuid,
    notes: &[Note],
) -> Result<(), WorldError> {
    for (place, note) in notes.iter().enumerate() {
        let path = format!("{path}/note/{}", place + 1);
        let id = site.name(path.trim_start_matches('/'))?;
        add!(site => InternalNote {
            id, company_id: site.company_id, project_id: site.project_id, subject_kind: kind, subject_id,
            author_id: site.find_in_company(&format!("staff/{}", note.by))?, body: &note.text,
            created_at: note.on.at_minute(place),
        });
    }
    Ok(())
}

fn version_rows(site: &mut Site<'_>, version: &Version) -> Result<(), WorldError> {
    let &mut Site { company_id, project_id, .. } = site;
    let label = version.number.map_or_else(|| "draft".to_owned(), |number| format!("v{number}"));
    let version_id = site.name(&format!("schedule/{label}"))?;
    add!(site => ScheduleVersion {
        id: version_id, company_id, project_id, state: version.state, number: version.number,
        published_at: version.published_on, created_at: version.created_on,
    });
    let publish_notes = &version.publish_notes;
    add!(site => ScheduleVersionInternal { version_id, company_id, project_id, publish_notes });

    let mut tasks: Vec<(Option<Uuid>, &Task)> = Vec::new();
    for (sort, milestone) in (1..).zip(&version.milestones) {
        let milestone_id = site.name(&format!("milestone/{label}/{}", milestone.name))?;
        let (name, internal_target_on) = (&milestone.name, milestone.internal_target_on);
        add!(site => Milestone { id: milestone_id, company_id, project_id, version_id, name, sort });
        add!(site => MilestoneInternal { milestone_id, company_id, project_id, internal_target_on });
        tasks.extend(milestone.tasks.iter().map(|task| (Some(milestone_id), task)));
    }
    tasks.extend(version.tasks.iter().map(|task| (None, task)));
    for (sort, (milestone_id, task)) in (1..).zip(&tasks) {
        let path = format!("task/{label}/{}", task.name);
        let id = site.name(&path)?;
        add!(site => Task {
            id, company_id, project_id, version_id, milestone_id: *milestone_id, name: &task.name,
            start_on: task.start, finish_on: task.finish,
            work_days: task.work_days.unwrap_or_else(|| task.start.weekdays_to(task.finish)),
            percent_complete: task.percent, client_viewable: task.client_viewable, sort, version: 1,
        });
        task_companions(site, &label, id, task)?;
        notes(site, NoteSubject::Task, &path, id, &task.notes)?;
    }
    // After all tasks are registered, since a task may depend on a later one.
    for (_, task) in &tasks {
        let plain = task.after.iter().map(|to| (to, DependencyKind::FinishToStart, 0));
        let linked = task.linked.iter().map(|link| (&link.to, link.kind, link.lag_days));
        for (to, kind, lag_days) in plain.chain(linked) {
            add!(site => TaskDependency {
                task_id: site.find(&format!("task/{label}/{}", task.name))?,
                predecessor_id: site.find(&format!("task/{label}/{to}"))?, company_id, project_id, kind, lag_days,
            });
        }
    }
    Ok(())
}

/// Adds the rows of a task in its companion tables.
fn task_companions(site: &mut Site<'_>, label: &str, task_id: Uuid, task: &Task) -> Result<(), WorldError> {
    let &mut Site { company_id, project_id, .. } = site;
    add!(site => TaskInternal {
        task_id, company_id, project_id, private_notes: &task.private_notes, cost_code: &task.cost_code,
        labor_hours: task.labor_hours, internal_deadline_on: task.internal_deadline_on, buffer_days: task.buffer_days,
    });
    if let Some(public_notes) = &task.brief {
        add!(site => TaskBrief { task_id, company_id, project_id, public_notes });
    }
    for slug in &task.assigned {
        let id = site.name(&format!("assignee/{label}/{}/{slug}", task.name))?;
        let trade = site.find(&format!("trade/{slug}")).ok();
        let staff = if trade.is_none() { Some(site.find_in_company(&format!("staff/{slug}"))?) } else { None };
        add!(site => TaskAssignee {
            id, company_id, project_id, task_id, project_membership_id: trade, staff_membership_id: staff,
        });
    }
    Ok(())
}

fn selection_rows(site: &mut Site<'_>, number: Option<i32>, selection: &Selection) -> Result<(), WorldError> {
    let &mut Site { company_id, project_id, .. } = site;
    let title = &selection.title;
    let path = format!("selection/{title}");
    let id = site.name(&path)?;
    for (sort, choice) in (1..).zip(&selection.options) {
        option_rows(site, title, id, sort, choice)?;
    }
    add!(site => Selection {
        id, company_id, project_id, location_id: site.find_any("location", selection.location.as_deref())?,
        allowance_id: site.find_any("allowance", selection.allowance.as_deref())?, number, title,
        instructions: &selection.instructions, status: selection.status, due_on: selection.due,
        chosen_option_id: site.find_any(&format!("option/{title}"), selection.chosen.as_deref())?,
        locked_at: selection.locked_on, version: 1,
        created_at: selection.created_on.unwrap_or(site.project.created_on),
    });
    let minor = |amount| site.minor(&path, amount);
    let original_budget_minor = selection.original_budget.map(minor).transpose()?;
    let revised_budget_minor = selection.revised_budget.map(minor).transpose()?;
    add!(site => SelectionInternal {
        selection_id: id, company_id, project_id, original_budget_minor, revised_budget_minor,
    });
    if let Some(trade_info) = &selection.trade_info {
        add!(site => SelectionTradeInfo { selection_id: id, company_id, project_id, trade_info });
    }
    for slug in &selection.trades {
        let project_membership_id = site.find(&format!("trade/{slug}"))?;
        add!(site => SelectionTrade { selection_id: id, project_membership_id, company_id, project_id });
    }
    notes(site, NoteSubject::Selection, &path, id, &selection.notes)
}

fn option_rows(
    site: &mut Site<'_>,
    selection: &str,
    selection_id: Uuid,
    sort: i32,
    choice: &Choice,
) -> Result<(), WorldError> {
    let &mut Site { company_id, project_id, .. } = site;
    let path = format!("option/{selection}/{}", choice.title);
    let id = site.name(&path)?;
    add!(site => SelectionOption {
        id, company_id, project_id, selection_id, title: &choice.title, description: &choice.description,
        price_minor: choice.price.map(|price| site.minor(&path, price)).transpose()?, is_standard: choice.is_standard,
        lead_time_days: choice.lead_time_days, sort, version: 1,
    });
    add!(site => SelectionOptionCost {
        option_id: id, company_id, project_id, unit_cost_minor: site.minor(&path, choice.cost)?,
        vendor: Some(&choice.vendor), vendor_sku: Some(&choice.sku),
    });
    Ok(())
}

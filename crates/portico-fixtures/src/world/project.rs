//! Rows of projects and their selections.

use chrono::{DateTime, Utc};
use portico_core::invitations::InvitationState;
use portico_core::mail::MailTemplate;
use portico_core::messages::ThreadSubject;
use portico_core::projects::{AccessLevel, ClientRelationship, MembershipKind};
use portico_core::selections::{AllowanceCovers, AllowanceEntryKind, SelectionStatus, UnusedAllowancePolicy};
use portico_store::rows::{ProjectClientSettings, Row, SelectionTradeInfo, Text};
use serde_json::json;
use uuid::Uuid;

use super::builder::{Builder, add_row};
use super::decisions::decision_rows;
use super::files::{Used, album_rows, cover_row, file_rows, storage_row};
use super::schedule::schedule_rows;
use super::section::{Day, Section};
use super::threads::{note_rows, thread_rows};
use super::{Result, World};
use crate::decisions::Chain;
use crate::{add, row};

/// Builder of a project's rows.
pub(super) struct Site<'a, 'b> {
    pub(super) build: &'a mut Builder<'b>,
    company: &'a str,
    pub(super) path: &'a str,
    /// Of the company and the project.
    pub(super) ids: (Uuid, Uuid),
    pub(super) created_at: DateTime<Utc>,
    /// Number of selections so far that are shared.
    shared: i32,
}

impl Site<'_, '_> {
    pub(super) fn add(&mut self, row: impl Row) {
        self.build.rows.add_to_project(self.ids, row);
    }

    /// Registers a path within the project.
    pub(super) fn name(&mut self, path: &str) -> Result<Uuid> {
        self.build.name(&format!("{}/{path}", self.path))
    }

    /// Registers a path within the project for the record of a section.
    pub(super) fn name_section(&mut self, section: &mut Section, path: &str) -> Result<Uuid> {
        self.build.name_section(section, format!("{}/{path}", self.path))
    }

    /// The id of a record that several sections describe, registered by the first of them. And whether this is the first.
    pub(super) fn name_shared(&mut self, path: &str) -> (Uuid, bool) {
        let path = format!("{}/{path}", self.path);
        (World::id(&path), self.build.paths.insert(path))
    }

    /// The id of a record of the project.
    pub(super) fn find(&self, path: &str) -> Result<Uuid> {
        self.build.find(&format!("{}/{path}", self.path))
    }

    /// The id of the record of the project that a key names, if it is there.
    pub(super) fn find_optional(&self, section: &mut Section, key: &str, kind: &str) -> Result<Option<Uuid>> {
        let name: Option<Text> = section.get(key)?;
        name.map(|name| self.find(&format!("{kind}/{name}"))).transpose()
    }

    /// Registers a path within the company.
    pub(super) fn name_in_company(&mut self, path: &str) -> Result<Uuid> {
        self.build.name(&format!("{}/{path}", self.company))
    }

    pub(super) fn find_in_company(&self, path: &str) -> Result<Uuid> {
        self.build.find(&format!("{}/{path}", self.company))
    }
}

/// Adds the project at a path, with its schedule and selections.
pub(super) fn project(build: &mut Builder<'_>, company: &str, path: &str) -> Result {
    build.open(&format!("{path}/project.toml"))?.read(|section| {
        let (company_id, project_id) = (build.find(company)?, build.name(path)?);
        section.currency = Some(section.require("currency")?);
        let row = section.fill(row!(Project { id: project_id, company_id, version: 1, shared_version: 1 }))?;
        let created_at = row.created_at;
        build.add(row);
        let mut site = Site { build, company, path, ids: (company_id, project_id), created_at, shared: 0 };
        project_rows(&mut site, section)?;
        if let Some(schedule) = site.build.open_optional(&format!("{path}/schedule.toml"), section.currency)? {
            schedule.read(|schedule| schedule_rows(&mut site, schedule))?;
        }
        if let Some(selections) = site.build.open_optional(&format!("{path}/selections.toml"), section.currency)? {
            selections.read(|file| file.each("selections", |selection| selection_rows(&mut site, selection)))?;
        }
        if let Some(files) = site.build.open_optional(&format!("{path}/files.toml"), section.currency)? {
            let mut used = Used::default();
            files.read(|list| {
                list.each("albums", |album| album_rows(&mut site, album))?;
                list.each("files", |file| file_rows(&mut site, &mut used, file))?;
                cover_row(&mut site, list)
            })?;
            storage_row(&mut site, &used);
        }
        // After the files that clients saw.
        if let Some(file) = site.build.open_optional(&format!("{path}/decisions.toml"), section.currency)? {
            let mut chain = Chain::default();
            file.read(|file| file.each("decisions", |decision| decision_rows(&mut site, &mut chain, decision)))?;
        }
        // After the records that threads are about.
        if let Some(threads) = site.build.open_optional(&format!("{path}/threads.toml"), section.currency)? {
            threads.read(|file| file.each("threads", |thread| thread_rows(&mut site, thread)))?;
        }
        Ok(())
    })
}

fn project_rows(site: &mut Site<'_, '_>, section: &mut Section) -> Result {
    section.within("internals", |internals| add_row!(site, internals => ProjectInternal {}))?;
    section.within("portal", |portal| add_row!(site, portal => ProjectPortal {}))?;
    for (sort, name) in (1..).zip(section.get::<Vec<Text>>("locations")?.unwrap_or_default()) {
        add!(site => Location { id: site.name(&format!("location/{name}"))?, name, sort });
    }
    section.each("clients", |client| member_rows(site, MembershipKind::Client, client))?;
    section.each("trades", |trade| member_rows(site, MembershipKind::Trade, trade))?;
    section.each("team", |member| team_member(site, member))?;
    section.each("allowances", |allowance| allowance_rows(site, allowance))?;
    note_rows(site, (ThreadSubject::Project, site.ids.1), "notes", section)
}

/// Adds a client or a trade partner. Clients have access to the portal and may pay unless it is written otherwise.
fn member_rows(site: &mut Site<'_, '_>, kind: MembershipKind, member: &mut Section) -> Result {
    let created_at = site.created_at;
    let (slug, is_client) = (member.slug.clone(), kind == MembershipKind::Client);
    let id = site.name_section(member, &format!("{}/{slug}", kind.as_str().to_lowercase()))?;
    let usual = if is_client { AccessLevel::Portal } else { AccessLevel::None };
    let access_level = member.get("access_level")?.unwrap_or(usual);
    let relationship: Option<ClientRelationship> = member.get("relationship")?;
    add_row!(site, member => ProjectMembership {
        id, contact_id: site.find_in_company(&format!("contact/{slug}"))?, kind, created_at,
        identity_id: site.build.find(&format!("people/{slug}"))?, can_see_status: true, can_pay: is_client,
        can_approve: relationship.is_some_and(ClientRelationship::may_approve), access_level,
    })?;
    if member.has_any_of::<ProjectClientSettings>() {
        add_row!(site, member => ProjectClientSettings { membership_id: id })?;
    }
    // Clients with access were invited once.
    if access_level == AccessLevel::Portal {
        let since = member.get::<Day>("created_on")?.map_or(created_at, |day| day.at_minute(0));
        let ended_at = member.get::<Day>("removed_on")?;
        let state = if ended_at.is_some() { InvitationState::Revoked } else { InvitationState::Accepted };
        add!(site => Invitation {
            id: site.name(&format!("invitation/{slug}"))?, membership_id: id, state, ended_at,
            template: MailTemplate::CustomerInvitation, sent_at: since, expires_at: since, accepted_at: Some(since),
        });
    }
    Ok(())
}

/// Adds a member of the company's staff by `person`, or another person by `name`.
fn team_member(site: &mut Site<'_, '_>, member: &mut Section) -> Result {
    let (person, name): (Option<Text>, Option<Text>) = (member.get("person")?, member.get("name")?);
    let staff = person.as_ref().map(|person| site.find_in_company(&format!("staff/{person}")));
    let id = site.name_section(member, &format!("team/{}", person.or(name).unwrap_or_default()))?;
    let (staff_membership_id, sort) = (staff.transpose()?, member.position);
    add_row!(site, member => TeamMember { id, staff_membership_id, is_shown: true, sort })
}

fn allowance_rows(site: &mut Site<'_, '_>, allowance: &mut Section) -> Result {
    let name: Text = allowance.require("name")?;
    let (id, sort) = (site.name_section(allowance, &format!("allowance/{name}"))?, allowance.position);
    let created_at = site.created_at;
    let row = allowance.fill(row!(Allowance {
        id,
        sort,
        version: 1,
        covers: AllowanceCovers::MaterialAndLabor,
        unused_policy: UnusedAllowancePolicy::Keep,
    }))?;
    let entry = World::id(&format!("{}/allowance/{name}/granted", site.path));
    add!(site => AllowanceEntry {
        id: entry, allowance_id: id, kind: AllowanceEntryKind::Granted, amount_minor: row.granted_minor, created_at,
    });
    site.add(row);
    add_row!(site, allowance => AllowanceCost { allowance_id: id })
}

/// Adds a selection. Those that are shared are numbered in the order of the file.
fn selection_rows(site: &mut Site<'_, '_>, selection: &mut Section) -> Result {
    let created_at = site.created_at;
    let (title, status): (Text, SelectionStatus) = (selection.require("title")?, selection.require("status")?);
    let path = format!("selection/{title}");
    let id = site.name_section(selection, &path)?;
    selection.each("options", |choice| option_rows(site, &title, id, choice))?;
    let is_shared = status != SelectionStatus::Draft;
    site.shared += i32::from(is_shared);
    let chosen = choice_rows(site, &title, id, selection)?;
    let by: Option<Text> = selection.get("chosen_by")?;
    let chosen_by = by.as_ref().map(|slug| site.find(&format!("client/{slug}"))).transpose()?;
    let chosen_by_name = by.and_then(|slug| site.build.people.get(&*slug).map(|person| person.name.clone()));
    let defaults = row!(Selection {
        id,
        location_id: site.find_optional(selection, "location", "location")?,
        allowance_id: site.find_optional(selection, "allowance", "allowance")?,
        due_task_id: site.find_optional(selection, "due_task", "task")?,
        chosen_by,
        chosen_by_name,
        min_choices: 1,
        max_choices: 1,
        number: is_shared.then_some(site.shared),
        created_at,
        version: 1,
    });
    let row = selection.fill(defaults)?;
    if let (Some(allowance_id), Some(approved_at)) = (row.allowance_id, row.approved_at) {
        let entry = World::id(&format!("{}/{path}/approved", site.path));
        add!(site => AllowanceEntry {
            id: entry, allowance_id, selection_id: Some(id), kind: AllowanceEntryKind::Approved, amount_minor: chosen,
            created_at: approved_at,
        });
    }
    site.add(row);
    add_row!(site, selection => SelectionInternal { selection_id: id })?;
    if selection.has_any_of::<SelectionTradeInfo>() {
        add_row!(site, selection => SelectionTradeInfo { selection_id: id })?;
    }
    for slug in selection.get::<Vec<Text>>("trades")?.unwrap_or_default() {
        let project_membership_id = site.find(&format!("trade/{slug}"))?;
        add!(site => SelectionTrade { selection_id: id, project_membership_id });
    }
    note_rows(site, (ThreadSubject::Selection, id), &format!("{path}/notes"), selection)
}

/// Adds the choices of a selection: one option by name, or several with quantities. Returns their price.
fn choice_rows(site: &mut Site<'_, '_>, title: &str, selection_id: Uuid, selection: &mut Section) -> Result<i64> {
    let mut chosen = Vec::new();
    if let Some(option) = selection.get::<Text>("chosen")? {
        chosen.push((option, 1));
    }
    selection.each("choices", |choice| {
        chosen.push((choice.require("option")?, choice.get("quantity")?.unwrap_or(1)));
        Ok(())
    })?;
    let mut sum = 0;
    for (option, quantity) in chosen {
        let option_id = site.find(&format!("option/{title}/{option}"))?;
        sum += price_of(site, option_id) * i64::from(quantity);
        add!(site => SelectionChoice { selection_id, option_id, quantity });
    }
    Ok(sum)
}

/// The price of an option; 0 without one.
fn price_of(site: &Site<'_, '_>, option_id: Uuid) -> i64 {
    let mut rows = site.build.rows.iter().filter(|(table, _)| table.name == "selection_options");
    let row = rows.find_map(|(_, row)| Some(row.to_json()).filter(|row| row["id"] == json!(option_id)));
    row.and_then(|row| row["price_minor"].as_i64()).unwrap_or_default()
}

/// Adds an option of a selection; without a price it is yet to be priced.
fn option_rows(site: &mut Site<'_, '_>, selection: &str, selection_id: Uuid, choice: &mut Section) -> Result {
    let title: Text = choice.require("title")?;
    let (id, sort) = (site.name_section(choice, &format!("option/{selection}/{title}"))?, choice.position);
    add_row!(site, choice => SelectionOption { id, selection_id, sort, version: 1 })?;
    add_row!(site, choice => SelectionOptionCost { option_id: id })
}

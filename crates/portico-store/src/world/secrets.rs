//! What must never reach an outsider, listed field by field from docs/domain.md. Windows and documents are not asked:
//! this list is what they are tested against.

use std::collections::BTreeSet;

use portico_core::portal::{Feature, ScheduleShare};
use portico_core::schedule::VersionState;
use portico_core::selections::SelectionStatus;

use super::people_model::{Company, ContactKind};
use super::project_model::{Note, Project, Selection, Task, Version};
use super::source::{CompanySource, ProjectSource, Source};
use super::values::{Figure, Word};

/// Texts and amounts that an answer to an outsider must not contain anywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Secrets {
    /// In the order of the alphabet, each once.
    pub texts: Vec<String>,
    /// In minor units, in order of size, each once.
    pub amounts_minor: Vec<i64>,
}

/// From whom the list is kept. What trades know of a project differs from what clients know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outsider {
    Client,
    Trade,
}

pub(super) fn secrets_from(outsider: Outsider, source: &Source) -> Secrets {
    let mut list = List {
        outsider,
        texts: BTreeSet::new(),
        amounts: BTreeSet::new(),
        hidden: BTreeSet::new(),
        known: BTreeSet::new(),
    };
    for key in &source.tokens.keys {
        list.text(&key.name);
    }
    let shown = shown_staff(source);
    for company in &source.companies {
        list.company(&company.company);
        list.help(company);
        for slug in company.company.staff.keys().filter(|slug| !shown.contains(slug.as_str())) {
            list.texts(source.people.get(slug).map(|person| &person.name));
        }
        for (slug, card) in &company.company.contacts {
            if outsider == Outsider::Client && card.kind == ContactKind::Trade {
                list.texts(source.people.get(slug).map(|person| &person.name));
                list.texts(&card.name);
            }
        }
        for project in &company.projects {
            list.project(project);
        }
    }
    list.texts.extend(&list.hidden - &list.known);
    Secrets { texts: list.texts.into_iter().collect(), amounts_minor: list.amounts.into_iter().collect() }
}

/// Those who stand on some project's page of the team, and those who are known to themselves, being clients as well.
fn shown_staff(source: &Source) -> BTreeSet<&str> {
    let projects = || source.companies.iter().flat_map(|company| &company.projects);
    let team = projects().flat_map(|project| &project.project.team).filter(|member| member.is_shown);
    let clients = projects().flat_map(|project| project.project.clients.keys());
    team.filter_map(|member| member.person.as_deref()).chain(clients.map(String::as_str)).collect()
}

struct List {
    outsider: Outsider,
    texts: BTreeSet<String>,
    amounts: BTreeSet<i64>,
    /// Texts of hidden rows: of drafts, of what is switched off or not for the outsider.
    hidden: BTreeSet<String>,
    /// Texts of rows that the outsider sees. What two rows have in common is no secret of the hidden one: most tasks of a
    /// draft have the names that they have in the published version.
    known: BTreeSet<String>,
}

impl List {
    fn text(&mut self, text: &str) {
        self.texts.insert(text.to_owned());
    }

    fn texts<'a>(&mut self, texts: impl IntoIterator<Item = &'a String>) {
        self.texts.extend(texts.into_iter().cloned());
    }

    fn notes(&mut self, notes: &[Note]) {
        self.texts(notes.iter().map(|note| &note.text));
    }

    fn amounts(&mut self, currency: Word<portico_core::money::Currency>, figures: impl IntoIterator<Item = Figure>) {
        // A zero gives nothing away, and stands everywhere.
        self.amounts
            .extend(figures.into_iter().filter_map(|figure| figure.minor(currency.0)).filter(|minor| *minor != 0));
    }

    /// Texts of a row, which are secret unless it is known, or another row that says the same.
    fn row<'a>(&mut self, is_known: bool, texts: impl IntoIterator<Item = &'a String>) {
        let set = if is_known { &mut self.known } else { &mut self.hidden };
        set.extend(texts.into_iter().cloned());
    }

    /// TeamMember: `payRate`, `privatePhone`. Contact: `internalNotes`, and the company's own number for them. Lead: what was asked.
    fn company(&mut self, company: &Company) {
        self.texts(company.email_templates.values());
        for staff in company.staff.values() {
            self.texts(&staff.private_phone);
            self.amounts(company.currency, staff.pay_rate);
        }
        for card in company.contacts.values() {
            self.texts(&card.internal_notes);
            self.texts(&card.phone);
        }
        for lead in company.leads.values() {
            self.texts([&lead.message, &lead.interest].into_iter().flatten());
        }
    }

    /// HelpArticle: drafts; for trades all of it, and for clients where no project of the company offers help.
    fn help(&mut self, source: &CompanySource) {
        let is_offered = source.projects.iter().any(|project| has(&project.project, Feature::Help));
        for article in &source.company.help_articles {
            let is_known = self.outsider == Outsider::Client && is_offered && article.published_on.is_some();
            self.row(is_known, [&article.title, &article.body]);
        }
    }

    fn project(&mut self, source: &ProjectSource) {
        let project = &source.project;
        self.project_fields(project);
        self.schedule(project, &source.schedule.versions);
        for selection in &source.selections.selections {
            self.selection(project, selection);
        }
    }

    /// Project: `budget`, `internalStatus`, `riskNotes`, `leadSource`. Allowance: `costBasis`. Team: who is not shown. Clients: their
    /// labels.
    fn project_fields(&mut self, project: &Project) {
        let internals = &project.internals;
        self.amounts(project.currency, [internals.budget]);
        self.texts([&internals.internal_status, &internals.risk_notes, &internals.lead_source]);
        self.notes(&project.notes);
        self.texts(project.clients.values().filter_map(|place| place.label.as_ref()));
        for member in project.team.iter().filter(|member| !member.is_shown) {
            self.text(&member.title);
            self.texts(&member.work_phone);
        }
        self.amounts(project.currency, project.allowances.iter().map(|allowance| allowance.cost_basis));
        // A trade knows no money at all, and an allowance is nothing but money.
        if self.outsider == Outsider::Trade {
            self.amounts(project.currency, [project.contract_total]);
        }
        if self.outsider == Outsider::Trade || !has(project, Feature::Selections) {
            self.amounts(project.currency, project.allowances.iter().map(|allowance| allowance.granted));
            self.texts(project.allowances.iter().map(|allowance| &allowance.name));
        }
    }

    /// Task: `privateNotes`, `costCode`, for clients the brief as well. Names: of tasks and milestones that are in no
    /// version which the outsider sees.
    fn schedule(&mut self, project: &Project, versions: &[Version]) {
        for version in versions {
            self.texts(&version.publish_notes);
            for task in tasks(version) {
                self.texts([&task.private_notes, &task.cost_code].into_iter().flatten());
                self.notes(&task.notes);
                if self.outsider == Outsider::Client {
                    self.texts(&task.brief);
                }
            }
        }
        for version in versions {
            let is_published = version.state.0 == VersionState::Published;
            for task in tasks(version) {
                self.row(is_published && self.knows_task(project, task), [&task.name]);
            }
            for milestone in &version.milestones {
                let is_there = milestone.tasks.iter().any(|task| self.knows_milestone_by(project, task));
                self.row(is_published && is_there, [&milestone.name]);
            }
        }
    }

    /// A task that the outsider may meet, where the version is published.
    fn knows_task(&self, project: &Project, task: &Task) -> bool {
        self.knows_milestone_by(project, task)
            && (self.outsider == Outsider::Trade || project.portal.schedule_share.0 != ScheduleShare::None)
    }

    /// A task by which the outsider may meet its milestone.
    fn knows_milestone_by(&self, project: &Project, task: &Task) -> bool {
        match self.outsider {
            Outsider::Client => has(project, Feature::Schedule) && task.client_viewable,
            Outsider::Trade => task.assigned.iter().any(|slug| has_web_access(project, slug)),
        }
    }

    /// Selection: `internalNotes`, `originalBudget`, `revisedBudget`, for clients `tradeInfo`, for trades every price.
    /// SelectionOption: `unitCost`, `vendor`, `vendorSku`. All of a selection that is a draft, or not for the outsider.
    fn selection(&mut self, project: &Project, selection: &Selection) {
        self.notes(&selection.notes);
        self.amounts(project.currency, selection.original_budget.into_iter().chain(selection.revised_budget));
        if self.outsider == Outsider::Client {
            self.texts(&selection.trade_info);
        }
        let is_theirs = match self.outsider {
            Outsider::Client => has(project, Feature::Selections),
            Outsider::Trade => selection.trades.iter().any(|slug| has_web_access(project, slug)),
        };
        let is_known = is_theirs && selection.status.0 != SelectionStatus::Draft;
        self.row(is_known, [&selection.title].into_iter().chain(&selection.instructions));
        if self.outsider == Outsider::Trade {
            self.row(is_known, &selection.trade_info);
        }
        for option in &selection.options {
            self.texts([&option.vendor, &option.sku]);
            self.amounts(project.currency, [option.cost]);
            self.row(is_known, [&option.title].into_iter().chain(&option.description));
            if !is_known || self.outsider == Outsider::Trade {
                self.amounts(project.currency, option.price);
            }
        }
    }
}

fn has_web_access(project: &Project, slug: &str) -> bool {
    project.trades.get(slug).is_some_and(|place| place.web_access)
}

fn has(project: &Project, feature: Feature) -> bool {
    project.portal.features.iter().any(|one| one.0 == feature)
}

fn tasks(version: &Version) -> impl Iterator<Item = &Task> {
    version.milestones.iter().flat_map(|milestone| &milestone.tasks).chain(&version.tasks)
}

//! What must never reach an outsider, listed field by field from docs/domain.md. Windows and documents are not asked:
//! this list is what they are tested against.

use std::collections::BTreeSet;

use portico_core::money::Currency;
use portico_core::people::{ContactKind, Role};
use portico_core::portal::{Feature, ScheduleShare};
use portico_core::schedule::VersionState;
use portico_core::selections::SelectionStatus;
use portico_store::rows::Text;
use rust_decimal::Decimal;

use super::model::{Company, Note, Project, Selection, Task, Version, minor};
use super::source::{CompanySource, ProjectSource, Source};

/// Texts and amounts that an answer to an outsider must not contain anywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Secrets {
    /// In the order of the alphabet, each once.
    pub texts: Vec<String>,
    /// In minor units, in order of size, each once.
    pub amounts_minor: Vec<i64>,
}

/// Lists what is secret from clients, or from trades: what they know of a project differs.
pub(super) fn secrets_from(outsider: Role, source: &Source) -> Secrets {
    let mut list = List { is_trade: outsider == Role::Trade, ..List::default() };
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
            if !list.is_trade && card.kind == ContactKind::Trade {
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

#[derive(Default)]
struct List {
    is_trade: bool,
    texts: BTreeSet<String>,
    amounts: BTreeSet<i64>,
    /// Texts of rows that the outsider does not see: drafts, and what is switched off or not theirs.
    hidden: BTreeSet<String>,
    /// Texts of rows that the outsider sees. What two rows have in common is no secret of the hidden one: most tasks of a
    /// draft have the names that they have in the published version.
    known: BTreeSet<String>,
}

impl List {
    fn text(&mut self, text: &str) {
        self.texts.insert(text.to_owned());
    }

    fn texts<'a>(&mut self, texts: impl IntoIterator<Item = &'a Text>) {
        self.texts.extend(texts.into_iter().map(Text::to_string));
    }

    fn notes(&mut self, notes: &[Note]) {
        self.texts(notes.iter().map(|note| &note.text));
    }

    fn amounts(&mut self, currency: Currency, amounts: impl IntoIterator<Item = Decimal>) {
        let amounts = amounts.into_iter().filter_map(|amount| minor(amount, currency));
        // A zero gives nothing away, and stands everywhere.
        self.amounts.extend(amounts.filter(|minor| *minor != 0));
    }

    /// Texts of a row, which are secret unless it is known, or another row that says the same.
    fn row<'a>(&mut self, is_known: bool, texts: impl IntoIterator<Item = &'a Text>) {
        let set = if is_known { &mut self.known } else { &mut self.hidden };
        set.extend(texts.into_iter().map(Text::to_string));
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
            let is_known = !self.is_trade && is_offered && article.published_on.is_some();
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
        if self.is_trade {
            self.amounts(project.currency, [project.contract_total]);
        }
        if self.is_trade || !has(project, Feature::Selections) {
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
                if !self.is_trade {
                    self.texts(&task.brief);
                }
            }
        }
        for version in versions {
            let is_published = version.state == VersionState::Published;
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
            && (self.is_trade || project.portal.schedule_share != ScheduleShare::None)
    }

    /// A task by which the outsider may meet its milestone.
    fn knows_milestone_by(&self, project: &Project, task: &Task) -> bool {
        if self.is_trade {
            task.assigned.iter().any(|slug| has_web_access(project, slug))
        } else {
            has(project, Feature::Schedule) && task.client_viewable
        }
    }

    /// Selection: `internalNotes`, `originalBudget`, `revisedBudget`, for clients `tradeInfo`, for trades every price.
    /// SelectionOption: `unitCost`, `vendor`, `vendorSku`. All of a selection that is a draft, or not for the outsider.
    fn selection(&mut self, project: &Project, selection: &Selection) {
        self.notes(&selection.notes);
        self.amounts(project.currency, selection.original_budget.into_iter().chain(selection.revised_budget));
        if !self.is_trade {
            self.texts(&selection.trade_info);
        }
        let is_theirs = if self.is_trade {
            selection.trades.iter().any(|slug| has_web_access(project, slug))
        } else {
            has(project, Feature::Selections)
        };
        let is_known = is_theirs && selection.status != SelectionStatus::Draft;
        self.row(is_known, [&selection.title].into_iter().chain(&selection.instructions));
        if self.is_trade {
            self.row(is_known, &selection.trade_info);
        }
        for option in &selection.options {
            self.texts([&option.vendor, &option.sku]);
            self.amounts(project.currency, [option.cost]);
            self.row(is_known, [&option.title].into_iter().chain(&option.description));
            if !is_known || self.is_trade {
                self.amounts(project.currency, option.price);
            }
        }
    }
}

fn has_web_access(project: &Project, slug: &str) -> bool {
    project.trades.get(slug).is_some_and(|place| place.web_access)
}

fn has(project: &Project, feature: Feature) -> bool {
    project.portal.features.contains(&feature)
}

fn tasks(version: &Version) -> impl Iterator<Item = &Task> {
    version.milestones.iter().flat_map(|milestone| &milestone.tasks).chain(&version.tasks)
}

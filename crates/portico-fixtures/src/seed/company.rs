//! Companies: staff, trade partners and contacts.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use portico_core::access::{Permission, Role};
use portico_core::company::USUAL_WORKING_DAYS;
use portico_core::contacts::ContactKind;
use portico_core::id::TaskId;
use portico_core::mail::MailTemplate;
use portico_core::portal::{Feature, HelpArticleState, ScheduleShare};
use portico_core::schedule::{DependencyKind, LagUnit, VersionDependency, VersionPlan, VersionTask};
use portico_store::rows::{ApiKey, Text};
use rand::rngs::ChaCha8Rng;
use uuid::Uuid;

use super::chance::{Chance, Seed, Thing};
use super::people::{Person, SessionOf, last_name, phone, slug};
use super::words::{Market, Position, Town, WORDS};
use super::{day, moment};
use crate::{Rows, add, row};

/// Number of the owner among the staff, who is never removed.
pub(super) const OWNER: u32 = 0;
/// Number of a project manager, who is never removed.
pub(super) const MANAGER: u32 = 1;
/// Number of the key that lists projects; the others read all of them.
const LISTING_KEY: u32 = 1;
/// Permissions of API keys.
const KEY_PERMISSIONS: [Permission; 2] = [Permission::ProjectsRead, Permission::CostsView];

/// Values of a company for other modules.
pub(super) struct Company {
    pub(super) index: u32,
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) slug: String,
    pub(super) market: &'static Market,
    pub(super) home: &'static Town,
    pub(super) staff: u32,
    pub(super) trades: u32,
    keys: u32,
    /// Days from today.
    founded: i32,
}

impl Company {
    pub(super) fn of(seed: &Seed, index: u32) -> Self {
        let mut chance = seed.chance(Thing::Company, index, 0);
        let name = format!("{} {}", last_name(&mut chance), chance.pick(&WORDS.company_kinds));
        let markets: Vec<_> = WORDS.markets.iter().map(|market| (market.weight, market)).collect();
        let market = chance.weighted(&markets);
        // The first companies have most of the projects, and the staff for them.
        Self {
            index,
            id: seed.id(Thing::Company, index, 0),
            slug: format!("{}-{index}", slug(&name)),
            name,
            market,
            home: chance.pick(&market.towns),
            staff: 4 + chance.below(6) + 40 / (index + 1),
            trades: 8 + chance.below(14) + 60 / (index + 1),
            keys: chance.below(4),
            founded: -chance.between(1_500, 9_000),
        }
    }

    pub(super) fn staff_id(&self, seed: &Seed, number: u32) -> Uuid {
        seed.id(Thing::Staff, self.index, number % self.staff)
    }

    /// Position of a member of staff; the owner has none.
    fn position(number: u32) -> Option<&'static Position> {
        Some(&WORDS.positions[number.checked_sub(1)? as usize % WORDS.positions.len()])
    }

    pub(super) fn title(number: u32) -> Text {
        Self::position(number).map_or("Owner".into(), |position| position.title.clone())
    }

    pub(super) fn staff_person(&self, seed: &Seed, number: u32) -> Person {
        let domain = format!("{}.example", self.slug);
        Person::of(seed, Thing::StaffIdentity, (self.index, number), self.market, &domain)
    }

    /// The person behind a trade partner, and the first company of the person, which may be an earlier one. The person
    /// keeps the number, so that no company knows one person under two.
    pub(super) fn trade_person(&self, seed: &Seed, number: u32) -> (Person, u32) {
        let works_elsewhere =
            |company: u32| company > 0 && seed.chance(Thing::TradeIdentity, company, 10_000 + number).percent(20);
        let earlier = works_elsewhere(self.index)
            .then(|| Self::of(seed, seed.chance(Thing::TradeIdentity, self.index, 20_000 + number).below(self.index)))
            .filter(|earlier| number < earlier.trades && !works_elsewhere(earlier.index));
        let first = earlier.as_ref().unwrap_or(self);
        let whose = (first.index, number);
        (Person::of(seed, Thing::TradeIdentity, whose, first.market, "trades.example"), first.index)
    }

    /// The key that lists projects, if there is one.
    pub(super) fn listing_key(&self, seed: &Seed) -> Option<Uuid> {
        (self.keys > LISTING_KEY).then(|| seed.id(Thing::Key, self.index, LISTING_KEY))
    }

    /// Adds the company, and its people who are in no project.
    pub(super) fn put(&self, seed: &Seed, rows: &mut Rows) {
        let mut chance = seed.chance(Thing::Company, self.index, 1);
        let (company_id, slug, founded) = (self.id, &self.slug, moment(self.founded));
        let mut color = || format!("#{:06x}", chance.below(1 << 24));
        let (primary_color, accent_color) = (color(), color());
        add!(rows => Company {
            id: company_id, slug, name: &self.name, region: &self.market.region,
            portal_host: Some(format!("{slug}.portal.example")), created_at: founded, version: 1,
            public_phone: chance.maybe(90, |chance| phone(chance, self.market)),
        });
        add!(rows => CompanyBranding {
            company_id, primary_color, accent_color,
            logo_url: chance.maybe(80, |_| format!("https://assets.{slug}.example/logo.svg")),
            website_url: chance.maybe(90, |_| format!("https://www.{slug}.example")),
        });
        add!(rows => CompanyPortal {
            company_id, default_features: &Feature::ALL.to_vec(), default_schedule_share: ScheduleShare::Gantt,
            guide_url: Some(format!("https://www.{slug}.example/portal")), offers_password: true, offers_link: true,
            default_share_files: true, trades_report_progress: true, selection_reminder_days: Some(3),
            onboarding_video_url: Some(format!("https://assets.{slug}.example/welcome.mp4")),
        });
        self.put_work_calendar(rows);
        self.put_template(seed, rows, founded);
        for (number, (title, body)) in (0..).zip(&WORDS.help) {
            let is_draft = number as usize + 1 == WORDS.help.len();
            add!(rows => HelpArticle {
                id: seed.id(Thing::HelpArticle, self.index, number), company_id, title, body, sort: number + 1,
                state: if is_draft { HelpArticleState::Draft } else { HelpArticleState::Published }, version: 1,
                published_at: (!is_draft).then_some(founded), created_at: founded, updated_at: founded,
            });
        }
        let key = MailTemplate::CustomerInvitationFromAnotherOffice;
        add!(rows => EmailTemplate { company_id, key, body: Some(&WORDS.welcome), version: 1, updated_at: founded });
        add!(rows => LeadForm { company_id, key: format!("{slug}-form"), is_open: true, created_at: founded });
        (0..self.staff).for_each(|number| self.put_staff(seed, rows, number));
        (0..self.trades).for_each(|number| self.put_trade(seed, rows, number));
        (0..4 + chance.below(12)).for_each(|number| self.put_lead(seed, rows, number));
        for number in 0..self.keys {
            let mut chance = seed.chance(Thing::Key, self.index, number);
            let (name, began) = (chance.pick(&WORDS.key_names), -chance.between(1, 300));
            let revoked_at = chance.maybe(15, |_| moment(-1));
            let token_hash = seed.hash("token", Thing::Key, self.index, number).to_string();
            let (created_at, expires_at) = (moment(began), moment(began + 365));
            self.put_key(seed, rows, number, row!(ApiKey { token_hash, name, created_at, expires_at, revoked_at }));
        }
    }

    /// Adds the work calendar, with the holidays of this year and the next.
    fn put_work_calendar(&self, rows: &mut Rows) {
        let company_id = self.id;
        add!(rows => WorkCalendar { company_id, working_days: &USUAL_WORKING_DAYS.to_vec(), version: 1 });
        let this_year = day(0).year();
        for (name, month, date) in &WORDS.holidays {
            for falls_on in [0, 1].iter().filter_map(|later| NaiveDate::from_ymd_opt(this_year + later, *month, *date))
            {
                add!(rows => WorkCalendarException { company_id, falls_on, name: Some(name) });
            }
        }
    }

    /// Adds a template of schedules: a task for each phase, one after the other.
    fn put_template(&self, seed: &Seed, rows: &mut Rows, updated_at: DateTime<Utc>) {
        let start_on = day(0);
        let id_of = |number: u32| TaskId(seed.id(Thing::TemplateTask, self.index, number));
        let tasks = (0..).zip(&WORDS.phases).map(|(number, (name, _))| {
            let waits = (number > 0).then(|| VersionDependency {
                predecessor_id: id_of(number - 1),
                kind: DependencyKind::FinishToStart,
                lag_days: 0,
                lag_unit: LagUnit::WorkingDays,
            });
            VersionTask::new(id_of(number), name.to_string(), start_on, number.cast_signed() + 1)
                .after(waits.into_iter().collect())
        });
        let plan = VersionPlan { start_on, milestones: Vec::new(), tasks: tasks.collect() };
        let task_count = i32::try_from(plan.tasks.len()).unwrap_or(i32::MAX);
        let (id, plan) = (seed.id(Thing::Template, self.index, 0), serde_json::to_string(&plan).unwrap_or_default());
        add!(rows => ScheduleTemplate {
            id, company_id: self.id, name: "Standard home", plan, task_count, version: 1, updated_at,
        });
    }

    /// Adds a key, with the rest of its columns.
    pub(super) fn put_key(&self, seed: &Seed, rows: &mut Rows, number: u32, key: ApiKey) {
        let (id, created_by) = (seed.id(Thing::Key, self.index, number), self.staff_id(seed, OWNER));
        let permissions = KEY_PERMISSIONS.map(|permission| permission.as_str().into()).to_vec();
        let all_projects = number != LISTING_KEY;
        rows.add(ApiKey { id, company_id: self.id, created_by, permissions, all_projects, ..key });
    }

    fn put_staff(&self, seed: &Seed, rows: &mut Rows, number: u32) {
        let mut chance = seed.chance(Thing::Staff, self.index, number);
        let (id, company_id, person) = (self.staff_id(seed, number), self.id, self.staff_person(seed, number));
        let since = -chance.between(90, -self.founded);
        let has_token = number <= MANAGER;
        let position = Self::position(number);
        add!(rows => StaffMembership {
            id, company_id, identity_id: person.id, role: if position.is_none() { Role::Owner } else { Role::Staff },
            title: Self::title(number), created_at: moment(since),
            permissions: &position.map(|position| position.permissions.clone()).unwrap_or_default(),
            removed_at: (chance.percent(6) && !has_token).then(|| moment(-1)),
        });
        add!(rows => StaffInternal {
            staff_membership_id: id, company_id,
            pay_rate_minor: chance.maybe(90, |chance| i64::from(chance.between(2_400, 9_500))),
            private_phone: chance.maybe(70, |chance| phone(chance, self.market)),
        });
        let (thing, actor) = (Thing::StaffSession, Role::Staff);
        let session = SessionOf { thing, actor, staff_membership_id: Some(id), has_token };
        person.put(seed, rows, self, since, session);
    }

    fn put_trade(&self, seed: &Seed, rows: &mut Rows, number: u32) {
        let mut chance = seed.chance(Thing::TradeContact, self.index, number);
        let (person, first) = self.trade_person(seed, number);
        let since = -chance.between(90, -self.founded);
        let id = seed.id(Thing::TradeContact, self.index, number);
        add!(rows => Contact {
            id, company_id: self.id, identity_id: Some(person.id), kind: ContactKind::Trade,
            name: format!("{} ({})", person.name, chance.pick(&WORDS.trade_kinds)), email: Some(&person.email),
            phone: Some(phone(&mut chance, self.market)), created_at: moment(since),
        });
        put_contact_internal(rows, &mut chance, self.id, id);
        if first == self.index {
            // The first company's trade partners work on project 0, and one of them has a token.
            let (thing, has_token) = (Thing::TradeSession, self.index == 0);
            let session = SessionOf { thing, actor: Role::Trade, staff_membership_id: None, has_token };
            person.put(seed, rows, self, since, session);
        }
    }

    /// Adds a contact without an account, usually one who has asked for an offer.
    fn put_lead(&self, seed: &Seed, rows: &mut Rows, number: u32) {
        let person = Person::of(seed, Thing::Contact, (self.index, number), self.market, "people.example");
        let mut chance = seed.chance(Thing::Lead, self.index, number);
        let (id, company_id) = (seed.id(Thing::Contact, self.index, number), self.id);
        add!(rows => Contact {
            id, company_id, kind: ContactKind::Misc, name: person.name, email: chance.maybe(70, |_| person.email),
            phone: person.phone, created_at: moment(-chance.between(1, -self.founded)),
        });
        put_contact_internal(rows, &mut chance, self.id, id);
        if chance.percent(75) {
            let at = moment(-chance.mostly_low(1, 400));
            add!(rows => Lead {
                id: seed.id(Thing::Lead, self.index, number), company_id, contact_id: id,
                state: chance.weighted(&WORDS.shares.lead_states),
                source: if chance.percent(80) { "WEB" } else { "STAFF" },
                message: chance.maybe(90, |chance| chance.pick(&WORDS.questions)),
                interest: chance.maybe(40, |chance| chance.pick(&WORDS.interests)), created_at: at, updated_at: at,
                version: 1,
            });
        }
    }
}

/// Adds internal notes of staff about a contact.
pub(super) fn put_contact_internal(rows: &mut Rows, chance: &mut ChaCha8Rng, company_id: Uuid, contact_id: Uuid) {
    if chance.percent(60) {
        let internal_notes = chance.maybe(70, |chance| chance.pick(&WORDS.notes));
        let lead_score = chance.maybe(50, |chance| chance.between(0, 100));
        add!(rows => ContactInternal { contact_id, company_id, internal_notes, lead_score });
    }
}

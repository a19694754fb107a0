//! Projects: portals, locations and teams.

use fake::Fake;
use fake::faker::address::raw::StreetSuffix;
use fake::locales::EN;
use portico_core::files::mail::MAIL_KEY_BYTES;
use portico_core::portal::{Feature, ScheduleShare};
use portico_core::projects::ProjectStatus;
use portico_store::rows::Row;
use rand::rngs::ChaCha8Rng;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::chance::{Chance, Seed, Thing};
use super::company::Company;
use super::decisions::{Approved, Attached};
use super::people::{last_name, phone};
use super::size::{Size, company_of};
use super::words::WORDS;
use super::{day, moment};
use crate::{Rows, add};

/// Builder of a project's rows.
pub(super) struct Site<'a> {
    pub(super) seed: &'a Seed,
    pub(super) rows: &'a mut Rows,
    pub(super) company: Company,
    pub(super) project_id: Uuid,
    pub(super) index: u32,
    pub(super) size: Size,
    pub(super) status: ProjectStatus,
    /// Days from today to creation and start, and the duration in days.
    pub(super) created: i32,
    pub(super) start: i32,
    pub(super) days: i32,
    pub(super) locations: u32,
    team: u32,
    pub(super) trades: u32,
    /// Selections that a client has approved.
    pub(super) approved: Vec<Approved>,
    /// Files that clients see on selections.
    pub(super) attached: Vec<Attached>,
    /// Numbers of the project's first trade partner and first member of staff in the company; the others follow.
    first_trade: u32,
    first_staff: u32,
}

impl<'a> Site<'a> {
    pub(super) fn new(seed: &'a Seed, index: u32, rows: &'a mut Rows) -> Self {
        let company = Company::of(seed, company_of(seed, index));
        let size = Size::of(seed, index);
        let mut chance = seed.chance(Thing::Project, index, 0);
        let status = if index == 0 { ProjectStatus::Active } else { chance.weighted(&WORDS.shares.project_statuses) };
        let days = 60 + 2 * size.tasks.min(400).cast_signed() + chance.between(0, 90);
        let start = match status {
            ProjectStatus::Prospect => chance.between(20, 240),
            ProjectStatus::Active => -chance.between(0, days),
            ProjectStatus::Warranty => -days - chance.between(1, 360),
            ProjectStatus::Completed | ProjectStatus::Archived => -days - chance.between(180, 1_500),
        };
        Self {
            created: (start - chance.between(30, 240)).min(-1),
            locations: (4 + size.selections / 12 + chance.below(4)).min(60),
            team: (2 + chance.below(4)).min(company.staff),
            trades: (3 + size.tasks / 15 + chance.below(4)).min(company.trades).min(40),
            first_trade: chance.below(company.trades),
            first_staff: chance.below(company.staff),
            approved: Vec::new(),
            attached: Vec::new(),
            project_id: seed.id(Thing::Project, index, 0),
            seed,
            rows,
            company,
            index,
            size,
            status,
            start,
            days,
        }
    }

    pub(super) fn add(&mut self, row: impl Row) {
        self.rows.add_to_project((self.company.id, self.project_id), row);
    }

    pub(super) fn id(&self, thing: Thing, number: u32) -> Uuid {
        self.seed.id(thing, self.index, number)
    }

    pub(super) fn chance(&self, thing: Thing) -> ChaCha8Rng {
        self.seed.chance(thing, self.index, 0)
    }

    /// A member of the project's team.
    pub(super) fn any_staff(&self, chance: &mut ChaCha8Rng) -> Uuid {
        self.company.staff_id(self.seed, self.any_staff_number(chance))
    }

    /// The number of a member of the project's team in the company.
    pub(super) fn any_staff_number(&self, chance: &mut ChaCha8Rng) -> u32 {
        (self.first_staff + chance.below(self.team)) % self.company.staff
    }

    /// The membership of one of the project's trade partners.
    pub(super) fn any_trade(&self, chance: &mut ChaCha8Rng) -> Uuid {
        self.id(Thing::Trade, chance.below(self.trades))
    }

    /// The company's number of a trade partner of this project.
    pub(super) const fn trade_in_company(&self, number: u32) -> u32 {
        (self.first_trade + number) % self.company.trades
    }

    /// Whether tokens open this project, which shares everything.
    pub(super) const fn is_showcase(&self) -> bool {
        self.index == 0
    }

    /// Adds the whole project.
    pub(super) fn put(mut self) {
        let mut chance = self.seed.chance(Thing::Project, self.index, 2);
        self.put_project(&mut chance);
        self.put_portal(&mut chance);
        if let Some(key_id) = self.company.listing_key(self.seed).filter(|_| chance.percent(12)) {
            add!(self => ApiKeyProject { key_id });
        }
        for sort in 0..self.locations {
            let name = repeated_name(&WORDS.rooms, sort, "unit");
            add!(self => Location { id: self.id(Thing::Location, sort), name, sort });
        }
        for sort in 0..self.team {
            self.put_team_member(&mut chance, sort);
        }
        self.put_members();
        let has_schedule = self.put_schedule();
        self.put_delays(has_schedule);
        self.put_selections();
        self.put_files();
        self.put_decisions();
        self.put_notes(has_schedule);
        self.put_threads();
    }

    fn put_project(&mut self, chance: &mut ChaCha8Rng) {
        let market = self.company.market;
        let town = if chance.percent(70) { self.company.home } else { chance.pick(&market.towns) };
        let street = last_name(chance);
        let suffix: &str = StreetSuffix(EN).fake_with_rng(chance);
        let scale = self.size.tasks.cast_signed();
        let contract = chance.amount(8_000 + 2_000 * scale, 20_000 + 9_000 * scale);
        let prefix: String = self.company.name.chars().filter(char::is_ascii_alphabetic).take(2).collect();
        let postal_code: String = town.postal_code.chars().map(|sign| postal_sign(chance, sign)).collect();
        add!(self => Project {
            id: self.project_id, number: format!("{}-{}", prefix.to_uppercase(), 1_000 + self.index),
            name: format!("{street} {}", chance.pick(&WORDS.project_kinds)), city: &town.name, region: &town.region,
            address_line: format!("{} {street} {suffix}", 1 + chance.below(1_900)), postal_code,
            country: &market.country, status: self.status, stage: chance.weighted(&WORDS.shares.by_status[&self.status].stages),
            time_zone: &town.time_zone, currency: &market.currency, contract_total_minor: Some(contract),
            started_on: (self.start <= 0).then(|| day(self.start)), version: chance.mostly_low(1, 12),
            created_at: moment(self.created),
        });
        if chance.percent(90) {
            add!(self => ProjectInternal {
                budget_minor: Some(contract / 100 * i64::from(chance.between(68, 92)) + 37),
                target_margin: Some(Decimal::new(chance.between(80, 320).into(), 3)),
                internal_status: chance.maybe(80, |chance| chance.pick(&WORDS.internal_states)),
                risk_notes: chance.maybe(40, |chance| chance.pick(&WORDS.notes)),
                lead_source: chance.maybe(75, |chance| chance.pick(&WORDS.lead_sources)),
            });
        }
    }

    fn put_portal(&mut self, chance: &mut ChaCha8Rng) {
        let all = self.is_showcase();
        let shares = &WORDS.shares;
        let features = Feature::ALL.iter().copied().filter(|feature| chance.percent(shares.features[feature]) || all);
        let features: Vec<Feature> = features.collect();
        let share = chance.weighted(&shares.schedule_shares);
        let key = self.seed.hash("mail key", Thing::Project, self.index, 0).to_hex();
        add!(self => ProjectPortal {
            mail_key: key[..2 * MAIL_KEY_BYTES].to_owned(), features: &features, schedule_share: if all { ScheduleShare::Gantt } else { share },
            shares_baseline: all, guide_url: chance.maybe(50, |_| format!("https://www.{}.example/guide", self.company.slug)),
        });
    }

    fn put_team_member(&mut self, chance: &mut ChaCha8Rng, sort: u32) {
        let number = (self.first_staff + sort) % self.company.staff;
        let photo = || format!("https://assets.{}.example/team/{number}.jpg", self.company.slug);
        add!(self => TeamMember {
            id: self.id(Thing::TeamMember, sort), staff_membership_id: Some(self.company.staff_id(self.seed, number)),
            title: Company::title(number), work_phone: chance.maybe(85, |chance| phone(chance, self.company.market)),
            photo_url: chance.maybe(60, |_| photo()), is_shown: chance.percent(88), sort,
        });
    }
}

/// A name from a list that is repeated with a number: "Kitchen, unit 2".
pub(super) fn repeated_name(names: &[portico_store::rows::Text], place: u32, kind: &str) -> String {
    let (name, round) = (&names[place as usize % names.len()], place as usize / names.len());
    if round == 0 { name.to_string() } else { format!("{name}, {kind} {}", round + 1) }
}

fn postal_sign(chance: &mut ChaCha8Rng, sign: char) -> char {
    match sign {
        '#' => char::from(b'0' + chance.below(10) as u8),
        '@' => char::from(*chance.pick(b"ACEGHKLNPRTWX")),
        other => other,
    }
}

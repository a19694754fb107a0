//! Projects: what each is, its portal, its places, and its team.

use portico_core::portal::{Feature, ScheduleShare};
use portico_core::projects::{ProjectStage, ProjectStatus};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::batch::Batch;
use super::calendar::{day, moment};
use super::chance::{Chance, Seed, Thing};
use super::company::Company;
use super::markets::Town;
use super::people::phone;
use super::size::{Size, company_of};
use super::tables::{KeyProject, Location, Portal, Project, ProjectInternal, TeamMember};
use super::words::{NOTES, PROJECT_KINDS, ROOMS, STREETS};

/// A project that is being written, and what its rooms need to know of it.
pub(super) struct Site<'a> {
    pub(super) seed: &'a Seed,
    pub(super) batch: &'a mut Batch,
    pub(super) company: Company,
    pub(super) index: u32,
    pub(super) id: Uuid,
    pub(super) size: Size,
    pub(super) status: ProjectStatus,
    /// Days from today on which it was written down, begins, and how long it takes.
    pub(super) created: i32,
    pub(super) start: i32,
    pub(super) days: i32,
    pub(super) locations: u32,
    pub(super) team: u32,
    pub(super) trades: u32,
    /// Which of the company's trade partners and staff are the first on this project; the next ones follow.
    pub(super) first_trade: u32,
    pub(super) first_staff: u32,
}

impl<'a> Site<'a> {
    pub(super) fn new(seed: &'a Seed, index: u32, batch: &'a mut Batch) -> Self {
        let company = Company::of(seed, company_of(seed, index));
        let size = Size::of(seed, index);
        let mut chance = seed.chance(Thing::Project, index, 0);
        let status = if index == 0 { ProjectStatus::Active } else { status(&mut chance) };
        let bound = i32::try_from(size.tasks.min(400)).unwrap_or_default();
        let days = 60 + 2 * bound + chance.between(0, 90);
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
            id: seed.id(Thing::Project, index, 0),
            seed,
            batch,
            company,
            index,
            size,
            status,
            start,
            days,
        }
    }

    pub(super) fn id(&self, thing: Thing, number: u32) -> Uuid {
        self.seed.id(thing, self.index, number)
    }

    pub(super) fn chance(&self, thing: Thing) -> Chance {
        self.seed.chance(thing, self.index, 0)
    }

    /// One of the project's team.
    pub(super) fn any_staff(&self, chance: &mut Chance) -> Uuid {
        self.company.staff_id(self.seed, self.first_staff + chance.below(self.team))
    }

    /// One of the project's trade partners, as a member of it.
    pub(super) fn any_trade(&self, chance: &mut Chance) -> Uuid {
        self.id(Thing::Trade, chance.below(self.trades))
    }

    /// The company's number of a trade partner of this project.
    pub(super) const fn trade_in_company(&self, number: u32) -> u32 {
        (self.first_trade + number) % self.company.trades
    }

    /// Whether this is the project that tokens open, which shares all it has.
    pub(super) const fn is_shown_off(&self) -> bool {
        self.index == 0
    }

    /// The project itself and what belongs to no room.
    pub(super) fn put(&mut self) {
        let mut chance = self.seed.chance(Thing::Project, self.index, 2);
        self.put_project(&mut chance);
        self.put_portal(&mut chance);
        if let Some(key_id) = self.company.listing_key(self.seed).filter(|_| chance.percent(12)) {
            self.batch.put(&KeyProject { key_id, company_id: self.company.id, project_id: self.id });
        }
        for sort in 0..self.locations {
            let room = ROOMS[sort as usize % ROOMS.len()];
            let floor = sort as usize / ROOMS.len();
            let name = if floor == 0 { room.into() } else { format!("{room}, unit {}", floor + 1).into() };
            let id = self.id(Thing::Location, sort);
            self.batch.put(&Location { id, company_id: self.company.id, project_id: self.id, name, sort });
        }
        for sort in 0..self.team {
            self.put_team_member(&mut chance, sort);
        }
    }

    fn put_project(&mut self, chance: &mut Chance) {
        let company = &self.company;
        let town: &Town = if chance.percent(70) { company.home } else { chance.pick(company.market.towns) };
        let street = *chance.pick(&STREETS);
        let scale = i32::try_from(self.size.tasks).unwrap_or_default();
        let contract = chance.amount(8_000 + 2_000 * scale, 20_000 + 9_000 * scale);
        let short = street.rsplit_once(' ').map_or(street, |(name, _)| name);
        self.batch.put(&Project {
            id: self.id,
            company_id: company.id,
            number: format!("{}-{}", company.prefix, 1_000 + self.index).into(),
            name: format!("{short} {}", chance.pick(&PROJECT_KINDS)).into(),
            address_line: format!("{} {street}", 1 + chance.below(1_900)).into(),
            city: town.0.into(),
            region: town.1.into(),
            postal_code: postal_code(chance, town.2).into(),
            country: company.market.country,
            status: self.status.as_str(),
            stage: stage(chance, self.status).as_str(),
            time_zone: town.3,
            currency: company.market.currency,
            contract_total_minor: contract,
            started_on: (self.start <= 0).then(|| day(self.start)),
            version: chance.mostly_low(1, 12),
            created_at: moment(self.created),
        });
        if chance.percent(90) {
            let states = ["On track", "Watch the budget", "Behind", "Waiting for the client", "Ready to bill"];
            let sources = ["Referral", "Web site", "Home show", "Yard sign", "Architect"];
            self.batch.put(&ProjectInternal {
                project_id: self.id,
                company_id: company.id,
                budget_minor: Some(contract / 100 * i64::from(chance.between(68, 92)) + 37),
                target_margin: Some(Decimal::new(chance.between(80, 320).into(), 3)),
                internal_status: chance.percent(80).then(|| (*chance.pick(&states)).into()),
                risk_notes: chance.percent(40).then(|| (*chance.pick(&NOTES)).into()),
                lead_source: chance.percent(75).then(|| (*chance.pick(&sources)).into()),
            });
        }
    }

    fn put_portal(&mut self, chance: &mut Chance) {
        let all = self.is_shown_off();
        let features = Feature::ALL.iter().filter(|feature| chance.percent(share_of(**feature)) || all);
        let features = features.map(|feature| feature.as_str()).collect();
        let share = [(25, ScheduleShare::None), (45, ScheduleShare::Calendar), (30, ScheduleShare::Gantt)];
        let share = chance.weighted(&share);
        self.batch.put(&Portal {
            project_id: self.id,
            company_id: self.company.id,
            features,
            schedule_share: if all { ScheduleShare::Gantt } else { share }.as_str(),
            guide_url: chance.percent(50).then(|| format!("https://www.{}.example/guide", self.company.slug).into()),
        });
    }

    fn put_team_member(&mut self, chance: &mut Chance, sort: u32) {
        let number = (self.first_staff + sort) % self.company.staff;
        let staff_membership_id = self.company.staff_id(self.seed, number);
        let photo = format!("https://assets.{}.example/team/{number}.jpg", self.company.slug);
        self.batch.put(&TeamMember {
            id: self.id(Thing::TeamMember, sort),
            company_id: self.company.id,
            project_id: self.id,
            staff_membership_id: Some(staff_membership_id),
            name: None,
            title: Company::title(number).into(),
            work_phone: chance.percent(85).then(|| phone(chance, self.company.market).into()),
            photo_url: chance.percent(60).then(|| photo.into()),
            is_shown: chance.percent(88),
            sort,
        });
    }
}

fn status(chance: &mut Chance) -> ProjectStatus {
    chance.weighted(&[
        (10, ProjectStatus::Prospect),
        (50, ProjectStatus::Active),
        (15, ProjectStatus::Warranty),
        (19, ProjectStatus::Completed),
        (6, ProjectStatus::Archived),
    ])
}

fn stage(chance: &mut Chance, status: ProjectStatus) -> ProjectStage {
    match status {
        ProjectStatus::Prospect => ProjectStage::Design,
        ProjectStatus::Active => chance.weighted(&[
            (12, ProjectStage::Design),
            (18, ProjectStage::Preconstruction),
            (58, ProjectStage::Construction),
            (12, ProjectStage::Closeout),
        ]),
        ProjectStatus::Warranty | ProjectStatus::Completed | ProjectStatus::Archived => ProjectStage::Handover,
    }
}

/// Of a hundred projects, how many have a feature switched on.
const fn share_of(feature: Feature) -> u32 {
    match feature {
        Feature::Dashboard => 100,
        Feature::Schedule | Feature::Messages => 90,
        Feature::Selections => 85,
        Feature::Documents | Feature::Billing | Feature::Team => 80,
        Feature::Help => 60,
        Feature::DailyLogs => 55,
    }
}

fn postal_code(chance: &mut Chance, form: &str) -> String {
    let mut one = |sign: char| match sign {
        '#' => char::from_digit(chance.below(10), 10).unwrap_or('0'),
        '@' => *chance.pick(&['A', 'C', 'E', 'G', 'H', 'K', 'L', 'N', 'P', 'R', 'T', 'W', 'X']),
        other => other,
    };
    form.chars().map(&mut one).collect()
}

//! Selections with their options, and the allowances that they draw on.

use portico_core::projects::ProjectStatus;
use portico_core::selections::SelectionStatus;
use rust_decimal::Decimal;

use super::calendar::{day, moment};
use super::chance::{Chance, Thing};
use super::project::Site;
use super::tables::{
    Allowance, AllowanceCost, OptionCost, Selection, SelectionInternal, SelectionOption, SelectionTrade, TradeInfo,
};
use super::words::{BRIEFS, CHOICES, FINISHES, LINES, VENDORS};

/// Numbers of options begin anew in each selection, this far apart.
const APART: u32 = 8;

pub(super) fn put(site: &mut Site<'_>) {
    let mut chance = site.chance(Thing::Allowance);
    let allowances = (3 + site.size.selections / 20 + chance.below(3)).min(24);
    for sort in 0..allowances {
        put_allowance(site, &mut chance, sort);
    }
    let mut chance = site.chance(Thing::Selection);
    let mut shared = 0;
    for place in 0..site.size.selections {
        let status = status(&mut chance, site.status);
        let number = (status != SelectionStatus::Draft).then(|| {
            shared += 1;
            shared
        });
        let choice = CHOICES[place as usize % CHOICES.len()];
        let options = chance.weighted(&[(10, 2), (25, 3), (30, 4), (25, 5), (10, 6)]);
        put_options(site, &mut chance, (place, options), choice);
        put_selection(site, &mut chance, (place, options), (status, number), allowances);
        put_companions(site, &mut chance, place, choice);
    }
}

fn put_allowance(site: &mut Site<'_>, chance: &mut Chance, sort: u32) {
    let id = site.id(Thing::Allowance, sort);
    let (company_id, project_id) = (site.company.id, site.id);
    let granted = chance.amount(1_500, 45_000);
    site.batch.put(&Allowance {
        id,
        company_id,
        project_id,
        name: format!("{} allowance", CHOICES[sort as usize % CHOICES.len()].0).into(),
        granted_minor: granted,
        material_only: chance.percent(30),
        sort,
        version: chance.mostly_low(1, 4),
    });
    if chance.percent(85) {
        site.batch.put(&AllowanceCost {
            allowance_id: id,
            company_id,
            project_id,
            cost_basis_minor: Some(granted / 100 * i64::from(chance.between(60, 95)) + 7),
            buffer_percent: chance.percent(60).then(|| Decimal::new(chance.between(0, 250).into(), 3)),
        });
    }
}

/// Where choices stand depends on how far the project is.
fn status(chance: &mut Chance, project: ProjectStatus) -> SelectionStatus {
    let (draft, open, done) = match project {
        ProjectStatus::Prospect => (70, 28, 2),
        ProjectStatus::Active => (18, 34, 48),
        ProjectStatus::Warranty | ProjectStatus::Completed | ProjectStatus::Archived => (3, 3, 94),
    };
    chance.weighted(&[
        (draft * 10, SelectionStatus::Draft),
        (open * 10, SelectionStatus::Shared),
        (done * 2, SelectionStatus::Chosen),
        (done * 2, SelectionStatus::Approved),
        (done, SelectionStatus::Locked),
        (done * 4, SelectionStatus::Ordered),
        (done, SelectionStatus::Declined),
    ])
}

fn put_selection(
    site: &mut Site<'_>,
    chance: &mut Chance,
    (place, options): (u32, u32),
    (status, number): (SelectionStatus, Option<u32>),
    allowances: u32,
) {
    let (what, ..) = CHOICES[place as usize % CHOICES.len()];
    let room = place as usize / CHOICES.len();
    let is_open = matches!(status, SelectionStatus::Draft | SelectionStatus::Shared | SelectionStatus::Declined);
    let is_locked = matches!(status, SelectionStatus::Locked | SelectionStatus::Ordered);
    let due = site.start + chance.between(-20, site.days);
    let instructions = "Look at the samples in the showroom, and tell us which of them you like best.";
    site.batch.put(&Selection {
        id: site.id(Thing::Selection, place),
        company_id: site.company.id,
        project_id: site.id,
        location_id: chance.percent(80).then(|| site.id(Thing::Location, chance.below(site.locations))),
        allowance_id: chance.percent(45).then(|| site.id(Thing::Allowance, chance.below(allowances))),
        number,
        title: if room == 0 { what.into() } else { format!("{what}, part {}", room + 1).into() },
        instructions: chance.percent(45).then(|| instructions.into()),
        status: status.as_str(),
        due_on: chance.percent(88).then(|| day(due)),
        chosen_option_id: (!is_open).then(|| site.id(Thing::SelectionOption, place * APART + chance.below(options))),
        locked_at: is_locked.then(|| moment(due.min(-1))),
        version: chance.mostly_low(1, 6),
        created_at: moment((site.created + 10).min(-1)),
    });
}

fn put_options(
    site: &mut Site<'_>,
    chance: &mut Chance,
    (place, options): (u32, u32),
    (what, low, high): (&str, i32, i32),
) {
    let (company_id, project_id) = (site.company.id, site.id);
    let has_standard = chance.percent(70);
    for sort in 0..options {
        let id = site.id(Thing::SelectionOption, place * APART + sort);
        let price = chance.amount(low, high);
        let (line, finish) = (*chance.pick(&LINES), *chance.pick(&FINISHES));
        site.batch.put(&SelectionOption {
            id,
            company_id,
            project_id,
            selection_id: site.id(Thing::Selection, place),
            title: format!("{line} {finish}").into(),
            description: chance.percent(60).then(|| format!("{what} of the {line} line, in {finish}.").into()),
            price_minor: chance.percent(94).then_some(price),
            is_standard: has_standard && sort == 0,
            lead_time_days: chance.percent(75).then(|| chance.mostly_low(0, 90)),
            sort,
            version: chance.mostly_low(1, 4),
        });
        if chance.percent(92) {
            site.batch.put(&OptionCost {
                option_id: id,
                company_id,
                project_id,
                unit_cost_minor: price / 100 * i64::from(chance.between(52, 88)) + 7,
                vendor: chance.percent(90).then(|| (*chance.pick(&VENDORS)).into()),
                vendor_sku: chance.percent(70).then(|| format!("{}-{:05}", &line[..2], chance.below(100_000)).into()),
            });
        }
    }
}

fn put_companions(site: &mut Site<'_>, chance: &mut Chance, place: u32, (_, low, high): (&str, i32, i32)) {
    let selection_id = site.id(Thing::Selection, place);
    let (company_id, project_id) = (site.company.id, site.id);
    if chance.percent(85) {
        let budget = chance.amount(low, high) + 7;
        site.batch.put(&SelectionInternal {
            selection_id,
            company_id,
            project_id,
            original_budget_minor: Some(budget),
            revised_budget_minor: chance.percent(25).then(|| budget + chance.amount(0, 2_000)),
        });
    }
    if chance.percent(30) {
        let trade_info = (*chance.pick(&BRIEFS)).into();
        site.batch.put(&TradeInfo { selection_id, company_id, project_id, trade_info });
    }
    if chance.percent(40) {
        let project_membership_id = site.any_trade(chance);
        site.batch.put(&SelectionTrade { selection_id, project_membership_id, company_id, project_id });
    }
}

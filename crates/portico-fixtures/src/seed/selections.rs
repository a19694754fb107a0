//! Selections with their options and allowances.

use portico_core::selections::{AllowanceCovers, AllowanceEntryKind, SelectionStatus, UnusedAllowancePolicy};
use portico_store::rows::{Selection, SelectionOption};
use rand::rngs::ChaCha8Rng;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::chance::{Chance, Thing};
use super::decisions::Approved;
use super::people::client;
use super::project::Site;
use super::words::WORDS;
use super::{day, moment};
use crate::{add, row};

/// Offset between the numbers of options of two selections.
const APART: u32 = 8;

impl Site<'_> {
    pub(super) fn put_selections(&mut self) {
        let mut chance = self.chance(Thing::Allowance);
        let allowances = (3 + self.size.selections / 20 + chance.below(3)).min(24);
        for sort in 0..allowances {
            self.put_allowance(&mut chance, sort);
        }
        let mut chance = self.chance(Thing::Selection);
        let mut shared = 0;
        for place in 0..self.size.selections {
            let status = chance.weighted(&WORDS.shares.by_status[&self.status].selections);
            let is_shared = status != SelectionStatus::Draft;
            shared += u32::from(is_shared);
            let options = chance.weighted(&[(10, 2), (25, 3), (30, 4), (25, 5), (10, 6)]);
            let offered = self.put_options(&mut chance, place, options);
            self.put_selection(&mut chance, (place, offered), (status, is_shared.then_some(shared)), allowances);
        }
    }

    fn put_allowance(&mut self, chance: &mut ChaCha8Rng, sort: u32) {
        let (id, granted) = (self.id(Thing::Allowance, sort), chance.amount(1_500, 45_000));
        add!(self => Allowance {
            id, name: format!("{} allowance", choice(sort).0), granted_minor: granted,
            covers: if chance.percent(30) { AllowanceCovers::Material } else { AllowanceCovers::MaterialAndLabor },
            terms: sort.is_multiple_of(3).then_some("Delivery is included, installation is not."),
            unused_policy: if sort.is_multiple_of(2) { UnusedAllowancePolicy::Credit } else { UnusedAllowancePolicy::Keep },
            fee_percent: Decimal::new(15, 2), tax_percent: Decimal::new(825, 4), sort, version: chance.mostly_low(1, 4),
        });
        add!(self => AllowanceEntry {
            id: self.id(Thing::AllowanceEntry, sort * 2), allowance_id: id, kind: AllowanceEntryKind::Granted,
            amount_minor: granted, created_at: moment((self.created + 5).min(-1)),
        });
        if chance.percent(85) {
            add!(self => AllowanceCost {
                allowance_id: id, cost_basis_minor: Some(granted / 100 * i64::from(chance.between(60, 95)) + 7),
                buffer_percent: chance.maybe(60, |chance| Decimal::new(chance.between(0, 250).into(), 3)),
            });
        }
    }

    fn put_selection(
        &mut self,
        chance: &mut ChaCha8Rng,
        (place, mut offered): (u32, Vec<SelectionOption>),
        (status, number): (SelectionStatus, Option<u32>),
        allowances: u32,
    ) {
        let id = self.id(Thing::Selection, place);
        let ((what, low, high), round) = (choice(place), place as usize / WORDS.choices.len());
        let is_open = matches!(status, SelectionStatus::Draft | SelectionStatus::Shared | SelectionStatus::Declined);
        let is_locked = matches!(status, SelectionStatus::Locked | SelectionStatus::Ordered);
        let due = self.start + chance.between(-20, self.days);
        let choice_of = chance.below(offered.len().try_into().unwrap_or_default());
        let approved = is_locked || status == SelectionStatus::Approved;
        let (chosen_on, approved_on) = ((due - 3).min(-1), due.min(-1));
        // Some choices are of several options, and of several of one.
        let (several, quantity) = (place % 5 == 4, if place % 3 == 2 { 1 + place % 4 } else { 1 });
        let chosen: Vec<_> = offered
            .iter()
            .cycle()
            .skip(choice_of as usize)
            .take(if is_open { 0 } else { 1 + usize::from(several) })
            .map(|option| (option.id, option.price_minor))
            .collect();
        let (client, _) = client(self.seed, self.index, 0);
        let selection = row!(Selection {
            id,
            number,
            status,
            due_on: chance.maybe(88, |_| day(due)),
            location_id: chance.maybe(80, |chance| self.id(Thing::Location, chance.below(self.locations))),
            allowance_id: chance.maybe(45, |chance| self.id(Thing::Allowance, chance.below(allowances))),
            title: if round == 0 { what.to_string() } else { format!("{what}, part {}", round + 1) },
            instructions: chance.maybe(45, |_| &WORDS.instructions),
            version: chance.mostly_low(1, 6),
            category: (place % 4 != 3).then_some(if place % 2 == 0 { "Finishes" } else { "Fixtures" }),
            min_choices: 1,
            max_choices: if several { 2 } else { 1 },
            may_decline: place % 6 == 0 || status == SelectionStatus::Declined,
            chosen_at: (!is_open).then(|| moment(chosen_on)),
            chosen_by: (!is_open).then(|| self.id(Thing::Client, 0)),
            chosen_by_name: (!is_open).then(|| client.name.to_string()),
            approved_at: approved.then(|| moment(approved_on)),
            locked_at: is_locked.then(|| moment(due.min(-1))),
            ordered_at: (status == SelectionStatus::Ordered).then(|| moment(due.min(-1))),
            created_at: moment((self.created + 10).min(-1)),
        });
        let selection = Selection {
            is_overdue: status == SelectionStatus::Shared && selection.due_on.is_some_and(|on| on < day(0)),
            ..selection
        };
        for (option_id, _) in &chosen {
            add!(self => SelectionChoice { selection_id: id, option_id: *option_id, quantity });
        }
        if approved && let Some(allowance_id) = selection.allowance_id {
            let prices = chosen.iter().filter_map(|(_, price)| *price);
            add!(self => AllowanceEntry {
                id: self.id(Thing::AllowanceEntry, place * 2 + 1), allowance_id, selection_id: Some(id),
                kind: AllowanceEntryKind::Approved,
                amount_minor: prices.sum::<i64>() * i64::from(quantity), created_at: moment(approved_on),
            });
        } else if approved {
            let title = selection.title.to_string();
            offered.retain(|option| chosen.iter().any(|(id, _)| *id == option.id));
            self.approved.push(Approved { day: due.min(-1), place, id, number, title, options: offered, quantity });
        }
        self.add(selection);
        if chance.percent(85) {
            let budget = chance.amount(*low, *high) + 7;
            add!(self => SelectionInternal {
                selection_id: id, original_budget_minor: Some(budget),
                revised_budget_minor: chance.maybe(25, |chance| budget + chance.amount(0, 2_000)),
            });
        }
        if chance.percent(30) {
            let trade_info = chance.pick(&WORDS.briefs);
            add!(self => SelectionTradeInfo { selection_id: id, trade_info });
        }
        if chance.percent(40) {
            let project_membership_id = self.any_trade(chance);
            add!(self => SelectionTrade { selection_id: id, project_membership_id });
        }
    }

    /// Id of an option of the selection at a place.
    pub(super) fn option_id(&self, place: u32, sort: u32) -> Uuid {
        self.id(Thing::SelectionOption, place * APART + sort)
    }

    /// Adds options, and returns them.
    fn put_options(&mut self, chance: &mut ChaCha8Rng, place: u32, options: u32) -> Vec<SelectionOption> {
        let ((what, low, high), has_standard) = (choice(place), chance.percent(70));
        let mut offered = Vec::new();
        for sort in 0..options {
            let id = self.option_id(place, sort);
            let price = chance.amount(*low, *high);
            let (line, finish) = (chance.pick(&WORDS.product_lines), chance.pick(&WORDS.finishes));
            let option = row!(SelectionOption {
                id,
                selection_id: self.id(Thing::Selection, place),
                title: format!("{line} {finish}"),
                is_standard: has_standard && sort == 0,
                sort,
                description: chance.maybe(60, |_| format!("{what} of the {line} line, in {finish}.")),
                price_minor: chance.maybe(94, |_| price),
                price_expires_on: (sort == 2).then(|| day(60)),
                version: chance.mostly_low(1, 4),
                lead_time_days: chance.maybe(75, |chance| chance.mostly_low(0, 90)),
            });
            offered.push(option.clone());
            self.add(option);
            if chance.percent(92) {
                add!(self => SelectionOptionCost {
                    option_id: id, unit_cost_minor: price / 100 * i64::from(chance.between(52, 88)) + 7,
                    vendor: chance.maybe(90, |chance| chance.pick(&WORDS.vendors)),
                    vendor_sku: chance.maybe(70, |chance| format!("{}-{:05}", &line[..2], chance.below(100_000))),
                });
            }
        }
        offered
    }
}

/// The choice at a position, with the minimum and maximum price of an option.
fn choice(place: u32) -> &'static (portico_store::rows::Text, i32, i32) {
    &WORDS.choices[place as usize % WORDS.choices.len()]
}

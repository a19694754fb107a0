//! Staff add, change and delete options of selections.

use chrono::NaiveDate;
use portico_core::access::Permission;
use portico_core::activity::ActivityKind;
use portico_core::id::{SelectionId, SelectionOptionId};
use portico_core::limits::caps;
use portico_core::money::Currency;
use portico_core::refusal::RefusalCode;
use portico_core::selections::{SelectionAction, SelectionStatus};
use portico_store::selections::{
    OptionChange, OptionCostChange, change_option, change_option_cost, delete_option, has_cost, insert_option,
    is_chosen, lock_option, place_of_option, touch_selection,
};
use serde_json::json;

use super::client_action::today;
use super::staff_action::lock;
use crate::projects::MoneyDraft;
use crate::{Action, ActionError, Refusal, Work, check};

/// Maximum length of a description, in characters.
const TEXT: usize = 4_000;

/// Adds an option to a selection that is not approved, or changes it. `None` keeps a value, `Some(None)` clears it.
#[derive(Debug, Clone, Default)]
pub struct SelectionOptionSave {
    /// The option to change; `None` adds one.
    pub id: Option<SelectionOptionId>,
    /// The version that was read; required to change one.
    pub expected_version: Option<i32>,
    /// The selection; required to add one.
    pub selection: Option<SelectionId>,
    /// The title; required to add one.
    pub title: Option<String>,
    /// The description.
    pub description: Option<Option<String>>,
    /// The price; `Some(None)` while it is to be determined.
    pub price: Option<Option<MoneyDraft>>,
    /// The last day of the price.
    pub price_expires_on: Option<Option<NaiveDate>>,
    /// Whether it is the included standard.
    pub is_standard: Option<bool>,
    /// Days from order to delivery.
    pub lead_time_days: Option<Option<i32>>,
    /// The sort order.
    pub sort: Option<i32>,
    /// The unit cost; needs the permission to view costs, as do the vendor and the article number.
    pub unit_cost: Option<MoneyDraft>,
    /// The vendor.
    pub vendor: Option<Option<String>>,
    /// The vendor's article number.
    pub vendor_sku: Option<Option<String>>,
}

impl SelectionOptionSave {
    const fn has_costs(&self) -> bool {
        self.unit_cost.is_some() || self.vendor.is_some() || self.vendor_sku.is_some()
    }

    fn checked(&self, currency: Currency) -> Result<(OptionChange, OptionCostChange), ActionError> {
        let mut change = OptionChange { is_standard: self.is_standard, sort: self.sort, ..OptionChange::default() };
        change.price_expires_on = self.price_expires_on;
        let mut cost = OptionCostChange::default();
        let description = self.description.as_ref();
        let description =
            description.map(|it| it.as_deref().map(|text| check::body("description", text, TEXT)).transpose());
        let price = self.price.as_ref();
        let price = price.map(|it| it.as_ref().map(|it| it.checked("price", currency)).transpose());
        let text = |member: &str, text: &Option<Option<String>>| {
            text.as_ref().map(|it| it.as_deref().map(|text| check::text(member, text, check::NAME)).transpose())
        };
        let days = self.lead_time_days.map(|days| match days {
            Some(days) if !(0..=3_650).contains(&days) => {
                Err(Refusal::of(RefusalCode::Invalid, "leadTimeDays", "must be from 0 to 3650"))
            }
            days => Ok(days),
        });
        let checks = [
            self.title
                .as_deref()
                .map(|title| check::text("title", title, check::NAME).map(|it| change.title = Some(it))),
            description.map(|it| it.map(|it| change.description = Some(it))),
            price.map(|it| it.map(|it| change.price_minor = Some(it))),
            days.map(|it| it.map(|it| change.lead_time_days = Some(it))),
            self.unit_cost
                .as_ref()
                .map(|it| it.checked("unitCost", currency).map(|it| cost.unit_cost_minor = Some(it))),
            text("vendor", &self.vendor).map(|it| it.map(|it| cost.vendor = Some(it))),
            text("vendorSku", &self.vendor_sku).map(|it| it.map(|it| cost.vendor_sku = Some(it))),
        ];
        check::all(checks.into_iter().flatten())?;
        Ok((change, cost))
    }
}

impl Action for SelectionOptionSave {
    type Done = SelectionOptionId;

    async fn write(&self, work: &mut Work<'_>) -> Result<SelectionOptionId, ActionError> {
        let staff = work.staff(Permission::SelectionsManage).await?;
        if self.has_costs() {
            work.staff(Permission::CostsView).await?;
        }
        let (selection, member) = match self.id {
            Some(id) => {
                let place = place_of_option(work.connection(), staff.company, id).await?;
                (place.ok_or_else(|| Refusal::not_found("id"))?.1, "id")
            }
            None => {
                let required = || Refusal::missing("selectionId", "is required to add an option");
                (self.selection.ok_or_else(required)?, "selectionId")
            }
        };
        let place = lock(work, (selection, member), SelectionAction::Edit, None).await?;
        let whose = (place.staff.company, place.project);
        let (mut change, cost) = self.checked(place.currency)?;
        let today = today(work, &place.found)?;
        change.is_price_expired = change.price_expires_on.map(|last| last.is_some_and(|last| last < today));
        let id = match self.id {
            Some(id) => {
                if self.selection.is_some_and(|named| named != selection) {
                    return Err(Refusal::of(RefusalCode::Invalid, "selectionId", "cannot be changed: omit it").into());
                }
                let version = lock_option(work.connection(), id).await?.ok_or_else(|| Refusal::not_found("id"))?;
                match self.expected_version {
                    None => return Err(Refusal::missing("expectedVersion", "is required to change an option").into()),
                    Some(read) if read != version => return Err(Refusal::outdated(version).into()),
                    Some(_) => id,
                }
            }
            None => {
                let title = change.title.as_deref();
                let title = title.ok_or_else(|| Refusal::missing("title", "is required to add an option"))?;
                if place.found.options.len() >= caps::OPTIONS as usize {
                    let message = format!("a selection has at most {} options: delete one first", caps::OPTIONS);
                    return Err(Refusal::of(RefusalCode::InvalidState, "selectionId", message).into());
                }
                insert_option(work.connection(), whose, selection, title).await?
            }
        };
        if self.has_costs() && cost.unit_cost_minor.is_none() && !has_cost(work.connection(), id).await? {
            return Err(Refusal::missing("unitCost", "is required with a vendor").into());
        }
        let mut names = change_option(work.connection(), selection, id, change).await?;
        if self.id.is_none() {
            names.insert(0, "title");
        }
        if !names.is_empty() {
            // Whoever has read the selection has read other options.
            touch_selection(work.connection(), selection).await?;
        }
        names.extend(change_option_cost(work.connection(), whose, id, cost).await?);
        let event = place.event(ActivityKind::SelectionOptionSaved, selection);
        work.record_changes(event.with(json!({ "isNew": self.id.is_none() })), &names).await?;
        Ok(id)
    }
}

/// Deletes an option that is not chosen. Its files are detached.
#[derive(Debug, Clone, Copy)]
pub struct SelectionOptionDelete {
    /// The option.
    pub id: SelectionOptionId,
}

impl Action for SelectionOptionDelete {
    type Done = SelectionId;

    async fn write(&self, work: &mut Work<'_>) -> Result<SelectionId, ActionError> {
        let staff = work.staff(Permission::SelectionsManage).await?;
        let place = place_of_option(work.connection(), staff.company, self.id).await?;
        let selection = place.ok_or_else(|| Refusal::not_found("id"))?.1;
        let place = lock(work, (selection, "id"), SelectionAction::Edit, None).await?;
        if is_chosen(work.connection(), self.id).await? {
            let message = "is chosen: ask the client to choose another option first";
            return Err(Refusal::of(RefusalCode::InvalidState, "id", message).into());
        }
        let (row, left) = (&place.found.row, place.found.options.len().saturating_sub(1));
        if row.status != SelectionStatus::Draft && i32::try_from(left).is_ok_and(|left| left < row.min_choices) {
            let message = format!("clients choose at least {}: add another option first", row.min_choices);
            return Err(Refusal::of(RefusalCode::InvalidState, "id", message).into());
        }
        delete_option(work.connection(), place.project, self.id).await?;
        touch_selection(work.connection(), selection).await?;
        work.record(place.event(ActivityKind::SelectionOptionDeleted, selection)).await?;
        Ok(selection)
    }
}

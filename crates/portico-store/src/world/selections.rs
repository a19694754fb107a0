//! Selections and their options into rows.

use portico_core::selections::SelectionStatus;
use serde_json::json;
use uuid::Uuid;

use super::WorldError;
use super::project::Site;
use super::project_model::{Choice, Selection};
use super::values::Day;

/// Writes them in the order of the file, which is also the order of their numbers; those in preparation have none.
pub(super) fn selections(site: &mut Site<'_>, selections: &[Selection]) -> Result<(), WorldError> {
    let mut shared = 0;
    for one in selections {
        let is_shared = one.status.0 != SelectionStatus::Draft;
        shared += i32::from(is_shared);
        selection(site, is_shared.then_some(shared), one)?;
    }
    Ok(())
}

fn selection(site: &mut Site<'_>, number: Option<i32>, selection: &Selection) -> Result<(), WorldError> {
    let title = &selection.title;
    let path = format!("selection/{title}");
    let id = site.name(&path)?;
    for (sort, choice) in selection.options.iter().enumerate() {
        option(site, title, id, sort, choice)?;
    }
    let place =
        |kind: &str, name: &Option<String>| name.as_ref().map(|name| site.find(&format!("{kind}/{name}"))).transpose();
    let location_id = place("location", &selection.location)?;
    let allowance_id = place("allowance", &selection.allowance)?;
    let chosen_option_id = place(&format!("option/{title}"), &selection.chosen)?;
    site.add(
        "selections",
        json!({
            "id": id,
            "location_id": location_id,
            "allowance_id": allowance_id,
            "number": number,
            "title": title,
            "instructions": selection.instructions,
            "status": selection.status.text(),
            "due_on": selection.due.map(Day::date),
            "chosen_option_id": chosen_option_id,
            "locked_at": selection.locked_on.map(|day| day.instant()),
            "version": 1,
            "created_at": selection.created_on.unwrap_or(site.created_on).instant(),
        }),
    );
    let minor = |amount| site.minor(&path, amount);
    let original_budget = selection.original_budget.map(minor).transpose()?;
    let revised_budget = selection.revised_budget.map(minor).transpose()?;
    site.add(
        "selection_internals",
        json!({
            "selection_id": id,
            "original_budget_minor": original_budget,
            "revised_budget_minor": revised_budget,
        }),
    );
    if let Some(trade_info) = &selection.trade_info {
        site.add("selection_trade_infos", json!({ "selection_id": id, "trade_info": trade_info }));
    }
    for slug in &selection.trades {
        let membership = site.find(&format!("trade/{slug}"))?;
        site.add("selection_trades", json!({ "selection_id": id, "project_membership_id": membership }));
    }
    site.notes("SELECTION", &path, id, &selection.notes)
}

fn option(
    site: &mut Site<'_>,
    selection: &str,
    selection_id: Uuid,
    sort: usize,
    choice: &Choice,
) -> Result<(), WorldError> {
    let path = format!("option/{selection}/{}", choice.title);
    let id = site.name(&path)?;
    let price = choice.price.map(|price| site.minor(&path, price)).transpose()?;
    let cost = site.minor(&path, choice.cost)?;
    site.add(
        "selection_options",
        json!({
            "id": id,
            "selection_id": selection_id,
            "title": choice.title,
            "description": choice.description,
            "price_minor": price,
            "is_standard": choice.is_standard,
            "lead_time_days": choice.lead_time_days,
            "sort": sort + 1,
            "version": 1,
        }),
    );
    site.add(
        "selection_option_costs",
        json!({
            "option_id": id,
            "unit_cost_minor": cost,
            "vendor": choice.vendor,
            "vendor_sku": choice.sku,
        }),
    );
    Ok(())
}

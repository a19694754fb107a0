//! What a choice would cost, before it is made.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, SimpleObject};
use portico_actions::Refusal;
use portico_core::clock::Clock;
use portico_core::id::{SelectionOptionId, Tag};
use portico_core::projects::ProjectStatus;
use portico_core::refusal::RefusalCode;
use portico_core::selections::{
    Basis, ChosenPrice, NamedChoice, Offered, SelectionAction, added_overage, check_choices, effect, total_price,
};
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::selections::{OptionRow, SelectionRow};

use super::approval::Offer;
use super::{Allowance, SelectionChoice};
use crate::direct::Direct;
use crate::error::ApiError;
use crate::ids;
use crate::money::Money;

/// Choice of an option.
#[gated(CLIENT, STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct SelectionChoiceInput {
    /// Option of the selection.
    option_id: ID,
    /// How many, 1 to 9999.
    #[graphql(default = 1)]
    quantity: i32,
}

/// The choices of an input. An ID of another type is answered like that of another selection's option.
pub(super) fn named(choices: &[SelectionChoiceInput]) -> Result<Vec<NamedChoice>, ApiError> {
    let read = |(position, choice): (usize, &SelectionChoiceInput)| {
        let id = ids::read(&choice.option_id, &format!("input.choices.{position}.optionId"))?;
        Ok((id.of_kind(Tag::SELECTION_OPTION).map(Into::into), choice.quantity))
    };
    choices.iter().enumerate().map(read).collect()
}

/// Price of a choice. Nothing is committed until it is approved.
#[gated(CLIENT, STAFF)]
#[derive(SimpleObject)]
pub(crate) struct SelectionPreview {
    /// Version of the selection, for `selectionChoose`.
    selection_version: i32,
    /// Price of all choices. Null while that of an option is to be determined.
    price: Option<Money>,
    /// Difference from the included standard. Null with an allowance, without a standard, and while a price is to be determined.
    price_delta: Option<Money>,
    /// The choices.
    #[list_size(CHOICES_OF_SELECTION)]
    choices: Vec<Direct<SelectionChoice>>,
    /// Effect on the allowance. Null without one, and while a price is to be determined.
    allowance: Option<AllowancePreview>,
    /// Contract total now. Null without `canPay`, and if the project has none.
    contract_total_before: Option<Money>,
    /// Contract total after the approval. Null without `canPay`, without a contract total, and while a price is to be determined.
    contract_total_after: Option<Money>,
    /// What the approval adds to the contract total. Null while a price is to be determined.
    contract_total_change: Option<Money>,
}

/// Effect of a choice on its allowance, once it is approved.
#[gated(CLIENT, STAFF)]
#[derive(SimpleObject)]
pub(crate) struct AllowancePreview {
    /// The allowance.
    allowance: Direct<Allowance>,
    /// Granted amount.
    granted: Money,
    /// Amount used by other approved selections.
    used_before: Money,
    /// Used with this choice.
    used_after: Money,
    /// Remaining with this choice; negative if more is used than granted.
    remaining_after: Money,
    /// Part of this choice above the granted amount, without fee and tax. 0 if there is none.
    overage: Money,
    /// The contract's fee on the overage.
    fee: Money,
    /// Tax on the overage with its fee.
    tax: Money,
    /// What this choice adds to the contract total.
    overage_total: Money,
}

/// The preview of choices, or why they are not possible.
pub(super) async fn preview(
    ctx: &Context<'_>,
    row: &SelectionRow,
    choices: &[NamedChoice],
) -> Result<Result<SelectionPreview, Refusal>, ApiError> {
    let offer = Offer::of(ctx, row).await?;
    let today = ctx.data_unchecked::<Arc<Clock>>().today(&offer.project.time_zone);
    let today = today.ok_or_else(|| ApiError::Internal("a project with an unknown time zone".to_owned()))?;
    if offer.project.status == ProjectStatus::Archived {
        let message = "the project is archived and cannot be changed";
        return Ok(Err(Refusal::of(RefusalCode::ProjectClosed, "id", message)));
    }
    if let Some(message) = SelectionAction::Choose.refused_in(row.status) {
        return Ok(Err(Refusal::of(RefusalCode::InvalidState, "id", message)));
    }
    let offered = |option: &Arc<OptionRow>| Offered {
        id: option.id,
        unit_minor: option.price_minor,
        is_expired: option.price_expires_on.is_some_and(|last| last < today),
    };
    let offered: Vec<_> = offer.options.iter().map(offered).collect();
    let choices = match check_choices(&offered, choices, (row.min_choices, row.max_choices)) {
        Ok(choices) => choices,
        Err(fault) => return Ok(Err(fault.into())),
    };
    Ok(Ok(shown(ctx, row, &offer, &choices)))
}

fn shown(
    ctx: &Context<'_>,
    row: &SelectionRow,
    offer: &Offer,
    choices: &[(SelectionOptionId, i32)],
) -> SelectionPreview {
    let chosen: Vec<_> = choices.iter().filter_map(|(id, quantity)| Some((offer.option(*id)?, *quantity))).collect();
    let prices: Vec<_> = chosen
        .iter()
        .map(|(option, quantity)| ChosenPrice { unit_minor: option.price_minor, quantity: *quantity })
        .collect();
    let (basis, price) = (offer.basis(), total_price(&prices));
    let effect = effect(&prices, basis);
    let money = |minor: i64| Money::new(minor, offer.project.currency);
    let change = effect.and_then(|effect| effect.contract_minor);
    let viewer = ctx.data_unchecked::<Loader>().viewer();
    let before = offer.project.contract_total_minor.filter(|_| viewer.may_see_money_of(row.project_id));
    let allowance = offer.allowance.as_ref().zip(price).and_then(|(allowance, price)| {
        let Basis::Allowance(terms, used) = basis else { return None };
        let (after, over) = (used.saturating_add(price), added_overage(&terms, used, price));
        Some(AllowancePreview {
            allowance: Allowance(Arc::clone(allowance)).into(),
            granted: money(terms.granted_minor),
            used_before: money(used),
            used_after: money(after),
            remaining_after: money(terms.granted_minor.saturating_sub(after)),
            overage: money(over.amount_minor),
            fee: money(over.fee_minor),
            tax: money(over.tax_minor),
            overage_total: money(over.total_minor()),
        })
    });
    SelectionPreview {
        selection_version: row.version,
        price: price.map(money),
        price_delta: effect.and_then(|effect| effect.price_delta_minor).map(money),
        choices: chosen
            .iter()
            .map(|(option, quantity)| SelectionChoice { option: Arc::clone(option), quantity: *quantity }.into())
            .collect(),
        allowance,
        contract_total_before: before.map(money),
        contract_total_after: before.zip(change).map(|(before, change)| money(before.saturating_add(change))),
        contract_total_change: change.map(money),
    }
}

//! Money and internal figures of a project, set by staff until signed documents set them.

use portico_core::access::Permission;
use portico_core::money::{Currency, Money, PERCENT_DECIMALS};
use portico_core::refusal::RefusalCode;
use portico_store::projects::InternalsChange;
use rust_decimal::Decimal;

use crate::{ActionError, Refusal, Work, check};

/// Maximum length of the internal status and of the lead's source, in characters.
const WORD: usize = 200;
/// Maximum length of notes, in characters.
const NOTES: usize = 4_000;
/// Maximum amount, in units of the currency: enough for any building, and far from overflowing sums.
const MAX_AMOUNT: u64 = 1_000_000_000_000;

/// Amount of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoneyDraft {
    /// The amount, a decimal number.
    pub amount: String,
    /// ISO 4217 code of the currency.
    pub currency: String,
}

impl MoneyDraft {
    /// The amount in minor units of a project's currency.
    pub(crate) fn checked(&self, member: &str, currency: Currency) -> Result<i64, Refusal> {
        let under = |part: &str| format!("{member}.{part}");
        if check::currency(&under("currencyCode"), &self.currency)? != currency {
            let message = format!("must be {currency}, the project's currency");
            return Err(Refusal::of(RefusalCode::Invalid, &under("currencyCode"), message));
        }
        let amount = check::decimal(&under("amount"), &self.amount, "1250.00")?;
        if amount.is_sign_negative() && !amount.is_zero() || amount > Decimal::from(MAX_AMOUNT) {
            let message = format!("must be from 0 to {MAX_AMOUNT}");
            return Err(Refusal::of(RefusalCode::Invalid, &under("amount"), message));
        }
        let money = Money::of_amount(amount, currency).ok_or_else(|| {
            let message = format!("must have at most {} decimals, as {currency} does", currency.decimals());
            Refusal::of(RefusalCode::Invalid, &under("amount"), message)
        })?;
        Ok(money.minor_units)
    }
}

/// Changes of a project's money and internal figures. `None` keeps the current value; `Some(None)` clears it.
#[derive(Debug, Clone, Default)]
pub struct ProjectFigures {
    /// The contract total.
    pub contract_total: Option<Option<MoneyDraft>>,
    /// The budget.
    pub budget: Option<Option<MoneyDraft>>,
    /// The target margin in percent of the price.
    pub target_margin: Option<Option<String>>,
    /// The internal status.
    pub internal_status: Option<Option<String>>,
    /// The risk notes.
    pub risk_notes: Option<Option<String>>,
    /// The source of the lead.
    pub lead_source: Option<Option<String>>,
}

impl ProjectFigures {
    /// Rejects callers who may not read what they set: secrets are written only by those who can read them.
    pub(super) async fn refuse_hidden(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let costs = self.budget.is_some()
            || self.internal_status.is_some()
            || self.risk_notes.is_some()
            || self.lead_source.is_some();
        if costs {
            work.staff(Permission::CostsView).await?;
        }
        if self.target_margin.is_some() {
            work.staff(Permission::MarginsView).await?;
        }
        Ok(())
    }

    /// The contract total and the internal figures, in the currency of the project.
    pub(super) fn checked(&self, currency: Currency) -> Result<(Option<Option<i64>>, InternalsChange), ActionError> {
        let (mut total, mut change) = (None, InternalsChange::default());
        let text = |member: &str, text: &Option<Option<String>>, max: usize| {
            text.as_ref().map(|text| text.as_deref().map(|text| check::text(member, text, max)).transpose())
        };
        let money = |member: &str, draft: &Option<Option<MoneyDraft>>| {
            draft.as_ref().map(|it| it.as_ref().map(|it| it.checked(member, currency)).transpose())
        };
        let (contract_total, budget) = (money("contractTotal", &self.contract_total), money("budget", &self.budget));
        let target = self.target_margin.as_ref().map(|it| it.as_deref().map(margin).transpose());
        let risks = self.risk_notes.as_ref();
        let risks = risks.map(|it| it.as_deref().map(|it| check::body("riskNotes", it, NOTES)).transpose());
        let checks = [
            contract_total.map(|it| it.map(|minor| total = Some(minor))),
            budget.map(|it| it.map(|minor| change.budget_minor = Some(minor))),
            target.map(|it| it.map(|share| change.target_margin = Some(share))),
            text("internalStatus", &self.internal_status, WORD)
                .map(|it| it.map(|it| change.internal_status = Some(it))),
            risks.map(|it| it.map(|it| change.risk_notes = Some(it))),
            text("leadSource", &self.lead_source, WORD).map(|it| it.map(|it| change.lead_source = Some(it))),
        ];
        check::all(checks.into_iter().flatten())?;
        Ok((total, change))
    }
}

/// A margin in percent, as the share that is stored.
fn margin(text: &str) -> Result<Decimal, Refusal> {
    let percent = check::decimal("targetMargin", text, "12.5")?;
    if percent.abs() >= Decimal::ONE_HUNDRED || percent.normalize().scale() > PERCENT_DECIMALS {
        let message = format!(
            "must be a percentage above -100 and below 100, with at most {PERCENT_DECIMALS} decimals: 18 is 18 %"
        );
        return Err(Refusal::of(RefusalCode::Invalid, "targetMargin", message));
    }
    Ok(percent / Decimal::ONE_HUNDRED)
}

//! Which choices a client may make.

use super::{ChosenPrice, MAX_QUANTITY, total_price};
use crate::id::SelectionOptionId;
use crate::money::MAX_PRICE_MINOR;
use crate::refusal::RefusalCode;

/// An option and how many of it; no option if the caller named something else.
pub type NamedChoice = (Option<SelectionOptionId>, i32);

/// An option that a client can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offered {
    /// The option.
    pub id: SelectionOptionId,
    /// The price of one in minor units; none while it is to be determined.
    pub unit_minor: Option<i64>,
    /// Whether its price has expired.
    pub is_expired: bool,
}

/// Why choices are not possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceFault {
    /// The reason for programs.
    pub code: RefusalCode,
    /// Member of the input.
    pub member: String,
    /// The reason for people.
    pub message: String,
}

/// What clients read about an option whose price has expired.
pub const EXPIRED: &str =
    "the price of the option has expired: ask the company for a new price, or choose another option";

/// Checks the choices among the offered options of a selection, of which `least` to `most` are chosen.
///
/// # Errors
///
/// [`ChoiceFault`] with the first reason.
pub fn check_choices(
    offered: &[Offered],
    choices: &[NamedChoice],
    (least, most): (i32, i32),
) -> Result<Vec<(SelectionOptionId, i32)>, ChoiceFault> {
    let fault = |code, member: String, message: String| Err(ChoiceFault { code, member, message });
    let count = i32::try_from(choices.len()).unwrap_or(i32::MAX);
    if !(least..=most).contains(&count) {
        let wanted = if least == most { format!("exactly {least}") } else { format!("from {least} to {most}") };
        let options = if most == 1 { "option" } else { "options" };
        return fault(RefusalCode::Invalid, "choices".to_owned(), format!("must be {wanted} {options}, not {count}"));
    }
    let mut checked: Vec<(SelectionOptionId, i32)> = Vec::new();
    let mut prices = Vec::new();
    for (position, (named, quantity)) in choices.iter().enumerate() {
        let member = |name: &str| format!("choices.{position}.{name}");
        let Some(option) = offered.iter().find(|option| Some(option.id) == *named) else {
            let message = "is not an option of this selection: choose one of its options".to_owned();
            return fault(RefusalCode::NotFound, member("optionId"), message);
        };
        if checked.iter().any(|(known, _)| *known == option.id) {
            let message = "is chosen twice: list it once, with its quantity".to_owned();
            return fault(RefusalCode::Invalid, member("optionId"), message);
        }
        if !(1..=MAX_QUANTITY).contains(quantity) {
            return fault(RefusalCode::Invalid, member("quantity"), format!("must be from 1 to {MAX_QUANTITY}"));
        }
        if option.is_expired {
            return fault(RefusalCode::InvalidState, member("optionId"), EXPIRED.to_owned());
        }
        checked.push((option.id, *quantity));
        prices.push(ChosenPrice { unit_minor: option.unit_minor, quantity: *quantity });
    }
    if total_price(&prices).is_some_and(|price| price > MAX_PRICE_MINOR) {
        let message = "the total price exceeds the maximum: lower the quantities".to_owned();
        return fault(RefusalCode::Invalid, "choices".to_owned(), message);
    }
    Ok(checked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_among_the_offered_options() {
        // SEL-1, EXP-7
        let [one, two, old] = [(); 3].map(|()| SelectionOptionId::generate());
        let offered = [(one, false), (two, false), (old, true)].map(|(id, is_expired)| Offered {
            id,
            unit_minor: Some(MAX_PRICE_MINOR / 20),
            is_expired,
        });
        let check = |choices: &[NamedChoice], range| check_choices(&offered, choices, range);
        assert_eq!(check(&[(Some(two), 3), (Some(one), 1)], (1, 2)), Ok(vec![(two, 3), (one, 1)]));
        type Case<'a> = (&'a [NamedChoice], (i32, i32), RefusalCode, &'a str, &'a str);
        let cases: &[Case<'_>] = &[
            (&[], (1, 1), RefusalCode::Invalid, "choices", "must be exactly 1 option, not 0"),
            (&[(Some(one), 1)], (2, 3), RefusalCode::Invalid, "choices", "must be from 2 to 3 options, not 1"),
            (&[(None, 1)], (1, 1), RefusalCode::NotFound, "choices.0.optionId", "is not an option of this selection"),
            (&[(Some(one), 1), (Some(one), 1)], (1, 2), RefusalCode::Invalid, "choices.1.optionId", "is chosen twice"),
            (
                &[(Some(one), 19), (Some(two), 2)],
                (1, 2),
                RefusalCode::Invalid,
                "choices",
                "the total price exceeds the maximum",
            ),
            (&[(Some(one), 0)], (1, 1), RefusalCode::Invalid, "choices.0.quantity", "must be from 1 to 9999"),
            (&[(Some(one), 10_000)], (1, 1), RefusalCode::Invalid, "choices.0.quantity", "must be from 1 to 9999"),
            (
                &[(Some(old), 1)],
                (1, 1),
                RefusalCode::InvalidState,
                "choices.0.optionId",
                "the price of the option has expired",
            ),
        ];
        for (choices, range, code, member, message) in cases {
            let fault = check(choices, *range).expect_err("they are refused");
            assert_eq!((fault.code, fault.member.as_str()), (*code, *member));
            assert!(fault.message.starts_with(message), "{fault:?}");
        }
    }
}

//! The values of a request for information, from a lead form or entered by staff.

use portico_core::country::Country;
use portico_core::text::is_blank;
use portico_store::leads::LeadDetails;

use crate::{ActionError, Refusal, check};

/// Maximum length of an interest, in characters.
const INTEREST: usize = 200;
/// Maximum length of a message, in characters.
const MESSAGE: usize = 4_000;

/// A request for information.
#[derive(Debug, Clone, Default)]
pub struct Inquiry {
    /// The name.
    pub name: Option<String>,
    /// The email address.
    pub email: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// The product or service of interest.
    pub interest: Option<String>,
    /// The message.
    pub message: Option<String>,
}

impl Inquiry {
    /// The values of a form, in which name and email address are required. HTML forms send empty fields as empty texts.
    pub(super) fn of_form(&self) -> Self {
        let Self { name, email, phone, interest, message } = self.clone();
        let filled = |text: Option<String>| text.filter(|text| !is_blank(text));
        Self {
            name: Some(name.unwrap_or_default()),
            email: Some(email.unwrap_or_default()),
            phone: filled(phone),
            interest: filled(interest),
            message: filled(message),
        }
    }

    /// Validates the values that are given; the telephone number is parsed with the company's country.
    pub(super) fn checked(&self, country: Option<Country>) -> Result<Self, ActionError> {
        let mut checked = Self::default();
        let email = |text: &str| check::email("email", text).map(|email| email.written().to_owned());
        check::all([
            set(&mut checked.name, &self.name, |text| check::person_name("name", text)),
            set(&mut checked.email, &self.email, email),
            set(&mut checked.phone, &self.phone, |text| check::phone("phone", text, country)),
            set(&mut checked.interest, &self.interest, |text| check::text("interest", text, INTEREST)),
            set(&mut checked.message, &self.message, |text| check::body("message", text, MESSAGE)),
        ])?;
        Ok(checked)
    }

    /// The part that is stored with the lead; the contact has the rest.
    pub(super) fn details(self) -> LeadDetails {
        LeadDetails { message: self.message, interest: self.interest }
    }
}

fn set(
    checked: &mut Option<String>,
    given: &Option<String>,
    check: impl FnOnce(&str) -> Result<String, Refusal>,
) -> Result<(), Refusal> {
    *checked = given.as_deref().map(check).transpose()?;
    Ok(())
}

//! From what a mail says to its texts.
//!
//! Templates are ours and their values are anybody's: in HTML every value is escaped, in plain text every value is one line. What
//! companies write themselves is no template but a text with placeholders (`portico_core::mail::fill`).

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use minijinja::Environment;
use minijinja::value::Serde;
use portico_core::mail::{BodyError, MailTemplate, check_body, fill};
use portico_core::text;
use serde_json::{Map, Value, json};

use crate::templates::{ink_on, strict};

/// In whose name a mail is sent that no company sends.
const NO_COMPANY: &str = "Portico";
/// The colour of those who have chosen none.
const COLOR: &str = "#2f4858";

/// What a mail is made from.
#[derive(Debug, Clone)]
pub struct MailContent<'a> {
    /// Which mail.
    pub template: MailTemplate,
    /// What it says: the names in [`MailTemplate::values`].
    pub values: &'a Value,
    /// To which address.
    pub to_address: &'a str,
    /// How the recipient is called.
    pub to_name: Option<&'a str>,
    /// In whose name.
    pub company: Option<Company<'a>>,
    /// What the company has written instead of the standard text.
    pub body: Option<&'a str>,
    /// The address of its link.
    pub link: Option<&'a str>,
    /// The address of the portal.
    pub portal: Option<&'a str>,
    /// When it was written.
    pub at: DateTime<Utc>,
}

/// A company, as far as a mail shows it.
#[derive(Debug, Clone, Copy)]
pub struct Company<'a> {
    /// Its name.
    pub name: &'a str,
    /// `#rrggbb`.
    pub color: Option<&'a str>,
}

/// A mail's texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Its title.
    pub subject: String,
    /// For those who read plain text.
    pub text: String,
    /// For all others.
    pub html: String,
}

/// Why a mail cannot be written. Trying again does not help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// The company's own text is wrong.
    #[error("the company's text of {0}: {1}")]
    Body(MailTemplate, BodyError),
    /// The template is nobody's to change (INV-14).
    #[error("the text of {0} cannot be customised")]
    Locked(MailTemplate),
    /// Something has no value.
    #[error("{0} cannot be written: {1}")]
    Template(MailTemplate, String),
}

/// Writes a mail.
///
/// # Errors
///
/// [`RenderError`] names what is missing or wrong.
pub fn render(letter: &MailContent<'_>) -> Result<Rendered, RenderError> {
    let template = letter.template;
    let wrong = |error: BodyError| RenderError::Body(template, error);
    if letter.body.is_some() && !template.is_customisable() {
        return Err(RenderError::Locked(template));
    }
    let mut context = context(letter);
    let placeholder = |name: &str| context.get(name).and_then(Value::as_str).map(str::to_owned);
    let subject = fill(template.title(), placeholder).map_err(wrong)?;
    if let Some(body) = letter.body.or(template.standard_body()) {
        check_body(body).map_err(wrong)?;
        let body = fill(body, placeholder).map_err(wrong)?.replace("\r\n", "\n").replace('\r', "\n");
        context.insert("paragraphs".to_owned(), paragraphs(&body));
        context.insert("body".to_owned(), json!(body.trim()));
    }
    context.insert("title".to_owned(), json!(subject));
    let context = minijinja::Value::from(Serde(context));
    let part = |ending: &str| {
        let name = format!("{}.{ending}", template.as_str().to_lowercase());
        let part = TEMPLATES.get_template(&name).and_then(|part| part.render(context.clone()));
        part.map_err(|error| RenderError::Template(template, error.to_string()))
    };
    Ok(Rendered { text: part("txt")?, html: part("html")?, subject })
}

/// All that templates and placeholders can name. What is not there is an error where it is named, and not a gap in a mail.
fn context(letter: &MailContent<'_>) -> Map<String, Value> {
    let mut context = Map::new();
    for (name, value) in letter.values.as_object().into_iter().flatten() {
        let value = value.as_str().map_or_else(|| value.clone(), |text| json!(one_line(text)));
        context.insert(name.clone(), value);
    }
    let color = letter.company.and_then(|company| company.color).filter(|color| is_color(color)).unwrap_or(COLOR);
    let company = letter.company.map(|company| company.name);
    let to_name = letter.to_name.and_then(text::shown);
    let given = [
        // Somebody whose name is not known is greeted all the same.
        ("name", Some(to_name.as_deref().unwrap_or("there"))),
        ("address", Some(letter.to_address)),
        ("company", company.or(letter.template.is_of_account().then_some(NO_COMPANY))),
        ("sender", Some(company.unwrap_or(NO_COMPANY))),
        ("color", Some(color)),
        ("ink", Some(ink_on(color))),
        ("link", letter.link),
        ("portal", letter.portal),
        ("at", Some(&*letter.at.format("%B %-d, %Y at %H:%M UTC").to_string())),
    ];
    for (name, value) in given {
        if let Some(value) = value {
            context.insert(name.to_owned(), json!(one_line(value)));
        }
    }
    context
}

/// Without line breaks and the like: in plain text they would let a name write paragraphs of its own. Nothing in a value keeps a
/// mail from leaving.
fn one_line(text: &str) -> String {
    text::shown(text).unwrap_or_default()
}

/// Paragraphs of lines, as empty lines part them.
fn paragraphs(body: &str) -> Value {
    let lines: Vec<&str> = body.trim().lines().map(str::trim_end).collect();
    lines.split(|line| line.is_empty()).filter(|paragraph| !paragraph.is_empty()).collect()
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(environment);

macro_rules! templates {
    ($($name:literal),+ $(,)?) => { [$(($name, include_str!(concat!("../../templates/mail/", $name)))),+] };
}

const SOURCES: [(&str, &str); 28] = templates![
    "layout.html",
    "layout.txt",
    "link.html",
    "portal.html",
    "sign_in_link.html",
    "sign_in_link.txt",
    "customer_invitation.html",
    "customer_invitation.txt",
    "customer_invitation_from_another_office.html",
    "customer_invitation_from_another_office.txt",
    "project_shared_again.html",
    "project_shared_again.txt",
    "trade_invitation.html",
    "trade_invitation.txt",
    "staff_invitation.html",
    "staff_invitation.txt",
    "staff_invitation_with_account.html",
    "staff_invitation_with_account.txt",
    "email_confirmation.html",
    "email_confirmation.txt",
    "password_changed.html",
    "password_changed.txt",
    "email_changed.html",
    "email_changed.txt",
    "account_corrected.html",
    "account_corrected.txt",
    "contact_review.html",
    "contact_review.txt",
];

fn environment() -> Environment<'static> {
    strict(SOURCES).expect("templates that are built in can be read")
}

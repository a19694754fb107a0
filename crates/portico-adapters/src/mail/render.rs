//! Renders mails.
//!
//! Templates are trusted, their values are not: in HTML every value is escaped, in plain text every value is one line.
//! A text written by a company is not a template, but has placeholders (`portico_core::mail::fill`).

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use minijinja::Environment;
use minijinja::value::Serde;
use portico_core::mail::{BodyError, MailTemplate, check_body, fill};
use portico_core::text;
use serde_json::{Map, Value, json};

use crate::templates::{ink_on, strict};

/// Name of the sender of mails without a company.
const NO_COMPANY: &str = "Portico";
/// Default color of a company.
const COLOR: &str = "#2f4858";

/// Content of a mail.
#[derive(Debug, Clone)]
pub struct MailContent<'a> {
    /// The template.
    pub template: MailTemplate,
    /// Values of the template, by the names in [`MailTemplate::values`].
    pub values: &'a Value,
    /// The recipient's address.
    pub to_address: &'a str,
    /// The recipient's name.
    pub to_name: Option<&'a str>,
    /// The company in whose name the mail is sent.
    pub company: Option<Company<'a>>,
    /// The company's customized body.
    pub body: Option<&'a str>,
    /// The URL of the link.
    pub link: Option<&'a str>,
    /// The six-digit code beside the link.
    pub code: Option<&'a str>,
    /// The URL of the portal.
    pub portal: Option<&'a str>,
    /// When the mail was written.
    pub at: DateTime<Utc>,
}

/// A company, as shown in a mail.
#[derive(Debug, Clone, Copy)]
pub struct Company<'a> {
    /// Its name.
    pub name: &'a str,
    /// The primary color, `#rrggbb`.
    pub color: Option<&'a str>,
}

/// A rendered mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The subject.
    pub subject: String,
    /// The plain-text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

/// Why a mail cannot be rendered. A retry does not help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// The company's body is not valid.
    #[error("the company's text of {0}: {1}")]
    Body(MailTemplate, BodyError),
    /// The template cannot be customized (INV-14).
    #[error("the text of {0} cannot be customized")]
    Locked(MailTemplate),
    /// A value is missing or not valid.
    #[error("{0} cannot be rendered: {1}")]
    Template(MailTemplate, String),
}

/// Renders a mail.
///
/// # Errors
///
/// [`RenderError`] names what is missing or not valid.
pub fn render(content: &MailContent<'_>) -> Result<Rendered, RenderError> {
    let template = content.template;
    let wrong = |error: BodyError| RenderError::Body(template, error);
    if content.body.is_some() && !template.is_customizable() {
        return Err(RenderError::Locked(template));
    }
    let mut context = context(content);
    let placeholder = |name: &str| context.get(name).and_then(Value::as_str).map(str::to_owned);
    let subject = fill(template.title(), placeholder).map_err(wrong)?;
    if let Some(body) = content.body.or(template.standard_body()) {
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

/// The values of templates and placeholders. A missing value is an error rather than a gap in the mail.
fn context(content: &MailContent<'_>) -> Map<String, Value> {
    let mut context = Map::new();
    for (name, value) in content.values.as_object().into_iter().flatten() {
        context.insert(name.clone(), in_lines(value));
    }
    let color = content.company.and_then(|company| company.color).filter(|color| is_color(color)).unwrap_or(COLOR);
    let company = content.company.map(|company| company.name);
    let to_name = content.to_name.and_then(text::shown);
    let given = [
        // A recipient without a known name gets a neutral greeting.
        ("name", Some(to_name.as_deref().unwrap_or("there"))),
        ("address", Some(content.to_address)),
        ("company", company.or(content.template.is_of_account().then_some(NO_COMPANY))),
        ("sender", Some(company.unwrap_or(NO_COMPANY))),
        ("color", Some(color)),
        ("ink", Some(ink_on(color))),
        ("link", content.link),
        ("code", content.code),
        ("portal", content.portal),
        ("at", Some(&*content.at.format("%B %-d, %Y at %H:%M UTC").to_string())),
    ];
    for (name, value) in given {
        if let Some(value) = value {
            context.insert(name.to_owned(), json!(one_line(value)));
        }
    }
    context
}

/// A value whose texts are one line each.
fn in_lines(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(one_line(text)),
        Value::Array(values) => values.iter().map(in_lines).collect(),
        other => other.clone(),
    }
}

/// Removes line breaks and control characters: in plain text they would let a name add paragraphs. No value prevents a
/// mail from being sent.
fn one_line(text: &str) -> String {
    text::shown(text).unwrap_or_default()
}

/// Splits a body into paragraphs at empty lines.
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

const SOURCES: [(&str, &str); 34] = templates![
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
    "decision_recorded.html",
    "decision_recorded.txt",
    "attachments_left_out.html",
    "attachments_left_out.txt",
    "selections_due.html",
    "selections_due.txt",
];

fn environment() -> Environment<'static> {
    strict(SOURCES).expect("the built-in templates are valid")
}

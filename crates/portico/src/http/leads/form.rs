//! Reads and submits a lead form.

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use portico_actions::leads::{FormName, Inquiry, LeadSubmit};
use portico_actions::{ActionError, Refusal};
use portico_core::refusal::RefusalCode;
use serde_json::Value;

use super::form_fields::{FIELDS, Field, HONEYPOT};
use crate::http::fields::{BadFields, Fields};
use crate::http::media::ContentType;
use crate::http::visit::Visit;

/// Maximum size of a form in bytes: 4,000 characters of four bytes, each sent as `%F0`, and the other fields.
const FORM_BYTES: usize = 64 * 1024;

/// Submitted values of a form.
#[derive(Clone, Default)]
pub(super) struct Form {
    /// Values in the order of [`FIELDS`].
    values: [Option<String>; FIELDS.len()],
    honeypot: Option<String>,
}

impl Form {
    /// Reads the fields; `take` returns the value of a name.
    fn read<E>(mut take: impl FnMut(&'static str) -> Result<Option<String>, E>) -> Result<Self, E> {
        let mut form = Self::default();
        for (field, value) in FIELDS.iter().zip(&mut form.values) {
            *value = take(field.name)?;
        }
        form.honeypot = take(HONEYPOT)?;
        Ok(form)
    }

    /// The fields with their values.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&'static Field, &str)> {
        FIELDS.iter().zip(&self.values).map(|(field, value)| (field, value.as_deref().unwrap_or_default()))
    }

    fn into_action(self, form: FormName, web_origin: Option<String>) -> LeadSubmit {
        let mut inquiry = Inquiry::default();
        for (field, value) in FIELDS.iter().zip(self.values) {
            *(field.member)(&mut inquiry) = value;
        }
        LeadSubmit { form, web_origin, inquiry, website: self.honeypot }
    }
}

/// Reasons why a form was not accepted.
pub(super) enum FormFailure {
    Refused(Vec<Refusal>),
    Unreadable(StatusCode, &'static str),
    Throttled(u64),
    Failed,
}

impl From<ActionError> for FormFailure {
    fn from(error: ActionError) -> Self {
        match error {
            ActionError::Refused(refusals) => Self::Refused(refusals),
            error => {
                tracing::error!(%error, "a lead form could not be stored");
                Self::Failed
            }
        }
    }
}

/// Reads a form from a body: JSON or URL-encoded.
pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Form, FormFailure> {
    let content_type = ContentType::of(headers).name;
    let is_json = content_type == "application/json";
    if !is_json && content_type != "application/x-www-form-urlencoded" {
        let message = "the content type must be application/json or application/x-www-form-urlencoded";
        return Err(FormFailure::Unreadable(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let bytes = Limited::new(body, FORM_BYTES).collect().await;
    let bytes = bytes.map_err(|error| {
        if error.is::<LengthLimitError>() {
            FormFailure::Unreadable(StatusCode::PAYLOAD_TOO_LARGE, "the form is too large")
        } else {
            FormFailure::Unreadable(StatusCode::BAD_REQUEST, "the form is incomplete")
        }
    })?;
    let bytes = bytes.to_bytes();
    if is_json {
        return read_json(&bytes);
    }
    let read = |mut fields: Fields| Form::read(|name| fields.take(name));
    Fields::read(&bytes).and_then(read).map_err(|_| FormFailure::Unreadable(StatusCode::BAD_REQUEST, NOT_A_FORM))
}

/// Reads a form from a JSON object. `null` is an empty field; other members are ignored.
fn read_json(bytes: &[u8]) -> Result<Form, FormFailure> {
    let unreadable = || FormFailure::Unreadable(StatusCode::BAD_REQUEST, "the body is not a form as a JSON object");
    let mut fields: Fields<Value> = serde_json::from_slice(bytes).map_err(|_| unreadable())?;
    let mut refusals = Vec::new();
    let mut text = |name: &'static str, value| match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        _ => {
            refusals.push(Refusal::of(RefusalCode::Invalid, name, "must be a text".to_owned()));
            None
        }
    };
    let form = Form::read(|name| Ok::<_, BadFields>(fields.take(name)?.and_then(|value| text(name, value))));
    let form = form.map_err(|_| unreadable())?;
    if refusals.is_empty() { Ok(form) } else { Err(FormFailure::Refused(refusals)) }
}

const NOT_A_FORM: &str = "the form cannot be read: it is not UTF-8, or it contains a field more than once";

/// Stores the lead.
pub(super) async fn submit(
    visit: &Visit,
    key: String,
    web_origin: Option<String>,
    form: Form,
) -> Result<(), FormFailure> {
    let actor = visit.actor();
    let action = form.into_action(FormName { company_slug: None, key }, web_origin);
    // In a separate task: if the caller disconnects, the action still completes or rolls back.
    let task = tokio::spawn(async move { action.run(&actor).await });
    Ok(task.await.map_err(|_| FormFailure::Failed)??)
}

/// Status of a refused form.
pub(super) fn status_of(refusals: &[Refusal]) -> StatusCode {
    match refusals.first().map(|refusal| refusal.code) {
        Some(RefusalCode::TooManyAttempts) => StatusCode::TOO_MANY_REQUESTS,
        Some(RefusalCode::NotFound) => StatusCode::NOT_FOUND,
        // The origin is not allowed.
        Some(RefusalCode::InvalidState) => StatusCode::FORBIDDEN,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

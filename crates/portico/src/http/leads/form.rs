//! Reads and submits a lead form.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use portico_actions::leads::{FormName, Inquiry, LeadSubmit};
use portico_actions::{ActionError, Origin, Refusal};
use portico_core::access::Viewer;
use portico_core::refusal::RefusalCode;
use serde::Deserialize;
use serde_json::Value;

use crate::http::app::App;
use crate::http::fields::{BadFields, Fields};
use crate::http::media::ContentType;
use crate::http::read::is_object;

/// Maximum size of a form in bytes: 4,000 characters of four bytes, each sent as `%F0`, and the other fields.
const FORM_BYTES: usize = 64 * 1024;

/// Form as JSON. Other members are ignored.
#[derive(Default, Deserialize)]
#[serde(default)]
struct JsonForm {
    name: Value,
    email: Value,
    phone: Value,
    interest: Value,
    message: Value,
    website: Value,
}

/// Submitted values of a form.
#[derive(Clone, Default)]
pub(super) struct Form {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) phone: Option<String>,
    pub(super) interest: Option<String>,
    pub(super) message: Option<String>,
    pub(super) website: Option<String>,
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
    let kind = ContentType::of(headers).name;
    let is_json = kind == "application/json";
    if !is_json && kind != "application/x-www-form-urlencoded" {
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
        return of_json(&bytes);
    }
    let unreadable = |_: BadFields| FormFailure::Unreadable(StatusCode::BAD_REQUEST, NOT_A_FORM);
    let mut fields = Fields::read(&bytes).map_err(unreadable)?;
    let mut take = |name| fields.take(name).map_err(unreadable);
    Ok(Form {
        name: take("name")?.unwrap_or_default(),
        email: take("email")?.unwrap_or_default(),
        phone: take("phone")?,
        interest: take("interest")?,
        message: take("message")?,
        website: take("website")?,
    })
}

/// Reads a form from a JSON object. `null` is an empty field.
fn of_json(bytes: &[u8]) -> Result<Form, FormFailure> {
    let unreadable = || FormFailure::Unreadable(StatusCode::BAD_REQUEST, "the body is not a form as a JSON object");
    let text = str::from_utf8(bytes).map_err(|_| unreadable())?;
    if !is_object(text) {
        return Err(unreadable());
    }
    let JsonForm { name, email, phone, interest, message, website } =
        serde_json::from_str(text).map_err(|_| unreadable())?;
    let mut refusals = Vec::new();
    let mut text = |field: &str, value| match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        _ => {
            refusals.push(Refusal::of(RefusalCode::Invalid, field, "must be a text".to_owned()));
            None
        }
    };
    let form = Form {
        name: text("name", name).unwrap_or_default(),
        email: text("email", email).unwrap_or_default(),
        phone: text("phone", phone),
        interest: text("interest", interest),
        message: text("message", message),
        website: text("website", website),
    };
    if refusals.is_empty() { Ok(form) } else { Err(FormFailure::Refused(refusals)) }
}

const NOT_A_FORM: &str = "the form cannot be read: it is not UTF-8, or it contains a field more than once";

/// Stores the lead.
pub(super) async fn submit(
    app: &App,
    key: String,
    web_origin: Option<String>,
    form: Form,
    origin: Origin,
) -> Result<(), FormFailure> {
    let Form { name, email, phone, interest, message, website } = form;
    let form = FormName { company_slug: None, key };
    let actor = app.actor(Arc::new(Viewer::public()), origin, (app.clock)().moment());
    let inquiry = Inquiry { name: Some(name), email: Some(email), phone, interest, message };
    let action = LeadSubmit { form, web_origin, inquiry, website };
    // In a separate task: if the caller disconnects, the action still completes or rolls back.
    let acting = tokio::spawn(async move { action.run(&actor).await });
    Ok(acting.await.map_err(|_| FormFailure::Failed)??)
}

/// Status of a refused form.
pub(super) fn status_of(refusals: &[Refusal]) -> StatusCode {
    match refusals.first().map(|refusal| refusal.code) {
        Some(RefusalCode::TooManyAttempts) => StatusCode::TOO_MANY_REQUESTS,
        Some(RefusalCode::NotFound) => StatusCode::NOT_FOUND,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

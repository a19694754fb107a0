//! `/leads/<key>`: the form on a company's own site (LEAD-2), for pages that do not speak GraphQL; and a page of its own, for sites
//! that have none and link to it.
//!
//! It stands beside the other routes, under rules of its own: which pages may send a form, and read what came of it, is the
//! form's to say.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use axum::routing::get;
use axum::{Extension, Router};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use minijinja::context;
use portico_actions::leads::{FormName, LeadSubmit};
use portico_actions::{ActionError, Origin, Refusal};
use portico_core::access::Viewer;
use portico_core::limits;
use portico_core::refusal::RefusalCode;
use portico_store::StoreError;
use portico_store::leads::origins_of_form;
use portico_store::portal::branding_of_form;
use serde::Deserialize;
use serde_json::{Value, json};

use super::fields::{BadFields, Fields};
use super::graphql::device_of;
use super::media::wants_page;
use super::page::{self, Message, PageBranding, is_own_form};
use super::read::is_object;
use super::request_log::RequestId;
use super::server::Network;
use super::{App, before_handlers, reply, request_log};

/// The largest form, in bytes: 4,000 characters of four bytes, each of which is sent as `%F0`, and room for the other fields.
const FORM_BYTES: usize = 64 * 1024;
/// What a form takes from its sender's rate.
const COST: u64 = 10;
/// How long a browser may remember what it was told, in seconds.
const MAX_AGE: HeaderValue = HeaderValue::from_static("3600");

/// The route, with all that it needs.
pub(super) fn routes(app: &App) -> Router {
    let routes =
        Router::new().route("/leads/{key}", get(show).post(receive).options(preflight).fallback(reply::wrong_method));
    before_handlers(routes)
        .layer(axum::middleware::from_fn_with_state(app.metrics.clone(), request_log::write))
        .with_state(Arc::new(app.clone()))
}

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
struct Form {
    name: String,
    email: String,
    phone: Option<String>,
    interest: Option<String>,
    message: Option<String>,
    website: Option<String>,
}

/// Why there is no answer to a form.
enum FormFailure {
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
                tracing::error!(%error, "a form could not be taken in");
                Self::Failed
            }
        }
    }
}

/// The form as a page, for whoever follows a link to it.
async fn show(State(app): State<Arc<App>>, Path(key): Path<String>, request: Request<Body>) -> Response<Body> {
    let network = request.extensions().get::<Network>().map(|network| network.0);
    if let Err(FormFailure::Throttled(wait)) = slow_down(&app, &Origin { network, device: None }).await {
        return Message::too_many(&PageBranding::of_platform(), wait);
    }
    match company(&app, &key).await {
        Ok(Some(face)) => form_page(StatusCode::OK, &face, &key, Fault::Of(&[]), &Form::default()),
        Ok(None) => {
            let text = "This form is closed or does not exist.";
            Message::new(StatusCode::NOT_FOUND, "Form not available", text).page(&PageBranding::of_platform())
        }
        Err(_) => Message::unavailable(&PageBranding::of_platform()),
    }
}

/// The company of an open form; none for other keys.
async fn company(app: &App, key: &str) -> Result<Option<PageBranding>, StoreError> {
    let connection = app.store.pages().connection().await?;
    let face = connection.transaction(async |connection| branding_of_form(connection, key).await).await?;
    Ok(face.map(PageBranding::from))
}

/// A field that people fill in.
struct Field {
    name: &'static str,
    label: &'static str,
    /// The type of an `input`; `lines` for several lines.
    kind: &'static str,
    autocomplete: &'static str,
    is_required: bool,
    /// In characters.
    max: u16,
    value: fn(&Form) -> &str,
}

const FIELDS: [Field; 5] = [
    Field {
        name: "name",
        label: "Your name",
        kind: "text",
        autocomplete: "name",
        is_required: true,
        max: 200,
        value: |form| &form.name,
    },
    Field {
        name: "email",
        label: "Your email address",
        kind: "email",
        autocomplete: "email",
        is_required: true,
        max: 254,
        value: |form| &form.email,
    },
    Field {
        name: "phone",
        label: "Your telephone number",
        kind: "tel",
        autocomplete: "tel",
        is_required: false,
        max: 40,
        value: |form| form.phone.as_deref().unwrap_or_default(),
    },
    Field {
        name: "interest",
        label: "The product or service that interests you",
        kind: "text",
        autocomplete: "on",
        is_required: false,
        max: 200,
        value: |form| form.interest.as_deref().unwrap_or_default(),
    },
    Field {
        name: "message",
        label: "What you would like to know",
        kind: "lines",
        autocomplete: "on",
        is_required: false,
        max: 4_000,
        value: |form| form.message.as_deref().unwrap_or_default(),
    },
];

/// Why a form was not accepted.
enum Fault<'a> {
    /// Errors of its values.
    Of(&'a [Refusal]),
    /// A reason that concerns no value. The page keeps the values, to be sent again or copied.
    Whole(&'a str),
}

fn form_page(status: StatusCode, face: &PageBranding, key: &str, why: Fault<'_>, form: &Form) -> Response<Body> {
    let (title, refusals, whole) = match why {
        Fault::Of(refusals) => (format!("Ask {}", face.name()), refusals, None),
        Fault::Whole(text) => (NOT_SENT.to_owned(), &[][..], Some(page::sentence(text))),
    };
    let text = "Tell us how to reach you, and what you would like to know.";
    let fault = |name: &str| {
        let refusal = refusals.iter().find(|refusal| field_of(refusal) == name)?;
        Some(page::sentence(&refusal.message))
    };
    let first = FIELDS.iter().map(|field| field.name).find(|name| fault(name).is_some());
    let fields = FIELDS.map(|Field { name, label, kind, autocomplete, is_required, max, value }| {
        let (value, fault, has_focus) = (value(form), fault(name), first == Some(name));
        context! { name, label, kind, autocomplete, is_required, max, value, fault, has_focus }
    });
    let is_about_none = |refusal: &&Refusal| FIELDS.iter().all(|field| field.name != field_of(refusal));
    let others = refusals.iter().filter(is_about_none).map(|refusal| page::sentence(&refusal.message));
    let (others, is_refused) = (others.collect::<Vec<_>>(), !refusals.is_empty());
    let (action, fields) = (format!("/leads/{key}"), fields.to_vec());
    page::page(
        status,
        "lead_form.html",
        face,
        context! { title, text, whole, is_refused, others, action, fields, width => "narrow" },
    )
}

/// The field that a refusal is about; empty if it is about none.
fn field_of(refusal: &Refusal) -> &str {
    refusal.field.get(1).map_or("", String::as_str)
}

const NOT_SENT: &str = "The form was not sent";

/// What whoever sent the page is shown.
async fn shown(app: &App, key: &str, form: &Form, answer: Result<(), FormFailure>) -> Response<Body> {
    // Without its branding rather than late if the database does not respond.
    let face = tokio::time::timeout(limits::BRANDING, company(app, key)).await;
    let face = face.ok().and_then(Result::ok).flatten();
    let neutral = face.clone().unwrap_or_else(PageBranding::of_platform);
    match (answer, face) {
        (Ok(()), _) => {
            let text = format!("Your message has been sent to {}. You will hear from them soon.", neutral.name());
            Message::new(StatusCode::OK, "Thank you", &text).page(&neutral)
        }
        (Err(FormFailure::Refused(refusals)), Some(face))
            if status_of(&refusals) == StatusCode::UNPROCESSABLE_ENTITY =>
        {
            form_page(StatusCode::UNPROCESSABLE_ENTITY, &face, key, Fault::Of(&refusals), form)
        }
        (Err(FormFailure::Refused(refusals)), _) => {
            let text = refusals.first().map_or("", |refusal| refusal.message.as_str());
            let mut response = form_page(status_of(&refusals), &neutral, key, Fault::Whole(text), form);
            if let Some(wait) = refusals.iter().find_map(|refusal| refusal.retry_after) {
                response.headers_mut().insert(header::RETRY_AFTER, wait.as_secs().max(1).into());
            }
            response
        }
        (Err(FormFailure::Unreadable(status, text)), _) => Message::new(status, NOT_SENT, text).page(&neutral),
        (Err(FormFailure::Throttled(wait)), _) => Message::too_many(&neutral, wait),
        (Err(FormFailure::Failed), _) => {
            form_page(StatusCode::SERVICE_UNAVAILABLE, &neutral, key, Fault::Whole(page::UNAVAILABLE), form)
        }
    }
}

async fn receive(
    State(app): State<Arc<App>>,
    Path(key): Path<String>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let is_shown = wants_page(&parts.headers);
    // The page of our own needs nobody's leave.
    let is_own = is_shown && is_own_form(&parts.headers);
    let page = web_origin(&parts.headers).filter(|_| !is_own);
    let network = parts.extensions.get::<Network>().map(|network| network.0);
    let origin = Origin { network, device: device_of(&parts.headers) };
    let mut sent = Form::default();
    let answering = async {
        slow_down(&app, &origin).await?;
        let form = read(&parts.headers, body).await?;
        sent = form.clone();
        submit(&app, key.clone(), page.clone(), form, origin).await
    };
    let answer = tokio::time::timeout(limits::REQUEST, answering).await.unwrap_or(Err(FormFailure::Failed));
    if is_shown {
        return shown(&app, &key, &sent, answer).await;
    }
    let mut response = told(answer, &request_id);
    open_to(&app, &key, page, response.headers_mut()).await;
    response
}

/// Tells a browser, before it sends the form, whether the page may.
async fn preflight(State(app): State<Arc<App>>, Path(key): Path<String>, request: Request<Body>) -> Response<Body> {
    let network = request.extensions().get::<Network>().map(|network| network.0);
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET,HEAD,POST,OPTIONS"));
    if slow_down(&app, &Origin { network, device: None }).await.is_ok() {
        open_to(&app, &key, web_origin(request.headers()), response.headers_mut()).await;
    }
    response
}

fn web_origin(headers: &HeaderMap) -> Option<String> {
    Some(headers.get(header::ORIGIN)?.to_str().unwrap_or("null").to_ascii_lowercase())
}

async fn slow_down(app: &App, origin: &Origin) -> Result<(), FormFailure> {
    match app.throttle.pour(&Viewer::public(), origin.network, COST).await {
        Some((_, poured)) if !poured.fits => Err(FormFailure::Throttled(poured.retry_after.as_secs().max(1))),
        _ => Ok(()),
    }
}

async fn read(headers: &HeaderMap, body: Body) -> Result<Form, FormFailure> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
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
            FormFailure::Unreadable(StatusCode::BAD_REQUEST, "the form could not be read to its end")
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

const NOT_A_FORM: &str = "the form cannot be read: it is not UTF-8, or a field more than once";

async fn submit(
    app: &App,
    key: String,
    web_origin: Option<String>,
    form: Form,
    origin: Origin,
) -> Result<(), FormFailure> {
    let Form { name, email, phone, interest, message, website } = form;
    let form = FormName { company_slug: None, key };
    let actor = app.actor(Arc::new(Viewer::public()), origin, (app.clock)().moment());
    let action = LeadSubmit { form, web_origin, name, email, phone, interest, message, website };
    // In a task of its own: who hangs up leaves nothing half done.
    let acting = tokio::spawn(async move { action.run(&actor).await });
    Ok(acting.await.map_err(|_| FormFailure::Failed)??)
}

fn told(answer: Result<(), FormFailure>, request_id: &str) -> Response<Body> {
    let (status, wait, errors) = match answer {
        Ok(()) => return json_reply(StatusCode::OK, &json!({ "received": true })),
        Err(FormFailure::Refused(refusals)) => {
            let wait = refusals.iter().find_map(|refusal| refusal.retry_after).map(|wait| wait.as_secs().max(1));
            (status_of(&refusals), wait, refusals.iter().map(error_of).collect::<Vec<_>>())
        }
        Err(FormFailure::Unreadable(status, message)) => (status, None, vec![json!({ "message": message })]),
        Err(FormFailure::Throttled(wait)) => {
            let message = "rate limit exceeded";
            (StatusCode::TOO_MANY_REQUESTS, Some(wait), vec![json!({ "message": message })])
        }
        Err(FormFailure::Failed) => {
            let message = "something went wrong on our side";
            (StatusCode::INTERNAL_SERVER_ERROR, None, vec![json!({ "message": message, "requestId": request_id })])
        }
    };
    let mut response = json_reply(status, &json!({ "received": false, "errors": errors }));
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, wait.into());
    }
    response
}

fn status_of(refusals: &[Refusal]) -> StatusCode {
    match refusals.first().map(|refusal| refusal.code) {
        Some(RefusalCode::TooManyAttempts) => StatusCode::TOO_MANY_REQUESTS,
        Some(RefusalCode::NotFound) => StatusCode::NOT_FOUND,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// What is wrong, with the name of the form's field.
fn error_of(refusal: &Refusal) -> Value {
    json!({ "code": refusal.code.as_str(), "field": refusal.field.get(1), "message": refusal.message })
}

fn json_reply(status: StatusCode, body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Lets the page read the answer, if the form lets the page send it.
async fn open_to(app: &App, key: &str, page: Option<String>, headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    let Some(page) = page else { return };
    let origins = allowed_origins(app, key).await.unwrap_or_default();
    let Ok(value) = HeaderValue::from_str(&page) else { return };
    if origins.contains(&page) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, value);
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after"));
        headers.insert(HeaderName::from_static("access-control-max-age"), MAX_AGE);
    }
}

async fn allowed_origins(app: &App, key: &str) -> Result<Vec<String>, StoreError> {
    let connection = app.store.pages().connection().await?;
    connection.transaction(async |connection| origins_of_form(connection, key).await).await
}

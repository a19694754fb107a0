//! `/leads/<key>`: the form on a company's own site (LEAD-2), for pages that do not speak GraphQL; and a page of its own, for sites
//! that have none and link to it.
//!
//! It stands beside the other routes, under rules of its own: which pages may send a form, and read what came of it, is the
//! form's to say.

use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use axum::routing::get;
use axum::{Extension, Router};
use http_body_util::{BodyExt, Limited};
use minijinja::value::Serde;
use minijinja::{Environment, context};
use portico_actions::leads::{FormName, LeadSubmit};
use portico_actions::{ActionError, Origin, Refusal};
use portico_core::limits;
use portico_core::people::Viewer;
use portico_core::refusal::RefusalCode;
use portico_store::StoreError;
use portico_store::leads::{company_of_form, origins_of_form};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::graphql::device_of;
use super::page::{html, is_own_form};
use super::request_line::RequestId;
use super::server::Network;
use super::{App, reply, request_line};

/// The largest form, in bytes: a message of the longest, and room around it.
const FORM_BYTES: usize = 32 * 1024;
/// What a form takes from its sender's rate.
const COST: u64 = 10;
/// How long a browser may remember what it was told, in seconds.
const MAX_AGE: HeaderValue = HeaderValue::from_static("3600");

/// The route, with all that it needs.
pub(super) fn routes(app: &App) -> Router {
    Router::new()
        .route("/leads/{key}", get(show).post(receive).options(preflight).fallback(reply::wrong_method))
        .layer(DefaultBodyLimit::disable())
        .layer(axum::middleware::from_fn_with_state(app.metrics.clone(), request_line::write))
        .with_state(Arc::new(app.clone()))
}

/// What a form sends. What it has beyond this is not ours to mind.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
struct Form {
    name: String,
    email: String,
    phone: Option<String>,
    message: Option<String>,
    website: Option<String>,
}

/// Why there is no answer to a form.
enum Unanswered {
    Refused(Vec<Refusal>),
    Unreadable(StatusCode, &'static str),
    Throttled(u64),
    Failed,
}

impl From<ActionError> for Unanswered {
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

/// What the page may do: look as it does, and send its own form.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    pages
        .add_template("form.html", include_str!("../../templates/leads/form.html"))
        .expect("a template that is built in can be read");
    pages
});

/// The form as a page, for whoever follows a link to it.
async fn show(State(app): State<Arc<App>>, Path(key): Path<String>, request: Request<Body>) -> Response<Body> {
    let network = request.extensions().get::<Network>().map(|network| network.0);
    if slow_down(&app, &Origin { network, device: None }).await.is_err() {
        return page(StatusCode::TOO_MANY_REQUESTS, "One moment", "This was asked for too often.", &[], None);
    }
    match company(&app, &key).await {
        Ok(Some(company)) => form_page(StatusCode::OK, &company, &key, &[], &Form::default()),
        Ok(None) => {
            page(StatusCode::NOT_FOUND, "Nothing is asked here", "This form does not take anything.", &[], None)
        }
        Err(_) => unavailable(),
    }
}

async fn company(app: &App, key: &str) -> Result<Option<String>, StoreError> {
    let connection = app.store.writer().connection().await?;
    connection.transaction(async |connection| company_of_form(connection, key).await).await
}

fn form_page(status: StatusCode, company: &str, key: &str, faults: &[String], form: &Form) -> Response<Body> {
    let text = format!("Tell {company} how to reach you, and what you would like to know.");
    page(status, &format!("Ask {company}"), &text, faults, Some((&format!("/leads/{key}"), form)))
}

fn unavailable() -> Response<Body> {
    let text = "The service is not available right now. Please try again in a moment.";
    page(StatusCode::SERVICE_UNAVAILABLE, "One moment", text, &[], None)
}

fn page(status: StatusCode, title: &str, text: &str, faults: &[String], form: Option<(&str, &Form)>) -> Response<Body> {
    let (action, form) = form.unzip();
    let values = context! { title, text, faults => faults.to_vec(), action, form => form.map(Serde) };
    let written = PAGES.get_template("form.html").and_then(|page| page.render(values));
    let mut response = html(POLICY, written.unwrap_or_else(|_| title.to_owned()));
    *response.status_mut() = status;
    response
}

/// What whoever sent the page is shown.
async fn shown(app: &App, key: &str, form: &Form, answer: Result<(), Unanswered>) -> Response<Body> {
    let faults = match answer {
        Ok(()) => return page(StatusCode::OK, "Thank you", "You will hear from them soon.", &[], None),
        Err(Unanswered::Refused(refusals)) if status_of(&refusals) == StatusCode::UNPROCESSABLE_ENTITY => refusals,
        Err(Unanswered::Refused(refusals)) => {
            let text = refusals.first().map_or("", |refusal| refusal.message.as_str());
            return page(status_of(&refusals), "Not now", text, &[], None);
        }
        Err(Unanswered::Unreadable(status, text)) => return page(status, "Not so", text, &[], None),
        Err(Unanswered::Throttled(_)) => {
            return page(StatusCode::TOO_MANY_REQUESTS, "One moment", "This was asked for too often.", &[], None);
        }
        Err(Unanswered::Failed) => return unavailable(),
    };
    let fault = |refusal: &Refusal| format!("{}: {}", refusal.field.get(1).map_or("", String::as_str), refusal.message);
    let faults: Vec<_> = faults.iter().map(fault).collect();
    match company(app, key).await {
        Ok(Some(company)) => form_page(StatusCode::UNPROCESSABLE_ENTITY, &company, key, &faults, form),
        _ => unavailable(),
    }
}

async fn receive(
    State(app): State<Arc<App>>,
    Path(key): Path<String>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    // The page of our own needs nobody's leave, and is answered with pages.
    let is_own = accepts_pages(&parts.headers) && is_own_form(&parts.headers);
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
    let answer = tokio::time::timeout(limits::REQUEST, answering).await.unwrap_or(Err(Unanswered::Failed));
    if is_own {
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
    if slow_down(&app, &Origin { network, device: None }).await.is_ok() {
        open_to(&app, &key, web_origin(request.headers()), response.headers_mut()).await;
    }
    response
}

fn accepts_pages(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("text/html"))
}

fn web_origin(headers: &HeaderMap) -> Option<String> {
    Some(headers.get(header::ORIGIN)?.to_str().unwrap_or("null").to_ascii_lowercase())
}

async fn slow_down(app: &App, origin: &Origin) -> Result<(), Unanswered> {
    match app.throttle.pour(&Viewer::public(), origin.network, COST).await {
        Some((_, poured)) if !poured.fits => Err(Unanswered::Throttled(poured.retry_after.as_secs().max(1))),
        _ => Ok(()),
    }
}

async fn read(headers: &HeaderMap, body: Body) -> Result<Form, Unanswered> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_json = kind == "application/json";
    if !is_json && kind != "application/x-www-form-urlencoded" {
        let message = "the content type must be application/json or application/x-www-form-urlencoded";
        return Err(Unanswered::Unreadable(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let bytes = Limited::new(body, FORM_BYTES).collect().await;
    let bytes = bytes.map_err(|_| Unanswered::Unreadable(StatusCode::PAYLOAD_TOO_LARGE, "the form is too large"))?;
    let bytes = bytes.to_bytes();
    if is_json {
        let unreadable = Unanswered::Unreadable(StatusCode::BAD_REQUEST, "the body is not a form as JSON");
        return serde_json::from_slice(&bytes).map_err(|_| unreadable);
    }
    let mut form = Form::default();
    for (name, value) in url::form_urlencoded::parse(&bytes) {
        match &*name {
            "name" => form.name = value.into_owned(),
            "email" => form.email = value.into_owned(),
            "phone" => form.phone = Some(value.into_owned()),
            "message" => form.message = Some(value.into_owned()),
            "website" => form.website = Some(value.into_owned()),
            _ => {}
        }
    }
    Ok(form)
}

async fn submit(
    app: &App,
    key: String,
    web_origin: Option<String>,
    form: Form,
    origin: Origin,
) -> Result<(), Unanswered> {
    let Form { name, email, phone, message, website } = form;
    let form = FormName { company_slug: None, key };
    let actor = app.actor(Arc::new(Viewer::public()), origin, (app.clock)().moment());
    let action = LeadSubmit { form, web_origin, name, email, phone, message, website };
    // In a task of its own: who hangs up leaves nothing half done.
    let acting = tokio::spawn(async move { actor.perform(&action).await });
    Ok(acting.await.map_err(|_| Unanswered::Failed)??)
}

fn told(answer: Result<(), Unanswered>, request_id: &str) -> Response<Body> {
    let (status, wait, errors) = match answer {
        Ok(()) => return json_reply(StatusCode::OK, &json!({ "received": true })),
        Err(Unanswered::Refused(refusals)) => {
            let wait = refusals.iter().find_map(|refusal| refusal.retry_after).map(|wait| wait.as_secs().max(1));
            (status_of(&refusals), wait, refusals.iter().map(error_of).collect::<Vec<_>>())
        }
        Err(Unanswered::Unreadable(status, message)) => (status, None, vec![json!({ "message": message })]),
        Err(Unanswered::Throttled(wait)) => {
            let message = "you have asked for too much in too short a time";
            (StatusCode::TOO_MANY_REQUESTS, Some(wait), vec![json!({ "message": message })])
        }
        Err(Unanswered::Failed) => {
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
        Some(RefusalCode::TooManyTries) => StatusCode::TOO_MANY_REQUESTS,
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
    let connection = app.store.writer().connection().await?;
    connection.transaction(async |connection| origins_of_form(connection, key).await).await
}

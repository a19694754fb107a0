//! Pages for people: HTML that may do next to nothing, in the colors of the company that it is about.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use axum::Extension;
use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use minijinja::value::Serde;
use minijinja::{Environment, context};
use portico_adapters::templates::{ink_on, strict};
use serde::Serialize;

use super::app::App;
use super::branding::{PageBranding, is_color};
use super::reply::not_found;
use super::request_id::RequestId;

/// What the pages may do: look as they do, and send their own forms.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const STYLE: &str = include_str!("../../templates/pages/style.css");

/// The one page that has a frame: a mail's HTML part is shown in it.
pub(super) const MAIL: &str = "mail.html";

macro_rules! sources {
    ($($name:literal),+ $(,)?) => { [$(($name, include_str!(concat!("../../templates/pages/", $name)))),+] };
}

static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let sources =
        sources!["layout.html", "message.html", "lead_form.html", "sign_in.html", "mail_list.html", "mail.html"];
    strict(sources).expect("templates that are built in can be read")
});

/// The style sheets of all pages.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/pages/style.css", get(async || sheet(STYLE.to_owned())))
        .route("/pages/brand/{file}", get(brand))
}

/// A company's color, and the color of what is written on it. A page's policy lets no styles stand in the page itself.
async fn brand(id: Extension<RequestId>, Path(file): Path<String>) -> Response<Body> {
    let digits = file.strip_suffix(".css").unwrap_or_default();
    let color = format!("#{digits}");
    if !is_color(&color) {
        return not_found(id).await.into_response();
    }
    sheet(format!(":root {{ --brand: {color}; --ink: {}; }}\n", ink_on(&color)))
}

fn sheet(text: String) -> Response<Body> {
    reply("text/css; charset=utf-8", POLICY, text)
}

/// Text of a page while the service is unavailable.
pub(super) const UNAVAILABLE: &str = "The service is not available right now. Please try again in a moment.";

/// A page with a heading, a sentence, and what can be done.
pub(super) struct Message<'a> {
    pub(super) status: StatusCode,
    pub(super) title: &'a str,
    pub(super) text: Cow<'a, str>,
    pub(super) buttons: Vec<Button>,
    pub(super) links: Vec<Link>,
}

/// A button of a page: what it says, and where it sends.
#[derive(Serialize)]
pub(super) struct Button {
    pub(super) label: String,
    pub(super) action: String,
    /// The field above it, where a password can be set with it.
    pub(super) password: Option<NewPassword>,
}

impl Button {
    /// One that sends nothing but that it was pressed.
    pub(super) fn new(label: impl Into<String>, action: impl Into<String>) -> Self {
        Self { label: label.into(), action: action.into(), password: None }
    }
}

/// A field for a new password.
#[derive(Serialize)]
pub(super) struct NewPassword {
    /// The account's address, for password managers.
    pub(super) address: String,
    /// Whether the field may stay empty.
    pub(super) is_optional: bool,
    /// Why the password that was sent is refused.
    pub(super) fault: Option<String>,
}

/// A link of a page.
#[derive(Serialize)]
pub(super) struct Link {
    pub(super) label: Cow<'static, str>,
    pub(super) address: Cow<'static, str>,
}

impl Link {
    pub(super) fn new(label: impl Into<Cow<'static, str>>, address: impl Into<Cow<'static, str>>) -> Self {
        Self { label: label.into(), address: address.into() }
    }
}

impl<'a> Message<'a> {
    /// One that leaves nothing to be done.
    pub(super) fn new(status: StatusCode, title: &'a str, text: impl Into<Cow<'a, str>>) -> Self {
        Self { status, title, text: text.into(), buttons: Vec::new(), links: Vec::new() }
    }

    /// That there were too many requests, with the time to wait. `Retry-After` says it to programs.
    pub(super) fn too_many(face: &PageBranding, seconds: u64) -> Response<Body> {
        let seconds = seconds.max(1);
        let text = format!("Too many requests came from your network. Try again in {seconds} s.");
        let mut response = Message::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests", &text).page(face);
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        response
    }

    /// That the service does not answer just now.
    pub(super) fn unavailable(face: &PageBranding) -> Response<Body> {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Not available", UNAVAILABLE).page(face)
    }

    pub(super) fn page(self, face: &PageBranding) -> Response<Body> {
        let Self { status, title, text, buttons, links } = self;
        let text = sentence(&text);
        // What is wrong stands beside its field, where there is one.
        let has_fault = buttons.iter().any(|button| button.password.as_ref().is_some_and(|it| it.fault.is_some()));
        let alert = !has_fault && (status.is_client_error() || status.is_server_error());
        let values =
            context! { title, text, alert, buttons => Serde(buttons), links => Serde(links), width => "narrow" };
        page(status, "message.html", face, values)
    }
}

/// A message of an action begins small and ends without a stop.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let stop = if text.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}

/// A page from a template.
pub(super) fn page(
    status: StatusCode,
    template: &str,
    face: &PageBranding,
    values: minijinja::Value,
) -> Response<Body> {
    let values = context! { face => Serde(face), ..values };
    match PAGES.get_template(template).and_then(|page| page.render(values)) {
        Ok(text) => {
            let mut response = html(POLICY, text);
            *response.status_mut() = status;
            if status == StatusCode::SERVICE_UNAVAILABLE {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            let images = face.logo_origin().map(|origin| format!("; img-src {origin}"));
            let frames = if template == MAIL { "; frame-src 'self'" } else { "" };
            if let Ok(policy) = HeaderValue::from_str(&format!("{POLICY}{}{frames}", images.unwrap_or_default())) {
                response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
            }
            response
        }
        Err(error) => {
            tracing::error!(%error, template, "a page could not be written");
            let mut response = html(POLICY, "Something went wrong on our side.".to_owned());
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response
        }
    }
}

/// HTML that may do what the policy says, is kept by nobody, and tells nobody where its reader came from.
pub(super) fn html(policy: &'static str, text: String) -> Response<Body> {
    reply("text/html; charset=utf-8", policy, text)
}

/// The same for what belongs to a page.
pub(super) fn reply(content_type: &'static str, policy: &'static str, text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    let mut put = |name, value| put(response.headers_mut(), name, value);
    put(header::CONTENT_TYPE, content_type);
    put(header::CONTENT_SECURITY_POLICY, policy);
    put(header::REFERRER_POLICY, "no-referrer");
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::CACHE_CONTROL, "no-store");
    response
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

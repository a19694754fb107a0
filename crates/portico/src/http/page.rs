//! HTML pages: forms and texts without scripts, with a company's branding.

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
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use portico_adapters::templates::{ink_on, strict};
use serde::Serialize;

use super::app::App;
use super::branding::{PageBranding, is_color};
use super::reply::not_found;
use super::request_id::RequestId;

/// Content security policy of pages: the gateway's style sheets, and forms to the gateway.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const STYLE: &str = include_str!("../../templates/pages/style.css");

/// Characters to escape in a segment of a path.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A path of these segments, which may be texts of callers: none leads to another path.
///
/// Browsers read `%2E%2E` as `..` as well, so a segment of dots, which identifies nothing, becomes empty.
pub(super) fn path(segments: &[&str]) -> String {
    let of_dots = |segment: &str| segment.bytes().all(|byte| byte == b'.');
    let escaped = segments.iter().map(|segment| if of_dots(segment) { "" } else { segment });
    escaped.map(|segment| format!("/{}", utf8_percent_encode(segment, SEGMENT))).collect()
}

/// The only page with a frame, which shows a mail's HTML part.
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

/// Style sheet of a company's color, and the color of text on it. The policy of pages forbids inline styles.
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

/// A page with a heading, a sentence, links and buttons.
pub(super) struct Message<'a> {
    pub(super) status: StatusCode,
    pub(super) title: &'a str,
    pub(super) text: Cow<'a, str>,
    /// Above the links and buttons.
    pub(super) code: Option<CodeField>,
    pub(super) buttons: Vec<Button>,
    pub(super) links: Vec<Link>,
}

/// A field for the code of a sign-in mail, with its own form.
#[derive(Serialize)]
pub(super) struct CodeField {
    pub(super) action: String,
    /// Reason why the submitted code was refused.
    pub(super) fault: Option<String>,
}

impl CodeField {
    /// An empty field.
    pub(super) fn new(action: impl Into<String>) -> Self {
        Self { action: action.into(), fault: None }
    }
}

/// A button of a page, which submits a form.
#[derive(Serialize)]
pub(super) struct Button {
    pub(super) label: String,
    pub(super) action: String,
    /// The password field above it, if it can set a password.
    pub(super) password: Option<NewPassword>,
    /// The code of a sign-in mail, which it submits again.
    pub(super) code: Option<String>,
}

impl Button {
    /// A button without fields.
    pub(super) fn new(label: impl Into<String>, action: impl Into<String>) -> Self {
        Self { label: label.into(), action: action.into(), password: None, code: None }
    }
}

/// A field for a new password.
#[derive(Serialize)]
pub(super) struct NewPassword {
    /// The account's address, for password managers.
    pub(super) address: String,
    /// Whether the field may stay empty.
    pub(super) is_optional: bool,
    /// Reason why the submitted password was refused.
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
    /// A message without links and buttons.
    pub(super) fn new(status: StatusCode, title: &'a str, text: impl Into<Cow<'a, str>>) -> Self {
        Self { status, title, text: text.into(), code: None, buttons: Vec::new(), links: Vec::new() }
    }

    /// Page for a network above its rate, with the time to wait, also in `Retry-After`.
    pub(super) fn too_many(branding: &PageBranding, seconds: u64) -> Response<Body> {
        let seconds = seconds.max(1);
        let text = format!("Too many requests came from your network. Try again in {seconds} s.");
        let mut response = Message::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests", &text).page(branding);
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        response
    }

    /// Page for a temporary failure.
    pub(super) fn unavailable(branding: &PageBranding) -> Response<Body> {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Not available", UNAVAILABLE).page(branding)
    }

    pub(super) fn page(self, branding: &PageBranding) -> Response<Body> {
        let Self { status, title, text, code, buttons, links } = self;
        let text = sentence(&text);
        // An error of a field is shown beside the field.
        let has_fault = code.as_ref().is_some_and(|code| code.fault.is_some())
            || buttons.iter().any(|button| button.password.as_ref().is_some_and(|it| it.fault.is_some()));
        let alert = !has_fault && (status.is_client_error() || status.is_server_error());
        let values = context! { title, text, alert, code => Serde(code), buttons => Serde(buttons), links => Serde(links), width => "narrow" };
        page(status, "message.html", branding, values)
    }
}

/// Converts a message of an action to a sentence: capitalized, with a period.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let stop = if text.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}

/// Renders a page from a template.
pub(super) fn page(
    status: StatusCode,
    template: &str,
    branding: &PageBranding,
    values: minijinja::Value,
) -> Response<Body> {
    let values = context! { branding => Serde(branding), ..values };
    match PAGES.get_template(template).and_then(|page| page.render(values)) {
        Ok(text) => {
            let mut response = html(POLICY, text);
            *response.status_mut() = status;
            if status == StatusCode::SERVICE_UNAVAILABLE {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            let images = branding.logo_origin().map(|origin| format!("; img-src {origin}"));
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

/// HTML reply with a content security policy, without caching and without a referrer.
pub(super) fn html(policy: &'static str, text: String) -> Response<Body> {
    reply("text/html; charset=utf-8", policy, text)
}

/// Reply for a page or its style sheets.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_segment_leads_to_another_path() {
        let base = url::Url::parse("https://portal.example.com/leads/demo").expect("a URL");
        for segment in [
            "..",
            ".",
            "../auth/sign-out",
            "..\\..\\auth",
            "%2e%2e/auth",
            "a/../../auth",
            "//evil.example",
            "?a",
            "#a",
            "\n/auth",
        ] {
            let joined = base.join(&path(&["leads", segment])).expect("a path");
            assert_eq!(joined.host_str(), Some("portal.example.com"), "{segment}");
            assert!(joined.path().starts_with("/leads/") && joined.query().is_none(), "{segment}: {joined}");
        }
        assert_eq!(path(&["auth", "link", "a-b_c.d~e"]), "/auth/link/a-b_c.d~e");
    }
}

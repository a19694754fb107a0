//! Refusals as pages: browsers get a page where programs get JSON, with the same status.
//!
//! Handlers and layers refuse in JSON (`reply::refused`); this layer replaces the body if the request accepts a page. Refusals of
//! `/graphql` stay JSON, since some GraphQL clients accept HTML without displaying it.

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode, header};
use axum::middleware::Next;

use super::app::App;
use super::branding::PageBranding;
use super::host::Host;
use super::media::wants_page;
use super::page::{Link, Message, UNAVAILABLE};
use super::page_limit::{self, PAGE_COST};
use super::reply::RequestRefused;
use super::server::Network;
use super::sign_in;

/// Address of the API.
const GRAPHQL: &str = "/graphql";
/// Address of an installation's portal, and of a demo's playground.
const START: &str = "/";

/// Start of the addresses of files.
const FILES: &str = "/files/";

/// Shows refusals as pages to browsers: with the branding of the host's company or, without an app, with the platform's. The
/// latter is for requests that are refused before the host is known.
pub(super) async fn show(State(app): State<Option<Arc<App>>>, request: Request, next: Next) -> Response<Body> {
    let path = request.uri().path();
    if path == GRAPHQL || !wants_page(request.headers()) {
        return next.run(request).await;
    }
    let (is_start, is_file) = (path == START, path.starts_with(FILES));
    // With the playground at `/`, the start page is for developers.
    let has_portal = app.as_ref().is_some_and(|app| app.playground.is_none());
    let host = request.extensions().get::<Host>().cloned();
    let network = request.extensions().get::<Network>().map(|Network(address)| *address);
    let mut response = next.run(request).await;
    let Some(refused) = response.extensions_mut().remove::<RequestRefused>() else { return response };
    let branding = match app {
        // A network above its rate causes no reads of branding.
        Some(app) if page_limit::charge(&app, network, PAGE_COST).await.is_ok() => {
            PageBranding::at(&app, host.as_ref()).await
        }
        _ => PageBranding::of_platform(),
    };
    let status = response.status();
    let (title, text) = match status {
        StatusCode::NOT_FOUND if is_file => (
            "This link does not work",
            "It has expired, or the file is no longer shared. Open the file in the portal again.".into(),
        ),
        _ => title_and_text(status, &refused.message),
    };
    // The host of files has no other pages.
    let start = (has_portal && !is_start && !is_file).then(|| Link::new("Go to the start page", START));
    let sign_in = ((status == StatusCode::NOT_FOUND || !has_portal) && !is_file).then(sign_in::link);
    let links = start.into_iter().chain(sign_in).collect();
    let page = Message { links, ..Message::new(status, title, text) }.page(&branding);
    with_page(response, page)
}

/// Replaces a reply's body with the page. Keeps the other headers of the reply, such as `Allow`, `Retry-After` and the request's id.
fn with_page(reply: Response<Body>, page: Response<Body>) -> Response<Body> {
    let (mut parts, _) = reply.into_parts();
    let (page, body) = page.into_parts();
    for length in [header::CONTENT_LENGTH, header::CONTENT_ENCODING, header::TRANSFER_ENCODING] {
        parts.headers.remove(length);
    }
    parts.headers.extend(page.headers);
    Response::from_parts(parts, body)
}

/// Title and text of the page. The message is shown only for errors that the user can correct.
fn title_and_text(status: StatusCode, message: &str) -> (&'static str, Cow<'_, str>) {
    match status {
        StatusCode::NOT_FOUND => (
            "Page not found",
            "There is no page at this address. Check it, or open the link again where you found it.".into(),
        ),
        StatusCode::METHOD_NOT_ALLOWED => {
            ("This page cannot be opened", "This page cannot be opened directly. Go back and submit the form.".into())
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("Too much text", "What you sent is too large. Go back, shorten it, and send it again.".into())
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ("Invalid request", "Your browser sent an unsupported format. Try another browser.".into())
        }
        StatusCode::SERVICE_UNAVAILABLE => ("Not available", UNAVAILABLE.into()),
        status if status.is_server_error() => {
            ("Something went wrong", "Something went wrong on our side. Please try again in a moment.".into())
        }
        StatusCode::BAD_REQUEST => ("Invalid request", message.into()),
        _ => ("Request blocked", message.into()),
    }
}

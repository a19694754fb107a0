//! Refusals as pages: what programs read as JSON, a person in a browser is shown as a page, with the same status.
//!
//! Handlers and layers know nothing of it. They refuse in JSON (`reply::refused`), and here the body is replaced where a browser asks
//! for a page. Programs of GraphQL are answered in JSON whatever they accept: some name HTML without meaning it.

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
use super::page::{Link, Message};
use super::page_limit::{self, PAGE_COST};
use super::reply::RequestRefused;
use super::server::Network;

/// Where programs ask.
const GRAPHQL: &str = "/graphql";
/// Where an installation has its portal, and a demo its playground.
const START: &str = "/";

/// Shows refusals as pages to browsers: in the branding of the host's company where an app is given, and otherwise, for what is
/// refused before anything else is known of a request, in the platform's.
pub(super) async fn show(State(app): State<Option<Arc<App>>>, request: Request, next: Next) -> Response<Body> {
    let path = request.uri().path();
    if path == GRAPHQL || !wants_page(request.headers()) {
        return next.run(request).await;
    }
    let is_start = path == START;
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
    let (title, text) = words(status, &refused.message);
    let links = if is_start { Vec::new() } else { vec![Link::new("Go to the start page", START)] };
    let page = Message { links, ..Message::new(status, title, text) }.page(&branding);
    in_place_of(response, page)
}

/// The page with the other headers of the reply, such as `Allow`, `Retry-After` and the request's id.
fn in_place_of(reply: Response<Body>, page: Response<Body>) -> Response<Body> {
    let (mut parts, _) = reply.into_parts();
    let (of_page, body) = page.into_parts();
    for length in [header::CONTENT_LENGTH, header::CONTENT_ENCODING, header::TRANSFER_ENCODING] {
        parts.headers.remove(length);
    }
    parts.headers.extend(of_page.headers);
    Response::from_parts(parts, body)
}

/// A heading, and a sentence for people. The message is for those who made the request themselves.
fn words(status: StatusCode, message: &str) -> (&'static str, Cow<'_, str>) {
    match status {
        StatusCode::NOT_FOUND => (
            "Page not found",
            "There is no page at this address. Check it, or open the link from your mail again.".into(),
        ),
        StatusCode::METHOD_NOT_ALLOWED => {
            ("This page cannot be opened", "This address only takes what a form sends.".into())
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("Too much text", "What you sent is too large. Go back, shorten it, and send it again.".into())
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            "This cannot be read",
            "Your browser sent this in a form that is not read here. Try another browser.".into(),
        ),
        StatusCode::SERVICE_UNAVAILABLE => {
            ("Not available", "The service is not available right now. Please try again in a moment.".into())
        }
        status if status.is_server_error() => {
            ("Something went wrong", "Something went wrong on our side. Please try again in a moment.".into())
        }
        StatusCode::BAD_REQUEST => ("This cannot be read", message.into()),
        _ => ("Request blocked", message.into()),
    }
}

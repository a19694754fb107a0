//! `/calendar/<token>.ics`: a member's view of a published schedule, for calendar apps (SCH-12, docs/decisions/0046).
//!
//! The address is enough: no cookie is read or set. Each request reads again whether its member still has access, and what they see.

mod ics;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use axum::routing::get;
use axum::{Extension, Router};
use portico_core::decisions::sha256;
use portico_core::files::name;
use portico_core::links::SentFeed;
use portico_graphql::ErrorCode;
use portico_loader::RequestCounts;
use portico_store::StoreError;
use portico_store::calendar::FeedReader;
use portico_store::schedule::feed_content;

use super::app::App;
use super::files::{disposition, is_known};
use super::media::MediaType;
use super::paced::paced;
use super::reply::{LogFields, refused};
use super::request_id::RequestId;
use super::server::Network;
use crate::throttle::Admission;

/// Start of the addresses.
const PATH: &str = "/calendar/";
/// Cost of a feed, charged to its member.
const COST: u64 = 100;
/// Cost of an address that is not valid, charged to the network: addresses are not to be guessed.
const REFUSED_COST: u64 = 20;
const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("text/calendar; charset=utf-8");
/// Apps keep the calendar, and ask each time whether it is still current.
const NO_CACHE: HeaderValue = HeaderValue::from_static("private, no-cache");
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// Why a request was refused.
enum Refused {
    /// The address is malformed, forged, replaced or revoked, or its member has no access: all alike.
    NotFound,
    /// The caller exceeds a rate.
    Throttled(Duration),
    /// The database does not answer.
    Unavailable,
}

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/calendar/{file}", get(show))
}

/// Sends a calendar. HEAD returns the headers of GET.
async fn show(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, _) = request.into_parts();
    let network = parts.extensions.get().map(|Network(address)| *address);
    let refused = match answer(&app, &parts, network).await {
        Ok(response) => return response,
        Err(Refused::NotFound) => match app.throttle.charge_network(network, REFUSED_COST).await {
            Ok(()) => Refused::NotFound,
            Err(wait) => Refused::Throttled(wait),
        },
        Err(refused) => refused,
    };
    refused.into_response(&request_id)
}

async fn answer(app: &App, parts: &Parts, network: Option<IpAddr>) -> Result<Response<Body>, Refused> {
    let FeedReader { project, viewer, .. } = open(app, parts).await?;
    if let Some((_, Admission { fits: false, retry_after, .. })) = app.throttle.pour(&viewer, network, COST).await {
        return Err(Refused::Throttled(retry_after));
    }
    let viewer = Arc::new(viewer);
    let session = app.store.read_as(&viewer);
    let content = feed_content(&session, project).await;
    session.close();
    let content = content?.ok_or(Refused::NotFound)?;
    // As nodes of an operation cost.
    let events = (content.tasks.len() + content.milestones.len()) as u64;
    if let Some((_, Admission { fits: false, retry_after, .. })) =
        app.throttle.pour(&viewer, network, events / 10).await
    {
        return Err(Refused::Throttled(retry_after));
    }
    let (name, audience) = (format!("{}.ics", content.project.name), viewer.audience());
    // Folding lines takes seconds for the longest notes of thousands of tasks.
    let writing = app.heavy.run(parts.uri.path(), || true, move || ics::calendar(&content, audience));
    let calendar = writing.await.map_err(|error| {
        tracing::warn!(%error, "a calendar was not written");
        Refused::Unavailable
    })?;
    let mut response = reply(parts, calendar, &name);
    response.extensions_mut().insert(LogFields {
        role: viewer.role.map(|role| role.as_str()),
        request_counts: RequestCounts { statements: session.statements(), ..RequestCounts::default() },
        ..LogFields::default()
    });
    Ok(response)
}

/// The member whose feed is at the address of a request.
async fn open(app: &App, parts: &Parts) -> Result<FeedReader, Refused> {
    let sent = parts.uri.path().strip_prefix(PATH).and_then(SentFeed::read).ok_or(Refused::NotFound)?;
    let reader = app.store.sign_in_feed(sent.id()).await?;
    reader.filter(|reader| sent.holds(&app.links, reader.nonce)).ok_or(Refused::NotFound)
}

fn reply(parts: &Parts, calendar: String, file_name: &str) -> Response<Body> {
    let tag = format!("\"{}\"", sha256(&calendar));
    let mut response = if is_known(&parts.headers, &tag) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        let mut response = Response::new(paced(calendar.into_bytes()));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, MEDIA_TYPE);
        headers.insert(header::CONTENT_DISPOSITION, disposition("attachment", &name::repaired(file_name)));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert(ROBOTS, HeaderValue::from_static("noindex"));
        response
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, NO_CACHE);
    // Weak, since compression changes the bytes of an answer.
    if let Ok(tag) = HeaderValue::from_str(&format!("W/{tag}")) {
        headers.insert(header::ETAG, tag);
    }
    response
}

impl Refused {
    fn into_response(self, request_id: &str) -> Response<Body> {
        let (status, code, message) = match self {
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                ErrorCode::BadUserInput,
                "this calendar address is not valid: copy the current one from the portal",
            ),
            Self::Throttled(_) => (StatusCode::TOO_MANY_REQUESTS, ErrorCode::Throttled, ErrorCode::Throttled.message()),
            Self::Unavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Unavailable, ErrorCode::Unavailable.message())
            }
        };
        let mut response = refused(status, code, message, MediaType::Json, request_id);
        if let Self::Throttled(wait) = self {
            let seconds = (wait.as_secs_f64().ceil() as u64).max(1);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the database failed in a request for a calendar");
        Self::Unavailable
    }
}

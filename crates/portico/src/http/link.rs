//! `/auth/link/<token>`: where mailed links lead.
//!
//! Mail scanners and previews open every link that they see, so that looking changes nothing: a page is shown, and its button uses the
//! link (C2, SAFETY F27). A link that was saved opens the portal for as long as its owner is signed in, and otherwise offers a
//! fresh one (SES-6).

use std::sync::{Arc, LazyLock};

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use axum::{Extension, Router};
use minijinja::value::Serde;
use minijinja::{Environment, context};
use portico_actions::people::{EmailConfirm, LinkLook, LinkRenew, LinkSeen, LinkUse, SignInPlace, SignedIn};
use portico_actions::{ActionError, Actor, Origin};
use portico_core::people::{LinkPurpose, Viewer};
use portico_graphql::session_cookie;
use serde::{Deserialize, Serialize};

use super::App;
use super::graphql::device_of;
use super::page::{html, is_own_form, reply};
use super::server::Network;
use crate::auth::{Arrival, arrival};
use crate::throttle::Poured;

/// What the pages may do: look as they do, and send their own forms.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// What a look at a link takes from its network's rate.
const COST: u64 = 20;
/// The largest form of a page, in bytes.
const FORM_BYTES: usize = 4 * 1024;
const STYLE: &str = include_str!("../../templates/auth/style.css");

static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    pages
        .add_template("link.html", include_str!("../../templates/auth/link.html"))
        .expect("a template that is built in can be read");
    pages
});

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/auth/link/{token}", get(look).post(take).layer(DefaultBodyLimit::max(FORM_BYTES)))
        .route("/auth/link/{token}/fresh", post(renew))
        .route("/auth/style.css", get(async || reply("text/css; charset=utf-8", POLICY, STYLE.to_owned())))
}

/// A button of a page: what it says, and where it sends.
#[derive(Serialize)]
struct Button {
    label: String,
    action: String,
    /// Whether a password can be set with it.
    takes_password: bool,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(rename = "as")]
    choice: Option<String>,
}

/// Shows what the link would do. Nothing is used up.
async fn look(
    State(app): State<Arc<App>>,
    network: Option<Extension<Network>>,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Response<Body> {
    if is_flooded(&app, network.as_ref()).await {
        return too_much();
    }
    let seen = match (LinkLook { token: token.clone() }).run(&actor(&app, network, &headers)).await {
        Ok(seen) => seen,
        Err(error) => return failed(&error),
    };
    if let Ok(Arrival { viewer, .. }) = arrival(&app.store, &headers, app.demo_tokens).await
        && viewer.person.as_ref().is_some_and(|person| seen.is_of(person.id))
        && seen.opens_portal()
    {
        return Redirect::to("/").into_response();
    }
    let button = |label: &str, path: &str| Button {
        label: label.to_owned(),
        action: format!("{}{path}", path_of(&token)),
        takes_password: false,
    };
    match seen {
        LinkSeen::Open { purpose: LinkPurpose::EmailConfirmation, address, .. } => {
            let text = format!("Is {address} your new email address?");
            page(StatusCode::OK, "Confirm your address", &text, vec![button("Confirm", "")])
        }
        // Whose it is, since a link that somebody else has passed on would sign its reader in as them.
        LinkSeen::Open { address, takes_password, .. } => {
            let text = format!("Go on to the portal as {address}. If this is not your address, close this page.");
            page(StatusCode::OK, "Welcome", &text, vec![Button { takes_password, ..button("Open my portal", "") }])
        }
        LinkSeen::Closed { purpose: LinkPurpose::SignIn | LinkPurpose::Invitation, .. } => {
            page(StatusCode::GONE, WORN, FRESH, vec![button("Send me a fresh link", "/fresh")])
        }
        LinkSeen::Closed { .. } | LinkSeen::Unknown => page(StatusCode::GONE, WORN, "Ask for a fresh one.", Vec::new()),
    }
}

const WORN: &str = "This link does not work any more";
const FRESH: &str = "Links work once, and for a short time. A fresh one can be sent to the same address.";

/// Uses the link.
async fn take(
    State(app): State<Arc<App>>,
    network: Option<Extension<Network>>,
    headers: HeaderMap,
    Path(token): Path<String>,
    Query(Choice { choice }): Query<Choice>,
    form: Bytes,
) -> Response<Body> {
    if !is_own_form(&headers) {
        return page(StatusCode::FORBIDDEN, "Not from here", "Please open the link from your mail.", Vec::new());
    }
    if is_flooded(&app, network.as_ref()).await {
        return too_much();
    }
    let viewer = arrival(&app.store, &headers, app.demo_tokens).await.map(|arrival| arrival.viewer);
    let own = actor_as(viewer.unwrap_or_else(|_| Viewer::public()), &app, network, &headers);
    let actor = actor(&app, network, &headers);
    let taken = async move {
        let seen = LinkLook { token: token.clone() }.run(&actor).await?;
        if let LinkSeen::Open { purpose: LinkPurpose::EmailConfirmation, .. } = &seen {
            EmailConfirm { token }.run(&own).await?;
            return Ok(page(StatusCode::OK, "Thank you", "This is your address from now on.", Vec::new()));
        }
        let password = password_in(&form);
        let signed_in = LinkUse { token: token.clone(), choice, password }.run(&actor).await;
        if let (Err(ActionError::Refused(refusals)), LinkSeen::Open { takes_password: true, .. }) = (&signed_in, &seen)
            && let Some(refusal) = refusals.iter().find(|refusal| refusal.field == ["input", "password"])
        {
            // The link still works: another password can be tried.
            let again = Button { label: "Open my portal".to_owned(), action: path_of(&token), takes_password: true };
            let text = format!("{}.", refusal.message);
            return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, "Another password, please", &text, vec![again]));
        }
        Ok(match signed_in? {
            SignedIn::Open(session) => entered(&session.token),
            SignedIn::Choose(places) => {
                let buttons = places.iter().map(|place| button_of(&token, place)).collect();
                page(StatusCode::OK, "Where to?", "Several places are open to you.", buttons)
            }
        })
    };
    // To its end, also for whoever hangs up: the link may have been used by then.
    match tokio::spawn(taken).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => failed(&error),
        Err(error) => failed(&ActionError::Store(portico_store::StoreError::Failed(error.to_string()))),
    }
}

/// The password that a form sends, if one was written into it.
fn password_in(form: &[u8]) -> Option<String> {
    let (_, password) = url::form_urlencoded::parse(form).find(|(name, _)| name == "password")?;
    (!password.is_empty()).then(|| password.into_owned())
}

fn path_of(token: &str) -> String {
    format!("/auth/link/{token}")
}

/// Sends a fresh link to the address to which this one was sent.
async fn renew(
    State(app): State<Arc<App>>,
    network: Option<Extension<Network>>,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Response<Body> {
    if !is_own_form(&headers) {
        return page(StatusCode::FORBIDDEN, "Not from here", "Please open the link from your mail.", Vec::new());
    }
    if is_flooded(&app, network.as_ref()).await {
        return too_much();
    }
    match (LinkRenew { token }).run(&actor(&app, network, &headers)).await {
        Ok(()) => page(StatusCode::OK, "On its way", "A fresh link is on its way to your address.", Vec::new()),
        Err(error) => failed(&error),
    }
}

/// Each look takes a connection of those that change things, which are few.
async fn is_flooded(app: &App, network: Option<&Extension<Network>>) -> bool {
    let network = network.map(|Extension(Network(address))| *address);
    matches!(app.throttle.pour(&Viewer::public(), network, COST).await, Some((_, Poured { fits: false, .. })))
}

fn too_much() -> Response<Body> {
    page(
        StatusCode::TOO_MANY_REQUESTS,
        "One moment",
        "This was asked for too often. Please try again soon.",
        Vec::new(),
    )
}

fn button_of(token: &str, place: &SignInPlace) -> Button {
    let action = format!("{}?as={}", path_of(token), place.name());
    Button { label: place.label(), action, takes_password: false }
}

fn actor(app: &App, network: Option<Extension<Network>>, headers: &HeaderMap) -> Actor {
    actor_as(Viewer::public(), app, network, headers)
}

fn actor_as(viewer: Viewer, app: &App, network: Option<Extension<Network>>, headers: &HeaderMap) -> Actor {
    let network = network.map(|Extension(Network(address))| address);
    let origin = Origin { network, device: device_of(headers) };
    app.actor(Arc::new(viewer), origin, (app.clock)().moment())
}

fn entered(token: &str) -> Response<Body> {
    let mut response = Redirect::to("/").into_response();
    if let Ok(cookie) = HeaderValue::from_str(&session_cookie(token)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn failed(error: &ActionError) -> Response<Body> {
    match error {
        ActionError::Refused(refusals) => {
            let text = refusals.first().map_or("", |refusal| refusal.message.as_str());
            let is_throttled = refusals.iter().any(|refusal| refusal.retry_after.is_some());
            let status = if is_throttled { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::GONE };
            page(status, WORN, text, Vec::new())
        }
        ActionError::NotSignedIn => {
            let text = "Please sign in here first, and open the link again.";
            page(StatusCode::FORBIDDEN, "Whose address?", text, Vec::new())
        }
        other => {
            tracing::error!(error = %other, "a link could not be used");
            let text = "The service is not available right now. Please try again in a moment.";
            page(StatusCode::SERVICE_UNAVAILABLE, "One moment", text, Vec::new())
        }
    }
}

fn page(status: StatusCode, title: &str, text: &str, buttons: Vec<Button>) -> Response<Body> {
    let values = context! { title, text, buttons => Serde(buttons) };
    let written = PAGES.get_template("link.html").and_then(|page| page.render(values));
    let mut response = html(POLICY, written.unwrap_or_else(|_| title.to_owned()));
    *response.status_mut() = status;
    response
}

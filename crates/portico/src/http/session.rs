//! `/auth/session`: tells a browser's owner who is signed in, and lets them sign out.
//!
//! Mailed links lead on to `/`, where an installation serves its portal. Where the playground stands there instead, nothing would
//! show that the link has worked: so it leads here.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::{get, post};
use axum::{Extension, Router};
use portico_actions::sessions::SignOut;
use portico_core::access::{Role, Viewer};
use portico_graphql::SessionChange;

use super::app::App;
use super::branding::PageBranding;
use super::caller::actor_as;
use super::host::Host;
use super::own_form::is_own_form;
use super::page::{Button, Link, Message};
use super::page_limit::is_flooded;
use super::server::Network;
use crate::auth::{SignInError, SignedInRequest, authenticate, session_cookie};

/// Where the page is.
pub(super) const ADDRESS: &str = "/auth/session";
const SIGN_OUT: &str = "/auth/sign-out";
/// For those whom no link lets in.
pub(super) const WHAT_TO_DO: &str = "Open your portal's sign-in page, or ask your builder to invite you again.";

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route(ADDRESS, get(show)).route(SIGN_OUT, post(sign_out))
}

async fn show(
    State(app): State<Arc<App>>,
    host: Option<Extension<Host>>,
    network: Option<Extension<Network>>,
    headers: HeaderMap,
) -> Response<Body> {
    if let Some(wait) = is_flooded(&app, network.as_ref()).await {
        return Message::too_many(&PageBranding::of_platform(), wait);
    }
    let face = PageBranding::at(&app, host.as_deref()).await;
    match authenticate(&app.store, &headers, app.demo_tokens).await {
        Ok(SignedInRequest { viewer, renewed_cookie, .. }) => signed_in(&viewer).map_or_else(
            || nobody().page(&face),
            |mut text| {
                if app.playground.is_some() {
                    text.push_str(" The playground does not use this browser session: paste a bearer token there.");
                }
                let button = Button::new("Sign out", SIGN_OUT);
                let links = vec![Link { label: "Go on", address: "/" }];
                let message = Message::new(StatusCode::OK, "You are signed in", &text);
                let mut response = Message { buttons: vec![button], links, ..message }.page(&face);
                SignedInRequest::renew_cookie(renewed_cookie, response.headers_mut());
                response
            },
        ),
        Err(SignInError::Unauthenticated { .. }) => nobody().page(&face),
        Err(SignInError::Store(error)) => {
            tracing::error!(%error, "sign-in failed");
            Message::unavailable(&face)
        }
    }
}

fn nobody() -> Message<'static> {
    Message::new(StatusCode::OK, "You are not signed in", WHAT_TO_DO)
}

/// Who that is; none for callers without a session.
fn signed_in(viewer: &Viewer) -> Option<String> {
    let (person, role) = (viewer.person.as_ref()?, viewer.role?);
    let role = match role {
        Role::Client => "a client",
        Role::Trade => "a trade partner",
        Role::Staff => "staff",
        Role::Owner => "an owner",
        Role::Reporting => "a reporting key",
        Role::Support => "the platform's support",
    };
    let address = person.email.as_ref().map(|email| format!(" ({email})")).unwrap_or_default();
    Some(format!("You are signed in as {}{address}, {role}.", person.name))
}

async fn sign_out(
    State(app): State<Arc<App>>,
    host: Option<Extension<Host>>,
    network: Option<Extension<Network>>,
    headers: HeaderMap,
) -> Response<Body> {
    let face = PageBranding::at(&app, host.as_deref()).await;
    if !is_own_form(&headers) {
        return Message::new(StatusCode::FORBIDDEN, "Request blocked", "Sign out on the portal's own page.")
            .page(&face);
    }
    let viewer = authenticate(&app.store, &headers, app.demo_tokens).await.map(|authenticate| authenticate.viewer);
    // A session that has ended already is what was asked for.
    if let Ok(viewer) = viewer
        && viewer.role.is_some()
        && let Err(error) = actor_as(viewer, &app, network, &headers).perform(&SignOut).await
    {
        tracing::error!(%error, "a session could not be ended");
        return Message::unavailable(&face);
    }
    let mut response = Message::new(StatusCode::OK, "You are signed out", "This browser is signed out.").page(&face);
    session_cookie::append(&SessionChange::Ended, response.headers_mut());
    response
}

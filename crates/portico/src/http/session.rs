//! `/auth/session`: tells a browser's owner who is signed in, and lets them sign out.
//!
//! Mailed links lead on to `/`, where an installation serves its portal. Where the playground stands there instead, nothing would
//! show that the link has worked: so it leads here.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use axum::{Extension, Router};
use portico_actions::sessions::SignOut;
use portico_core::access::{Role, Viewer};
use portico_core::id::CompanyId;
use portico_graphql::SessionChange;

use super::app::App;
use super::branding::{PageBranding, only_company};
use super::caller::actor_as;
use super::fields::Fields;
use super::host::Host;
use super::own_form::is_own_form;
use super::page::{Button, Link, Message};
use super::page_limit::is_flooded;
use super::server::Network;
use super::sign_in;
use crate::auth::{DemoTokens, SignInError, SignedInRequest, authenticate, session_cookie};

/// Where the page is.
pub(super) const ADDRESS: &str = "/auth/session";
const SIGN_OUT: &str = "/auth/sign-out";
const SIGNED_OUT: &str = "/auth/signed-out";
/// For those whom no link lets in, beside the link to the sign-in page.
pub(super) const WHAT_TO_DO: &str = "Sign in with your email address, or ask your builder to invite you again.";

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route(ADDRESS, get(show)).route(SIGN_OUT, post(sign_out)).route(SIGNED_OUT, get(signed_out))
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
    let face = PageBranding::at_portal(&app, host.as_deref()).await;
    match authenticate(&app.store, &headers, app.demo_tokens).await {
        Ok(SignedInRequest { viewer, renewed_cookie, .. }) => {
            let Some(mut text) = signed_in(&viewer) else { return not_signed_in(face) };
            let face = match face {
                Some(face) => face,
                None => match only_company(&app, &viewer).await {
                    Some(company) => PageBranding::of_company(&app, company).await,
                    None => PageBranding::of_platform(),
                },
            };
            // Only a demo has readers who want to try the API as well.
            if app.playground.is_some() && app.demo_tokens == DemoTokens::Known {
                text.push_str(" The playground does not use this browser session: paste a bearer token there.");
            }
            let button = Button::new("Sign out", SIGN_OUT);
            let message = Message::new(StatusCode::OK, "You are signed in", &text);
            let mut response =
                Message { buttons: vec![button], links: vec![Link::new("Go on", "/")], ..message }.page(&face);
            SignedInRequest::renew_cookie(renewed_cookie, response.headers_mut());
            response
        }
        Err(SignInError::Unauthenticated { .. } | SignInError::NoScheme) => not_signed_in(face),
        Err(SignInError::Store(error)) => {
            tracing::error!(%error, "sign-in failed");
            Message::unavailable(&face.unwrap_or_else(PageBranding::of_platform))
        }
    }
}

fn not_signed_in(face: Option<PageBranding>) -> Response<Body> {
    let message = Message::new(StatusCode::OK, "You are not signed in", WHAT_TO_DO);
    let message = Message { links: vec![sign_in::link()], ..message };
    message.page(&face.unwrap_or_else(PageBranding::of_platform))
}

/// Who that is; none for callers without a session.
pub(super) fn signed_in(viewer: &Viewer) -> Option<String> {
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
    let face = PageBranding::at_portal(&app, host.as_deref()).await;
    let is_branded = face.is_some();
    let face = face.unwrap_or_else(PageBranding::of_platform);
    if !is_own_form(&headers) {
        return Message::new(StatusCode::FORBIDDEN, "Request blocked", "Sign out on the portal's own page.")
            .page(&face);
    }
    let viewer = authenticate(&app.store, &headers, app.demo_tokens).await.map(|authenticate| authenticate.viewer);
    let mut address = SIGNED_OUT.to_owned();
    // A session that has ended already is what was asked for.
    if let Ok(viewer) = viewer
        && viewer.role.is_some()
    {
        // The next page does not know the viewer any more.
        if !is_branded && let Some(company) = only_company(&app, &viewer).await {
            address = format!("{SIGNED_OUT}?company={}", company.0.simple());
        }
        if let Err(error) = actor_as(viewer, &app, network, &headers).perform(&SignOut).await {
            tracing::error!(%error, "a session could not be ended");
            return Message::unavailable(&face);
        }
    }
    let mut response = Redirect::to(&address).into_response();
    session_cookie::append(&SessionChange::Ended, response.headers_mut());
    response
}

/// The page after the sign-out, in the branding of the host or of the company whose portal was left.
async fn signed_out(
    State(app): State<Arc<App>>,
    host: Option<Extension<Host>>,
    network: Option<Extension<Network>>,
    RawQuery(query): RawQuery,
) -> Response<Body> {
    if let Some(wait) = is_flooded(&app, network.as_ref()).await {
        return Message::too_many(&PageBranding::of_platform(), wait);
    }
    let company = Fields::read(query.unwrap_or_default().as_bytes()).and_then(|mut fields| fields.take("company"));
    let company = company.ok().flatten().and_then(|id| id.parse().ok()).map(CompanyId);
    let face = match (PageBranding::at_portal(&app, host.as_deref()).await, company) {
        (Some(face), _) => face,
        (None, Some(company)) => PageBranding::of_company(&app, company).await,
        (None, None) => PageBranding::of_platform(),
    };
    let message = Message::new(StatusCode::OK, "You are signed out", "This browser is signed out.");
    Message { links: vec![sign_in::link()], ..message }.page(&face)
}

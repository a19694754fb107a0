//! `/auth/session`: shows the signed-in account, with a button to sign out.
//!
//! Mailed links lead to `/`, where an installation serves its portal. With the playground at `/`, they lead here instead, since
//! the playground does not show a browser's session; those of a demo's clients lead to the example portal.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use cookie::time::Duration;
use portico_actions::ActionError;
use portico_actions::sessions::SignOut;
use portico_core::access::{Role, Viewer};
use portico_core::id::CompanyId;
use portico_graphql::SessionChange;

use super::app::App;
use super::branding::{PageBranding, only_company};
use super::example_portal;
use super::page::{Button, Link, Message};
use super::sign_in;
use super::visit::{RateLimitedVisit, Visit};
use crate::auth::{SignInError, SignedInRequest, session_cookie};

pub(super) const ADDRESS: &str = "/auth/session";
const SIGN_OUT: &str = "/auth/sign-out";
const SIGNED_OUT: &str = "/auth/signed-out";
/// Cookie with the id of the company whose portal was left, for the branding of the next page. Not in the address, since a link could
/// then show any company's branding.
const LEFT_COMPANY: &str = "__Host-portico-left";
const LEFT_LIFE: Duration = Duration::minutes(1);
/// Text for callers without a session or a valid link, beside the link to the sign-in page.
pub(super) const SIGN_IN_HINT: &str = "Sign in with your email address, or ask your builder to invite you again.";

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route(ADDRESS, get(show)).route(SIGN_OUT, post(sign_out)).route(SIGNED_OUT, get(signed_out))
}

async fn show(RateLimitedVisit(visit): RateLimitedVisit) -> Response<Body> {
    let (app, branding) = (&visit.app, visit.portal_branding().await);
    match visit.authenticate().await {
        Ok(SignedInRequest { viewer, renewed_cookie, .. }) => {
            let Some(mut text) = account_text(&viewer) else { return not_signed_in(branding) };
            let branding = match branding {
                Some(branding) => branding,
                None => match only_company(app, &viewer).await {
                    Some(company) => PageBranding::of_company(app, company).await,
                    None => PageBranding::of_platform(),
                },
            };
            let links = if example_portal::is_for(app, viewer.role) {
                vec![Link::new("Continue", example_portal::ADDRESS)]
            } else if app.playground.is_some() {
                text.push_str(" For developers: the playground at / can use this browser session.");
                Vec::new()
            } else {
                vec![Link::new("Continue", "/")]
            };
            let button = (viewer.role != Some(Role::Reporting)).then(|| Button::new("Sign out", SIGN_OUT));
            let message = Message::new(StatusCode::OK, "You are signed in", &text);
            let mut response = Message { buttons: button.into_iter().collect(), links, ..message }.page(&branding);
            SignedInRequest::renew_cookie(renewed_cookie, response.headers_mut());
            response
        }
        Err(SignInError::Unauthenticated { .. } | SignInError::NoScheme) => not_signed_in(branding),
        Err(SignInError::Store(error)) => {
            tracing::error!(%error, "sign-in failed");
            Message::unavailable(&branding.unwrap_or_else(PageBranding::of_platform))
        }
    }
}

fn not_signed_in(branding: Option<PageBranding>) -> Response<Body> {
    let message = Message::new(StatusCode::OK, "You are not signed in", SIGN_IN_HINT);
    let message = Message { links: vec![sign_in::link()], ..message };
    message.page(&branding.unwrap_or_else(PageBranding::of_platform))
}

/// Text that names the signed-in account; none for callers without a session.
pub(super) fn account_text(viewer: &Viewer) -> Option<String> {
    let (person, role) = (viewer.person.as_ref()?, viewer.role?);
    let role = match role {
        Role::Client => "a client",
        Role::Trade => "a trade partner",
        Role::Staff => "staff",
        Role::Owner => "an owner",
        Role::Reporting => "an API key",
        Role::Support => "the platform's support",
    };
    if viewer.viewed_by.is_some() {
        return Some(format!("You view the portal of {}, a client. Nothing can be changed.", person.name));
    }
    let address = person.email.as_ref().map(|email| format!(" ({email})")).unwrap_or_default();
    Some(format!("You are signed in as {}{address}, {role}.", person.name))
}

async fn sign_out(visit: Visit) -> Response<Body> {
    let branding = visit.portal_branding().await;
    let is_branded = branding.is_some();
    let branding = branding.unwrap_or_else(PageBranding::of_platform);
    if !visit.is_own_form() {
        return Message::new(StatusCode::FORBIDDEN, "Request blocked", "Sign out on the portal's own page.")
            .page(&branding);
    }
    let viewer = visit.authenticate().await.map(|request| request.viewer);
    let mut left_company = None;
    // Without a session there is nothing to end.
    if let Ok(viewer) = viewer
        && viewer.role.is_some()
    {
        if viewer.role == Some(Role::Reporting) {
            let text = "This request has an API key, which has no session to end. To withdraw the key, revoke it.";
            return Message::new(StatusCode::FORBIDDEN, "API keys cannot sign out", text).page(&branding);
        }
        // The next page does not know the viewer any more.
        if !is_branded {
            left_company = only_company(&visit.app, &viewer).await;
        }
        match visit.actor_as(viewer).perform(&SignOut).await {
            // The session ended meanwhile.
            Ok(()) | Err(ActionError::NotSignedIn) => {}
            Err(error) => {
                tracing::error!(%error, "a session could not be ended");
                return Message::unavailable(&branding);
            }
        }
    }
    let mut response = Redirect::to(SIGNED_OUT).into_response();
    session_cookie::append(&SessionChange::Ended, response.headers_mut());
    if let Some(CompanyId(id)) = left_company
        && let Ok(cookie) = session_cookie::host_cookie(LEFT_COMPANY, &id.simple().to_string(), LEFT_LIFE)
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The page after the sign-out, in the branding of the host or of the company whose portal was left.
async fn signed_out(RateLimitedVisit(visit): RateLimitedVisit) -> Response<Body> {
    let company = session_cookie::value_in(&visit.headers, LEFT_COMPANY);
    let company = company.and_then(|id| id.parse().ok()).map(CompanyId);
    let branding = match (visit.portal_branding().await, company) {
        (Some(branding), _) => branding,
        (None, Some(company)) => PageBranding::of_company(&visit.app, company).await,
        (None, None) => PageBranding::of_platform(),
    };
    let message = Message::new(StatusCode::OK, "You are signed out", "This browser is signed out.");
    Message { links: vec![sign_in::link()], ..message }.page(&branding)
}

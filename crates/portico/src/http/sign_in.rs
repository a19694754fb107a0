//! `/auth/sign-in`: requests a sign-in link by mail, for portals without a page of their own.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use axum::{Extension, Router};
use minijinja::context;
use minijinja::value::Serde;
use portico_actions::ActionError;
use portico_actions::links::LinkRequest;
use portico_core::access::Viewer;
use portico_core::links::LINK_LIFE;
use serde::Serialize;

use super::app::App;
use super::branding::PageBranding;
use super::caller::actor_as;
use super::fields::Fields;
use super::host::Host;
use super::own_form::is_own_form;
use super::page::{self, Link, Message, sentence};
use super::page_limit::is_flooded;
use super::server::Network;
use super::session;
use crate::auth::authenticate;

const ADDRESS: &str = "/auth/sign-in";
const SENT: &str = "/auth/sign-in/sent";
/// The largest form, in bytes.
const FORM_BYTES: usize = 4 * 1024;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route(ADDRESS, get(show).post(request).layer(DefaultBodyLimit::max(FORM_BYTES)))
        .route(SENT, get(sent))
}

/// The link to this page, for pages whose reader has to sign in.
pub(super) fn link() -> Link {
    Link::new("Sign in", ADDRESS)
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
    // Mails lead here, and their reader may be signed in already.
    let signed_in = authenticate(&app.store, &headers, app.demo_tokens).await.ok();
    let current = signed_in.and_then(|request| session::signed_in(&request.viewer));
    form(StatusCode::OK, &face, &Form { current, ..Form::default() })
}

/// What the form holds.
#[derive(Default, Serialize)]
struct Form {
    email: String,
    /// Why the address is refused.
    fault: Option<String>,
    /// Who is signed in already.
    current: Option<String>,
}

fn form(status: StatusCode, face: &PageBranding, form: &Form) -> Response<Body> {
    let (title, text) = ("Sign in", "Enter your email address. We mail you a link that signs you in.");
    let form = Serde(form);
    page::page(status, "sign_in.html", face, context! { title, text, action => ADDRESS, form, width => "narrow" })
}

/// Mails the link. The reply is the same for every address, as in `magicLinkRequest`.
async fn request(
    State(app): State<Arc<App>>,
    host: Option<Extension<Host>>,
    network: Option<Extension<Network>>,
    headers: HeaderMap,
    sent: Bytes,
) -> Response<Body> {
    if let Some(wait) = is_flooded(&app, network.as_ref()).await {
        return Message::too_many(&PageBranding::of_platform(), wait);
    }
    let face = PageBranding::at(&app, host.as_deref()).await;
    if !is_own_form(&headers) {
        let message = Message::new(StatusCode::FORBIDDEN, "Request blocked", "Sign in on the portal's own page.");
        return Message { links: vec![link()], ..message }.page(&face);
    }
    let Ok(email) = Fields::read(&sent).and_then(|mut fields| fields.take("email")) else {
        let text = "Open the sign-in page again, and enter your address.";
        let message = Message::new(StatusCode::BAD_REQUEST, "This cannot be read", text);
        return Message { links: vec![link()], ..message }.page(&face);
    };
    let email = email.unwrap_or_default();
    let host = host.map(|Extension(Host(host))| host);
    let actor = actor_as(Viewer::public(), &app, network, &headers);
    match (LinkRequest { email: email.clone(), host }).run(&actor).await {
        Ok(()) => Redirect::to(SENT).into_response(),
        Err(ActionError::Refused(refusals)) => {
            if let Some(wait) = refusals.iter().find_map(|refusal| refusal.retry_after) {
                return Message::too_many(&face, wait.as_secs());
            }
            let fault = refusals.first().map(|refusal| sentence(&refusal.message));
            form(StatusCode::UNPROCESSABLE_ENTITY, &face, &Form { email, fault, current: None })
        }
        Err(error) => {
            tracing::error!(%error, "a sign-in link could not be requested");
            Message::unavailable(&face)
        }
    }
}

async fn sent(
    State(app): State<Arc<App>>,
    host: Option<Extension<Host>>,
    network: Option<Extension<Network>>,
) -> Response<Body> {
    if let Some(wait) = is_flooded(&app, network.as_ref()).await {
        return Message::too_many(&PageBranding::of_platform(), wait);
    }
    let minutes = LINK_LIFE.num_minutes();
    let text = format!(
        "If an account with this address can sign in, a link is on its way. It works once, for {minutes} minutes."
    );
    Message::new(StatusCode::OK, "Check your mail", &text).page(&PageBranding::at(&app, host.as_deref()).await)
}

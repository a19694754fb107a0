//! `/auth/sign-in`: requests a sign-in link by mail, for portals without a page of their own.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::DefaultBodyLimit;
use axum::http::{Response, StatusCode};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use minijinja::context;
use minijinja::value::Serde;
use portico_actions::ActionError;
use portico_actions::links::LinkRequest;
use portico_core::links::requested_message;
use serde::Serialize;

use super::app::App;
use super::branding::PageBranding;
use super::fields::Fields;
use super::host::Host;
use super::page::{self, Link, Message, sentence};
use super::page_limit::PAGE_COST;
use super::session;
use super::sign_in_code;
use super::visit::{RateLimitedVisit, Visit};
use crate::auth::DemoTokens;

const ADDRESS: &str = "/auth/sign-in";
const SENT: &str = "/auth/sign-in/sent";
/// The form with the code of a mail.
pub(super) const CODE: &str = "/auth/sign-in/code";
/// Text of pages that announce a mail.
pub(super) const SPAM_HINT: &str = "If it does not arrive within a few minutes, look in your spam folder.";
/// Maximum size of the form, in bytes.
const FORM_BYTES: usize = 4 * 1024;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route(ADDRESS, get(show).post(request).layer(DefaultBodyLimit::max(FORM_BYTES)))
        .route(SENT, get(sent))
        .route(CODE, post(sign_in_code::consume).layer(DefaultBodyLimit::max(FORM_BYTES)))
}

/// The link to this page, for pages of callers without a session.
pub(super) fn link() -> Link {
    Link::new("Sign in", ADDRESS)
}

/// The same, for pages after a refused code.
pub(super) fn link_to_request() -> Link {
    Link::new("Request a new email", ADDRESS)
}

/// The links of pages that announce a mail. The mails of the demo are shown by the gateway itself.
pub(super) fn links_after_mail(app: &App) -> Vec<Link> {
    let mails = (app.demo_tokens == DemoTokens::Known).then(|| Link::new("Show the emails of this demo", "/dev/mail"));
    mails.into_iter().chain([Link::new("Use another address", ADDRESS)]).collect()
}

async fn show(RateLimitedVisit(visit): RateLimitedVisit) -> Response<Body> {
    let branding = visit.branding().await;
    // Mails link to this page, and their recipient may be signed in already.
    let signed_in = visit.authenticate().await.ok();
    let current = signed_in.and_then(|request| session::account_text(&request.viewer));
    form(StatusCode::OK, &branding, &Form { current, ..Form::default() })
}

/// Values of the form.
#[derive(Default, Serialize)]
struct Form {
    email: String,
    /// Reason why the address was refused.
    fault: Option<String>,
    /// Text that names the account that is signed in already.
    current: Option<String>,
}

fn form(status: StatusCode, branding: &PageBranding, form: &Form) -> Response<Body> {
    let (title, text) =
        ("Sign in", "Enter your email address. We will email you a link and a code, each of which signs you in.");
    let form = Serde(form);
    page::page(status, "sign_in.html", branding, context! { title, text, action => ADDRESS, form, width => "narrow" })
}

/// Mails the link. The reply is the same for every address, as in `magicLinkRequest`.
async fn request(visit: Visit, body: Bytes) -> Response<Body> {
    if let Some(response) = visit.throttled(PAGE_COST).await {
        return response;
    }
    let branding = visit.branding().await;
    if !visit.is_own_form() {
        let message = Message::new(StatusCode::FORBIDDEN, "Request blocked", "Sign in on the portal's own page.");
        return Message { links: vec![link()], ..message }.page(&branding);
    }
    let Ok(email) = Fields::read(&body).and_then(|mut fields| fields.take("email")) else {
        let text = "Open the sign-in page again, and enter your address.";
        let message = Message::new(StatusCode::BAD_REQUEST, "Invalid request", text);
        return Message { links: vec![link()], ..message }.page(&branding);
    };
    let email = email.unwrap_or_default();
    let host = visit.host.clone().map(|Host(host)| host);
    let actor = visit.actor();
    match (LinkRequest { email: email.clone(), host }).run(&actor).await {
        Ok(request_id) => {
            let mut response = Redirect::to(SENT).into_response();
            sign_in_code::remember(Some(&request_id), response.headers_mut());
            response
        }
        Err(ActionError::Refused(refusals)) => {
            if let Some(wait) = refusals.iter().find_map(|refusal| refusal.retry_after) {
                return Message::too_many(&branding, wait.as_secs());
            }
            let fault = refusals.first().map(|refusal| sentence(&refusal.message));
            form(StatusCode::UNPROCESSABLE_ENTITY, &branding, &Form { email, fault, current: None })
        }
        Err(error) => {
            tracing::error!(%error, "a sign-in link could not be requested");
            Message::unavailable(&branding)
        }
    }
}

/// The page after the mail was sent, with a field for its code.
async fn sent(RateLimitedVisit(visit): RateLimitedVisit) -> Response<Body> {
    let code = sign_in_code::field(&visit);
    let hint = if code.is_some() { " Open the link, or enter the code from the newest email here." } else { "" };
    let text = format!("{}{hint} {SPAM_HINT}", requested_message());
    let message = Message::new(StatusCode::OK, "Check your email", text);
    Message { code, links: links_after_mail(&visit.app), ..message }.page(&visit.branding().await)
}

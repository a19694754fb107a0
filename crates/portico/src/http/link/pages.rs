//! The pages that a link shows.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use portico_actions::links::PasswordOffer;
use portico_actions::sessions::{OpenSession, SignInOption};
use portico_actions::{ActionError, Refusal};
use portico_core::access::Role;
use portico_core::projects::MembershipKind;
use portico_core::refusal::RefusalCode;
use portico_graphql::SessionChange;
use url::form_urlencoded;

use crate::auth::session_cookie;
use crate::http::branding::PageBranding;
use crate::http::page::{Button, Message, NewPassword, sentence};
use crate::http::sign_in;

/// Names the account: a forwarded link would sign its reader in as its owner.
pub(super) fn welcome(address: &str) -> String {
    format!("Go on to the portal as {address}. If this is not your address, close this page.")
}

pub(super) fn field(offer: PasswordOffer, address: String, fault: Option<String>) -> NewPassword {
    NewPassword { address, is_optional: offer == PasswordOffer::Optional, fault }
}

pub(super) const OPEN: &str = "Open my portal";
pub(super) const WORN: &str = "This link does not work any more";
pub(super) const FRESH: &str = "Links work once, and for a short time. A fresh one can be sent to the same address.";

/// The form once more, with what is wrong beside the field.
pub(super) fn refused_password(
    refusal: &Refusal,
    offer: Option<PasswordOffer>,
    address: String,
    action: String,
) -> Message<'_> {
    let (title, fault) = match refusal.code {
        // It is about what to do, and not about the password that was written.
        RefusalCode::InvalidState => ("Choose how to sign in", sentence(&refusal.message)),
        _ => ("Choose another password", sentence(&format!("the password {}", refusal.message))),
    };
    let (text, password) = match offer {
        Some(offer) => (welcome(&address), Some(field(offer, address, Some(fault)))),
        None => (fault, None),
    };
    let again = Button { password, ..Button::new(OPEN, action) };
    Message { buttons: vec![again], ..Message::new(StatusCode::UNPROCESSABLE_ENTITY, title, text) }
}

pub(super) fn path_of(token: &str) -> String {
    format!("/auth/link/{token}")
}

/// The button of a sign-in option, with the role and the companies that it opens.
pub(super) fn button_of(token: &str, option: &SignInOption, companies: &[(MembershipKind, String)]) -> Button {
    let of = |kind| {
        let names: Vec<_> =
            companies.iter().filter(|(known, _)| *known == kind).map(|(_, name)| name.as_str()).collect();
        names.join(", ")
    };
    let label = match option {
        SignInOption::Client => format!("{}, as a client of {}", option.label(), of(MembershipKind::Client)),
        SignInOption::Trade => format!("{}, as a trade partner of {}", option.label(), of(MembershipKind::Trade)),
        SignInOption::Staff { role: Role::Owner, .. } => format!("{}, owner", option.label()),
        SignInOption::Staff { .. } => format!("{}, staff", option.label()),
        SignInOption::Support => option.label(),
    };
    Button::new(label, path_of_choice(token, &option.name()))
}

/// Choices come from query strings, and go back escaped.
pub(super) fn path_of_choice(token: &str, choice: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("as", choice).finish();
    format!("{}?{query}", path_of(token))
}

/// Sets the session's cookie, and leads on.
pub(super) fn entered(session: OpenSession, portal: &str) -> Response<Body> {
    let mut response = Redirect::to(portal).into_response();
    let started = SessionChange::Started { token: session.token, role: session.role };
    session_cookie::append(&started, response.headers_mut());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// A link that does not work, with the link to the sign-in page.
pub(super) fn worn(text: &str) -> Message<'_> {
    Message { links: vec![sign_in::link()], ..Message::new(StatusCode::GONE, WORN, text) }
}

/// Why a link could not be used.
pub(super) fn failed(error: &ActionError, face: &PageBranding) -> Response<Body> {
    match error {
        ActionError::Refused(refusals) => {
            if let Some(wait) = refusals.iter().find_map(|refusal| refusal.retry_after) {
                return Message::too_many(face, wait.as_secs());
            }
            let text = refusals.first().map_or("", |refusal| refusal.message.as_str());
            worn(text).page(face)
        }
        ActionError::NotSignedIn => {
            let text = "Sign in with this browser first, then open the link from your mail again.";
            let message = Message::new(StatusCode::FORBIDDEN, "Sign in first", text);
            Message { links: vec![sign_in::link()], ..message }.page(face)
        }
        other => {
            tracing::error!(error = %other, "a link could not be used");
            Message::unavailable(face)
        }
    }
}

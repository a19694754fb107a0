//! Pages and replies of mailed links.

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

use super::portal_path;
use crate::auth::session_cookie;
use crate::http::App;
use crate::http::branding::PageBranding;
use crate::http::page::{Button, Message, NewPassword, path, sentence};
use crate::http::sign_in;

/// Names the account, since a forwarded link signs its recipient in as the link's owner.
pub(super) fn welcome_text(address: &str) -> String {
    format!("Continue to the portal as {address}. If this is not your address, close this page.")
}

pub(super) fn password_field(offer: PasswordOffer, address: String, fault: Option<String>) -> NewPassword {
    NewPassword { address, is_optional: offer == PasswordOffer::Optional, fault }
}

pub(super) const OPEN_LABEL: &str = "Open my portal";
pub(super) const CLOSED_TITLE: &str = "This link does not work any more";
pub(super) const RENEW_TEXT: &str = "Each link works once and expires. We can send a new one to the same address.";
/// For the browser that asked for the mail, since a mail scanner may have used the link.
pub(super) const CODE_TEXT: &str =
    "Enter the code from the same email. We can also send a new link to the same address.";
/// For other browsers: the code works only where the mail was asked for.
pub(super) const CODE_HINT: &str =
    "In the browser where you asked for this email, you can also enter its six-digit code, within 15 minutes.";

/// The form of a refused password, with the reason beside the field.
pub(super) fn password_refused(
    refusal: &Refusal,
    offer: Option<PasswordOffer>,
    address: String,
    action: String,
) -> Message<'_> {
    let (title, fault) = match refusal.code {
        // The refusal concerns the way to sign in, and not the password.
        RefusalCode::InvalidState => ("Choose how to sign in", sentence(&refusal.message)),
        _ => ("Choose another password", sentence(&format!("the password {}", refusal.message))),
    };
    let (text, password) = match offer {
        Some(offer) => (welcome_text(&address), Some(password_field(offer, address, Some(fault)))),
        None => (fault, None),
    };
    let button = Button { password, ..Button::new(OPEN_LABEL, action) };
    Message { buttons: vec![button], ..Message::new(StatusCode::UNPROCESSABLE_ENTITY, title, text) }
}

pub(super) fn link_path(token: &str) -> String {
    path(&["auth", "link", token])
}

/// The button of a sign-in option.
pub(super) fn choice_button(token: &str, option: &SignInOption, companies: &[(MembershipKind, String)]) -> Button {
    Button::new(choice_label(option, companies), choice_path(token, &option.name()))
}

/// Names a sign-in option, with the role and the companies that it opens.
pub(in crate::http) fn choice_label(option: &SignInOption, companies: &[(MembershipKind, String)]) -> String {
    let of = |kind| {
        let names: Vec<_> =
            companies.iter().filter(|(known, _)| *known == kind).map(|(_, name)| name.as_str()).collect();
        names.join(", ")
    };
    match option {
        SignInOption::Client => format!("{}, as a client of {}", option.label(), of(MembershipKind::Client)),
        SignInOption::Trade => format!("{}, as a trade partner of {}", option.label(), of(MembershipKind::Trade)),
        SignInOption::Staff { role: Role::Owner, .. } => format!("{}, owner", option.label()),
        SignInOption::Staff { .. } => format!("{}, staff", option.label()),
        SignInOption::Support => option.label(),
    }
}

/// Path that uses a link with a choice. The choice may come from a query string, and is escaped.
pub(super) fn choice_path(token: &str, choice: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("as", choice).finish();
    format!("{}?{query}", link_path(token))
}

/// Sets the session cookie and redirects to the portal.
pub(in crate::http) fn session_opened(app: &App, session: OpenSession) -> Response<Body> {
    let mut response = Redirect::to(portal_path(app, Some(session.role))).into_response();
    let started = SessionChange::Started { token: session.token, role: session.role };
    session_cookie::append(&started, response.headers_mut());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// Page of a link that does not work, with the link to the sign-in page.
pub(super) fn closed_link(text: &str) -> Message<'_> {
    Message { links: vec![sign_in::link()], ..Message::new(StatusCode::GONE, CLOSED_TITLE, text) }
}

/// Page with the reason why a link could not be used.
pub(super) fn failure_page(error: &ActionError, branding: &PageBranding) -> Response<Body> {
    match error {
        ActionError::Refused(refusals) => {
            if let Some(wait) = refusals.iter().find_map(|refusal| refusal.retry_after) {
                return Message::too_many(branding, wait.as_secs());
            }
            let text = refusals.first().map_or("", |refusal| refusal.message.as_str());
            closed_link(text).page(branding)
        }
        ActionError::NotSignedIn => {
            let text = "Sign in with this browser first, then open the link from your email again.";
            let message = Message::new(StatusCode::FORBIDDEN, "Sign in first", text);
            Message { links: vec![sign_in::link()], ..message }.page(branding)
        }
        other => {
            tracing::error!(error = %other, "a link could not be used");
            Message::unavailable(branding)
        }
    }
}

//! The six-digit code of a sign-in mail, entered in the browser that asked for it (SES-10).
//!
//! A cookie has the request id, without which the code does not work: not the address, which is logged and shared.

use axum::body::{Body, Bytes};
use axum::extract::RawQuery;
use axum::http::{HeaderMap, Response, StatusCode, header};
use cookie::time::Duration;
use portico_actions::links::{CodeConsume, CodeRequest};
use portico_actions::sessions::{SignInOption, SignedIn};
use portico_actions::{ActionError, Refusal};
use portico_core::links::LINK_LIFE;
use portico_core::projects::MembershipKind;
use portico_core::refusal::RefusalCode;
use secrecy::{ExposeSecret, SecretString};
use url::form_urlencoded;

use super::branding::PageBranding;
use super::fields::{BadFields, Fields};
use super::link::{choice_label, companies_of, session_opened};
use super::page::{Button, CodeField, Message, sentence};
use super::page_limit::PAGE_COST;
use super::sign_in::{self, CODE};
use super::visit::Visit;
use crate::auth::session_cookie;

/// Cookie with the request id of the newest mail that this browser asked for.
const REQUEST: &str = "__Host-portico-request";

/// Adds the cookie of a request to a reply, or deletes the one of an earlier request.
pub(super) fn remember(request_id: Option<&SecretString>, headers: &mut HeaderMap) {
    let life = request_id.map_or(Duration::ZERO, |_| Duration::seconds(LINK_LIFE.num_seconds()));
    let value = request_id.map_or("", |id| id.expose_secret());
    // Request ids consist of letters and digits, so this does not fail.
    if let Ok(cookie) = session_cookie::host_cookie(REQUEST, value, life) {
        headers.append(header::SET_COOKIE, cookie);
    }
}

/// The request id of the browser.
fn request_id(visit: &Visit) -> Option<SecretString> {
    session_cookie::value_in(&visit.headers, REQUEST).map(SecretString::from)
}

/// The field for the code; none in browsers that have not asked for a mail in the last minutes.
pub(super) fn field(visit: &Visit) -> Option<CodeField> {
    request_id(visit).map(|_| CodeField::new(CODE))
}

/// Whether this browser asked for the mail of a link, and the code beside it may still be tried.
pub(super) async fn asked_for(visit: &Visit, token: &str) -> Result<bool, ActionError> {
    match request_id(visit) {
        Some(request_id) => CodeRequest { request_id, token: token.into() }.run(&visit.actor()).await,
        None => Ok(false),
    }
}

/// Signs in with the code.
pub(super) async fn consume(RawQuery(query): RawQuery, visit: Visit, form: Bytes) -> Response<Body> {
    if let Some(response) = visit.throttled(PAGE_COST).await {
        return response;
    }
    let branding = visit.branding().await;
    if !visit.is_own_form() {
        let message = Message::new(StatusCode::FORBIDDEN, "Request blocked", "Sign in on the portal's own page.");
        return Message { links: vec![sign_in::link()], ..message }.page(&branding);
    }
    let Ok((choice, code)) = fields_of(query.as_deref(), &form) else {
        let text = "Open the sign-in page again, and ask for a new email.";
        let message = Message::new(StatusCode::BAD_REQUEST, "Invalid request", text);
        return Message { links: vec![sign_in::link()], ..message }.page(&branding);
    };
    let Some(request_id) = request_id(&visit) else {
        let text = "This browser has not asked for a sign-in email in the last minutes. Enter the code in the browser where you asked \
                    for it, open the link in the email, or ask for a new email here.";
        let message = Message::new(StatusCode::GONE, "This code cannot be used here", text);
        return Message { links: vec![sign_in::link()], ..message }.page(&branding);
    };
    open_session(visit, request_id, code, choice).await
}

/// The chosen account and the code.
fn fields_of(query: Option<&str>, form: &[u8]) -> Result<(Option<String>, SecretString), BadFields> {
    let choice = Fields::read(query.unwrap_or_default().as_bytes())?.take("as")?;
    let code = Fields::read(form)?.take("code")?;
    Ok((choice, SecretString::from(code.unwrap_or_default())))
}

async fn open_session(
    visit: Visit,
    request_id: SecretString,
    code: SecretString,
    choice: Option<String>,
) -> Response<Body> {
    let branding = visit.branding().await;
    let consume = CodeConsume { request_id, code: code.clone(), choice };
    match consume.run(&visit.actor()).await {
        Ok(SignedIn::Open(session)) => {
            let mut response = session_opened(&visit.app, session);
            remember(None, response.headers_mut());
            response
        }
        Ok(SignedIn::Choose { person, options }) => match companies_of(&visit.app, Some(person)).await {
            Ok(companies) => choices(&options, &companies, &code, &branding),
            Err(error) => failure(&error.into(), &branding),
        },
        Err(ActionError::Refused(refusals)) => refused(&refusals, &branding),
        Err(error) => failure(&error, &branding),
    }
}

/// Page with a button for each account that the code can open. The code is in the page, since it was not consumed.
fn choices(
    options: &[SignInOption],
    companies: &[(MembershipKind, String)],
    code: &SecretString,
    branding: &PageBranding,
) -> Response<Body> {
    let button = |option: &SignInOption| {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("as", &option.name()).finish();
        let button = Button::new(choice_label(option, companies), format!("{CODE}?{query}"));
        Button { code: Some(code.expose_secret().to_owned()), ..button }
    };
    let message = Message::new(StatusCode::OK, "Choose an account", "You can sign in with several roles. Choose one.");
    Message { buttons: options.iter().map(button).collect(), ..message }.page(branding)
}

/// Page after a refused code, which asks for it again, unless that cannot help.
fn refused(refusals: &[Refusal], branding: &PageBranding) -> Response<Body> {
    if let Some(wait) = refusals.iter().find_map(|refusal| refusal.retry_after) {
        return Message::too_many(branding, wait.as_secs());
    }
    let is_about = |refusal: &Refusal, field: &str| refusal.field.last().is_some_and(|last| last == field);
    let Some(refusal) = refusals.first() else { return Message::unavailable(branding) };
    if is_about(refusal, "code") {
        let fault = match refusal.code {
            RefusalCode::SignInRefused => sentence(&refusal.message),
            _ => sentence(&format!("the code {}", refusal.message)),
        };
        let text = "The code is in the email, below the link.";
        let message = Message::new(StatusCode::UNPROCESSABLE_ENTITY, "Enter the code", text);
        let code = CodeField { fault: Some(fault), ..CodeField::new(CODE) };
        return Message { code: Some(code), links: vec![sign_in::link_to_request()], ..message }.page(branding);
    }
    let (title, text) = if is_about(refusal, "choiceKey") {
        ("This account cannot be chosen", "Ask for a new email, and choose another account.")
    } else {
        ("This code does not work", refusal.message.as_str())
    };
    let message = Message::new(StatusCode::UNPROCESSABLE_ENTITY, title, text);
    Message { links: vec![sign_in::link_to_request()], ..message }.page(branding)
}

fn failure(error: &ActionError, branding: &PageBranding) -> Response<Body> {
    tracing::error!(%error, "a code could not be used");
    Message::unavailable(branding)
}

//! `/auth/link/<token>`: pages of mailed links.
//!
//! Mail scanners and previews open every link, so GET changes nothing: it shows a page, whose button consumes the link by POST
//! (RULE-2). A saved link opens the portal while its owner is signed in, and otherwise offers to mail a new one (SES-6).

mod pages;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, RawQuery};
use axum::http::{Response, StatusCode};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use portico_actions::links::{EmailConfirm, LinkConsume, LinkInspect, LinkOptions, LinkRenew, LinkState};
use portico_actions::sessions::SignedIn;
use portico_actions::{ActionError, Refusal};
use portico_core::access::{Role, Viewer};
use portico_core::id::IdentityId;
use portico_core::links::LinkPurpose;
use portico_core::projects::MembershipKind;
use portico_core::refusal::RefusalCode;
use portico_store::StoreError;
use portico_store::sessions::companies_of_member;
use secrecy::SecretString;

use super::app::App;
use super::branding::PageBranding;
use super::example_portal;
use super::fields::{BadFields, Fields};
use super::page::{Button, CodeField, Message, sentence};
use super::page_limit::PAGE_COST;
use super::session::{self, SIGN_IN_HINT};
use super::sign_in::{self, SPAM_HINT};
use super::sign_in_code;
use super::visit::{RateLimitedVisit, Visit};
use crate::auth::SignedInRequest;
use pages::{
    CLOSED_TITLE, CODE_HINT, CODE_TEXT, OPEN_LABEL, RENEW_TEXT, choice_button, choice_path, closed_link, failure_page,
    link_path, password_field, password_refused, welcome_text,
};
pub(super) use pages::{choice_label, session_opened};

/// Maximum size of a form, in bytes.
const FORM_BYTES: usize = 4 * 1024;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/auth/link/{token}", get(show).post(consume).layer(DefaultBodyLimit::max(FORM_BYTES)))
        .route("/auth/link/{token}/choose", get(choose))
        .route("/auth/link/{token}/fresh", post(renew))
        .route("/auth/link/{token}/sent", get(sent))
        .route("/auth/link/{token}/confirmed", get(confirmed))
}

/// Reads the state of a link, and the branding of the company that sent it, or else of the host's company.
async fn inspect(visit: &Visit, token: &str) -> Result<(LinkState, PageBranding), ActionError> {
    let (link, company) = LinkInspect { token: token.into() }.run_with_branding(&visit.actor()).await?;
    let branding = match company {
        Some(company) => company.into(),
        None => visit.branding().await,
    };
    Ok((link, branding))
}

/// The companies of a person's projects.
pub(super) async fn companies_of(
    app: &App,
    person: Option<IdentityId>,
) -> Result<Vec<(MembershipKind, String)>, StoreError> {
    let Some(person) = person else { return Ok(Vec::new()) };
    let connection = app.store.pages().connection().await?;
    connection.transaction(async |connection| companies_of_member(connection, person).await).await
}

/// Address to which links redirect after sign-in.
pub(super) fn portal_path(app: &App, role: Option<Role>) -> &'static str {
    match app.playground {
        _ if example_portal::is_for(app, role) => example_portal::ADDRESS,
        Some(_) => session::ADDRESS,
        None => "/",
    }
}

/// Refuses forms of other sites, then networks above their rate.
async fn refusal(visit: &Visit) -> Option<Response<Body>> {
    if !visit.is_own_form() {
        let text = "Please open the link from your email.";
        let message = Message::new(StatusCode::FORBIDDEN, "Request blocked", text);
        return Some(message.page(&visit.branding().await));
    }
    visit.throttled(PAGE_COST).await
}

/// Shows the effect of the link without consuming it.
async fn show(Path(token): Path<String>, RateLimitedVisit(visit): RateLimitedVisit) -> Response<Body> {
    let (link, branding) = match inspect(&visit, &token).await {
        Ok(found) => found,
        Err(error) => return failure_page(&error, &PageBranding::of_platform()),
    };
    if let Ok(SignedInRequest { viewer, renewed_cookie, .. }) = visit.authenticate().await
        && viewer.person.as_ref().is_some_and(|person| link.is_of(person.id))
        && link.opens_portal()
    {
        let mut response = Redirect::to(portal_path(&visit.app, viewer.role)).into_response();
        SignedInRequest::renew_cookie(renewed_cookie, response.headers_mut());
        return response;
    }
    let code = code_offer(&visit, &token, &link).await;
    code.add_to(offer(link, &token, None)).page(&branding)
}

/// What a page says about the code beside its link (SES-10).
enum CodeOffer {
    /// Nothing: the mail has none, or the link works in the browser that asked for it.
    None,
    /// The field: the link does not work any more, for instance because a mail scanner has used it.
    Field,
    /// Where the code works, in browsers that did not ask for the mail.
    Hint,
}

async fn code_offer(visit: &Visit, token: &str, link: &LinkState) -> CodeOffer {
    let is_open = match link {
        LinkState::Open { purpose: LinkPurpose::SignIn, .. } => true,
        LinkState::Closed { purpose: LinkPurpose::SignIn, .. } => false,
        _ => return CodeOffer::None,
    };
    match sign_in_code::asked_for(visit, token).await {
        Ok(true) if is_open => CodeOffer::None,
        Ok(true) => CodeOffer::Field,
        Ok(false) => CodeOffer::Hint,
        Err(error) => {
            tracing::error!(%error, "the request of a link could not be read");
            CodeOffer::None
        }
    }
}

impl CodeOffer {
    fn add_to(self, message: Message<'_>) -> Message<'_> {
        match self {
            Self::None => message,
            Self::Field => Message { text: CODE_TEXT.into(), code: Some(CodeField::new(sign_in::CODE)), ..message },
            Self::Hint => Message { text: format!("{} {CODE_HINT}", message.text).into(), ..message },
        }
    }
}

/// Page with the link's button, and the reason of a failed attempt.
fn offer(link: LinkState, token: &str, fault: Option<&str>) -> Message<'static> {
    let button = |label: &str, path: &str| Button::new(label, format!("{}{path}", link_path(token)));
    let (status, title, text, button) = match link {
        LinkState::Open { purpose: LinkPurpose::EmailConfirmation, address, .. } => {
            let text = format!("Is {address} your new email address?");
            (StatusCode::OK, "Confirm your address", text, Some(button("Confirm", "")))
        }
        LinkState::Open { address, password, .. } => {
            let text = welcome_text(&address);
            let password = password.map(|offer| password_field(offer, address, None));
            (StatusCode::OK, "Welcome", text, Some(Button { password, ..button(OPEN_LABEL, "") }))
        }
        LinkState::Closed {
            purpose: LinkPurpose::SignIn | LinkPurpose::Invitation | LinkPurpose::StaffInvitation,
            ..
        } => (StatusCode::GONE, CLOSED_TITLE, RENEW_TEXT.to_owned(), Some(button("Send me a new link", "/fresh"))),
        LinkState::Closed { .. } | LinkState::Unknown => {
            (StatusCode::GONE, CLOSED_TITLE, SIGN_IN_HINT.to_owned(), None)
        }
    };
    let (status, text) = match fault {
        Some(fault) => (StatusCode::UNPROCESSABLE_ENTITY, format!("{} {text}", sentence(fault))),
        None => (status, text),
    };
    // A page without a button links to the sign-in page.
    let links = if button.is_some() { Vec::new() } else { vec![sign_in::link()] };
    Message { buttons: button.into_iter().collect(), links, ..Message::new(status, title, text) }
}

/// Page after a failed attempt: offers a link that still works again, with the reason.
async fn offer_again(visit: &Visit, token: &str, error: ActionError, branding: &PageBranding) -> Response<Body> {
    let is_about = |field: &str, refusal: &Refusal| refusal.field.last().is_some_and(|last| last == field);
    let ActionError::Refused(refusals) = &error else { return failure_page(&error, branding) };
    let Some(refusal) = refusals.iter().find(|it| it.retry_after.is_none() && it.code != RefusalCode::SignInRefused)
    else {
        // A used link still offers the code beside it.
        return match inspect(visit, token).await {
            Ok((link @ LinkState::Closed { purpose: LinkPurpose::SignIn, .. }, branding))
                if refusals.iter().all(|refusal| refusal.retry_after.is_none()) =>
            {
                match code_offer(visit, token, &link).await {
                    code @ CodeOffer::Field => code.add_to(offer(link, token, None)).page(&branding),
                    _ => failure_page(&error, &branding),
                }
            }
            _ => failure_page(&error, branding),
        };
    };
    match inspect(visit, token).await {
        Ok((LinkState::Open { purpose: LinkPurpose::EmailConfirmation, .. }, branding))
            if is_about("token", refusal) =>
        {
            let text = "You are signed in to a different account. Sign out, sign in to the account whose email address you are \
                        changing, and open the link again.";
            Message::new(StatusCode::FORBIDDEN, "Another account is signed in", text).page(&branding)
        }
        Ok((link @ LinkState::Open { .. }, branding)) => {
            let fault = if is_about("choiceKey", refusal) { "this account cannot be chosen" } else { &refusal.message };
            offer(link, token, Some(fault)).page(&branding)
        }
        _ => failure_page(&error, branding),
    }
}

/// Consumes the link.
async fn consume(Path(token): Path<String>, RawQuery(query): RawQuery, visit: Visit, form: Bytes) -> Response<Body> {
    if let Some(response) = refusal(&visit).await {
        return response;
    }
    let Ok((choice, password)) = fields_of(query.as_deref(), &form) else {
        let text = "Please open the link from your email again.";
        return Message::new(StatusCode::BAD_REQUEST, "Invalid request", text).page(&PageBranding::of_platform());
    };
    open_session(visit, token, choice, password).await
}

/// Confirms the address, or opens a session.
async fn open_session(
    visit: Visit,
    token: String,
    choice: Option<String>,
    password: Option<SecretString>,
) -> Response<Body> {
    let (link, branding) = match inspect(&visit, &token).await {
        Ok(found) => found,
        Err(error) => return failure_page(&error, &PageBranding::of_platform()),
    };
    if let LinkState::Open { purpose: LinkPurpose::EmailConfirmation, .. } = &link {
        let viewer = visit.authenticate().await.map_or_else(|_| Viewer::public(), |request| request.viewer);
        let confirmed_page = format!("{}/confirmed", link_path(&token));
        return match (EmailConfirm { token: token.as_str().into() }).run(&visit.actor_as(viewer)).await {
            Ok(()) => Redirect::to(&confirmed_page).into_response(),
            Err(error) => offer_again(&visit, &token, error, &branding).await,
        };
    }
    let consume = LinkConsume { token: token.as_str().into(), choice: choice.clone(), password };
    let signed_in = consume.run(&visit.actor()).await;
    if let (Err(ActionError::Refused(refusals)), LinkState::Open { password, address, .. }) = (&signed_in, link)
        && let Some(refusal) = refusals.iter().find(|refusal| refusal.field == ["input", "password"])
    {
        // The link still works: the form asks for another password, for the chosen account.
        let action = choice.map_or_else(|| link_path(&token), |choice| choice_path(&token, &choice));
        return password_refused(refusal, password, address, action).page(&branding);
    }
    match signed_in {
        Ok(SignedIn::Open(session)) => session_opened(&visit.app, session),
        Ok(SignedIn::Choose { .. }) => Redirect::to(&format!("{}/choose", link_path(&token))).into_response(),
        Err(error) => offer_again(&visit, &token, error, &branding).await,
    }
}

/// Page with a button for each account that the link can open.
async fn choose(Path(token): Path<String>, RateLimitedVisit(visit): RateLimitedVisit) -> Response<Body> {
    let (link, branding) = match inspect(&visit, &token).await {
        Ok(found) => found,
        Err(error) => return failure_page(&error, &PageBranding::of_platform()),
    };
    let read = async {
        let options = LinkOptions { token: token.as_str().into() }.run(&visit.actor()).await?;
        Ok::<_, ActionError>((options, companies_of(&visit.app, link.owner()).await?))
    };
    let (options, companies) = match read.await {
        Ok(read) => read,
        Err(error) => return failure_page(&error, &branding),
    };
    // The person's access changed after the link asked for a choice.
    match options.len() {
        0 => return closed_link(SIGN_IN_HINT).page(&branding),
        1 => return Redirect::to(&link_path(&token)).into_response(),
        _ => {}
    }
    let buttons = options.iter().map(|option| choice_button(&token, option, &companies)).collect();
    let message = Message::new(StatusCode::OK, "Choose an account", "You can sign in with several roles. Choose one.");
    Message { buttons, ..message }.page(&branding)
}

/// The chosen account, and the password of a form unless it is empty.
fn fields_of(query: Option<&str>, form: &[u8]) -> Result<(Option<String>, Option<SecretString>), BadFields> {
    let choice = Fields::read(query.unwrap_or_default().as_bytes())?.take("as")?;
    let password = Fields::read(form)?.take("password")?;
    Ok((choice, password.filter(|password| !password.is_empty()).map(SecretString::from)))
}

/// Mails a new link to the address of this one.
async fn renew(Path(token): Path<String>, visit: Visit) -> Response<Body> {
    if let Some(response) = refusal(&visit).await {
        return response;
    }
    let branding = match inspect(&visit, &token).await {
        Ok((_, branding)) => branding,
        Err(error) => return failure_page(&error, &PageBranding::of_platform()),
    };
    let sent_page = format!("{}/sent", link_path(&token));
    match (LinkRenew { token: token.as_str().into() }).run(&visit.actor()).await {
        Ok(request_id) => {
            let mut response = Redirect::to(&sent_page).into_response();
            sign_in_code::remember(request_id.as_ref(), response.headers_mut());
            response
        }
        Err(error) => offer_again(&visit, &token, error, &branding).await,
    }
}

/// The page after a new link was mailed.
async fn sent(Path(token): Path<String>, RateLimitedVisit(visit): RateLimitedVisit) -> Response<Body> {
    let text = format!("A new link is on its way to your address. {SPAM_HINT}");
    let (code, links) = (sign_in_code::field(&visit), sign_in::links_after_mail(&visit.app));
    let sent = Message { code, links, ..Message::new(StatusCode::OK, "On its way", text) };
    result(&visit, &token, sent, LinkState::opens_portal).await
}

/// The page after an address was confirmed.
async fn confirmed(Path(token): Path<String>, RateLimitedVisit(visit): RateLimitedVisit) -> Response<Body> {
    let is_confirmed =
        |link: &LinkState| matches!(link, LinkState::Closed { purpose: LinkPurpose::EmailConfirmation, .. });
    let confirmed = Message::new(StatusCode::OK, "Thank you", "Your new email address is confirmed.");
    result(&visit, &token, confirmed, is_confirmed).await
}

/// The page after a form of a link, for links in the state that the form causes.
async fn result(
    visit: &Visit,
    token: &str,
    expected: Message<'static>,
    is_expected: impl Fn(&LinkState) -> bool,
) -> Response<Body> {
    match inspect(visit, token).await {
        Ok((link, branding)) if is_expected(&link) => expected.page(&branding),
        Ok((_, branding)) => closed_link(SIGN_IN_HINT).page(&branding),
        Err(error) => failure_page(&error, &PageBranding::of_platform()),
    }
}

//! `/auth/link/<token>`: where mailed links lead.
//!
//! Mail scanners and previews open every link that they see, so that looking changes nothing: a page is shown, and its button uses the
//! link (RULE-2). A link that was saved opens the portal for as long as its owner is signed in, and otherwise offers a
//! fresh one (SES-6).

mod pages;

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use axum::{Extension, Router};
use portico_actions::links::{EmailConfirm, LinkConsume, LinkInspect, LinkRenew, LinkState};
use portico_actions::sessions::SignedIn;
use portico_actions::{ActionError, Actor, Refusal};
use portico_core::access::Viewer;
use portico_core::id::IdentityId;
use portico_core::links::LinkPurpose;
use portico_core::projects::MembershipKind;
use portico_core::refusal::RefusalCode;
use portico_store::StoreError;
use portico_store::sessions::companies_of_member;
use secrecy::SecretString;

use super::app::App;
use super::branding::PageBranding;
use super::caller::actor_as;
use super::fields::{BadFields, Fields};
use super::host::Host;
use super::own_form::is_own_form;
use super::page::{Button, Message, sentence};
use super::page_limit::is_flooded;
use super::server::Network;
use super::session::{self, WHAT_TO_DO};
use super::sign_in;
use crate::auth::{SignedInRequest, authenticate};
use pages::{
    FRESH, OPEN, WORN, button_of, entered, failed, field, path_of, path_of_choice, refused_password, welcome, worn,
};

/// The largest form of a page, in bytes.
const FORM_BYTES: usize = 4 * 1024;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/auth/link/{token}", get(look).post(take).layer(DefaultBodyLimit::max(FORM_BYTES)))
        .route("/auth/link/{token}/fresh", post(renew))
        .route("/auth/link/{token}/sent", get(sent))
        .route("/auth/link/{token}/confirmed", get(confirmed))
}

/// A visitor with a link.
struct Visit {
    app: Arc<App>,
    host: Option<Host>,
    network: Option<Extension<Network>>,
    headers: HeaderMap,
}

impl Visit {
    /// The visitor, of whom only the link is known.
    fn actor(&self) -> Actor {
        self.actor_as(Viewer::public())
    }

    fn actor_as(&self, viewer: Viewer) -> Actor {
        actor_as(viewer, &self.app, self.network, &self.headers)
    }

    /// The person who is signed in with this browser.
    async fn viewer(&self) -> Option<Viewer> {
        self.authenticate().await.map(|SignedInRequest { viewer, .. }| viewer)
    }

    async fn authenticate(&self) -> Option<SignedInRequest> {
        authenticate(&self.app.store, &self.headers, self.app.demo_tokens).await.ok()
    }

    /// The page of the company to whose portal a link leads, or of the one at whose host it was opened.
    async fn look(&self, token: &str) -> Result<(LinkState, PageBranding), ActionError> {
        let (seen, company) = LinkInspect { token: token.into() }.with_face(&self.actor()).await?;
        Ok((seen, self.face(company.map(PageBranding::from)).await))
    }

    async fn face(&self, known: Option<PageBranding>) -> PageBranding {
        match known {
            Some(face) => face,
            None => PageBranding::at(&self.app, self.host.as_ref()).await,
        }
    }

    /// The companies of the owner's projects.
    async fn companies(&self, owner: Option<IdentityId>) -> Result<Vec<(MembershipKind, String)>, StoreError> {
        let Some(owner) = owner else { return Ok(Vec::new()) };
        let connection = self.app.store.pages().connection().await?;
        connection.transaction(async |connection| companies_of_member(connection, owner).await).await
    }

    /// Where a link leads on to.
    fn portal(&self) -> &'static str {
        if self.app.playground.is_some() { session::ADDRESS } else { "/" }
    }

    /// Refuses forms of other pages, and too many of them.
    async fn refuse(&self) -> Option<Response<Body>> {
        if !is_own_form(&self.headers) {
            let face = self.face(None).await;
            let text = "Please open the link from your mail.";
            return Some(Message::new(StatusCode::FORBIDDEN, "Request blocked", text).page(&face));
        }
        let wait = is_flooded(&self.app, self.network.as_ref()).await?;
        Some(Message::too_many(&PageBranding::of_platform(), wait))
    }
}

/// Shows what the link would do. Nothing is used up.
async fn look(
    State(app): State<Arc<App>>,
    host: Option<Extension<Host>>,
    network: Option<Extension<Network>>,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Response<Body> {
    let visit = Visit { app, host: host.map(|Extension(host)| host), network, headers };
    if let Some(wait) = is_flooded(&visit.app, visit.network.as_ref()).await {
        return Message::too_many(&PageBranding::of_platform(), wait);
    }
    let (seen, face) = match visit.look(&token).await {
        Ok(seen) => seen,
        Err(error) => return failed(&error, &PageBranding::of_platform()),
    };
    if let Some(SignedInRequest { viewer, renewed_cookie, .. }) = visit.authenticate().await
        && viewer.person.as_ref().is_some_and(|person| seen.is_of(person.id))
        && seen.opens_portal()
    {
        let mut response = Redirect::to(visit.portal()).into_response();
        SignedInRequest::renew_cookie(renewed_cookie, response.headers_mut());
        return response;
    }
    offered(seen, &token, None).page(&face)
}

/// Page that offers the link, with the reason why it failed if it did.
fn offered(seen: LinkState, token: &str, fault: Option<&str>) -> Message<'static> {
    let button = |label: &str, path: &str| Button::new(label, format!("{}{path}", path_of(token)));
    let (status, title, text, button) = match seen {
        LinkState::Open { purpose: LinkPurpose::EmailConfirmation, address, .. } => {
            let text = format!("Is {address} your new email address?");
            (StatusCode::OK, "Confirm your address", text, Some(button("Confirm", "")))
        }
        LinkState::Open { address, password, .. } => {
            let text = welcome(&address);
            let password = password.map(|offer| field(offer, address, None));
            (StatusCode::OK, "Welcome", text, Some(Button { password, ..button(OPEN, "") }))
        }
        LinkState::Closed {
            purpose: LinkPurpose::SignIn | LinkPurpose::Invitation | LinkPurpose::StaffInvitation,
            ..
        } => (StatusCode::GONE, WORN, FRESH.to_owned(), Some(button("Send me a fresh link", "/fresh"))),
        LinkState::Closed { .. } | LinkState::Unknown => (StatusCode::GONE, WORN, WHAT_TO_DO.to_owned(), None),
    };
    let (status, text) = match fault {
        Some(fault) => (StatusCode::UNPROCESSABLE_ENTITY, format!("{} {text}", sentence(fault))),
        None => (status, text),
    };
    // A page without a button leads to the sign-in page.
    let links = if button.is_some() { Vec::new() } else { vec![sign_in::link()] };
    Message { buttons: button.into_iter().collect(), links, ..Message::new(status, title, text) }
}

/// Page for a link that failed. A link that still works is offered again, with the reason.
async fn unused(visit: &Visit, token: &str, error: ActionError, face: &PageBranding) -> Response<Body> {
    let about = |field: &str, refusal: &Refusal| refusal.field.last().is_some_and(|last| last == field);
    let ActionError::Refused(refusals) = &error else { return failed(&error, face) };
    let Some(refusal) = refusals.iter().find(|it| it.retry_after.is_none() && it.code != RefusalCode::SignInRefused)
    else {
        return failed(&error, face);
    };
    match visit.look(token).await {
        Ok((LinkState::Open { purpose: LinkPurpose::EmailConfirmation, .. }, face)) if about("token", refusal) => {
            let text = "You are signed in to another account than the one that asked for this address. Sign out, sign in there, \
                        and open the link again.";
            Message::new(StatusCode::FORBIDDEN, "Another account is signed in", text).page(&face)
        }
        Ok((seen @ LinkState::Open { .. }, face)) => {
            let fault = if about("choiceKey", refusal) { "this account cannot be chosen" } else { &refusal.message };
            offered(seen, token, Some(fault)).page(&face)
        }
        _ => failed(&error, face),
    }
}

/// Uses the link.
async fn take(
    State(app): State<Arc<App>>,
    host: Option<Extension<Host>>,
    network: Option<Extension<Network>>,
    headers: HeaderMap,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
    form: Bytes,
) -> Response<Body> {
    let visit = Visit { app, host: host.map(|Extension(host)| host), network, headers };
    if let Some(refusal) = visit.refuse().await {
        return refusal;
    }
    let Ok((choice, password)) = fields_of(query.as_deref(), &form) else {
        let text = "Please open the link from your mail again.";
        return Message::new(StatusCode::BAD_REQUEST, "This cannot be read", text).page(&PageBranding::of_platform());
    };
    // In a task that outlives the connection: the link may have been used by the time a caller hangs up.
    match tokio::spawn(used(visit, token, choice, password)).await {
        Ok(response) => response,
        Err(error) => {
            let error = ActionError::Store(portico_store::StoreError::Failed(error.to_string()));
            failed(&error, &PageBranding::of_platform())
        }
    }
}

async fn used(visit: Visit, token: String, choice: Option<String>, password: Option<SecretString>) -> Response<Body> {
    let (seen, face) = match visit.look(&token).await {
        Ok(seen) => seen,
        Err(error) => return failed(&error, &PageBranding::of_platform()),
    };
    if let LinkState::Open { purpose: LinkPurpose::EmailConfirmation, .. } = &seen {
        let own = visit.actor_as(visit.viewer().await.unwrap_or_else(Viewer::public));
        let confirmed_page = format!("{}/confirmed", path_of(&token));
        return match (EmailConfirm { token: token.as_str().into() }).run(&own).await {
            Ok(()) => Redirect::to(&confirmed_page).into_response(),
            Err(error) => unused(&visit, &token, error, &face).await,
        };
    }
    let owner = seen.owner();
    let consume = LinkConsume { token: token.as_str().into(), choice: choice.clone(), password };
    let signed_in = consume.run(&visit.actor()).await;
    if let (Err(ActionError::Refused(refusals)), LinkState::Open { password, address, .. }) = (&signed_in, seen)
        && let Some(refusal) = refusals.iter().find(|refusal| refusal.field == ["input", "password"])
    {
        // The link still works: another password can be tried, for the account that was chosen.
        let action = choice.map_or_else(|| path_of(&token), |choice| path_of_choice(&token, &choice));
        return refused_password(refusal, password, address, action).page(&face);
    }
    match signed_in {
        Ok(SignedIn::Open(session)) => entered(session, visit.portal()),
        Ok(SignedIn::Choose(options)) => {
            let companies = match visit.companies(owner).await {
                Ok(companies) => companies,
                Err(error) => return failed(&error.into(), &face),
            };
            let buttons = options.iter().map(|option| button_of(&token, option, &companies)).collect();
            let message = Message::new(StatusCode::OK, "Choose an account", "You have access to several accounts.");
            Message { buttons, ..message }.page(&face)
        }
        Err(error) => unused(&visit, &token, error, &face).await,
    }
}

/// The place that was chosen, and the password that a form sends, if one was written into it.
fn fields_of(query: Option<&str>, form: &[u8]) -> Result<(Option<String>, Option<SecretString>), BadFields> {
    let choice = Fields::read(query.unwrap_or_default().as_bytes())?.take("as")?;
    let password = Fields::read(form)?.take("password")?;
    Ok((choice, password.filter(|password| !password.is_empty()).map(SecretString::from)))
}

/// Sends a fresh link to the address to which this one was sent.
async fn renew(
    State(app): State<Arc<App>>,
    host: Option<Extension<Host>>,
    network: Option<Extension<Network>>,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Response<Body> {
    let visit = Visit { app, host: host.map(|Extension(host)| host), network, headers };
    if let Some(refusal) = visit.refuse().await {
        return refusal;
    }
    let face = match visit.look(&token).await {
        Ok((_, face)) => face,
        Err(error) => return failed(&error, &PageBranding::of_platform()),
    };
    let sent_page = format!("{}/sent", path_of(&token));
    match (LinkRenew { token: token.as_str().into() }).run(&visit.actor()).await {
        Ok(()) => Redirect::to(&sent_page).into_response(),
        Err(error) => unused(&visit, &token, error, &face).await,
    }
}

/// The page after a fresh link was requested.
async fn sent(
    State(app): State<Arc<App>>,
    host: Option<Extension<Host>>,
    network: Option<Extension<Network>>,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Response<Body> {
    let visit = Visit { app, host: host.map(|Extension(host)| host), network, headers };
    done(visit, &token, "On its way", "A fresh link is on its way to your address.", |seen| seen.opens_portal()).await
}

/// The page after an address was confirmed.
async fn confirmed(
    State(app): State<Arc<App>>,
    host: Option<Extension<Host>>,
    network: Option<Extension<Network>>,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Response<Body> {
    let visit = Visit { app, host: host.map(|Extension(host)| host), network, headers };
    let is_confirmed =
        |seen: &LinkState| matches!(seen, LinkState::Closed { purpose: LinkPurpose::EmailConfirmation, .. });
    done(visit, &token, "Thank you", "This is your address from now on.", is_confirmed).await
}

/// The page after a form of a link.
async fn done(
    visit: Visit,
    token: &str,
    title: &'static str,
    text: &'static str,
    fits: impl Fn(&LinkState) -> bool,
) -> Response<Body> {
    if let Some(wait) = is_flooded(&visit.app, visit.network.as_ref()).await {
        return Message::too_many(&PageBranding::of_platform(), wait);
    }
    match visit.look(token).await {
        Ok((seen, face)) if fits(&seen) => Message::new(StatusCode::OK, title, text).page(&face),
        Ok((_, face)) => worn(WHAT_TO_DO).page(&face),
        Err(error) => failed(&error, &PageBranding::of_platform()),
    }
}

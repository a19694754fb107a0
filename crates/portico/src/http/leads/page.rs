//! The form as a page, and the page that its sender gets.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Request, Response, StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use minijinja::context;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use portico_actions::Refusal;
use portico_core::limits;
use portico_store::StoreError;
use portico_store::portal::branding_of_form;

use super::form::{Form, FormFailure, status_of};
use super::form_fields::{FIELDS, Field};
use super::limit;
use crate::http::app::App;
use crate::http::branding::PageBranding;
use crate::http::page::{self, Link, Message};
use crate::http::server::Network;

/// Shows the form as a page.
pub(super) async fn show(
    State(app): State<Arc<App>>,
    Path(key): Path<String>,
    request: Request<Body>,
) -> Response<Body> {
    let network = request.extensions().get::<Network>().map(|network| network.0);
    if let Err(FormFailure::Throttled(wait)) = limit::charge(&app, network).await {
        return Message::too_many(&PageBranding::of_platform(), wait);
    }
    match company(&app, &key).await {
        Ok(Some(face)) => form_page(StatusCode::OK, &face, &key, Fault::Of(&[]), &Form::default()),
        Ok(None) => closed(),
        Err(_) => Message::unavailable(&PageBranding::of_platform()),
    }
}

fn closed() -> Response<Body> {
    let text = "This form is closed or does not exist.";
    Message::new(StatusCode::NOT_FOUND, "Form not available", text).page(&PageBranding::of_platform())
}

/// The page after the form.
pub(in crate::http) async fn sent(
    State(app): State<Arc<App>>,
    Path(key): Path<String>,
    request: Request<Body>,
) -> Response<Body> {
    let network = request.extensions().get::<Network>().map(|network| network.0);
    if let Err(FormFailure::Throttled(wait)) = limit::charge(&app, network).await {
        return Message::too_many(&PageBranding::of_platform(), wait);
    }
    let face = match company(&app, &key).await {
        Ok(Some(face)) => face,
        Ok(None) => return closed(),
        Err(_) => return Message::unavailable(&PageBranding::of_platform()),
    };
    let text = format!("Your message has been sent to {}. You will hear from them soon.", face.name());
    let website = face.website().map(|url| Link::new(format!("Go to the website of {}", face.name()), url.to_owned()));
    let message = Message::new(StatusCode::OK, "Thank you", &text);
    Message { links: website.into_iter().collect(), ..message }.page(&face)
}

/// What keys are written with, as a part of a path.
const KEY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// The company of an open form; none for other keys.
async fn company(app: &App, key: &str) -> Result<Option<PageBranding>, StoreError> {
    let connection = app.store.pages().connection().await?;
    let face = connection.transaction(async |connection| branding_of_form(connection, key).await).await?;
    Ok(face.map(PageBranding::from))
}

/// Why a form was not accepted.
enum Fault<'a> {
    /// Errors of its values.
    Of(&'a [Refusal]),
    /// A reason that concerns no value. The page keeps the values, to be sent again or copied.
    Whole(&'a str),
}

fn form_page(status: StatusCode, face: &PageBranding, key: &str, why: Fault<'_>, form: &Form) -> Response<Body> {
    let (title, refusals, whole) = match why {
        Fault::Of(refusals) => (format!("Ask {}", face.name()), refusals, None),
        Fault::Whole(text) => (NOT_SENT.to_owned(), &[][..], Some(page::sentence(text))),
    };
    let text = "Tell us how to reach you, and what you would like to know.";
    let fault = |name: &str| {
        let refusal = refusals.iter().find(|refusal| field_of(refusal) == name)?;
        Some(page::sentence(&refusal.message))
    };
    let first = FIELDS.iter().map(|field| field.name).find(|name| fault(name).is_some());
    let fields = form.fields().map(|(&Field { name, label, kind, autocomplete, is_required, max, .. }, value)| {
        let (fault, has_focus) = (fault(name), first == Some(name));
        context! { name, label, kind, autocomplete, is_required, max, value, fault, has_focus }
    });
    let is_about_none = |refusal: &&Refusal| FIELDS.iter().all(|field| field.name != field_of(refusal));
    let others = refusals.iter().filter(is_about_none).map(|refusal| page::sentence(&refusal.message));
    let (others, is_refused) = (others.collect::<Vec<_>>(), !refusals.is_empty());
    let (action, fields) = (format!("/leads/{key}"), fields.collect::<Vec<_>>());
    page::page(
        status,
        "lead_form.html",
        face,
        context! { title, text, whole, is_refused, others, action, fields, width => "narrow" },
    )
}

/// The field that a refusal is about; empty if it is about none.
fn field_of(refusal: &Refusal) -> &str {
    refusal.field.get(1).map_or("", String::as_str)
}

const NOT_SENT: &str = "The form was not sent";

/// The page that a sender is shown.
pub(super) async fn shown(app: &App, key: &str, form: &Form, answer: Result<(), FormFailure>) -> Response<Body> {
    // Without its branding rather than late if the database does not respond.
    let face = tokio::time::timeout(limits::BRANDING, company(app, key)).await;
    let face = face.ok().and_then(Result::ok).flatten();
    let neutral = face.clone().unwrap_or_else(PageBranding::of_platform);
    match (answer, face) {
        // To a page of its own: a reload does not send the form again.
        (Ok(()), _) => Redirect::to(&format!("/leads/{}/sent", utf8_percent_encode(key, KEY))).into_response(),
        (Err(FormFailure::Refused(refusals)), Some(face))
            if status_of(&refusals) == StatusCode::UNPROCESSABLE_ENTITY =>
        {
            form_page(StatusCode::UNPROCESSABLE_ENTITY, &face, key, Fault::Of(&refusals), form)
        }
        (Err(FormFailure::Refused(refusals)), _) => {
            let text = refusals.first().map_or("", |refusal| refusal.message.as_str());
            let mut response = form_page(status_of(&refusals), &neutral, key, Fault::Whole(text), form);
            if let Some(wait) = refusals.iter().find_map(|refusal| refusal.retry_after) {
                response.headers_mut().insert(header::RETRY_AFTER, wait.as_secs().max(1).into());
            }
            response
        }
        (Err(FormFailure::Unreadable(status, text)), _) => Message::new(status, NOT_SENT, text).page(&neutral),
        (Err(FormFailure::Throttled(wait)), _) => Message::too_many(&neutral, wait),
        (Err(FormFailure::Failed), _) => {
            form_page(StatusCode::SERVICE_UNAVAILABLE, &neutral, key, Fault::Whole(page::UNAVAILABLE), form)
        }
    }
}

//! The form as a page, and the page after a submission.

use axum::body::Body;
use axum::extract::Path;
use axum::http::{Response, StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use minijinja::context;
use portico_actions::Refusal;
use portico_core::limits;
use portico_store::StoreError;
use portico_store::portal::branding_of_form;

use super::COST;
use super::form::{Form, FormFailure, status_of};
use super::form_fields::{FIELDS, Field};
use crate::http::app::App;
use crate::http::branding::PageBranding;
use crate::http::page::{self, Link, Message};
use crate::http::visit::RateLimitedVisit;

/// Shows the form as a page.
pub(super) async fn show(Path(key): Path<String>, RateLimitedVisit(visit): RateLimitedVisit<COST>) -> Response<Body> {
    match branding(&visit.app, &key).await {
        Ok(Some(branding)) => form_page(StatusCode::OK, &branding, &key, Problem::Fields(&[]), &Form::default()),
        Ok(None) => closed_form(),
        Err(_) => Message::unavailable(&PageBranding::of_platform()),
    }
}

fn closed_form() -> Response<Body> {
    let text = "This form is closed or does not exist.";
    Message::new(StatusCode::NOT_FOUND, "Form not available", text).page(&PageBranding::of_platform())
}

/// The page after a submission.
pub(in crate::http) async fn sent(
    Path(key): Path<String>,
    RateLimitedVisit(visit): RateLimitedVisit<COST>,
) -> Response<Body> {
    let branding = match branding(&visit.app, &key).await {
        Ok(Some(branding)) => branding,
        Ok(None) => return closed_form(),
        Err(_) => return Message::unavailable(&PageBranding::of_platform()),
    };
    let name = branding.name();
    let text = format!("Your message has been sent to {name}. You will hear from them soon.");
    let website = branding.website().map(|url| Link::new(format!("Go to the website of {name}"), url.to_owned()));
    let message = Message::new(StatusCode::OK, "Thank you", &text);
    Message { links: website.into_iter().collect(), ..message }.page(&branding)
}

/// Branding of an open form's company; none for other keys.
async fn branding(app: &App, key: &str) -> Result<Option<PageBranding>, StoreError> {
    let connection = app.store.pages().connection().await?;
    let branding = connection.transaction(async |connection| branding_of_form(connection, key).await).await?;
    Ok(branding.map(PageBranding::from))
}

/// Reasons why a form was not accepted, as its page shows them.
enum Problem<'a> {
    /// Errors of fields.
    Fields(&'a [Refusal]),
    /// A reason that concerns no field. The page keeps the values, to be sent again or copied.
    Form(&'a str),
}

fn form_page(
    status: StatusCode,
    branding: &PageBranding,
    key: &str,
    problem: Problem<'_>,
    form: &Form,
) -> Response<Body> {
    let (title, refusals, alert) = match problem {
        Problem::Fields(refusals) => (format!("Ask {}", branding.name()), refusals, None),
        Problem::Form(text) => (NOT_SENT.to_owned(), &[][..], Some(page::sentence(text))),
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
    let has_no_field = |refusal: &&Refusal| FIELDS.iter().all(|field| field.name != field_of(refusal));
    let others = refusals.iter().filter(has_no_field).map(|refusal| page::sentence(&refusal.message));
    let (others, is_refused) = (others.collect::<Vec<_>>(), !refusals.is_empty());
    let (action, fields) = (page::path(&["leads", key]), fields.collect::<Vec<_>>());
    page::page(
        status,
        "lead_form.html",
        branding,
        context! { title, text, alert, is_refused, others, action, fields, width => "narrow" },
    )
}

/// The field of a refusal; empty if it concerns none.
fn field_of(refusal: &Refusal) -> &str {
    refusal.field.get(1).map_or("", String::as_str)
}

const NOT_SENT: &str = "The form was not sent";

/// The reply to a browser that submitted the form.
pub(super) async fn result(app: &App, key: &str, form: &Form, result: Result<(), FormFailure>) -> Response<Body> {
    // If the database does not respond, a page without branding is better than a late one.
    let company = tokio::time::timeout(limits::BRANDING, branding(app, key)).await;
    let company = company.ok().and_then(Result::ok).flatten();
    let branding = company.clone().unwrap_or_else(PageBranding::of_platform);
    match (result, company) {
        // Redirects to another page, so that a reload does not submit the form again.
        (Ok(()), _) => Redirect::to(&page::path(&["leads", key, "sent"])).into_response(),
        (Err(FormFailure::Refused(refusals)), Some(branding))
            if status_of(&refusals) == StatusCode::UNPROCESSABLE_ENTITY =>
        {
            form_page(StatusCode::UNPROCESSABLE_ENTITY, &branding, key, Problem::Fields(&refusals), form)
        }
        (Err(FormFailure::Refused(refusals)), _) => {
            let text = refusals.first().map_or("", |refusal| refusal.message.as_str());
            let mut response = form_page(status_of(&refusals), &branding, key, Problem::Form(text), form);
            if let Some(wait) = refusals.iter().find_map(|refusal| refusal.retry_after) {
                response.headers_mut().insert(header::RETRY_AFTER, wait.as_secs().max(1).into());
            }
            response
        }
        (Err(FormFailure::Unreadable(status, text)), _) => Message::new(status, NOT_SENT, text).page(&branding),
        (Err(FormFailure::Throttled(wait)), _) => Message::too_many(&branding, wait),
        (Err(FormFailure::Failed), _) => {
            form_page(StatusCode::SERVICE_UNAVAILABLE, &branding, key, Problem::Form(page::UNAVAILABLE), form)
        }
    }
}

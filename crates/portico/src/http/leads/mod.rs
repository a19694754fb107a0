//! `/leads/<key>`: receives lead forms of companies' websites (LEAD-2) that do not use GraphQL, and serves a page with the form
//! for websites that link to it.
//!
//! It has its own CORS rules: the form's settings determine which pages may submit it and read the reply.

mod cors;
mod form;
mod form_fields;
mod json;
mod page;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Path;
use axum::http::{Request, Response};
use axum::routing::get;
use axum::{Extension, Router};
use portico_core::limits;

use super::app::App;
use super::media::wants_page;
use super::page_limit;
use super::reply;
use super::request_id::RequestId;
use super::visit::Visit;
use form::{Form, FormFailure};

/// Cost of viewing or submitting a form, charged to the network.
const COST: u64 = 10;

pub(super) fn routes() -> Router<Arc<App>> {
    let methods = get(page::show).post(receive).options(cors::preflight).fallback(reply::wrong_method);
    Router::new().route("/leads/{key}", methods)
}

/// Page after a submission, among the other pages.
pub(super) fn pages() -> Router<Arc<App>> {
    Router::new().route("/leads/{key}/sent", get(page::sent))
}

/// Receives a form. Browsers get a page as the reply, scripts get JSON.
async fn receive(
    Path(key): Path<String>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    visit: Visit,
    request: Request<Body>,
) -> Response<Body> {
    let wants_page = wants_page(&visit.headers);
    // The gateway's own page is always allowed.
    let is_own = wants_page && visit.is_own_form();
    let web_origin = cors::web_origin(&visit.headers).filter(|_| !is_own);
    let mut submitted = Form::default();
    let submission = async {
        page_limit::charge(&visit.app, visit.network, COST).await.map_err(FormFailure::Throttled)?;
        let form = form::read(&visit.headers, request.into_body()).await?;
        submitted = form.clone();
        form::submit(&visit, key.clone(), web_origin.clone(), form).await
    };
    let result = tokio::time::timeout(limits::REQUEST, submission).await.unwrap_or(Err(FormFailure::Failed));
    if wants_page {
        return page::result(&visit.app, &key, &submitted, result).await;
    }
    let mut response = json::reply_of(result, &request_id);
    // If the database does not respond, a reply that the page cannot read is better than a late one.
    let allow = cors::allow_origin(&visit.app, &key, web_origin, response.headers_mut());
    let _ = tokio::time::timeout(limits::BRANDING, allow).await;
    response
}

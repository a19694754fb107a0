//! `/leads/<key>`: receives lead forms of companies' websites (LEAD-2) that do not use GraphQL, and serves a page with the form
//! for websites that link to it.
//!
//! It has its own CORS rules: the form's settings determine which pages may submit it and read the reply.

mod cors;
mod form;
mod form_fields;
mod json;
mod limit;
mod page;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Request, Response};
use axum::routing::get;
use axum::{Extension, Router};
use portico_actions::Origin;
use portico_core::limits;

use super::app::App;
use super::caller::device_of;
use super::media::wants_page;
use super::own_form::is_own_form;
use super::reply;
use super::request_id::RequestId;
use super::server::Network;
use form::{Form, FormFailure};

pub(super) fn routes() -> Router<Arc<App>> {
    let methods = get(page::show).post(receive).options(cors::preflight).fallback(reply::wrong_method);
    Router::new().route("/leads/{key}", methods)
}

/// Page after a form, among the other pages.
pub(super) fn pages() -> Router<Arc<App>> {
    Router::new().route("/leads/{key}/sent", get(page::sent))
}

/// Receives a form. Browsers get a page as the reply, scripts get JSON.
async fn receive(
    State(app): State<Arc<App>>,
    Path(key): Path<String>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let is_shown = wants_page(&parts.headers);
    // The gateway's own page is always allowed.
    let is_own = is_shown && is_own_form(&parts.headers);
    let site = cors::web_origin(&parts.headers).filter(|_| !is_own);
    let network = parts.extensions.get::<Network>().map(|network| network.0);
    let origin = Origin { network, device: device_of(&parts.headers) };
    let mut sent = Form::default();
    let answering = async {
        limit::charge(&app, network).await?;
        let form = form::read(&parts.headers, body).await?;
        sent = form.clone();
        form::submit(&app, key.clone(), site.clone(), form, origin).await
    };
    let answer = tokio::time::timeout(limits::REQUEST, answering).await.unwrap_or(Err(FormFailure::Failed));
    if is_shown {
        return page::shown(&app, &key, &sent, answer).await;
    }
    let mut response = json::reply_of(answer, &request_id);
    cors::open_to(&app, &key, site, response.headers_mut()).await;
    response
}

//! `/leads/<key>`: the form on a company's own site (LEAD-2), for pages that do not speak GraphQL; and a page of its own, for sites
//! that have none and link to it.
//!
//! It stands beside the other routes, under rules of its own: which pages may send a form, and read what came of it, is the
//! form's to say.

mod cors;
mod form;
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

/// The page after a form, which stands among the other pages.
pub(super) fn pages() -> Router<Arc<App>> {
    Router::new().route("/leads/{key}/sent", get(page::sent))
}

/// Takes a form in, and answers in the way in which it was sent: a page to a browser, JSON to a script.
async fn receive(
    State(app): State<Arc<App>>,
    Path(key): Path<String>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let is_shown = wants_page(&parts.headers);
    // The page of our own needs nobody's leave.
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
    let mut response = json::told(answer, &request_id);
    cors::open_to(&app, &key, site, response.headers_mut()).await;
    response
}

//! `/graphql`: operations by POST, queries also by GET.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode};
use portico_actions::Origin;
use portico_core::access::Viewer;
use portico_core::limits;
use portico_graphql::{Answer, ErrorCode, Question, Ready, SessionChange};
use portico_loader::Loader;

use super::app::App;
use super::caller::device_of;
use super::media::MediaType;
use super::operation_limit;
use super::read;
use super::reply::{answered, refused};
use super::request_id::RequestId;
use super::server::Network;
use super::trace;
use crate::auth::{SignInError, SignedInRequest, authenticate, is_meant};
use crate::throttle::{Admission, Rate};
use crate::usage::Application;

/// Cost of a refused operation.
const REFUSED_COST: u64 = 1;

/// Answers an operation, within the deadline.
pub(super) async fn handle(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    request: Request<Body>,
) -> Response<Body> {
    let Some(media) = MediaType::wanted(request.headers()) else {
        let message = "accept application/graphql-response+json or application/json";
        return refused(StatusCode::NOT_ACCEPTABLE, ErrorCode::BadUserInput, message, MediaType::Json, &request_id);
    };
    match tokio::time::timeout(limits::REQUEST, within_deadline(&app, request, media, &request_id)).await {
        Ok(response) => response,
        Err(_) => answered(Answer::error(ErrorCode::Timeout, ErrorCode::Timeout.message(), &request_id), media, None),
    }
}

async fn within_deadline(app: &App, request: Request<Body>, media: MediaType, request_id: &str) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let SignedInRequest { viewer, by_cookie, renewed_cookie } =
        match authenticate(&app.store, &parts.headers, app.demo_tokens).await {
            Ok(authenticate) => authenticate,
            Err(error) => return answered(not_signed_in(app, &error, request_id), media, None),
        };
    // A POST must be JSON, which pages of other sites cannot send without a preflight; a GET could be their image.
    let is_get = is_get(&parts.method);
    if by_cookie && is_get && !is_meant(&parts.headers) {
        let message = "GET requests with a cookie need the header `X-Portal-Request: 1`";
        return refused(StatusCode::BAD_REQUEST, ErrorCode::BadUserInput, message, media, request_id);
    }
    let viewer = Arc::new(viewer);
    let question = if is_get {
        read::from_uri(&parts.uri, request_id)
    } else {
        read::from_body(&parts.headers, body, request_id).await
    };
    let question = match question {
        Ok(question) => question,
        Err((status, code, message)) => return refused(status, code, &message, media, request_id),
    };
    let network = parts.extensions.get::<Network>().map(|network| network.0);
    let application = Application::of(&parts.headers);
    let origin = Origin { network, device: device_of(&parts.headers) };
    let operation = IncomingOperation { question, origin, method: &parts.method, application };
    let (mut answer, charged) = limited(app, &viewer, operation).await;
    // A token that signs out leaves the cookie of another session.
    if !by_cookie {
        answer.session_changes.retain(|change| !matches!(change, SessionChange::Ended));
    }
    if trace::is_wanted(&viewer, &parts.headers) {
        answer.add_trace();
    }
    let mut response = answered(answer, media, role_of(&viewer));
    SignedInRequest::renew_cookie(renewed_cookie, response.headers_mut());
    if let Some((rate, charged)) = charged {
        operation_limit::put_headers(response.headers_mut(), rate, charged);
    }
    response
}

/// Whether the operation is in the query string. HEAD returns the headers of GET.
fn is_get(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// An operation with its origin, method and application.
struct IncomingOperation<'a> {
    question: Question,
    origin: Origin,
    method: &'a Method,
    application: Application,
}

/// Answers an operation within the caller's rate limit.
async fn limited(
    app: &App,
    viewer: &Arc<Viewer>,
    operation: IncomingOperation<'_>,
) -> (Answer, Option<(Rate, Admission)>) {
    let IncomingOperation { question, origin, method, application } = operation;
    let request_id = question.request_id.clone();
    let reading = app.gateway.reading_cost(viewer, &question);
    // Admission of an unknown operation takes time and is charged before.
    let is_known = app.gateway.knows(viewer, &question);
    let paid = if is_known { 0 } else { reading };
    if paid > 0 {
        let charged = app.throttle.pour(viewer, origin.network, paid).await;
        if let Some(refusal) = operation_limit::refusal(charged, &request_id) {
            return (refusal, charged);
        }
    }
    let admitted = if is_known || !question.is_large() {
        app.gateway.admit(viewer, question)
    } else {
        app.gateway.admit_apart(Arc::clone(viewer), question).await
    };
    // A refused operation is charged too, so that callers who send only such operations are limited as well.
    let cost = admitted.as_ref().map_or(REFUSED_COST + reading, Ready::cost);
    let charged = app.throttle.pour(viewer, origin.network, cost.saturating_sub(paid)).await;
    if let Some(refusal) = operation_limit::refusal(charged, &request_id) {
        return (refusal, charged);
    }
    let ready = match admitted {
        Ok(ready) => ready,
        Err(refusal) => return (refusal, charged),
    };
    if ready.is_mutation() && is_get(method) {
        // Otherwise a link, an image or a crawler could run it (GraphQL over HTTP).
        let mut refusal = Answer::error(ErrorCode::BadUserInput, "send mutations by POST", &request_id);
        refusal.is_wrong_method = true;
        return (refusal, charged);
    }
    app.usage.count(&application, ready.operation_name(), ready.deprecated());
    let loader = Loader::new(app.store.read_as(viewer), app.tiers.clone());
    let clock = (app.clock)();
    let actor = app.actor(Arc::clone(viewer), origin, clock.moment());
    let mut answer = app.gateway.run(loader, actor, clock, ready).await;
    if let Some((rate, _)) = charged {
        answer.add_rate(rate.capacity, rate.per_second);
    }
    (answer, charged)
}

fn role_of(viewer: &Viewer) -> Option<&'static str> {
    Some(viewer.role.map_or("PUBLIC", |role| role.as_str()))
}

pub(super) fn not_signed_in(app: &App, error: &SignInError, request_id: &str) -> Answer {
    app.metrics.count_sign_in_failure(error);
    match error {
        SignInError::Unauthenticated { by_cookie } => {
            let mut answer = Answer::error(ErrorCode::Unauthenticated, &error.to_string(), request_id);
            // Otherwise a browser whose session has ended could not sign in again. A cookie that was not used stays.
            if *by_cookie {
                answer.session_changes.push(SessionChange::Ended);
            }
            answer
        }
        SignInError::NoScheme => Answer::error(ErrorCode::Unauthenticated, &error.to_string(), request_id),
        SignInError::Store(error) => {
            tracing::error!(request_id, %error, "sign-in failed");
            Answer::error(ErrorCode::Unavailable, ErrorCode::Unavailable.message(), request_id)
        }
    }
}

/// Refuses all other methods.
pub(super) async fn wrong_method(
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
) -> Response<Body> {
    let media = MediaType::wanted(&headers).unwrap_or(MediaType::Json);
    let message = "send operations by POST; queries may also be sent by GET";
    refused(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::BadUserInput, message, media, &request_id)
}

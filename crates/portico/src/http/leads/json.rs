//! JSON replies to scripts that submit a form.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use portico_actions::Refusal;
use serde_json::{Value, json};

use super::form::{FormFailure, status_of};

/// Converts the result of a form to a reply.
pub(super) fn reply_of(result: Result<(), FormFailure>, request_id: &str) -> Response<Body> {
    let (status, wait, errors) = match result {
        Ok(()) => return json_reply(StatusCode::OK, &json!({ "received": true })),
        Err(FormFailure::Refused(refusals)) => {
            let wait = refusals.iter().find_map(|refusal| refusal.retry_after).map(|wait| wait.as_secs().max(1));
            (status_of(&refusals), wait, refusals.iter().map(error_of).collect::<Vec<_>>())
        }
        Err(FormFailure::Unreadable(status, message)) => (status, None, vec![json!({ "message": message })]),
        Err(FormFailure::Throttled(wait)) => {
            let message = "rate limit exceeded";
            (StatusCode::TOO_MANY_REQUESTS, Some(wait), vec![json!({ "message": message })])
        }
        Err(FormFailure::Failed) => {
            let message = "the form could not be stored: send it again in a moment";
            (StatusCode::SERVICE_UNAVAILABLE, Some(1), vec![json!({ "message": message, "requestId": request_id })])
        }
    };
    let mut response = json_reply(status, &json!({ "received": false, "errors": errors }));
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, wait.into());
    }
    response
}

/// Converts a refusal, with the name of the form's field.
fn error_of(refusal: &Refusal) -> Value {
    json!({ "code": refusal.code.as_str(), "field": refusal.field.get(1), "message": refusal.message })
}

fn json_reply(status: StatusCode, body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

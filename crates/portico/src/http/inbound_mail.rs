//! `/inbound-mail`: the raw mail of a provider, as a webhook signed by Standard Webhooks.
//!
//! Apart from the other routes: a mail is larger than other bodies, and takes longer to store. A provider that gets a 5xx delivers it again.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::routing::post;
use axum::{Router, middleware};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use portico_actions::Origin;
use portico_adapters::inbound_mail::MailFault;
use portico_core::access::Viewer;
use portico_core::files::limits::MAIL_BYTES;
use portico_core::webhooks::SignedHeaders;
use portico_graphql::ErrorCode;

use super::app::App;
use super::media::MediaType;
use super::reply::{self, refused};
use super::request_id::RequestId;
use super::request_log::logged;
use crate::inbound_mail::{Delivered, InboundMail, MailRefused};

/// Time limit of a request, in which the body is received and its files are stored.
const TIME_LIMIT: Duration = Duration::from_secs(120);

/// The routes of a gateway, within the request log.
pub(super) fn router(app: &App) -> Router {
    let routes = Router::new().route("/inbound-mail", post(handle).fallback(reply::wrong_method));
    let routes = routes.layer(middleware::from_fn(reply::replace_refusals));
    logged(&app.metrics, routes).with_state(Arc::new(app.clone()))
}

async fn handle(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    request: Request,
) -> Response<Body> {
    // In a task of its own: a provider that gives up leaves no half of a mail.
    let task = tokio::spawn(async move { tokio::time::timeout(TIME_LIMIT, receive(&app, request)).await });
    let outcome = match task.await {
        Ok(outcome) => outcome.unwrap_or(Err(Refused::Mail(MailRefused::Unavailable))),
        Err(error) => match error.try_into_panic() {
            // The request log answers panics.
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(Refused::Mail(MailRefused::Unavailable)),
        },
    };
    match outcome {
        Ok(delivered) => {
            if let Delivered::Ignored(reason) = delivered {
                tracing::info!(request_id, reason, "a mail was ignored");
            }
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            response
        }
        Err(refused) => refused.into_response(&request_id),
    }
}

/// Why a request was refused.
enum Refused {
    /// The installation receives no mail by webhook.
    NoRoute,
    /// The signature is missing, wrong or old.
    NotSigned,
    /// The body ended early.
    Incomplete,
    /// The mail was not received.
    Mail(MailRefused),
}

impl From<MailRefused> for Refused {
    fn from(refused: MailRefused) -> Self {
        Self::Mail(refused)
    }
}

impl Refused {
    fn into_response(self, request_id: &str) -> Response<Body> {
        let (status, code, message) = match self {
            Self::NoRoute => (StatusCode::NOT_FOUND, ErrorCode::BadUserInput, "this address does not exist".to_owned()),
            Self::NotSigned => {
                let message = "the signature is missing, wrong or older than five minutes: sign `webhook-id`, `webhook-timestamp` and \
                     the body with the key in --inbound-mail-key, as Standard Webhooks defines it";
                (StatusCode::UNAUTHORIZED, ErrorCode::Unauthenticated, message.to_owned())
            }
            Self::Incomplete => {
                (StatusCode::BAD_REQUEST, ErrorCode::BadUserInput, "the body ended before its end".to_owned())
            }
            Self::Mail(refused) => {
                let (status, code) = match &refused {
                    MailRefused::Unreadable(MailFault::TooLarge) => {
                        (StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::PayloadTooLarge)
                    }
                    MailRefused::Unreadable(_) => (StatusCode::UNPROCESSABLE_ENTITY, ErrorCode::BadUserInput),
                    MailRefused::NoAddress => (StatusCode::NOT_FOUND, ErrorCode::BadUserInput),
                    MailRefused::Archived => (StatusCode::GONE, ErrorCode::BadUserInput),
                    MailRefused::Full(_) => (StatusCode::INSUFFICIENT_STORAGE, ErrorCode::Unavailable),
                    MailRefused::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Unavailable),
                };
                (status, code, refused.to_string())
            }
        };
        let mut response = refused(status, code, &message, MediaType::Json, request_id);
        if status.is_server_error() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        response
    }
}

async fn receive(app: &App, request: Request) -> Result<Delivered, Refused> {
    let (Some(inbound), Some(store)) = (&app.inbound_mail, &app.files.store) else { return Err(Refused::NoRoute) };
    let (parts, body) = request.into_parts();
    let _turn = inbound.turn().await?;
    let raw = read(body).await?;
    check_signature(inbound, &parts.headers, &raw, app)?;
    let now = (app.clock)().moment();
    let actor = app.actor(Arc::new(Viewer::public()), Origin::default(), now);
    Ok(inbound.receive(&actor, store, raw, &[]).await?)
}

async fn read(body: Body) -> Result<Bytes, Refused> {
    match Limited::new(body, MAIL_BYTES).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(MailRefused::Unreadable(MailFault::TooLarge).into()),
        Err(_) => Err(Refused::Incomplete),
    }
}

fn check_signature(inbound: &InboundMail, headers: &HeaderMap, raw: &[u8], app: &App) -> Result<(), Refused> {
    let key = inbound.webhook_key().ok_or(Refused::NoRoute)?;
    let of = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let signed =
        SignedHeaders { id: of("webhook-id"), timestamp: of("webhook-timestamp"), signature: of("webhook-signature") };
    if key.is_signed(signed, raw, (app.clock)().moment()) { Ok(()) } else { Err(Refused::NotSigned) }
}

//! `/inbound-mail`: the raw mail of a provider, as a webhook signed by Standard Webhooks.
//!
//! Apart from the other routes: a mail is larger than other bodies, and takes longer to store. A provider that gets a 5xx delivers it again.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::routing::post;
use axum::{Router, middleware};
use bytes::BytesMut;
use http_body_util::BodyExt;
use portico_actions::Origin;
use portico_adapters::inbound_mail::MailFault;
use portico_core::access::Viewer;
use portico_core::files::limits::MAIL_BYTES;
use portico_core::network;
use portico_core::webhooks::SignedHeaders;
use portico_graphql::ErrorCode;

use super::app::App;
use super::media::MediaType;
use super::permits::{Permit, Permits};
use super::reply::{self, refused};
use super::request_id::RequestId;
use super::request_log::logged;
use super::server::Network;
use crate::inbound_mail::{Delivered, MailRefused};

/// Time limit of a request, in which the body is received and its files are stored.
const TIME_LIMIT: Duration = Duration::from_secs(120);

/// Maximum wait for the next bytes of a body, and time after which its speed counts.
const PATIENCE: Duration = Duration::from_secs(5);
/// Minimum speed of a body, in bytes for each second.
const LEAST_PER_SECOND: u64 = 64 * 1024;
/// Maximum wait for a place among the mails being received, and interval between two attempts.
const MAX_WAIT: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(100);
/// Maximum number of mails being received, of the process and of one network. Each takes up to 40 MiB of memory.
const AT_ONCE: (usize, usize) = (8, 4);
/// Wait before a mail is delivered again.
const RETRY_AFTER: Duration = Duration::from_secs(60);
/// Cost of a request that is not signed, or is cut, charged to its network.
const REFUSED_COST: u64 = 20;

/// The routes of a gateway, within the request log.
pub(super) fn router(app: &App) -> Router {
    let routes = Router::new().route("/inbound-mail", post(handle).fallback(reply::wrong_method));
    let routes = routes.layer(middleware::from_fn(reply::replace_refusals));
    let (of_process, of_network) = AT_ONCE;
    let receiver = Receiver { app: app.clone(), reading: Permits::new(of_process, of_network) };
    logged(&app.metrics, routes).with_state(Arc::new(receiver))
}

async fn handle(
    State(receiver): State<Arc<Receiver>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    request: Request,
) -> Response<Body> {
    // In a task of its own: a provider that gives up leaves no half of a mail.
    let task = tokio::spawn(async move { tokio::time::timeout(TIME_LIMIT, receiver.receive(request)).await });
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
    /// The gateway has no key.
    NoKey,
    /// The signature is missing, wrong or old.
    NotSigned,
    /// The network sends too many requests that are not signed.
    Throttled(Duration),
    /// The body ended early, or came too slowly.
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
        let wait = match &self {
            Self::Throttled(wait) => Some(*wait),
            Self::NoKey | Self::Mail(MailRefused::Full(_) | MailRefused::Unavailable) => Some(RETRY_AFTER),
            _ => None,
        };
        let (status, code, message) = match self {
            Self::NoRoute => (StatusCode::NOT_FOUND, ErrorCode::BadUserInput, "this address does not exist".to_owned()),
            Self::NoKey => {
                let message =
                    "this gateway has no key for webhooks: set --inbound-mail-key, and deliver the mail again";
                (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Unavailable, message.to_owned())
            }
            Self::NotSigned => {
                let message = "the signature is missing, wrong or older than five minutes: sign `webhook-id`, `webhook-timestamp` and \
                     the body with the key in --inbound-mail-key, as Standard Webhooks defines it";
                (StatusCode::UNAUTHORIZED, ErrorCode::Unauthenticated, message.to_owned())
            }
            Self::Throttled(_) => {
                (StatusCode::TOO_MANY_REQUESTS, ErrorCode::Throttled, ErrorCode::Throttled.message().to_owned())
            }
            Self::Incomplete => {
                let message = "the body ended early, or came too slowly: deliver the mail again";
                (StatusCode::BAD_REQUEST, ErrorCode::BadUserInput, message.to_owned())
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
        if let Some(wait) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        }
        response
    }
}

/// State of the handler.
struct Receiver {
    app: App,
    reading: Permits,
}

impl Receiver {
    async fn receive(&self, request: Request) -> Result<Delivered, Refused> {
        let app = &self.app;
        let (Some(inbound), Some(store)) = (&app.inbound_mail, &app.files.store) else { return Err(Refused::NoRoute) };
        let key = inbound.webhook_key().ok_or(Refused::NoKey)?;
        let (parts, body) = request.into_parts();
        let signed = SignedBy::of(&parts.headers);
        let network = parts.extensions.get().map(|Network(address)| *address);
        // Before the body is read: a caller without the key does not keep memory busy.
        let now = (app.clock)().moment();
        if !signed.headers().is_fresh(now) {
            return Err(self.charged(network, Refused::NotSigned).await);
        }
        let permit = self.permit(network).await?;
        let raw = match read(body).await {
            // Each slow or cut body has kept others waiting.
            Err(Refused::Incomplete) => return Err(self.charged(network, Refused::Incomplete).await),
            read => read?,
        };
        if !key.is_signed(signed.headers(), &raw, now) {
            return Err(self.charged(network, Refused::NotSigned).await);
        }
        let actor = app.actor(Arc::new(Viewer::public()), Origin::default(), now);
        let delivered = inbound.receive(&actor, store, raw, &[]).await?;
        drop(permit);
        Ok(delivered)
    }

    /// A place among the mails being received, for which a provider that sends several at once may wait.
    async fn permit(&self, network: Option<IpAddr>) -> Result<Permit, Refused> {
        let started = Instant::now();
        loop {
            match self.reading.take_for(network::name_of(network)) {
                Ok(permit) => return Ok(permit),
                Err(_) if started.elapsed() < MAX_WAIT => tokio::time::sleep(POLL).await,
                Err(_) => return Err(MailRefused::Unavailable.into()),
            }
        }
    }

    /// Charges the network of a request that wastes a place.
    async fn charged(&self, network: Option<IpAddr>, refused: Refused) -> Refused {
        match self.app.throttle.charge_network(network, REFUSED_COST).await {
            Ok(()) => refused,
            Err(wait) => Refused::Throttled(wait),
        }
    }
}

/// The headers of a signature.
struct SignedBy {
    id: String,
    timestamp: String,
    signature: String,
}

impl SignedBy {
    fn of(headers: &HeaderMap) -> Self {
        let of = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        Self { id: of("webhook-id"), timestamp: of("webhook-timestamp"), signature: of("webhook-signature") }
    }

    fn headers(&self) -> SignedHeaders<'_> {
        SignedHeaders { id: &self.id, timestamp: &self.timestamp, signature: &self.signature }
    }
}

/// Reads a mail into one piece: a body may come in pieces of one byte, each with the memory of its connection's buffer.
async fn read(mut body: Body) -> Result<Bytes, Refused> {
    let mut raw = BytesMut::new();
    let started = Instant::now();
    loop {
        let next = tokio::time::timeout(PATIENCE, body.frame()).await.map_err(|_| Refused::Incomplete)?;
        let Some(frame) = next else { return Ok(raw.freeze()) };
        let Ok(bytes) = frame.map_err(|_| Refused::Incomplete)?.into_data() else { continue };
        if raw.len() + bytes.len() > MAIL_BYTES {
            return Err(MailRefused::Unreadable(MailFault::TooLarge).into());
        }
        raw.extend_from_slice(&bytes);
        let least = started.elapsed().saturating_sub(PATIENCE).as_secs() * LEAST_PER_SECOND;
        if (raw.len() as u64) < least {
            return Err(Refused::Incomplete);
        }
    }
}

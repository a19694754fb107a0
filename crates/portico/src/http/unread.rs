//! Drains request bodies that the handler left unread.
//!
//! HTTP/1.1 sends the next request of a connection after the body of the previous one. A refusal based on the headers alone
//! (401, 404, 405, 406, 415) leaves the body unread, so the connection and the caller's next request would fail. Bodies of
//! bounded size are drained before the reply is sent; for all others the reply announces `Connection: close`.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderValue, Version, header};
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};
use tokio::sync::oneshot;

/// Maximum size of a drained body, in bytes.
const MAX_DRAINED: u64 = 1024 * 1024;
/// Time limit for draining a body.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);
const CLOSE: HeaderValue = HeaderValue::from_static("close");

/// Drains the rest of a request's body, or closes the connection. A drained connection can be reused.
pub(super) async fn drain(request: Request, next: Next) -> Response {
    // HTTP/2 ends a stream without its connection.
    if request.version() >= Version::HTTP_2 || request.body().is_end_stream() {
        return next.run(request).await;
    }
    let expects_continue = request.headers().contains_key(header::EXPECT);
    let (parts, body) = request.into_parts();
    let (give_back, mut rest) = oneshot::channel();
    let lent = BodyGuard { body, has_begun: false, has_ended: false, give_back: Some(give_back) };
    let mut response = next.run(Request::from_parts(parts, Body::new(lent))).await;
    let is_drained = match rest.try_recv() {
        Ok(rest) => rest.drain(expects_continue).await,
        // A task that the handler started still reads it.
        Err(_) => false,
    };
    if !is_drained {
        response.headers_mut().insert(header::CONNECTION, CLOSE);
    }
    response
}

/// Rest of a body that the handler has not read.
struct Rest {
    body: Body,
    has_begun: bool,
    has_ended: bool,
}

impl Rest {
    /// Reads to the end. False if the rest is too large or too slow.
    async fn drain(self, expects_continue: bool) -> bool {
        if self.has_ended || self.body.is_end_stream() {
            return true;
        }
        // Reading would send `100 Continue` and so request a body that is not needed.
        if (expects_continue && !self.has_begun) || self.body.size_hint().lower() > MAX_DRAINED {
            return false;
        }
        let mut body = self.body;
        let drained = tokio::time::timeout(DRAIN_TIMEOUT, async move {
            let mut budget = MAX_DRAINED;
            while let Some(frame) = body.frame().await {
                let Ok(frame) = frame else { return false };
                let length = frame.data_ref().map_or(0, Bytes::len) as u64;
                match budget.checked_sub(length) {
                    Some(left) => budget = left,
                    None => return false,
                }
            }
            true
        });
        drained.await.unwrap_or(false)
    }
}

/// Body that returns its unread rest when the handler drops it.
struct BodyGuard {
    body: Body,
    has_begun: bool,
    has_ended: bool,
    give_back: Option<oneshot::Sender<Rest>>,
}

impl HttpBody for BodyGuard {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.has_begun = true;
        let polled = Pin::new(&mut self.body).poll_frame(context);
        self.has_ended |= matches!(polled, Poll::Ready(None));
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for BodyGuard {
    fn drop(&mut self) {
        let body = std::mem::take(&mut self.body);
        let rest = Rest { body, has_begun: self.has_begun, has_ended: self.has_ended };
        if let Some(give_back) = self.give_back.take() {
            // The receiver is gone if the caller has disconnected.
            let _ = give_back.send(rest);
        }
    }
}

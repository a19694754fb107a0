//! Bodies in pieces, with a rest between them.
//!
//! A body that is there as a whole is compressed as a whole, on one of the threads that answer everybody: a large one would keep
//! the others of that thread waiting for tens of milliseconds. In pieces, others have their turn after each.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use hyper::body::{Frame, SizeHint};

/// The size of a piece in bytes: less than a millisecond of compression.
const PIECE: usize = 16 * 1024;

/// Polls that find a piece not ready yet. The encoder answers the first by flushing, the second with what was flushed; only the third reaches the
/// executor, which then runs other tasks.
const RESTS: u8 = 3;

/// A body of these bytes.
pub(super) fn paced(bytes: Vec<u8>) -> Body {
    if bytes.len() <= PIECE {
        return Body::from(bytes);
    }
    Body::new(Paced { left: bytes.into(), rests: 0 })
}

struct Paced {
    left: Bytes,
    /// Polls to come before the next piece.
    rests: u8,
}

impl hyper::body::Body for Paced {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left.is_empty() {
            return Poll::Ready(None);
        }
        if self.rests > 0 {
            self.rests -= 1;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.rests = RESTS;
        let length = self.left.len().min(PIECE);
        let piece = self.left.split_to(length);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::http::{Request, Response, header};
    use http_body_util::BodyExt;
    use tower::{Layer, ServiceExt};
    use tower_http::compression::CompressionLayer;

    use super::*;

    /// How often another task of the same thread had its turn while a body of this size was compressed, and the size that was sent.
    async fn turns_while_sending(size: usize) -> (usize, usize) {
        let text: Vec<u8> = (0..size as u64).map(|place| b'a' + (place * place % 23) as u8).collect();
        let answer = move |_: Request<Body>| {
            let mut response = Response::new(paced(text.clone()));
            response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
            async move { Ok::<_, Infallible>(response) }
        };
        let compressed = CompressionLayer::new().layer(tower::service_fn(answer));
        let turns = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&turns);
        let other = tokio::spawn(async move {
            loop {
                counted.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
            }
        });
        let request = Request::get("/").header(header::ACCEPT_ENCODING, "gzip").body(Body::empty());
        let response = compressed.oneshot(request.expect("a request can be made")).await.expect("it is answered");
        assert_eq!(response.headers().get(header::CONTENT_ENCODING), Some(&header::HeaderValue::from_static("gzip")));
        let sent = response.into_body().collect().await.expect("the body ends").to_bytes().len();
        other.abort();
        (turns.load(Ordering::Relaxed), sent)
    }

    #[tokio::test]
    async fn large_body_yields_to_other_requests() {
        // ROB-20: the sibling in compression
        for size in [100_000, 1_000_000, 3_000_000] {
            let (turns, sent) = turns_while_sending(size).await;
            assert!(sent < size, "it was compressed");
            assert!(turns >= size / PIECE, "{size} bytes: {turns} turns");
        }
    }

    #[tokio::test]
    async fn chunks_add_up_to_the_body() {
        for size in [0, 1, PIECE - 1, PIECE, PIECE + 1, 5 * PIECE, 5 * PIECE + 7] {
            let bytes: Vec<u8> = (0..size).map(|place| (place % 251) as u8).collect();
            let body = paced(bytes.clone());
            assert_eq!(hyper::body::Body::size_hint(&body).exact(), Some(size as u64));
            assert_eq!(body.collect().await.expect("the body ends").to_bytes(), bytes);
        }
    }
}

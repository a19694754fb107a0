//! Sends large bodies in chunks and yields between them.
//!
//! A body in one chunk is compressed at once, on a thread that serves other requests too: a large one would delay them by
//! tens of milliseconds. After each chunk, other tasks of the thread run.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use hyper::body::{Frame, SizeHint};

/// Size of a chunk in bytes: less than a millisecond of compression.
const CHUNK: usize = 16 * 1024;

/// Number of polls that return pending before the next chunk. The encoder flushes after the first and returns the flushed
/// bytes after the second; only the third reaches the executor, which then runs other tasks.
const YIELDS: u8 = 3;

/// Creates a body of these bytes.
pub(super) fn paced(bytes: Vec<u8>) -> Body {
    if bytes.len() <= CHUNK {
        return Body::from(bytes);
    }
    Body::new(Paced { left: bytes.into(), yields: 0 })
}

struct Paced {
    left: Bytes,
    /// Polls to come before the next chunk.
    yields: u8,
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
        if self.yields > 0 {
            self.yields -= 1;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.yields = YIELDS;
        let length = self.left.len().min(CHUNK);
        let chunk = self.left.split_to(length);
        Poll::Ready(Some(Ok(Frame::data(chunk))))
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

    /// Sends a compressed body of this size. Returns how often another task of the thread ran, and the size that was sent.
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
            assert!(turns >= size / CHUNK, "{size} bytes: {turns} turns");
        }
    }

    #[tokio::test]
    async fn chunks_add_up_to_the_body() {
        for size in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK, 5 * CHUNK + 7] {
            let bytes: Vec<u8> = (0..size).map(|place| (place % 251) as u8).collect();
            let body = paced(bytes.clone());
            assert_eq!(hyper::body::Body::size_hint(&body).exact(), Some(size as u64));
            assert_eq!(body.collect().await.expect("the body ends").to_bytes(), bytes);
        }
    }
}

//! Bodies that come slowly, and callers who read slowly.

use std::io;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use futures_util::{StreamExt, stream};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use super::{KIB, Test, sample};
use crate::http::files::receive::BodyLimits;
use crate::http::stalled::ReadInTime;

/// The pace of a gateway a hundredfold faster, and more patience than a busy machine needs between two bytes.
const PACE: BodyLimits =
    BodyLimits { patience: Duration::from_secs(10), least: 600, period: Duration::from_millis(600) };
/// Little patience.
const PATIENCE: BodyLimits =
    BodyLimits { patience: Duration::from_millis(300), least: 0, period: Duration::from_secs(10) };

/// A body that sends a piece after each pause, for ever.
fn dripping(content: &[u8], size: usize, pause: Duration) -> Body {
    let pieces: Vec<_> = content.chunks(size).map(Bytes::copy_from_slice).collect();
    Body::from_stream(stream::iter(pieces).then(move |piece| async move {
        tokio::time::sleep(pause).await;
        Ok::<_, io::Error>(piece)
    }))
}

/// A body that sends these bytes, and then neither more nor its end.
fn stopping(content: &[u8]) -> Body {
    let sent = Bytes::copy_from_slice(content);
    Body::from_stream(stream::once(async { Ok::<_, io::Error>(sent) }).chain(stream::pending()))
}

#[test]
fn gateways_wait_for_half_a_minute() {
    let BodyLimits { patience, least, period } = BodyLimits::default();
    assert_eq!((patience.as_secs(), least, period.as_secs()), (30, 60 * 1024, 60));
}

#[tokio::test]
async fn body_of_single_bytes_is_cut_by_its_pace() {
    let test = Test::with_limits(PACE);
    let content = sample(1_000);
    let (id, path) = test.upload(content.len());
    let started = Instant::now();
    // No wait is longer than the patience.
    let reply = test.patch(&path, 0, dripping(&content, 1, Duration::from_millis(100))).await;
    let offset: usize = reply.header("upload-offset").parse().expect("a number");
    assert_eq!(reply.status, StatusCode::REQUEST_TIMEOUT, "{}", String::from_utf8_lossy(&reply.body));
    assert!(started.elapsed() >= PACE.period && (1..=7).contains(&offset), "{offset}");
    assert!(String::from_utf8_lossy(&reply.body).contains("came too slowly: continue at `Upload-Offset`"));
    assert_eq!(test.offset(&path).await, offset as u64);
    assert!(test.received(id).await == content[..offset], "what came is stored");
    assert_eq!(test.files.in_progress(), (0, 0));
    let rest = test.patch(&path, offset, content[offset..].to_vec()).await;
    assert_eq!((rest.status, rest.header("upload-offset")), (StatusCode::NO_CONTENT, "1000"));
    assert!(test.received(id).await == content);
}

#[tokio::test]
async fn body_with_enough_pace_is_not_cut() {
    let test = Test::with_limits(PACE);
    // Through three periods, each with much more than it needs.
    let content = sample(20_000);
    let (id, path) = test.upload(content.len());
    let started = Instant::now();
    let reply = test.patch(&path, 0, dripping(&content, 200, Duration::from_millis(20))).await;
    assert_eq!((reply.status, reply.header("upload-offset")), (StatusCode::NO_CONTENT, "20000"));
    assert!(started.elapsed() > 3 * PACE.period);
    assert!(test.received(id).await == content);
}

#[tokio::test]
async fn body_that_stops_is_cut_by_patience() {
    let test = Test::with_limits(PATIENCE);
    let content = sample(5 * KIB * KIB);
    let (id, path) = test.upload(content.len());
    // The second one stops within another object.
    for (from, to) in [(0, 150_000), (150_000, 150_000), (150_000, 4_500_000)] {
        let started = Instant::now();
        let reply = test.patch(&path, from, stopping(&content[from..to])).await;
        assert_eq!(
            (reply.status, reply.header("upload-offset")),
            (StatusCode::REQUEST_TIMEOUT, to.to_string().as_str())
        );
        assert!(started.elapsed() >= PATIENCE.patience);
        assert!(test.received(id).await == content[..to], "what came is stored");
        assert_eq!(test.files.in_progress(), (0, 0));
    }
    assert!(test.fake.uploads()[&id].pending.is_empty());
    assert_eq!(test.patch(&path, 4_500_000, content[4_500_000..].to_vec()).await.status, StatusCode::NO_CONTENT);
    assert!(test.received(id).await == content);
}

#[tokio::test]
async fn download_that_is_not_read_is_aborted() {
    const LIMIT: Duration = Duration::from_millis(300);
    let test = Test::new();
    let size = 4 * KIB * KIB;
    let path = test.stored(&sample(2 * size), &[size, size], |_| ()).await;
    let (near, mut far) = duplex(16 * KIB);
    let (stream, service) = (TokioIo::new(ReadInTime::new(near, LIMIT)), TowerToHyperService::new(test.router.clone()));
    let serving = tokio::spawn(async move {
        Builder::new(TokioExecutor::new()).serve_connection(stream, service).await.map_err(|error| error.to_string())
    });
    far.write_all(format!("GET {path} HTTP/1.1\r\nhost: portal.example\r\n\r\n").as_bytes()).await.expect("it is sent");
    let mut part = vec![0; 4 * KIB];
    let started = Instant::now();
    // Slow, but never for longer than the limit.
    while started.elapsed() < 2 * LIMIT {
        far.read_exact(&mut part).await.expect("it is sent");
        tokio::time::sleep(LIMIT / 10).await;
    }
    assert_eq!((test.files.in_progress(), serving.is_finished()), ((1, 0), false));
    let stopped = Instant::now();
    serving.await.expect("no panic").expect_err("the connection failed");
    assert!(stopped.elapsed() < 10 * LIMIT, "{:?}", stopped.elapsed());
    assert_eq!(test.files.in_progress(), (0, 0));
}

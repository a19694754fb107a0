//! Accept loop of the server. axum's own has no time limit for headers.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use portico_core::limits::{DRAIN, HEADERS, STALLED};
use tokio::net::TcpListener;
use tower::ServiceExt;

use super::stalled::ReadInTime;

/// Delay after a failed accept, for example if no sockets are left.
const PAUSE: Duration = Duration::from_millis(50);

/// Address of a request's client: the peer of the connection, or the address that a trusted proxy reports (`proxies`).
#[derive(Debug, Clone, Copy)]
pub(super) struct Network(pub(super) IpAddr);

impl Network {
    /// Converts IPv4-mapped addresses to IPv4. An IPv6 socket shows all IPv4 clients in one /64, so they would share a rate.
    const fn of(peer: SocketAddr) -> Self {
        Self(peer.ip().to_canonical())
    }
}

/// Serves until `stop` completes, then waits for the requests in progress.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADERS);
    builder.http2().timer(TokioTimer::new()).max_concurrent_streams(100).keep_alive_interval(Some(HEADERS));
    // Dropped when no more connections are accepted.
    let (running, _) = tokio::sync::watch::channel(());
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        // Answers are small, and a caller needs the whole answer.
        let _ = stream.set_nodelay(true);
        let service = router.clone().map_request(move |mut request: Request<_>| {
            request.extensions_mut().insert(Network::of(peer));
            request
        });
        let service = TowerToHyperService::new(service);
        let (builder, watcher, mut ended) = (builder.clone(), graceful.watcher(), running.subscribe());
        tokio::spawn(async move {
            // The HTTP version is detected from the first byte; a caller who never sends one is disconnected.
            let mut first = [0];
            let has_begun = tokio::select! {
                peeked = tokio::time::timeout(HEADERS, stream.peek(&mut first)) => matches!(peeked, Ok(Ok(1))),
                _ = ended.changed() => false,
            };
            if !has_begun {
                return;
            }
            let stream = TokioIo::new(ReadInTime::new(stream, STALLED));
            let connection = builder.serve_connection_with_upgrades(stream, service);
            if let Err(error) = watcher.watch(connection.into_owned()).await {
                tracing::debug!(%error, "a connection failed");
            }
        });
    }
    drop((listener, running));
    if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were still in progress after {} s", DRAIN.as_secs());
    }
}

#[cfg(test)]
mod tests {
    use super::Network;

    #[test]
    fn ipv4_caller_is_same_network_over_ipv6() {
        for (peer, network) in [
            ("[::ffff:192.0.2.1]:1024", "192.0.2.1"),
            ("192.0.2.1:1024", "192.0.2.1"),
            ("[2001:db8::1]:1024", "2001:db8::1"),
        ] {
            let Network(address) = Network::of(peer.parse().expect("an address"));
            assert_eq!(address.to_string(), network, "{peer}");
        }
    }
}

//! Callers who ask the same thing over and over, each on a connection of their own.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;

use crate::cpu::{Snapshot, Taken};
use crate::failure::Failure;
use crate::http::Connection;
use crate::servers::Servers;

/// What one turn has shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn {
    pub(crate) requests: u64,
    pub(crate) lasted: Duration,
    pub(crate) taken: Taken,
}

/// How a turn goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// Asked without being measured.
    pub(crate) warm_up: Duration,
    /// Asked and measured.
    pub(crate) measured: Duration,
}

/// Who is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) address: SocketAddr,
    pub(crate) process: u32,
    pub(crate) request: &'a [u8],
}

/// One turn of a contender.
pub(crate) async fn turn(target: Target<'_>, servers: &Servers, callers: u16, pace: Pace) -> Result<Turn, Failure> {
    let mut connections = try_join_all((0..callers).map(|_| Connection::open(target.address))).await?;
    ask_for(&mut connections, target.request, pace.warm_up).await?;
    let snapshot = || Snapshot::take(target.process, servers.postgres, servers.redis);
    let before = snapshot()?;
    let start = Instant::now();
    let requests = ask_for(&mut connections, target.request, pace.measured).await?;
    let lasted = start.elapsed();
    // The last request of each caller has been answered: whatever was taken was taken for those that are counted.
    let taken = snapshot()?.since(&before);
    Ok(Turn { requests, lasted, taken })
}

async fn ask_for(connections: &mut [Connection], request: &[u8], time: Duration) -> Result<u64, Failure> {
    let end = Instant::now() + time;
    let counts = try_join_all(connections.iter_mut().map(|connection| async move {
        let mut count = 0;
        while Instant::now() < end {
            connection.ask(request).await?;
            count += 1;
        }
        Ok(count)
    }));
    Ok(counts.await?.into_iter().sum())
}

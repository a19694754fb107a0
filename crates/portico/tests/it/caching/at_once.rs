//! Tests of many identical or overlapping requests on few connections, some of which disconnect.

use std::sync::Arc;

use portico::auth::DemoTokens;
use portico_store::PoolSizes;
use portico_testkit::{TestApp, TestDatabase, within_turns};
use tokio::task::JoinSet;

use crate::support::MAPLE;
use crate::support::caches::{Gateways, Read, TestRedis, reads_of};

const TOUCH: &str = "update companies set name = name; update projects set name = name";

async fn narrow(connections: usize, redis: Option<&TestRedis>) -> Arc<Gateways> {
    let pools = PoolSizes { reader: connections, auth: 2, writer: 1 };
    let app = TestApp::over_with(TestDatabase::demo().await, DemoTokens::Known, pools);
    Arc::new(Gateways::of(app, [redis.map(TestRedis::link)]).await)
}

/// Sends all of these at once, and compares each answer with the uncached one.
async fn all_at_once(gateways: &Arc<Gateways>, reads: &[Read]) {
    let mut right = Vec::new();
    for read in reads {
        right.push(gateways.reference(read).await);
    }
    let mut tasks = JoinSet::new();
    for (read, right) in reads.iter().cloned().zip(right) {
        let gateways = Arc::clone(gateways);
        tasks.spawn(async move { assert_eq!(gateways.reply(0, &read).await, right, "{read}") });
    }
    while let Some(result) = tasks.join_next().await {
        result.expect("every caller gets an answer");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn identical_requests_share_two_connections() {
    let redis = TestRedis::start();
    for redis in [None, Some(&redis)] {
        let gateways = narrow(2, redis).await;
        for token in ["demo-client", "demo-trade", "demo-owner"] {
            let read = reads_of(token).swap_remove(0);
            gateways.write(TOUCH).await;
            all_at_once(&gateways, &vec![read; 64]).await;
        }
    }
}

/// Queries that share some rows and not others.
fn overlapping(number: usize) -> Read {
    let parts =
        ["locations { name }", "team { name }", "milestones { name }", "allowances { name }", "portal { features }"];
    let chosen: Vec<_> =
        (0..parts.len()).filter(|part| (number * 7 + part * 3) % 5 < 3).map(|part| parts[part]).collect();
    let own = format!("selections(first: {}) {{ nodes {{ title options {{ title }} }} }}", number % 4 + 1);
    let token = ["demo-client", "demo-session-ben", "demo-session-ana"][number % 3];
    Read::of_project(token, MAPLE, &format!("{} {own}", chosen.join(" ")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn overlapping_requests_never_deadlock() {
    for connections in [1, 2] {
        let gateways = narrow(connections, None).await;
        // The project itself is cached, so that the first rows read are those that the queries share.
        let warm = Read::of_project("demo-client", MAPLE, "name");
        for round in 0..12 {
            gateways.write(TOUCH).await;
            gateways.agree(&warm, "to warm").await;
            let reads: Vec<_> = (0..16).map(|number| overlapping(number + round)).collect();
            all_at_once(&gateways, &reads).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hang_ups_leave_no_transaction_open() {
    let redis = TestRedis::start();
    for redis in [None, Some(&redis)] {
        let gateways = narrow(2, redis).await;
        let read = reads_of("demo-client").swap_remove(0);
        let (right, mut hung_up) = (gateways.reference(&read).await, 0);
        for round in 0..20 {
            gateways.write(TOUCH).await;
            let mut tasks = JoinSet::new();
            for number in 0..16 {
                let (gateways, read, right) = (Arc::clone(&gateways), read.clone(), right.clone());
                // Two of three callers disconnect, after various times.
                let patience = if number % 3 == 0 { usize::MAX } else { (round * 31 + number * 7) % 40 };
                tasks.spawn(async move {
                    let reply = within_turns(gateways.reply(0, &read), patience).await;
                    assert!(reply.as_ref().is_none_or(|reply| *reply == right), "{reply:?}");
                    assert!(reply.is_some() || patience != usize::MAX);
                    usize::from(reply.is_none())
                });
            }
            while let Some(result) = tasks.join_next().await {
                hung_up += result.expect("the remaining callers get their answers");
            }
        }
        assert!(hung_up > 0, "no caller disconnected");
        assert_eq!(gateways.cold.database().db_left_open().await, 0);
        assert_eq!(gateways.reply(0, &read).await, right, "the state is unchanged afterwards");
    }
}

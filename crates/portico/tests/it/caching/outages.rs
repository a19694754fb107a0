//! Tests with Redis empty, slow, silent, dead or full: the answers are the same bytes.

use crate::support::caches::{Fault, Gateways, History, Proxy, TestRedis, WRITES};

#[tokio::test]
async fn flushed_redis_changes_no_answer() {
    // ROB-41
    let redis = TestRedis::start();
    let gateways = Gateways::over([Some(redis.link()), Some(redis.link())]).await;
    let mut history = History::new(&gateways, 11, WRITES).await;
    for _ in 0..40 {
        history.is_right_for(&gateways, 1).await;
        redis.run("FLUSHALL").await;
    }
}

#[tokio::test]
async fn slow_or_silent_redis_changes_no_answer() {
    // ROB-41
    let redis = TestRedis::start();
    let proxy = Proxy::before(&redis).await;
    let gateways = Gateways::over([Some(proxy.link()), Some(proxy.link())]).await;
    let mut history = History::new(&gateways, 12, WRITES).await;
    for fault in [Fault::None, Fault::Slow, Fault::Silent, Fault::None] {
        proxy.turn(fault);
        history.is_right_for(&gateways, 20).await;
    }
    let failures: u64 =
        gateways.tiers.iter().filter_map(|tiers| tiers.redis_health()).map(|health| health.failures).sum();
    assert!(failures > 0, "no failure was counted");
}

#[tokio::test]
async fn restarted_redis_changes_no_answer() {
    // ROB-41
    let mut redis = TestRedis::start();
    let gateways = Gateways::over([Some(redis.link()), Some(redis.link())]).await;
    let mut history = History::new(&gateways, 13, WRITES).await;
    for _ in 0..2 {
        history.is_right_for(&gateways, 12).await;
        redis.kill();
        history.is_right_for(&gateways, 12).await;
        redis.revive();
    }
    history.is_right_for(&gateways, 12).await;
    let failures: u64 =
        gateways.tiers.iter().filter_map(|tiers| tiers.redis_health()).map(|health| health.failures).sum();
    assert!(failures > 0, "no failure was counted");
}

#[tokio::test]
async fn redis_missing_at_start_changes_no_answer() {
    let mut redis = TestRedis::start();
    redis.kill();
    let gateways = Gateways::over([Some(redis.link())]).await;
    let mut history = History::new(&gateways, 14, WRITES).await;
    history.is_right_for(&gateways, 15).await;
    redis.revive();
    history.is_right_for(&gateways, 15).await;
}

#[tokio::test]
async fn full_redis_changes_no_answer() {
    // ROB-41
    let redis = TestRedis::start();
    redis.put(&[("filler".to_owned(), vec![7; 3_000_000])]).await;
    redis.run("CONFIG SET maxmemory-policy noeviction").await;
    redis.run("CONFIG SET maxmemory 2mb").await;
    let gateways = Gateways::over([Some(redis.link()), Some(redis.link())]).await;
    let mut history = History::new(&gateways, 15, WRITES).await;
    history.is_right_for(&gateways, 40).await;
    assert_eq!(redis.settled().await, 1, "only the filler");
    let health: Vec<_> = gateways.tiers.iter().filter_map(|tiers| tiers.redis_health()).collect();
    assert!(health.iter().any(|health| health.refusals > 0), "{health:?}");
}

//! Tests that nothing cached is ever stale.

use crate::support::caches::{Gateways, History, TestRedis, WRITES, Write};

#[tokio::test]
async fn random_histories_are_never_stale() {
    // ROB-42
    let redis = TestRedis::start();
    let gateways = Gateways::over([Some(redis.link()), Some(redis.link())]).await;
    let mut history = History::new(&gateways, 20_261_122, WRITES).await;
    history.is_right_for(&gateways, 250).await;
    assert!(history.refused < 80, "{} changes were none", history.refused);
    let (warm, cold) = history.statements;
    assert!(warm * 10 < cold * 9, "too little was cached: {warm} statements instead of {cold}");
    assert!(redis.hits().await > 0, "nothing was taken from Redis");
    assert_eq!(gateways.tiers.iter().map(|tiers| tiers.rejected()).sum::<u64>(), 0);
}

#[tokio::test]
async fn without_redis_nothing_is_stale() {
    let gateways = Gateways::over([None, None]).await;
    let mut history = History::new(&gateways, 7, WRITES).await;
    history.is_right_for(&gateways, 120).await;
}

/// Tables whose triggers are dropped, with changes to them, and a person who sees the rows.
const PLANTED: [(&str, &[&str], &str); 7] = [
    ("tasks", &["a task is renamed", "work goes on"], "demo-client"),
    ("selections", &["a selection is renamed", "instructions change"], "demo-client"),
    ("selection_options", &["an option is renamed", "a price changes"], "demo-client"),
    ("locations", &["a location is renamed"], "demo-trade"),
    ("identities", &["a person has another name"], "demo-client"),
    ("threads", &["a thread has another title"], "demo-owner"),
    ("project_portals", &["a section is switched", "the portal shows no schedule"], "demo-staff"),
];

#[tokio::test]
async fn table_without_generations_is_detected() {
    for (table, names, token) in PLANTED {
        let gateways = Gateways::over([None]).await;
        for event in ["insert", "update"] {
            gateways.write(&format!("drop trigger generation_{event} on {table}")).await;
        }
        let writes: Vec<Write> = WRITES.iter().filter(|(name, _)| names.contains(name)).copied().collect();
        assert_eq!(writes.len(), names.len());
        let mut history = History::new(&gateways, 1, &writes).await.asked_by(&[token]);
        let found = history.go_on(&gateways, 400).await;
        assert!(found.is_err(), "{table} was never stale");
    }
}

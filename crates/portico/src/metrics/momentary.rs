//! Gauges that are read at the time of a scrape: pools, caches and Redis.

use portico_graphql::Gateway;
use portico_loader::Tiers;
use portico_store::{PoolHealth, PoolWaits, Store};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};

use super::count_histogram::{Counted, Labelled};
use crate::http::Files;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct LoginLabel {
    login: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct CacheLabel {
    cache: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct KindLabel {
    kind: &'static str,
}

pub(super) fn register(registry: &mut Registry, store: &Store, gateway: &Gateway, tiers: &Tiers, files: &Files) {
    pools(registry, &store.pools());
    let (downloads, uploads) = files.in_progress();
    let open = [("download", downloads), ("upload", uploads)];
    let open = open.map(|(kind, count)| (KindLabel { kind }, ConstGauge::new(signed(count as u64))));
    registry.register("files_open", "Downloads and uploads in progress", Labelled(open.into()));
    let admission = gateway.admission_weight();
    let weights = [
        ("rows", tiers.weight()),
        ("answers", gateway.weight()),
        ("documents", admission.documents),
        ("plans", admission.plans),
        ("introspections", admission.introspections),
    ];
    let weights = weights.map(|(cache, bytes)| (CacheLabel { cache }, ConstGauge::new(signed(bytes))));
    registry.register_with_unit("cache", "Approximate memory of caches", Unit::Bytes, Labelled(weights.into()));
    let help = "Cached rows rejected as foreign, modified or of another viewer";
    registry.register("cache_rejected", help, ConstCounter::new(tiers.rejected()));
    if let Some(redis) = tiers.redis_health() {
        let help = "Whether Redis is in use: 0 while the gateway works without it";
        registry.register("redis_in_use", help, ConstGauge::new(i64::from(redis.is_in_use)));
        registry.register(
            "redis_failures",
            "Redis requests without an answer in time",
            ConstCounter::new(redis.failures),
        );
        registry.register("redis_refusals", "Requests refused by Redis", ConstCounter::new(redis.refusals));
    }
}

fn pools(registry: &mut Registry, pools: &[PoolHealth]) {
    for (name, help, value) in [
        ("pool_limit", "Maximum connections of a login", (|pool| pool.limit) as fn(&PoolHealth) -> usize),
        ("pool_open", "Open connections of a login", |pool| pool.open),
        ("pool_in_use", "Connections in use", |pool| pool.in_use),
        ("pool_waiting", "Requests waiting for a connection", |pool| pool.waiting),
    ] {
        let gauges = pools.iter().map(|pool| (label(pool), ConstGauge::new(signed(value(pool) as u64)))).collect();
        registry.register(name, help, Labelled(gauges));
    }
    let waits = pools.iter().map(|pool| {
        let PoolWaits { counts, seconds } = &pool.waits;
        (label(pool), Counted::new(&PoolWaits::BOUNDS, counts, *seconds))
    });
    let help = "Time until a connection was available, or the wait timed out";
    registry.register_with_unit("pool_wait", help, Unit::Seconds, Labelled(waits.collect()));
}

fn label(pool: &PoolHealth) -> LoginLabel {
    LoginLabel { login: pool.login }
}

/// Converts a value to the library's type of gauges.
fn signed(value: u64) -> i64 {
    value.try_into().unwrap_or(i64::MAX)
}

//! Tests of foreign writes to Redis, which must never be served.

use portico_loader::Tiers;

use crate::support::MAPLE;
use crate::support::caches::{CacheMode, Gateways, Read, SECRET, TestRedis, stores};

/// Queries whose rows are all cached, by people who share some rows and others who do not.
fn reads() -> Vec<Read> {
    let fields = "name locations { name } team { name } milestones { name status }
        selections(first: 50) { totalCount nodes { title options { title } } }";
    let people =
        ["demo-client", "demo-session-ben", "demo-trade", "demo-session-eli", "demo-staff", "demo-session-marcus"];
    let mut reads: Vec<_> = people.iter().map(|token| Read::of_project(token, MAPLE, fields)).collect();
    reads.push(Read::of_project("demo-session-cleo", "alderbrook/orchard-lane", fields));
    reads.push(Read::of_project("demo-session-lucia", "fernhill/bowen-island", fields));
    reads
}

/// Fills Redis, modifies its entries, and asks a gateway with empty memory. Returns the number of rejected entries.
async fn rejected_of(poison: impl FnOnce(&mut Vec<(String, Vec<u8>)>)) -> u64 {
    let redis = TestRedis::start();
    let mut gateways = Gateways::over([Some(redis.link())]).await;
    for read in reads() {
        gateways.agree(&read, "to fill").await;
    }
    redis.settled().await;
    let mut entries = redis.entries().await;
    assert!(entries.len() > 20, "{} entries", entries.len());
    poison(&mut entries);
    redis.run("FLUSHALL").await;
    redis.put(&entries).await;
    let fresh = stores(Some(redis.link()), SECRET);
    gateways.add(fresh.clone(), CacheMode::RowsAndAnswers);
    for read in reads() {
        gateways.agree(&read, "out of poison").await;
    }
    // Rejected entries have been replaced.
    redis.settled().await;
    let again = stores(Some(redis.link()), SECRET);
    gateways.add(again.clone(), CacheMode::RowsAndAnswers);
    for read in reads() {
        gateways.agree(&read, "afterwards").await;
    }
    assert_eq!(again.rejected(), 0);
    fresh.rejected()
}

#[tokio::test]
async fn own_entry_is_a_hit() {
    assert_eq!(rejected_of(|_| {}).await, 0);
}

#[tokio::test]
async fn garbage_is_a_miss() {
    // ROB-41
    let rejected = rejected_of(|entries| {
        let mut rng = fastrand::Rng::with_seed(3);
        for (_, value) in entries {
            value.fill_with(|| rng.u8(..));
        }
    });
    assert!(rejected.await > 20);
}

#[tokio::test]
async fn truncated_value_is_a_miss() {
    let rejected = rejected_of(|entries| {
        let mut rng = fastrand::Rng::with_seed(4);
        for (_, value) in entries {
            value.truncate(rng.usize(..value.len()));
        }
    });
    assert!(rejected.await > 20);
}

#[tokio::test]
async fn value_under_another_name_is_a_miss() {
    let rejected = rejected_of(|entries| {
        // Each gets the value of its neighbor, often of the same kind, another project or another access scope.
        let first = entries[0].1.clone();
        for index in 1..entries.len() {
            entries[index - 1].1 = entries[index].1.clone();
        }
        if let Some((_, last)) = entries.last_mut() {
            *last = first;
        }
    });
    assert!(rejected.await > 20);
}

#[tokio::test]
async fn staff_entry_is_a_miss_for_a_client() {
    let rejected = rejected_of(|entries| {
        let kind = |name: &str| name.rsplit(':').nth(1).unwrap_or_default().to_owned();
        let of_staff: Vec<_> = entries.iter().filter(|(name, _)| name.contains(":STAFF-")).cloned().collect();
        let mut replaced = 0;
        for (name, value) in entries.iter_mut().filter(|(name, _)| name.contains(":CLIENT-")) {
            if let Some((_, theirs)) = of_staff.iter().find(|(other, _)| kind(other) == kind(name)) {
                value.clone_from(theirs);
                replaced += 1;
            }
        }
        assert!(replaced > 5, "{replaced}");
    });
    assert!(rejected.await > 5);
}

#[tokio::test]
async fn other_encoding_version_is_a_miss() {
    let rejected = rejected_of(|entries| {
        for (_, value) in entries {
            value[0] = value[0].wrapping_add(1);
        }
    });
    assert!(rejected.await > 20);
}

#[tokio::test]
async fn other_installation_entry_is_a_miss() {
    let redis = TestRedis::start();
    let mut gateways = Gateways::over([]).await;
    let others = stores(Some(redis.link()), b"of another installation");
    gateways.add(others, CacheMode::Rows);
    for read in reads() {
        gateways.agree(&read, "to fill").await;
    }
    redis.settled().await;
    let own = stores(Some(redis.link()), SECRET);
    let place = gateways.add(own.clone(), CacheMode::Rows);
    for read in reads() {
        assert_eq!(gateways.reply(place, &read).await, gateways.reference(&read).await, "{read}");
    }
    assert!(Tiers::rejected(&own) > 20);
}

#[tokio::test]
async fn non_string_entry_is_a_miss() {
    let redis = TestRedis::start();
    let mut gateways = Gateways::over([Some(redis.link())]).await;
    for read in reads() {
        gateways.agree(&read, "to fill").await;
    }
    redis.settled().await;
    for (name, _) in redis.entries().await {
        redis.run(&format!("DEL {name}")).await;
        redis.run(&format!("LPUSH {name} one two")).await;
    }
    gateways.add(stores(Some(redis.link()), SECRET), CacheMode::RowsAndAnswers);
    for read in reads() {
        gateways.agree(&read, "out of lists").await;
    }
}

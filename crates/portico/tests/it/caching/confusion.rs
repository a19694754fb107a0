//! Tests that no caller gets what was cached for another.

use std::collections::BTreeMap;

use fastrand::Rng;
use portico_loader::Tiers;
use portico_testkit::SecretList;
use serde_json::Value;

use crate::support::MAPLE;
use crate::support::caches::{CacheMode, Gateways, Read, SECRET, TestRedis, reads_of, seen_by_all, stores};

/// Advances every generation without changes, so that everything is read and cached again.
const TOUCH: &str = "update companies set name = name; update projects set name = name";

/// Two gateways that cache rows and answers, and one that caches rows only, so that rows are tested too.
async fn three(redis: &TestRedis) -> Gateways {
    let mut gateways = Gateways::over([Some(redis.link()), Some(redis.link())]).await;
    gateways.add(stores(Some(redis.link()), SECRET), CacheMode::Rows);
    gateways
}

/// The secrets hidden from a caller.
fn secrets_from(token: &str) -> Option<SecretList> {
    let trades = ["demo-trade", "demo-session-eli", "demo-session-wren", "demo-session-lucia"];
    let clients =
        ["demo-client", "demo-session-ben", "demo-session-cleo", "demo-session-hana-client", "demo-session-ines"];
    if trades.contains(&token) {
        Some(SecretList::from_trades())
    } else {
        clients.contains(&token).then(SecretList::from_clients)
    }
}

/// Sends these at random, a thousand times; each answer must equal the uncached one.
async fn interleave(gateways: &Gateways, reads: &[Read], seed: u64, times: usize) {
    // The first use of a key is recorded, and its company's owner sees when.
    if let Some(read) = reads.iter().find(|read| read.token == "demo-reporting") {
        gateways.reference(read).await;
    }
    let mut right = BTreeMap::new();
    for (index, read) in reads.iter().enumerate() {
        let reply = gateways.reference(read).await;
        if let Some(secrets) = secrets_from(read.token) {
            let answer: Value = serde_json::from_str(&reply.1).expect("JSON");
            assert!(secrets.in_answer(&answer["data"]).is_empty(), "{read}");
        }
        right.insert(index, reply);
    }
    let mut rng = Rng::with_seed(seed);
    let (mut index, mut place) = (0, 0);
    for number in 0..times {
        if rng.u8(..25) == 0 {
            gateways.write(TOUCH).await;
        }
        // Every other time the same query is sent by a person with other access, if there is one.
        let last = &reads[index];
        let is_same = |other: &usize| reads[*other].text == last.text && reads[*other].variables == last.variables;
        let others: Vec<_> = (0..reads.len()).filter(is_same).collect();
        if number % 2 == 0 {
            (index, place) = (rng.usize(..reads.len()), rng.usize(..gateways.warm.len()));
        } else {
            index = others[rng.usize(..others.len())];
        }
        assert_eq!(gateways.reply(place, &reads[index]).await, right[&index], "{number}: {}", reads[index]);
    }
}

#[tokio::test]
async fn staff_entries_never_reach_clients() {
    // ROB-42
    let redis = TestRedis::start();
    let gateways = three(&redis).await;
    let staff = ["demo-staff", "demo-owner", "demo-session-marcus"];
    let outsiders = ["demo-client", "demo-session-ben", "demo-trade", "demo-session-eli"];
    let reads: Vec<_> = staff.iter().chain(&outsiders).flat_map(|token| reads_of(token)).collect();
    interleave(&gateways, &reads, 1, 1_000).await;
    assert!(redis.hits().await > 0);
    assert_eq!(gateways.tiers.iter().map(Tiers::rejected).sum::<u64>(), 0, "a row was cached in the wrong place");
}

#[tokio::test]
async fn two_companies_never_share_entries() {
    let redis = TestRedis::start();
    let gateways = three(&redis).await;
    interleave(&gateways, &seen_by_all(), 2, 400).await;
    assert_eq!(gateways.tiers.iter().map(Tiers::rejected).sum::<u64>(), 0, "a row was cached in the wrong place");
}

/// The same query by several people with different access: one warms the cache, then another asks, on either gateway.
async fn in_every_order(people: &[&'static str], fields: &str, must_differ: bool) {
    let redis = TestRedis::start();
    let gateways = three(&redis).await;
    for first in people {
        for second in people {
            gateways.write(TOUCH).await;
            let reads = [first, second].map(|token| Read::of_project(token, MAPLE, fields));
            for (place, read) in [(0, &reads[0]), (2, &reads[1]), (1, &reads[1]), (0, &reads[1]), (2, &reads[0])] {
                assert_eq!(
                    gateways.reply(place, read).await,
                    gateways.reference(read).await,
                    "{first}, {second}: {read}"
                );
            }
            if must_differ && first != second {
                assert_ne!(
                    gateways.reference(&reads[0]).await.1,
                    gateways.reference(&reads[1]).await.1,
                    "{first} and {second}"
                );
            }
        }
    }
}

#[tokio::test]
async fn trades_of_one_project_never_mix() {
    let fields = "schedule { tasks(first: 50) { totalCount nodes { name publicNotes assignees { name } } } }
        milestones { name status } selections(first: 50) { totalCount nodes { title tradeInfo } }";
    in_every_order(&["demo-trade", "demo-session-eli"], fields, true).await;
}

#[tokio::test]
async fn former_clients_see_no_cached_rows() {
    let fields = "name contractTotal { amount } selections(first: 50) { totalCount nodes { title } }
        schedule { tasks(first: 50) { nodes { name } } }";
    in_every_order(&["demo-client", "demo-session-ben", "demo-session-cleo", "demo-session-priya"], fields, false)
        .await;
}

#[tokio::test]
async fn draft_permission_separates_entries() {
    let fields = "name schedule { version tasks(first: 50) { nodes { name privateNotes dependencies { lagDays } } } }
        milestones { name } selections(first: 50) { nodes { title status } }";
    let people = ["demo-staff", "demo-session-marcus", "demo-session-priya", "demo-session-margot", "demo-reporting"];
    in_every_order(&people, fields, false).await;
    // Versions are for editors only: a fetch by id tests the rows without the role schema.
    let redis = TestRedis::start();
    let gateways = three(&redis).await;
    let draft = crate::support::caches::id(portico_core::id::Tag::SCHEDULE_VERSION, &format!("{MAPLE}/schedule/draft"));
    let by_id = format!("{{ node(id: \"{draft}\") {{ id }} }}");
    for token in ["demo-staff", "demo-session-marcus", "demo-session-nora", "demo-session-priya", "demo-client"] {
        gateways.agree(&Read::plain(token, &by_id), "after the others").await;
    }
}

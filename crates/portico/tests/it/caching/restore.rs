//! Tests after a restore: rows without their triggers, or with old generations.

use portico_store::generations::reset_caches;

use crate::support::MAPLE;
use crate::support::caches::{Gateways, Read, TestRedis};

/// Writes rows like `pg_restore --disable-triggers`.
async fn db_behind_the_triggers(gateways: &Gateways, sql: &str) {
    let sql = format!("begin; set local session_replication_role = replica; {sql}; commit");
    gateways.write(&sql).await;
}

fn reads() -> [Read; 3] {
    let fields = "name locations { name } selections(first: 50) { nodes { title } }";
    ["demo-client", "demo-trade", "demo-staff"].map(|token| Read::of_project(token, MAPLE, fields))
}

async fn warm(gateways: &Gateways) -> Vec<String> {
    let mut bodies = Vec::new();
    for read in reads() {
        gateways.agree(&read, "to warm").await;
        bodies.push(gateways.agree(&read, "once more").await.1);
    }
    bodies
}

const RENAME: &str =
    "update selections set title = title || ' of today'; update locations set name = name || ' of today'";

#[tokio::test]
async fn restored_generations_stay_correct() {
    let redis = TestRedis::start();
    let gateways = Gateways::over([Some(redis.link()), Some(redis.link())]).await;
    let before = warm(&gateways).await;
    gateways.write("create table backup_of_generations as select * from caching.generations").await;
    gateways.write("create table backup_of_selections as select id, title from selections").await;
    gateways.write("create table backup_of_locations as select id, name from locations").await;
    gateways.write(RENAME).await;
    assert_ne!(warm(&gateways).await, before);
    db_behind_the_triggers(
        &gateways,
        "update selections s set title = b.title from backup_of_selections b where b.id = s.id;
        update locations l set name = b.name from backup_of_locations b where b.id = l.id;
        update caching.generations g set shared = b.shared, internal = b.internal
            from backup_of_generations b where b.owner_id = g.owner_id",
    )
    .await;
    reset_caches(gateways.cold.database().database()).await.expect("the database answers");
    assert_eq!(warm(&gateways).await, before);
    // And then with different changes.
    gateways.write("update selections set title = title || ' of another day'").await;
    let after = warm(&gateways).await;
    assert!(after.iter().all(|body| body.contains("of another day") && !body.contains("of today")));
}

#[tokio::test]
async fn restored_rows_need_a_cache_reset() {
    let redis = TestRedis::start();
    let gateways = Gateways::over([Some(redis.link()), Some(redis.link())]).await;
    gateways.write(RENAME).await;
    let today = warm(&gateways).await;
    db_behind_the_triggers(
        &gateways,
        "update selections set title = replace(title, ' of today', ''); update locations set name = replace(name, ' of today', '')",
    )
    .await;
    let [read, ..] = reads();
    assert_ne!(gateways.reply(0, &read).await, gateways.reference(&read).await, "the change cannot be detected");
    reset_caches(gateways.cold.database().database()).await.expect("the database answers");
    assert_ne!(warm(&gateways).await, today);
}

#[tokio::test]
async fn rollback_changes_and_invalidates_nothing() {
    let gateways = Gateways::over([None]).await;
    let before = warm(&gateways).await;
    gateways.write(&format!("begin; {RENAME}; rollback")).await;
    gateways.write(&format!("begin; savepoint here; {RENAME}; rollback to here; commit")).await;
    for (read, before) in reads().iter().zip(before) {
        let ((_, body), statements) = gateways.reply_with_cost(0, read).await;
        assert_eq!(body, before);
        assert!(statements <= 1, "{read}: {statements} statements");
    }
}

//! Tests of the number of connections, and of the error when the server allows fewer.

use portico_testkit::TestDatabase;
use rustix::process::Signal;

use crate::support::service::{SECRET, assert_fails, over, serve};
use crate::support::service::{Service, run, text};

#[tokio::test]
async fn oversized_pools_are_refused_at_start() {
    let database = TestDatabase::demo().await;
    let room = database
        .db_count(
            "select current_setting('max_connections')::bigint
                - current_setting('superuser_reserved_connections')::bigint as count",
        )
        .await;
    // The maximum that fits, for any distribution of the pools. Support, public pages and the worker have two connections each,
    // whatever the sizes; changes have two pools.
    let (auth, writer, others) = (room % 4 + 1, 3, 6);
    let pool_size = (room - auth - 2 * writer - others) / 4;
    let total = 4 * pool_size + auth + 2 * writer + others;
    let sizes = |pool_size: i64| {
        let mut command = over(&database, "serve");
        command.args(["--bind", "127.0.0.1:0", "--secret", SECRET, "--pool-size", &pool_size.to_string()]);
        command.args(["--auth-pool-size", &auth.to_string(), "--writer-pool-size", &writer.to_string()]);
        command
    };
    assert!(total <= room && total + 4 > room);
    assert_eq!(Service::start(&mut sizes(pool_size)).end(Signal::TERM), Some(0));
    let over = total + 4;
    assert_fails(&mut sizes(pool_size + 1), &[&over.to_string(), &room.to_string(), "--pool-size", "max_connections"]);
}

#[tokio::test]
async fn each_pool_has_its_own_size() {
    let database = TestDatabase::demo().await;
    let mut service = Service::start(serve(&database).args([
        "--auth-pool-size",
        "5",
        "--writer-pool-size",
        "3",
        "--metrics-bind",
        "127.0.0.1:0",
    ]));
    let metrics = reqwest::get(service.next_address()).await.expect("it answers").text().await.expect("text");
    for (login, limit) in [("client", 2), ("staff", 2), ("auth", 5), ("writer", 3), ("accounts", 3)] {
        let line = format!("portico_pool_limit{{login=\"portico_{login}\"}} {limit}\n");
        assert!(metrics.contains(&line), "{line} is not in {metrics}");
    }
    assert_eq!(service.end(Signal::TERM), Some(0));
    for option in ["--auth-pool-size", "--writer-pool-size"] {
        let output = run(serve(&database).args([option, "0"]));
        assert!(!output.status.success() && text(&output.stderr).contains(option));
    }
}

//! Tests of deadlines: selections that become overdue, and prices that expire.

use chrono::{DateTime, Utc};
use portico_core::id::Tag;
use portico_testkit::queue::TestWorker;
use portico_testkit::{Person, TestApp};
use serde_json::json;

use super::HARDWARE;
use crate::support::mail_server::MailServer;
use crate::support::sql_id;

/// Zones from 12 hours behind to 14 ahead, with the UTC offset in minutes on December 1.
const ZONES: &[(&str, i64)] = &[
    ("Etc/GMT+12", -720),
    ("Pacific/Pago_Pago", -660),
    ("Pacific/Marquesas", -570),
    ("America/Los_Angeles", -480),
    ("America/Denver", -420),
    ("America/St_Johns", -210),
    ("Europe/London", 0),
    ("Europe/Berlin", 60),
    ("Asia/Kolkata", 330),
    ("Asia/Kathmandu", 345),
    ("Australia/Adelaide", 630),
    ("Pacific/Auckland", 780),
    ("Pacific/Chatham", 825),
    ("Pacific/Kiritimati", 840),
];

#[tokio::test]
async fn deadlines_pass_at_midnight_in_the_zone_of_the_project() {
    // SEL-1, EXP-7
    let (app, server) = (TestApp::demo().await, MailServer::start().await);
    let flags =
        "query($id: ID!) { node(id: $id) { ... on Selection { version isOverdue options { isPriceExpired } } } }";
    let seen = async || {
        let reply = app.ask_with(&Person::client(), flags, json!({ "id": app.id(Tag::SELECTION, HARDWARE) })).await;
        let node = reply.at("/node").clone();
        (node["isOverdue"].clone(), node["options"][1]["isPriceExpired"].clone())
    };
    for (zone, minutes) in ZONES {
        let prepare = format!(
            "update projects set time_zone = '{zone}';
            update selections set due_on = '2026-11-30', is_overdue = false where id = {0};
            update selection_options set price_expires_on = '2026-11-30', is_price_expired = false where selection_id = {0}",
            sql_id(HARDWARE)
        );
        app.database().db_execute(&prepare).await;
        let midnight: DateTime<Utc> = "2026-12-01T00:00:00Z".parse().expect("a time");
        let midnight = midnight - chrono::TimeDelta::minutes(*minutes);
        for (at, expected) in [(midnight - chrono::TimeDelta::seconds(1), false), (midnight, true)] {
            let worker = TestWorker::new(&app, server.transport());
            worker.wait(at - worker.now());
            worker.worker.run_periodic_tasks().await;
            assert_eq!(seen().await, (json!(expected), json!(expected)), "{zone} at {at}");
        }
    }
}

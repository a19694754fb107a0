//! Tests of rights that change between two requests: the next answer is right, on every gateway.

use portico_core::sessions::TokenHash;
use portico_fixtures::world::World;

use crate::support::MAPLE;
use crate::support::caches::{Gateways, Read, TestRedis, reads_of};

/// A change and its reversal, with a query of the affected person.
struct Change {
    there: String,
    back: String,
    read: Read,
}

fn change(token: &'static str, operation: &str, table: &str, row: &str, there: &str, back: &str) -> Change {
    let statement = |set: &str| format!("update {table} set {set} where {row}");
    let read = reads_of(token).into_iter().find(|read| read.name.starts_with(operation));
    let read = read.unwrap_or_else(|| panic!("{token} does not ask {operation}"));
    Change { there: statement(there), back: statement(back), read }
}

/// SQL for a row, by its path in the fixtures.
fn row(path: &str) -> String {
    format!("id = '{}'", World::id(path))
}

fn changes() -> Vec<Change> {
    let of_maple = format!("project_id = '{}'", World::id(MAPLE));
    let token = |token: &str| format!("token_hash = '{}'", TokenHash::of(token).as_str());
    let without = |permission: &str| format!("permissions = array_remove(permissions, '{permission}')");
    let with = |permission: &str| format!("permissions = permissions || '{permission}'::text");
    let gone = "removed_at = '2026-11-01'";
    let staff = "staff_memberships";
    let (members, portals, keys) = ("project_memberships", "project_portals", "api_keys");
    let edit = "SCHEDULE_EDIT";
    let all =
        "features = array['DASHBOARD', 'SELECTIONS', 'DOCUMENTS', 'BILLING', 'MESSAGES', 'DAILY_LOGS', 'SCHEDULE',
        'TEAM', 'HELP']";
    let ben = row(&format!("{MAPLE}/client/ben"));
    let tomas = row(&format!("{MAPLE}/trade/tomas"));
    let (jo, marcus) = (row("alderbrook/staff/jo"), row("alderbrook/staff/marcus"));
    vec![
        change("demo-session-ben", "Dashboard", members, &ben, gone, "removed_at = null"),
        change("demo-session-ben", "Dashboard", members, &ben, "access_level = 'NONE'", "access_level = 'PORTAL'"),
        change("demo-trade", "MyWork", members, &tomas, gone, "removed_at = null"),
        change("demo-trade", "TradeSelections", members, &tomas, "web_access = false", "web_access = true"),
        change("demo-staff", "ScheduleBoard", staff, &jo, &without(edit), &with(edit)),
        change("demo-session-marcus", "ScheduleBoard", staff, &marcus, &with(edit), &without(edit)),
        change("demo-staff", "CostSheet", staff, &jo, &without("COSTS_VIEW"), &with("COSTS_VIEW")),
        change("demo-staff", "NotesReview", staff, &jo, &without("PROJECTS_READ"), &with("PROJECTS_READ")),
        change("demo-staff", "ProjectBoard", staff, &jo, gone, "removed_at = null"),
        change(
            "demo-client",
            "SelectionSheet",
            portals,
            &of_maple,
            "features = array['DASHBOARD', 'TEAM', 'SCHEDULE']",
            all,
        ),
        change("demo-client", "Schedule", portals, &of_maple, "schedule_share = 'NONE'", "schedule_share = 'GANTT'"),
        change(
            "demo-client",
            "Team",
            "team_members",
            &row(&format!("{MAPLE}/team/jo")),
            "is_shown = false",
            "is_shown = true",
        ),
        change(
            "demo-reporting",
            "CostExport",
            keys,
            &token("demo-reporting"),
            "revoked_at = now()",
            "revoked_at = null",
        ),
        change(
            "demo-reporting",
            "CostExport",
            keys,
            &token("demo-reporting"),
            &without("COSTS_VIEW"),
            &with("COSTS_VIEW"),
        ),
        change(
            "demo-client",
            "Dashboard",
            "sessions",
            &token("demo-client"),
            "revoked_at = now()",
            "revoked_at = null",
        ),
        change("demo-trade", "MyWork", "identities", &row("people/tomas"), "disabled_at = now()", "disabled_at = null"),
        change("demo-staff", "CostSheet", "identities", &row("people/jo"), "disabled_at = now()", "disabled_at = null"),
    ]
}

#[tokio::test]
async fn changed_right_holds_at_next_request() {
    let redis = TestRedis::start();
    let gateways = Gateways::over([Some(redis.link()), Some(redis.link())]).await;
    for Change { there, back, read } in changes() {
        gateways.agree(&read, "to warm").await;
        let before = gateways.agree(&read, "before").await;
        gateways.write(&there).await;
        let after = gateways.agree(&read, &there).await;
        assert_ne!(after, before, "it changes nothing: {there}: {read}");
        gateways.write(&back).await;
        assert_eq!(gateways.agree(&read, &back).await, before);
    }
}

#[tokio::test]
async fn delisted_project_is_gone_for_the_key() {
    let redis = TestRedis::start();
    let gateways = Gateways::over([Some(redis.link()), Some(redis.link())]).await;
    let read =
        Read::of_project("demo-reporting", MAPLE, "name locations { name } selections(first: 9) { nodes { title } }");
    let before = gateways.agree(&read, "before").await;
    gateways.write("create table listed as select * from api_key_projects; delete from api_key_projects").await;
    assert_ne!(gateways.agree(&read, "when it is not listed").await, before);
    gateways.write("insert into api_key_projects select * from listed").await;
    assert_eq!(gateways.agree(&read, "when it is listed again").await, before);
}

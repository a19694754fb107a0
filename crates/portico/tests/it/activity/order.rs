//! Tests of the order of a project's entries while transactions overlap.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join_all;
use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::json;

use crate::support::{MAPLE, ORCHARD, change, project, sql_id};

/// Positions of Maple Street's entries, in ascending order.
async fn positions(app: &TestApp) -> Vec<i64> {
    let sql =
        format!("select position::text as text from activity where project_id = {} order by position", sql_id(MAPLE));
    let texts = app.database().db_texts(&sql).await;
    texts.iter().map(|text| text.parse().expect("a number")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_never_see_an_earlier_position_appear() {
    // TRK-1: 200 concurrent actions through four gateways, and a reader that reads all the time.
    const GATEWAYS: usize = 4;
    const ACTIONS: usize = 200;
    let app = TestApp::concurrent().await;
    let gateways: Vec<_> = (0..GATEWAYS).map(|_| app.rewired(|_| ())).collect();
    let app = Arc::new(app);
    let is_done = Arc::new(AtomicBool::new(false));
    let reader = tokio::spawn({
        let (app, is_done) = (Arc::clone(&app), Arc::clone(&is_done));
        async move {
            let (mut seen, mut reads) = (Vec::new(), 0);
            loop {
                let was_done = is_done.load(Ordering::Acquire);
                let now = positions(&app).await;
                assert!(now.starts_with(&seen), "{now:?} has positions below those of {seen:?}");
                reads += usize::from(now != seen);
                seen = now;
                if was_done {
                    return (seen, reads);
                }
            }
        }
    });
    let maple = project(&app, MAPLE);
    // Names need one action after the other; locations and settings do not lock the same rows.
    let actions = (0..ACTIONS).map(|number| {
        let gateway = &gateways[number % GATEWAYS];
        let maple = &maple;
        async move {
            if number % 2 == 0 {
                let input = format!("input: {{ projectId: \"{maple}\", name: \"Room {number}\" }}");
                let saved = change(gateway, &Person::owner(), "locationSave", &input, "location { id }").await;
                usize::from(saved["location"].is_object())
            } else {
                let input =
                    format!("input: {{ projectId: \"{maple}\", guideUrl: \"https://guide.example/{number}\" }}");
                let saved =
                    change(gateway, &Person::owner(), "portalSettingsUpdate", &input, "portal { guideUrl }").await;
                usize::from(saved["portal"].is_object())
            }
        }
    });
    // Not all at once: on a slow machine, an action waits too long for a connection.
    let mut done = 0;
    let actions: Vec<_> = actions.collect();
    let mut waiting = actions.into_iter();
    loop {
        let some: Vec<_> = waiting.by_ref().take(40).collect();
        if some.is_empty() {
            break;
        }
        done += join_all(some).await.into_iter().sum::<usize>();
    }
    is_done.store(true, Ordering::Release);
    let (seen, reads) = reader.await.expect("the reader saw ascending positions only");
    assert_eq!(done, ACTIONS);
    let expected: Vec<i64> = (1..=i64::try_from(ACTIONS).expect("a small number")).collect();
    assert_eq!(seen, expected, "without gaps");
    assert!(reads > 10, "the reader saw {reads} states only");
}

#[tokio::test]
async fn open_transaction_holds_the_next_position() {
    // TRK-1: a later action waits for the earlier one, and takes its position if it is rolled back.
    let app = TestApp::concurrent().await;
    let insert = format!(
        "insert into activity (id, company_id, project_id, kind, actor_kind, position)
            values (gen_random_uuid(), {}, {}, 'PROJECT_CHANGED', 'SYSTEM', 77)",
        sql_id("alderbrook"),
        sql_id(MAPLE),
    );
    app.database().db_execute(&insert).await;
    assert_eq!(positions(&app).await, [1], "a position cannot be chosen");
    let held = app.database().db_hold(&insert).await;
    let input = format!("input: {{ projectId: \"{}\", name: \"Pantry\" }}", project(&app, MAPLE));
    let owner = Person::owner();
    let saving = change(&app, &owner, "locationSave", &input, "location { id }");
    let other = async {
        app.database().db_blocked(1).await;
        // Entries of other projects, and of none, do not wait.
        let input = format!("input: {{ projectId: \"{}\", name: \"Pantry\" }}", project(&app, ORCHARD));
        let saved = change(&app, &owner, "locationSave", &input, "location { id }").await;
        assert!(saved["location"].is_object(), "{saved}");
        assert_eq!(positions(&app).await, [1]);
        drop(held);
    };
    let (saved, ()) = tokio::join!(saving, other);
    assert!(saved["location"].is_object(), "{saved}");
    assert_eq!(positions(&app).await, [1, 2]);
}

#[tokio::test]
async fn actions_in_several_projects_do_not_deadlock() {
    // TRK-1: members of staff who are removed leave the teams of the same projects.
    let app = TestApp::concurrent().await;
    let owner = Person::owner();
    let members = ["jo", "marcus", "nora", "priya"];
    let teams = format!(
        "insert into team_members (id, company_id, project_id, staff_membership_id, title, is_shown, sort)
            select gen_random_uuid(), p.company_id, p.id, m.id, 'Helper', false, 90
            from projects p join staff_memberships m on m.company_id = p.company_id
            where p.company_id = {} and m.removed_at is null and m.role = 'STAFF'
            order by random() on conflict do nothing",
        sql_id("alderbrook"),
    );
    app.database().db_execute(&teams).await;
    let remove = "mutation($id: ID!) { staffRemove(input: { id: $id }) { userErrors { code } } }";
    let removed = join_all(members.iter().map(|member| {
        let id = app.id(Tag::STAFF_MEMBERSHIP, &format!("alderbrook/staff/{member}"));
        app.ask_with(&owner, remove, json!({ "id": id }))
    }))
    .await;
    for reply in removed {
        assert_eq!(*reply.at("/staffRemove/userErrors"), json!([]), "{}", reply.text);
    }
    let gaps = "select count(*) from (
        select count(*) as entries, max(position) as last from activity where project_id is not null group by project_id) p
        where entries <> last";
    assert_eq!(app.database().db_count(gaps).await, 0);
}

//! Tests that threads of other audiences do not exist for outsiders.

use portico_core::access::Permission;
use portico_core::id::{Tag, new_uuid};
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::{post, thread, titles};
use crate::support::{BOWEN, MAPLE, ORCHARD, is_unknown, of_project, sql_id, staff_with};

#[tokio::test]
async fn threads_are_visible_to_their_audience() {
    // ISO-5
    let app = TestApp::demo().await;
    let plain = staff_with(&app, &[]).await;
    let internal = staff_with(&app, &[Permission::MessagesInternal]).await;
    for (person, expected) in [
        (Person::client(), vec![1, 2, 6, 7]),
        (Person::named("ben"), vec![1, 2, 6, 7]),
        (Person::trade(), vec![3, 8]),
        (Person::named("eli"), vec![4]),
        (plain, vec![1, 2, 6, 7]),
        (internal, vec![1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (Person::owner(), vec![1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (Person::named("hana-client"), vec![]),
        (Person::named("margot"), vec![]),
    ] {
        let mut seen = Vec::new();
        for number in 1..=9 {
            let query = "query($id: ID!) { node(id: $id) { id } }";
            let reply = app.ask_with(&person, query, json!({ "id": thread(&app, number) })).await;
            let message = app.id(Tag::MESSAGE, &format!("{MAPLE}/thread/{number}/message/1"));
            let of_message = app.ask_with(&person, query, json!({ "id": message })).await;
            assert_eq!(reply.at("/node").is_null(), of_message.at("/node").is_null(), "{person:?} {number}");
            if !reply.at("/node").is_null() {
                seen.push(number);
            }
        }
        assert_eq!(seen, expected, "{person:?}");
    }
}

#[tokio::test]
async fn records_show_comments_of_the_readers_audiences() {
    // ISO-5: the door has comments of clients and among staff, the task those of a trade partner.
    let app = TestApp::demo().await;
    let door = app.id(Tag::SELECTION, &format!("{MAPLE}/selection/Front door"));
    let framing = app.id(Tag::TASK, &format!("{MAPLE}/task/Frame walls"));
    let plain = staff_with(&app, &[]).await;
    for (person, kind, id, expected) in [
        (Person::client(), "Selection", &door, vec!["CLIENT"]),
        (Person::trade(), "Selection", &door, vec![]),
        (Person::trade(), "Task", &framing, vec!["TRADE"]),
        (plain.clone(), "Selection", &door, vec!["CLIENT"]),
        (plain, "Task", &framing, vec![]),
        (Person::owner(), "Selection", &door, vec!["CLIENT", "INTERNAL"]),
        (Person::owner(), "Task", &framing, vec!["INTERNAL", "TRADE"]),
    ] {
        let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ threads {{ audience }} }} }} }}");
        let reply = app.ask_with(&person, &query, json!({ "id": id })).await;
        let threads = reply.at("/node/threads").as_array().expect("a list");
        let mut audiences: Vec<_> = threads.iter().filter_map(|thread| thread["audience"].as_str()).collect();
        audiences.sort_unstable();
        audiences.dedup();
        assert_eq!(audiences, expected, "{person:?}: {}", reply.text);
    }
}

#[tokio::test]
async fn audit_log_distinguishes_audiences_by_kind() {
    // ISO-5, PRT-13
    let app = TestApp::demo().await;
    for number in [1, 3, 5] {
        post(&app, &Person::owner(), &thread(&app, number), "Hello.").await;
    }
    let rows = "select kind || ' ' || array_to_string(audiences, ',') as text from activity order by at, id";
    let expected = ["MESSAGE_POSTED CLIENT", "INTERNAL_MESSAGE_POSTED ", "INTERNAL_MESSAGE_POSTED "];
    assert_eq!(app.database().db_texts(rows).await, expected);
}

#[tokio::test]
async fn hidden_thread_is_like_a_random_id() {
    // ISO-5
    let app = TestApp::demo().await;
    let query = "query($id: ID!) { node(id: $id) { id } }";
    for (person, hidden) in [(Person::client(), 5), (Person::client(), 3), (Person::trade(), 4), (Person::trade(), 1)] {
        let hidden = app.ask_with(&person, query, json!({ "id": thread(&app, hidden) })).await;
        let random = app.ask_with(&person, query, json!({ "id": TestApp::global(Tag::THREAD, new_uuid()) })).await;
        assert_eq!(hidden.without_request_id(), random.without_request_id());
    }
    for (person, value) in [(Person::client(), "INTERNAL"), (Person::client(), "TRADE"), (Person::trade(), "CLIENT")] {
        let query = format!("{{ viewer {{ projects {{ nodes {{ unreadMessageCount(audience: {value}) }} }} }} }}");
        is_unknown(&app.ask(&person, &query).await, value);
    }
}

#[tokio::test]
async fn disabled_section_hides_threads_from_clients() {
    // PRT-1, PRT-7
    let app = TestApp::demo().await;
    let features = format!(
        "update project_portals set features = array_remove(features, 'MESSAGES') where project_id = {}",
        sql_id(MAPLE)
    );
    let staff = titles(&app, &Person::staff(), MAPLE, "").await;
    app.database().db_execute(&features).await;
    assert_eq!(titles(&app, &Person::client(), MAPLE, "").await, Vec::<Option<String>>::new());
    assert_eq!(
        of_project(&app, &Person::client(), MAPLE, "unreadMessageCount").await,
        json!({ "unreadMessageCount": 0 })
    );
    assert_eq!(titles(&app, &Person::staff(), MAPLE, "").await, staff);
    assert_eq!(titles(&app, &Person::trade(), MAPLE, "").await.len(), 2, "sections concern clients");
}

#[tokio::test]
async fn record_that_the_reader_may_not_see_is_null() {
    // ISO-5
    let app = TestApp::demo().await;
    let record = |number: u32| {
        let (app, id) = (&app, thread(&app, number));
        async move |person: &Person| -> Value {
            let query = "query($id: ID!) { node(id: $id) { ... on Thread { record { id } } } }";
            app.ask_with(person, query, json!({ "id": id })).await.at("/node/record").clone()
        }
    };
    let of_door = record(6);
    assert!(of_door(&Person::client()).await.is_object());
    let door = sql_id(&format!("{MAPLE}/selection/Front door"));
    app.database()
        .db_execute(&format!("update selections set status = 'DRAFT', number = null where id = {door}"))
        .await;
    assert!(of_door(&Person::client()).await.is_null());
    assert!(of_door(&Person::owner()).await.is_object());
    let door = app.id(Tag::SELECTION, &format!("{MAPLE}/selection/Front door"));
    let about = format!("(filter: {{ recordId: \"{door}\" }})");
    assert_eq!(titles(&app, &Person::client(), MAPLE, &about).await, Vec::<Option<String>>::new());
    assert_eq!(titles(&app, &Person::owner(), MAPLE, &about).await.len(), 2);
}

#[tokio::test]
async fn pages_cover_the_list_in_order() {
    let app = TestApp::demo().await;
    let whole = titles(&app, &Person::owner(), MAPLE, "(first: 100)").await;
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let fields = format!("threads(first: 2{after}) {{ nodes {{ title }} pageInfo {{ hasNextPage endCursor }} }}");
        let page = of_project(&app, &Person::owner(), MAPLE, &fields).await["threads"].clone();
        let titles =
            page["nodes"].as_array().expect("a list").iter().map(|node| node["title"].as_str().map(str::to_owned));
        all.extend(titles);
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = format!(", after: {}", page["pageInfo"]["endCursor"]);
    }
    assert_eq!(all, whole);
    assert_eq!(titles(&app, &Person::client(), BOWEN, "").await.len(), 1);
    assert_eq!(titles(&app, &Person::named("cleo"), ORCHARD, "").await.len(), 0);
}

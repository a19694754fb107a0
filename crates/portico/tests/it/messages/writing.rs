//! Tests of who may start threads and answer.

use portico_core::access::Permission;
use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::json;

use super::{is_refused, perform, post, start, thread, titles};
use crate::support::{BOWEN, MAPLE, project, sql_id, staff_with};

#[tokio::test]
async fn msg_1_clients_and_team_write_to_each_other() {
    let app = TestApp::demo().await;
    let (ana, ben, jo) = (Person::client(), Person::named("ben"), Person::staff());
    let started =
        start(&app, &ana, json!({ "audience": "CLIENT", "title": " Gutters ", "body": "Which\r\ncolor?" })).await;
    let thread = &started["thread"];
    assert_eq!((&thread["title"], &thread["audience"]), (&json!("Gutters"), &json!("CLIENT")), "{started}");
    let first = &thread["messages"]["nodes"][0];
    assert_eq!(first["body"], "Which\ncolor?");
    assert_eq!((&first["authorName"], &first["authorKind"]), (&json!("Ana Whitlock"), &json!("CLIENT")));
    assert_eq!(first["isOwn"], true);
    let id = thread["id"].as_str().expect("an id");
    let answer = post(&app, &jo, id, "Gray, as on the drawings.").await;
    assert_eq!(answer["message"]["authorKind"], "COMPANY", "{answer}");
    // MSG-4: the other client reads and answers as well.
    let query = "query($id: ID!) { node(id: $id) { ... on Thread { messages { totalCount nodes { body isOwn } } } } }";
    for (person, own) in [(&ana, [true, false]), (&ben, [false, false]), (&jo, [false, true])] {
        let reply = app.ask_with(person, query, json!({ "id": id })).await;
        let nodes = reply.at("/node/messages/nodes");
        assert_eq!([nodes[0]["isOwn"] == true, nodes[1]["isOwn"] == true], own, "{}", reply.text);
        assert_eq!(nodes[1]["body"], "Gray, as on the drawings.");
    }
    assert_eq!(post(&app, &ben, id, "Fine with me.").await["userErrors"], json!([]));
    assert_eq!(titles(&app, &ana, MAPLE, "").await[0].as_deref(), Some("Gutters"), "the newest first");
}

#[tokio::test]
async fn retry_returns_the_first_message() {
    // API-3
    let app = TestApp::demo().await;
    let (ana, id) = (Person::client(), thread(&app, 1));
    let first = post(&app, &ana, &id, "Once.").await;
    assert_eq!(post(&app, &ana, &id, "Once.").await, first);
    assert_eq!(app.database().db_count("select count(*) from messages where body = 'Once.'").await, 1);
}

#[tokio::test]
async fn concurrent_messages_have_positions_without_gaps() {
    // MSG-1
    let app = TestApp::concurrent().await;
    let (people, id) = ([Person::client(), Person::named("ben"), Person::staff()], thread(&app, 1));
    let posts = (0..24).map(|number| {
        let (app, person, id) = (&app, &people[number % 3], &id);
        async move { post(app, person, id, &format!("Message {number}.")).await }
    });
    for posted in futures_util::future::join_all(posts).await {
        assert_eq!(posted["userErrors"], json!([]), "{posted}");
    }
    let positions = "select position::text as text from messages m join threads t on t.id = m.thread_id
        where t.title = 'Walkthrough on Saturday' order by position";
    let expected: Vec<_> = (1..=28).map(|position: i32| position.to_string()).collect();
    assert_eq!(app.database().db_texts(positions).await, expected);
    let counted = "select count(*) from threads where title = 'Walkthrough on Saturday' and message_count = 28";
    assert_eq!(app.database().db_count(counted).await, 1);
}

#[tokio::test]
async fn staff_need_the_permission_of_the_audience() {
    // ISO-5
    let app = TestApp::demo().await;
    let plain = staff_with(&app, &[]).await;
    let clients_only = staff_with(&app, &[Permission::MessagesClient]).await;
    let input = json!({ "threadId": thread(&app, 1), "body": "Hello.", "idempotencyKey": "a" });
    let reply = app.ask_with(&plain, super::POST, json!({ "input": input })).await;
    assert!(reply.json["errors"].is_array(), "{}", reply.text);
    assert_eq!(post(&app, &clients_only, &thread(&app, 1), "Hello.").await["userErrors"], json!([]));
    for hidden in [3, 5] {
        is_refused(&post(&app, &clients_only, &thread(&app, hidden), "Hello.").await, "NOT_FOUND input.threadId");
    }
    for visible in [3, 5] {
        assert_eq!(post(&app, &Person::staff(), &thread(&app, visible), "Hello.").await["userErrors"], json!([]));
    }
}

#[tokio::test]
async fn outsiders_write_in_their_own_threads_only() {
    // ISO-1, ISO-5
    let app = TestApp::demo().await;
    let (random, bowen) =
        (TestApp::global(Tag::THREAD, portico_core::id::new_uuid()), app.id(Tag::THREAD, &format!("{BOWEN}/thread/1")));
    for (person, hidden) in [
        (Person::client(), vec![thread(&app, 3), thread(&app, 5), random.clone()]),
        (Person::trade(), vec![thread(&app, 1), thread(&app, 4), thread(&app, 5), bowen.clone()]),
        (Person::named("hana-client"), vec![thread(&app, 1), bowen.clone()]),
        (Person::named("margot"), vec![thread(&app, 1)]),
    ] {
        for id in hidden {
            is_refused(&post(&app, &person, &id, "Hello.").await, "NOT_FOUND input.threadId");
            let read = perform(&app, &person, super::READ, json!({ "threadId": id })).await;
            is_refused(&read, "NOT_FOUND input.threadId");
        }
    }
    assert_eq!(post(&app, &Person::trade(), &thread(&app, 3), "The second one.").await["userErrors"], json!([]));
    // Ana is a client of both companies.
    assert_eq!(post(&app, &Person::client(), &bowen, "Thanks.").await["userErrors"], json!([]));
}

#[tokio::test]
async fn removed_client_cannot_write_and_keeps_the_name() {
    // INV-24, ACC-19
    let app = TestApp::demo().await;
    let (ben, id) = (Person::named("ben"), thread(&app, 1));
    let membership = sql_id(&format!("{MAPLE}/client/ben"));
    app.database()
        .db_execute(&format!("update project_memberships set removed_at = now() where id = {membership}"))
        .await;
    app.database().db_execute("update identities set name = 'Someone Else' where name = 'Ben Whitlock'").await;
    let reply = app
        .ask_with(&ben, super::POST, json!({ "input": { "threadId": id, "body": "Me?", "idempotencyKey": "x" } }))
        .await;
    assert!(reply.text.contains("NOT_FOUND") || reply.json["errors"].is_array(), "{}", reply.text);
    let query = "query($id: ID!) { node(id: $id) { ... on Thread { messages { nodes { authorName } } } } }";
    for person in [Person::client(), Person::staff()] {
        let reply = app.ask_with(&person, query, json!({ "id": id })).await;
        assert_eq!(reply.at("/node/messages/nodes/2/authorName"), "Ben Whitlock", "{}", reply.text);
    }
}

fn selection(app: &TestApp, title: &str) -> String {
    app.id(Tag::SELECTION, &format!("{MAPLE}/selection/{title}"))
}

#[tokio::test]
async fn comments_on_a_record_are_one_thread() {
    // MSG-1: also if both clients start it at once.
    let app = TestApp::concurrent().await;
    let palette = selection(&app, "Interior paint palette");
    let (ana, ben) = (Person::client(), Person::named("ben"));
    let comment = |person, key: &str| {
        start(&app, person, json!({ "audience": "CLIENT", "recordId": palette, "idempotencyKey": key }))
    };
    let (one, other) = futures_util::future::join(comment(&ana, "a"), comment(&ben, "b")).await;
    let refused: Vec<_> = [one, other].into_iter().filter(|payload| payload["thread"].is_null()).collect();
    assert_eq!(refused.len(), 1, "{refused:?}");
    is_refused(&refused[0], "TAKEN input.recordId");
    let query = "query($id: ID!) { node(id: $id) { ... on Selection { threads { messages { totalCount } } } } }";
    for (person, expected) in [(ana, 1), (ben, 1), (Person::owner(), 1), (Person::trade(), 0)] {
        let reply = app.ask_with(&person, query, json!({ "id": palette })).await;
        let threads = reply.at("/node").get("threads").and_then(|threads| threads.as_array()).map_or(0, Vec::len);
        assert_eq!(threads, expected, "{person:?}: {}", reply.text);
    }
}

#[tokio::test]
async fn invalid_threads_are_refused() {
    let app = TestApp::demo().await;
    let (ana, owner) = (Person::client(), Person::owner());
    let tomas = app.id(Tag::PROJECT_MEMBERSHIP, &format!("{MAPLE}/trade/tomas"));
    let petra = app.id(Tag::PROJECT_MEMBERSHIP, &format!("{MAPLE}/trade/petra"));
    let (door, palette) = (selection(&app, "Front door"), selection(&app, "Interior paint palette"));
    let nora = app.id(Tag::TEAM_MEMBER, &format!("{MAPLE}/team/nora"));
    for (person, input, expected) in [
        (&ana, json!({ "audience": "CLIENT" }), "BLANK input.title"),
        (&ana, json!({ "audience": "CLIENT", "title": "T", "body": " " }), "BLANK input.body"),
        (
            &ana,
            json!({ "audience": "CLIENT", "title": "T", "recordId": project(&app, BOWEN) }),
            "NOT_FOUND input.recordId",
        ),
        (&ana, json!({ "audience": "CLIENT", "title": "T", "recordId": palette }), "INVALID input.title"),
        (&ana, json!({ "audience": "CLIENT", "recordId": door }), "TAKEN input.recordId"),
        (&ana, json!({ "audience": "CLIENT", "title": "T", "mentionIds": [nora] }), "NOT_FOUND input.mentionIds"),
        (&owner, json!({ "audience": "TRADE", "title": "T" }), "BLANK input.tradeId"),
        (&owner, json!({ "audience": "CLIENT", "title": "T", "tradeId": tomas }), "INVALID input.tradeId"),
        // Without web access, the trade partner could not read it.
        (&owner, json!({ "audience": "TRADE", "title": "T", "tradeId": petra }), "INVALID_STATE input.tradeId"),
    ] {
        is_refused(&start(&app, person, input).await, expected);
    }
    // Each audience has its own comments on a record.
    for (person, input) in [
        (&ana, json!({ "audience": "CLIENT", "recordId": palette, "idempotencyKey": "a" })),
        (&owner, json!({ "audience": "INTERNAL", "recordId": palette, "idempotencyKey": "b" })),
        (&owner, json!({ "audience": "TRADE", "tradeId": tomas, "recordId": palette, "idempotencyKey": "c" })),
    ] {
        let comment = start(&app, person, input).await;
        assert_eq!(comment["userErrors"], json!([]), "{comment}");
    }
    let maple = sql_id(MAPLE);
    app.database().db_execute(&format!("update projects set status = 'ARCHIVED' where id = {maple}")).await;
    is_refused(&post(&app, &ana, &thread(&app, 1), "Late.").await, "PROJECT_CLOSED ");
}

#[tokio::test]
async fn staff_write_only_to_those_who_can_read() {
    // MSG-1
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let tomas = app.id(Tag::PROJECT_MEMBERSHIP, &format!("{MAPLE}/trade/tomas"));
    let palette = selection(&app, "Interior paint palette");
    let input = json!({ "audience": "TRADE", "tradeId": tomas, "recordId": palette, "idempotencyKey": "a" });
    let started = start(&app, &owner, input).await;
    let with_tomas = started["thread"]["id"].as_str().expect("an ID").to_owned();
    let with_clients = thread(&app, 1);
    assert_eq!(post(&app, &owner, &with_tomas, "Monday?").await["userErrors"], json!([]));
    let close = "mutation($id: ID!) { projectTradeUpdate(input: { id: $id, webAccess: false, idempotencyKey: \"k\" }) {
        userErrors { code } } }";
    let closed = app.ask_with(&owner, close, json!({ "id": tomas })).await;
    assert_eq!(*closed.at("/projectTradeUpdate/userErrors"), json!([]));
    is_refused(&post(&app, &owner, &with_tomas, "Tuesday?").await, "INVALID_STATE input.threadId");
    let remove = "mutation($id: ID!) { projectTradeRemove(input: { id: $id }) { userErrors { code } } }";
    let removed = app.ask_with(&owner, remove, json!({ "id": tomas })).await;
    assert_eq!(*removed.at("/projectTradeRemove/userErrors"), json!([]));
    is_refused(&post(&app, &owner, &with_tomas, "Wednesday?").await, "INVALID_STATE input.threadId");
    // Clients without the section read no threads.
    let hide =
        "mutation($id: ID!) { portalSettingsUpdate(input: { projectId: $id, features: [DASHBOARD, SELECTIONS] }) {
        userErrors { code } } }";
    let hidden = app.ask_with(&owner, hide, json!({ "id": project(&app, MAPLE) })).await;
    assert_eq!(*hidden.at("/portalSettingsUpdate/userErrors"), json!([]));
    is_refused(&post(&app, &owner, &with_clients, "See you.").await, "INVALID_STATE input.threadId");
    let input = json!({ "audience": "CLIENT", "title": "T", "idempotencyKey": "b" });
    is_refused(&start(&app, &owner, input).await, "INVALID_STATE input.audience");
    let input = json!({ "audience": "INTERNAL", "title": "T", "idempotencyKey": "c" });
    assert_eq!(start(&app, &owner, input).await["userErrors"], json!([]));
}

#[tokio::test]
async fn staff_mention_only_those_who_can_read() {
    // ISO-5
    let app = TestApp::demo().await;
    let nora = sql_id("alderbrook/staff/nora");
    let mention = async |person: &Person, number: u32, member: &str| {
        let member = app.id(Tag::TEAM_MEMBER, &format!("{MAPLE}/team/{member}"));
        let input = json!({ "threadId": thread(&app, number), "body": "See this.", "mentionIds": [member],
            "idempotencyKey": format!("{person:?} {number} {member}") });
        perform(&app, person, super::POST, input).await
    };
    assert_eq!(mention(&Person::owner(), 5, "nora").await["userErrors"], json!([]));
    let without = format!("update staff_memberships set permissions = '{{PROJECTS_READ}}' where id = {nora}");
    app.database().db_execute(&without).await;
    for hidden in [3, 5] {
        let refused = mention(&Person::staff(), hidden, "nora").await;
        is_refused(&refused, "INVALID input.mentionIds");
        let message = refused["userErrors"][0]["message"].as_str().expect("a message");
        assert!(message.starts_with("Nora "), "{message}");
    }
    assert_eq!(mention(&Person::staff(), 1, "nora").await["userErrors"], json!([]));
    // Trade partners do not learn what staff may read.
    let without = "update staff_memberships set permissions = '{}' where role = 'STAFF'";
    app.database().db_execute(without).await;
    assert_eq!(mention(&Person::trade(), 3, "jo").await["userErrors"], json!([]));
}

#[tokio::test]
async fn messages_of_a_person_are_limited() {
    let app = TestApp::demo().await;
    let (ana, id) = (Person::client(), thread(&app, 1));
    for number in 0..60 {
        let posted = post(&app, &ana, &id, &format!("Message {number}.")).await;
        assert_eq!(posted["userErrors"], json!([]), "{number}");
    }
    is_refused(&post(&app, &ana, &id, "One more.").await, "TOO_MANY_ATTEMPTS ");
    assert_eq!(post(&app, &Person::named("ben"), &id, "Of another person.").await["userErrors"], json!([]));
}

#[tokio::test]
async fn prt_16_feedback_is_a_thread_that_staff_answer() {
    let app = TestApp::demo().await;
    let send = "mutation($input: FeedbackSendInput!) { feedbackSend(input: $input) {
        thread { id kind audience } userErrors { code field message } } }";
    let input = |key: &str| json!({ "projectId": project(&app, MAPLE), "body": "The menu is hard to find.", "idempotencyKey": key });
    let sent = perform(&app, &Person::client(), send, input("one")).await;
    assert_eq!(sent["thread"]["kind"], "FEEDBACK", "{sent}");
    let id = sent["thread"]["id"].as_str().expect("an id");
    assert_eq!(post(&app, &Person::staff(), id, "We will move it.").await["userErrors"], json!([]));
    let maple = sql_id(MAPLE);
    let without = |section: &str| {
        format!("update project_portals set features = array_remove(features, '{section}') where project_id = {maple}")
    };
    app.database().db_execute(&without("MESSAGES")).await;
    let sent = perform(&app, &Person::client(), send, input("two")).await;
    assert_eq!(sent, json!({ "thread": null, "userErrors": [] }));
    app.database().db_execute(&without("HELP")).await;
    is_refused(&perform(&app, &Person::client(), send, input("three")).await, "INVALID_STATE ");
    assert!(app.ask_with(&Person::staff(), send, json!({ "input": input("four") })).await.is_for_an_unknown_name());
}

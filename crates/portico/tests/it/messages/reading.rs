//! Tests of unread counts and of searches.

use portico_testkit::{Person, TestApp};
use serde_json::json;

use super::{READ, perform, post, thread, titles};
use crate::support::{MAPLE, of_project};

/// Unread messages of a person in the showcase project, by audience.
async fn unread(app: &TestApp, person: &Person, arguments: &str) -> i64 {
    let found = of_project(app, person, MAPLE, &format!("unreadMessageCount{arguments}")).await;
    found["unreadMessageCount"].as_i64().expect("a number")
}

#[tokio::test]
async fn own_messages_are_never_unread() {
    // MSG-1
    let app = TestApp::demo().await;
    let (ana, ben, id) = (Person::client(), Person::named("ben"), thread(&app, 1));
    let of_thread = async |person: &Person| {
        let query = "query($id: ID!) { node(id: $id) { ... on Thread { unreadCount } } }";
        app.ask_with(person, query, json!({ "id": id })).await.at("/node/unreadCount").clone()
    };
    // Ana has read the first; the second is her own.
    assert_eq!((of_thread(&ana).await, of_thread(&ben).await), (json!(2), json!(3)));
    post(&app, &ana, &id, "Thank you.").await;
    assert_eq!((of_thread(&ana).await, of_thread(&ben).await), (json!(2), json!(4)));
    let read = perform(&app, &ana, READ, json!({ "threadId": id })).await;
    assert_eq!(read, json!({ "thread": { "unreadCount": 0 }, "userErrors": [] }));
    assert_eq!(of_thread(&ben).await, json!(4), "marks are personal");
    let first = app.id(portico_core::id::Tag::MESSAGE, &format!("{MAPLE}/thread/1/message/1"));
    perform(&app, &ana, READ, json!({ "threadId": id, "upToId": first })).await;
    assert_eq!(of_thread(&ana).await, json!(0), "a mark never moves back");
}

#[tokio::test]
async fn unread_counts_are_by_audience() {
    // ISO-5
    let app = TestApp::demo().await;
    let (owner, ana) = (Person::owner(), Person::client());
    let mut sum = 0;
    for audience in ["CLIENT", "TRADE", "INTERNAL"] {
        let count = unread(&app, &owner, &format!("(audience: {audience})")).await;
        assert!(count > 0, "{audience}");
        sum += count;
    }
    assert_eq!(unread(&app, &owner, "").await, sum);
    let before = unread(&app, &ana, "").await;
    for hidden in [3, 4, 5] {
        post(&app, &owner, &thread(&app, hidden), "Hidden.").await;
    }
    assert_eq!(unread(&app, &ana, "").await, before);
    post(&app, &owner, &thread(&app, 1), "Visible.").await;
    assert_eq!(unread(&app, &ana, "").await, before + 1);
    assert_eq!(unread(&app, &Person::reporting(), "").await, 0);
}

#[tokio::test]
async fn search_finds_what_the_reader_may_read() {
    // ISO-5
    let app = TestApp::demo().await;
    let search = |words: &str| format!("(query: \"{words}\")");
    let (ana, tomas, owner) = (Person::client(), Person::trade(), Person::owner());
    let some = |title: &str| vec![Some(title.to_owned())];
    assert_eq!(titles(&app, &ana, MAPLE, &search("blue TAPE")).await, some("Walkthrough on Saturday"));
    assert_eq!(titles(&app, &owner, MAPLE, &search("geotech")).await, some("How we present the overrun"));
    assert_eq!(titles(&app, &tomas, MAPLE, &search("profile")).await, some("Handrail mockup"));
    for (person, hidden) in
        [(&ana, "geotech"), (&ana, "profile"), (&tomas, "blue tape"), (&tomas, "membrane"), (&ana, "_")]
    {
        assert_eq!(titles(&app, person, MAPLE, &search(hidden)).await, Vec::<Option<String>>::new(), "{hidden}");
    }
}

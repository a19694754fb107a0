//! Tests of calendar feeds with parsers of others: PyPI's `icalendar` and npm's `ical.js`.

use std::io::Write as _;
use std::process::{Command, Stdio};

use axum::body::Body;
use axum::http::Request;
use portico_core::id::Tag;
use portico_testkit::{Person, TestApp, node};
use serde_json::{Value, json};

const MAPLE: &str = "alderbrook/maple-street";

/// A Python with the package.
fn python() -> &'static str {
    let has_package = |python: &&str| {
        Command::new(python).args(["-c", "import icalendar"]).output().is_ok_and(|output| output.status.success())
    };
    ["python3", "/usr/bin/python3"]
        .into_iter()
        .find(has_package)
        .expect("run `script/setup --tests`: icalendar is missing")
}

fn read_by_python(calendar: &str) -> Value {
    let mut script = Command::new(python());
    script.args(["-B", "feed.py"]).current_dir(node::folder()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut script = script.spawn().expect("python runs");
    let mut stdin = script.stdin.take().expect("the process has a stdin");
    stdin.write_all(json!(calendar).to_string().as_bytes()).expect("it reads its input");
    drop(stdin);
    let output = script.wait_with_output().expect("the process ends");
    serde_json::from_slice(&output.stdout).expect("stdout is JSON; errors are on stderr")
}

/// Sends an operation, and returns the value at a path.
async fn ask(app: &TestApp, person: &Person, query: &str, path: &str) -> Value {
    let reply = app.ask_with(person, query, json!({ "id": app.id(Tag::PROJECT, MAPLE) })).await;
    reply.at(path).clone()
}

/// What a person's feed should contain, from the API.
async fn expected(app: &TestApp, person: &Person, is_trade: bool) -> Value {
    let notes = if is_trade { "publicNotes" } else { "" };
    let query = format!(
        "query($id: ID!) {{ project(id: $id) {{ name schedule {{ version publishedAt tasks(first: 100) {{
            nodes {{ id name startOn finishOn percentComplete {notes} }} }} }} }} }}"
    );
    let project = ask(app, person, &query, "/project").await;
    let (name, schedule) = (&project["name"], &project["schedule"]);
    let suffix = if is_trade { format!(" ({})", name.as_str().expect("a name")) } else { String::new() };
    let stamp = format!("{}Z", &schedule["publishedAt"].as_str().expect("a time")[..19]);
    let events = schedule["tasks"]["nodes"].as_array().expect("tasks").iter().map(|task| {
        let text = |field: &str| task[field].as_str().expect("a text");
        let end: chrono::NaiveDate = text("finishOn").parse().expect("a date");
        let notes = task["publicNotes"].as_str().map(|notes| format!("\n\n{notes}")).unwrap_or_default();
        json!({
            "uid": format!("{}@portico", text("id")), "sequence": schedule["version"],
            "summary": format!("{}{suffix}", text("name")),
            "description": format!("{} % complete{notes}", task["percentComplete"]),
            "start": text("startOn"), "end": end.succ_opt().expect("a day").to_string(), "isAllDay": true, "stamp": stamp,
        })
    });
    json!({ "plainName": name, "method": "PUBLISH", "events": events.collect::<Vec<_>>() })
}

#[tokio::test]
async fn other_parsers_read_what_the_api_shows() {
    // SCH-12
    let app = TestApp::demo().await;
    let long = "Küche, 2nd floor; \"L\" \\n 厨房 🏗️👷🏽‍♀️ \\, ".repeat(8).chars().take(300).collect::<String>();
    let name = format!("Maple, \"Street\"; \\ 枫树街 {}", "🏡".repeat(60));
    app.database()
        .db_execute(&format!(
            "update tasks set name = '{}' where name = 'Frame walls'; update task_briefs set public_notes =
                E'One,\\r\\ntwo;\\nBEGIN:VEVENT\\n three\\\\' || repeat('五6 ', 60) where public_notes like 'Plane or sister%'",
            long.trim_end()
        ))
        .await;
    let rename =
        "mutation($id: ID!, $name: String!) { projectUpdate(input: { id: $id, expectedVersion: 1, name: $name }) {
        userErrors { code message } } }";
    let variables = json!({ "id": app.id(Tag::PROJECT, MAPLE), "name": name });
    assert_eq!(app.ask_with(&Person::owner(), rename, variables).await.at("/projectUpdate/userErrors"), &json!([]));
    for (person, is_trade) in [(Person::client(), false), (Person::trade(), true)] {
        let create = "mutation($id: ID!) { calendarFeedCreate(input: { projectId: $id, idempotencyKey: \"once\" }) {
            project { calendarFeed { url } } } }";
        let url = ask(&app, &person, create, "/calendarFeedCreate/project/calendarFeed/url").await;
        let path =
            url.as_str().and_then(|url| url.find("/calendar/").map(|at| url[at..].to_owned())).expect("an address");
        let calendar = app.send(Request::get(path).body(Body::empty()).expect("a request")).await.text;
        assert!(calendar.split("\r\n").all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])), "{calendar}");
        let mut expected = expected(&app, &person, is_trade).await;
        // Line breaks have one form in a calendar.
        for event in expected["events"].as_array_mut().expect("events") {
            event["description"] = json!(event["description"].as_str().expect("a text").replace("\r\n", "\n"));
        }
        assert!(expected["events"].as_array().is_some_and(|events| events.len() >= 5), "{expected}");
        for (parser, mut read) in
            [("icalendar", read_by_python(&calendar)), ("ical.js", node::run(&["feed.mjs"], &json!(calendar)))]
        {
            let is_refresh = |text: &Value| text == "PT4H" || text == "PT14400S";
            assert!(is_refresh(&read["refresh"]), "{parser}: {read}");
            for other in ["refresh", "name"] {
                read.as_object_mut().expect("an object").remove(other);
            }
            let events = read["events"].as_array_mut().expect("events");
            let is_task =
                |event: &Value| !event["description"].as_str().is_some_and(|text| text.starts_with("Milestone, "));
            let all = events.len();
            events.retain(is_task);
            assert!(events.len() < all, "{parser}: there are milestones");
            assert_eq!(read, expected, "{parser}");
        }
    }
}

//! Tests of calendar feeds.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use portico::throttle::{Rate, RateLimiter, Rates, Throttle};
use portico_core::files::link::FileLinkPurpose;
use portico_core::id::{GlobalId, Tag, new_uuid};
use portico_testkit::{Person, Reply, TestApp};
use serde_json::{Value, json};

use crate::support::{BOWEN, GRANVILLE, MAPLE, ORCHARD, RIDGE, change, of_project, project, refusals, sql_id};

fn ana() -> Person {
    Person::client()
}

async fn perform(app: &TestApp, person: &Person, mutation: &str, input: Value) -> Value {
    let ty = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let query = format!(
        "mutation($input: {ty}!) {{ {mutation}(input: $input) {{
            project {{ calendarFeed {{ url createdAt }} }} userErrors {{ code field message }} }} }}"
    );
    app.ask_with(person, &query, json!({ "input": input })).await.data()[mutation].clone()
}

/// Creates a person's feed. Returns its address, without the host.
async fn created(app: &TestApp, person: &Person, path: &str) -> String {
    let input = json!({ "projectId": project(app, path), "idempotencyKey": new_uuid() });
    let payload = perform(app, person, "calendarFeedCreate", input).await;
    address(&payload["project"]).unwrap_or_else(|| panic!("no feed: {payload}"))
}

async fn revoked(app: &TestApp, person: &Person, path: &str) -> Value {
    perform(app, person, "calendarFeedRevoke", json!({ "projectId": project(app, path) })).await
}

fn address(of: &Value) -> Option<String> {
    let url = of["calendarFeed"]["url"].as_str()?;
    let (_, rest) = url.strip_prefix("https://").expect("an address over HTTPS").split_once('/').expect("a path");
    Some(format!("/{rest}"))
}

async fn feed_of(app: &TestApp, person: &Person, path: &str) -> Option<String> {
    address(&of_project(app, person, path, "calendarFeed { url createdAt }").await)
}

async fn get(app: &TestApp, address: &str) -> Reply {
    app.send(Request::get(address).body(Body::empty()).expect("a request")).await
}

/// The calendar at an address, which must be there.
async fn calendar(app: &TestApp, address: &str) -> String {
    let reply = get(app, address).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    reply.text
}

/// Asserts that an address is refused, as one that never existed.
#[track_caller]
fn is_gone(reply: &Reply) {
    let body =
        "{\"errors\":[{\"message\":\"this calendar address is not valid: copy the current one from the portal\",";
    assert_eq!(reply.status, StatusCode::NOT_FOUND, "{}", reply.text);
    assert!(reply.text.starts_with(body), "{}", reply.text);
}

/// The events of a calendar: their properties by name, unfolded and unescaped.
fn events(calendar: &str) -> Vec<BTreeMap<String, String>> {
    let whole = calendar.replace("\r\n ", "");
    let mut events = Vec::new();
    for line in whole.split_terminator("\r\n") {
        let (name, value) = line.split_once(':').expect("a property");
        let name = name.split(';').next().unwrap_or_default();
        match (name, value) {
            ("BEGIN", "VEVENT") => events.push(BTreeMap::new()),
            _ => drop(events.last_mut().map(|event| event.insert(name.to_owned(), unescaped(value)))),
        }
    }
    events
}

fn unescaped(value: &str) -> String {
    let mut letters = value.chars();
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next().expect("an escaped letter") {
                'n' => text.push('\n'),
                other => text.push(other),
            },
            other => text.push(other),
        }
    }
    text
}

fn summaries(calendar: &str) -> BTreeSet<String> {
    events(calendar).into_iter().map(|event| event["SUMMARY"].clone()).collect()
}

/// The day after, as a calendar writes it.
fn day_after(date: &Value) -> String {
    let date: chrono::NaiveDate = date.as_str().expect("a date").parse().expect("a date");
    date.succ_opt().expect("a day").format("%Y%m%d").to_string()
}

async fn share(app: &TestApp, path: &str, settings: &str) {
    let input = format!("input: {{ projectId: \"{}\", {settings} }}", project(app, path));
    let payload = change(app, &Person::owner(), "portalSettingsUpdate", &input, "").await;
    assert_eq!(payload["userErrors"], json!([]), "{payload}");
}

#[tokio::test]
async fn sch_12_feed_shows_what_its_member_sees() {
    let app = TestApp::demo().await;
    let fields =
        "name schedule { version publishedAt tasks(first: 100) { nodes { id name startOn finishOn percentComplete } } }
        milestones { id name anticipatedFinishOn }";
    let with_notes = fields.replace("percentComplete }", "percentComplete publicNotes }");
    for (person, path, is_trade, hidden) in [
        (ana(), MAPLE, false, "Geotech retest at the north corner"),
        (Person::named("ben"), MAPLE, false, "Re-pull kitchen circuits"),
        (Person::named("cleo"), ORCHARD, false, "Frame walls"),
        (Person::trade(), MAPLE, true, "Electrical rough-in"),
        (Person::named("eli"), MAPLE, true, "Frame walls"),
        (Person::named("lucia"), BOWEN, true, "Frame walls"),
    ] {
        let seen = of_project(&app, &person, path, if is_trade { &with_notes } else { fields }).await;
        let text = calendar(&app, &created(&app, &person, path).await).await;
        let shown = events(&text);
        let name = seen["name"].as_str().expect("a name");
        assert!(text.contains(&format!("X-WR-CALNAME:{}\r\n", name.replace(',', "\\,"))), "{text}");
        let (version, at) = (&seen["schedule"]["version"], &seen["schedule"]["publishedAt"]);
        let at = at.as_str().expect("a time")[..19].replace(['-', ':'], "") + "Z";
        let suffix = if is_trade { format!(" ({name})") } else { String::new() };
        let tasks = seen["schedule"]["tasks"]["nodes"].as_array().expect("tasks");
        let dated = |one: &&Value| one["anticipatedFinishOn"].is_string();
        let milestones: Vec<_> = seen["milestones"].as_array().expect("milestones").iter().filter(dated).collect();
        assert_eq!(shown.len(), tasks.len() + milestones.len(), "{text}");
        assert!(!tasks.is_empty() && !milestones.is_empty(), "{seen}");
        for (event, task) in shown.iter().zip(tasks) {
            assert_eq!(event["UID"], format!("{}@portico", task["id"].as_str().expect("an id")));
            assert_eq!(event["SUMMARY"], format!("{}{suffix}", task["name"].as_str().expect("a name")));
            assert_eq!(event["DTSTART"], task["startOn"].as_str().expect("a date").replace('-', ""));
            assert_eq!(event["DTEND"], day_after(&task["finishOn"]));
            assert_eq!(event["SEQUENCE"], version.to_string());
            assert_eq!((&event["DTSTAMP"], &event["LAST-MODIFIED"]), (&at, &at));
            let progress = format!("{} % complete", task["percentComplete"]);
            let notes = task["publicNotes"].as_str().map(|notes| format!("\n\n{notes}")).unwrap_or_default();
            assert_eq!(event["DESCRIPTION"], progress + &notes);
        }
        for (event, milestone) in shown[tasks.len()..].iter().zip(milestones) {
            assert_eq!(event["UID"], format!("{}@portico", milestone["id"].as_str().expect("an id")));
            assert_eq!(event["DTEND"], day_after(&milestone["anticipatedFinishOn"]));
            assert!(event["DESCRIPTION"].starts_with("Milestone, "), "{event:?}");
        }
        assert!(!text.contains(hidden), "{text}");
        assert!(is_trade || !text.contains("Plane or sister"), "clients have no notes: {text}");
    }
}

#[tokio::test]
async fn feed_is_empty_while_nothing_is_shared() {
    // SCH-12, SCH-1
    let app = TestApp::demo().await;
    let feed = created(&app, &ana(), MAPLE).await;
    let before = calendar(&app, &feed).await;
    assert!(!events(&before).is_empty());
    let features = of_project(&app, &Person::owner(), MAPLE, "portal { features }").await["portal"]["features"].clone();
    let features: Vec<_> = features.as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    let without: Vec<_> = features.iter().copied().filter(|one| *one != "SCHEDULE").collect();
    for (off, on) in [
        ("scheduleShare: NONE".to_owned(), "scheduleShare: GANTT".to_owned()),
        (format!("features: [{}]", without.join(", ")), format!("features: [{}]", features.join(", "))),
    ] {
        share(&app, MAPLE, &off).await;
        let empty = calendar(&app, &feed).await;
        assert!(empty.starts_with("BEGIN:VCALENDAR\r\n") && empty.ends_with("END:VCALENDAR\r\n"), "{empty}");
        assert_eq!(events(&empty), [], "{off}");
        share(&app, MAPLE, &on).await;
        assert_eq!(calendar(&app, &feed).await, before, "{on}");
    }
    // Milestones of a schedule that is not shared have no dates.
    let ridge = created(&app, &Person::named("hana-client"), RIDGE).await;
    assert_eq!(events(&calendar(&app, &ridge).await), []);
}

#[tokio::test]
async fn feed_belongs_to_one_member_and_project() {
    // SCH-12: each asks as themselves, and as others.
    let app = TestApp::demo().await;
    let maple = created(&app, &ana(), MAPLE).await;
    let bowen = created(&app, &ana(), BOWEN).await;
    let trade = created(&app, &Person::trade(), MAPLE).await;
    assert_eq!(feed_of(&app, &Person::named("ben"), MAPLE).await, None);
    assert_eq!(feed_of(&app, &Person::named("eli"), MAPLE).await, None);
    assert_eq!(feed_of(&app, &ana(), MAPLE).await.as_ref(), Some(&maple));
    assert_eq!(feed_of(&app, &Person::named("ana"), BOWEN).await.as_ref(), Some(&bowen));
    assert_eq!(feed_of(&app, &Person::trade(), MAPLE).await.as_ref(), Some(&trade));
    let (of_maple, of_bowen) = (calendar(&app, &maple).await, calendar(&app, &bowen).await);
    assert!(summaries(&of_maple).is_disjoint(&summaries(&of_bowen)), "{of_bowen}");
    assert!(!events(&of_maple).is_empty() && !events(&of_bowen).is_empty());
    for person in [Person::staff(), Person::owner(), Person::reporting(), Person::public(), Person::support()] {
        let reply = app.ask(&person, "{ projects { nodes { calendarFeed { url } } } }").await;
        assert!(reply.is_for_an_unknown_name(), "{}", reply.text);
    }
    // A project of others and one that does not exist are the same.
    for mutation in ["calendarFeedCreate", "calendarFeedRevoke"] {
        for person in [ana(), Person::trade(), Person::named("dev")] {
            let mut refused = BTreeSet::new();
            for id in [project(&app, ORCHARD), TestApp::global(Tag::PROJECT, new_uuid())] {
                let mut input = json!({ "projectId": id, "idempotencyKey": id });
                if mutation == "calendarFeedRevoke" {
                    input.as_object_mut().expect("an object").remove("idempotencyKey");
                }
                let payload = perform(&app, &person, mutation, input).await;
                assert_eq!(refusals(&payload), ["NOT_FOUND input.projectId"]);
                refused.insert(payload.to_string());
            }
            assert_eq!(refused.len(), 1, "{refused:?}");
        }
    }
}

#[tokio::test]
async fn feed_is_replaced_and_revoked() {
    // SCH-12
    let app = TestApp::demo().await;
    let (first, ben) = (created(&app, &ana(), MAPLE).await, created(&app, &Person::named("ben"), MAPLE).await);
    let input = json!({ "projectId": project(&app, MAPLE), "idempotencyKey": "again" });
    let replaced = perform(&app, &ana(), "calendarFeedCreate", input.clone()).await;
    let second = address(&replaced["project"]).expect("a feed");
    assert_ne!(first, second);
    assert_eq!(perform(&app, &ana(), "calendarFeedCreate", input).await, replaced, "a retry");
    is_gone(&get(&app, &first).await);
    let before = calendar(&app, &second).await;
    let payload = revoked(&app, &ana(), MAPLE).await;
    assert_eq!(payload, json!({ "project": { "calendarFeed": null }, "userErrors": [] }));
    assert_eq!(refusals(&revoked(&app, &ana(), MAPLE).await), ["INVALID_STATE input.projectId"]);
    is_gone(&get(&app, &second).await);
    assert_eq!(calendar(&app, &ben).await, before, "others keep theirs");
    let third = created(&app, &ana(), MAPLE).await;
    assert_eq!(calendar(&app, &third).await, before);
    is_gone(&get(&app, &second).await);
}

#[tokio::test]
async fn without_the_section_no_feed_is_created() {
    // SCH-12
    let app = TestApp::demo().await;
    let features = of_project(&app, &Person::owner(), MAPLE, "portal { features }").await["portal"]["features"].clone();
    let rest: Vec<_> = features
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_str)
        .filter(|one| *one != "SCHEDULE")
        .collect();
    share(&app, MAPLE, &format!("features: [{}]", rest.join(", "))).await;
    let input = json!({ "projectId": project(&app, MAPLE), "idempotencyKey": "once" });
    let payload = perform(&app, &ana(), "calendarFeedCreate", input.clone()).await;
    assert_eq!(refusals(&payload), ["INVALID_STATE "], "{payload}");
    // Sections do not concern trade partners.
    let payload = perform(&app, &Person::trade(), "calendarFeedCreate", input).await;
    assert!(address(&payload["project"]).is_some(), "{payload}");
}

#[tokio::test]
async fn feed_ends_with_the_access_of_its_member() {
    // SCH-12
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let (ana_feed, ben_feed) = (created(&app, &ana(), MAPLE).await, created(&app, &Person::named("ben"), MAPLE).await);
    let (tomas_feed, eli_feed) =
        (created(&app, &Person::trade(), MAPLE).await, created(&app, &Person::named("eli"), MAPLE).await);
    let client = |name: &str| app.id(Tag::PROJECT_MEMBERSHIP, &format!("{MAPLE}/client/{name}"));
    let trade = |name: &str| app.id(Tag::PROJECT_MEMBERSHIP, &format!("{MAPLE}/trade/{name}"));
    let done = async |mutation: &str, input: String| {
        let payload = change(&app, &owner, mutation, &format!("input: {{ {input} }}"), "").await;
        assert_eq!(payload["userErrors"], json!([]), "{payload}");
    };
    let others_work = async |feeds: &[&String]| {
        for feed in feeds {
            assert!(!events(&calendar(&app, feed).await).is_empty());
        }
    };
    done("projectClientRemove", format!("id: \"{}\"", client("ben"))).await;
    is_gone(&get(&app, &ben_feed).await);
    others_work(&[&ana_feed, &tomas_feed, &eli_feed]).await;
    done("projectTradeRemove", format!("id: \"{}\"", trade("eli"))).await;
    is_gone(&get(&app, &eli_feed).await);
    others_work(&[&ana_feed, &tomas_feed]).await;
    // Access that is granted again does not bring the address back.
    for (granted, key) in [(false, "off"), (true, "on")] {
        let input = format!("id: \"{}\", webAccess: {granted}, idempotencyKey: \"{key}\"", trade("tomas"));
        done("projectTradeUpdate", input).await;
        is_gone(&get(&app, &tomas_feed).await);
    }
    others_work(&[&ana_feed]).await;
    for level in ["EMAIL_ONLY", "PORTAL"] {
        let ana = sql_id(&format!("{MAPLE}/client/ana"));
        let sql = format!("update project_memberships set access_level = '{level}' where id = {ana}");
        app.database().db_execute(&sql).await;
        is_gone(&get(&app, &ana_feed).await);
    }
    // A disabled account is closed meanwhile.
    let feed = created(&app, &ana(), MAPLE).await;
    let disabled = |at: &str| format!("update identities set disabled_at = {at} where id = {}", sql_id("people/ana"));
    app.database().db_execute(&disabled("now()")).await;
    is_gone(&get(&app, &feed).await);
    app.database().db_execute(&disabled("null")).await;
    others_work(&[&feed]).await;
}

#[tokio::test]
async fn forged_address_is_refused_like_any_other() {
    // SCH-12, A62
    let app = TestApp::demo().await;
    let feed = created(&app, &ana(), MAPLE).await;
    let twin = created(&app, &Person::named("ben"), MAPLE).await;
    let (start, token) = (&feed[..10], feed.trim_start_matches("/calendar/").trim_end_matches(".ics"));
    let flipped = format!("{}{}", &token[..63], if token.ends_with('A') { 'B' } else { 'A' });
    let mixed = format!("{}{}", &token[..24], &twin.trim_start_matches("/calendar/")[24..64]);
    let mut answers = BTreeSet::new();
    for forged in [
        format!("{start}{flipped}.ics"),
        format!("{start}{mixed}.ics"),
        format!("{start}{}.ics", "A".repeat(64)),
        format!("{start}nothing.ics"),
        format!("{start}.ics"),
        format!("{start}{token}"),
        format!("{start}{token}.ICS"),
        format!("{start}{token}%2Eics"),
        format!("{start}%FF.ics"),
    ] {
        let reply = get(&app, &forged).await;
        is_gone(&reply);
        let headers: Vec<_> = reply.headers.iter().filter(|(name, _)| *name != "x-request-id").collect();
        answers.insert(format!("{headers:?} {}", reply.without_request_id()));
    }
    revoked(&app, &ana(), MAPLE).await;
    let reply = get(&app, &feed).await;
    let headers: Vec<_> = reply.headers.iter().filter(|(name, _)| *name != "x-request-id").collect();
    answers.insert(format!("{headers:?} {}", reply.without_request_id()));
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[tokio::test]
async fn address_opens_nothing_else() {
    // SCH-12
    let app = TestApp::demo().await;
    let feed = created(&app, &ana(), MAPLE).await;
    let token = feed.trim_start_matches("/calendar/").trim_end_matches(".ics");
    let nonce = &app.database().db_texts("select nonce as text from calendar_feeds").await[0];
    for bearer in [token, &feed, nonce] {
        let reply = app.ask(&Person::with_token(bearer), "{ viewer { role } }").await;
        assert_eq!((reply.status, reply.code()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"), "{}", reply.text);
        let cookie = format!("__Host-portico-session={bearer}");
        let request = Request::get("/auth/session").header(header::COOKIE, cookie).body(Body::empty());
        let reply = app.send(request.expect("a request")).await;
        assert!(!reply.text.contains("Ana"), "{}", reply.text);
    }
    for path in [format!("/files/{token}"), format!("/auth/link/{token}"), format!("/uploads/{token}")] {
        assert_ne!(get(&app, &path).await.status, StatusCode::OK, "{path}");
    }
    let link = crate::support::files::link(
        &ana(),
        FileLinkPurpose::Download,
        &app.id(Tag::FILE, &format!("{MAPLE}/file/Floor plan.pdf")),
    );
    let sealed = app.files().links.key.seal(&link).expect("a link");
    is_gone(&get(&app, &format!("/calendar/{sealed}.ics")).await);
    // The address is not stored.
    let stored = app.database().db_texts("select row_to_json(f)::text as text from calendar_feeds f").await;
    assert!(!stored[0].contains(&token[22..]), "{stored:?}");
}

#[tokio::test]
async fn reply_can_be_kept_but_is_checked_each_time() {
    // SCH-12
    let app = TestApp::demo().await;
    let feed = created(&app, &ana(), MAPLE).await;
    let reply = get(&app, &feed).await;
    let text = |name: &str| reply.headers.get(name).map(|value| value.to_str().expect("text").to_owned());
    for (name, value) in [
        ("content-type", Some("text/calendar; charset=utf-8")),
        ("cache-control", Some("private, no-cache")),
        ("x-robots-tag", Some("noindex")),
        ("referrer-policy", Some("no-referrer")),
        ("x-content-type-options", Some("nosniff")),
        ("content-disposition", Some("attachment; filename=\"Maple Street House.ics\"")),
        ("set-cookie", None),
    ] {
        assert_eq!(text(name).as_deref(), value, "{name}");
    }
    let tag = text("etag").expect("an entity tag");
    let asked = async |condition: &str| {
        let request = Request::get(&feed).header(header::IF_NONE_MATCH, condition).body(Body::empty());
        app.send(request.expect("a request")).await
    };
    for known in [tag.clone(), tag.replace("W/", ""), format!("\"other\", {tag}"), "*".to_owned()] {
        let reply = asked(&known).await;
        assert_eq!((reply.status, &*reply.text), (StatusCode::NOT_MODIFIED, ""), "{known}");
        assert_eq!(reply.headers["etag"], tag);
    }
    let head = Request::head(&feed).body(Body::empty()).expect("a request");
    let head = app.send(head).await;
    assert_eq!((head.status, &*head.text), (StatusCode::OK, ""));
    for name in ["content-type", "etag", "cache-control", "content-disposition"] {
        assert_eq!(head.headers.get(name), reply.headers.get(name), "{name}");
    }
    assert_eq!(get(&app, &feed).await.text, reply.text, "equal content has equal bytes");
    let input = format!("input: {{ id: \"{}\", expectedVersion: 1, name: \"Maple House\" }}", project(&app, MAPLE));
    change(&app, &Person::owner(), "projectUpdate", &input, "").await;
    let changed = asked(&tag).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_ne!(changed.headers["etag"], tag);
    assert!(changed.text.contains("X-WR-CALNAME:Maple House\r\n"), "{}", changed.text);
}

#[tokio::test]
async fn two_gateways_agree_at_once() {
    // SCH-12
    let app = TestApp::demo().await;
    let other = app.cold();
    let feed = created(&app, &ana(), MAPLE).await;
    assert_eq!(calendar(&other, &feed).await, calendar(&app, &feed).await);
    assert_eq!(feed_of(&other, &ana(), MAPLE).await.as_ref(), Some(&feed));
    let second = created(&other, &ana(), MAPLE).await;
    is_gone(&get(&app, &feed).await);
    assert_eq!(feed_of(&app, &ana(), MAPLE).await.as_ref(), Some(&second));
    share(&app, MAPLE, "scheduleShare: NONE").await;
    assert_eq!(events(&calendar(&other, &second).await), []);
    revoked(&app, &ana(), MAPLE).await;
    is_gone(&get(&other, &second).await);
    assert_eq!(feed_of(&other, &ana(), MAPLE).await, None);
}

#[tokio::test]
async fn feeds_created_at_once_leave_one() {
    // SCH-12
    let app = TestApp::concurrent().await;
    let person = ana();
    let all = (0..6).map(|_| created(&app, &person, MAPLE));
    let made: Vec<_> = futures_util::future::join_all(all).await;
    let kept = feed_of(&app, &ana(), MAPLE).await.expect("a feed");
    for feed in made.iter().collect::<BTreeSet<_>>() {
        assert_eq!(get(&app, feed).await.status == StatusCode::OK, *feed == kept, "{feed}");
    }
    assert_eq!(app.database().db_count("select count(*) as count from calendar_feeds").await, 1);
}

#[tokio::test]
async fn statements_do_not_depend_on_tasks() {
    // SCH-12
    let app = TestApp::demo().await;
    let feeds = [created(&app, &ana(), MAPLE).await, created(&app, &Person::trade(), MAPLE).await];
    let read = async || {
        let mut counts = Vec::new();
        for feed in &feeds {
            let reply = get(&app, feed).await;
            counts.push((reply.statements, events(&reply.text).len()));
        }
        counts
    };
    let few = read().await;
    assert!(few.iter().all(|(statements, _)| *statements > 0), "{few:?}");
    // Copies of a task that both see, with its assignees.
    let both = events(&calendar(&app, &feeds[0]).await);
    let task = both.iter().find(|event| event["SUMMARY"] == "Frame walls").expect("a task of both");
    let task = GlobalId::parse(task["UID"].trim_end_matches("@portico")).expect("an id").uuid;
    let copied = |table: &str, key: &str, more: &str| {
        format!(
            "insert into {table} select (jsonb_populate_record(t, jsonb_build_object('{key}', n.id) || {more})).*
             from {table} t, fresh n where t.{key} = '{task}'"
        )
    };
    app.database()
        .db_execute(&format!(
            "create table fresh as select gen_random_uuid() as id, n as sort from generate_series(1, 2000) n;
             {};
             {};
             drop table fresh",
            copied("tasks", "id", "jsonb_build_object('sort', n.sort + 1000)"),
            copied("task_assignees", "task_id", "jsonb_build_object('id', gen_random_uuid())"),
        ))
        .await;
    let many = read().await;
    for ((before, few), (after, many)) in few.into_iter().zip(many) {
        assert_eq!((before, few + 2_000), (after, many));
    }
}

#[tokio::test]
async fn end_is_the_day_after_also_in_leap_years() {
    // SCH-12
    let app = TestApp::demo().await;
    let feed = created(&app, &ana(), MAPLE).await;
    for (first, last, end) in [
        ("2028-02-28", "2028-02-28", "20280229"),
        ("2028-02-28", "2028-02-29", "20280301"),
        ("2027-02-28", "2027-02-28", "20270301"),
        ("2027-12-30", "2027-12-31", "20280101"),
    ] {
        let dates = format!(
            "update tasks set start_on = '{first}', finish_on = '{last}' where name = 'Interior trim and doors'"
        );
        app.database().db_execute(&dates).await;
        let text = calendar(&app, &feed).await;
        let all = events(&text);
        let event = all.iter().find(|event| event["SUMMARY"] == "Interior trim and doors").expect("the task");
        assert_eq!((&*event["DTSTART"], &*event["DTEND"]), (&*first.replace('-', ""), end));
        assert!(text.contains(&format!("DTSTART;VALUE=DATE:{}\r\n", first.replace('-', ""))), "{text}");
        assert!(text.contains(&format!("DTEND;VALUE=DATE:{end}\r\n")), "{text}");
    }
}

#[tokio::test]
async fn guesses_and_frequent_readers_are_slowed() {
    // SCH-12, API-6
    let small = Rate { capacity: 250, per_second: 1 };
    let rates = Rates { public: small, outsiders: small, staff: small };
    let throttle = Throttle::On { rates, limiter: RateLimiter::new(None) };
    let app = TestApp::demo().await;
    let feed = created(&app, &ana(), MAPLE).await;
    let app = app.rewired(|app| app.throttle = throttle);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(get(&app, &feed).await.status.as_u16());
    }
    assert_eq!(statuses, [200, 200, 429]);
    let mut guessed = 0;
    let refused = loop {
        let reply = get(&app, "/calendar/nothing.ics").await;
        if reply.status != StatusCode::NOT_FOUND {
            break reply;
        }
        guessed += 1;
    };
    assert_eq!((refused.status.as_u16(), refused.code(), guessed), (429, "THROTTLED", 12));
    assert!(refused.headers["retry-after"].to_str().expect("text").parse::<u64>().expect("seconds") >= 1);
}

#[tokio::test]
async fn project_without_a_schedule_has_an_empty_feed() {
    // SCH-12
    let app = TestApp::demo().await;
    let settings = "features: [DASHBOARD, SCHEDULE], scheduleShare: GANTT";
    let input = format!("input: {{ projectId: \"{}\", {settings} }}", project(&app, GRANVILLE));
    let payload = change(&app, &Person::named("margot"), "portalSettingsUpdate", &input, "").await;
    assert_eq!(payload["userErrors"], json!([]), "{payload}");
    let feed = created(&app, &Person::named("ines"), GRANVILLE).await;
    assert_eq!(events(&calendar(&app, &feed).await), []);
}

//! SCH-7: clients and trade partners see the published schedule only, and a new version at once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use fastrand::Rng;
use portico_core::access::Permission;
use portico_core::id::{Tag, new_uuid};
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::planner::{Planner, id_of};
use crate::support::{MAPLE, change, is_unknown, of_project, project, refusals, staff_with};

const HARBOR: &str = "alderbrook/harbor-court";
const ORCHARD: &str = "alderbrook/orchard-lane";

const SCHEDULE: &str = "query($id: ID!) { project(id: $id) {
    milestones { id name status percentComplete anticipatedFinishOn }
    schedule { version publishedAt tasks(first: 100) { totalCount nodes { id name startOn finishOn workDays percentComplete version milestone { id name } } } }
} }";

/// What outsiders see of the schedule.
async fn seen(app: &TestApp, person: &Person, path: &str) -> Value {
    app.ask_with(person, SCHEDULE, json!({ "id": project(app, path) })).await.data().clone()
}

/// Those who see Maple Street: two clients and two trade partners.
fn outsiders() -> [Person; 4] {
    [Person::client(), Person::named("ben"), Person::trade(), Person::named("eli")]
}

/// The draft of Maple Street in the demo.
async fn draft(app: &TestApp, by: Person) -> Planner<'_> {
    Planner::of_demo(app, by, MAPLE).await
}

/// Names, dates and milestones of what a person sees, by ID.
fn items(seen: &Value) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    let milestones = seen["project"]["milestones"].as_array().cloned().unwrap_or_default();
    for one in milestones {
        let id = one["id"].as_str().expect("an ID").to_owned();
        all.insert(
            id,
            json!({ "name": one["name"], "finishOn": one["anticipatedFinishOn"], "status": one["status"],
                "percentComplete": one["percentComplete"] }),
        );
    }
    for one in seen["project"]["schedule"]["tasks"]["nodes"].as_array().cloned().unwrap_or_default() {
        let id = one["id"].as_str().expect("an ID").to_owned();
        all.insert(id, json!({ "name": one["name"], "startOn": one["startOn"], "finishOn": one["finishOn"], "workDays": one["workDays"] }));
    }
    all
}

const CHANGES: &str = "totalCount items { kind taskId milestoneId name nameBefore startOn startOnBefore finishOn finishOnBefore workDays workDaysBefore
    status statusBefore percentComplete percentCompleteBefore }";

/// What `changes` says of each item: before and after, as in [`items`].
fn announced(changes: &Value) -> BTreeMap<String, (Value, Value)> {
    let mut all = BTreeMap::new();
    for item in changes["items"].as_array().expect("a list") {
        let is_task = !item["taskId"].is_null();
        let id = if is_task { &item["taskId"] } else { &item["milestoneId"] };
        let of = |suffix: &str, is_there: bool| {
            let field = |name: &str| item[format!("{name}{suffix}")].clone();
            match (is_there, is_task) {
                (false, _) => Value::Null,
                (true, true) => {
                    json!({ "name": field("name"), "startOn": field("startOn"), "finishOn": field("finishOn"), "workDays": field("workDays") })
                }
                (true, false) => {
                    json!({ "name": field("name"), "finishOn": field("finishOn"), "status": field("status"),
                    "percentComplete": field("percentComplete") })
                }
            }
        };
        let kind = item["kind"].as_str().expect("a kind");
        let both = (of("Before", kind != "ADDED"), of("", kind != "REMOVED"));
        all.insert(id.as_str().expect("an ID").to_owned(), both);
    }
    all
}

/// One random edit of a draft.
async fn edit(plan: &Planner<'_>, rng: &mut Rng, number: usize) {
    let read = plan.version("tasks(first: 100) { nodes { taskId } } milestones { milestoneId }").await;
    let pick = |rng: &mut Rng, list: &Value, field: &str| {
        let list = list.as_array().expect("a list");
        list.get(rng.usize(..list.len().max(1)))
            .map_or_else(String::new, |one| one[field].as_str().expect("an ID").to_owned())
    };
    let (tasks, milestones) = (&read["tasks"]["nodes"], &read["milestones"]);
    let (task, other) = (pick(rng, tasks, "taskId"), pick(rng, tasks, "taskId"));
    let milestone = pick(rng, milestones, "milestoneId");
    let (mutation, input) = match rng.u8(..11) {
        0 => ("taskSave", format!("name: \"New {number}\", workDays: {}, clientViewable: {}", rng.u8(..9), rng.bool())),
        1 => ("taskSave", format!("taskId: \"{task}\", name: \"Renamed {number}\"")),
        2 => ("taskSave", format!("taskId: \"{task}\", workDays: {}", rng.u8(..30))),
        3 => ("taskSave", format!("taskId: \"{task}\", clientViewable: {}", rng.bool())),
        4 => (
            "taskSave",
            format!("taskId: \"{task}\", publicNotes: \"Public {number}\", privateNotes: \"Private {number}\""),
        ),
        5 => (
            "taskSave",
            format!("taskId: \"{task}\", dependencies: [{{ predecessorId: \"{other}\", lagDays: {} }}]", rng.i8(-5..9)),
        ),
        6 => ("taskSave", format!("taskId: \"{task}\", milestoneId: \"{milestone}\", sort: {}", rng.u8(..))),
        7 => ("taskSave", format!("taskId: \"{task}\", fixedStartOn: \"2026-1{}-1{}\"", rng.u8(..3), rng.u8(..9))),
        8 => ("taskDelete", format!("taskId: \"{task}\"")),
        9 => ("milestoneSave", format!("name: \"Milestone {number}\", clientViewable: {}", rng.bool())),
        _ => (
            "milestoneSave",
            format!("milestoneId: \"{milestone}\", name: \"Phase {number}\", clientViewable: {}", rng.bool()),
        ),
    };
    let saved = plan.send(mutation, &input, "scheduleVersion { id }").await;
    // A dependency may form a cycle.
    assert!(
        refusals(&saved).iter().all(|refusal| refusal == "INVALID input.dependencies"),
        "{mutation}({input}): {saved}"
    );
}

#[tokio::test]
async fn sch_7_drafts_are_invisible_until_published() {
    // SCH-7, STA-5
    let app = TestApp::demo().await;
    let plan = draft(&app, Person::owner()).await;
    let mut before = Vec::new();
    for person in outsiders() {
        before.push(seen(&app, &person, MAPLE).await);
    }
    let mut rng = Rng::with_seed(20_261_127);
    for number in 0..40 {
        edit(&plan, &mut rng, number).await;
        let at = number % before.len();
        assert_eq!(
            seen(&app, &outsiders()[at], MAPLE).await.to_string(),
            before[at].to_string(),
            "after {number} edits"
        );
    }
    // What the dry run announces is what each of them then sees.
    let fields =
        format!("publication {{ clientChanges {{ {CHANGES} }} affectedTrades {{ id }} }} schedule {{ version }}");
    let trial = plan.publish("dryRun: true", &fields).await;
    assert_eq!(refusals(&trial), [""; 0], "{trial}");
    assert_eq!(trial["schedule"]["version"], 2, "nothing is published yet");
    let mut announcements = Vec::new();
    for (at, person) in outsiders().iter().enumerate() {
        assert_eq!(seen(&app, person, MAPLE).await.to_string(), before[at].to_string(), "after a dry run");
        announcements.push(match at {
            0 | 1 => announced(&trial["publication"]["clientChanges"]),
            _ => {
                let id = app.id(Tag::PROJECT_MEMBERSHIP, &format!("{MAPLE}/trade/{}", ["tomas", "eli"][at - 2]));
                let fields = format!("publication {{ tradeChanges(projectTradeId: \"{id}\") {{ {CHANGES} }} }}");
                announced(&plan.publish("dryRun: true", &fields).await["publication"]["tradeChanges"])
            }
        });
    }
    let published = plan.publish("publishNotes: \"After the storm.\"", "schedule { version }").await;
    assert_eq!(published["schedule"]["version"], 3, "{published}");
    for (at, person) in outsiders().iter().enumerate() {
        let (old, new) = (items(&before[at]), items(&seen(&app, person, MAPLE).await));
        let ids = old.keys().chain(new.keys());
        let value = |list: &BTreeMap<String, Value>, id: &String| list.get(id).cloned().unwrap_or_default();
        let differing: BTreeMap<_, _> = ids
            .map(|id| (id.clone(), (value(&old, id), value(&new, id))))
            .filter(|(_, (old, new))| old != new)
            .collect();
        assert!(!differing.is_empty());
        // Trade partners are also told of notes and assignees, and all of a task's milestone.
        let announced: BTreeMap<_, _> =
            announcements[at].clone().into_iter().filter(|(_, (old, new))| old != new).collect();
        assert_eq!(announced, differing, "{person:?}");
    }
    assert_eq!(
        plan.version("state number publishNotes").await,
        json!({ "state": "PUBLISHED", "number": 3, "publishNotes": "After the storm." })
    );
    assert_eq!(refusals(&plan.save("name: \"Late\"").await), ["INVALID_STATE input.versionId"]);
}

#[tokio::test]
async fn sch_7_publishing_shows_at_once() {
    let app = TestApp::demo().await;
    let plan = draft(&app, Person::owner()).await;
    let walls = app.id(Tag::TASK, &format!("{MAPLE}/task/Frame walls"));
    let published = plan.publish("", "schedule { version }").await;
    assert_eq!(refusals(&published), [""; 0], "{published}");
    for (person, present, absent) in [
        (Person::client(), "Swap mislabeled window glass", "Driveway and landscaping"),
        (Person::named("ben"), "Cabinets, first shipment only", "Cabinet installation"),
        (Person::trade(), "Swap mislabeled window glass", "Driveway and landscaping"),
    ] {
        let found = seen(&app, &person, MAPLE).await.to_string();
        assert!(found.contains(r#""version":3"#), "{found}");
        assert!(found.contains(present) && !found.contains(absent), "{found}");
    }
    // A task keeps its ID, and one that was renamed is the same task.
    let read = format!("{{ node(id: \"{walls}\") {{ ... on Task {{ name }} }} }}");
    assert_eq!(app.ask(&Person::client(), &read).await.at("/node/name"), "Frame walls");
    let cabinets = app.id(Tag::TASK, &format!("{MAPLE}/task/Cabinet installation"));
    let read = format!("{{ node(id: \"{cabinets}\") {{ ... on Task {{ name }} }} }}");
    assert_eq!(app.ask(&Person::client(), &read).await.at("/node/name"), "Cabinets, first shipment only");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sch_7_answers_are_of_one_version() {
    let app = Arc::new(TestApp::demo().await);
    let plan = Planner::begin(&app, Person::owner(), HARBOR, "").await;
    let read = async |app: &TestApp| seen(app, &Person::named("cleo"), HARBOR).await.to_string();
    let mut known = vec![read(&app).await];
    let is_over = Arc::new(AtomicBool::new(false));
    let reader = {
        let (app, is_over) = (Arc::clone(&app), Arc::clone(&is_over));
        tokio::spawn(async move {
            let mut seen = Vec::new();
            while !is_over.load(Ordering::Relaxed) {
                seen.push(read(&app).await);
            }
            seen
        })
    };
    let mut plan = plan;
    for number in 0..12 {
        let tasks = plan.version("tasks(first: 50) { nodes { taskId } }").await;
        for task in tasks["tasks"]["nodes"].as_array().expect("a list") {
            plan.task(&format!(
                "taskId: \"{}\", name: \"Task of round {number}\", clientViewable: true, workDays: {number}",
                id_of(task)
            ))
            .await;
        }
        plan.task(&format!("name: \"Added in round {number}\", clientViewable: true")).await;
        let published = plan.publish("", "schedule { version }").await;
        assert_eq!(refusals(&published), [""; 0], "{published}");
        known.push(read(&app).await);
        plan = Planner::begin(&app, Person::owner(), HARBOR, "").await;
    }
    is_over.store(true, Ordering::Relaxed);
    for seen in reader.await.expect("the reader ends") {
        assert!(known.contains(&seen), "of no version: {seen}");
    }
}

#[tokio::test]
async fn two_people_cannot_publish_at_once() {
    let app = TestApp::concurrent().await;
    let planners = [staff_with(&app, &[Permission::ScheduleEdit, Permission::SchedulePublish]).await, Person::owner()];
    let plan = draft(&app, Person::owner()).await;
    let version = plan.dates().await.0;
    let arguments = format!("input: {{ versionId: \"{}\", expectedVersion: {version} }}", plan.draft);
    let publish = |person: Person| {
        let (app, arguments) = (&app, &arguments);
        async move { change(app, &person, "schedulePublish", arguments, "schedule { version }").await }
    };
    let [first, second] = planners;
    let both = futures_util::join!(publish(first), publish(second));
    let mut outcomes = [refusals(&both.0), refusals(&both.1)];
    outcomes.sort();
    assert_eq!(outcomes, [vec![], vec!["INVALID_STATE input.versionId".to_owned()]]);
    // Someone who has read an older draft is refused, and nothing is published.
    let plan = Planner::begin(&app, Person::owner(), MAPLE, "").await;
    let version = plan.dates().await.0;
    plan.task("name: \"Meanwhile\"").await;
    let late = plan.send("schedulePublish", &format!("expectedVersion: {version}"), "schedule { version }").await;
    assert_eq!(refusals(&late), ["CONFLICT input.expectedVersion"]);
}

#[tokio::test]
async fn sch_8_progress_is_reported_on_the_published_schedule() {
    // SCH-8, MIL-5
    let app = TestApp::demo().await;
    let plan = draft(&app, Person::owner()).await;
    let walls = app.id(Tag::TASK, &format!("{MAPLE}/task/Roofing"));
    let read = async || {
        let read = format!(
            "{{ node(id: \"{walls}\") {{ ... on Task {{ percentComplete version milestone {{ status percentComplete }} }} }} }}"
        );
        app.ask(&Person::client(), &read).await.at("/node").clone()
    };
    let before = read().await;
    let set = async |by: &Person, input: &str| {
        change(
            &app,
            by,
            "taskProgressSet",
            &format!("input: {{ taskId: \"{walls}\", {input} }}"),
            "task { percentComplete version }",
        )
        .await
    };
    let done = set(&Person::owner(), "percentComplete: 37").await;
    assert_eq!(done["task"]["percentComplete"], 37, "{done}");
    let now = read().await;
    assert_eq!(now["percentComplete"], 37);
    assert_ne!(now["milestone"], before["milestone"], "milestones follow at once (MIL-5)");
    let stale = set(&Person::owner(), &format!("percentComplete: 38, expectedVersion: {}", before["version"])).await;
    assert_eq!(refusals(&stale), ["CONFLICT input.expectedVersion"]);
    for percent in [-1, 101] {
        assert_eq!(
            refusals(&set(&Person::owner(), &format!("percentComplete: {percent}")).await),
            ["INVALID input.percentComplete"]
        );
    }
    // A new version keeps it.
    plan.task(&format!("taskId: \"{walls}\", name: \"Roofing and gutters\"")).await;
    assert_eq!(refusals(&plan.publish("", "schedule { version }").await), [""; 0]);
    assert_eq!(read().await["percentComplete"], 37);
    // On a task that the new version no longer has.
    let gone = app.id(Tag::TASK, &format!("{MAPLE}/task/Driveway and landscaping"));
    let late = change(
        &app,
        &Person::owner(),
        "taskProgressSet",
        &format!("input: {{ taskId: \"{gone}\", percentComplete: 5 }}"),
        "task { id }",
    )
    .await;
    assert_eq!(refusals(&late), ["NOT_FOUND input.taskId"]);
}

#[tokio::test]
async fn sch_8_trades_report_progress_where_the_company_allows_it() {
    // SCH-8
    let app = TestApp::demo().await;
    let task_of = |name: &str| app.id(Tag::TASK, &format!("{MAPLE}/task/{name}"));
    let set = async |by: &Person, task: &str, percent: i32| {
        let input = format!("input: {{ taskId: \"{task}\", percentComplete: {percent} }}");
        change(&app, by, "taskProgressSet", &input, "task { percentComplete }").await
    };
    let (own, other) = (task_of("Windows and exterior doors"), task_of("Plumbing rough-in"));
    assert_eq!(set(&Person::trade(), &own, 41).await["task"]["percentComplete"], 41);
    for task in [other, task_of("Nothing"), app.id(Tag::TASK, "alderbrook/ridge-view/task/Freeze structural drawings")]
    {
        assert_eq!(refusals(&set(&Person::trade(), &task, 41).await), ["NOT_FOUND input.taskId"]);
    }
    let off = "input: { tradesReportProgress: false }";
    let saved =
        change(&app, &Person::owner(), "companyPortalUpdate", off, "company { portal { tradesReportProgress } }").await;
    assert_eq!(saved["company"]["portal"]["tradesReportProgress"], false, "{saved}");
    assert_eq!(refusals(&set(&Person::trade(), &own, 42).await), ["INVALID_STATE "]);
    // Not for clients, nor for staff who may not edit schedules.
    for person in [Person::client(), Person::named("marcus")] {
        let mutation = format!(
            "mutation {{ taskProgressSet(input: {{ taskId: \"{own}\", percentComplete: 1 }}) {{ userErrors {{ code }} }} }}"
        );
        is_unknown(&app.ask(&person, &mutation).await, "taskProgressSet");
    }
}

#[tokio::test]
async fn shifts_show_what_moves_first() {
    // SCH-14
    let app = TestApp::demo().await;
    let plan = Planner::begin(&app, Person::owner(), HARBOR, "basis: EMPTY, startOn: \"2026-05-18\"").await;
    let first = plan.task("name: \"First\", workDays: 5").await;
    let second =
        plan.task(&format!("name: \"Second\", dependencies: [{{ predecessorId: \"{}\" }}]", id_of(&first))).await;
    plan.task("name: \"Apart\", workDays: 20").await;
    let before = plan.dates().await;
    let fields = "moved { totalCount items { taskId name startOn startOnBefore finishOn finishOnBefore } }";
    let shift = async |input: &str| {
        let version = plan.dates().await.0;
        plan.send(
            "scheduleShift",
            &format!("expectedVersion: {version}, taskId: \"{}\", {input}", id_of(&first)),
            fields,
        )
        .await
    };
    let trial = shift("days: 3, dryRun: true").await;
    assert_eq!(trial["moved"]["totalCount"], 2, "{trial}");
    let moved = &trial["moved"]["items"][1];
    assert_eq!(moved["taskId"], second["taskId"]);
    assert_eq!((&moved["startOnBefore"], &moved["startOn"]), (&json!("2026-05-25"), &json!("2026-05-28")));
    assert_eq!(plan.dates().await, before, "a dry run changes nothing");
    assert_eq!(shift("days: 3").await["moved"], trial["moved"]);
    assert_eq!(plan.dates().await.1[0].1, "2026-05-21");
    assert_eq!(shift("days: -3").await["moved"]["totalCount"], 2);
    assert_eq!(plan.dates().await.1, before.1);
    assert_eq!(shift("startOn: \"2026-06-01\"").await["moved"]["items"][0]["startOn"], "2026-06-01");
    for (input, refused) in [
        ("days: 1, startOn: \"2026-06-01\"", "INVALID "),
        ("dryRun: true", "INVALID "),
        ("days: 1001", "INVALID input.days"),
        ("startOn: \"1999-01-01\"", "INVALID input.startOn"),
    ] {
        assert_eq!(refusals(&shift(input).await), [refused], "{input}");
    }
    let stale = format!("expectedVersion: 1, taskId: \"{}\", days: 1", id_of(&first));
    assert_eq!(refusals(&plan.send("scheduleShift", &stale, fields).await), ["CONFLICT input.expectedVersion"]);
}

#[tokio::test]
async fn two_thousand_tasks_are_rescheduled_at_once() {
    let app = TestApp::demo().await;
    let plan = Planner::begin(&app, Person::owner(), HARBOR, "basis: EMPTY, startOn: \"2026-01-05\"").await;
    let first = plan.task("name: \"First\"").await;
    // A chain, with every tenth task waiting for the first one as well.
    app.database()
        .db_execute(
            "insert into planned_tasks (id, company_id, project_id, version_id, task_id, name, work_days, start_on, finish_on, sort)
             select gen_random_uuid(), t.company_id, t.project_id, t.version_id, gen_random_uuid(), 'Task ' || n, 1 + n % 5,
                t.start_on, t.start_on, n from planned_tasks t, generate_series(2, 2000) n where t.name = 'First' and t.sort = 1
                and t.version_id = (select id from schedule_versions where state = 'DRAFT' order by created_at desc, id desc limit 1);
             insert into planned_dependencies (planned_task_id, predecessor_id, company_id, project_id, kind)
             select t.id, p.id, t.company_id, t.project_id, 'FINISH_TO_START' from planned_tasks t
             join planned_tasks p on p.version_id = t.version_id and (p.sort = t.sort - 1 or p.sort = 1 and t.sort % 10 = 0)
             where t.sort between 2 and 2000 and (t.name like 'Task %') on conflict do nothing",
        )
        .await;
    // The request has 10 seconds.
    let moved = plan.task(&format!("taskId: \"{}\", workDays: 10", id_of(&first))).await;
    assert_eq!(moved["finishOn"], "2026-01-16");
    let last = plan.version("tasks(last: 1) { totalCount nodes { name startOn } }").await;
    assert_eq!(last["tasks"]["totalCount"], 2_000);
    assert_eq!(last["tasks"]["nodes"][0]["name"], "Task 2000");
    let published = plan
        .publish("", "schedule { tasks(first: 1) { totalCount } } publication { clientChanges { totalCount } }")
        .await;
    assert_eq!(published["schedule"]["tasks"]["totalCount"], 2_000, "{published}");
}

#[tokio::test]
async fn exp_9_history_is_kept() {
    let app = TestApp::demo().await;
    let versions = of_project(
        &app,
        &Person::owner(),
        ORCHARD,
        "scheduleVersions { number state tasks(first: 50) { nodes { name startOn } } }",
    )
    .await;
    let plan = Planner::of_demo(&app, Person::owner(), ORCHARD).await;
    assert_eq!(refusals(&plan.publish("", "schedule { version }").await), [""; 0]);
    let after = of_project(
        &app,
        &Person::owner(),
        ORCHARD,
        "scheduleVersions { number state tasks(first: 50) { nodes { name startOn } } }",
    )
    .await;
    let of = |versions: &Value, number: i64| {
        let all = versions["scheduleVersions"].as_array().expect("a list").clone();
        all.into_iter().find(|version| version["number"] == number).expect("the version is listed")
    };
    assert_eq!(of(&versions, 1)["tasks"], of(&after, 1)["tasks"]);
    assert_eq!((&of(&after, 1)["state"], &of(&after, 2)["state"]), (&json!("SUPERSEDED"), &json!("PUBLISHED")));
}

#[tokio::test]
async fn sch_8_comments_of_a_trade_partner_stay_with_the_team() {
    // SCH-8: the thread stays with its task when a new version is published.
    let app = TestApp::demo().await;
    let windows = app.id(Tag::TASK, &format!("{MAPLE}/task/Windows and exterior doors"));
    let input = format!(
        "input: {{ projectId: \"{}\", audience: TRADE, recordId: \"{windows}\", body: \"Sills are wet.\", idempotencyKey: \"once\" }}",
        project(&app, MAPLE)
    );
    let started = change(&app, &Person::trade(), "threadStart", &input, "thread { id }").await;
    assert_eq!(refusals(&started), [""; 0], "{started}");
    let plan = draft(&app, Person::owner()).await;
    assert_eq!(refusals(&plan.publish("", "schedule { version }").await), [""; 0]);
    let read = format!(
        "{{ node(id: \"{windows}\") {{ ... on Task {{ threads {{ messages(first: 5) {{ nodes {{ body }} }} }} }} }} }}"
    );
    for (person, sees) in
        [(Person::trade(), true), (Person::owner(), true), (Person::client(), false), (Person::named("eli"), false)]
    {
        let reply = app.ask(&person, &read).await;
        assert_eq!(reply.text.contains("Sills are wet."), sees, "{person:?}: {}", reply.text);
    }
    // Clients neither start nor are sent comments on a task, also on one that they see.
    let roofing = app.id(Tag::TASK, &format!("{MAPLE}/task/Roofing"));
    for (person, task, expected) in [
        (Person::client(), &roofing, "INVALID input.recordId"),
        (Person::owner(), &roofing, "INVALID input.recordId"),
        (Person::client(), &TestApp::global(Tag::TASK, new_uuid()), "NOT_FOUND input.recordId"),
    ] {
        let input = format!(
            "input: {{ projectId: \"{}\", audience: CLIENT, recordId: \"{task}\", body: \"When?\", idempotencyKey: \"{}\" }}",
            project(&app, MAPLE),
            new_uuid(),
        );
        let refused = change(&app, &person, "threadStart", &input, "thread { id }").await;
        assert_eq!(refusals(&refused), [expected], "{refused}");
    }
    let read = format!("{{ node(id: \"{roofing}\") {{ ... on Task {{ threads {{ id }} }} }} }}");
    assert_eq!(
        app.ask(&Person::client(), &read).await.json["errors"][0]["extensions"]["code"],
        "GRAPHQL_VALIDATION_FAILED"
    );
}

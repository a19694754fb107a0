//! Tests of milestones, with and without a shared schedule.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use fastrand::Rng;
use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{GRANVILLE, HARBOR, MAPLE, ORCHARD, RIDGE, is_unknown, of_project, sql_id, texts_of};

const FIELDS: &str = "milestones { name status percentComplete anticipatedFinishOn } schedule { version }";

async fn milestones(app: &TestApp, person: &Person, path: &str) -> Vec<Value> {
    of_project(app, person, path, FIELDS).await["milestones"].as_array().cloned().expect("a list")
}

#[tokio::test]
async fn mil_1_to_mil_3_unshared_shows_state_only() {
    // RULE-4
    let app = TestApp::demo().await;
    let shown =
        |name, status| json!({ "name": name, "status": status, "percentComplete": null, "anticipatedFinishOn": null });
    let expected =
        [shown("Design approved", "COMPLETED"), shown("Permits", "STARTED"), shown("Site preparation", "NOT_STARTED")];
    assert_eq!(milestones(&app, &Person::named("hana-client"), RIDGE).await, expected);
    let staff = milestones(&app, &Person::staff(), RIDGE).await;
    assert_eq!(
        staff[1],
        json!({ "name": "Permits", "status": "STARTED", "percentComplete": 50, "anticipatedFinishOn": "2026-12-11" })
    );
    // No milestones of other projects are included.
    let cleo = milestones(&app, &Person::named("cleo"), ORCHARD).await;
    assert_eq!(texts_of(&json!(cleo), "name"), ["Shell", "Hearth and bath"]);
}

#[tokio::test]
async fn mil_1_no_schedule_means_no_milestones() {
    let app = TestApp::demo().await;
    for person in [Person::named("ines"), Person::named("margot")] {
        let found = of_project(&app, &person, GRANVILLE, FIELDS).await;
        assert_eq!(found, json!({ "milestones": [], "schedule": null }));
    }
}

#[tokio::test]
async fn mil_3_milestones_have_no_sort_or_filter() {
    let app = TestApp::demo().await;
    for argument in ["sortKey: PERCENT_COMPLETE", "filter: { percentComplete: { gt: 1 } }", "first: 1", "reverse: true"]
    {
        let name = argument.split(':').next().unwrap_or_default();
        for person in [Person::named("hana-client"), Person::client(), Person::owner()] {
            let query = format!("{{ viewer {{ projects {{ nodes {{ milestones({argument}) {{ name }} }} }} }} }}");
            is_unknown(&app.ask(&person, &query).await, name);
        }
    }
}

#[tokio::test]
async fn mil_4_sharing_shows_percent_and_finish() {
    let app = TestApp::demo().await;
    for (person, path, first) in [
        (
            Person::client(),
            MAPLE,
            json!({ "name": "Foundation", "status": "COMPLETED", "percentComplete": 100, "anticipatedFinishOn": "2026-06-12" }),
        ),
        (
            Person::named("cleo"),
            ORCHARD,
            json!({ "name": "Shell", "status": "STARTED", "percentComplete": 85, "anticipatedFinishOn": "2026-11-06" }),
        ),
    ] {
        assert_eq!(milestones(&app, &person, path).await[0], first);
    }
    for milestone in milestones(&app, &Person::named("ines"), HARBOR).await {
        assert_eq!(milestone["status"], "COMPLETED");
        assert_eq!(milestone["percentComplete"], 100);
    }
}

#[tokio::test]
async fn mil_6_hidden_milestone_is_absent() {
    let app = TestApp::demo().await;
    let hidden = "Claims and recovery";
    let id = app.id(Tag::MILESTONE, &format!("{MAPLE}/milestone/{hidden}"));
    for person in [Person::client(), Person::named("ben"), Person::trade()] {
        let names = texts_of(&json!(milestones(&app, &person, MAPLE).await), "name");
        assert!(!names.iter().any(|name| name == hidden), "{names:?}");
        assert_eq!(*app.ask_with(&person, NODE, json!({ "id": id })).await.at("/node"), Value::Null);
    }
    let names = texts_of(&json!(milestones(&app, &Person::staff(), MAPLE).await), "name");
    assert!(names.iter().any(|name| name == hidden), "{names:?}");
    assert_eq!(*app.ask_with(&Person::staff(), NODE, json!({ "id": id })).await.at("/node/id"), id);
}

const NODE: &str = "query($id: ID!) { node(id: $id) { id } }";

/// Sets the flag of a published milestone of Maple Street.
async fn db_set_viewable(app: &TestApp, name: &str, is_viewable: bool) {
    let id = sql_id(&format!("{MAPLE}/milestone/{name}"));
    app.database().db_execute(&format!("update milestones set client_viewable = {is_viewable} where id = {id}")).await;
}

fn named<'a>(milestones: &'a [Value], name: &str) -> Option<&'a Value> {
    milestones.iter().find(|milestone| milestone["name"] == name)
}

#[tokio::test]
async fn mil_6_own_flag_alone_decides() {
    // RULE-12
    let app = TestApp::demo().await;
    let people = [Person::client(), Person::named("ben")];
    let tasks = "schedule { tasks(first: 100) { totalCount nodes { name milestone { name } } } }";
    let before = of_project(&app, &people[0], MAPLE, tasks).await;

    // Without a task that clients may view.
    db_set_viewable(&app, "Claims and recovery", true).await;
    for person in &people {
        let claims = json!({
            "name": "Claims and recovery", "status": "STARTED", "percentComplete": 36, "anticipatedFinishOn": "2026-12-08"
        });
        assert_eq!(named(&milestones(&app, person, MAPLE).await, "Claims and recovery"), Some(&claims));
        assert_eq!(of_project(&app, person, MAPLE, tasks).await, before, "its tasks stay hidden");
    }
    // Without any task.
    let sql = format!(
        "update tasks set milestone_id = null where milestone_id = {}",
        sql_id(&format!("{MAPLE}/milestone/Claims and recovery"))
    );
    app.database().db_execute(&sql).await;
    for person in [Person::client(), Person::staff()] {
        let empty = json!({
            "name": "Claims and recovery", "status": "NOT_STARTED", "percentComplete": 0, "anticipatedFinishOn": null
        });
        assert_eq!(named(&milestones(&app, &person, MAPLE).await, "Claims and recovery"), Some(&empty));
    }

    // With tasks that clients may view: they stay, without a milestone.
    let name = "Framing and dry-in";
    db_set_viewable(&app, name, false).await;
    let id = app.id(Tag::MILESTONE, &format!("{MAPLE}/milestone/{name}"));
    let of_task = |project: &Value, name: &str| {
        let nodes = project["schedule"]["tasks"]["nodes"].as_array().cloned().unwrap_or_default();
        nodes.into_iter().find(|task| task["name"] == name).map(|task| task["milestone"].clone())
    };
    for person in &people {
        assert_eq!(named(&milestones(&app, person, MAPLE).await, name), None);
        assert_eq!(*app.ask_with(person, NODE, json!({ "id": id })).await.at("/node"), Value::Null);
        let after = of_project(&app, person, MAPLE, tasks).await;
        assert_eq!(of_task(&after, "Frame walls"), Some(Value::Null));
        assert_eq!(after["schedule"]["tasks"]["totalCount"], before["schedule"]["tasks"]["totalCount"]);
    }
    // A trade partner with a task in it sees it, and so do staff.
    for person in [Person::trade(), Person::staff()] {
        assert!(named(&milestones(&app, &person, MAPLE).await, name).is_some());
        let own = of_project(&app, &person, MAPLE, tasks).await;
        assert_eq!(of_task(&own, "Frame walls"), Some(json!({ "name": name })));
    }
}

#[tokio::test]
async fn mil_6_hidden_milestone_is_not_looked_up() {
    let app = TestApp::demo().await;
    db_set_viewable(&app, "Framing and dry-in", false).await;
    let statements = async |task: &str| {
        let id = app.id(Tag::TASK, &format!("{MAPLE}/task/{task}"));
        let query = "query($id: ID!) { node(id: $id) { ... on Task { milestone { name } } } }";
        app.cold().ask_with(&Person::client(), query, json!({ "id": id })).await.statements
    };
    // Neither has a milestone for clients.
    let (of_hidden, without) = ("Frame walls", "Final walkthrough");
    assert_eq!(statements(of_hidden).await, statements(without).await);
    // A role view that leaves it to the lookup takes one more statement.
    let leak = "create or replace view client.tasks with (security_barrier) as
        select id, company_id, project_id, milestone_id, name, start_on, finish_on, work_days, percent_complete,
            client_viewable, sort, version, null::boolean as accepts_progress
        from access.client_tasks
        where is_member and has_portal_access and is_feature_on and is_schedule_shared and is_client_viewable";
    app.database().db_execute(leak).await;
    assert!(statements(of_hidden).await > statements(without).await);
}

#[tokio::test]
async fn mil_6_staff_see_the_flag() {
    let app = TestApp::demo().await;
    let fields = "milestones { name clientViewable }";
    let flags = of_project(&app, &Person::staff(), MAPLE, fields).await;
    let flags = flags["milestones"].as_array().cloned().unwrap_or_default();
    let hidden: Vec<_> = flags.iter().filter(|milestone| milestone["clientViewable"] == false).collect();
    assert_eq!(hidden, [&json!({ "name": "Claims and recovery", "clientViewable": false })]);
    assert!(flags.iter().filter(|milestone| milestone["clientViewable"] == true).count() > 3, "{flags:?}");
    let query = format!("{{ viewer {{ projects {{ nodes {{ {fields} }} }} }} }}");
    for person in [Person::client(), Person::named("ben"), Person::trade()] {
        is_unknown(&app.ask(&person, &query).await, "clientViewable");
    }
}

#[tokio::test]
async fn mil_5_complete_when_all_tasks_are() {
    let app = TestApp::demo().await;
    let set = |task: &str, percent: u8| {
        format!("update tasks set percent_complete = {percent} where id = {};", sql_id(&format!("{MAPLE}/task/{task}")))
    };
    // Clients may not view the last one, which counts as well.
    let tasks = [
        "Plumbing rough-in",
        "Electrical rough-in",
        "Heating and ventilation ducts",
        "Rough-in inspection",
        "Re-pull kitchen circuits",
    ];
    for (percents, expected) in [
        ([100, 100, 100, 100, 99], "STARTED"),
        ([100, 100, 100, 99, 100], "STARTED"),
        ([100, 100, 100, 100, 100], "COMPLETED"),
        ([100, 100, 100, 100, 0], "STARTED"),
        ([0, 0, 0, 0, 1], "STARTED"),
        ([0, 0, 0, 1, 0], "STARTED"),
        ([0, 0, 0, 0, 0], "NOT_STARTED"),
    ] {
        let sql: String = tasks.iter().zip(percents).map(|(task, percent)| set(task, percent)).collect();
        app.database().db_execute(&sql).await;
        for person in [Person::client(), Person::named("ben"), Person::named("eli"), Person::staff()] {
            let found = milestones(&app, &person, MAPLE).await;
            let rough_ins = named(&found, "Rough-ins").expect("it is there");
            assert_eq!(rough_ins["status"], expected, "{percents:?}");
            let is_full = rough_ins["percentComplete"] == 100;
            assert_eq!(is_full, expected == "COMPLETED", "{percents:?}: {rough_ins}");
        }
    }
}

/// A task of a generated schedule.
struct Generated {
    id: Uuid,
    milestone: usize,
    percent: i64,
    work_days: i64,
    finish_on: NaiveDate,
    is_viewable: bool,
    is_assigned: bool,
}

impl Generated {
    fn any(rng: &mut Rng) -> Self {
        let mut task = Self {
            id: Uuid::from_u128(rng.u128(..)),
            milestone: 0,
            percent: 0,
            work_days: 0,
            finish_on: NaiveDate::default(),
            is_viewable: rng.u8(..10) < 6,
            is_assigned: rng.u8(..10) < 3,
        };
        task.vary(rng);
        task
    }

    /// Changes its progress, its dates and sometimes its milestone.
    fn vary(&mut self, rng: &mut Rng) {
        // Milestones with the same number have similar tasks: all at the start, all at the end, or of any progress.
        self.milestone = rng.usize(..GENERATED);
        self.percent = match self.milestone % 4 {
            0 => rng.choice([0, 0, 0, 0, 1]).unwrap_or_default(),
            1 => rng.choice([100, 100, 100, 100, 99]).unwrap_or_default(),
            _ => rng.i64(0..=100),
        };
        self.work_days = rng.choice([0, 1, 2, 5, 17, 60]).unwrap_or_default();
        self.finish_on = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default() + Days::new(rng.u64(..400));
        if rng.u8(..4) == 0 {
            self.is_viewable = !self.is_viewable;
        }
    }

    fn save(&self, project: &str) -> String {
        let Self { id, milestone, percent, work_days, finish_on, is_viewable, .. } = self;
        format!(
            "insert into tasks (id, company_id, project_id, milestone_id, name, start_on, finish_on, work_days,
                percent_complete, client_viewable, sort)
            select '{id}', m.company_id, m.project_id, m.id, 'Generated', '2026-01-01', '{finish_on}', {work_days},
                {percent}, {is_viewable}, 500
            from milestones m where m.project_id = {project} and m.name = 'Generated {milestone}'
            on conflict (id) do update set milestone_id = excluded.milestone_id, finish_on = excluded.finish_on,
                work_days = excluded.work_days, percent_complete = excluded.percent_complete,
                client_viewable = excluded.client_viewable;"
        )
    }
}

/// Number of generated milestones.
const GENERATED: usize = 30;

/// The roll-up of tasks, by the definition in docs/domain.md.
fn roll_up(name: &str, tasks: &[&Generated]) -> Value {
    let percents = || tasks.iter().map(|task| task.percent);
    let status = if percents().all(|percent| percent == 0) {
        "NOT_STARTED"
    } else if percents().all(|percent| percent == 100) {
        "COMPLETED"
    } else {
        "STARTED"
    };
    let days = |task: &Generated| task.work_days.max(1);
    let done: i64 = tasks.iter().map(|task| task.percent * days(task)).sum();
    let percent = done.checked_div(tasks.iter().map(|task| days(task)).sum()).unwrap_or_default();
    let finish = tasks.iter().map(|task| task.finish_on).max();
    json!({ "name": name, "status": status, "percentComplete": percent, "anticipatedFinishOn": finish })
}

#[tokio::test]
async fn mil_5_roll_ups_are_equal_for_all_callers() {
    // RULE-12, STA-6, ISO-9: over generated schedules and their changes.
    let app = TestApp::demo().await;
    let mut rng = Rng::with_seed(12);
    let project = sql_id(MAPLE);
    let tomas = sql_id(&format!("{MAPLE}/trade/tomas"));
    let sql: String = (0..GENERATED)
        .map(|number| {
            format!(
                "insert into milestones (id, company_id, project_id, name, sort, client_viewable)
                select gen_random_uuid(), company_id, id, 'Generated {number}', 100 + {number}, {}
                from projects where id = {project};",
                number % 5 != 3
            )
        })
        .collect();
    app.database().db_execute(&sql).await;
    let mut tasks: Vec<Generated> = Vec::new();
    let mut states: BTreeMap<String, usize> = BTreeMap::new();
    for round in 0..12 {
        let mut sql = String::new();
        for task in &mut tasks {
            if rng.u8(..3) == 0 {
                task.vary(&mut rng);
                sql += &task.save(&project);
            }
        }
        for _ in 0..rng.usize(4..16) {
            let task = Generated::any(&mut rng);
            sql += &task.save(&project);
            if task.is_assigned {
                sql += &format!(
                    "insert into task_assignees (id, company_id, project_id, task_id, project_membership_id)
                    select gen_random_uuid(), company_id, project_id, id, {tomas} from tasks where id = '{}';",
                    task.id
                );
            }
            tasks.push(task);
        }
        for _ in 0..rng.usize(..tasks.len() / 4) {
            let gone = tasks.swap_remove(rng.usize(..tasks.len()));
            sql += &format!("delete from tasks where id = '{}';", gone.id);
        }
        let is_shared = round % 3 != 2;
        let share = if is_shared { "GANTT" } else { "NONE" };
        let project = sql_id(MAPLE);
        sql += &format!("update project_portals set schedule_share = '{share}' where project_id = {project};");
        app.database().db_execute(&sql).await;

        for person in [Person::client(), Person::named("ben"), Person::trade(), Person::staff()] {
            let (is_trade, is_staff) = (person == Person::trade(), person == Person::staff());
            let mut expected = Vec::new();
            for number in 0..GENERATED {
                let own: Vec<_> = tasks.iter().filter(|task| task.milestone == number).collect();
                let is_listed =
                    if is_trade { own.iter().any(|task| task.is_assigned) } else { is_staff || number % 5 != 3 };
                let mut milestone = roll_up(&format!("Generated {number}"), &own);
                if !is_shared && !is_trade && !is_staff {
                    milestone["percentComplete"] = Value::Null;
                    milestone["anticipatedFinishOn"] = Value::Null;
                }
                if is_listed {
                    *states.entry(milestone["status"].to_string()).or_default() += 1;
                    expected.push(milestone);
                }
            }
            let mut found = milestones(&app, &person, MAPLE).await;
            found.retain(|milestone| milestone["name"].as_str().is_some_and(|name| name.starts_with("Generated")));
            assert_eq!(found, expected, "{person:?} in round {round}");
        }
    }
    assert!(states.len() == 3 && states.values().all(|count| *count > 50), "{states:?}");
}

#[tokio::test]
async fn mil_5_almost_complete_counts_as_started() {
    let app = TestApp::demo().await;
    let hana = Person::named("hana-client");
    let sql = format!(
        "update tasks set milestone_id = {}, percent_complete = 99 where id = {}",
        sql_id(&format!("{RIDGE}/milestone/Design approved")),
        sql_id(&format!("{RIDGE}/task/Slope variance hearing")),
    );
    app.database().db_execute(&sql).await;
    assert_eq!(milestones(&app, &hana, RIDGE).await[0]["status"], "STARTED");
    app.database().db_execute("update tasks set percent_complete = 100 where percent_complete = 99").await;
    assert_eq!(milestones(&app, &hana, RIDGE).await[0]["status"], "COMPLETED");
    assert_eq!(milestones(&app, &Person::staff(), RIDGE).await[0]["status"], "COMPLETED");
}

//! Tests of callers who get no explanations.

use portico_core::access::Permission;
use portico_core::id::{GlobalId, Tag, new_uuid};
use portico_testkit::{AccessLayers, LayerState, Person, TestApp};

use super::{explained, of_maple, place, record};
use crate::support::{BOWEN, MAPLE, ORCHARD, RIDGE, is_unknown, project, staff_with};

fn asking(project: &str, person: &str, about: &str) -> String {
    format!(
        "{{ project(id: \"{project}\") {{ explainAccess(person: \"{person}\", {about}) {{ isVisible explanation }} }} }}"
    )
}

#[tokio::test]
async fn explain_needs_access_explain() {
    let app = TestApp::demo().await;
    let (maple, ana) = (project(&app, MAPLE), place(&app, MAPLE, "client/ana"));
    let explain = asking(&maple, &ana, &record(&maple));
    let preview =
        format!("{{ project(id: \"{maple}\") {{ visibilityPreview(settings: {{}}) {{ newlyShown {{ kind }} }} }} }}");
    let explainer = staff_with(&app, &[Permission::ProjectsWrite]).await;
    let writer = staff_with(&app, &[Permission::AccessExplain, Permission::SettingsManage]).await;
    for person in
        [Person::client(), Person::trade(), Person::staff(), Person::named("priya"), Person::reporting(), explainer]
    {
        is_unknown(&app.ask(&person, &explain).await, "explainAccess");
    }
    for person in [Person::client(), Person::trade(), Person::named("marcus"), Person::reporting(), writer] {
        is_unknown(&app.ask(&person, &preview).await, "visibilityPreview");
    }
    app.ask(&Person::named("nora"), &explain).await.data();
    app.ask(&Person::staff(), &preview).await.data();
}

// ISO-2
#[tokio::test]
async fn foreign_members_are_not_explained() {
    let app = TestApp::demo().await;
    let (maple, ana) = (project(&app, MAPLE), place(&app, MAPLE, "client/ana"));
    let task = of_maple(&app, Tag::TASK, "task/Frame walls");
    for staff in [Person::owner(), Person::named("nora")] {
        let ask = async |person: &str, id: &str| {
            let query = asking(&maple, person, &record(id));
            let reply = app.ask(&staff, &query).await;
            (
                reply.without_request_id(),
                app.cold().answer(&staff, &query, Default::default()).await.request_counts.statements,
            )
        };
        let random = |tag| GlobalId::new(tag, new_uuid()).to_string();
        let no_person = ask(&random(Tag::PROJECT_MEMBERSHIP), &task).await;
        assert!(no_person.0.contains("\"explainAccess\":null"), "{}", no_person.0);
        for foreign in [
            place(&app, BOWEN, "client/ana"),
            place(&app, BOWEN, "trade/lucia"),
            place(&app, RIDGE, "client/hana"),
            place(&app, RIDGE, "trade/tomas"),
        ] {
            assert_eq!(ask(&foreign, &task).await, no_person);
        }
        for (tag, foreign) in [
            (Tag::PROJECT, project(&app, BOWEN)),
            (Tag::PROJECT, project(&app, RIDGE)),
            (Tag::LOCATION, app.id(Tag::LOCATION, &format!("{ORCHARD}/location/Kitchen"))),
            (Tag::TEAM_MEMBER, app.id(Tag::TEAM_MEMBER, &format!("{RIDGE}/team/ruth"))),
            (
                Tag::SCHEDULE,
                GlobalId::new(Tag::SCHEDULE, GlobalId::parse(&project(&app, BOWEN)).expect("an id").uuid).to_string(),
            ),
        ] {
            assert_eq!(ask(&ana, &foreign).await, ask(&ana, &random(tag)).await);
        }
        assert_ne!(ask(&ana, &task).await, no_person, "so that this can fail");
    }
}

/// Objects that are not visible to the caller are not explained.
#[tokio::test]
async fn drafts_are_explained_to_editors() {
    let app = TestApp::demo().await;
    let (maple, ana) = (project(&app, MAPLE), place(&app, MAPLE, "client/ana"));
    let draft = app.id(Tag::SCHEDULE_VERSION, &format!("{MAPLE}/schedule/draft"));
    let without = staff_with(&app, &[Permission::AccessExplain]).await;
    let with = staff_with(&app, &[Permission::AccessExplain, Permission::ScheduleEdit]).await;
    assert!(explained(&app, &without, &maple, &ana, &record(&draft)).await.is_null());
    assert_eq!(explained(&app, &with, &maple, &ana, &record(&draft)).await["decidingRule"], "is_published");
}

/// A task or milestone that only a plan has is no record of the project, whoever asks.
#[tokio::test]
async fn plans_are_explained_to_nobody() {
    // SCH-7, ISO-2
    let app = TestApp::demo().await;
    let (maple, ana) = (project(&app, MAPLE), place(&app, MAPLE, "client/ana"));
    let of_maple = |tag: Tag, path: &str| app.id(tag, &format!("{MAPLE}/{path}"));
    let with = staff_with(&app, &[Permission::AccessExplain, Permission::ScheduleEdit]).await;
    let without = staff_with(&app, &[Permission::AccessExplain]).await;
    let random = |tag: Tag| GlobalId::new(tag, new_uuid()).to_string();
    for person in [&with, &without] {
        let ask = async |record: &str| {
            let answer = app.ask(person, &asking(&maple, &ana, &super::record(record))).await;
            answer.without_request_id()
        };
        for (tag, path) in [
            (Tag::TASK, "task/Swap mislabeled window glass"),
            (Tag::MILESTONE, "milestone/Shell by midsummer"),
            (Tag::PLANNED_TASK, "planned/draft/task/Frame walls"),
            (Tag::PLANNED_TASK, "planned/v2/task/Frame walls"),
            (Tag::PLANNED_MILESTONE, "planned/draft/milestone/Rough-ins"),
        ] {
            assert_eq!(ask(&of_maple(tag, path)).await, ask(&random(tag)).await, "{path}");
        }
        // So that this can fail.
        let task = of_maple(Tag::TASK, "task/Frame walls");
        assert_ne!(ask(&task).await, ask(&random(Tag::TASK)).await);
    }
}

// ISO-4: hidden coordinates cannot be explained.
#[tokio::test]
async fn unknown_coordinates_are_rejected_alike() {
    let app = TestApp::demo().await;
    let (maple, ana) = (project(&app, MAPLE), place(&app, MAPLE, "client/ana"));
    let explainer = staff_with(&app, &[Permission::AccessExplain]).await;
    let ask = async |person: &Person, coordinate: &str| {
        app.ask(person, &asking(&maple, &ana, &super::coordinate(coordinate))).await
    };
    let invented = ask(&explainer, "SelectionOption.nonsense").await;
    assert_eq!(invented.code(), "BAD_USER_INPUT");
    for lacking in
        ["SelectionOption.unitCost", "TeamMember.payRate", "ThreadAudience.INTERNAL", "ProjectSortKey.BUDGET"]
    {
        assert_eq!(ask(&explainer, lacking).await.without_request_id(), invented.without_request_id(), "{lacking}");
        ask(&Person::owner(), lacking).await.data();
    }
}

#[tokio::test]
async fn key_explains_listed_projects_only() {
    let app = TestApp::demo().await;
    app.database()
        .db_execute("update api_keys set permissions = permissions || array['ACCESS_EXPLAIN', 'PROJECTS_WRITE']")
        .await;
    let key = Person::reporting();
    let (maple, ana) = (project(&app, MAPLE), place(&app, MAPLE, "client/ana"));
    assert_eq!(explained(&app, &key, &maple, &ana, &record(&maple)).await["isVisible"], true);
    let hana = place(&app, RIDGE, "client/hana");
    assert!(explained(&app, &key, &maple, &hana, &record(&maple)).await.is_null());
    // A key has at most its creator's current permissions.
    app.database()
        .db_execute("update staff_memberships set role = 'STAFF', permissions = array['PROJECTS_READ', 'COSTS_VIEW']")
        .await;
    is_unknown(&app.ask(&key, &asking(&maple, &ana, &record(&maple))).await, "explainAccess");
}

/// Each access layer alone keeps explanations and previews from staff without the permission.
#[tokio::test]
async fn each_layer_suffices() {
    let app = TestApp::demo().await;
    let (maple, ana) = (project(&app, MAPLE), place(&app, MAPLE, "client/ana"));
    let staff = staff_with(&app, &[]).await;
    let query = format!(
        "{{ project(id: \"{maple}\") {{ explainAccess(person: \"{ana}\", record: \"{maple}\") {{ isVisible }}
            visibilityPreview(settings: {{ features: [DASHBOARD] }}) {{ newlyHidden {{ kind }} }} }} }}"
    );
    let is_explained = |answer: &serde_json::Value| {
        let answer = answer.to_string();
        answer.contains("\"isVisible\"") || answer.contains("\"kind\"")
    };
    let down = AccessLayers::NONE;
    for layers in [
        AccessLayers { document: LayerState::Up, ..down },
        AccessLayers { guard: LayerState::Up, ..down },
        AccessLayers { role_view: LayerState::Up, ..down },
        AccessLayers { row_check: LayerState::Up, ..down },
    ] {
        let answer = app.ask_behind(layers, &staff, &Person::owner(), &query).await;
        assert!(!is_explained(&answer), "{layers:?}: {answer}");
    }
    let answer = app.ask_behind(down, &staff, &Person::owner(), &query).await;
    assert!(is_explained(&answer), "so that this can fail: {answer}");
}

/// The numbers of the projects in a session's role views.
async fn projects_in(app: &TestApp, person: &Person, view: &str) -> Vec<String> {
    let supposed = r#"{"features":[],"schedule_share":"NONE"}"#;
    let query = format!(
        "with scope as materialized (
            select set_config('portico.session', '{}', false), set_config('portico.supposed', '{supposed}', false))
        select distinct p.number as text from scope, lateral (
            select project_id from staff.{view} where scope is not null) x
        join projects p on p.id = x.project_id order by 1",
        person.token_hash()
    );
    app.database().db_texts(&query).await
}

#[tokio::test]
async fn explain_views_match_company_and_key() {
    let app = TestApp::demo().await;
    let (alderbrook, fernhill) = (["AB-1988", "AB-2041", "AB-2043", "AB-2047"], ["FS-311", "FS-318"]);
    for view in ["explained_rules", "previewed_records"] {
        assert_eq!(projects_in(&app, &Person::owner(), view).await, alderbrook, "{view}");
        assert_eq!(projects_in(&app, &Person::named("margot"), view).await, fernhill, "{view}");
        for outsider in [Person::client(), Person::trade(), Person::reporting(), Person::named("priya")] {
            assert_eq!(projects_in(&app, &outsider, view).await, Vec::<String>::new(), "{view}");
        }
    }
    let (jo, nora) = (Person::staff(), Person::named("nora"));
    assert_eq!(projects_in(&app, &jo, "explained_rules").await, Vec::<String>::new());
    assert_eq!(projects_in(&app, &jo, "previewed_records").await, alderbrook);
    assert_eq!(projects_in(&app, &nora, "explained_rules").await, alderbrook);
    assert_eq!(projects_in(&app, &nora, "previewed_records").await, Vec::<String>::new());
    let more = "update api_keys set permissions = permissions || array['ACCESS_EXPLAIN', 'PROJECTS_WRITE']";
    app.database().db_execute(more).await;
    for view in ["explained_rules", "previewed_records"] {
        assert_eq!(projects_in(&app, &Person::reporting(), view).await, ["AB-2041", "AB-2043"], "{view}");
    }
}

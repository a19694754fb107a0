//! Tests of which kinds of entries staff read, with and without each permission (TRK-1, VIS-23).

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, LogReaders};
use portico_testkit::{AccessLayers, LayerState, Person, TestApp};
use serde_json::Value;

use super::{Log, db_record, kinds};
use crate::support::{MAPLE, sql_id, staff_with};

/// An entry of each kind, in the company and in Maple Street.
async fn db_record_each_kind(app: &TestApp) {
    for kind in ActivityKind::ALL {
        db_record(app, kind.as_str(), "", "").await;
        db_record(app, kind.as_str(), ", project_id", &format!(", {}", sql_id(MAPLE))).await;
    }
}

fn is_about_key(kind: ActivityKind) -> bool {
    matches!(kind, ActivityKind::ApiKeyCreated | ActivityKind::ApiKeyRevoked)
}

/// Names of the kinds that staff with these permissions read, sorted, each this many times.
fn readable(permissions: &[Permission], times: usize) -> Vec<String> {
    let may_read = |kind: &ActivityKind| match kind.readers() {
        LogReaders::NoStaff => false,
        LogReaders::AllStaff => true,
        LogReaders::With(permission) => permissions.contains(&permission),
    };
    let kinds = ActivityKind::ALL.iter().copied().filter(may_read);
    let mut names: Vec<_> = kinds.flat_map(|kind| vec![kind.as_str().to_owned(); times]).collect();
    names.sort();
    names
}

/// The same, without entries about keys: none of them is about a key of the reader.
fn readable_to_staff(permissions: &[Permission], times: usize) -> Vec<String> {
    let about_keys = ActivityKind::ALL.iter().filter(|kind| is_about_key(**kind)).map(|kind| kind.as_str());
    let about_keys: Vec<_> = about_keys.collect();
    readable(permissions, times).into_iter().filter(|kind| !about_keys.contains(&kind.as_str())).collect()
}

#[tokio::test]
async fn each_kind_needs_the_permission_of_its_subject() {
    // TRK-1, VIS-23: two members of staff for each permission, who differ in it alone.
    let app = TestApp::demo().await;
    db_record_each_kind(&app).await;
    let mut differing = Vec::new();
    for permission in Permission::ALL.iter().copied().filter(|one| *one != Permission::ProjectsRead) {
        let others: Vec<_> = Permission::ALL.iter().copied().filter(|one| *one != permission).collect();
        let mut seen = Vec::new();
        for permissions in [vec![Permission::ProjectsRead, permission], others] {
            let person = app.db_staff(&permissions).await;
            let expected = readable_to_staff(&permissions, 2);
            assert_eq!(kinds(&app, &person, Log::Company, "").await, expected, "{permissions:?}");
            let expected = readable_to_staff(&permissions, 1);
            assert_eq!(kinds(&app, &person, Log::Maple, "").await, expected, "{permissions:?}");
            seen.push(expected);
        }
        let nobody = readable_to_staff(&[], 1);
        let own: Vec<_> = seen[0].iter().filter(|kind| !nobody.contains(kind)).collect();
        assert!(own.iter().all(|kind| !seen[1].contains(kind)), "{permission}");
        if !own.is_empty() {
            differing.push(permission);
        }
    }
    let (clients, leads, templates) =
        (Permission::ClientsInvite, Permission::LeadsManage, Permission::EmailTemplatesManage);
    let (schedules, messages, settings, staff) =
        (Permission::ScheduleEdit, Permission::MessagesInternal, Permission::SettingsManage, Permission::StaffManage);
    assert_eq!(differing, [schedules, messages, leads, templates, clients, settings, staff]);
    assert_eq!(kinds(&app, &Person::owner(), Log::Company, "").await, readable(Permission::ALL, 2));
    // Without PROJECTS_READ, only what belongs to the company as a whole.
    let person = app.db_staff(&[leads]).await;
    assert_eq!(kinds(&app, &person, Log::Company, "").await, readable_to_staff(&[leads], 1));
}

#[tokio::test]
async fn hidden_kinds_cannot_be_filtered_by() {
    // TRK-1
    let app = TestApp::demo().await;
    db_record_each_kind(&app).await;
    let all = Permission::ALL;
    for kind in ActivityKind::ALL.iter().copied() {
        let filter = format!("kind: {{ in: [{kind}] }}");
        let query = format!("{{ company {{ activity(filter: {{ {filter} }}) {{ totalCount }} }} }}");
        let LogReaders::With(permission) = kind.readers() else {
            let reply = app.ask(&Person::owner(), &query).await;
            match kind.readers() {
                LogReaders::AllStaff => assert_eq!(*reply.at("/company/activity/totalCount"), 2, "{kind}"),
                _ => assert_eq!(reply.code(), "GRAPHQL_VALIDATION_FAILED", "{kind} does not exist"),
            }
            continue;
        };
        let others: Vec<_> = all.iter().copied().filter(|one| *one != permission).collect();
        let (without, with) = (app.db_staff(&others).await, app.db_staff(all).await);
        assert_eq!(app.ask(&without, &query).await.code(), "GRAPHQL_VALIDATION_FAILED", "{kind}");
        let expected = if is_about_key(kind) { 0 } else { 2 };
        assert_eq!(*app.ask(&with, &query).await.at("/company/activity/totalCount"), expected, "{kind}");
        // Where the SQL is built, without the role schema.
        let behind = AccessLayers { role_view: LayerState::Up, row_check: LayerState::Up, ..AccessLayers::NONE };
        let answer = app.ask_behind(behind, &without, &Person::owner(), &query).await;
        assert!(answer["errors"][0].is_object(), "{kind}: {answer}");
    }
}

#[tokio::test]
async fn each_layer_alone_hides_entries() {
    // SEC-2, TRK-1
    let app = TestApp::demo().await;
    db_record_each_kind(&app).await;
    for changed in [r#"["budget"]"#, r#"["targetMargin"]"#] {
        let details = format!(", jsonb_build_object('changed', '{changed}'::jsonb), {}", sql_id(MAPLE));
        db_record(&app, "PROJECT_CHANGED", ", details, project_id", &details).await;
    }
    let page = async |layers: AccessLayers, person: &Person, arguments: &str| {
        let query = format!("{{ company {{ activity({arguments}: 100) {{ nodes {{ id kind changedFields }} }} }} }}");
        let answer = app.ask_behind(layers, person, &Person::owner(), &query).await;
        answer["data"]["company"]["activity"]["nodes"].as_array().cloned().unwrap_or_default()
    };
    let role_view = AccessLayers { role_view: LayerState::Up, ..AccessLayers::NONE };
    let row_check = AccessLayers { row_check: LayerState::Up, ..AccessLayers::NONE };
    let outsiders = [
        (staff_with(&app, &[]).await, readable_to_staff(&[], 2)),
        (app.db_staff(&[]).await, readable_to_staff(&[], 1)),
        (Person::named("margot"), Vec::new()),
        // Their updates.
        (
            Person::client(),
            ["PRIMARY_CLIENT_CHANGED", "PROJECT_CLIENT_ADDED", "PROJECT_CLIENT_REMOVED", "SELECTION_APPROVED"]
                .map(str::to_owned)
                .to_vec(),
        ),
        (Person::trade(), Vec::new()),
    ];
    for (person, expected) in outsiders {
        for layers in [role_view, row_check] {
            // More entries than one page has, fewer than two.
            let mut nodes = page(layers, &person, "first").await;
            nodes.extend(page(layers, &person, "last").await);
            nodes.sort_by_key(|node| node["id"].to_string());
            nodes.dedup_by_key(|node| node["id"].to_string());
            let mut seen: Vec<_> = nodes.iter().filter_map(|node| node["kind"].as_str().map(str::to_owned)).collect();
            seen.sort();
            // Without the role view, a client has no company.
            let is_company_hidden = app.viewer(&person).await.company().is_none() && layers.row_check == LayerState::Up;
            let expected = if is_company_hidden { &Vec::new() } else { &expected };
            assert_eq!(&seen, expected, "{person:?} {layers:?}");
            assert!(nodes.iter().all(|node| node["changedFields"] == Value::Array(Vec::new())), "{nodes:?}");
        }
    }
}

#[tokio::test]
async fn changes_of_hidden_fields_are_hidden() {
    // TRK-1: costs need COSTS_VIEW, the target margin MARGINS_VIEW.
    let app = TestApp::demo().await;
    for changed in [
        r#"[]"#,
        r#"["name"]"#,
        r#"["budget"]"#,
        r#"["internalStatus", "riskNotes", "leadSource"]"#,
        r#"["targetMargin"]"#,
        r#"["stage", "budget", "targetMargin"]"#,
    ] {
        let details = format!(", jsonb_build_object('changed', '{changed}'::jsonb), {}", sql_id(MAPLE));
        db_record(&app, "PROJECT_CHANGED", ", details, project_id", &details).await;
    }
    let (costs, margins) = (Permission::CostsView, Permission::MarginsView);
    for (person, expected) in [
        (staff_with(&app, &[]).await, vec!["", "name", "stage"]),
        (
            staff_with(&app, &[costs]).await,
            vec!["", "budget", "internalStatus riskNotes leadSource", "name", "stage budget"],
        ),
        (Person::reporting(), vec!["", "budget", "internalStatus riskNotes leadSource", "name", "stage budget"]),
        (staff_with(&app, &[margins]).await, vec!["", "name", "stage targetMargin", "targetMargin"]),
        (
            Person::owner(),
            vec![
                "",
                "budget",
                "internalStatus riskNotes leadSource",
                "name",
                "stage budget targetMargin",
                "targetMargin",
            ],
        ),
    ] {
        let page = super::page(&app, &person, Log::Maple, "", "changedFields").await;
        let nodes = page["nodes"].as_array().cloned().expect("a list");
        let fields = |node: &Value| {
            let fields = node["changedFields"].as_array().cloned().unwrap_or_default();
            fields.iter().filter_map(|field| field.as_str().map(str::to_owned)).collect::<Vec<_>>().join(" ")
        };
        let mut seen: Vec<_> = nodes.iter().map(fields).collect();
        seen.sort();
        assert_eq!(seen, expected, "{person:?}");
        assert_eq!(page["totalCount"], expected.len());
    }
}

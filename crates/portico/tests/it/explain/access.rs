//! Tests of the contents of explanations.

use portico_core::access::{PermissionSet, Role};
use portico_core::explain::IN_DOCUMENT;
use portico_core::id::Tag;
use portico_graphql::Rights;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::{all_explained, coordinate, explained, of_maple, place, record};
use crate::support::{MAPLE, RIDGE, project, sql_id};

#[tokio::test]
async fn visible_object_satisfies_all_rules() {
    let app = TestApp::demo().await;
    let maple = project(&app, MAPLE);
    let door = of_maple(&app, Tag::SELECTION, "selection/Front door");
    for (person, count) in [("client/ana", 5), ("trade/tomas", 5)] {
        let explanation = explained(&app, &Person::owner(), &maple, &place(&app, MAPLE, person), &record(&door)).await;
        assert_eq!(explanation["isVisible"], true, "{explanation}");
        assert_eq!(
            [&explanation["decidingRule"], &explanation["remedy"], &explanation["requirements"]],
            [&Value::Null; 3]
        );
        let rules = explanation["rules"].as_array().expect("a list");
        assert_eq!(rules.len(), count, "{explanation}");
        assert!(rules.iter().all(|rule| rule["isSatisfied"] == true), "{explanation}");
    }
}

// ISO-4, ISO-5
#[tokio::test]
async fn outsiders_never_see_costs_and_notes() {
    let app = TestApp::demo().await;
    let maple = project(&app, MAPLE);
    for (person, whose) in [("client/ana", "a client"), ("trade/tomas", "a trade partner")] {
        let person = place(&app, MAPLE, person);
        for (about, what, source) in [
            (coordinate("SelectionOption.unitCost"), "costs", "ISO-4"),
            (coordinate("Project.targetMargin"), "markups and margins", "ISO-4"),
            (coordinate("ThreadAudience.INTERNAL"), "internal threads", "ISO-5"),
        ] {
            let explanation = explained(&app, &Person::owner(), &maple, &person, &about).await;
            assert_eq!(explanation["isVisible"], false, "{explanation}");
            assert_eq!(explanation["decidingRule"], IN_DOCUMENT);
            assert_eq!(explanation["canBecomeVisible"], false);
            assert_eq!(explanation["requirements"], source);
            assert_eq!(explanation["remedy"], format!("None: {whose} can never see {what}."));
        }
    }
}

// PRP-1: the right to pay belongs to the membership, and no view has a rule for it.
#[tokio::test]
async fn contract_total_needs_the_right_to_pay() {
    let app = TestApp::demo().await;
    let maple = project(&app, MAPLE);
    for (person, may_pay) in [("client/ana", true), ("client/ben", false)] {
        let person = place(&app, MAPLE, person);
        let explanation =
            explained(&app, &Person::owner(), &maple, &person, &coordinate("Project.contractTotal")).await;
        assert_eq!(explanation["isVisible"], may_pay, "{explanation}");
        assert_eq!(explanation["decidingRule"], if may_pay { Value::Null } else { json!("can_pay") });
        let name = explained(&app, &Person::owner(), &maple, &person, &coordinate("Project.name")).await;
        assert_eq!(name["isVisible"], true, "{name}");
    }
}

// SCH-4: trade partners see the assignees, clients never.
#[tokio::test]
async fn coordinate_is_explained_by_document() {
    let app = TestApp::demo().await;
    let maple = project(&app, MAPLE);
    let owner =
        app.gateway().document(Rights::of(&app.viewer(&Person::owner()).await)).expect("the role schema is valid");
    let all: Vec<_> = owner.coordinates().into_iter().collect();
    let asked: Vec<_> = all.iter().map(|name| coordinate(name)).collect();
    assert!(all.len() > 300, "{}", all.len());
    for (person, role) in [("client/ana", Role::Client), ("trade/tomas", Role::Trade)] {
        let document =
            app.gateway().document(Rights::new(Some(role), PermissionSet::NONE)).expect("the role schema is valid");
        let own = document.coordinates();
        let answers = all_explained(&app, &Person::owner(), &maple, &place(&app, MAPLE, person), &asked).await;
        for (name, explanation) in all.iter().zip(&answers) {
            assert_eq!(explanation["isVisible"], own.contains(name), "{name} for {role}: {explanation}");
            assert_eq!(explanation["canBecomeVisible"], own.contains(name), "{name} for {role}: {explanation}");
        }
    }
}

// INV-23
#[tokio::test]
async fn removed_client_lacks_a_membership() {
    let app = TestApp::demo().await;
    let (maple, cleo) = (project(&app, MAPLE), place(&app, MAPLE, "client/cleo"));
    let task = of_maple(&app, Tag::TASK, "task/Frame walls");
    for about in [record(&maple), record(&task), coordinate("Task.name")] {
        let explanation = explained(&app, &Person::owner(), &maple, &cleo, &about).await;
        assert_eq!(explanation["decidingRule"], "is_member", "{explanation}");
        assert_eq!(explanation["canBecomeVisible"], true);
        assert_eq!(explanation["remedy"], "Add the member to this project again.");
    }
}

#[tokio::test]
async fn first_failing_rule_decides() {
    let app = TestApp::demo().await;
    let (maple, ana) = (project(&app, MAPLE), place(&app, MAPLE, "client/ana"));
    let task = record(&of_maple(&app, Tag::TASK, "task/Roofing"));
    let draft = record(&of_maple(&app, Tag::SCHEDULE_VERSION, "schedule/draft"));
    let hide = "update tasks set client_viewable = false where project_id = (select id from projects where number = 'AB-2041')";
    app.database().db_execute(hide).await;
    for (change, rule, rest) in [
        ("update project_portals set schedule_share = 'NONE'", "is_schedule_shared", ""),
        ("update project_portals set features = array['DASHBOARD']", "is_feature_on", "is_schedule_shared, "),
    ] {
        app.database().db_execute(change).await;
        for (record, last) in [(&task, "is_client_viewable"), (&draft, "is_published")] {
            let explanation = explained(&app, &Person::owner(), &maple, &ana, record).await;
            assert_eq!(explanation["decidingRule"], rule, "{explanation}");
            let change = explanation["remedy"].as_str().expect("a text");
            assert!(change.ends_with(&format!("After that it is still hidden by {rest}{last}.")), "{change}");
        }
    }
    let explanation = explained(&app, &Person::owner(), &maple, &ana, &task).await;
    assert_eq!(explanation["explanation"], "The portal section SCHEDULE is disabled for this project.");
}

#[tokio::test]
async fn schedule_and_version_ids_are_explained() {
    let app = TestApp::demo().await;
    let (ridge, hana) = (project(&app, RIDGE), place(&app, RIDGE, "client/hana"));
    let query = "query($id: ID!) { project(id: $id) { schedule { id } } }";
    let reply = app.ask_with(&Person::owner(), query, json!({ "id": ridge })).await;
    let schedule = reply.at("/project/schedule/id").as_str().expect("an id").to_owned();
    for id in [schedule, app.id(Tag::SCHEDULE_VERSION, &format!("{RIDGE}/schedule/v1"))] {
        let explanation = explained(&app, &Person::owner(), &ridge, &hana, &record(&id)).await;
        assert_eq!(explanation["decidingRule"], "is_schedule_shared", "{explanation}");
        assert_eq!(explanation["requirements"], "SCH-1, SCH-9");
    }
}

#[tokio::test]
async fn record_and_coordinate_are_exclusive() {
    let app = TestApp::demo().await;
    let (maple, ana) = (project(&app, MAPLE), place(&app, MAPLE, "client/ana"));
    let both = format!(", record: \"{maple}\", coordinate: \"Task.name\"");
    for (about, message) in [
        ("", "argument `record`: give `record` or `coordinate`: one is required"),
        (both.as_str(), "argument `record`: give either `record` or `coordinate`, not both"),
    ] {
        let query =
            format!("{{ project(id: \"{maple}\") {{ explainAccess(person: \"{ana}\"{about}) {{ isVisible }} }} }}");
        let reply = app.ask(&Person::owner(), &query).await;
        assert_eq!(reply.code(), "BAD_USER_INPUT", "{}", reply.text);
        assert_eq!(reply.message(), message);
    }
    for (argument, query) in [
        ("person", format!("person: \"nobody\", record: \"{maple}\"")),
        ("record", format!("person: \"{ana}\", record: \"nothing\"")),
        ("coordinate", format!("person: \"{ana}\", coordinate: \"Task.nonsense\"")),
        ("coordinate", format!("person: \"{ana}\", coordinate: \"{}\"", "x".repeat(5_000))),
    ] {
        let query = format!("{{ project(id: \"{maple}\") {{ explainAccess({query}) {{ isVisible }} }} }}");
        let reply = app.ask(&Person::owner(), &query).await;
        assert_eq!(reply.code(), "BAD_USER_INPUT", "{}", reply.text);
        assert!(reply.message().starts_with(&format!("argument `{argument}`")), "{}", reply.text);
    }
}

// SCH-6
#[tokio::test]
async fn files_of_tasks_can_never_become_visible() {
    let app = TestApp::demo().await;
    let (maple, ana) = (project(&app, MAPLE), place(&app, MAPLE, "client/ana"));
    let plan = of_maple(&app, Tag::FILE_ATTACHMENT, "attachment/task/Frame walls/Floor plan.pdf");
    let explanation = explained(&app, &Person::owner(), &maple, &ana, &record(&plan)).await;
    assert_eq!(explanation["isVisible"], false, "{explanation}");
    assert_eq!(explanation["decidingRule"], "is_not_on_task");
    assert_eq!(explanation["canBecomeVisible"], false);
    assert_eq!(explanation["remedy"], "None: clients never see the files of tasks.");
    assert_eq!(explanation["requirements"], "SCH-6");
    // On a selection it can, and to the trade partner of the task it is visible.
    let change = format!(
        "update file_attachments set hidden_from_clients = true where record_id = {}",
        sql_id(&format!("{MAPLE}/selection/Front door"))
    );
    app.database().db_execute(&change).await;
    let door = of_maple(&app, Tag::FILE_ATTACHMENT, "attachment/selection/Front door/Floor plan.pdf");
    let explanation = explained(&app, &Person::owner(), &maple, &ana, &record(&door)).await;
    assert_eq!(
        (&explanation["decidingRule"], &explanation["canBecomeVisible"]),
        (&json!("is_not_hidden"), &json!(true))
    );
    let tomas = place(&app, MAPLE, "trade/tomas");
    assert_eq!(explained(&app, &Person::owner(), &maple, &tomas, &record(&plan)).await["isVisible"], true);
}

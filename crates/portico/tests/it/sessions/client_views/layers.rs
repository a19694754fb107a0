//! Tests that each access layer alone keeps a view to its project, and that actions refuse it without the gateway.

use std::sync::Arc;

use portico_actions::ActionError;
use portico_actions::portal::OnboardingDismiss;
use portico_testkit::{AccessLayers, LayerState, Person, TestApp};
use serde_json::json;

use super::{nora, view};
use crate::support::{BOWEN, MAPLE, project};

const BY_ID: &str =
    "query($id: ID!) { project(id: $id) { name selections { totalCount } } viewer { projects { nodes { name } } } }";

#[tokio::test]
async fn each_layer_alone_hides_the_other_project() {
    let app = TestApp::demo().await;
    let ana = view(&app, &nora(), MAPLE, "client/ana").await;
    let id = json!({ "id": project(&app, BOWEN) });
    let alone = [
        AccessLayers { role_view: LayerState::Up, ..AccessLayers::NONE },
        AccessLayers { row_check: LayerState::Up, ..AccessLayers::NONE },
    ];
    for layers in alone {
        let found = app.ask_behind_with(layers, &ana, &Person::client(), BY_ID, id.clone()).await;
        assert_eq!(found["data"]["project"], json!(null), "{layers:?}: {found}");
        assert!(!found.to_string().contains("Bowen"), "{layers:?}: {found}");
    }
    let without = app.ask_behind_with(AccessLayers::NONE, &ana, &Person::client(), BY_ID, id).await;
    assert_eq!(without["data"]["project"]["name"], "Bowen Island Retreat", "{without}");
}

#[tokio::test]
async fn role_view_of_an_ended_view_is_empty() {
    let app = TestApp::demo().await;
    let ana = view(&app, &nora(), MAPLE, "client/ana").await;
    let client = app.database().db_client(Some("portico_client")).await;
    let seen = format!(
        "begin; select set_config('portico.session', '{}', true);
        select name from projects union all select name from locations union all select video_url from onboardings
            union all select nonce from calendar_feeds union all select device from sessions
            union all select summary_frequency from notification_settings;
        commit",
        ana.token_hash()
    );
    let rows = async || {
        let messages = client.simple_query(&seen).await.expect("the role view can be read");
        let rows = messages.into_iter().filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        rows.filter(|text| *text != ana.token_hash()).collect::<Vec<_>>()
    };
    let before = rows().await;
    assert!(before.contains(&"Maple Street House".to_owned()), "{before:?}");
    assert!(
        !before.contains(&"Bowen Island Retreat".to_owned()) && !before.contains(&"DAILY".to_owned()),
        "{before:?}"
    );
    app.ask(&ana, "mutation { signOut { isSignedOut } }").await.data();
    assert_eq!(rows().await, Vec::<String>::new());
}

#[tokio::test]
async fn actions_refuse_a_view_without_the_gateway() {
    // PRT-19
    let app = TestApp::demo().await;
    let ana = view(&app, &nora(), MAPLE, "client/ana").await;
    let actor = app.actor(Arc::new(app.viewer(&ana).await));
    let refused = actor.perform(&OnboardingDismiss).await;
    assert!(matches!(refused, Err(ActionError::NotSignedIn)), "{refused:?}");
    let actor = app.actor(Arc::new(app.viewer(&Person::client()).await));
    assert!(actor.perform(&OnboardingDismiss).await.is_ok(), "the client may");
}

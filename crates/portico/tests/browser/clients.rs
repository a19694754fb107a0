//! Tests of the gateway with frontends' libraries, and with the audits of GraphQL over HTTP.

use std::process::Command;

use portico_core::id::Tag;
use portico_graphql::Rights;
use portico_testkit::{Person, TestApp, node};
use serde_json::{Value, json};

/// Runs a script of this folder against a gateway on a real port, as the holder of a token.
async fn passes(script: &str, token: &str) {
    passes_with(script, token, &[]).await;
}

/// The same with further arguments: paths of the demo's projects.
async fn passes_with(script: &str, token: &str, projects: &[&str]) {
    let app = TestApp::demo().await;
    let address = app.serve().await;
    let mut command = Command::new("node");
    command.args([script, &format!("http://{address}/graphql"), token]).current_dir(node::folder());
    command.args(projects.iter().map(|path| app.id(Tag::PROJECT, path)));
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("the wait ends");
    let output = output.expect("node runs: script/setup installs it");
    let result = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "as {token}: {result}");
}

#[tokio::test]
async fn graphql_over_http_audits_pass() {
    // API-11
    for token in ["demo-client", "demo-owner"] {
        passes("audit.mjs", token).await;
    }
}

#[tokio::test]
async fn client_libraries_understand_refusals() {
    for token in ["demo-client", "demo-staff"] {
        passes("libraries.mjs", token).await;
    }
}

#[tokio::test]
async fn tus_library_continues_an_upload() {
    // FIL-1
    for token in ["demo-client", "demo-owner"] {
        passes_with("tus.mjs", token, &["alderbrook/maple-street"]).await;
    }
}

#[tokio::test]
async fn graphql_js_builds_each_roles_schema() {
    let app = TestApp::demo().await;
    let queries = node::run(&["introspection.mjs", "queries"], &Value::Null);
    for (role, person) in Person::of_each_role() {
        let mut answers = Vec::new();
        for name in ["full", "plain"] {
            let query = queries[name].as_str().expect("it is a text");
            answers.push(app.ask(&person, query).await.data().clone());
        }
        let document =
            app.gateway().document(Rights::of(&app.viewer(&person).await)).expect("the role schema is valid");
        let input = json!({ "sdl": document.sdl(), "full": answers[0], "plain": answers[1] });
        let one_of: Vec<_> = document.sdl().lines().filter(|line| line.contains("@oneOf {")).collect();
        let result = node::run(&["introspection.mjs", "compare"], &input);
        assert_eq!(result["differences"], json!([]), "as {role}");
        assert_eq!(result["oneOf"].as_array().map(Vec::len), Some(one_of.len()), "as {role}: {one_of:?}");
    }
}

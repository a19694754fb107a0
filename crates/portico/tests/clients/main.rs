//! The gateway as frontends meet it: through their own libraries, and through the audits of GraphQL over HTTP.

use std::path::Path;
use std::process::Command;

use portico_testkit::TestApp;

/// Runs one of the scripts beside this file against a gateway on a real port, as the holder of a token.
async fn passes(script: &str, token: &str) {
    let app = TestApp::demo().await;
    let address = app.serve().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    let mut node = Command::new("node");
    node.args([script, &format!("http://{address}/graphql"), token]).current_dir(folder);
    let output = tokio::task::spawn_blocking(move || node.output()).await.expect("the wait ends");
    let output = output.expect("node runs: script/setup installs it");
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "as {token}: {told}");
}

#[tokio::test]
async fn all_audits_of_graphql_over_http_are_met() {
    for token in ["demo-client", "demo-owner"] {
        passes("audit.mjs", token).await;
    }
}

#[tokio::test]
async fn the_libraries_of_frontends_ask_and_understand_refusals() {
    for token in ["demo-client", "demo-staff"] {
        passes("libraries.mjs", token).await;
    }
}

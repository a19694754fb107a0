//! Tests that every mutation except read marks writes an audit log entry (PRT-13).

use portico_testkit::TestApp;

use crate::support::mutations::{case_of, done, names};

/// Mutations that are not recorded: an upload without a file is nothing yet; a read mark changes nothing for others, and the log would
/// keep what people read, and when.
const UNRECORDED: [&str; 4] = ["messageMarkRead", "selectionPreview", "stagedUploadCreate", "stagedUploadCancel"];

#[tokio::test]
async fn every_mutation_is_audited() {
    // PRT-13
    let mut missing = Vec::new();
    for mutation in names() {
        let app = TestApp::demo().await;
        let case = case_of(&app, &mutation).await;
        let before = app.database().db_count("select count(*) from activity").await;
        done(&app, &mutation, &case).await;
        let rows = format!("select kind || ' ' || actor_kind as text from activity order by at, id offset {before}");
        let results = app.database().db_texts(&rows).await;
        if UNRECORDED.contains(&mutation.as_str()) {
            assert_eq!(results, Vec::<String>::new(), "{mutation}");
            continue;
        }
        let expected = case.trail.split(", ").filter(|expected| !results.iter().any(|row| row == expected));
        missing.extend(expected.map(|expected| format!("{mutation}: {expected} is not in {results:?}")));
        let without_actor = "select count(*) from activity where actor_id is null and actor_kind <> 'PUBLIC'";
        assert_eq!(app.database().db_count(without_actor).await, 0, "{mutation}: the actor is recorded");
    }
    assert_eq!(missing, Vec::<String>::new());
}

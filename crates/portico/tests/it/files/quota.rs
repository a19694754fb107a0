//! Tests of the room that a project has for files.

use portico_core::files::limits::FileLimits;
use portico_testkit::{Person, TestApp};
use serde_json::json;

use super::{TEXT, perform};
use crate::support::files::{create, finalize, received};
use crate::support::{MAPLE, of_project, refusals, sql_id};

/// Compares the project's row with its files and uploads.
async fn db_check(app: &TestApp) {
    let wrong = "select p.id::text as text from projects p left join project_storage s on s.project_id = p.id
        where coalesce(s.used_bytes, 0) <> (select coalesce(sum(c.size), 0) from file_contents c where c.project_id = p.id)
            or coalesce(s.file_count, 0) <> (select count(*) from files f where f.project_id = p.id)
            or coalesce(s.reserved_bytes, 0) <> (
                select coalesce(sum(u.size), 0) from staged_uploads u where u.project_id = p.id and u.file_id is null)";
    assert_eq!(app.database().db_texts(wrong).await, Vec::<String>::new());
}

#[tokio::test]
async fn parallel_uploads_cannot_pass_quota() {
    // A83
    let app = TestApp::concurrent().await;
    let quota = FileLimits::default().project_quota;
    let used = format!(
        "update project_storage set used_bytes = {} where project_id = {}",
        quota - 7 * 1_000 - 999,
        sql_id(MAPLE)
    );
    app.database().db_execute(&used).await;
    let people = [Person::client(), Person::named("ben"), Person::owner()];
    let uploads = (0..40).map(|number| {
        let given = json!({ "size": 1_000, "idempotencyKey": format!("k{number}") });
        create(&app, &people[number % people.len()], given)
    });
    let uploads: Vec<_> = uploads.collect();
    let replies = futures_util::future::join_all(uploads).await;
    let (accepted, refused): (Vec<_>, Vec<_>) =
        replies.iter().map(|reply| reply.at("/stagedUploadCreate")).partition(|payload| payload["upload"].is_object());
    assert_eq!(accepted.len(), 7, "{refused:?}");
    assert!(refused.iter().all(|payload| refusals(payload) == ["INVALID_STATE "]), "{refused:?}");
    let reserved = format!("select reserved_bytes as count from project_storage where project_id = {}", sql_id(MAPLE));
    assert_eq!(app.database().db_count(&reserved).await, 7_000);
}

#[tokio::test]
async fn clients_do_not_learn_how_much_is_used() {
    let app = TestApp::demo().await;
    let used = format!("update project_storage set used_bytes = {}", FileLimits::default().project_quota);
    app.database().db_execute(&used).await;
    let message = async |person: &Person| {
        let reply = create(&app, person, json!({})).await;
        reply.at("/stagedUploadCreate/userErrors/0/message").as_str().expect("a refusal").to_owned()
    };
    for client in [Person::client(), Person::named("ben")] {
        assert_eq!(message(&client).await, "the project has no space left for this file: ask the company");
    }
    let message = message(&Person::owner()).await;
    assert!(message.contains("uses 50.0 GiB of 50 GiB"), "{message}");
}

#[tokio::test]
async fn reserved_bytes_are_freed() {
    // A83: by cancelling, by expiry, and by finishing; used bytes by the end of deleted files.
    let app = TestApp::demo().await;
    let (ana, owner) = (Person::client(), Person::owner());
    db_check(&app).await;
    let storage = "storage { usedBytes reservedBytes fileCount }";
    let before = of_project(&app, &owner, MAPLE, storage).await;
    let cancelled = received(&app, &ana, "One.txt", TEXT).await;
    let finished = received(&app, &ana, "Two.txt", TEXT).await;
    received(&app, &ana, "Three.txt", TEXT).await;
    db_check(&app).await;
    assert_eq!(of_project(&app, &owner, MAPLE, storage).await["storage"]["reservedBytes"], "63");
    perform(&app, &ana, "stagedUploadCancel", json!({ "uploadId": cancelled }), "project { id }").await;
    let reply = finalize(&app, &ana, &finished, json!({})).await;
    let file = reply.at("/fileFinalize/file/id").clone();
    db_check(&app).await;
    let purge = "update staged_uploads set expires_at = '2020-01-01' where name = 'Three.txt';
        select retention.delete_uploads('2021-01-01', 500)";
    app.database().db_execute(purge).await;
    db_check(&app).await;
    perform(&app, &ana, "fileDelete", json!({ "id": file }), "project { id }").await;
    db_check(&app).await;
    let purge = "update files set deleted_at = '2020-01-01' where name = 'Two.txt'; select retention.delete_files('2021-01-01', 500)";
    app.database().db_execute(purge).await;
    db_check(&app).await;
    assert_eq!(of_project(&app, &owner, MAPLE, storage).await, before);
    let left =
        "select count(*) from file_objects where upload_id is null and rendition_id is null and state = 'STORED'";
    assert_eq!(app.database().db_count(left).await, 3, "the sweep deletes their bytes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn storage_counts_what_random_histories_leave() {
    // A83: by clients and staff over two gateways, three at once.
    let app = TestApp::concurrent().await;
    let gateways = [app.rewired(|_| ()), app.rewired(|_| ())];
    let mut rng = fastrand::Rng::with_seed(20_261_127);
    let (mut open, mut present, mut deleted) = (Vec::<(Person, String)>::new(), Vec::new(), Vec::new());
    let mut done = [0; 6];
    for round in 0..60 {
        let mut starts = Vec::new();
        for number in 0..3 {
            let person = if rng.bool() { Person::client() } else { Person::owner() };
            let (gateway, name) = (&gateways[rng.usize(..2)], format!("{round}-{number}.txt"));
            let bytes = TEXT.repeat(rng.usize(1..4));
            starts.push(async move { (received(gateway, &person, &name, &bytes).await, person) });
        }
        for (upload, person) in futures_util::future::join_all(starts).await {
            open.push((person, upload));
            done[0] += 1;
        }
        for _ in 0..4 {
            let gateway = &gateways[rng.usize(..2)];
            match rng.u8(..5) {
                0 if !open.is_empty() => {
                    let (person, upload) = open.swap_remove(rng.usize(..open.len()));
                    perform(gateway, &person, "stagedUploadCancel", json!({ "uploadId": upload }), "project { id }")
                        .await;
                    done[1] += 1;
                }
                1 | 2 if !open.is_empty() => {
                    // Twice at once: it is counted once.
                    let (person, upload) = open.swap_remove(rng.usize(..open.len()));
                    let again = json!({ "idempotencyKey": format!("again {upload}") });
                    let both = futures_util::join!(
                        finalize(&gateways[0], &person, &upload, json!({})),
                        finalize(&gateways[1], &person, &upload, again)
                    );
                    let file = both.0.at("/fileFinalize/file/id").clone();
                    assert!(file.is_string() && file == *both.1.at("/fileFinalize/file/id"), "{}", both.1.text);
                    present.push(file);
                    done[2] += 1;
                }
                3 if !present.is_empty() => {
                    let file = present.swap_remove(rng.usize(..present.len()));
                    perform(gateway, &Person::owner(), "fileDelete", json!({ "id": file }), "project { id }").await;
                    deleted.push(file);
                    done[3] += 1;
                }
                4 if !deleted.is_empty() && rng.bool() => {
                    let file = deleted.swap_remove(rng.usize(..deleted.len()));
                    perform(gateway, &Person::owner(), "fileRestore", json!({ "id": file }), "file { id }").await;
                    present.push(file);
                    done[4] += 1;
                }
                _ => {}
            }
        }
        // Less than the limit of open uploads of a person; and the end of what expired and was deleted.
        if round % 5 == 4 {
            let purge = "update staged_uploads set expires_at = '2020-01-01' where file_id is null;
                select retention.delete_uploads('2021-01-01', 500);
                update files set deleted_at = '2020-01-01' where state = 'DELETED';
                select retention.delete_files('2021-01-01', 500)";
            app.database().db_execute(purge).await;
            (open, deleted) = (Vec::new(), Vec::new());
            done[5] += 1;
        }
        db_check(&app).await;
    }
    assert!(done.iter().all(|count| *count > 5), "{done:?}");
}

#[tokio::test]
async fn person_has_few_open_uploads() {
    let app = TestApp::demo().await;
    let ana = Person::client();
    for number in 0..20 {
        let reply = create(&app, &ana, json!({ "idempotencyKey": format!("k{number}") })).await;
        assert!(reply.at("/stagedUploadCreate/upload").is_object(), "{number}: {}", reply.text);
    }
    let reply = create(&app, &ana, json!({ "idempotencyKey": "one more" })).await;
    assert_eq!(refusals(reply.at("/stagedUploadCreate")), ["INVALID_STATE "], "{}", reply.text);
    let reply = create(&app, &Person::named("ben"), json!({})).await;
    assert!(reply.at("/stagedUploadCreate/upload").is_object(), "{}", reply.text);
}

//! Tests of `docs/verify-decisions`: its test vectors, and exports made through the API.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use axum::body::Body;
use axum::http::Request;
use portico_core::decisions::{DecisionKeys, Head, canonical, sha256};
use portico_core::id::{GlobalId, Tag, new_uuid};
use portico_testkit::{Person, TestApp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::support::{FAUCET, approve, db_tamper, export};
use crate::support::files::{finalize, received};
use crate::support::{MAPLE, sql_id};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/verify-decisions")
}

/// A Python with the package that the script needs.
fn python() -> &'static str {
    let has_package = |python: &&str| {
        Command::new(python).args(["-c", "import cryptography"]).output().is_ok_and(|output| output.status.success())
    };
    ["python3", "/usr/bin/python3"]
        .into_iter()
        .find(has_package)
        .expect("run `script/setup --tests`: cryptography is missing")
}

/// The script's output, with the exit code that belongs to it.
fn verify(export: &Path, keys: &Path, heads: &[String]) -> String {
    verify_with(export, keys, heads.iter().flat_map(|head| ["--head", head]))
}

fn verify_with<'a>(export: &Path, keys: &Path, options: impl Iterator<Item = &'a str>) -> String {
    let mut script = Command::new(python());
    script.arg("-B").arg(folder().join("verify.py")).arg("--keys").arg(keys).arg(export).args(options);
    let output = script.output().expect("the script runs");
    let text = String::from_utf8(output.stdout).expect("it is UTF-8");
    let expected = if text.starts_with("valid: ") { 0 } else { 1 };
    assert_eq!(output.status.code(), Some(expected), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text.trim_end().to_owned()
}

#[derive(Deserialize)]
struct Vector {
    export: String,
    heads: Vec<String>,
    output: String,
}

#[test]
fn test_vectors_give_the_expected_output() {
    // SEL-2
    let vectors = folder().join("vectors");
    let text = fs::read_to_string(vectors.join("expected.json")).expect("the list can be read");
    let listed: Vec<Vector> = serde_json::from_str(&text).expect("the list is valid");
    for Vector { export, heads, output } in &listed {
        assert_eq!(verify(&vectors.join(export), &vectors.join("keys.json"), heads), *output, "{export}");
    }
    let files = fs::read_dir(&vectors).expect("the folder can be read").filter_map(Result::ok);
    for file in
        files.map(|file| file.file_name().to_string_lossy().into_owned()).filter(|file| file.ends_with(".jsonl"))
    {
        assert!(listed.iter().any(|vector| vector.export == file), "{file} is not in expected.json");
    }
}

/// Exports the showcase project through the API, and runs the script.
struct Exported {
    folder: PathBuf,
}

impl Drop for Exported {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Exported {
    async fn of(app: &TestApp) -> Self {
        let exported = Self { folder: std::env::temp_dir().join(format!("portico-decisions-{}", new_uuid())) };
        fs::create_dir(&exported.folder).expect("it can be made");
        let request = Request::get("/.well-known/jwks.json").body(Body::empty()).expect("it can be made");
        fs::write(exported.keys(), app.send(request).await.text).expect("it can be written");
        exported
    }

    fn keys(&self) -> PathBuf {
        self.folder.join("keys.json")
    }

    async fn verify(&self, app: &TestApp, heads: &[String]) -> String {
        let lines: Vec<_> = export(app, &Person::client()).await.iter().map(Value::to_string).collect();
        let file = self.folder.join("decisions.jsonl");
        fs::write(&file, lines.join("\n")).expect("it can be written");
        verify(&file, &self.keys(), heads)
    }
}

#[tokio::test]
async fn export_through_the_api_is_valid() {
    // SEL-2
    let app = TestApp::demo().await;
    let odd = "update selections set title = E'Façade \"sea\" \\\\ 🎨\\u2028 end', instructions = E'a\\tb\\nc' where title = 'Kitchen faucet'";
    app.database().db_execute(odd).await;
    let done = approve(&app, &Person::client(), FAUCET, "once").await;
    let hash = done["decision"]["hash"].as_str().expect("it is a text");
    let exported = Exported::of(&app).await;
    let expected = format!("valid: 4 decisions, newest hash {hash}");
    assert_eq!(exported.verify(&app, &[format!("4:{hash}")]).await, expected);
}

#[tokio::test]
async fn export_proves_which_files_were_seen() {
    // EXP-8, SEL-2
    let app = TestApp::demo().await;
    let (ana, bytes) = (Person::client(), "Two on the north side");
    let upload = received(&app, &ana, "Faucet we saw.txt", bytes.as_bytes()).await;
    let file = finalize(&app, &ana, &upload, json!({})).await.at("/fileFinalize/file/id").clone();
    let attach = "mutation($input: FileAttachInput!) { fileAttach(input: $input) { userErrors { code } } }";
    let input = json!({ "fileId": file, "recordId": app.id(Tag::SELECTION, FAUCET), "idempotencyKey": "attach" });
    let attached = app.ask_with(&ana, attach, json!({ "input": input })).await;
    assert_eq!(*attached.at("/fileAttach/userErrors"), json!([]), "{}", attached.text);
    approve(&app, &ana, FAUCET, "once").await;
    let exported = Exported::of(&app).await;
    let valid = exported.verify(&app, &[]).await;
    assert!(valid.starts_with("valid: 4 decisions"), "{valid}");
    for (position, content, expected) in [
        (4, bytes, valid.as_str()),
        (4, "Two on the south side", "invalid: position 4: the document does not list the file "),
        (3, bytes, "invalid: position 3: the document does not list the file "),
        (5, bytes, "invalid: position 5: there is no such decision, so none with the file "),
    ] {
        let path = exported.folder.join("file");
        fs::write(&path, content).expect("it can be written");
        let option = format!("{position}:{}", path.display());
        let export = exported.folder.join("decisions.jsonl");
        let output = verify_with(&export, &exported.keys(), ["--file", &option].into_iter());
        assert!(output.starts_with(expected), "{option}: {output}");
    }
}

#[tokio::test]
async fn tampered_databases_fail_the_script() {
    // SEL-2
    let second = format!("where project_id = {} and position = 2", sql_id(MAPLE));
    let without_links = "alter table decisions drop constraint decisions_project_id_previous_position_prev_hash_fkey;
        alter table decision_heads drop constraint decision_heads_project_id_position_hash_fkey;";
    let delete = format!(
        "{without_links} delete from file_holds; delete from decision_evidence; delete from decision_heads {second}; delete from decisions {second};"
    );
    let of_maple = format!("where project_id = {} and position", sql_id(MAPLE));
    let move_third = format!(
        "update decisions set position = 2 {of_maple} = 3; update decision_heads set position = 2 {of_maple} = 3"
    );
    for (sql, expected) in [
        (
            format!("update decisions set decided_by_name = 'Ana Whitlock' {second}"),
            "invalid: position 2: hash is not the hash of the decision",
        ),
        (delete.clone(), "invalid: position 2: there is the decision of position 3"),
        (delete + &move_third, "invalid: position 2: prevHash is not the hash of the previous decision"),
        (
            format!(
                "{without_links} update decisions set position = 9 {of_maple} = 1; update decisions set position = 1 {of_maple} = 2;
                update decisions set position = 2 {of_maple} = 9"
            ),
            "invalid: position 1: prevHash is not the hash of the previous decision",
        ),
    ] {
        let app = TestApp::demo().await;
        let exported = Exported::of(&app).await;
        let sql = if sql.contains("position = 9") {
            format!("alter table decisions drop constraint decisions_check; {sql}")
        } else {
            sql
        };
        db_tamper(&app, &sql).await;
        assert_eq!(exported.verify(&app, &[]).await, expected, "{sql}");
    }
}

#[tokio::test]
async fn rewritten_chain_fails_the_script() {
    // SEL-2
    let app = TestApp::demo().await;
    let exported = Exported::of(&app).await;
    let mailed = export(&app, &Person::client()).await[2]["hash"].as_str().expect("it is a text").to_owned();
    // With access to the database alone, it is signed with another key.
    for (keys, heads, expected) in [
        (
            DecisionKeys::from_seed(&[9; 32]).expect("it is a seed"),
            Vec::new(),
            "invalid: position 1: it is signed with the key ",
        ),
        // With the signing key, it differs from the mails.
        (
            portico_fixtures::demo_decision_keys(),
            vec![format!("3:{mailed}")],
            "invalid: position 3: the hash is not the one of the mail",
        ),
    ] {
        db_rewrite(&app, &keys).await;
        let output = exported.verify(&app, &heads).await;
        assert!(output.starts_with(expected), "{output}");
    }
}

/// Replaces the price in the first document, and hashes and signs the whole chain again.
async fn db_rewrite(app: &TestApp, keys: &DecisionKeys) {
    let (mut prev_hash, mut sql) = (None, String::new());
    for mut line in export(app, &Person::owner()).await {
        let document = line["document"].as_str().expect("it is a text").replace("17850.00", "18850.00");
        let (document_hash, position) = (sha256(&document), line["position"].as_i64().expect("it is a number"));
        let form = line.as_object_mut().expect("it is an object");
        form["documentHash"] = document_hash.clone().into();
        form["prevHash"] = prev_hash.clone().into();
        for name in ["document", "evidence", "hash", "keyId", "signature"] {
            form.remove(name);
        }
        form.insert("format".to_owned(), "portico-decision/1".into());
        let hash = sha256(&canonical(&line).expect("it is JSON"));
        let project = GlobalId::parse(line["projectId"].as_str().expect("it is a text")).expect("it is an id").uuid;
        let head = Head { project: project.into(), position: position as i32, hash: &hash };
        let (key_id, signature) = keys.sign(head).expect("it is JSON").expect("there is a key");
        let old = prev_hash.replace(hash.clone()).map_or_else(|| "null".to_owned(), |hash| format!("'{hash}'"));
        let row = format!("where project_id = '{project}' and position = {position}");
        sql += &format!(
            "update decisions set document = $doc${document}$doc$, document_hash = '{document_hash}', prev_hash = {old}, hash = '{hash}' {row};
            update decision_heads set hash = '{hash}', key_id = '{key_id}', signature = '{signature}' {row};"
        );
    }
    db_tamper(app, &sql).await;
}

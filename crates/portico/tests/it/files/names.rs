//! Tests of the names of files (A76).

use portico_testkit::{Person, TestApp};
use serde_json::json;

use super::{TEXT, names};
use crate::support::MAPLE;
use crate::support::files::{create, finalize, receive};

#[tokio::test]
async fn names_are_repaired_and_kept() {
    // A76
    let app = TestApp::demo().await;
    let ana = Person::client();
    let long = format!("{}.txt", "a".repeat(5_000));
    for (number, (sent, expected)) in [
        ("..\\..\\x.txt", "_.._x.txt"),
        ("a\nSet-Cookie: x.txt", "a Set-Cookie_ x.txt"),
        ("invoice\u{202e}txt.pdf", "invoicetxt.pdf"),
        ("CON.txt", "_CON.txt"),
        ("\"quoted\"; x.txt", "_quoted_; x.txt"),
        ("..\u{202f}..", "file"),
        ("cafe\u{301}.txt", "café.txt"),
        (long.as_str(), ""),
    ]
    .into_iter()
    .enumerate()
    {
        let key = format!("k{number}");
        let reply = create(&app, &ana, json!({ "name": sent, "idempotencyKey": key })).await;
        let upload = reply.at("/stagedUploadCreate/upload");
        let name = upload["name"].as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned();
        if expected.is_empty() {
            assert!(name.len() == 255 && name.ends_with(".txt"), "{name}");
        } else {
            assert_eq!(name, expected, "{sent:?}");
        }
        let id = upload["id"].as_str().expect("an id").to_owned();
        receive(&app, &ana, &id, TEXT).await;
        let reply = finalize(&app, &ana, &id, json!({})).await;
        assert_eq!(reply.at("/fileFinalize/file/name"), name.as_str(), "{}", reply.text);
        assert!(names(&app, &Person::named("ben"), MAPLE, "(first: 100)").await.contains(&name));
    }
}

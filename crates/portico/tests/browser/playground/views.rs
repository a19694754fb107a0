//! Tests of views of clients' portals in the playground.

use portico_core::id::Tag;
use serde_json::json;

use super::page::{answer, is_now, opened, write};

const PROJECTS: &str = "{ viewer { role name projects { nodes { name } } } }";
const CHOOSE: &str = "const select = document.querySelector(arguments[0]);
    Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value').set.call(select, arguments[1]);
    select.dispatchEvent(new Event('change', { bubbles: true }));";
const START: &str = "form.view-start";

#[tokio::test]
async fn owner_views_a_client_and_returns() {
    // PRT-19
    let (app, browser, _) = opened("CLIENT").await;
    // Clients have no such control.
    assert_eq!(browser.run("return document.querySelectorAll('.view-button').length", json!([])).await, 0);
    browser.run(CHOOSE, json!(["select.people", "demo-owner"])).await;
    is_now(&browser, "OWNER").await;
    browser.until("document.querySelector('.view-button')").await;
    browser.click(".view-button").await;
    let maple = app.id(Tag::PROJECT, "alderbrook/maple-street");
    browser.until(&format!("document.querySelector('{START} option[value=\"{maple}\"]')")).await;
    browser.run(CHOOSE, json!([format!("{START} select[aria-label=Project]"), maple])).await;
    let ana = app.id(Tag::PROJECT_MEMBERSHIP, "alderbrook/maple-street/client/ana");
    browser.until(&format!("document.querySelector('{START} option[value=\"{ana}\"]')")).await;
    browser.run(CHOOSE, json!([format!("{START} select[aria-label=Client]"), ana])).await;
    browser.click(&format!("{START} button")).await;
    is_now(&browser, "CLIENT").await;
    let shown = browser.run("return document.querySelector('.views').textContent", json!([])).await;
    assert!(shown.as_str().is_some_and(|text| text.contains("Ana Whitlock, Maple Street House until ")), "{shown}");
    write(&browser, PROJECTS).await;
    let viewed = answer(&browser).await;
    assert_eq!(viewed["data"]["viewer"]["name"], "Ana Whitlock");
    assert_eq!(viewed["data"]["viewer"]["projects"]["nodes"], json!([{ "name": "Maple Street House" }]));
    browser.click(".view-button").await;
    is_now(&browser, "OWNER").await;
    assert_eq!(browser.run("return document.querySelectorAll('.views').length", json!([])).await, 0);
    assert_eq!(app.database().db_count("select count(*) from client_views where ended_at is not null").await, 1);
    browser.close().await;
}

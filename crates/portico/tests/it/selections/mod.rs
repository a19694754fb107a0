//! Tests of choosing: previews, choices, allowances and deadlines.

mod agreed;
mod choosing;
mod deadlines;
mod histories;
mod ledger;
mod reminders;
mod staff;

use portico_core::id::Tag;
use portico_testkit::{Person, Reply, TestApp};
use serde_json::{Value, json};

/// SHARED, with up to two choices; it has a standard for 920.00.
const HARDWARE: &str = "alderbrook/maple-street/selection/Cabinet hardware";
/// SHARED, paid by an untouched allowance of 14,000.00 with 15 % fee and 8.25 % tax.
const RANGE: &str = "alderbrook/maple-street/selection/Range and hood";
/// SHARED; it may be declined, is due with a task, and one of its prices has expired.
const PAINT: &str = "alderbrook/maple-street/selection/Interior paint palette";

/// An option of a selection of Maple Street.
fn option(app: &TestApp, selection: &str, title: &str) -> String {
    app.id(Tag::SELECTION_OPTION, &format!("{}/{title}", selection.replace("/selection/", "/option/")))
}

fn choices(app: &TestApp, selection: &str, chosen: &[(&str, i32)]) -> Value {
    let choice =
        |(title, quantity): &(&str, i32)| json!({ "optionId": option(app, selection, title), "quantity": quantity });
    chosen.iter().map(choice).collect()
}

/// Sends a mutation with an input, and returns its payload.
async fn send(app: &TestApp, person: &Person, mutation: &str, ty: &str, fields: &str, input: Value) -> Value {
    let query = format!(
        "mutation($input: {ty}!) {{ {mutation}(input: $input) {{ {fields} userErrors {{ code field message }} }} }}"
    );
    let reply: Reply = app.ask_with(person, &query, json!({ "input": input })).await;
    let payload = reply.json["data"][mutation].clone();
    assert!(payload.is_object(), "{}", reply.text);
    payload
}

/// Chooses options of a selection, in the version that was read.
async fn choose(app: &TestApp, person: &Person, selection: &str, chosen: Value, version: i32, key: &str) -> Value {
    let fields = "selection { id status version chosenBy isOverdue chosenOption { title }
        choices { quantity option { title } price { amount } } }";
    let input = json!({ "id": app.id(Tag::SELECTION, selection), "choices": chosen, "expectedVersion": version,
        "idempotencyKey": key });
    send(app, person, "selectionChoose", "SelectionChooseInput", fields, input).await
}

async fn preview(app: &TestApp, person: &Person, selection: &str, chosen: Value) -> Value {
    let fields = "preview { selectionVersion price { amount } priceDelta { amount } choices { quantity price { amount } }
        contractTotalBefore { amount } contractTotalAfter { amount } contractTotalChange { amount }
        allowance { granted { amount } usedBefore { amount } usedAfter { amount } remainingAfter { amount } overage { amount }
            fee { amount } tax { amount } overageTotal { amount } } }";
    let input = json!({ "id": app.id(Tag::SELECTION, selection), "choices": chosen });
    send(app, person, "selectionPreview", "SelectionPreviewInput", fields, input).await
}

/// The code and message of a rejection, or an empty text.
fn refusal(payload: &Value) -> String {
    match &payload["userErrors"][0] {
        Value::Null => String::new(),
        error => {
            format!("{}: {}", error["code"].as_str().unwrap_or_default(), error["message"].as_str().unwrap_or_default())
        }
    }
}

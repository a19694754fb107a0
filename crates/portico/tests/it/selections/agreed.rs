//! Tests of what clients have agreed to: it does not change, and no amount is lost.

use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::{HARDWARE, RANGE, choices, choose, option, refusal, send};
use crate::support::selections::approve;
use crate::support::{HARBOR, MAPLE, sql_id};

const PENDANTS: &str = "alderbrook/maple-street/selection/Pendant lights over the island";

fn money(amount: &str) -> Value {
    json!({ "amount": amount, "currencyCode": "USD" })
}

async fn staff(app: &TestApp, mutation: &str, ty: &str, fields: &str, input: Value) -> Value {
    send(app, &Person::owner(), mutation, ty, fields, input).await
}

/// Changes the option of a selection that has been read as `version`.
async fn reprice(app: &TestApp, selection: &str, title: &str, price: &str) -> Value {
    let id = option(app, selection, title);
    let read = "query($id: ID!) { node(id: $id) { ... on SelectionOption { version } } }";
    let version = app.ask_with(&Person::owner(), read, json!({ "id": id })).await.at("/node/version").clone();
    let input = json!({ "id": id, "expectedVersion": version, "price": money(price) });
    staff(app, "selectionOptionSave", "SelectionOptionSaveInput", "option { id }", input).await
}

async fn change(app: &TestApp, selection: &str, mut input: Value) -> Value {
    let id = app.id(Tag::SELECTION, selection);
    let read = "query($id: ID!) { node(id: $id) { ... on Selection { version } } }";
    input["id"] = json!(id);
    input["expectedVersion"] =
        app.ask_with(&Person::owner(), read, json!({ "id": id })).await.at("/node/version").clone();
    staff(app, "selectionSave", "SelectionSaveInput", "selection { version }", input).await
}

#[tokio::test]
async fn price_of_a_choice_is_limited() {
    // MR-1, MR-5
    let app = TestApp::demo().await;
    let ana = Person::client();
    let title = "Gas, six burners, with a wall hood";
    assert_eq!(refusal(&change(&app, RANGE, json!({ "maxChoices": 2 })).await), "");
    assert_eq!(refusal(&reprice(&app, RANGE, title, "1000000000.00").await), "");
    let expected = "INVALID: the total price exceeds the maximum: lower the quantities";
    assert_eq!(refusal(&choose(&app, &ana, RANGE, choices(&app, RANGE, &[(title, 9_999)]), 3, "many").await), expected);
    assert_eq!(refusal(&choose(&app, &ana, RANGE, choices(&app, RANGE, &[(title, 900)]), 3, "some").await), "");
    // The price rises after the choice.
    assert_eq!(refusal(&reprice(&app, RANGE, title, "1000000000000.00").await), "");
    let refused = approve(&app, &ana, RANGE).await;
    let expected = "INVALID_STATE: the company has changed the selection since the choice: read it and choose again";
    assert_eq!(refusal(&refused), expected);
}

#[tokio::test]
async fn choice_fits_the_number_of_choices_when_it_is_approved() {
    // SEL-1
    let app = TestApp::demo().await;
    let ana = Person::client();
    let chosen = choices(&app, HARDWARE, &[("Bronze cup pulls", 1)]);
    assert_eq!(refusal(&choose(&app, &ana, HARDWARE, chosen, 1, "one").await), "");
    assert_eq!(refusal(&change(&app, HARDWARE, json!({ "minChoices": 2, "maxChoices": 3 })).await), "");
    let expected = "INVALID_STATE: the company has changed the selection since the choice: read it and choose again";
    assert_eq!(refusal(&approve(&app, &ana, HARDWARE).await), expected);
    // A selection that is shared keeps as many options as clients choose.
    let delete = async |title: &str| {
        let input = json!({ "id": option(&app, HARDWARE, title) });
        refusal(&staff(&app, "selectionOptionDelete", "SelectionOptionDeleteInput", "selection { id }", input).await)
    };
    assert_eq!(delete("Leather tabs").await, "");
    assert_eq!(delete("Plain steel pulls").await, "INVALID_STATE: clients choose at least 2: add another option first");
}

#[tokio::test]
async fn terms_that_clients_have_approved_stay() {
    // MR-5, MR-7
    let app = TestApp::demo().await;
    let id = app.id(Tag::ALLOWANCE, &format!("{MAPLE}/allowance/Lighting allowance"));
    let read = "query($id: ID!) { node(id: $id) { ... on Allowance { version covers } } }";
    let allowance = app.ask_with(&Person::owner(), read, json!({ "id": id })).await.at("/node").clone();
    let covers = if allowance["covers"] == "MATERIAL" { "MATERIAL_AND_LABOR" } else { "MATERIAL" };
    let save = async |mut input: Value| {
        input["id"] = json!(id);
        input["expectedVersion"] = allowance["version"].clone();
        staff(&app, "allowanceSave", "AllowanceSaveInput", "allowance { version }", input).await
    };
    let agreed =
        "INVALID_STATE: is part of what clients have approved: reopen its selections first (`selectionReopen`)";
    for (member, changed) in [("covers", json!({ "covers": covers })), ("terms", json!({ "terms": "Others." }))] {
        let refused = save(changed).await;
        assert_eq!((refusal(&refused).as_str(), &refused["userErrors"][0]["field"][1]), (agreed, &json!(member)));
    }
    // 7,150 of 6,400 are approved. The granted amount and the fee together could keep the total, and lose what was agreed.
    let overage = "INVALID_STATE: would change the overage of approved selections: keep the granted amount, fee and tax, or add another allowance";
    for changed in [
        json!({ "granted": money("6775.00"), "feePercent": "100" }),
        json!({ "feePercent": "16" }),
        json!({ "granted": money("6400.01") }),
    ] {
        assert_eq!(refusal(&save(changed).await), overage);
    }
    let input = json!({ "id": app.id(Tag::SELECTION, PENDANTS), "expectedVersion": 1, "reason": "Others." });
    let reopened = staff(&app, "selectionReopen", "SelectionReopenInput", "selection { version }", input).await;
    assert_eq!(refusal(&reopened), "");
    assert_eq!(refusal(&save(json!({ "terms": "Others.", "feePercent": "16" })).await), "");
}

#[tokio::test]
async fn reopening_makes_no_total_negative() {
    // MR-7
    let app = TestApp::demo().await;
    let id = app.id(Tag::PROJECT, MAPLE);
    let read = "query($id: ID!) { project(id: $id) { version contractTotal { amount } } }";
    let version = app.ask_with(&Person::owner(), read, json!({ "id": id })).await.at("/project/version").clone();
    let input = json!({ "id": id, "expectedVersion": version, "contractTotal": money("505.00") });
    let entered = staff(&app, "projectUpdate", "ProjectUpdateInput", "project { id }", input).await;
    assert_eq!(refusal(&entered), "");
    let input = json!({ "id": app.id(Tag::SELECTION, PENDANTS), "expectedVersion": 1, "reason": "Others." });
    let refused = staff(&app, "selectionReopen", "SelectionReopenInput", "selection { version }", input).await;
    let expected =
        "INVALID_STATE: this would make the contract total negative: the company has to correct the total first";
    assert_eq!(refusal(&refused), expected);
    let after = app.ask_with(&Person::owner(), read, json!({ "id": id })).await;
    assert_eq!(after.at("/project/contractTotal/amount"), "505.00");
}

#[tokio::test]
async fn full_ledger_can_still_be_reversed() {
    // MR-19: 998 entries, then an approval and its reversal.
    let app = TestApp::demo().await;
    let ana = Person::client();
    let chosen = choices(&app, RANGE, &[("Gas, six burners, with a wall hood", 1)]);
    assert_eq!(refusal(&choose(&app, &ana, RANGE, chosen, 1, "one").await), "");
    let fill = format!(
        "insert into allowance_entries (id, company_id, project_id, allowance_id, kind, amount_minor)
        select gen_random_uuid(), w.company_id, w.project_id, w.id, 'GRANT_CHANGED', 0
        from selections s join allowances w on w.id = s.allowance_id, generate_series(1, 997) where s.id = {}",
        sql_id(RANGE)
    );
    app.database().db_execute(&fill).await;
    assert_eq!(refusal(&approve(&app, &ana, RANGE).await), "");
    let input = json!({ "id": app.id(Tag::SELECTION, RANGE), "expectedVersion": 3, "reason": "Others." });
    let reopened = staff(&app, "selectionReopen", "SelectionReopenInput", "selection { status }", input).await;
    assert_eq!(reopened["selection"]["status"], "CHOSEN", "{reopened}");
    let input = json!({ "id": app.id(Tag::SELECTION, RANGE), "expectedVersion": 4, "choices": choices(&app, RANGE, &[("Induction, thirty-six inches, with a liner hood", 1)]),
        "idempotencyKey": "two" });
    let chosen =
        send(&app, &ana, "selectionChoose", "SelectionChooseInput", "selection { approvalDocument { hash } }", input)
            .await;
    let hash = &chosen["selection"]["approvalDocument"]["hash"];
    let input = json!({ "id": app.id(Tag::SELECTION, RANGE), "documentHash": hash, "idempotencyKey": "again" });
    let refused = send(&app, &ana, "selectionApprove", "SelectionApproveInput", "selection { id }", input).await;
    assert_eq!(
        refusal(&refused),
        "INVALID_STATE: the allowance has at most 1000 entries: the company has to use another allowance"
    );
}

#[tokio::test]
async fn deadlines_follow_the_time_zone_of_the_project() {
    // SEL-1, EXP-7: a day that has passed in one zone goes on in another.
    let app = TestApp::demo().await;
    let in_zone = async |zone: &str| {
        let id = app.id(Tag::PROJECT, MAPLE);
        let read = "query($id: ID!) { project(id: $id) { version } }";
        let version = app.ask_with(&Person::owner(), read, json!({ "id": id })).await.at("/project/version").clone();
        let input = json!({ "id": id, "expectedVersion": version, "timeZone": zone });
        let done = staff(&app, "projectUpdate", "ProjectUpdateInput", "project { id }", input).await;
        assert_eq!(refusal(&done), "");
        let read = "query($id: ID!) { node(id: $id) { ... on Selection { isOverdue options { isPriceExpired } } } }";
        let seen = app.ask_with(&Person::client(), read, json!({ "id": app.id(Tag::SELECTION, HARDWARE) })).await;
        (seen.at("/node/isOverdue").clone(), seen.at("/node/options/1/isPriceExpired").clone())
    };
    // The day that is over in Kiritimati and goes on, or has not begun, in Pago Pago, 25 hours behind.
    let day = format!(
        "update selections set due_on = (now() at time zone 'Pacific/Pago_Pago')::date where id = {0};
        update selection_options set price_expires_on = (now() at time zone 'Pacific/Pago_Pago')::date where selection_id = {0}",
        sql_id(HARDWARE)
    );
    app.database().db_execute(&day).await;
    assert_eq!(in_zone("Pacific/Kiritimati").await, (json!(true), json!(true)));
    assert_eq!(in_zone("Pacific/Pago_Pago").await, (json!(false), json!(false)));
}

#[tokio::test]
async fn trade_partners_do_not_learn_of_changed_prices() {
    // VIS-11, MR-4
    let app = TestApp::demo().await;
    let tomas = Person::trade();
    let query = "query($id: ID!, $since: String) { project(id: $id) { changes(since: $since, first: 100) {
        cursor hasMore entries { id } } } }";
    let id = app.id(Tag::PROJECT, MAPLE);
    let changes = async |since: &Value| {
        let reply = app.ask_with(&tomas, query, json!({ "id": id, "since": since })).await;
        reply.at("/project/changes").clone()
    };
    let mut cursor = Value::Null;
    loop {
        let page = changes(&cursor).await;
        cursor = page["cursor"].clone();
        if page["hasMore"] == false {
            break;
        }
    }
    assert_eq!(refusal(&reprice(&app, HARDWARE, "Bronze cup pulls", "17.00").await), "");
    let allowance = app.id(Tag::ALLOWANCE, &format!("{MAPLE}/allowance/Lighting allowance"));
    assert_eq!(refusal(&change(&app, HARDWARE, json!({ "allowanceId": allowance })).await), "");
    assert_eq!(changes(&cursor).await["entries"], json!([]));
    assert_eq!(refusal(&change(&app, HARDWARE, json!({ "title": "Pulls" })).await), "");
    assert_eq!(changes(&cursor).await["entries"].as_array().map(Vec::len), Some(1), "what they see is reported");
}

#[tokio::test]
async fn allowance_of_declined_selections_can_be_deleted() {
    // MR-5
    let app = TestApp::demo().await;
    let made = json!({ "projectId": app.id(Tag::PROJECT, MAPLE), "name": "Paint", "granted": money("500.00"), "sort": 2_147_483_647 });
    let made = staff(&app, "allowanceSave", "AllowanceSaveInput", "allowance { id }", made).await;
    let id = made["allowance"]["id"].clone();
    let paint = "alderbrook/maple-street/selection/Interior paint palette";
    assert_eq!(refusal(&change(&app, paint, json!({ "allowanceId": id })).await), "");
    let delete =
        async || staff(&app, "allowanceDelete", "AllowanceDeleteInput", "project { id }", json!({ "id": id })).await;
    let expected =
        "INVALID_STATE: pays for selections (1): give them another allowance first; approved ones keep theirs";
    assert_eq!(refusal(&delete().await), expected);
    // Copies of it, with the highest sort order, do not overflow.
    let copy = json!({ "fromProjectId": app.id(Tag::PROJECT, MAPLE), "toProjectId": app.id(Tag::PROJECT, HARBOR), "idempotencyKey": "copy" });
    let copied = staff(&app, "selectionsCopy", "SelectionsCopyInput", "project { id }", copy).await;
    assert_eq!(refusal(&copied), "");
    let input = json!({ "id": app.id(Tag::SELECTION, paint), "expectedVersion": 2, "idempotencyKey": "decline" });
    let declined =
        send(&app, &Person::client(), "selectionDecline", "SelectionDeclineInput", "selection { status }", input).await;
    assert_eq!(declined["selection"]["status"], "DECLINED", "{declined}");
    assert_eq!(refusal(&delete().await), "");
}

//! Tests of what staff do with selections and allowances.

use portico_core::access::Permission;
use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::{HARDWARE, PAINT, choices, choose, refusal, send};
use crate::support::selections::approve;
use crate::support::{MAPLE, RIDGE, sql_id};

const PENDANTS: &str = "alderbrook/maple-street/selection/Pendant lights over the island";
const SELECTION: &str =
    "selection { id number status version dueOn isOverdue category minChoices maxChoices mayDecline dueTask { name } }";

async fn save(app: &TestApp, person: &Person, input: Value) -> Value {
    send(app, person, "selectionSave", "SelectionSaveInput", SELECTION, input).await
}

async fn step(app: &TestApp, mutation: &str, ty: &str, input: Value) -> Value {
    send(app, &Person::owner(), mutation, ty, SELECTION, input).await
}

async fn contract_total(app: &TestApp) -> i64 {
    let total = format!("select contract_total_minor::bigint as count from projects where id = {}", sql_id(MAPLE));
    app.database().db_count(&total).await
}

#[tokio::test]
async fn selection_goes_from_draft_to_order() {
    // SEL-1, STA-7, SCH-11
    let app = TestApp::demo().await;
    let (owner, ana) = (Person::owner(), Person::client());
    let painting = app.id(Tag::TASK, "alderbrook/maple-street/task/Interior painting");
    let input = json!({ "projectId": app.id(Tag::PROJECT, MAPLE), "title": "Doorbell", "category": "Fixtures", "maxChoices": 2,
        "mayDecline": true, "dueTaskId": painting, "dueDaysBefore": 10 });
    let made = save(&app, &owner, input).await;
    assert_eq!(refusal(&made), "");
    let (id, version) = (made["selection"]["id"].clone(), made["selection"]["version"].clone());
    // The task starts on February 8.
    assert_eq!((&made["selection"]["status"], &made["selection"]["dueOn"]), (&json!("DRAFT"), &json!("2027-01-29")));
    assert_eq!(
        (&made["selection"]["number"], &made["selection"]["dueTask"]["name"]),
        (&Value::Null, &json!("Interior painting"))
    );
    let share = json!({ "id": id, "expectedVersion": version });
    let early = step(&app, "selectionShare", "SelectionShareInput", share.clone()).await;
    assert_eq!(refusal(&early), "INVALID_STATE: has fewer options than clients choose, which is 1: add options first");
    let option = json!({ "selectionId": id, "title": "Brass chime", "price": { "amount": "120.00", "currencyCode": "USD" },
        "unitCost": { "amount": "60.07", "currencyCode": "USD" } });
    let fields = "option { id version unitCost { amount } }";
    let added = send(&app, &owner, "selectionOptionSave", "SelectionOptionSaveInput", fields, option).await;
    assert_eq!(added["option"]["unitCost"]["amount"], "60.07", "{added}");
    let stale = step(&app, "selectionShare", "SelectionShareInput", share).await;
    assert!(refusal(&stale).starts_with("CONFLICT: is outdated"), "the options have changed: {stale}");
    let share = json!({ "id": id, "expectedVersion": version.as_i64().expect("a number") + 1 });
    let shared = step(&app, "selectionShare", "SelectionShareInput", share).await;
    assert_eq!(
        (&shared["selection"]["status"], &shared["selection"]["number"]),
        (&json!("SHARED"), &json!(11)),
        "{shared}"
    );
    // A client chooses and approves; staff lock and order it.
    let chosen = json!({ "id": id, "choices": [{ "optionId": added["option"]["id"] }],
        "expectedVersion": shared["selection"]["version"], "idempotencyKey": "choose" });
    let chosen = send(&app, &ana, "selectionChoose", "SelectionChooseInput", "selection { version }", chosen).await;
    assert_eq!(refusal(&chosen), "");
    let document = "query($id: ID!) { node(id: $id) { ... on Selection { approvalDocument { hash } } } }";
    let hash = app.ask_with(&ana, document, json!({ "id": id })).await.at("/node/approvalDocument/hash").clone();
    let approval = json!({ "id": id, "documentHash": hash, "idempotencyKey": "approve" });
    let approved =
        send(&app, &ana, "selectionApprove", "SelectionApproveInput", "selection { version }", approval).await;
    let lock = json!({ "id": id, "expectedVersion": approved["selection"]["version"] });
    let locked = step(&app, "selectionLock", "SelectionLockInput", lock).await;
    let reopen = json!({ "id": id, "expectedVersion": locked["selection"]["version"], "reason": "Another one." });
    let refused = step(&app, "selectionReopen", "SelectionReopenInput", reopen).await;
    assert_eq!(refusal(&refused), "INVALID_STATE: the selection is LOCKED: only one that is APPROVED can be reopened");
    let order = json!({ "id": id, "expectedVersion": locked["selection"]["version"] });
    assert_eq!(step(&app, "selectionOrder", "SelectionOrderInput", order).await["selection"]["status"], "ORDERED");
    let change = save(&app, &owner, json!({ "id": id, "expectedVersion": 1, "title": "Bell" })).await;
    assert!(
        refusal(&change)
            .starts_with("INVALID_STATE: the selection is ORDERED: only one that is DRAFT, SHARED or CHOSEN")
    );
}

#[tokio::test]
async fn reopening_reverses_the_approval() {
    // MR-5, MR-19
    let app = TestApp::demo().await;
    let before = contract_total(&app).await;
    let reopen = json!({ "id": app.id(Tag::SELECTION, PENDANTS), "expectedVersion": 1, "reason": "Out of stock." });
    let done = step(&app, "selectionReopen", "SelectionReopenInput", reopen).await;
    assert_eq!((&done["selection"]["status"], &done["selection"]["version"]), (&json!("CHOSEN"), &json!(2)), "{done}");
    // 7,150 of 6,400: 750.00 over, fee 112.50, tax 71.16.
    assert_eq!(before - contract_total(&app).await, 93_366);
    let entries = "select e.kind || ' ' || e.amount_minor as text from allowance_entries e join allowances w on w.id = e.allowance_id
        where w.name = 'Lighting allowance' order by e.created_at, e.id";
    assert_eq!(app.database().db_texts(entries).await, ["GRANTED 640000", "APPROVED 715000", "REOPENED -715000"]);
    assert_eq!(refusal(&approve(&app, &Person::client(), PENDANTS).await), "");
    assert_eq!(contract_total(&app).await, before);
}

#[tokio::test]
async fn grants_change_by_entries() {
    // MR-5, MR-7
    let app = TestApp::demo().await;
    let money = |amount: &str| json!({ "amount": amount, "currencyCode": "USD" });
    let fields =
        "allowance { id version granted { amount } overageTotal { amount } covers unusedPolicy feePercent taxPercent
        entries { kind amount { amount } } }";
    let save =
        async |input: Value| send(&app, &Person::owner(), "allowanceSave", "AllowanceSaveInput", fields, input).await;
    let made = save(json!({ "projectId": app.id(Tag::PROJECT, MAPLE), "name": "Paint", "granted": money("500.00"), "feePercent": "15",
        "taxPercent": "8.25", "unusedPolicy": "CREDIT", "covers": "MATERIAL" })).await;
    assert_eq!(refusal(&made), "");
    assert_eq!((&made["allowance"]["feePercent"], &made["allowance"]["taxPercent"]), (&json!("15"), &json!("8.25")));
    let id = made["allowance"]["id"].clone();
    let changed =
        save(json!({ "id": id, "expectedVersion": made["allowance"]["version"], "granted": money("450.00") })).await;
    let expected = json!([{ "kind": "GRANTED", "amount": { "amount": "500.00" } }, { "kind": "GRANT_CHANGED", "amount": { "amount": "-50.00" } }]);
    assert_eq!(changed["allowance"]["entries"], expected, "{changed}");
    let stale = save(json!({ "id": id, "expectedVersion": 99, "granted": money("1.00") })).await;
    assert!(refusal(&stale).starts_with("CONFLICT: is outdated"), "{stale}");
    let wrong =
        save(json!({ "id": id, "expectedVersion": changed["allowance"]["version"], "taxPercent": "101" })).await;
    assert!(refusal(&wrong).starts_with("INVALID: must be a percentage from 0 to 100"), "{wrong}");
    // The overage of the pendants was approved.
    let lighting = app.id(Tag::ALLOWANCE, "alderbrook/maple-street/allowance/Lighting allowance");
    let refused = save(json!({ "id": lighting, "expectedVersion": 1, "granted": money("7000.00") })).await;
    assert_eq!(
        refusal(&refused),
        "INVALID_STATE: would change the overage of approved selections: keep the granted amount, fee and tax, or add another allowance"
    );
    let delete = async |id: Value| {
        send(&app, &Person::owner(), "allowanceDelete", "AllowanceDeleteInput", "project { id }", json!({ "id": id }))
            .await
    };
    assert!(refusal(&delete(json!(lighting)).await).starts_with("INVALID_STATE: pays for selections (1)"));
    assert_eq!(refusal(&delete(id).await), "");
    assert_eq!(app.database().db_count("select count(*) as count from allowances where name = 'Paint'").await, 0);
}

#[tokio::test]
async fn costs_are_written_by_those_who_see_them() {
    // VIS-15
    let app = TestApp::demo().await;
    let robin = app.db_staff(&[Permission::ProjectsRead, Permission::SelectionsManage]).await;
    let jo = app.db_staff(&[Permission::ProjectsRead]).await;
    let query = |argument: &str| {
        format!("mutation {{ selectionOptionSave(input: {{ {argument} }}) {{ userErrors {{ code }} }} }}")
    };
    let id = app.id(Tag::SELECTION, HARDWARE);
    let plain = query(&format!("selectionId: \"{id}\", title: \"Knobs\""));
    let with_cost = query(&format!("selectionId: \"{id}\", title: \"Knobs\", vendor: \"Secret\""));
    assert!(app.ask(&robin, &with_cost).await.is_for_an_unknown_name());
    assert!(app.ask(&jo, &plain).await.is_for_an_unknown_name());
    assert_eq!(*app.ask(&robin, &plain).await.at("/selectionOptionSave/userErrors"), json!([]));
}

#[tokio::test]
async fn records_of_other_projects_are_not_found() {
    // ISO-1
    let app = TestApp::demo().await;
    let owner = Person::owner();
    for (member, id) in [
        ("locationId", app.id(Tag::LOCATION, "fernhill/bowen-island/location/Sitting room")),
        ("allowanceId", app.id(Tag::ALLOWANCE, "alderbrook/ridge-view/allowance/Stonework allowance")),
    ] {
        let refused =
            save(&app, &owner, json!({ "projectId": app.id(Tag::PROJECT, MAPLE), "title": "Doorbell", member: id }))
                .await;
        assert_eq!(refusal(&refused), "NOT_FOUND: does not exist: check the ID", "{member}");
    }
    let foreign = app.id(Tag::SELECTION, "fernhill/bowen-island/selection/Bunk room rug");
    let refused = save(&app, &owner, json!({ "id": foreign, "expectedVersion": 1, "title": "Rug" })).await;
    assert_eq!(refusal(&refused), "NOT_FOUND: does not exist: check the ID");
    let copy = json!({ "fromProjectId": app.id(Tag::PROJECT, "fernhill/bowen-island"), "toProjectId": app.id(Tag::PROJECT, MAPLE), "idempotencyKey": "copy" });
    let refused = send(&app, &owner, "selectionsCopy", "SelectionsCopyInput", "project { id }", copy).await;
    assert_eq!(refusal(&refused), "NOT_FOUND: does not exist: check the ID");
}

#[tokio::test]
async fn chosen_option_stays() {
    // SEL-3
    let app = TestApp::demo().await;
    let chosen = choices(&app, HARDWARE, &[("Bronze cup pulls", 1)]);
    assert_eq!(refusal(&choose(&app, &Person::client(), HARDWARE, chosen, 1, "one").await), "");
    let id = app.id(Tag::SELECTION_OPTION, "alderbrook/maple-street/option/Cabinet hardware/Bronze cup pulls");
    let delete = send(
        &app,
        &Person::owner(),
        "selectionOptionDelete",
        "SelectionOptionDeleteInput",
        "selection { id }",
        json!({ "id": id }),
    )
    .await;
    assert_eq!(refusal(&delete), "INVALID_STATE: is chosen: ask the client to choose another option first");
}

#[tokio::test]
async fn sheet_is_copied_as_drafts() {
    // SEL-1
    let app = TestApp::demo().await;
    let copy = json!({ "fromProjectId": app.id(Tag::PROJECT, MAPLE), "toProjectId": app.id(Tag::PROJECT, RIDGE), "idempotencyKey": "copy" });
    let done =
        send(&app, &Person::owner(), "selectionsCopy", "SelectionsCopyInput", "project { id }", copy.clone()).await;
    assert_eq!(refusal(&done), "");
    let again = send(&app, &Person::owner(), "selectionsCopy", "SelectionsCopyInput", "project { id }", copy).await;
    assert_eq!(again, done);
    let of = |project: &str, what: &str| {
        format!("select {what} as text from selections s where s.project_id = {} order by 1", sql_id(project))
    };
    let titles = app.database().db_texts(&of(MAPLE, "s.title")).await;
    let copied = app.database().db_texts(&of(RIDGE, "s.title || ' ' || s.status")).await;
    assert_eq!(copied.len(), titles.len() + 2);
    assert!(titles.iter().all(|title| copied.contains(&format!("{title} DRAFT"))), "{copied:?}");
    let options = |project: &str| {
        format!("select o.title || ' ' || coalesce(o.price_minor, 0) || ' ' || coalesce(c.unit_cost_minor, 0) as text
            from selection_options o left join selection_option_costs c on c.option_id = o.id where o.project_id = {} order by 1", sql_id(project))
    };
    let there = app.database().db_texts(&options(RIDGE)).await;
    assert!(app.database().db_texts(&options(MAPLE)).await.iter().all(|option| there.contains(option)));
    let allowances = format!(
        "select w.name || ' ' || e.kind || ' ' || e.amount_minor as text from allowances w
        join allowance_entries e on e.allowance_id = w.id where w.project_id = {} order by 1",
        sql_id(RIDGE)
    );
    let entries = app.database().db_texts(&allowances).await;
    assert!(entries.contains(&"Lighting allowance GRANTED 640000".to_owned()) && entries.len() == 5, "{entries:?}");
}

#[tokio::test]
async fn due_dates_follow_published_tasks() {
    // SCH-11, SEL-6
    let app = TestApp::demo().await;
    let paint = "alderbrook/maple-street/selection/Interior paint palette";
    let due = format!("select due_on::text || ' ' || version as text from selections where id = {}", sql_id(paint));
    assert_eq!(app.database().db_texts(&due).await, ["2026-12-18 1"]);
    let draft = app.id(Tag::SCHEDULE_VERSION, &format!("{MAPLE}/schedule/draft"));
    let publish = json!({ "versionId": draft, "expectedVersion": 1 });
    let done = send(&app, &Person::owner(), "schedulePublish", "SchedulePublishInput", "__typename", publish).await;
    assert_eq!(refusal(&done), "");
    let start = format!(
        "select (start_on - 52)::text || ' 2' as text from tasks where id = {}",
        sql_id("alderbrook/maple-street/task/Interior painting")
    );
    let moved = app.database().db_texts(&start).await;
    assert_eq!(app.database().db_texts(&due).await, moved);
    assert_ne!(moved, ["2026-12-18 2"]);
}

#[tokio::test]
async fn pending_actions_list_what_clients_are_asked_for() {
    // PRT-11
    let app = TestApp::demo().await;
    let query = "query($id: ID!) { project(id: $id) { pendingActions { kind title dueOn isOverdue subject { id __typename } project { name } } } }";
    let list = async |person: &Person| {
        let reply = app.ask_with(person, query, json!({ "id": app.id(Tag::PROJECT, MAPLE) })).await;
        reply.at("/project/pendingActions").clone()
    };
    let actions = list(&Person::client()).await;
    let first = json!({ "kind": "SELECTION", "title": "Cabinet hardware", "dueOn": "2026-11-09", "isOverdue": true,
        "subject": { "id": app.id(Tag::SELECTION, HARDWARE), "__typename": "Selection" }, "project": { "name": "Maple Street House" } });
    assert_eq!(actions[0], first);
    let titles: Vec<_> = actions.as_array().expect("a list").iter().map(|action| action["title"].clone()).collect();
    assert_eq!(
        json!(titles),
        json!([
            "Cabinet hardware",
            "Range and hood",
            "Kitchen faucet",
            "Front door",
            "Interior paint palette",
            "Shower glass"
        ])
    );
    assert_eq!(
        refusal(&approve(&app, &Person::client(), "alderbrook/maple-street/selection/Kitchen faucet").await),
        ""
    );
    assert_eq!(list(&Person::named("ben")).await.as_array().map(Vec::len), Some(5));
    let staff = app.ask_with(&Person::owner(), query, json!({ "id": app.id(Tag::PROJECT, MAPLE) })).await;
    assert!(staff.is_for_an_unknown_name());
    // Those of all projects of a client. Nothing can be done in an archived one.
    let own = "{ viewer { pendingActions { title project { name } } } }";
    let of_ben = app.ask(&Person::named("ben"), own).await.at("/viewer/pendingActions").clone();
    let of_maple = |action: &&Value| action["project"]["name"] == "Maple Street House";
    assert_eq!(of_ben.as_array().expect("a list").iter().filter(of_maple).count(), 5, "{of_ben}");
    assert_eq!(of_ben[0]["title"], "Cabinet hardware");
    assert!(app.ask(&Person::trade(), own).await.is_for_an_unknown_name());
    let archived = format!("update projects set status = 'ARCHIVED' where id = {}", sql_id(MAPLE));
    app.database().db_execute(&archived).await;
    assert_eq!(list(&Person::client()).await, json!([]));
    let of_ben = app.ask(&Person::named("ben"), own).await.at("/viewer/pendingActions").clone();
    assert_eq!(of_ben.as_array().expect("a list").iter().filter(of_maple).count(), 0, "{of_ben}");
}

#[tokio::test]
async fn trade_partners_see_what_staff_show_them() {
    // VIS-11, ORG-3
    let app = TestApp::demo().await;
    let id = app.id(Tag::SELECTION, PAINT);
    let partner = |slug: &str| app.id(Tag::PROJECT_MEMBERSHIP, &format!("{MAPLE}/trade/{slug}"));
    let update = async |input: Value| {
        let fields = "selection { version tradeInfo sharedWithTrades { name } }";
        send(&app, &Person::owner(), "selectionTradeUpdate", "SelectionTradeUpdateInput", fields, input).await
    };
    let seen = async |person: &Person| {
        let query = "query($id: ID!) { node(id: $id) { ... on Selection { title tradeInfo } } }";
        app.ask_with(person, query, json!({ "id": id })).await.at("/node").clone()
    };
    let of_client = async || {
        let query = "query($id: ID!) { node(id: $id) { ... on Selection { title version } } }";
        app.ask_with(&Person::client(), query, json!({ "id": id })).await.at("/node").clone()
    };
    let (tomas, eli, before) = (Person::trade(), Person::named("eli"), of_client().await);
    assert_eq!((seen(&tomas).await, seen(&eli).await), (Value::Null, Value::Null));
    let done = update(json!({ "id": id, "tradeInfo": "Two coats.", "tradeIds": [partner("tomas")] })).await;
    let expected =
        json!({ "version": 1, "tradeInfo": "Two coats.", "sharedWithTrades": [{ "name": "Lindqvist Carpentry" }] });
    assert_eq!((refusal(&done).as_str(), &done["selection"]), ("", &expected));
    assert_eq!(seen(&tomas).await, json!({ "title": "Interior paint palette", "tradeInfo": "Two coats." }));
    assert_eq!((seen(&eli).await, of_client().await), (Value::Null, before), "nothing changed for others");
    for (wrong, expected) in [
        (json!([partner("petra")]), "INVALID: a trade partner without web access cannot see it"),
        (json!([partner("nobody")]), "NOT_FOUND: does not exist"),
        (json!([app.id(Tag::PROJECT_MEMBERSHIP, "alderbrook/harbor-court/trade/wren")]), "NOT_FOUND: does not exist"),
    ] {
        let refused = update(json!({ "id": id, "tradeInfo": "Lost.", "tradeIds": wrong })).await;
        assert!(refusal(&refused).starts_with(expected), "{refused}");
    }
    assert_eq!(seen(&tomas).await["tradeInfo"], "Two coats.", "nothing of a refused change is written");
    let done = update(json!({ "id": id, "tradeInfo": null, "tradeIds": [partner("eli")] })).await;
    assert_eq!(done["selection"]["tradeInfo"], Value::Null, "{done}");
    assert_eq!((seen(&tomas).await, seen(&eli).await["title"].clone()), (Value::Null, json!("Interior paint palette")));
    // What was ordered is still to be installed.
    let ordered = app.id(Tag::SELECTION, "alderbrook/maple-street/selection/Main bath floor tile");
    assert_eq!(refusal(&update(json!({ "id": ordered, "tradeIds": [partner("eli")] })).await), "");
}

//! Tests of `selectionPreview`, `selectionChoose` and `selectionDecline`.

use futures_util::future::join_all;
use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::{HARDWARE, PAINT, RANGE, choices, choose, option, preview, refusal, send};
use crate::support::selections::{approval_document, approve};
use crate::support::sql_id;

#[tokio::test]
async fn client_chooses_several_options_with_quantities() {
    // SEL-1, STA-7
    let app = TestApp::demo().await;
    let (ana, ben) = (Person::client(), Person::named("ben"));
    let first = choices(&app, HARDWARE, &[("Bronze cup pulls", 2), ("Plain steel pulls", 1)]);
    let done = choose(&app, &ana, HARDWARE, first.clone(), 1, "one").await;
    assert_eq!(refusal(&done), "");
    let selection = &done["selection"];
    assert_eq!(
        (&selection["status"], &selection["version"], &selection["isOverdue"]),
        (&json!("CHOSEN"), &json!(2), &json!(false))
    );
    assert_eq!((&selection["chosenBy"], &selection["chosenOption"]), (&json!("Ana Whitlock"), &Value::Null));
    let expected = json!([
        { "quantity": 1, "option": { "title": "Plain steel pulls" }, "price": { "amount": "920.00" } },
        { "quantity": 2, "option": { "title": "Bronze cup pulls" }, "price": { "amount": "3570.00" } },
    ]);
    assert_eq!(selection["choices"], expected);
    assert_eq!(choose(&app, &ana, HARDWARE, first, 1, "one").await, done, "a retry returns the first result");
    // Another choice replaces it.
    let done = choose(&app, &ben, HARDWARE, choices(&app, HARDWARE, &[("Bronze cup pulls", 1)]), 2, "two").await;
    assert_eq!((&done["selection"]["chosenBy"], &done["selection"]["version"]), (&json!("Ben Whitlock"), &json!(3)));
    assert_eq!(done["selection"]["chosenOption"], json!({ "title": "Bronze cup pulls" }));
    let trail = "select kind from activity where kind = 'SELECTION_CHOSEN'";
    assert_eq!(app.database().db_texts(&trail.replace("kind from", "kind as text from")).await.len(), 2);
}

#[tokio::test]
async fn impossible_choices_are_refused() {
    // SEL-1, EXP-7
    let app = TestApp::demo().await;
    let ana = Person::client();
    let of = |title: &str, quantity: i32| choices(&app, HARDWARE, &[(title, quantity)]);
    let foreign = json!([{ "optionId": option(&app, PAINT, "Moss and cream") }]);
    let wrong_type = json!([{ "optionId": app.id(Tag::SELECTION, PAINT) }]);
    let not_an_option = "NOT_FOUND: is not an option of this selection: choose one of its options";
    let three = choices(&app, HARDWARE, &[("Bronze cup pulls", 1), ("Plain steel pulls", 1), ("Leather tabs", 1)]);
    let twice = choices(&app, HARDWARE, &[("Bronze cup pulls", 1), ("Bronze cup pulls", 2)]);
    let expired =
        "INVALID_STATE: the price of the option has expired: ask the company for a new price, or choose another option";
    let cases = [
        (HARDWARE, foreign, not_an_option),
        (HARDWARE, wrong_type, not_an_option),
        (HARDWARE, three, "INVALID: must be from 1 to 2 options, not 3"),
        (HARDWARE, json!([]), "INVALID: must be from 1 to 2 options, not 0"),
        (HARDWARE, twice, "INVALID: is chosen twice: list it once, with its quantity"),
        (HARDWARE, of("Bronze cup pulls", 0), "INVALID: must be from 1 to 9999"),
        (PAINT, choices(&app, PAINT, &[("Limewash throughout", 1)]), expired),
    ];
    for (selection, chosen, expected) in cases {
        let refused = choose(&app, &ana, selection, chosen.clone(), 1, "key").await;
        assert_eq!((refusal(&refused).as_str(), &refused["selection"]), (expected, &Value::Null), "{chosen}");
        let shown = preview(&app, &ana, selection, chosen).await;
        assert_eq!((refusal(&shown).as_str(), &shown["preview"]), (expected, &Value::Null));
    }
    let stale = choose(&app, &ana, HARDWARE, of("Bronze cup pulls", 1), 7, "stale").await;
    assert_eq!(refusal(&stale), "CONFLICT: is outdated: the current version is 1; read it again and retry");
    for (selection, state) in [
        ("Kitchen countertops", "LOCKED"),
        ("Pendant lights over the island", "APPROVED"),
        ("Powder room wallpaper", "DECLINED"),
    ] {
        let selection = format!("alderbrook/maple-street/selection/{selection}");
        let refused = choose(&app, &ana, &selection, json!([]), 1, "state").await;
        let expected =
            format!("INVALID_STATE: the selection is {state}: only one that is SHARED or CHOSEN can be chosen");
        assert_eq!(refusal(&refused), expected);
    }
    assert_eq!(
        app.database().db_count("select count(*) as count from activity where kind = 'SELECTION_CHOSEN'").await,
        0
    );
}

#[tokio::test]
async fn hidden_selections_cannot_be_chosen() {
    // ISO-1
    let app = TestApp::demo().await;
    let unknown = "alderbrook/maple-street/selection/no such selection";
    let expected = choose(&app, &Person::client(), unknown, json!([]), 1, "key").await;
    assert_eq!(refusal(&expected), "NOT_FOUND: does not exist: check the ID");
    for (person, selection) in [
        (Person::client(), "alderbrook/maple-street/selection/Stair railing upgrade"),
        (Person::client(), "alderbrook/harbor-court/selection/Backsplash tile"),
        (Person::named("cleo"), HARDWARE),
        (Person::named("cleo"), "alderbrook/orchard-lane/selection/Porch swing"),
    ] {
        assert_eq!(choose(&app, &person, selection, json!([]), 1, "key").await, expected, "{selection}");
        let shown = preview(&app, &person, selection, json!([])).await;
        assert_eq!(refusal(&shown), refusal(&expected), "{selection}");
    }
    // Staff preview, and do not choose. Trade partners do neither.
    let chosen = choices(&app, HARDWARE, &[("Bronze cup pulls", 1)]);
    assert_eq!(refusal(&preview(&app, &Person::owner(), HARDWARE, chosen).await), "");
    for (person, mutation) in [
        (Person::owner(), "selectionChoose"),
        (Person::trade(), "selectionPreview"),
        (Person::trade(), "selectionChoose"),
    ] {
        let reply =
            app.ask(&person, &format!("mutation {{ {mutation}(input: {{}}) {{ userErrors {{ code }} }} }}")).await;
        assert!(reply.is_for_an_unknown_name(), "{mutation}: {}", reply.text);
    }
}

#[tokio::test]
async fn preview_equals_the_outcome() {
    // MR-5, MR-6, MR-7: 14,000 granted; 16,000 approved: 2,000 over, 300 fee, 8.25 % tax of 2,300.
    let app = TestApp::demo().await;
    let ana = Person::client();
    let price = format!(
        "update selection_options set price_minor = 1600000 where id = {}",
        sql_id(&RANGE.replace("/selection/", "/option/").replace("hood", "hood/Gas, six burners, with a wall hood"))
    );
    app.database().db_execute(&price).await;
    let chosen = choices(&app, RANGE, &[("Gas, six burners, with a wall hood", 1)]);
    let shown = preview(&app, &ana, RANGE, chosen.clone()).await["preview"].clone();
    let expected = json!({ "granted": { "amount": "14000.00" }, "usedBefore": { "amount": "0.00" }, "usedAfter": { "amount": "16000.00" },
        "remainingAfter": { "amount": "-2000.00" }, "overage": { "amount": "2000.00" }, "fee": { "amount": "300.00" },
        "tax": { "amount": "189.75" }, "overageTotal": { "amount": "2489.75" } });
    assert_eq!(shown["allowance"], expected);
    assert_eq!((&shown["price"]["amount"], &shown["priceDelta"]), (&json!("16000.00"), &Value::Null));
    assert_eq!(shown["contractTotalChange"]["amount"], "2489.75");
    // A preview and a choice commit nothing.
    let amounts = "query($id: ID!) { project(id: $id) { contractTotal { amount } allowances { name used { amount } overageTotal { amount }
        unusedCredit { amount } entries { kind amount { amount } selection { title } } } } }";
    let amounts = async || {
        let reply = app.ask_with(&ana, amounts, json!({ "id": app.id(Tag::PROJECT, "alderbrook/maple-street") })).await;
        reply.at("/project").clone()
    };
    let before = amounts().await;
    assert_eq!(before["contractTotal"], shown["contractTotalBefore"]);
    let version =
        shown["selectionVersion"].as_i64().and_then(|version| i32::try_from(version).ok()).expect("a version");
    assert_eq!(refusal(&choose(&app, &ana, RANGE, chosen, version, "one").await), "");
    assert_eq!(amounts().await, before);
    // The document says what the approval does.
    let document = approval_document(&app, &ana, RANGE).await;
    let document: Value = serde_json::from_str(document["text"].as_str().expect("it is a text")).expect("it is JSON");
    assert_eq!(document["contractTotalChange"]["amount"], shown["contractTotalChange"]["amount"]);
    assert_eq!(
        (&document["allowance"]["fee"]["amount"], &document["allowance"]["feePercent"]),
        (&json!("300.00"), &json!("15"))
    );
    assert_eq!(refusal(&approve(&app, &ana, RANGE).await), "");
    let after = amounts().await;
    assert_eq!(after["contractTotal"], shown["contractTotalAfter"]);
    let allowance = &after["allowances"][3];
    assert_eq!(
        (&allowance["used"]["amount"], &allowance["overageTotal"]["amount"]),
        (&json!("16000.00"), &json!("2489.75"))
    );
    assert_eq!(
        allowance["entries"],
        json!([{ "kind": "GRANTED", "amount": { "amount": "14000.00" }, "selection": null },
            { "kind": "APPROVED", "amount": { "amount": "16000.00" }, "selection": { "title": "Range and hood" } }])
    );
    // What is not used of an allowance with CREDIT is a credit, with tax.
    assert_eq!(before["allowances"][3]["unusedCredit"]["amount"], "-15155.00");
}

#[tokio::test]
async fn price_of_open_options_is_unknown() {
    // MR-6
    let app = TestApp::demo().await;
    let ana = Person::client();
    let chosen = choices(&app, HARDWARE, &[("Leather tabs", 3)]);
    let shown = preview(&app, &ana, HARDWARE, chosen.clone()).await["preview"].clone();
    for field in ["price", "priceDelta", "contractTotalAfter", "contractTotalChange", "allowance"] {
        assert_eq!(shown[field], Value::Null, "{field}");
    }
    assert_eq!(refusal(&choose(&app, &ana, HARDWARE, chosen, 1, "one").await), "");
    let refused = approve(&app, &ana, HARDWARE).await;
    assert_eq!(
        refusal(&refused),
        "INVALID_STATE: the price of the chosen option is to be determined: wait until it has a price"
    );
    // With a price that has expired since, it cannot be approved either.
    let priced = format!(
        "update selection_options set price_minor = 5000, price_expires_on = '2020-01-01' where id = {}",
        sql_id(&format!("{}/Leather tabs", HARDWARE.replace("/selection/", "/option/")))
    );
    app.database().db_execute(&priced).await;
    assert!(
        refusal(&approve(&app, &ana, HARDWARE).await).starts_with("INVALID_STATE: the price of the option has expired")
    );
}

#[tokio::test]
async fn contract_total_is_hidden_without_the_right_to_pay() {
    // PRP-1
    let app = TestApp::demo().await;
    app.database().db_execute("update project_memberships set can_pay = false").await;
    let chosen = choices(&app, HARDWARE, &[("Bronze cup pulls", 2)]);
    let shown = preview(&app, &Person::client(), HARDWARE, chosen).await["preview"].clone();
    assert_eq!((&shown["contractTotalBefore"], &shown["contractTotalAfter"]), (&Value::Null, &Value::Null));
    assert_eq!(
        (&shown["contractTotalChange"]["amount"], &shown["priceDelta"]["amount"]),
        (&json!("2650.00"), &json!("2650.00"))
    );
}

#[tokio::test]
async fn of_two_clients_one_wins() {
    // ROB-31
    let app = TestApp::concurrent().await;
    let people = [Person::client(), Person::named("ben"), Person::client(), Person::named("ben")];
    let titles = ["Bronze cup pulls", "Plain steel pulls", "Leather tabs", "Bronze cup pulls"];
    let sent = people.iter().zip(titles).enumerate().map(|(number, (person, title))| {
        let app = &app;
        async move {
            let chosen = choices(app, HARDWARE, &[(title, 1)]);
            choose(app, person, HARDWARE, chosen, 1, &format!("key {number}")).await
        }
    });
    let results = join_all(sent).await;
    let won: Vec<_> = results.iter().filter(|result| refusal(result).is_empty()).collect();
    assert_eq!(won.len(), 1, "{results:?}");
    let lost =
        results.iter().filter(|result| refusal(result).starts_with("CONFLICT: is outdated: the current version is 2"));
    assert_eq!(lost.count(), 3, "{results:?}");
    let kept = format!(
        "select o.title as text from selection_choices c join selection_options o on o.id = c.option_id
        where c.selection_id = {}",
        sql_id(HARDWARE)
    );
    assert_eq!(
        json!(app.database().db_texts(&kept).await),
        json!([won[0]["selection"]["choices"][0]["option"]["title"]])
    );
}

#[tokio::test]
async fn client_declines_where_it_is_allowed() {
    // STA-7
    let app = TestApp::demo().await;
    let ana = Person::client();
    let decline = async |selection: &str, version: i32, key: &str| {
        let input = json!({ "id": app.id(Tag::SELECTION, selection), "expectedVersion": version, "reason": "Not now.", "idempotencyKey": key });
        let fields = "selection { status declineReason }";
        send(&app, &ana, "selectionDecline", "SelectionDeclineInput", fields, input).await
    };
    let refused = decline(HARDWARE, 1, "one").await;
    assert_eq!(
        refusal(&refused),
        "INVALID_STATE: the selection cannot be declined: choose an option, or write to the company"
    );
    assert!(refusal(&decline(PAINT, 9, "two").await).starts_with("CONFLICT: is outdated"));
    let done = decline(PAINT, 1, "three").await;
    assert_eq!(done["selection"], json!({ "status": "DECLINED", "declineReason": "Not now." }), "{done}");
    let again = decline(PAINT, 2, "four").await;
    assert_eq!(refusal(&again), "INVALID_STATE: the selection is DECLINED: only one that is SHARED can be declined");
}

#[tokio::test]
async fn selections_are_filtered_by_what_was_done() {
    // SEL-6
    let app = TestApp::demo().await;
    let query = "query($id: ID!, $filter: SelectionFilter, $key: SelectionSortKey!, $after: String) { project(id: $id) {
        selections(first: 2, after: $after, filter: $filter, sortKey: $key) { totalCount pageInfo { endCursor } nodes { title } } } }";
    let list = async |filter: Value, key: &str, after: Value| {
        let id = app.id(Tag::PROJECT, "alderbrook/maple-street");
        let arguments = json!({ "id": id, "filter": filter, "key": key, "after": after });
        app.ask_with(&Person::client(), query, arguments).await.at("/project/selections").clone()
    };
    let august = json!({ "approvedAt": { "gte": "2026-08-01T00:00:00Z", "lt": "2026-09-01T00:00:00Z" } });
    let approved = list(august, "APPROVED_AT", Value::Null).await;
    assert_eq!(approved["nodes"], json!([{ "title": "Kitchen countertops" }, { "title": "Main bath floor tile" }]));
    let fixtures = list(json!({ "category": "fixtures" }), "CHOSEN_AT", Value::Null).await;
    assert_eq!(fixtures["nodes"], json!([{ "title": "Kitchen faucet" }, { "title": "Cabinet hardware" }]));
    let ordered = list(json!({ "orderedAt": { "gte": "2026-01-01T00:00:00Z" } }), "ORDERED_AT", Value::Null).await;
    assert_eq!(ordered["nodes"], json!([{ "title": "Main bath floor tile" }]));
    let kitchen = json!({ "locationId": app.id(Tag::LOCATION, "alderbrook/maple-street/location/Kitchen") });
    let first = list(kitchen.clone(), "CHOSEN_AT", Value::Null).await;
    let second = list(kitchen, "CHOSEN_AT", first["pageInfo"]["endCursor"].clone()).await;
    assert_eq!(
        first["nodes"],
        json!([{ "title": "Kitchen countertops" }, { "title": "Pendant lights over the island" }])
    );
    assert_eq!(second["nodes"][0], json!({ "title": "Kitchen faucet" }));
}

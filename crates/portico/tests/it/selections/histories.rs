//! Random histories of allowances through the API, compared with a calculation of their own.

use fastrand::Rng;
use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::{refusal, send};
use crate::support::MAPLE;

/// Each allowance has this many histories, one after another.
const ALLOWANCES: u64 = 20;
const HISTORIES: usize = 25;
const SELECTIONS: usize = 3;
const OPTIONS: usize = 3;
/// The rates of an allowance have four digits: 15.25 % is 1,525.
const RATE: i128 = 10_000;

/// An allowance with the selections that it pays for, as the calculation knows them.
struct Model {
    id: Value,
    version: Value,
    granted: i128,
    fee: i128,
    tax: i128,
    selections: Vec<Known>,
    /// The amounts of the ledger, oldest first.
    entries: Vec<(&'static str, i128)>,
    contract: i128,
}

struct Known {
    id: Value,
    version: Value,
    options: Vec<(Value, i128)>,
    approved: Option<i128>,
}

impl Model {
    fn used(&self) -> i128 {
        self.selections.iter().filter_map(|selection| selection.approved).sum()
    }

    /// The overage in parts, rounded half up, as nothing here is negative.
    fn overage(&self, used: i128) -> [i128; 4] {
        let part = |amount: i128, rate: i128| (2 * amount * rate + RATE) / (2 * RATE);
        let over = (used - self.granted).max(0);
        let fee = part(over, self.fee);
        let tax = part(over + fee, self.tax);
        [over, fee, tax, over + fee + tax]
    }
}

fn text(minor: i128) -> String {
    format!("{}{}.{:02}", if minor < 0 { "-" } else { "" }, minor.abs() / 100, minor.abs() % 100)
}

fn money(minor: i128) -> Value {
    json!({ "amount": text(minor), "currencyCode": "USD" })
}

async fn staff(app: &TestApp, mutation: &str, ty: &str, fields: &str, input: Value) -> Value {
    let payload = send(app, &Person::owner(), mutation, ty, fields, input).await;
    assert_eq!(refusal(&payload), "", "{mutation}");
    payload
}

/// Adds an allowance, and selections that are shared.
async fn planned(app: &TestApp, random: &mut Rng, number: u64, contract: i128) -> Model {
    let project = app.id(Tag::PROJECT, MAPLE);
    let (granted, fee, tax) = (random.i128(0..2_000_000), random.i128(0..3_000), random.i128(0..2_500));
    let input = json!({ "projectId": project, "name": format!("Allowance {number}"), "granted": money(granted),
        "feePercent": text(fee), "taxPercent": text(tax), "unusedPolicy": if random.bool() { "CREDIT" } else { "KEEP" } });
    let made = staff(app, "allowanceSave", "AllowanceSaveInput", "allowance { id version }", input).await;
    let allowance = &made["allowance"];
    let mut selections = Vec::new();
    for position in 0..SELECTIONS {
        let input = json!({ "projectId": project, "title": format!("Selection {number}/{position}"),
            "allowanceId": allowance["id"], "maxChoices": OPTIONS });
        let made = staff(app, "selectionSave", "SelectionSaveInput", "selection { id }", input).await;
        let id = made["selection"]["id"].clone();
        let mut options = Vec::new();
        for option in 0..OPTIONS {
            let price = random.i128(0..400_000);
            let input = json!({ "selectionId": id, "title": format!("Option {option}"), "price": money(price) });
            let made = staff(app, "selectionOptionSave", "SelectionOptionSaveInput", "option { id }", input).await;
            options.push((made["option"]["id"].clone(), price));
        }
        let read = "query($id: ID!) { node(id: $id) { ... on Selection { version } } }";
        let version = app.ask_with(&Person::owner(), read, json!({ "id": id })).await.at("/node/version").clone();
        let input = json!({ "id": id, "expectedVersion": version });
        let shared = staff(app, "selectionShare", "SelectionShareInput", "selection { version }", input).await;
        selections.push(Known { id, version: shared["selection"]["version"].clone(), options, approved: None });
    }
    let (id, version) = (allowance["id"].clone(), allowance["version"].clone());
    Model { id, version, granted, fee, tax, selections, entries: vec![("GRANTED", granted)], contract }
}

/// Chooses options at random, compares the preview with the calculation, and approves.
async fn approve(app: &TestApp, random: &mut Rng, model: &mut Model, which: usize, key: &str) {
    let ana = Person::client();
    let known = &model.selections[which];
    let id = known.id.clone();
    let (mut choices, mut price) = (Vec::new(), 0);
    for (option, unit) in known.options.iter().skip(random.usize(0..OPTIONS)) {
        let quantity = random.i128(1..5);
        choices.push(json!({ "optionId": option, "quantity": quantity }));
        price += unit * quantity;
    }
    let (before, after) = (model.overage(model.used()), model.overage(model.used() + price));
    let fields = "preview { price { amount } contractTotalBefore { amount } contractTotalAfter { amount } allowance {
        usedBefore { amount } usedAfter { amount } remainingAfter { amount } overage { amount } fee { amount } tax { amount }
        overageTotal { amount } } }";
    let input = json!({ "id": id, "choices": choices });
    let shown = send(app, &ana, "selectionPreview", "SelectionPreviewInput", fields, input).await;
    let contract = model.contract + after[3] - before[3];
    let expected = |minor: i128| json!({ "amount": text(minor) });
    assert_eq!(
        shown["preview"],
        json!({ "price": expected(price), "contractTotalBefore": expected(model.contract), "contractTotalAfter": expected(contract),
            "allowance": { "usedBefore": expected(model.used()), "usedAfter": expected(model.used() + price),
                "remainingAfter": expected(model.granted - model.used() - price), "overage": expected(after[0] - before[0]),
                "fee": expected(after[1] - before[1]), "tax": expected(after[2] - before[2]),
                "overageTotal": expected(after[3] - before[3]) } }),
        "{key}"
    );
    let input = json!({ "id": id, "choices": choices, "expectedVersion": known.version, "idempotencyKey": format!("choose {key}") });
    let fields = "selection { version approvalDocument { hash } }";
    let chosen = send(app, &ana, "selectionChoose", "SelectionChooseInput", fields, input).await;
    assert_eq!(refusal(&chosen), "", "{key}");
    model.selections[which].version = chosen["selection"]["version"].clone();
    if random.u8(0..4) == 0 {
        // Not approved: a choice alone uses nothing.
        return;
    }
    let hash = &chosen["selection"]["approvalDocument"]["hash"];
    let input = json!({ "id": id, "documentHash": hash, "idempotencyKey": format!("approve {key}") });
    let approved = send(app, &ana, "selectionApprove", "SelectionApproveInput", "selection { version }", input).await;
    assert_eq!(refusal(&approved), "", "{key}");
    model.selections[which].version = approved["selection"]["version"].clone();
    model.selections[which].approved = Some(price);
    model.entries.push(("APPROVED", price));
    model.contract = contract;
}

async fn reopen(app: &TestApp, model: &mut Model, which: usize, price: i128) {
    let known = &model.selections[which];
    let input = json!({ "id": known.id, "expectedVersion": known.version, "reason": "Another one." });
    let done = staff(app, "selectionReopen", "SelectionReopenInput", "selection { version }", input).await;
    let before = model.overage(model.used())[3];
    model.selections[which].version = done["selection"]["version"].clone();
    model.selections[which].approved = None;
    model.entries.push(("REOPENED", -price));
    model.contract += model.overage(model.used())[3] - before;
}

/// Changes the grant, which is refused if that would change what clients approved.
async fn grant(app: &TestApp, random: &mut Rng, model: &mut Model) {
    let granted = random.i128(0..2_000_000);
    let input = json!({ "id": model.id, "expectedVersion": model.version, "granted": money(granted) });
    let done = send(app, &Person::owner(), "allowanceSave", "AllowanceSaveInput", "allowance { version }", input).await;
    let (previous, accepted) = (model.granted, model.overage(model.used()));
    model.granted = granted;
    if model.overage(model.used()) == accepted {
        assert_eq!(refusal(&done), "");
        model.version = done["allowance"]["version"].clone();
        model.entries.push(("GRANT_CHANGED", granted - previous));
    } else {
        assert!(refusal(&done).starts_with("INVALID_STATE: would change the overage"), "{done}");
        model.granted = previous;
    }
}

/// Compares what a client reads with the calculation.
async fn compare(app: &TestApp, model: &Model, seed: u64) {
    let query = "query($id: ID!, $project: ID!) { project(id: $project) { contractTotal { amount } } node(id: $id) { ... on Allowance {
        granted { amount } used { amount } remaining { amount } overageTotal { amount } entries { kind amount { amount } } } } }";
    let variables = json!({ "id": model.id, "project": app.id(Tag::PROJECT, MAPLE) });
    let reply = app.ask_with(&Person::client(), query, variables).await;
    let (of, used) = (|minor: i128| json!({ "amount": text(minor) }), model.used());
    let entries: Value =
        model.entries.iter().map(|(kind, amount)| json!({ "kind": kind, "amount": of(*amount) })).collect();
    assert_eq!(
        reply.at("/node"),
        &json!({ "granted": of(model.granted), "used": of(used), "remaining": of(model.granted - used),
            "overageTotal": of(model.overage(used)[3]), "entries": entries }),
        "seed {seed}"
    );
    assert_eq!(reply.at("/project/contractTotal"), &of(model.contract), "seed {seed}");
    let sum = |kinds: &[&str]| -> i128 {
        model.entries.iter().filter(|(kind, _)| kinds.contains(kind)).map(|(_, amount)| amount).sum()
    };
    assert_eq!((sum(&["GRANTED", "GRANT_CHANGED"]), sum(&["APPROVED", "REOPENED"])), (model.granted, used));
}

#[tokio::test]
async fn random_histories_of_allowances_add_up() {
    // MR-5, MR-7, SEL-1: 500 histories.
    let app = TestApp::demo().await;
    let total = "query($project: ID!) { project(id: $project) { contractTotal { amount } } }";
    let total = app.ask_with(&Person::client(), total, json!({ "project": app.id(Tag::PROJECT, MAPLE) })).await;
    let total = total.at("/project/contractTotal/amount").as_str().expect("a total").replace('.', "");
    let mut contract: i128 = total.parse().expect("an amount");
    for seed in 0..ALLOWANCES {
        let mut random = Rng::with_seed(seed);
        let mut model = planned(&app, &mut random, seed, contract).await;
        for history in 0..HISTORIES {
            for step in 0..random.usize(1..4) {
                let which = random.usize(0..SELECTIONS);
                let key = format!("{seed} {history} {step}");
                match model.selections[which].approved {
                    None => approve(&app, &mut random, &mut model, which, &key).await,
                    Some(price) => reopen(&app, &mut model, which, price).await,
                }
                if random.u8(0..3) == 0 {
                    grant(&app, &mut random, &mut model).await;
                }
            }
            compare(&app, &model, seed).await;
        }
        contract = model.contract;
    }
}

//! Tests of a company from its creation to a client's first query, through the API only.

use portico_core::id::Tag;
use portico_testkit::{Person, Reply, TestApp, TestDatabase};
use serde_json::{Value, json};

use crate::companies::staff::invite;
use crate::support::accounts::{codes, consume, mailed_token, set_password};
use crate::support::clients::{add, client_create};
use crate::support::companies::{create, first_owner, larch};

const OWNER_ADDRESS: &str = "rua@larch.example";

/// Performs a mutation with an input, which must succeed.
pub(crate) async fn act(
    app: &TestApp,
    person: &Person,
    mutation: &str,
    kind: &str,
    input: Value,
    wanted: &str,
) -> Value {
    let query = format!(
        "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {wanted} userErrors {{ code field message }} }} }}"
    );
    let reply = app.ask_with(person, &query, json!({ "input": input })).await;
    let result = reply.at(&format!("/{mutation}")).clone();
    assert_eq!(codes(&result), Vec::<&str>::new(), "{mutation}: {}", reply.text);
    result
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

#[tokio::test]
async fn new_company_invites_its_first_client() {
    // ORG-1, ORG-2, ORG-5, ACC-21
    let app = TestApp::over(TestDatabase::empty().await);
    create(&app, larch("NZ")).await.expect("it is created");
    // The first owner follows the mail, and sets a password.
    let entered = set_password(&app, &mailed_token(&app, OWNER_ADDRESS).await, "seven cedar stairs, unpainted").await;
    let owner = Person::with_token(text(&entered["token"]));

    settings(&app, &owner).await;
    let jo = staff(&app, &owner).await;
    let house = project(&app, &jo).await;
    setup(&app, &owner, &jo, &house).await;
    let ana = client(&app, &owner, &house).await;

    // The client's first view.
    let view = "query($id: ID!) { viewer { name role onboarding { showVideo videoUrl } projects { totalCount } }
        project(id: $id) { number name status contractTotal { amount } team { name title } locations { name } portal { branding { companyName publicPhone primaryColor } guideUrl
            helpArticles { nodes { title } } } } }";
    let view: Reply = app.ask_with(&ana, view, json!({ "id": house })).await;
    let expected = json!({
        "viewer": { "name": "Ana Whitlock", "role": "CLIENT",
            "onboarding": { "showVideo": true, "videoUrl": "https://assets.larch.example/welcome.mp4" },
            "projects": { "totalCount": 1 } },
        "project": { "number": "LH-1", "name": "Harbour house", "status": "ACTIVE",
            "contractTotal": { "amount": "850000.00" },
            "team": [{ "name": "Jo Marsh", "title": "Project manager" }, { "name": "Mere Architect", "title": "Architect" }],
            "locations": [{ "name": "Kitchen" }], "portal": {
            "branding": { "companyName": "Larch Homes", "publicPhone": "+6493090000", "primaryColor": "#2f5d50" },
            "guideUrl": "https://www.larch.example/guide",
            "helpArticles": { "nodes": [{ "title": "How choices work" }] } } },
    });
    assert_eq!(*view.data(), expected, "{}", view.text);
    let checklist = "query($id: ID!) { project(id: $id) { portal { setupChecklist { kind isDone } } } }";
    let checklist = app.ask_with(&owner, checklist, json!({ "id": house })).await;
    assert!(!checklist.text.contains("\"isDone\":false"), "{}", checklist.text);
}

/// Settings, branding and portal defaults of the company.
async fn settings(app: &TestApp, owner: &Person) {
    let input = json!({ "expectedVersion": 1, "publicPhone": "+64 9 309 0000" });
    act(app, owner, "companyUpdate", "CompanyUpdateInput", input, "company { version }").await;
    let input = json!({ "primaryColor": "#2f5d50", "accentColor": "#d9a441", "websiteUrl": "https://www.larch.example",
        "logoUrl": "https://assets.larch.example/logo.svg" });
    act(app, owner, "brandingUpdate", "BrandingUpdateInput", input, "branding { primaryColor }").await;
    let input = json!({ "defaultScheduleShare": "CALENDAR", "guideUrl": "https://www.larch.example/guide",
        "onboardingVideoUrl": "https://assets.larch.example/welcome.mp4" });
    act(app, owner, "companyPortalUpdate", "CompanyPortalUpdateInput", input, "company { name }").await;
    let input = json!({ "title": "How choices work", "body": "Each choice has a date." });
    let saved = act(app, owner, "helpArticleCreate", "HelpArticleCreateInput", input, "helpArticle { id }").await;
    let input = json!({ "id": saved["helpArticle"]["id"], "published": true });
    act(app, owner, "helpArticlePublish", "HelpArticlePublishInput", input, "helpArticle { id }").await;
    let input = json!({ "isOpen": true, "allowedOrigins": ["https://www.larch.example"] });
    act(app, owner, "leadFormUpdate", "LeadFormUpdateInput", input, "leadForm { key }").await;
    let input = json!({ "key": "CUSTOMER_INVITATION_WITH_ACCOUNT", "body": "Hello {{name}}, see {{portal}}",
        "expectedVersion": 0 });
    act(app, owner, "emailTemplateUpdate", "EmailTemplateUpdateInput", input, "emailTemplate { key }").await;
}

/// Invites a project manager, who signs in.
async fn staff(app: &TestApp, owner: &Person) -> Person {
    let input = json!({ "email": "jo@larch.example", "name": "Jo Marsh", "title": "Project manager", "permissions": [
        "PROJECTS_READ", "PROJECTS_WRITE", "SCHEDULE_EDIT", "SCHEDULE_PUBLISH", "SELECTIONS_MANAGE", "COSTS_VIEW",
        "MARGINS_VIEW"] });
    let invited = invite(app, owner, input).await;
    assert_eq!(codes(&invited), Vec::<&str>::new(), "{invited}");
    let entered = consume(app, &mailed_token(app, "jo@larch.example").await, None).await;
    Person::with_token(text(&entered["token"]))
}

/// A project before its clients are invited.
async fn project(app: &TestApp, jo: &Person) -> String {
    let input = json!({ "number": "LH-1", "name": "Harbour house", "timeZone": "Pacific/Auckland", "currencyCode": "NZD",
        "address": { "line": "1 Quay St", "city": "Auckland", "region": "Auckland", "postalCode": "1010", "country": "NZ" } });
    let made = act(app, jo, "projectCreate", "ProjectCreateInput", input, "project { id version }").await;
    let id = text(&made["project"]["id"]);
    let money = |amount: &str| json!({ "amount": amount, "currencyCode": "NZD" });
    let input = json!({ "id": id, "expectedVersion": made["project"]["version"], "status": "ACTIVE",
        "contractTotal": money("850000.00"), "budget": money("640000.00"), "targetMargin": "24.7" });
    act(app, jo, "projectUpdate", "ProjectUpdateInput", input, "project { status budget { amount } }").await;
    id
}

/// Team, locations and a trade partner with web access.
async fn setup(app: &TestApp, owner: &Person, jo: &Person, house: &str) {
    let people =
        app.ask(owner, "{ company { people(filter: { role: { in: [STAFF] } }) { nodes { id name } } } }").await;
    let jos = people.at("/company/people/nodes/0/id").clone();
    for input in [
        json!({ "projectId": house, "staffId": jos, "title": "Project manager", "workPhone": "+64 9 309 0001" }),
        json!({ "projectId": house, "name": "Mere Architect", "title": "Architect" }),
    ] {
        act(app, jo, "teamMemberSave", "TeamMemberSaveInput", input, "teamMember { id }").await;
    }
    let input = json!({ "projectId": house, "name": "Kitchen" });
    act(app, jo, "locationSave", "LocationSaveInput", input, "location { id }").await;
    let input = json!({ "name": "Ida Roofs", "email": "ida@trades.example" });
    let trade = act(app, owner, "tradeCreate", "TradeCreateInput", input, "trade { id }").await;
    let input =
        json!({ "projectId": house, "contactId": trade["trade"]["id"], "webAccess": true, "idempotencyKey": "ida" });
    act(app, owner, "projectTradeAdd", "ProjectTradeAddInput", input, "projectTrade { id }").await;
    let entered = consume(app, &mailed_token(app, "ida@trades.example").await, None).await;
    let ida = Person::with_token(text(&entered["token"]));
    let seen = app.ask(&ida, "{ viewer { role projects { nodes { number } } } }").await;
    let expected = json!({ "role": "TRADE", "projects": { "nodes": [{ "number": "LH-1" }] } });
    assert_eq!(*seen.at("/viewer"), expected, "{}", seen.text);
}

/// Adds and invites a client, who signs in with the mailed link.
async fn client(app: &TestApp, owner: &Person, house: &str) -> Person {
    let card = client_create(app, owner, "Ana Whitlock", "ana@mail.example").await;
    let added = add(app, owner, house, &card, true).await;
    assert_eq!(added["projectClient"]["invitation"]["state"], "INVITED", "{added}");
    let mail = app.db_mails().await.pop().expect("it was written");
    assert!(mail.link.is_some_and(|link| link.starts_with("https://nz.portico.example/auth/link/")));
    let entered = consume(app, &mailed_token(app, "ana@mail.example").await, None).await;
    Person::with_token(text(&entered["token"]))
}

#[tokio::test]
async fn new_company_answers_every_screen() {
    // ACC-21: every operation of an owner's and a client's screens succeeds before any set-up.
    let app = TestApp::over(TestDatabase::empty().await);
    create(&app, larch("NZ")).await.expect("it is created");
    let owner = first_owner(&app).await;
    for operation in portico_testkit::operations() {
        if operation.role != "owner" {
            continue;
        }
        let nothing = TestApp::global(Tag::PROJECT, portico_core::id::new_uuid());
        let reply = app.ask_with(&owner, &operation.text, operation.variables(&nothing, &nothing, &nothing)).await;
        assert!(reply.json.get("errors").is_none(), "{}: {}", operation.name, reply.text);
    }
}

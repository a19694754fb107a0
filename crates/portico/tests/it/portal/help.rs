//! PRT-10, PRT-15: tests of help articles and the overview video.

use portico_core::access::Permission;
use portico_core::id::{GlobalId, Tag, new_uuid};
use portico_testkit::{Person, Reply, TestApp};
use serde_json::{Value, json};

use crate::support::{BOWEN, GRANVILLE, MAPLE, ORCHARD, RIDGE, is_unknown, of_project, sql_id, staff_with, texts_of};

const CREATE: &str = "mutation($input: HelpArticleCreateInput!) { helpArticleCreate(input: $input) {
    helpArticle { id title body state sort version publishedAt } userErrors { code field message } } }";
const UPDATE: &str = "mutation($input: HelpArticleUpdateInput!) { helpArticleUpdate(input: $input) {
    helpArticle { id title body state sort version publishedAt } userErrors { code field message } } }";
const PUBLISH: &str = "mutation($id: ID!, $published: Boolean!) {
    helpArticlePublish(input: { id: $id, published: $published }) {
        helpArticle { state version publishedAt } userErrors { code field message } } }";
const OF_COMPANY: &str = "{ company { helpArticles { totalCount nodes { title state } } } }";
const DRAFT: &str = "If we have to part ways";

async fn create(app: &TestApp, person: &Person, input: Value) -> Reply {
    app.ask_with(person, CREATE, json!({ "input": input })).await
}

async fn update(app: &TestApp, person: &Person, input: Value) -> Reply {
    app.ask_with(person, UPDATE, json!({ "input": input })).await
}

async fn publish(app: &TestApp, person: &Person, id: &str, published: bool) -> Reply {
    app.ask_with(person, PUBLISH, json!({ "id": id, "published": published })).await
}

/// The titles that a person reads in a project's portal, whose number equals the count.
async fn titles(app: &TestApp, person: &Person, path: &str) -> Vec<String> {
    let found = of_project(app, person, path, "portal { helpArticles { totalCount nodes { title } } }").await;
    let list = &found["portal"]["helpArticles"];
    let titles = texts_of(&list["nodes"], "title");
    assert_eq!(list["totalCount"], titles.len());
    titles
}

/// The titles that a member of staff reads.
async fn of_company(app: &TestApp, person: &Person) -> Vec<String> {
    let reply = app.ask(person, OF_COMPANY).await;
    let list = reply.at("/company/helpArticles");
    let titles = texts_of(&list["nodes"], "title");
    assert_eq!(list["totalCount"], titles.len());
    titles
}

#[tokio::test]
async fn prt_10_clients_read_published_articles() {
    let app = TestApp::demo().await;
    let alderbrook = ["How choices work", "Visiting the site", "When invoices come"];
    for (person, path) in [
        (Person::client(), MAPLE),
        (Person::named("ben"), MAPLE),
        (Person::named("cleo"), ORCHARD),
        (Person::named("hana-client"), RIDGE),
        // Staff see what clients would.
        (Person::owner(), MAPLE),
        (Person::named("priya"), MAPLE),
    ] {
        assert_eq!(titles(&app, &person, path).await, alderbrook, "{path}");
    }
    assert_eq!(titles(&app, &Person::named("ines"), GRANVILLE).await, ["How we furnish a room"]);
    // A company's articles are shown in projects that offer help only.
    assert_eq!(titles(&app, &Person::client(), BOWEN).await, Vec::<String>::new());
}

#[tokio::test]
async fn prt_10_drafts_need_settings_manage() {
    let app = TestApp::demo().await;
    let all = ["How choices work", "Visiting the site", DRAFT, "When invoices come"];
    let published: Vec<_> = all.into_iter().filter(|title| *title != DRAFT).collect();
    let settings = staff_with(&app, &[Permission::SettingsManage]).await;
    // One after the other, so that no cached answer serves another person.
    for _ in 0..2 {
        for person in [&Person::owner(), &settings] {
            assert_eq!(of_company(&app, person).await, all);
        }
        for person in [Person::staff(), Person::named("priya"), Person::named("dale"), Person::reporting()] {
            assert_eq!(of_company(&app, &person).await, published);
        }
        assert_eq!(
            of_company(&app, &Person::named("margot")).await,
            ["How we furnish a room", "Prices on trade terms"]
        );
        assert_eq!(of_company(&app, &Person::named("felix")).await, ["How we furnish a room"]);
    }
    // The drafts are gone with the permission.
    let permission = "update staff_memberships set permissions = array_remove(permissions, 'SETTINGS_MANAGE')";
    app.database().db_execute(permission).await;
    assert_eq!(of_company(&app, &settings).await, published);
}

#[tokio::test]
async fn prt_10_articles_can_be_published() {
    let app = TestApp::demo().await;
    let (owner, clients) = (Person::owner(), [Person::client(), Person::named("ben")]);
    let before = titles(&app, &clients[0], MAPLE).await;
    let reply = create(&app, &owner, json!({ "title": " Moving in ", "body": "One.\r\nTwo.", "sort": 1 })).await;
    let article = reply.at("/helpArticleCreate/helpArticle").clone();
    let expected = json!({ "id": article["id"], "title": "Moving in", "body": "One.\nTwo.", "state": "DRAFT", "sort": 1,
        "version": 1, "publishedAt": null });
    assert_eq!(article, expected);
    let id = article["id"].as_str().expect("an id");
    for client in &clients {
        assert_eq!(titles(&app, client, MAPLE).await, before);
    }
    let reply = publish(&app, &owner, id, true).await;
    let published = reply.at("/helpArticlePublish/helpArticle").clone();
    assert_eq!((&published["state"], &published["version"]), (&json!("PUBLISHED"), &json!(2)));
    assert!(published["publishedAt"].is_string());
    let with_it = ["How choices work", "Moving in", "Visiting the site", "When invoices come"];
    for client in &clients {
        assert_eq!(titles(&app, client, MAPLE).await, with_it);
    }
    assert_eq!(titles(&app, &Person::named("ines"), GRANVILLE).await, ["How we furnish a room"]);
    // A published article stays published during changes; publishing again changes nothing.
    let change = json!({ "id": id, "expectedVersion": 2, "title": "Moving in, and after", "body": "Three." });
    let reply = update(&app, &owner, change.clone()).await;
    let changed = reply.at("/helpArticleUpdate/helpArticle");
    assert_eq!((&changed["state"], &changed["version"], &changed["sort"]), (&json!("PUBLISHED"), &json!(3), &json!(1)));
    assert_eq!(changed["publishedAt"], published["publishedAt"]);
    assert!(titles(&app, &clients[0], MAPLE).await.contains(&"Moving in, and after".to_owned()));
    let again = publish(&app, &owner, id, true).await;
    assert_eq!(again.at("/helpArticlePublish/helpArticle/version"), 3);
    // An update without the last version is rejected.
    let reply = update(&app, &owner, change).await;
    let error = reply.at("/helpArticleUpdate/userErrors/0");
    assert_eq!((&error["code"], &error["field"]), (&json!("CONFLICT"), &json!(["input", "expectedVersion"])));
    assert_eq!(error["message"], "is outdated: the current version is 3; read it again and retry");
    let reply = publish(&app, &owner, id, false).await;
    assert_eq!(
        reply.at("/helpArticlePublish/helpArticle"),
        &json!({ "state": "DRAFT", "version": 4, "publishedAt": null })
    );
    for client in &clients {
        assert_eq!(titles(&app, client, MAPLE).await, before);
    }
    // PRT-13: publishing again was no change.
    let trail = "select kind as text from activity order by id";
    let (saved, moved) = ("HELP_ARTICLE_SAVED", "HELP_ARTICLE_PUBLISHED");
    assert_eq!(app.database().db_texts(trail).await, [saved, moved, saved, moved]);
}

#[tokio::test]
async fn update_keeps_omitted_fields() {
    let app = TestApp::demo().await;
    let reply = create(&app, &Person::owner(), json!({ "title": "Moving in", "body": "One.", "sort": 7 })).await;
    let id = reply.at("/helpArticleCreate/helpArticle/id").clone();
    let change = |version: i32, member: &str, value: Value| {
        let mut input = json!({ "id": id, "expectedVersion": version });
        input[member] = value;
        input
    };
    let mut expected = json!({ "id": id, "title": "Moving in", "body": "One.", "state": "DRAFT", "sort": 7, "version": 1,
        "publishedAt": null });
    for (version, member, value) in [(1, "body", json!("Two.")), (2, "title", json!("Moving")), (3, "sort", json!(8))] {
        expected[member] = value.clone();
        expected["version"] = json!(version + 1);
        let reply = update(&app, &Person::owner(), change(version, member, value)).await;
        assert_eq!(*reply.at("/helpArticleUpdate/helpArticle"), expected, "{}", reply.text);
    }
}

#[tokio::test]
async fn foreign_articles_are_not_found() {
    let app = TestApp::demo().await;
    for (person, foreign) in [
        (Person::owner(), "fernhill/help/How we furnish a room"),
        (Person::owner(), "fernhill/help/Prices on trade terms"),
        (Person::named("margot"), "alderbrook/help/If we have to part ways"),
        (Person::named("margot"), "alderbrook/help/How choices work"),
    ] {
        let ask = async |id: String| {
            let changed = update(&app, &person, json!({ "id": id, "expectedVersion": 1, "title": "x" })).await;
            let published = publish(&app, &person, &id, true).await;
            let delete =
                "mutation($id: ID!) { helpArticleDelete(input: { id: $id }) { userErrors { code field message } } }";
            let deleted = app.ask_with(&person, delete, json!({ "id": id })).await;
            [changed, published, deleted].map(|reply| reply.without_request_id()).concat()
        };
        let nowhere = ask(GlobalId::new(Tag::HELP_ARTICLE, new_uuid()).to_string()).await;
        assert_eq!(nowhere.matches("NOT_FOUND").count(), 3, "{nowhere}");
        assert_eq!(ask(app.id(Tag::HELP_ARTICLE, foreign)).await, nowhere);
        assert_eq!(ask(app.id(Tag::PROJECT, MAPLE)).await, nowhere);
    }
    assert_eq!(app.database().db_count("select count(*) from help_articles where version > 1").await, 0);
    assert_eq!(app.database().db_count("select count(*) from activity").await, 0);
    for person in [Person::client(), Person::trade(), Person::staff(), Person::reporting(), Person::public()] {
        let reply = create(&app, &person, json!({ "title": "x", "body": "y" })).await;
        assert!(reply.is_for_an_unknown_name(), "{}", reply.text);
    }
}

#[tokio::test]
async fn articles_need_valid_texts() {
    let app = TestApp::demo().await;
    let reply = create(&app, &Person::owner(), json!({ "title": "a\nb", "body": "  " })).await;
    let errors: Vec<_> = reply.at("/helpArticleCreate/userErrors").as_array().into_iter().flatten().collect();
    let codes: Vec<_> = errors.iter().map(|error| (&error["code"], &error["field"][1])).collect();
    assert_eq!(codes, [(&json!("INVALID"), &json!("title")), (&json!("BLANK"), &json!("body"))]);
    let long = create(&app, &Person::owner(), json!({ "title": "a", "body": "b".repeat(20_001) })).await;
    assert_eq!(long.at("/helpArticleCreate/userErrors/0/code"), "TOO_LONG");
    // Without a sort order, a new one comes last.
    create(&app, &Person::owner(), json!({ "title": "Last of all", "body": "b" })).await;
    assert_eq!(of_company(&app, &Person::owner()).await.pop().as_deref(), Some("Last of all"));
}

#[tokio::test]
async fn drafts_do_not_show_in_cursors() {
    let app = TestApp::demo().await;
    let query = "portal { helpArticles(first: 2) { edges { cursor } pageInfo { hasNextPage endCursor } } }";
    for (person, other) in [(Person::client(), Person::owner()), (Person::named("ben"), Person::owner())] {
        let page = async |person: &Person| of_project(&app, person, MAPLE, query).await;
        let before = page(&person).await;
        let draft = json!({ "title": "In front of all", "body": "b", "sort": -7 });
        create(&app, &other, draft).await;
        assert_eq!(page(&person).await, before);
        let cursor = before["portal"]["helpArticles"]["pageInfo"]["endCursor"].as_str().expect("a cursor").to_owned();
        let next = format!(
            "portal {{ helpArticles(first: 2, after: {cursor:?}) {{ nodes {{ title }} pageInfo {{ hasNextPage }} }} }}"
        );
        let next = of_project(&app, &person, MAPLE, &next).await;
        assert_eq!(
            next["portal"]["helpArticles"],
            json!({ "nodes": [{ "title": "When invoices come" }], "pageInfo": { "hasNextPage": false } })
        );
    }
}

const ONBOARDING: &str = "{ viewer { onboarding { showVideo videoUrl } } }";

#[tokio::test]
async fn prt_15_video_is_offered_until_dismissed() {
    let app = TestApp::demo().await;
    let (ana, ben) = (Person::client(), Person::named("ben"));
    let video = "https://assets.alderbrook.example/welcome.mp4";
    let offered = json!({ "showVideo": true, "videoUrl": video });
    for person in [&ana, &ben] {
        assert_eq!(app.ask(person, ONBOARDING).await.at("/viewer/onboarding"), &offered);
    }
    let dismiss = "mutation { onboardingDismiss { viewer { onboarding { showVideo videoUrl } } userErrors { code } } }";
    let seen = json!({ "showVideo": false, "videoUrl": video });
    for _ in 0..2 {
        let reply = app.ask(&ana, dismiss).await;
        assert_eq!(reply.at("/onboardingDismiss"), &json!({ "viewer": { "onboarding": seen }, "userErrors": [] }));
    }
    assert_eq!(app.ask(&ana, ONBOARDING).await.at("/viewer/onboarding"), &seen);
    assert_eq!(app.ask(&ben, ONBOARDING).await.at("/viewer/onboarding"), &offered);
    assert_eq!(app.database().db_count("select count(*) from onboardings").await, 1);
    let trail = "select kind || ' ' || actor_kind as text from activity order by id";
    assert_eq!(app.database().db_texts(trail).await, ["ONBOARDING_DISMISSED CLIENT"], "only the first time");
    for other in [Person::trade(), Person::staff(), Person::owner()] {
        is_unknown(&app.ask(&other, ONBOARDING).await, "onboarding");
        assert_eq!(app.ask(&other, dismiss).await.code(), "GRAPHQL_VALIDATION_FAILED");
    }
}

#[tokio::test]
async fn prt_15_video_needs_access() {
    let app = TestApp::demo().await;
    let dev = Person::named("dev");
    let reply = app.ask(&dev, "mutation { onboardingDismiss { viewer { id } userErrors { code field } } }").await;
    let refused = json!({ "viewer": null, "userErrors": [{ "code": "NOT_FOUND", "field": null }] });
    assert_eq!(reply.at("/onboardingDismiss"), &refused);
    assert_eq!(app.ask(&dev, ONBOARDING).await.at("/viewer"), &json!({ "onboarding": null }));
    assert_eq!(app.database().db_count("select count(*) from onboardings").await, 0);
    // A client with access is offered it.
    let let_in = format!(
        "update project_memberships set access_level = 'PORTAL' where project_id = {} and identity_id = {}",
        sql_id(RIDGE),
        sql_id("people/dev")
    );
    app.database().db_execute(&let_in).await;
    assert_eq!(app.ask(&dev, ONBOARDING).await.at("/viewer/onboarding/showVideo"), true);
}

#[tokio::test]
async fn prt_15_video_comes_from_first_company() {
    let app = TestApp::demo().await;
    let url = async |person: Person| app.ask(&person, ONBOARDING).await.at("/viewer/onboarding/videoUrl").clone();
    let (alderbrook, fernhill) =
        ("https://assets.alderbrook.example/welcome.mp4", "https://www.fernhill.example/films/hello.mp4");
    assert_eq!((url(Person::client()).await, url(Person::named("ines")).await), (json!(alderbrook), json!(alderbrook)));
    let close = format!("update project_memberships set removed_at = now() where project_id = {}", sql_id(MAPLE));
    app.database().db_execute(&close).await;
    assert_eq!(url(Person::client()).await, fernhill);
    assert_eq!(app.ask(&Person::named("ben"), ONBOARDING).await.at("/viewer/onboarding"), &Value::Null);
    app.database().db_execute("update company_portals set onboarding_video_url = null").await;
    let nothing = json!({ "showVideo": false, "videoUrl": null });
    assert_eq!(app.ask(&Person::client(), ONBOARDING).await.at("/viewer/onboarding"), &nothing);
}

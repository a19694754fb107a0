//! Tests of companies: creation by command, changes by staff, and the hosts of links.

use std::sync::Arc;

use portico::config::Config;
use portico_actions::company::{CompanyCreate, CompanyList};
use portico_core::access::Permission;
use portico_core::company::Hosts;
use portico_testkit::{Person, TestApp, TestDatabase};
use serde_json::{Value, json};

use crate::support::accounts::{ANA, codes, request_link};
use crate::support::clients::{add, client_create};
use crate::support::companies::{create, first_owner, larch};
use crate::support::project;

const COMPANY: &str = "{ company { name slug region portalHost publicPhone version } }";
const UPDATE: &str = "mutation($input: CompanyUpdateInput!) { companyUpdate(input: $input) {
    company { name slug region portalHost publicPhone version } userErrors { code field message } } }";

/// A configuration with the demo's regions and these portal hosts.
fn hosts(portals: &str) -> Arc<Hosts> {
    let text = format!(
        "[regions]\nUS = \"us.portico.example\"\nNZ = \"customer.builder.example.co.nz\"\n\
         AU = \"customer.builder.example.com.au\"\nCA = \"ca.portico.example\"\n[portal_hosts]\n{portals}"
    );
    Arc::new(Config::parse(&text).expect("it can be read").hosts)
}

async fn update(app: &TestApp, person: &Person, input: Value) -> Value {
    app.ask_with(person, UPDATE, json!({ "input": input })).await.at("/companyUpdate").clone()
}

#[tokio::test]
async fn company_is_created_once_with_its_owner() {
    // ORG-1, ACC-21
    let app = TestApp::over(TestDatabase::empty().await);
    let created = create(&app, larch("nz")).await.expect("it is created");
    assert!(created.is_new);
    let again = create(&app, larch("NZ")).await.expect("it is the same");
    assert_eq!((again.is_new, again.company.id), (false, created.company.id));
    let mails = app.db_mails().await;
    assert_eq!(mails.len(), 1, "the owner is invited once");
    assert_eq!(
        (mails[0].to_address.as_str(), mails[0].subject.as_str()),
        ("rua@larch.example", "Larch Homes invites you to join its staff")
    );
    let owner = first_owner(&app).await;
    let company = app.ask(&owner, COMPANY).await;
    let expected = json!({ "name": "Larch Homes", "slug": "larch", "region": "NZ", "portalHost": null,
        "publicPhone": null, "version": 1 });
    assert_eq!(*company.at("/company"), expected, "{}", company.text);
    let settings =
        "{ viewer { role name } company { branding { primaryColor } portal { offersPassword } leadForm { isOpen } } }";
    let settings = app.ask(&owner, settings).await;
    assert_eq!(*settings.at("/viewer"), json!({ "role": "OWNER", "name": "Rua Tane" }), "{}", settings.text);
    assert_eq!(*settings.at("/company/portal/offersPassword"), json!(true));
    let listed = CompanyList.run(&app.operator()).await.expect("it is listed");
    assert_eq!(listed.iter().map(|company| company.slug.as_str()).collect::<Vec<_>>(), ["larch"]);
    let trail = app.database().db_texts("select kind || ' ' || actor_kind as text from activity order by at, id").await;
    assert_eq!(trail[..2], ["COMPANY_CREATED SYSTEM", "STAFF_INVITED SYSTEM"], "{trail:?}");
}

#[tokio::test]
async fn concurrent_commands_create_one_company() {
    // ORG-1
    let app = TestApp::over(TestDatabase::empty().await);
    // Each command has a connection of its own.
    let all = futures_util::future::join_all((0..6).map(|_| create(&app, larch("NZ")))).await;
    let new = all.iter().filter(|created| created.as_ref().is_ok_and(|created| created.is_new)).count();
    assert_eq!((new, all.iter().filter(|created| created.is_ok()).count()), (1, 6), "{all:?}");
    assert_eq!(app.db_mails().await.len(), 1);
}

#[tokio::test]
async fn repeated_create_names_differences() {
    // ORG-1
    let app = TestApp::over(TestDatabase::empty().await);
    create(&app, larch("NZ")).await.expect("it is created");
    let other = |adjust: fn(&mut CompanyCreate)| {
        let mut company = larch("NZ");
        adjust(&mut company);
        company
    };
    for (company, words) in [
        (other(|it| it.name = "Larch".to_owned()), "its name is `Larch Homes`, not `Larch`"),
        (other(|it| it.region = "US".to_owned()), "its region is NZ, not US"),
        (other(|it| it.owner_email = "kim@larch.example".to_owned()), "kim@larch.example is no owner"),
        (other(|it| it.region = "XX".to_owned()), "`XX`"),
        (other(|it| it.slug = "Larch Homes".to_owned()), "--slug"),
        (other(|it| it.name = " ".to_owned()), "--name"),
        (other(|it| it.owner_email = "rua".to_owned()), "--owner-email"),
    ] {
        let refused = create(&app, company).await.expect_err(words);
        assert!(refused.contains(words), "{words}: {refused}");
    }
    let all = other(|it| {
        (it.slug, it.region, it.owner_email) = ("Larch Homes".to_owned(), "XX".to_owned(), "rua".to_owned());
        (it.name, it.owner_name) = (" ".to_owned(), Some(" ".to_owned()));
    });
    let refused = create(&app, all).await.expect_err("nothing is right");
    for flag in ["--slug", "--name", "--region", "--owner-email", "--owner-name"] {
        assert!(refused.contains(flag), "{flag}: {refused}");
    }
    assert_eq!(app.database().db_count("select count(*) from identities").await, 1, "nothing was written");
    assert_eq!(app.db_mails().await.len(), 1);
}

#[tokio::test]
async fn invitation_links_use_the_region_host() {
    // INV-13, ORG-5: three regions by links in real mails.
    let app = TestApp::demo().await.rewired(|app| app.hosts = hosts("\"portal.alderbrook.example\" = \"alderbrook\""));
    let owner = Person::owner();
    let mut version = json!(1);
    for (region, host, place) in [
        ("US", "us.portico.example", "alderbrook/ridge-view"),
        ("AU", "customer.builder.example.com.au", "alderbrook/maple-street"),
        ("NZ", "customer.builder.example.co.nz", "alderbrook/orchard-lane"),
    ] {
        let updated = update(&app, &owner, json!({ "expectedVersion": version, "region": region })).await;
        assert_eq!((&updated["company"]["region"], codes(&updated).len()), (&json!(region), 0), "{updated}");
        version = updated["company"]["version"].clone();
        let address = format!("{}@mail.example", region.to_lowercase());
        let contact = client_create(&app, &owner, region, &address).await;
        add(&app, &owner, &project(&app, place), &contact, true).await;
        let link = app.db_mails().await.last().and_then(|mail| mail.link.clone()).expect("it holds a link");
        assert!(link.starts_with(&format!("https://{host}/auth/link/")), "{region}: {link}");
        // So does a requested link, which can set a first password.
        request_link(&app, &address).await;
        let link = app.db_mails().await.last().and_then(|mail| mail.link.clone()).expect("it holds a link");
        assert!(link.starts_with(&format!("https://{host}/auth/link/")), "{region}: {link}");
    }
}

#[tokio::test]
async fn later_links_use_the_portal_host() {
    // ORG-5: Ana's links lead to Alderbrook's portal while the installation lists it.
    let app = TestApp::demo().await;
    let link = async |app: &TestApp| {
        request_link(app, ANA).await;
        app.db_mails().await.last().and_then(|mail| mail.link.clone()).expect("it holds a link")
    };
    assert!(link(&app).await.starts_with("https://portal.alderbrook.example/"));
    for portals in ["", "\"portal.alderbrook.example\" = \"fernhill\"", "\"other.alderbrook.example\" = \"alderbrook\""]
    {
        let unlisted = app.rewired(|app| app.hosts = hosts(portals));
        let link = link(&unlisted).await;
        assert!(link.starts_with("https://us.portico.example/"), "{portals}: {link}");
    }
}

#[tokio::test]
async fn unlisted_host_is_no_portal() {
    // ORG-5: neither the portal's public data nor its pages are served.
    let app = TestApp::demo().await;
    let unlisted = app.rewired(|app| app.hosts = hosts(""));
    let entrance = "{ portal(host: \"portal.alderbrook.example\") { branding { companyName } } }";
    assert_eq!(*app.ask(&Person::public(), entrance).await.at("/portal/branding/companyName"), "Alderbrook Homes");
    assert_eq!(*unlisted.ask(&Person::public(), entrance).await.at("/portal"), Value::Null);
    for (app, expected) in [(&app, Some("https://portal.alderbrook.example")), (&unlisted, None)] {
        let request = app.post(&Person::public()).header("origin", "https://portal.alderbrook.example");
        let reply = app.send(request.body("{\"query\":\"{ __typename }\"}".into()).expect("a request")).await;
        let allowed = reply.headers.get("access-control-allow-origin").and_then(|value| value.to_str().ok());
        assert_eq!(allowed, expected);
    }
}

#[tokio::test]
async fn company_update_needs_right_and_version() {
    // ORG-5
    let app = TestApp::demo().await.rewired(|app| {
        app.hosts = hosts("\"portal.alderbrook.example\" = \"alderbrook\"\n\"my.alderbrook.example\" = \"alderbrook\"");
    });
    let settler = app.db_staff(&[Permission::SettingsManage]).await;
    for (person, name) in [(Person::owner(), "Alderbrook"), (settler, "Alderbrook & Co")] {
        let version = app.ask(&person, COMPANY).await.at("/company/version").clone();
        let input = json!({ "expectedVersion": version, "name": name, "publicPhone": "+1 360 555 0199",
            "portalHost": "MY.alderbrook.example" });
        let updated = update(&app, &person, input).await;
        let expected = json!({ "name": name, "slug": "alderbrook", "region": "US",
            "portalHost": "my.alderbrook.example", "publicPhone": "+13605550199",
            "version": version.as_i64().unwrap_or_default() + 1 });
        assert_eq!((&updated["company"], codes(&updated).len()), (&expected, 0), "{updated}");
        let stale = update(&app, &person, json!({ "expectedVersion": version, "name": "Late" })).await;
        assert_eq!(codes(&stale), ["CONFLICT"]);
    }
    // Clients see it at once.
    let query = "{ viewer { projects { nodes { portal { branding { companyName publicPhone } } } } } }";
    let seen = app.ask(&Person::client(), query).await;
    let branding =
        json!({ "portal": { "branding": { "companyName": "Alderbrook & Co", "publicPhone": "+13605550199" } } });
    let projects = seen.at("/viewer/projects/nodes").as_array().cloned().unwrap_or_default();
    assert!(projects.contains(&branding), "{}", seen.text);
    // Null releases the host; another company's host and an unlisted one are rejected.
    let input = json!({ "expectedVersion": 3, "portalHost": null, "publicPhone": null });
    let cleared = update(&app, &Person::owner(), input).await;
    assert_eq!((&cleared["company"]["portalHost"], &cleared["company"]["publicPhone"]), (&Value::Null, &Value::Null));
    let wrong = json!({ "expectedVersion": 4, "portalHost": "portal.fernhill.example", "name": "", "publicPhone": "12",
        "region": "GB" });
    let wrong = update(&app, &Person::owner(), wrong).await;
    assert_eq!(codes(&wrong), ["BLANK", "INVALID", "INVALID", "INVALID"], "{wrong}");
    let fields: Vec<_> = wrong["userErrors"].as_array().into_iter().flatten().map(|error| &error["field"][1]).collect();
    assert_eq!(fields, ["name", "publicPhone", "region", "portalHost"]);
    for person in [Person::client(), Person::trade(), Person::staff(), Person::reporting(), Person::public()] {
        let refused = app.ask_with(&person, UPDATE, json!({ "input": { "expectedVersion": 4, "name": "Mine" } })).await;
        assert!(refused.is_for_an_unknown_name(), "{}", refused.text);
    }
}

#[tokio::test]
async fn listed_host_belongs_to_its_company() {
    // ORG-5: the installation's list decides, not the order of requests.
    let app = TestApp::demo().await;
    let moved = app.rewired(|app| app.hosts = hosts("\"portal.fernhill.example\" = \"alderbrook\""));
    let input = json!({ "expectedVersion": 1, "portalHost": "portal.fernhill.example" });
    let taken = update(&moved, &Person::owner(), input).await;
    assert_eq!(taken["company"]["portalHost"], "portal.fernhill.example", "{taken}");
    let others = "select count(*) from companies where slug = 'fernhill' and portal_host is null and version = 2";
    assert_eq!(app.database().db_count(others).await, 1);
    let trail = "select count(*) from activity a join companies c on c.id = a.company_id
        where c.slug = 'fernhill' and a.kind = 'COMPANY_CHANGED' and a.actor_id is null";
    assert_eq!(app.database().db_count(trail).await, 1);
}

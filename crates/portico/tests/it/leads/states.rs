//! Tests of leads: visibility and states.

use portico_core::access::Permission;
use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::json;

use crate::support::{change, is_unknown, refusals, texts_of};

async fn manager(app: &TestApp) -> Person {
    app.db_staff(&[Permission::LeadsManage, Permission::ClientsInvite]).await
}

async fn names(app: &TestApp, person: &Person, list: &str, arguments: &str) -> Vec<String> {
    let query = format!("{{ company {{ {list}({arguments}) {{ totalCount nodes {{ name }} }} }} }}");
    let reply = app.ask(person, &query).await;
    let names = texts_of(reply.at(&format!("/company/{list}/nodes")), "name");
    assert_eq!(*reply.at(&format!("/company/{list}/totalCount")), names.len(), "{}", reply.text);
    names
}

#[tokio::test]
async fn leads_are_found_by_name_email_and_phone() {
    // LEAD-7
    let app = TestApp::demo().await;
    let robin = manager(&app).await;
    assert_eq!(
        names(&app, &robin, "leads", "first: 100").await,
        ["Odette Pelham", "Istvan Varga", "Rosamund Quill", "Ines Duarte"]
    );
    let all = names(&app, &robin, "contacts", "first: 100").await;
    let mut sorted = all.clone();
    sorted.sort_by_key(|name| name.to_lowercase());
    assert!(all.len() >= 14 && all == sorted, "{all:?}");
    for (list, arguments, expected) in [
        ("leads", "query: \"VARGA\"", vec!["Istvan Varga"]),
        ("leads", "query: \"odette mail.example\"", vec!["Odette Pelham"]),
        ("leads", "query: \"0832\"", vec!["Istvan Varga"]),
        ("leads", "query: \"porch\"", vec!["Odette Pelham"]),
        ("leads", "query: \"porch varga\"", vec![]),
        ("leads", "query: \"%\"", vec![]),
        ("leads", "query: \"_\"", vec![]),
        ("leads", "filter: { state: { in: [LOST, CONVERTED] } }", vec!["Rosamund Quill", "Ines Duarte"]),
        ("leads", "filter: { state: { in: [] } }", vec![]),
        ("leads", "query: \"olander\"", vec![]),
        ("contacts", "query: \"whitlock ANA\"", vec!["Ana Whitlock"]),
        ("contacts", "query: \"0814\"", vec!["Adeyemi Stone"]),
        ("contacts", "query: \"h.pruitt@\"", vec!["Harlan Pruitt, county inspector"]),
        ("contacts", "query: \"h_pruitt\"", vec![]),
        ("contacts", "query: \"quill\", filter: { kind: { in: [CLIENT, TRADE] } }", vec![]),
        ("contacts", "query: \"quill\", filter: { kind: { in: [MISC] } }", vec!["Rosamund Quill"]),
        ("contacts", "query: \"impatient\"", vec![]),
    ] {
        assert_eq!(names(&app, &robin, list, arguments).await, expected, "{list}({arguments})");
    }
    assert_eq!(names(&app, &Person::named("margot"), "leads", "first: 100").await, ["Thea Olander"]);
    for list in ["leads", "contacts"] {
        let query = format!("query($q: String) {{ company {{ {list}(query: $q) {{ totalCount }} }} }}");
        let reply = app.ask_with(&robin, &query, json!({ "q": "a".repeat(201) })).await;
        assert_eq!((reply.code(), reply.message().contains("`query`")), ("BAD_USER_INPUT", true));
    }
}

#[tokio::test]
async fn lead_pages_are_complete_and_private() {
    let app = TestApp::demo().await;
    let robin = manager(&app).await;
    for list in ["leads", "contacts"] {
        let all = names(&app, &robin, list, "first: 100").await;
        let (mut found, mut after) = (Vec::new(), json!(null));
        loop {
            let query = format!(
                "query($after: String) {{ company {{ {list}(first: 1, after: $after) {{ nodes {{ name }}
                pageInfo {{ hasNextPage endCursor }} }} }} }}"
            );
            let reply = app.ask_with(&robin, &query, json!({ "after": after })).await;
            found.extend(texts_of(reply.at(&format!("/company/{list}/nodes")), "name"));
            after = reply.at(&format!("/company/{list}/pageInfo/endCursor")).clone();
            if reply.at(&format!("/company/{list}/pageInfo/hasNextPage")) == false {
                break;
            }
        }
        assert_eq!(found, all);
        let query = format!("query($after: String) {{ company {{ {list}(after: $after) {{ totalCount }} }} }}");
        let reply = app.ask_with(&Person::owner(), &query, json!({ "after": after })).await;
        assert_eq!(reply.code(), "CURSOR_INVALID", "{}", reply.text);
    }
}

#[tokio::test]
async fn repeated_queries_show_changes() {
    let app = TestApp::demo().await;
    let robin = manager(&app).await;
    let query =
        "{ company { leads { nodes { name state } } contacts(query: \"varga\") { nodes { name leadScore } } } }";
    let first = app.ask(&robin, query).await;
    assert_eq!(app.ask(&robin, query).await.data(), first.data());
    app.database()
        .db_execute(
            "update leads set state = 'LOST'; update contact_internals set lead_score = 3;
            update contacts set name = 'Istvan Other' where name = 'Istvan Varga'",
        )
        .await;
    let later = app.ask(&robin, query).await;
    assert_eq!(texts_of(later.at("/company/leads/nodes"), "state"), ["LOST"; 4]);
    assert!(texts_of(later.at("/company/leads/nodes"), "name").contains(&"Istvan Other".to_owned()));
    assert_eq!(app.ask(&robin, &query.replace("varga", "other")).await.at("/company/contacts/nodes/0/leadScore"), 3);
}

#[tokio::test]
async fn leads_need_leads_manage() {
    let app = TestApp::demo().await;
    let others: Vec<_> = Permission::ALL.iter().copied().filter(|one| *one != Permission::LeadsManage).collect();
    let robin = app.db_staff(&others).await;
    let id = app.id(Tag::LEAD, "alderbrook/lead/odette");
    for person in [robin.clone(), Person::client(), Person::trade(), Person::public()] {
        for (name, call) in [
            ("leadStateSet", "leadStateSet(input: { id: \"A\", state: LOST }) { __typename }"),
            ("leadConvertToClient", "leadConvertToClient(input: { id: \"A\" }) { __typename }"),
            ("leadConvertToProject", "leadConvertToProject(input: { id: \"A\" }) { __typename }"),
        ] {
            is_unknown(&app.ask(&person, &format!("mutation {{ {call} }}")).await, name);
        }
        let reply = app.ask(&person, "{ company { leads { totalCount } } }").await;
        assert!(reply.is_for_an_unknown_name(), "{}", reply.text);
    }
    assert!(app.ask(&robin, &format!("{{ node(id: \"{id}\") {{ id }} }}")).await.data()["node"].is_null());
    let seen = app.ask(&manager(&app).await, &format!("{{ node(id: \"{id}\") {{ id }} }}")).await;
    assert_eq!(seen.data()["node"]["id"], json!(id));
    // The form is for anonymous callers.
    is_unknown(&app.ask(&Person::owner(), "mutation { leadSubmit(input: {}) { received } }").await, "leadSubmit");
}

#[tokio::test]
async fn project_key_sees_no_leads() {
    let app = TestApp::demo().await;
    app.database()
        .db_execute("update api_keys set permissions = array['PROJECTS_READ', 'CLIENTS_INVITE', 'LEADS_MANAGE']")
        .await;
    let query = "{ company { leads { totalCount nodes { id } } contacts { totalCount nodes { id } } } }";
    let nothing = json!({ "totalCount": 0, "nodes": [] });
    let listing = app.ask(&Person::reporting(), query).await;
    assert_eq!(listing.data()["company"], json!({ "leads": nothing, "contacts": nothing }));
    app.database().db_execute("update api_keys set all_projects = true").await;
    let all = app.ask(&Person::reporting(), query).await;
    assert_eq!(all.at("/company/leads/totalCount"), 4);
}

#[tokio::test]
async fn lead_state_follows_its_transitions() {
    // STA-3
    let app = TestApp::demo().await;
    let robin = manager(&app).await;
    let set = async |path: &str, state: &str| {
        let arguments = format!("input: {{ id: \"{}\", state: {state} }}", app.id(Tag::LEAD, path));
        change(&app, &robin, "leadStateSet", &arguments, "lead { state version }").await
    };
    let odette = "alderbrook/lead/odette";
    assert_eq!(set(odette, "CONTACTED").await["lead"], json!({ "state": "CONTACTED", "version": 2 }));
    for wrong in ["NEW", "CONTACTED", "CONVERTED"] {
        let payload = set(odette, wrong).await;
        assert_eq!(refusals(&payload), ["INVALID_STATE input.state"]);
        assert!(
            payload["userErrors"][0]["message"].as_str().is_some_and(|text| text.contains("CONTACTED")),
            "{payload}"
        );
    }
    for right in ["QUALIFIED", "LOST", "QUALIFIED", "SPAM", "NEW"] {
        assert_eq!(set(odette, right).await["lead"]["state"], right);
    }
    for state in ["NEW", "CONTACTED", "QUALIFIED", "LOST", "SPAM", "CONVERTED"] {
        assert_eq!(
            refusals(&set("alderbrook/lead/ines", state).await),
            ["INVALID_STATE input.state"],
            "converted is final"
        );
    }
    let random = portico_core::id::GlobalId::new(Tag::LEAD, portico_core::id::new_uuid()).to_string();
    let foreign = set("fernhill/lead/thea", "LOST").await;
    let nowhere = change(
        &app,
        &robin,
        "leadStateSet",
        &format!("input: {{ id: \"{random}\", state: LOST }}"),
        "lead { state version }",
    )
    .await;
    assert_eq!((refusals(&foreign), &foreign), (vec!["NOT_FOUND input.id".to_owned()], &nowhere));
    let rows = "select (details->>'from') || '-' || (details->>'to') as text from activity where kind = 'LEAD_CHANGED' order by at, id";
    assert_eq!(app.database().db_texts(rows).await.len(), 6);
}

#[tokio::test]
async fn lead_pages_have_constant_statements() {
    let app = TestApp::demo().await;
    let query = "{ company { leads(first: 100) { totalCount nodes { name project { name } } }
        contacts(first: 100) { totalCount nodes { name internalNotes leadScore isUserManaged } } } }";
    let few = app.cold().answer(&Person::owner(), query, json!({})).await;
    app.database()
        .db_execute(
            "insert into contacts (id, company_id, kind, name)
                select gen_random_uuid(), c.id, 'MISC', 'Grown ' || n from companies c, generate_series(1, 96) n where c.slug = 'alderbrook';
            insert into leads (id, company_id, contact_id, state, source, project_id)
                select gen_random_uuid(), c.company_id, c.id, 'CONVERTED', 'STAFF',
                    (select p.id from projects p where p.company_id = c.company_id order by p.id limit 1)
                from contacts c where c.name like 'Grown %'",
        )
        .await;
    let many = app.cold().answer(&Person::owner(), query, json!({})).await;
    assert!(many.codes.is_empty() && many.to_json().to_string().contains("\"totalCount\":100"), "{}", many.to_json());
    assert_eq!(few.request_counts.statements, many.request_counts.statements);
}

#[tokio::test]
async fn staff_add_leads_with_interests() {
    // LEAD-8
    let app = TestApp::demo().await;
    let robin = manager(&app).await;
    let fields = "lead { id source state name email phone interest message contactId }";
    let input = "input: { name: \" Noor Haddad \", email: \"noor@mail.example\", interest: \"A garden room\", message: \"Called\\nat noon\" }";
    let created = change(&app, &robin, "leadCreate", input, fields).await;
    let lead = &created["lead"];
    assert_eq!(
        (&lead["source"], &lead["state"], &lead["name"]),
        (&json!("STAFF"), &json!("NEW"), &json!("Noor Haddad"))
    );
    assert_eq!(
        (&lead["interest"], &lead["message"]),
        (&json!("A garden room"), &json!("Called\nat noon")),
        "{created}"
    );
    assert_eq!(names(&app, &robin, "leads", "query: \"garden\"").await, ["Noor Haddad"]);
    assert_eq!(names(&app, &robin, "contacts", "query: \"noor\"").await, ["Noor Haddad"]);
    // The same person asks again: another lead of the same contact.
    let again = format!("input: {{ contactId: {}, interest: \"A carport\" }}", lead["contactId"]);
    let again = change(&app, &robin, "leadCreate", &again, fields).await;
    assert_eq!((&again["lead"]["contactId"], &again["lead"]["name"]), (&lead["contactId"], &json!("Noor Haddad")));
    assert_eq!(names(&app, &robin, "leads", "query: \"noor\"").await.len(), 2);
    let theirs = app.id(Tag::CONTACT, "fernhill/contact/ines");
    for (input, refused) in [
        ("interest: \"x\"".to_owned(), "BLANK input.name"),
        ("name: \" \"".to_owned(), "BLANK input.name"),
        (format!("name: \"x\", interest: \"{}\"", "x".repeat(201)), "TOO_LONG input.interest"),
        ("name: \"x\", email: \"nowhere\"".to_owned(), "INVALID input.email"),
        (format!("contactId: {}, name: \"x\"", lead["contactId"]), "INVALID input.contactId"),
        (format!("contactId: \"{theirs}\""), "NOT_FOUND input.contactId"),
    ] {
        let result = change(&app, &robin, "leadCreate", &format!("input: {{ {input} }}"), fields).await;
        assert_eq!(refusals(&result), [refused], "{input}");
    }
    for outsider in [Person::client(), Person::staff(), Person::trade()] {
        let query = "mutation { leadCreate(input: { name: \"x\" }) { userErrors { code } } }";
        is_unknown(&app.ask(&outsider, query).await, "leadCreate");
    }
}

#[tokio::test]
async fn lead_shows_details_of_its_contact() {
    // LEAD-8
    let app = TestApp::demo().await;
    let robin = manager(&app).await;
    let fields = "lead { name email phone interest message contactId }";
    for (contact, name, email, phone) in [
        ("ben", "Ben Whitlock", json!("ben.whitlock@mail.example"), json!("+13605550802")),
        ("inspector", "Harlan Pruitt, county inspector", json!("h.pruitt@county.example"), json!("+13605550821")),
    ] {
        let id = app.id(Tag::CONTACT, &format!("alderbrook/contact/{contact}"));
        let created = change(&app, &robin, "leadCreate", &format!("input: {{ contactId: \"{id}\" }}"), fields).await;
        let expected = json!({
            "name": name, "email": email, "phone": phone, "interest": null, "message": null, "contactId": id,
        });
        assert_eq!(created["lead"], expected, "{created}");
    }
}

#[tokio::test]
async fn interest_comes_from_every_form() {
    // LEAD-8
    let app = TestApp::demo().await;
    let robin = manager(&app).await;
    let by_mutation = "mutation { leadSubmit(input: { companySlug: \"alderbrook\", formKey: \"demo-form-alderbrook\",
        name: \"By mutation\", email: \"m@mail.example\", interest: \"Sauna house\" }) { received } }";
    assert_eq!(*app.ask(&Person::public(), by_mutation).await.at("/leadSubmit/received"), true);
    for (kind, body) in [
        ("application/json", r#"{"name":"By JSON","email":"j@mail.example","interest":"Sauna barrel"}"#),
        ("application/x-www-form-urlencoded", "name=By+form&email=f%40mail.example&interest=Sauna+tent&message="),
    ] {
        let request = axum::http::Request::post("/leads/demo-form-alderbrook").header("content-type", kind);
        let sent = app.send(request.body(axum::body::Body::from(body)).expect("a request can be made")).await;
        assert!(sent.status.is_success(), "{}", sent.text);
    }
    let query = "{ company { leads(query: \"sauna\") { nodes { name interest source } } } }";
    let reply = app.ask(&robin, query).await;
    let mut all = reply.at("/company/leads/nodes").as_array().cloned().unwrap_or_default();
    all.sort_by_key(|lead| lead["name"].to_string());
    let lead = |name: &str, interest: &str| json!({ "name": name, "interest": interest, "source": "WEB" });
    let expected = [lead("By JSON", "Sauna barrel"), lead("By form", "Sauna tent"), lead("By mutation", "Sauna house")];
    assert_eq!(all, expected);
}

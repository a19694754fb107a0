//! Tests of a project's set-up by staff: locations, team, money (ORG-4, PRP-1).

use portico_core::access::Permission;
use portico_core::id::{Tag, new_uuid};
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::{BOWEN, MAPLE, RIDGE, change, is_unknown, of_project, project, refusals, staff_with, texts_of};

async fn save_location(app: &TestApp, person: &Person, input: &str) -> Value {
    change(app, person, "locationSave", &format!("input: {{ {input} }}"), "location { id name sort }").await
}

async fn save_member(app: &TestApp, person: &Person, input: &str) -> Value {
    let fields = "teamMember { id name title photo workPhone isShown staffId }";
    change(app, person, "teamMemberSave", &format!("input: {{ {input} }}"), fields).await
}

async fn names_of(app: &TestApp, person: &Person, path: &str, list: &str) -> Vec<String> {
    let of = of_project(app, person, path, &format!("{list} {{ name }}")).await;
    texts_of(&of[list], "name")
}

#[tokio::test]
async fn saved_locations_show_to_all_members() {
    // ORG-4, VIS-13
    let app = TestApp::demo().await;
    let staff = staff_with(&app, &[Permission::ProjectsWrite]).await;
    let maple = project(&app, MAPLE);
    let before = names_of(&app, &Person::client(), MAPLE, "locations").await;
    let saved = save_location(&app, &staff, &format!("projectId: \"{maple}\", name: \" Mudroom \"")).await;
    assert_eq!(saved["location"]["name"], "Mudroom", "{saved}");
    let expected = [before.clone(), vec!["Mudroom".to_owned()]].concat();
    for person in [Person::client(), Person::named("ben"), Person::trade(), Person::staff()] {
        assert_eq!(names_of(&app, &person, MAPLE, "locations").await, expected, "a new location comes last");
    }
    let id = saved["location"]["id"].as_str().unwrap_or_default();
    let moved = save_location(&app, &staff, &format!("id: \"{id}\", name: \"Boot room\", sort: -1")).await;
    assert_eq!((&moved["location"]["name"], &moved["location"]["sort"]), (&json!("Boot room"), &json!(-1)));
    for person in [Person::client(), Person::trade()] {
        let names = names_of(&app, &person, MAPLE, "locations").await;
        assert_eq!(names[0], "Boot room", "the lowest comes first: {names:?}");
    }
    let removed =
        change(&app, &staff, "locationRemove", &format!("input: {{ id: \"{id}\" }}"), "project { name }").await;
    assert_eq!(refusals(&removed), Vec::<String>::new(), "{removed}");
    for person in [Person::client(), Person::trade()] {
        assert_eq!(names_of(&app, &person, MAPLE, "locations").await, before);
    }
    let kinds = "select kind || ' ' || coalesce(details ->> 'isNew', '') as text from activity order by at, id";
    let trail = app.database().db_texts(kinds).await;
    assert_eq!(trail, ["LOCATION_SAVED true", "LOCATION_SAVED false", "LOCATION_REMOVED "]);
}

#[tokio::test]
async fn locations_and_team_names_are_unique() {
    // ORG-4: these lists have no pages.
    let app = TestApp::demo().await;
    let (maple, owner) = (project(&app, MAPLE), Person::owner());
    for name in ["Kitchen", "KITCHEN", " kitchen\u{200b} "] {
        let again = save_location(&app, &owner, &format!("projectId: \"{maple}\", name: \"{name}\"")).await;
        assert_eq!(refusals(&again), ["TAKEN input.name"], "{again}");
    }
    let kitchen = app.id(Tag::LOCATION, "alderbrook/maple-street/location/Kitchen");
    let same = save_location(&app, &owner, &format!("id: \"{kitchen}\", name: \"kitchen\"")).await;
    assert_eq!(same["location"]["name"], "kitchen", "its own name is not a duplicate: {same}");
    let many = "insert into locations (id, company_id, project_id, name, sort)
            select gen_random_uuid(), company_id, project_id, 'Room ' || n, n
            from locations, generate_series(1, 200) n where name = 'kitchen';
        insert into team_members (id, company_id, project_id, name, title, sort)
            select gen_random_uuid(), company_id, project_id, 'Member ' || n, 'Helper', n
            from locations, generate_series(1, 100) n where name = 'kitchen';";
    app.database().db_execute(many).await;
    let location = save_location(&app, &owner, &format!("projectId: \"{maple}\", name: \"One more\"")).await;
    assert_eq!(refusals(&location), ["INVALID_STATE input.projectId"], "{location}");
    let member = format!("projectId: \"{maple}\", name: \"One More\", title: \"Helper\"");
    let member = save_member(&app, &owner, &member).await;
    assert_eq!(refusals(&member), ["INVALID_STATE input.projectId"], "{member}");
}

#[tokio::test]
async fn used_location_needs_confirmation() {
    // ORG-4
    let app = TestApp::demo().await;
    let kitchen = app.id(Tag::LOCATION, "alderbrook/maple-street/location/Kitchen");
    let fields = "project { selections(first: 50) { nodes { title location { name } } } }";
    let located = async |person: &Person| {
        let of = of_project(&app, person, MAPLE, "selections(first: 50) { nodes { title location { name } } }").await;
        let nodes = of["selections"]["nodes"].as_array().cloned().unwrap_or_default();
        let at = nodes.iter().filter(|node| node["location"]["name"] == "Kitchen").count();
        (nodes.len(), at)
    };
    let (all, in_kitchen) = located(&Person::client()).await;
    assert!(in_kitchen > 0, "the demo has selections for the kitchen");
    let refused =
        change(&app, &Person::owner(), "locationRemove", &format!("input: {{ id: \"{kitchen}\" }}"), fields).await;
    assert_eq!(refusals(&refused), ["INVALID_STATE input.id"]);
    let message = refused["userErrors"][0]["message"].as_str().unwrap_or_default();
    assert!(message.contains("detachSelections"), "the remedy is named: {message}");
    assert_eq!(located(&Person::client()).await, (all, in_kitchen));
    let arguments = format!("input: {{ id: \"{kitchen}\", detachSelections: true }}");
    let removed = change(&app, &Person::owner(), "locationRemove", &arguments, fields).await;
    assert_eq!(refusals(&removed), Vec::<String>::new());
    for person in [Person::client(), Person::named("ben")] {
        assert_eq!(located(&person).await, (all, 0), "the selections are still there");
    }
}

#[tokio::test]
async fn team_shows_staff_and_others_by_name() {
    // ORG-4, PRT-9
    let app = TestApp::demo().await;
    let staff = staff_with(&app, &[Permission::ProjectsWrite]).await;
    let maple = project(&app, MAPLE);
    let dale = app.id(Tag::STAFF_MEMBERSHIP, "alderbrook/staff/dale");
    let input = format!(
        "projectId: \"{maple}\", name: \"Lou Park\", title: \"Architect\", workPhone: \"+13605550188\",
            photoUrl: \"https://assets.example/lou.jpg\""
    );
    let lou = save_member(&app, &staff, &input).await;
    assert_eq!(lou["teamMember"]["staffId"], Value::Null, "{lou}");
    let dale = save_member(
        &app,
        &staff,
        &format!("projectId: \"{maple}\", staffId: \"{dale}\", title: \"Money\", isShown: false"),
    )
    .await;
    let shown = json!({ "name": "Lou Park", "title": "Architect", "photo": "https://assets.example/lou.jpg", "workPhone": "+13605550188" });
    for person in [Person::client(), Person::named("ben"), Person::trade()] {
        let of = of_project(&app, &person, MAPLE, "team { name title photo workPhone }").await;
        let team = of["team"].as_array().cloned().unwrap_or_default();
        assert!(team.contains(&shown), "{of}");
        assert!(!of.to_string().contains("Money"), "hidden members are missing: {of}");
        let reply = app.ask(&person, "{ viewer { projects { nodes { team { staffId } } } } }").await;
        is_unknown(&reply, "staffId");
    }
    let names = names_of(&app, &Person::staff(), MAPLE, "team").await;
    assert!(names.len() > 2 && names.contains(&"Lou Park".to_owned()), "{names:?}");
    // Shown now, without a photo, and first.
    let id = |saved: &Value| saved["teamMember"]["id"].as_str().unwrap_or_default().to_owned();
    save_member(&app, &staff, &format!("id: \"{}\", isShown: true, title: \"Accounts\"", id(&dale))).await;
    let changed = save_member(&app, &staff, &format!("id: \"{}\", photoUrl: null, sort: -3", id(&lou))).await;
    assert_eq!((&changed["teamMember"]["photo"], &changed["teamMember"]["title"]), (&Value::Null, &json!("Architect")));
    for person in [Person::client(), Person::trade()] {
        let of = of_project(&app, &person, MAPLE, "team { name title }").await;
        assert_eq!(of["team"][0]["name"], "Lou Park");
        assert!(of.to_string().contains("Accounts"), "{of}");
    }
    let arguments = format!("input: {{ id: \"{}\" }}", id(&lou));
    change(&app, &staff, "teamMemberRemove", &arguments, "project { name }").await;
    for person in [Person::client(), Person::staff()] {
        assert!(!names_of(&app, &person, MAPLE, "team").await.contains(&"Lou Park".to_owned()));
    }
}

#[tokio::test]
async fn team_and_location_errors_name_a_remedy() {
    // ORG-4
    let app = TestApp::demo().await;
    let staff = staff_with(&app, &[Permission::ProjectsWrite]).await;
    let (maple, bowen) = (project(&app, MAPLE), project(&app, BOWEN));
    let jo = app.id(Tag::TEAM_MEMBER, "alderbrook/maple-street/team/jo");
    let jo_staff = app.id(Tag::STAFF_MEMBERSHIP, "alderbrook/staff/jo");
    let other_staff = TestApp::global(Tag::STAFF_MEMBERSHIP, new_uuid());
    for (input, refused) in [
        ("name: \"X\", title: \"Y\"".to_owned(), "BLANK input.projectId"),
        (format!("projectId: \"{bowen}\", name: \"X\", title: \"Y\""), "NOT_FOUND input.projectId"),
        (format!("projectId: \"{maple}\", title: \"Y\""), "BLANK input.name"),
        (format!("projectId: \"{maple}\", name: \"X\""), "BLANK input.title"),
        (format!("projectId: \"{maple}\", staffId: \"{other_staff}\", title: \"Y\""), "NOT_FOUND input.staffId"),
        (format!("projectId: \"{maple}\", staffId: \"{jo_staff}\", title: \"Y\""), "TAKEN input.staffId"),
        (format!("projectId: \"{maple}\", staffId: \"{jo_staff}\", name: \"X\", title: \"Y\""), "INVALID input.name"),
        (format!("id: \"{jo}\", name: \"X\""), "INVALID input.name"),
        (format!("id: \"{jo}\", projectId: \"{}\"", project(&app, RIDGE)), "INVALID input.projectId"),
        (format!("id: \"{jo}\", photoUrl: \"http://assets.example/x.jpg\""), "INVALID input.photoUrl"),
        (format!("id: \"{jo}\", workPhone: \"12\""), "INVALID input.workPhone"),
        (format!("id: \"{jo}\", title: \" \""), "BLANK input.title"),
    ] {
        assert_eq!(refusals(&save_member(&app, &staff, &input).await), [refused], "{input}");
    }
    let kitchen = app.id(Tag::LOCATION, "alderbrook/maple-street/location/Kitchen");
    for (input, refused) in [
        ("name: \"X\"".to_owned(), "BLANK input.projectId"),
        (format!("projectId: \"{bowen}\", name: \"X\""), "NOT_FOUND input.projectId"),
        (format!("projectId: \"{maple}\""), "BLANK input.name"),
        (format!("id: \"{kitchen}\", name: \"\""), "BLANK input.name"),
        (format!("id: \"{}\", name: \"X\"", TestApp::global(Tag::LOCATION, new_uuid())), "NOT_FOUND input.id"),
        (format!("id: \"{kitchen}\", projectId: \"{}\"", project(&app, RIDGE)), "INVALID input.projectId"),
    ] {
        assert_eq!(refusals(&save_location(&app, &staff, &input).await), [refused], "{input}");
    }
    assert_eq!(app.database().db_count("select count(*) from activity").await, 0, "nothing was done");
}

async fn update(app: &TestApp, person: &Person, path: &str, version: i32, more: &str) -> Value {
    let id = project(app, path);
    let input = format!("input: {{ id: \"{id}\", expectedVersion: {version}, {more} }}");
    change(app, person, "projectUpdate", &input, "project { version contractTotal { amount currencyCode } }").await
}

#[tokio::test]
async fn contract_total_needs_the_right_to_pay() {
    // PRP-1
    let app = TestApp::demo().await;
    let updated =
        update(&app, &Person::owner(), MAPLE, 1, "contractTotal: { amount: \"812500.5\", currencyCode: \"USD\" }")
            .await;
    let total = json!({ "amount": "812500.50", "currencyCode": "USD" });
    assert_eq!(updated["project"]["contractTotal"], total, "{updated}");
    let set_pay = async |name: &str, can_pay: bool| {
        let id = app.id(Tag::PROJECT_MEMBERSHIP, &format!("{MAPLE}/client/{name}"));
        let input = format!("input: {{ id: \"{id}\", canPay: {can_pay} }}");
        change(&app, &Person::owner(), "projectClientUpdate", &input, "projectClient { canPay }").await
    };
    let seen = async |person: Person| {
        of_project(&app, &person, MAPLE, "name contractTotal { amount currencyCode }").await["contractTotal"].clone()
    };
    // Each combination, with warm and cold caches: one client's values are never sent to the other.
    for (ana, ben) in [(true, false), (false, true), (true, true), (false, false)] {
        set_pay("ana", ana).await;
        set_pay("ben", ben).await;
        for _ in 0..2 {
            let of = |may: bool| if may { total.clone() } else { Value::Null };
            assert_eq!((seen(Person::client()).await, seen(Person::named("ben")).await), (of(ana), of(ben)));
        }
        assert_eq!(seen(Person::staff()).await, total);
    }
    let by_node =
        format!("{{ node(id: \"{}\") {{ ... on Project {{ contractTotal {{ amount }} }} }} }}", project(&app, MAPLE));
    assert_eq!(app.ask(&Person::client(), &by_node).await.at("/node/contractTotal"), &Value::Null);
}

#[tokio::test]
async fn contract_total_is_null_until_it_is_set() {
    // PRP-1: "$0.00" would be an amount that nobody agreed to.
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let ana = app.id(Tag::CONTACT, "alderbrook/contact/ana");
    let input = format!(
        "input: {{ number: \"NEW-1\", name: \"New\", address: {{ line: \"1 Elm\", city: \"Denver\", region: \"CO\", postalCode: \"80202\", country: \"US\" }}, \
         stage: DESIGN, status: ACTIVE, timeZone: \"America/Denver\", currencyCode: \"USD\", \
         clients: [{{ contactId: \"{ana}\", relationship: PRIMARY_OWNER }}], inviteClients: true, idempotencyKey: \"new-1\" }}"
    );
    let created = change(&app, &owner, "projectCreate", &input, "project { id }").await;
    let id = created["project"]["id"].as_str().unwrap_or_else(|| panic!("{created}"));
    let seen = async |person: Person| {
        let query = format!("{{ project(id: \"{id}\") {{ name contractTotal {{ amount }} }} }}");
        app.ask(&person, &query).await.at("/project").clone()
    };
    let set = async |version: i32, total: &str| {
        let input = format!("input: {{ id: \"{id}\", expectedVersion: {version}, contractTotal: {total} }}");
        let updated = change(&app, &owner, "projectUpdate", &input, "project { version }").await;
        assert_eq!(updated["project"]["version"], version + 1, "{updated}");
    };
    let without = json!({ "name": "New", "contractTotal": null });
    assert_eq!((seen(Person::owner()).await, seen(Person::client()).await), (without.clone(), without.clone()));
    set(1, "{ amount: \"5\", currencyCode: \"USD\" }").await;
    let with = json!({ "name": "New", "contractTotal": { "amount": "5.00" } });
    assert_eq!((seen(Person::owner()).await, seen(Person::client()).await), (with.clone(), with));
    set(2, "null").await;
    assert_eq!((seen(Person::owner()).await, seen(Person::client()).await), (without.clone(), without));
}

#[tokio::test]
async fn writing_budgets_needs_costs_view() {
    // VIS-7, ISO-4
    let app = TestApp::demo().await;
    let writer = staff_with(&app, &[Permission::ProjectsWrite]).await;
    let coster = staff_with(&app, &[Permission::ProjectsWrite, Permission::CostsView]).await;
    let both = staff_with(&app, &[Permission::ProjectsWrite, Permission::CostsView, Permission::MarginsView]).await;
    let budget = "budget: { amount: \"99.95\", currencyCode: \"USD\" }, internalStatus: \"Watch\", riskNotes: \"one\\ntwo\", leadSource: \"Fair\"";
    let id = project(&app, MAPLE);
    let raw = |more: &str| {
        format!(
            "mutation {{ projectUpdate(input: {{ id: \"{id}\", expectedVersion: 1, {more} }}) {{ userErrors {{ code }} }} }}"
        )
    };
    for (person, more, name) in [
        (&writer, budget, "budget"),
        (&writer, "leadSource: null", "leadSource"),
        (&writer, "targetMargin: \"0.2\"", "targetMargin"),
        (&coster, "targetMargin: \"0.2\"", "targetMargin"),
    ] {
        is_unknown(&app.ask(person, &raw(more)).await, name);
    }
    assert_eq!(refusals(&update(&app, &coster, MAPLE, 1, budget).await), Vec::<String>::new());
    let done = update(&app, &both, MAPLE, 1, "targetMargin: \"21.5\", budget: null").await;
    assert_eq!(
        (refusals(&done), &done["project"]["version"]),
        (vec![], &json!(1)),
        "a secret does not move the version"
    );
    let fields = "budget { amount } internalStatus riskNotes leadSource targetMargin";
    let expected = json!({ "budget": null, "internalStatus": "Watch", "riskNotes": "one\ntwo", "leadSource": "Fair", "targetMargin": "21.5" });
    assert_eq!(of_project(&app, &both, MAPLE, fields).await, expected);
    for outsider in [Person::client(), Person::trade()] {
        for field in ["budget { amount }", "riskNotes", "targetMargin"] {
            let reply = app.ask(&outsider, &format!("{{ project(id: \"{id}\") {{ {field} }} }}")).await;
            assert_eq!(reply.code(), "GRAPHQL_VALIDATION_FAILED", "{field}: {}", reply.text);
        }
    }
}

#[tokio::test]
async fn invalid_amounts_are_named() {
    // ROB-3, for amounts
    let app = TestApp::demo().await;
    let owner = Person::owner();
    for (more, refused) in [
        ("contractTotal: { amount: \"1.005\", currencyCode: \"USD\" }", "INVALID input.contractTotal.amount"),
        ("contractTotal: { amount: \"-1\", currencyCode: \"USD\" }", "INVALID input.contractTotal.amount"),
        ("contractTotal: { amount: \"1e9\", currencyCode: \"USD\" }", "INVALID input.contractTotal.amount"),
        ("contractTotal: { amount: \"\", currencyCode: \"USD\" }", "INVALID input.contractTotal.amount"),
        ("contractTotal: { amount: \"1,5\", currencyCode: \"USD\" }", "INVALID input.contractTotal.amount"),
        (
            "contractTotal: { amount: \"99999999999999999999\", currencyCode: \"USD\" }",
            "INVALID input.contractTotal.amount",
        ),
        ("contractTotal: { amount: \"1\", currencyCode: \"CAD\" }", "INVALID input.contractTotal.currencyCode"),
        ("budget: { amount: \"1\", currencyCode: \"XYZ\" }", "INVALID input.budget.currencyCode"),
        ("targetMargin: \"100\"", "INVALID input.targetMargin"),
        ("targetMargin: \"-100\"", "INVALID input.targetMargin"),
        ("targetMargin: \"18.12345\"", "INVALID input.targetMargin"),
        ("targetMargin: \"x\"", "INVALID input.targetMargin"),
        ("internalStatus: \" \"", "BLANK input.internalStatus"),
    ] {
        assert_eq!(refusals(&update(&app, &owner, MAPLE, 1, more).await), [refused], "{more}");
    }
    let largest =
        update(&app, &owner, MAPLE, 1, "contractTotal: { amount: \"1000000000000\", currencyCode: \"USD\" }").await;
    assert_eq!(largest["project"]["contractTotal"]["amount"], "1000000000000.00", "{largest}");
    assert_eq!(
        refusals(&update(&app, &owner, MAPLE, 2, "contractTotal: { amount: \"-0\", currencyCode: \"USD\" }").await),
        Vec::<String>::new()
    );
}

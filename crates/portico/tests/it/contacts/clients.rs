//! Tests of a company's clients: creation and changes.

use portico_core::access::Permission;
use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::{change, is_unknown, refusals, sql_id};

const CLIENT: &str = "client { id name email phone kind isUserManaged }";

async fn create(app: &TestApp, person: &Person, input: &str) -> Value {
    change(app, person, "clientCreate", &format!("input: {{ {input} }}"), CLIENT).await
}

async fn update(app: &TestApp, person: &Person, input: &str) -> Value {
    change(app, person, "clientUpdate", &format!("input: {{ {input} }}"), CLIENT).await
}

async fn count(app: &TestApp, what: &str) -> i64 {
    app.database().db_count(&format!("select count(*) from {what}")).await
}

#[tokio::test]
async fn client_needs_an_email_address() {
    // ACC-1
    let app = TestApp::demo().await;
    let robin = app.db_staff(&[Permission::ClientsInvite]).await;
    let before = (count(&app, "contacts").await, count(&app, "identities").await);
    for input in ["name: \"Lou\"", "name: \"Lou\", email: null"] {
        let query = format!("mutation {{ clientCreate(input: {{ {input} }}) {{ client {{ id }} }} }}");
        let reply = app.ask(&robin, &query).await;
        assert_eq!(reply.code(), "GRAPHQL_VALIDATION_FAILED", "{}", reply.text);
    }
    for input in ["name: \"Lou\", email: \"\"", "name: \"Lou\", email: \"  \""] {
        let payload = create(&app, &robin, input).await;
        assert_eq!((refusals(&payload), &payload["client"]), (vec!["BLANK input.email".to_owned()], &json!(null)));
    }
    let wrong = create(&app, &robin, "name: \" \", email: \"lou\", phone: \"none\"").await;
    assert_eq!(refusals(&wrong), ["BLANK input.name", "INVALID input.email", "INVALID input.phone"]);
    assert_eq!((count(&app, "contacts").await, count(&app, "identities").await), before);
    assert_eq!(count(&app, "activity").await, 0);
}

#[tokio::test]
async fn email_address_identifies_a_client() {
    // ACC-1, ACC-11
    let app = TestApp::demo().await;
    let robin = app.db_staff(&[Permission::ClientsInvite]).await;
    let payload =
        create(&app, &robin, "name: \" Lou Ferris \", email: \"Lou@Mail.example\", phone: \"+1 360 555 0177\"").await;
    let client = &payload["client"];
    assert_eq!((&client["name"], &client["email"]), (&json!("Lou Ferris"), &json!("Lou@Mail.example")));
    assert_eq!((&client["phone"], &client["kind"]), (&json!("+13605550177"), &json!("CLIENT")));
    assert_eq!(client["isUserManaged"], json!(false));
    for same in ["Lou@Mail.example", "LOU@mail.EXAMPLE", " lou@mail.example "] {
        let again = create(&app, &robin, &format!("name: \"Louise\", email: \"{same}\", useExisting: true")).await;
        assert_eq!(refusals(&again), ["TAKEN input.email"], "{same}");
    }
    let rows =
        "select c.name || '|' || i.email_canonical as text from contacts c join identities i on i.id = c.identity_id
        where i.email_canonical like 'lou%'";
    assert_eq!(app.database().db_texts(rows).await, ["Lou Ferris|lou@mail.example"]);
    let kinds = "select kind || ' ' || subject_kind as text from activity order by at, id";
    assert_eq!(app.database().db_texts(kinds).await, ["CLIENT_CREATED CONTACT"]);
}

#[tokio::test]
async fn taken_address_names_its_contact() {
    // ROB-16
    let app = TestApp::demo().await;
    let (ana, dev) = (app.id(Tag::CONTACT, "alderbrook/contact/ana"), app.id(Tag::CONTACT, "alderbrook/contact/dev"));
    let istvan = app.id(Tag::LEAD, "alderbrook/lead/istvan");
    let email = "ana.whitlock@mail.example";
    let same = format!("update contacts set email = '{email}' where name = 'Istvan Varga'");
    app.database().db_execute(&same).await;
    for call in [
        format!("clientCreate(input: {{ name: \"A\", email: \"{email}\" }})"),
        format!("tradeCreate(input: {{ name: \"A\", email: \"{email}\", useExisting: true }})"),
        format!("clientUpdate(input: {{ id: \"{dev}\", email: \"{email}\" }})"),
        format!("leadConvertToClient(input: {{ id: \"{istvan}\" }})"),
    ] {
        let query = format!("mutation {{ payload: {call} {{ userErrors {{ code meta {{ contactId }} }} }} }}");
        let reply = app.ask(&Person::owner(), &query).await;
        let expected = json!([{ "code": "TAKEN", "meta": { "contactId": ana } }]);
        assert_eq!(*reply.at("/payload/userErrors"), expected, "{call}: {}", reply.text);
    }
}

#[tokio::test]
async fn managed_account_rejects_staff_changes() {
    // ACC-10, ACC-11
    let app = TestApp::demo().await;
    let robin = app.db_staff(&[Permission::ClientsInvite]).await;
    let ana = app.id(Tag::CONTACT, "alderbrook/contact/ana");
    let rows = "select md5(string_agg(c::text || i::text, ' ' order by c.id)) as text
        from contacts c left join identities i on i.id = c.identity_id";
    let before = app.database().db_texts(rows).await;
    for field in ["name: \"Eve\"", "phone: null", "email: \"eve@mail.example\"", "phone: \"+13605550199\""] {
        let payload = update(&app, &robin, &format!("id: \"{ana}\", {field}")).await;
        assert_eq!(refusals(&payload), ["MANAGED_BY_USER input.id"], "{field}");
    }
    assert_eq!(app.database().db_texts(rows).await, before);
    // Dev has never signed in.
    let dev = app.id(Tag::CONTACT, "alderbrook/contact/dev");
    let payload = update(&app, &robin, &format!("id: \"{dev}\", phone: \"+13605550199\"")).await;
    assert_eq!((&payload["client"]["phone"], refusals(&payload)), (&json!("+13605550199"), vec![]));
    assert_ne!(app.database().db_texts(rows).await, before);
}

#[tokio::test]
async fn contact_change_leaves_the_account() {
    // ACC-6, RULE-1
    let app = TestApp::demo().await;
    let (robin, margot) = (app.db_staff(&[Permission::ClientsInvite]).await, Person::named("margot"));
    let one = create(&app, &margot, "name: \"Pat\", email: \"pat@mail.example\", phone: \"+16045550001\"").await;
    let other = create(&app, &robin, "name: \"Patricia\", email: \"pat@mail.example\", useExisting: true").await;
    let payload =
        update(&app, &robin, &format!("id: {}, name: \"P. Low\", phone: \"+13605550002\"", other["client"]["id"]))
            .await;
    assert_eq!(payload["client"]["name"], "P. Low");
    let query = format!("{{ node(id: {}) {{ ... on Contact {{ name phone }} }} }}", one["client"]["id"]);
    let of_margot = app.ask(&margot, &query).await;
    assert_eq!(of_margot.data()["node"], json!({ "name": "Pat", "phone": "+16045550001" }));
    let people =
        "select name || coalesce(phone, '') as text from identities where email_canonical = 'pat@mail.example'";
    assert_eq!(app.database().db_texts(people).await, ["Pat"]);
}

/// Adds a client to a project, with an invitation in this state and its link.
async fn db_invited(app: &TestApp, contact: &Value, project: &str, state: &str) {
    let id = portico_core::id::GlobalId::parse(contact["id"].as_str().expect("an id")).expect("an id").uuid;
    let project = sql_id(project);
    app.database()
        .db_execute(&format!(
            "with place as (
                insert into project_memberships (id, company_id, project_id, contact_id, identity_id, kind, relationship, access_level)
                select gen_random_uuid(), c.company_id, {project}, c.id, c.identity_id, 'CLIENT', 'PARTNER', 'PORTAL'
                from contacts c where c.id = '{id}' returning *),
            invitation as (
                insert into invitations (id, company_id, project_id, membership_id, state, template, sent_at, expires_at)
                select gen_random_uuid(), company_id, project_id, id, '{state}', 'CUSTOMER_INVITATION', now(), now() + interval '9 days'
                from place returning *)
            insert into sign_in_links (id, company_id, identity_id, nonce, purpose, invitation_id, expires_at)
            select gen_random_uuid(), p.company_id, p.identity_id, gen_random_uuid(), 'INVITATION', i.id, i.expires_at from invitation i, place p"
        ))
        .await;
}

const PLACES: &str =
    "select o.email_canonical || ' ' || m.access_level || ' ' || i.state || ' ' || (i.ended_at is not null)::text
        || ' ' || (l.voided_at is not null)::text as text
    from project_memberships m join identities o on o.id = m.identity_id join invitations i on i.membership_id = m.id
    join sign_in_links l on l.invitation_id = i.id join contacts c on c.id = m.contact_id order by c.name, i.state";

#[tokio::test]
async fn new_email_ends_pending_invitations() {
    // RULE-1
    let app = TestApp::demo().await;
    let robin = app.db_staff(&[Permission::ClientsInvite]).await;
    let a = create(&app, &robin, "name: \"A\", email: \"first@mail.example\"").await;
    db_invited(&app, &a["client"], "alderbrook/maple-street", "INVITED").await;
    db_invited(&app, &a["client"], "alderbrook/orchard-lane", "ACCEPTED").await;
    let b = create(&app, &robin, "name: \"B\", email: \"other@mail.example\"").await;
    db_invited(&app, &b["client"], "alderbrook/maple-street", "INVITED").await;
    // The same address in other letter case is the same person.
    update(&app, &robin, &format!("id: {}, email: \"FIRST@mail.example\"", a["client"]["id"])).await;
    let before = ["first@mail.example PORTAL ACCEPTED false false", "first@mail.example PORTAL INVITED false false"];
    let of_b = "other@mail.example PORTAL INVITED false false";
    assert_eq!(app.database().db_texts(PLACES).await, [before[0], before[1], of_b]);
    let payload = update(&app, &robin, &format!("id: {}, email: \"second@mail.example\"", a["client"]["id"])).await;
    assert_eq!(payload["client"]["email"], "second@mail.example");
    let ended = "second@mail.example NONE REMOVED true true";
    assert_eq!(app.database().db_texts(PLACES).await, [before[0], ended, of_b]);
    let first = "select email || name as text from identities where email_canonical = 'first@mail.example'";
    assert_eq!(app.database().db_texts(first).await, ["first@mail.exampleA"], "the account is unchanged");
    // An address of another contact is rejected.
    let taken = update(&app, &robin, &format!("id: {}, email: \"Other@mail.example\"", a["client"]["id"])).await;
    assert_eq!(refusals(&taken), ["TAKEN input.email"]);
}

#[tokio::test]
async fn contact_review_changes_nothing() {
    // ACC-12
    let app = TestApp::demo().await;
    let robin = app.db_staff(&[Permission::ClientsInvite]).await;
    let (ana, ben) = (app.id(Tag::CONTACT, "alderbrook/contact/ana"), app.id(Tag::CONTACT, "alderbrook/contact/ben"));
    let rows = "select md5(string_agg(c::text || i::text, ' ' order by c.id)) as text
        from contacts c left join identities i on i.id = c.identity_id";
    let before = app.database().db_texts(rows).await;
    let ask = async |id: &str| {
        change(&app, &robin, "clientRequestContactReview", &format!("input: {{ id: \"{id}\" }}"), "client { name }")
            .await
    };
    assert_eq!(ask(&ana).await, json!({ "client": { "name": "Ana Whitlock" }, "userErrors": [] }));
    let again = ask(&ana).await;
    assert_eq!(refusals(&again), ["TOO_MANY_ATTEMPTS input.id"]);
    assert!(
        again["userErrors"][0]["meta"]["retryAfterSeconds"].as_i64().is_some_and(|wait| (1..=86_400).contains(&wait))
    );
    assert_eq!(refusals(&ask(&ben).await), Vec::<String>::new());
    assert_eq!(app.database().db_texts(rows).await, before);
    let mails = "select concat_ws(' ', payload->>'template', payload->>'to_address', payload->'values'->>'contact_phone') as text from jobs
        order by payload->>'to_address'";
    let expected = [
        "CONTACT_REVIEW ana.whitlock@mail.example +13605550801",
        "CONTACT_REVIEW ben.whitlock@mail.example +13605550802",
    ];
    assert_eq!(app.database().db_texts(mails).await, expected);
    // A contact without an email address cannot be asked.
    let inspector = app.id(Tag::CONTACT, "alderbrook/contact/inspector");
    assert_eq!(refusals(&ask(&inspector).await), ["INVALID input.id"]);
}

#[tokio::test]
async fn clients_need_clients_invite() {
    let app = TestApp::demo().await;
    let others: Vec<_> =
        Permission::ALL.iter().copied().filter(|permission| *permission != Permission::ClientsInvite).collect();
    let robin = app.db_staff(&others).await;
    for person in [robin, Person::client(), Person::trade(), Person::public()] {
        for (name, call) in [
            ("clientCreate", "clientCreate(input: { name: \"A\" }) { __typename }"),
            ("clientUpdate", "clientUpdate(input: { id: \"A\" }) { __typename }"),
            ("clientRequestContactReview", "clientRequestContactReview(input: { id: \"A\" }) { __typename }"),
            ("contactConvertToProject", "contactConvertToProject(input: { id: \"A\" }) { __typename }"),
        ] {
            is_unknown(&app.ask(&person, &format!("mutation {{ {call} }}")).await, name);
        }
        let reply = app.ask(&person, "{ company { contacts { totalCount } } }").await;
        assert!(reply.is_for_an_unknown_name(), "{}", reply.text);
    }
}

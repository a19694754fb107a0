//! Tests of an attack: staff of one company try to take over a person whom another company has invited. No sequence of
//! operations reveals a name, number, project or link, redirects a mail, or changes the other company's data.

use portico_core::access::Permission;
use portico_core::id::{GlobalId, Tag};
use portico_testkit::{Person, TestApp};
use serde_json::Value;

use crate::support::{change, refusals, sql_id};

/// The victim, whom Alderbrook has invited.
const VICTIM: &str = "victim@mail.example";
const SECRETS: [&str; 6] = ["Vesper Lind", "+13605550166", "Maple", "AB-2041", "Alderbrook", "alderbrook"];

/// SQL for Alderbrook's contact, membership, invitation and link of the victim, and the identity.
const HELD: &str = "select coalesce(string_agg(t::text, E'\\n' order by t::text), '') as text from (
    select row(c.*)::text from contacts c join companies o on o.id = c.company_id where o.slug = 'alderbrook'
    union all select row(m.*)::text from project_memberships m join companies o on o.id = m.company_id where o.slug = 'alderbrook'
    union all select row(i.*)::text from invitations i join companies o on o.id = i.company_id where o.slug = 'alderbrook'
    union all select row(l.*)::text from sign_in_links l
    union all select row(p.*)::text from identities p where p.email_canonical = 'victim@mail.example') t (t)";

async fn db_invite(app: &TestApp) -> String {
    let jo = app.db_staff(&[Permission::ClientsInvite]).await;
    let input = format!("input: {{ name: \"Vesper Lind\", email: \"{VICTIM}\", phone: \"+13605550166\" }}");
    let made = change(app, &jo, "clientCreate", &input, "client { id }").await;
    let id = made["client"]["id"].as_str().expect("an id").to_owned();
    let uuid = GlobalId::parse(&id).expect("an id").uuid;
    app.database()
        .db_execute(&format!(
            "with place as (
                insert into project_memberships (id, company_id, project_id, contact_id, identity_id, kind, relationship)
                select gen_random_uuid(), c.company_id, {maple}, c.id, c.identity_id, 'CLIENT', 'PARTNER' from contacts c
                where c.id = '{uuid}' returning *),
            invitation as (
                insert into invitations (id, company_id, project_id, membership_id, state, template, sent_at, expires_at)
                select gen_random_uuid(), company_id, project_id, id, 'INVITED', 'CUSTOMER_INVITATION', now(), now() + interval '9 days'
                from place returning *)
            insert into sign_in_links (id, identity_id, nonce, purpose, invitation_id, expires_at)
            select gen_random_uuid(), p.identity_id, gen_random_uuid(), 'INVITATION', i.id, i.expires_at from invitation i, place p",
            maple = sql_id("alderbrook/maple-street"),
        ))
        .await;
    id
}

/// All attempts of the attacker, with their results.
async fn tried(app: &TestApp, eve: &Person, victims_card: &str) -> Vec<Value> {
    let all = "client { id name email phone kind isUserManaged internalNotes }";
    let mut answers = Vec::new();
    let create = format!("input: {{ name: \"Mine\", email: \"{VICTIM}\" }}");
    answers.push(change(app, eve, "clientCreate", &create, all).await);
    let create = format!("input: {{ name: \"Mine\", email: \"{VICTIM}\", useExisting: true }}");
    let mine = change(app, eve, "clientCreate", &create, all).await;
    let own = mine["client"]["id"].as_str().expect("she has a card of her own").to_owned();
    answers.push(mine);
    for id in [own.as_str(), victims_card] {
        for field in ["name: \"Hers\"", "phone: \"+16045550199\"", "phone: null", "email: \"eve@mail.example\""] {
            answers.push(change(app, eve, "clientUpdate", &format!("input: {{ id: \"{id}\", {field} }}"), all).await);
        }
        answers.push(change(app, eve, "clientRequestContactReview", &format!("input: {{ id: \"{id}\" }}"), all).await);
        let project = format!(
            "number: \"E-{}\", name: \"Trap\", timeZone: \"America/Vancouver\", currencyCode: \"CAD\",
            address: {{ line: \"1\", city: \"V\", region: \"BC\", postalCode: \"V\", country: \"CA\" }}",
            &id[10..]
        );
        let of_project = "project { id number name }";
        let named = format!("input: {{ {project}, clients: [{{ contactId: \"{id}\", relationship: PARTNER }}] }}");
        answers.push(change(app, eve, "projectCreate", &named, of_project).await);
        let converted =
            format!("input: {{ id: \"{id}\", useExisting: true, project: {{ {} }} }}", project.replace("\"E-", "\"F-"));
        answers.push(change(app, eve, "contactConvertToProject", &converted, &format!("{all} {of_project}")).await);
    }
    // Back again, and with the form on the attacker's own site.
    answers
        .push(change(app, eve, "clientUpdate", &format!("input: {{ id: \"{own}\", email: \"{VICTIM}\" }}"), all).await);
    let form = format!(
        "input: {{ companySlug: \"fernhill\", formKey: \"demo-form-fernhill\", name: \"N\", email: \"{VICTIM}\" }}"
    );
    answers.push(change(app, &Person::public(), "leadSubmit", &form, "received").await);
    let leads = app.ask(eve, "{ company { leads(first: 1) { nodes { id } } } }").await;
    let lead = leads.at("/company/leads/nodes/0/id").as_str().expect("her lead").to_owned();
    for existing in [false, true] {
        let arguments = format!("input: {{ id: \"{lead}\", useExisting: {existing} }}");
        answers.push(change(app, eve, "leadConvertToClient", &arguments, &format!("lead {{ id name }} {all}")).await);
    }
    answers
}

#[tokio::test]
async fn invited_account_cannot_be_taken_over() {
    // RULE-1, ACC-3, ACC-15
    let app = TestApp::demo().await;
    let card = db_invite(&app).await;
    let held = app.database().db_texts(HELD).await;
    assert!(held[0].contains("Vesper Lind") && held[0].contains(VICTIM));
    let eve = Person::named("margot");
    let answers = tried(&app, &eve, &card).await;
    assert_eq!(app.database().db_texts(HELD).await, held, "Alderbrook's data are unchanged");
    for answer in &answers {
        let found: Vec<_> = SECRETS.into_iter().filter(|secret| answer.to_string().contains(secret)).collect();
        assert_eq!(found, Vec::<&str>::new(), "{answer}");
    }
    // Her own mails go to the person's address, or to an address that she has entered, and none has a link.
    let mails = "select concat_ws(' ', payload->>'template', payload->>'to_address', coalesce(payload->>'link', 'no link')) as text
        from jobs";
    for mail in app.database().db_texts(mails).await {
        assert!(
            ["CONTACT_REVIEW victim@mail.example no link", "CONTACT_REVIEW eve@mail.example no link"].contains(&&*mail),
            "{mail}"
        );
    }
    // Ids of Alderbrook's contact are answered as unknown ids.
    let random = GlobalId::new(Tag::CONTACT, portico_core::id::new_uuid()).to_string();
    for id in [&card, &random] {
        let payload =
            change(&app, &eve, "clientUpdate", &format!("input: {{ id: \"{id}\", name: \"E\" }}"), "client { id }")
                .await;
        assert_eq!(refusals(&payload), ["NOT_FOUND input.id"]);
        assert!(app.ask(&eve, &format!("{{ node(id: \"{id}\") {{ id }} }}")).await.data()["node"].is_null());
    }
}

#[tokio::test]
async fn attacker_gets_an_own_contact() {
    // Shows that the test above can fail: the steps work on Eve's own records.
    let app = TestApp::demo().await;
    let card = db_invite(&app).await;
    let answers = tried(&app, &Person::named("margot"), &card).await;
    let done = answers.iter().filter(|answer| answer["userErrors"] == serde_json::json!([])).count();
    assert!(done >= 8, "{answers:?}");
    let hers =
        "select count(*) from project_memberships m join projects p on p.id = m.project_id where p.name = 'Trap'";
    assert_eq!(app.database().db_count(hers).await, 2);
    let open = "select count(*) from project_memberships m join projects p on p.id = m.project_id
        where p.name = 'Trap' and m.access_level <> 'NONE'";
    assert_eq!(app.database().db_count(open).await, 0, "INV-1");
}

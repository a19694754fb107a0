//! Staff of one company go after a person whom another company has invited. By no sequence of what they can do do they gain
//! the person: no name, number, project or link, no mail that goes elsewhere, no change of what the other company has.

use portico_core::id::{GlobalId, Tag};
use portico_core::people::Permission;
use portico_testkit::{Person, TestApp};
use serde_json::Value;

use crate::support::{change, refusals, sql_id};

/// The victim, invited by Alderbrook, and Alderbrook's data of them.
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
    let mut told = Vec::new();
    let create = format!("input: {{ name: \"Mine\", email: \"{VICTIM}\" }}");
    told.push(change(app, eve, "clientCreate", &create, all).await);
    let create = format!("input: {{ name: \"Mine\", email: \"{VICTIM}\", useExisting: true }}");
    let mine = change(app, eve, "clientCreate", &create, all).await;
    let own = mine["client"]["id"].as_str().expect("she has a card of her own").to_owned();
    told.push(mine);
    for id in [own.as_str(), victims_card] {
        for field in ["name: \"Hers\"", "phone: \"+16045550199\"", "phone: null", "email: \"eve@mail.example\""] {
            told.push(change(app, eve, "clientUpdate", &format!("input: {{ id: \"{id}\", {field} }}"), all).await);
        }
        told.push(change(app, eve, "clientRequestContactReview", &format!("input: {{ id: \"{id}\" }}"), all).await);
        let project = format!(
            "number: \"E-{}\", name: \"Trap\", timeZone: \"America/Vancouver\", currencyCode: \"CAD\",
            address: {{ line: \"1\", city: \"V\", region: \"BC\", postalCode: \"V\", country: \"CA\" }}",
            &id[10..]
        );
        let of_project = "project { id number name }";
        let named = format!("input: {{ {project}, clients: [{{ contactId: \"{id}\", relationship: PARTNER }}] }}");
        told.push(change(app, eve, "projectCreate", &named, of_project).await);
        let converted =
            format!("input: {{ id: \"{id}\", useExisting: true, project: {{ {} }} }}", project.replace("\"E-", "\"F-"));
        told.push(change(app, eve, "contactConvertToProject", &converted, &format!("{all} {of_project}")).await);
    }
    // Back again, and by way of the form on her own site.
    told.push(change(app, eve, "clientUpdate", &format!("input: {{ id: \"{own}\", email: \"{VICTIM}\" }}"), all).await);
    let form = format!(
        "input: {{ companySlug: \"fernhill\", formKey: \"demo-form-fernhill\", name: \"N\", email: \"{VICTIM}\" }}"
    );
    told.push(change(app, &Person::public(), "leadSubmit", &form, "received").await);
    let leads = app.ask(eve, "{ company { leads(first: 1) { nodes { id } } } }").await;
    let lead = leads.at("/company/leads/nodes/0/id").as_str().expect("her lead").to_owned();
    for existing in [false, true] {
        let arguments = format!("input: {{ id: \"{lead}\", useExisting: {existing} }}");
        told.push(change(app, eve, "leadConvertToClient", &arguments, &format!("lead {{ id name }} {all}")).await);
    }
    told
}

#[tokio::test]
async fn foreign_invitee_cannot_be_taken_over() {
    // RULE-1, ACC-3, ACC-15
    let app = TestApp::demo().await;
    let card = db_invite(&app).await;
    let held = app.database().db_texts(HELD).await;
    assert!(held[0].contains("Vesper Lind") && held[0].contains(VICTIM));
    let eve = Person::named("margot");
    let told = tried(&app, &eve, &card).await;
    assert_eq!(app.database().db_texts(HELD).await, held, "what Alderbrook has is as it was");
    for answer in &told {
        let found: Vec<_> = SECRETS.into_iter().filter(|secret| answer.to_string().contains(secret)).collect();
        assert_eq!(found, Vec::<&str>::new(), "{answer}");
    }
    // Her own mails go to the person's own address, or to an address that she has typed, and none of them has a link.
    let mails = "select concat_ws(' ', payload->>'template', payload->>'to_address', coalesce(payload->>'link', 'no link')) as text
        from jobs";
    for mail in app.database().db_texts(mails).await {
        assert!(
            ["CONTACT_REVIEW victim@mail.example no link", "CONTACT_REVIEW eve@mail.example no link"].contains(&&*mail),
            "{mail}"
        );
    }
    // Whatever names Alderbrook's card is answered as what names nothing.
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
    // So that the test above can fail: the steps do what they do to what is Eve's.
    let app = TestApp::demo().await;
    let card = db_invite(&app).await;
    let told = tried(&app, &Person::named("margot"), &card).await;
    let done = told.iter().filter(|answer| answer["userErrors"] == serde_json::json!([])).count();
    assert!(done >= 8, "{told:?}");
    let hers =
        "select count(*) from project_memberships m join projects p on p.id = m.project_id where p.name = 'Trap'";
    assert_eq!(app.database().db_count(hers).await, 2);
    let open = "select count(*) from project_memberships m join projects p on p.id = m.project_id
        where p.name = 'Trap' and m.access_level <> 'NONE'";
    assert_eq!(app.database().db_count(open).await, 0, "INV-1");
}

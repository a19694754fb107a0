//! Tests of staff who invite, change and remove staff, within their own permissions and never the last owner (ORG-2).

use std::sync::Arc;

use chrono::TimeDelta;
use portico_core::access::Permission;
use portico_core::clock::Clock;
use portico_core::id::Tag;
use portico_testkit::{Person, Reply, TestApp};
use serde_json::{Value, json};

use crate::support::accounts::{
    ANA, BEN, PASSWORD, STRANGER, codes, consume, fresh_link, mailed_token, name_of, request_link, set_password,
    sign_in, signed_in,
};
use crate::support::clients::{client_create, fresh_key};

const MEMBER: &str = "staffMember { id name email title role permissions
    invitation { state canResend acceptedAt } removedAt } userErrors { code field message }";
const PEOPLE: &str = "{ company { people(first: 50) { totalCount nodes {
    id name email title role permissions invitation { state } removedAt } } } }";
const REMOVED: &str =
    "{ company { people(filter: { isRemoved: true }) { totalCount nodes { name removedAt invitation { state } } } } }";

pub(crate) async fn invite(app: &TestApp, person: &Person, input: Value) -> Value {
    let mut whole = json!({ "name": "Kim Noor", "title": "Estimator", "idempotencyKey": fresh_key() });
    whole.as_object_mut().expect("it is one").extend(input.as_object().cloned().unwrap_or_default());
    let query = format!("mutation($input: StaffInviteInput!) {{ staffInvite(input: $input) {{ {MEMBER} }} }}");
    answer(&app.ask_with(person, &query, json!({ "input": whole })).await, "staffInvite")
}

async fn update(app: &TestApp, person: &Person, id: &Value, input: Value) -> Value {
    let mut whole = json!({ "id": id });
    whole.as_object_mut().expect("it is one").extend(input.as_object().cloned().unwrap_or_default());
    let query = format!("mutation($input: StaffUpdateInput!) {{ staffUpdate(input: $input) {{ {MEMBER} }} }}");
    answer(&app.ask_with(person, &query, json!({ "input": whole })).await, "staffUpdate")
}

async fn remove(app: &TestApp, person: &Person, id: &Value) -> Value {
    let query = "mutation($input: StaffRemoveInput!) { staffRemove(input: $input) {
        removedId userErrors { code field message } } }";
    answer(&app.ask_with(person, query, json!({ "input": { "id": id } })).await, "staffRemove")
}

async fn resend(app: &TestApp, person: &Person, id: &Value, key: &str) -> Value {
    let query = format!(
        "mutation($input: StaffInvitationResendInput!) {{ staffInvitationResend(input: $input) {{ {MEMBER} }} }}"
    );
    let input = json!({ "input": { "id": id, "idempotencyKey": key } });
    answer(&app.ask_with(person, &query, input).await, "staffInvitationResend")
}

#[track_caller]
fn answer(reply: &Reply, mutation: &str) -> Value {
    assert!(reply.json.get("errors").is_none(), "{}", reply.text);
    reply.json["data"][mutation].clone()
}

fn member(app: &TestApp, person: &str) -> Value {
    app.id(Tag::STAFF_MEMBERSHIP, &format!("alderbrook/staff/{person}")).into()
}

/// A member with `STAFF_MANAGE` and these permissions.
async fn manager(app: &TestApp, more: &[Permission]) -> Person {
    app.db_staff(&[&[Permission::StaffManage], more].concat()).await
}

#[tokio::test]
async fn invited_member_gets_granted_rights() {
    // ORG-2
    let app = TestApp::demo().await;
    let given = json!({ "email": STRANGER, "permissions": ["PROJECTS_READ", "COSTS_VIEW"] });
    let invited = invite(&app, &Person::owner(), given).await;
    let expected = json!({ "name": "Kim Noor", "email": STRANGER, "title": "Estimator", "role": "STAFF",
        "permissions": ["PROJECTS_READ", "COSTS_VIEW"],
        "invitation": { "state": "INVITED", "canResend": true, "acceptedAt": null }, "removedAt": null });
    let mut shown = invited["staffMember"].clone();
    let id = shown.as_object_mut().and_then(|member| member.remove("id")).expect("an id");
    assert_eq!((&shown, codes(&invited).len()), (&expected, 0), "{invited}");
    let mail = app.db_mails().await.pop().expect("a mail was written");
    assert_eq!((mail.template.as_str(), mail.to_address.as_str()), ("STAFF_INVITATION", STRANGER));
    assert!(mail.link.is_some_and(|link| link.starts_with("https://us.portico.example/auth/link/")));
    let set = set_password(&app, &mailed_token(&app, STRANGER).await, PASSWORD).await;
    let kim = Person::with_token(set["token"].as_str().unwrap_or_else(|| panic!("{set}")));
    let seen = app.ask(&kim, "{ viewer { role name permissions projects { totalCount } } company { name } }").await;
    let expected = json!({ "role": "STAFF", "name": "Kim Noor", "permissions": ["PROJECTS_READ", "COSTS_VIEW"],
        "projects": { "totalCount": 4 } });
    assert_eq!(*seen.at("/viewer"), expected, "{}", seen.text);
    let people = app.ask(&Person::owner(), PEOPLE).await;
    let nodes = people.at("/company/people/nodes").as_array().cloned().unwrap_or_default();
    let kim_now = nodes.iter().find(|node| node["id"] == id).expect("she is listed");
    assert_eq!(kim_now["invitation"]["state"], "ACCEPTED", "{kim_now}");
    assert_eq!(codes(&resend(&app, &Person::owner(), &id, "k").await), ["INVALID_STATE"]);
    let again = sign_in(&app, STRANGER, PASSWORD).await;
    assert!(again.at("/signIn/token").is_string(), "{}", again.text);
    let trail = "select kind as text from activity where kind like 'STAFF_%' order by at, id";
    assert_eq!(app.database().db_texts(trail).await, ["STAFF_INVITED", "STAFF_JOINED"]);
}

#[tokio::test]
async fn grants_cannot_exceed_own_permissions() {
    // ORG-2
    let app = TestApp::demo().await;
    let giver = manager(&app, &[Permission::ProjectsRead]).await;
    for (given, field) in [
        (json!({ "permissions": ["PROJECTS_READ", "COSTS_VIEW"] }), "permissions"),
        (json!({ "permissions": ["SETTINGS_MANAGE"] }), "permissions"),
        (json!({ "role": "OWNER" }), "role"),
    ] {
        let mut input = given.clone();
        input["email"] = STRANGER.into();
        let refused = invite(&app, &giver, input).await;
        assert_eq!(codes(&refused), ["EXCEEDS_OWN_PERMISSIONS"], "{refused}");
        assert_eq!(refused["userErrors"][0]["field"], json!(["input", field]));
        let refused = update(&app, &giver, &member(&app, "priya"), given).await;
        assert_eq!(codes(&refused), ["EXCEEDS_OWN_PERMISSIONS"], "{refused}");
    }
    // Only owners may change an owner.
    for refused in [
        update(&app, &giver, &member(&app, "ruth"), json!({ "title": "Former owner" })).await,
        remove(&app, &giver, &member(&app, "ruth")).await,
    ] {
        assert_eq!(codes(&refused), ["EXCEEDS_OWN_PERMISSIONS"], "{refused}");
    }
    assert_eq!(app.db_mails().await.len(), 0);
    // Existing permissions may stay, and the manager's own may be granted.
    let kept = json!({ "permissions": ["PROJECTS_READ", "SELECTIONS_MANAGE", "COSTS_VIEW"], "title": "Coordinator" });
    let kept = update(&app, &giver, &member(&app, "marcus"), kept).await;
    assert_eq!(kept["staffMember"]["permissions"], json!(["PROJECTS_READ", "SELECTIONS_MANAGE", "COSTS_VIEW"]));
    let invited = invite(&app, &giver, json!({ "email": STRANGER, "permissions": ["PROJECTS_READ"] })).await;
    assert_eq!(codes(&invited), Vec::<&str>::new(), "{invited}");
}

#[tokio::test]
async fn changes_hold_from_the_next_request() {
    // ORG-2
    let app = TestApp::demo().await;
    let (owner, jo) = (Person::owner(), Person::staff());
    let permissions = "{ viewer { permissions } }";
    assert!(app.ask(&jo, permissions).await.text.contains("COSTS_VIEW"));
    update(&app, &owner, &member(&app, "jo"), json!({ "permissions": ["PROJECTS_READ"] })).await;
    let now = app.ask(&jo, permissions).await;
    assert_eq!(*now.at("/viewer/permissions"), json!(["PROJECTS_READ"]), "{}", now.text);
    update(&app, &owner, &member(&app, "jo"), json!({ "role": "OWNER" })).await;
    assert_eq!(*app.ask(&jo, "{ viewer { role } }").await.at("/viewer/role"), json!("OWNER"));
}

#[tokio::test]
async fn removed_member_loses_access_at_once() {
    // ORG-2: sessions, keys and links.
    let app = TestApp::demo().await;
    let (owner, jo) = (Person::owner(), Person::staff());
    update(&app, &owner, &member(&app, "jo"), json!({ "role": "OWNER" })).await;
    let key = "mutation { apiKeyCreate(input: { name: \"Weekly\", permissions: [PROJECTS_READ], lifetimeDays: 7 }) { token } }";
    let key = app.ask(&jo, key).await;
    let key = Person::with_token(key.at("/apiKeyCreate/token").as_str().expect("a token"));
    let ask = "{ viewer { projects { totalCount } } }";
    assert_eq!(*app.ask(&key, ask).await.at("/viewer/projects/totalCount"), json!(4));
    let link = fresh_link(&app, "jo@alderbrook.example").await;
    let removed = remove(&app, &owner, &member(&app, "jo")).await;
    assert_eq!((&removed["removedId"], codes(&removed).len()), (&member(&app, "jo"), 0), "{removed}");
    for person in [&jo, &key] {
        assert_eq!(app.ask(person, ask).await.code(), "UNAUTHENTICATED");
    }
    assert_eq!(codes(&consume(&app, &link, None).await), ["SIGN_IN_REFUSED"]);
    let open = "select count(*) from sessions s join staff_memberships m on m.id = s.staff_membership_id
        where m.removed_at is not null and s.revoked_at is null and m.role = 'OWNER'";
    assert_eq!(app.database().db_count(open).await, 0);
    // The list shows current members; removed ones only by filter, to staff managers.
    let nodes = |reply: &Reply| reply.at("/company/people/nodes").as_array().cloned().unwrap_or_default();
    assert!(nodes(&app.ask(&owner, PEOPLE).await).iter().all(|node| node["removedAt"].is_null()));
    assert_eq!(*app.ask(&owner, REMOVED).await.at("/company/people/totalCount"), json!(2), "Gil left before");
    let marcus = Person::named("marcus");
    let shared = "{ company { people { nodes { name title role } } } }";
    assert_eq!(nodes(&app.ask(&marcus, shared).await).len(), 5);
    let owners = "{ company { people(filter: { role: { in: [OWNER] } }) { nodes { name } } } }";
    assert_eq!(nodes(&app.ask(&marcus, owners).await), [json!({ "name": "Ruth Calloway" })]);
    for secret in ["email", "permissions", "invitation { state }", "removedAt", "createdAt"] {
        let asked = app.ask(&marcus, &format!("{{ company {{ people {{ nodes {{ {secret} }} }} }} }}")).await;
        assert_eq!(asked.code(), "GRAPHQL_VALIDATION_FAILED", "{secret}");
    }
    assert_eq!(app.ask(&marcus, REMOVED).await.code(), "GRAPHQL_VALIDATION_FAILED");
    // A new invitation starts from nothing.
    let again = invite(&app, &owner, json!({ "email": "jo@alderbrook.example" })).await;
    assert_eq!(again["staffMember"]["invitation"]["state"], "INVITED", "{again}");
    assert_eq!(app.ask(&jo, ask).await.code(), "UNAUTHENTICATED", "the old session stays closed");
}

#[tokio::test]
async fn removed_member_leaves_open_teams() {
    // ORG-2, PRT-9: clients see the members whom they can call.
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let team = async |person: &Person, path: &str| {
        let query = "query($id: ID!) { project(id: $id) { team { name workPhone } } }";
        let reply = app.ask_with(person, query, json!({ "id": app.id(Tag::PROJECT, path) })).await;
        reply.at("/project/team").as_array().cloned().unwrap_or_else(|| panic!("{}", reply.text))
    };
    let has_jo =
        async |person: &Person, path: &str| team(person, path).await.iter().any(|member| member["name"] == "Jo Brandt");
    let (maple, harbor) = ("alderbrook/maple-street", "alderbrook/harbor-court");
    for path in [maple, harbor] {
        assert!(has_jo(&owner, path).await, "{path}");
    }
    assert!(has_jo(&Person::client(), maple).await);
    app.database().db_execute("update projects set status = 'ARCHIVED' where number = 'AB-1988'").await;
    let removed = remove(&app, &owner, &member(&app, "jo")).await;
    assert_eq!(codes(&removed), Vec::<String>::new(), "{removed}");
    assert!(!has_jo(&Person::client(), maple).await, "clients see the remaining ones");
    assert!(!has_jo(&owner, maple).await);
    assert!(has_jo(&owner, harbor).await, "an archived project is immutable");
    let trail = "select count(*) from activity where kind = 'TEAM_MEMBER_REMOVED' and project_id is not null";
    assert!(app.database().db_count(trail).await >= 1);
    // A removed member cannot be added to a team again.
    let query =
        "mutation($input: TeamMemberSaveInput!) { teamMemberSave(input: $input) { userErrors { code field } } }";
    let input = json!({ "projectId": app.id(Tag::PROJECT, maple), "staffId": member(&app, "jo"), "title": "Builder" });
    let again = answer(&app.ask_with(&owner, query, json!({ "input": input })).await, "teamMemberSave");
    assert_eq!(codes(&again), ["NOT_FOUND"], "{again}");
}

#[tokio::test]
async fn last_owner_cannot_be_removed() {
    // ORG-2
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let ruth = member(&app, "ruth");
    assert_eq!(codes(&remove(&app, &owner, &ruth).await), ["INVALID_STATE"]);
    assert_eq!(codes(&update(&app, &owner, &ruth, json!({ "role": "STAFF" })).await), ["INVALID_STATE"]);
    // An invited owner does not count.
    let invited = invite(&app, &owner, json!({ "email": STRANGER, "role": "OWNER" })).await;
    assert_eq!(invited["staffMember"]["role"], "OWNER", "{invited}");
    assert_eq!(codes(&remove(&app, &owner, &ruth).await), ["INVALID_STATE"]);
    consume(&app, &mailed_token(&app, STRANGER).await, None).await;
    assert_eq!(codes(&remove(&app, &owner, &ruth).await), Vec::<&str>::new(), "another member was added");
    assert_eq!(app.ask(&owner, "{ viewer { role } }").await.code(), "UNAUTHENTICATED", "she is signed out");
}

#[tokio::test]
async fn concurrent_removals_keep_one_owner() {
    // ORG-2, decided under a lock.
    for round in 0..4 {
        let app = TestApp::concurrent().await;
        let (ruth, jo) = (Person::owner(), Person::staff());
        update(&app, &ruth, &member(&app, "jo"), json!({ "role": "OWNER" })).await;
        let query = "mutation($input: StaffRemoveInput!) { staffRemove(input: $input) { userErrors { code } } }";
        let step_down = "mutation($input: StaffUpdateInput!) { staffUpdate(input: $input) { userErrors { code } } }";
        let input = |id: Value| json!({ "input": { "id": id } });
        if round % 2 == 0 {
            tokio::join!(
                app.ask_with(&ruth, query, input(member(&app, "jo"))),
                app.ask_with(&jo, query, input(member(&app, "ruth")))
            );
        } else {
            let down = |id: Value| json!({ "input": { "id": id, "role": "STAFF" } });
            tokio::join!(
                app.ask_with(&ruth, step_down, down(member(&app, "ruth"))),
                app.ask_with(&jo, step_down, down(member(&app, "jo")))
            );
        }
        let owners = "select count(*) from staff_memberships m join companies c on c.id = m.company_id
            where c.slug = 'alderbrook' and m.role = 'OWNER' and m.removed_at is null";
        assert_eq!(app.database().db_count(owners).await, 1, "round {round}");
    }
}

#[tokio::test]
async fn staff_invitation_hides_accounts() {
    // ORG-2, ACC-3: Ben is known only to Alderbrook; Fernhill invites him and a stranger, and sees no difference.
    let app = TestApp::demo().await;
    let margot = Person::named("margot");
    let shape = |answer: &Value| {
        let mut member = answer["staffMember"].clone();
        let fields = member.as_object_mut().expect("it is one");
        fields.remove("id");
        fields.remove("email");
        (member, answer["userErrors"].clone())
    };
    let known = invite(&app, &margot, json!({ "email": BEN, "name": "B. W." })).await;
    let stranger = invite(&app, &margot, json!({ "email": STRANGER, "name": "B. W." })).await;
    assert_eq!(shape(&known), shape(&stranger));
    assert_eq!(known["staffMember"]["name"], "B. W.", "his own name is hidden from them");
    let people = app.ask(&margot, PEOPLE).await.text.clone();
    assert!(!people.contains("Whitlock"), "{people}");
    // His mail has no link; a stranger's does.
    let mails = app.db_mails().await;
    let links: Vec<_> = mails.iter().map(|mail| (mail.template.as_str(), mail.link.is_some())).collect();
    assert_eq!(links, [("STAFF_INVITATION_WITH_ACCOUNT", false), ("STAFF_INVITATION", true)]);
    assert!(mails[0].text.contains("https://ca.portico.example/"), "{}", mails[0].text);
    // His own links still lead to the company that he belongs to, and he chooses.
    request_link(&app, BEN).await;
    let link = app.db_mails().await.pop().and_then(|mail| mail.link).expect("it holds a link");
    assert!(link.starts_with("https://portal.alderbrook.example/"), "{link}");
    let at_home = consume(&app, &mailed_token(&app, BEN).await, None).await;
    assert!(at_home["token"].is_string(), "at Alderbrook's host he is a client: {at_home}");
    let host = json!({ "input": { "email": BEN, "host": "ca.portico.example" } });
    app.ask_with(
        &Person::public(),
        "mutation($input: MagicLinkRequestInput!) { magicLinkRequest(input: $input) { message } }",
        host,
    )
    .await;
    let token = mailed_token(&app, BEN).await;
    let choices = consume(&app, &token, None).await["choices"].clone();
    assert_eq!(choices[1]["label"], "Fernhill Studio", "{choices}");
    let joined = consume(&app, &token, choices[1]["key"].as_str()).await;
    let ben = Person::with_token(joined["token"].as_str().unwrap_or_else(|| panic!("{joined}")));
    assert_eq!(*app.ask(&ben, "{ company { name } }").await.at("/company/name"), "Fernhill Studio");
    assert!(app.ask(&margot, PEOPLE).await.text.contains("Ben Whitlock"), "he is one of them now");
}

#[tokio::test]
async fn pending_invitation_hides_account_data() {
    // Decision 11: an invited person can still set a password at the portal of an existing membership.
    let app = TestApp::demo().await;
    invite(&app, &Person::named("margot"), json!({ "email": ANA })).await;
    let set = set_password(&app, &fresh_link(&app, ANA).await, PASSWORD).await;
    assert!(set["token"].is_string() || codes(&set) == ["CHOICE_REQUIRED"], "{set}");
    assert_ne!(codes(&set), ["INVALID_STATE"], "{set}");
    let link = app.db_mails().await.pop().and_then(|mail| mail.link).expect("it holds a link");
    assert!(link.starts_with("https://portal.alderbrook.example/"), "{link}");
}

#[tokio::test]
async fn staff_invitation_is_sent_once_per_key() {
    // ORG-2
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let input = json!({ "email": STRANGER, "idempotencyKey": "once" });
    let first = invite(&app, &owner, input.clone()).await;
    let second = invite(&app, &owner, input).await;
    assert_eq!(first["staffMember"]["id"], second["staffMember"]["id"]);
    assert_eq!(app.db_mails().await.len(), 1);
    let other = invite(&app, &owner, json!({ "email": STRANGER })).await;
    assert_eq!(codes(&other), ["TAKEN"], "{other}");
    let old = mailed_token(&app, STRANGER).await;
    let id = &first["staffMember"]["id"];
    for _ in 0..2 {
        let sent = resend(&app, &owner, id, "again").await;
        assert_eq!(sent["staffMember"]["invitation"]["state"], "INVITED", "{sent}");
    }
    assert_eq!(app.db_mails().await.len(), 2);
    assert_eq!(codes(&consume(&app, &old, None).await), ["SIGN_IN_REFUSED"], "the earlier link is revoked");
    // It expires after fourteen days; sent again, it works.
    let late = app.rewired(|app| {
        let real = Arc::clone(&app.clock);
        app.clock = Arc::new(move || Clock::at(real().moment() + TimeDelta::days(15)));
    });
    let people = late.ask(&owner, PEOPLE).await;
    assert!(people.text.contains("\"state\":\"EXPIRED\""), "{}", people.text);
    assert_eq!(codes(&consume(&late, &mailed_token(&app, STRANGER).await, None).await), ["SIGN_IN_REFUSED"]);
    // A withdrawn invitation does not work.
    let removed = remove(&app, &owner, id).await;
    assert_eq!(codes(&removed), Vec::<&str>::new(), "{removed}");
    assert_eq!(codes(&consume(&app, &mailed_token(&app, STRANGER).await, None).await), ["SIGN_IN_REFUSED"]);
    let removed = app.ask(&owner, REMOVED).await;
    assert!(removed.text.contains("\"state\":\"REMOVED\""), "{}", removed.text);
}

#[tokio::test]
async fn foreign_staff_are_not_found() {
    // Ids of another company, random ones, and callers without the permission.
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let foreign: Value = app.id(Tag::STAFF_MEMBERSHIP, "fernhill/staff/kit").into();
    let random: Value = TestApp::global(Tag::STAFF_MEMBERSHIP, portico_core::id::new_uuid()).into();
    for id in [&foreign, &random] {
        assert_eq!(codes(&update(&app, &owner, id, json!({ "title": "x" })).await), ["NOT_FOUND"]);
        assert_eq!(codes(&remove(&app, &owner, id).await), ["NOT_FOUND"]);
        assert_eq!(codes(&resend(&app, &owner, id, &fresh_key()).await), ["NOT_FOUND"]);
    }
    let wrong = json!({ "email": "kim@@x", "name": " ", "title": "a\nb" });
    assert_eq!(codes(&invite(&app, &owner, wrong).await), ["INVALID", "BLANK", "INVALID"]);
    let query = "mutation($input: StaffRemoveInput!) { staffRemove(input: $input) { userErrors { code } } }";
    for person in [Person::client(), Person::trade(), Person::staff(), Person::reporting(), Person::public()] {
        let refused = app.ask_with(&person, query, json!({ "input": { "id": member(&app, "dale") } })).await;
        assert!(refused.is_for_an_unknown_name(), "{}", refused.text);
    }
}

#[tokio::test]
async fn linked_account_only_receives_mails() {
    // ACC-20: Fernhill finds Ben, who manages his account, by his exact address.
    let app = TestApp::demo().await;
    let margot = Person::named("margot");
    let card = client_create(&app, &margot, "B. W.", BEN).await;
    let loft = app.id(Tag::PROJECT, "fernhill/granville-loft");
    // Invitation: a welcome without a link. Contact review: to his own address.
    let added = crate::support::clients::add(&app, &margot, &loft, &card, true).await;
    assert_eq!(codes(&added), Vec::<&str>::new(), "{added}");
    let review = "mutation($id: ID!) { clientRequestContactReview(input: { id: $id }) { userErrors { code } } }";
    let review = app.ask_with(&margot, review, json!({ "id": card })).await;
    assert_eq!(*review.at("/clientRequestContactReview/userErrors"), json!([]), "{}", review.text);
    let mails = app.db_mails().await;
    let sent: Vec<_> = mails.iter().map(|mail| (mail.template.as_str(), mail.to_address.as_str())).collect();
    assert_eq!(sent, [("CUSTOMER_INVITATION_FROM_ANOTHER_OFFICE", BEN), ("CONTACT_REVIEW", BEN)]);
    assert!(mails.iter().all(|mail| mail.link.is_none()), "neither opens anything");
    // No data of the account can be read, changed, or found by a part of the address.
    let change = "mutation($input: ClientUpdateInput!) { clientUpdate(input: $input) { userErrors { code } } }";
    for wrong in [json!({ "name": "Eve" }), json!({ "phone": "+16045550100" }), json!({ "email": STRANGER })] {
        let mut input = wrong.clone();
        input["id"] = card.clone().into();
        let refused = app.ask_with(&margot, change, json!({ "input": input })).await;
        assert_eq!(codes(refused.at("/clientUpdate")), ["MANAGED_BY_USER"], "{wrong}");
    }
    let own = "query($id: ID!) { node(id: $id) { __typename ... on Contact { name email phone isUserManaged } } }";
    let own = app.ask_with(&margot, own, json!({ "id": card })).await;
    assert_eq!(own.at("/node")["phone"], Value::Null, "his number is hidden: {}", own.text);
    let ask = "query($account: ID!, $contact: ID!, $project: ID!) {
        account: node(id: $account) { id } contact: node(id: $contact) { id } project(id: $project) { id } }";
    let variables = json!({ "account": app.id(Tag::ACCOUNT, "people/ben"),
        "contact": app.id(Tag::CONTACT, "alderbrook/contact/ben"),
        "project": app.id(Tag::PROJECT, "alderbrook/maple-street") });
    let nothing = json!({ "account": null, "contact": null, "project": null });
    assert_eq!(*app.ask_with(&margot, ask, variables).await.data(), nothing);
    let search = app.ask(&margot, "{ company { contacts(query: \"whitlock\") { nodes { name } } } }").await;
    assert!(!search.text.contains("Ben"), "{}", search.text);
    // His account is unchanged.
    assert_eq!(name_of(&app, &signed_in(&app, BEN, None).await).await, "Ben Whitlock");
}

#[tokio::test]
async fn staff_list_has_constant_statements() {
    let app = TestApp::demo().await;
    let operation =
        portico_testkit::operations().into_iter().find(|operation| operation.name == "Staff").expect("it is there");
    let count = async || {
        let reply = app.cold().ask(&Person::owner(), &operation.text).await;
        (reply.at("/company/people/totalCount").clone(), reply.statements)
    };
    let (few, statements) = count().await;
    for number in 0..30 {
        invite(&app, &Person::owner(), json!({ "email": format!("new{number}@mail.example") })).await;
    }
    let (many, the_same) = count().await;
    assert_eq!((few, many), (json!(6), json!(36)));
    assert_eq!(statements, the_same);
    // By name, one page at a time.
    let page = "query($after: String) { company { people(first: 9, after: $after) {
        nodes { name } pageInfo { hasNextPage endCursor } } } }";
    let (mut names, mut after) = (Vec::new(), Value::Null);
    loop {
        let reply = app.ask_with(&Person::owner(), page, json!({ "after": after })).await;
        let nodes = reply.at("/company/people/nodes").as_array().cloned().unwrap_or_default();
        names.extend(nodes.iter().map(|node| node["name"].as_str().unwrap_or_default().to_lowercase()));
        if *reply.at("/company/people/pageInfo/hasNextPage") == json!(false) {
            break;
        }
        after = reply.at("/company/people/pageInfo/endCursor").clone();
    }
    assert!(names.len() == 36 && names.is_sorted(), "{names:?}");
}

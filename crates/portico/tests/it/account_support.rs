//! Tests of support: verified corrections of accounts only (ACC-13).

use portico_actions::support::{AgentAdd, AgentError, AgentList, AgentRemove};
use portico_core::clock::Clock;
use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::accounts::{
    ANA, BEN, HANA, PASSWORD, STRANGER, codes, consume, fresh_link, mailed_token, name_of, request_link, set_password,
    sign_in, signed_in,
};

const IRIS: &str = "iris@portico.example";

const OPEN: &str = "mutation($input: AccountOpenInput!) { accountOpen(input: $input) {
    account { id email name isUserManaged supportNotes { note changedFields verifiedBy } } userErrors { code field } } }";
const CORRECT: &str = "mutation($input: AccountCorrectInput!) { accountCorrect(input: $input) {
    account { email name phone supportNotes { note changedFields verifiedBy } } userErrors { code field message } } }";

/// Opens an account, and returns its id.
async fn opened(app: &TestApp, agent: &Person, email: &str) -> String {
    let input = json!({ "input": { "email": email, "reason": "called us: the new number" } });
    let reply = app.ask_with(agent, OPEN, input).await;
    reply.at("/accountOpen/account/id").as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned()
}

async fn correct(app: &TestApp, agent: &Person, input: Value) -> Value {
    app.ask_with(agent, CORRECT, json!({ "input": input })).await.at("/accountCorrect").clone()
}

#[tokio::test]
async fn newest_support_notes_are_listed() {
    let app = TestApp::demo().await;
    opened(&app, &Person::support(), ANA).await;
    app.database()
        .db_execute(&format!(
            "insert into activity (id, at, kind, actor_kind, actor_id, subject_kind, subject_id, details)
            select gen_random_uuid(), now() + i * interval '1 minute', 'ACCOUNT_CORRECTED', 'SUPPORT', s.id, 'IDENTITY', a.id,
                jsonb_build_object('note', 'Note ' || i, 'changed', jsonb_build_array('name'))
            from identities s, identities a, generate_series(1, 80) i where s.email = '{IRIS}' and a.email = '{ANA}'"
        ))
        .await;
    let input = json!({ "input": { "email": ANA, "reason": "called us: the new number" } });
    let reply = app.ask_with(&Person::support(), OPEN, input).await;
    let notes = reply.at("/accountOpen/account/supportNotes").as_array().expect("notes").clone();
    assert_eq!(notes.len(), 50, "{}", reply.text);
    assert_eq!((&notes[0]["note"], &notes[49]["note"]), (&json!("Note 80"), &json!("Note 31")));
}

#[tokio::test]
async fn correction_is_audited_and_notified() {
    // ACC-13
    let app = TestApp::demo().await;
    let account = opened(&app, &Person::support(), &ANA.to_uppercase()).await;
    let note = "Video call; showed her passport, and read back the code that we mailed.";
    let input =
        json!({ "accountId": account, "verificationNote": note, "name": "Ana Bell", "phone": "+1 303 555 0199" });
    let corrected = correct(&app, &Person::support(), input).await;
    let expected = json!({
        "account": {
            "email": ANA, "name": "Ana Bell", "phone": "+13035550199",
            "supportNotes": [{ "note": note, "changedFields": ["name", "phone"], "verifiedBy": "Iris Vandermeer" }],
        },
        "userErrors": [],
    });
    assert_eq!(corrected, expected);
    assert_eq!(name_of(&app, &Person::client()).await, "Ana Bell", "she is still signed in");
    let trail = "select kind || ' ' || actor_kind || ' ' || (actor_id = (select id from identities where email = 'iris@portico.example'))
        || ' ' || coalesce(details ->> 'note', details ->> 'reason') as text from activity where kind like 'ACCOUNT_%' order by at, id";
    let expected = [
        "ACCOUNT_OPENED SUPPORT true called us: the new number".to_owned(),
        format!("ACCOUNT_CORRECTED SUPPORT true {note}"),
    ];
    assert_eq!(app.database().db_texts(trail).await, expected);
    let mails = app.db_mails().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(
        (mails[0].to_address.as_str(), mails[0].subject.as_str()),
        (ANA, "Your account was corrected by support")
    );
    assert!(mails[0].text.contains("name, phone") && !mails[0].text.contains("passport"), "{}", mails[0].text);
}

#[tokio::test]
async fn correction_without_difference_sends_no_mail() {
    // ACC-13: support's access is recorded even if nothing differs; the account's owner loses no access.
    let app = TestApp::demo().await;
    set_password(&app, &fresh_link(&app, ANA).await, PASSWORD).await;
    let ana = signed_in(&app, ANA, None).await;
    let account = opened(&app, &Person::support(), ANA).await;
    let mails = app.db_mails().await.len();
    let note = "verified by the builder";
    let input = json!({ "accountId": account, "verificationNote": note, "name": "Ana Whitlock", "email": ANA });
    let confirmed = correct(&app, &Person::support(), input).await;
    let notes = json!([{ "note": note, "changedFields": [], "verifiedBy": "Iris Vandermeer" }]);
    assert_eq!((codes(&confirmed), &confirmed["account"]["supportNotes"]), (vec![], &notes), "{confirmed}");
    assert_eq!(app.db_mails().await.len(), mails);
    assert_eq!(name_of(&app, &ana).await, "Ana Whitlock", "she is still signed in");
    let reply = sign_in(&app, ANA, PASSWORD).await;
    assert_eq!(codes(reply.at("/signIn")), [""; 0], "the password stays");
}

#[tokio::test]
async fn respelt_address_revokes_no_access() {
    // ACC-13: it is the same mailbox.
    let app = TestApp::demo().await;
    set_password(&app, &fresh_link(&app, ANA).await, PASSWORD).await;
    let ana = signed_in(&app, ANA, None).await;
    let account = opened(&app, &Person::support(), ANA).await;
    let respelt = "Ana.Whitlock@Mail.Example";
    let input = json!({ "accountId": account, "verificationNote": "asked by phone", "email": respelt });
    let corrected = correct(&app, &Person::support(), input).await;
    assert_eq!(codes(&corrected), [""; 0], "{corrected}");
    assert_eq!(name_of(&app, &ana).await, "Ana Whitlock", "she is still signed in");
    assert_eq!(codes(sign_in(&app, respelt, PASSWORD).await.at("/signIn")), [""; 0]);
}

#[tokio::test]
async fn correction_needs_a_note() {
    // ACC-13
    let app = TestApp::demo().await;
    let account = opened(&app, &Person::support(), ANA).await;
    for note in [json!({}), json!({ "verificationNote": null }), json!({ "verificationNote": " \n " })] {
        let mut input = json!({ "accountId": account, "name": "Ana Bell" });
        input.as_object_mut().expect("it is one").extend(note.as_object().cloned().expect("it is one"));
        let refused = correct(&app, &Person::support(), input).await;
        assert_eq!(codes(&refused), ["BLANK"], "{refused}");
        assert_eq!(refused["userErrors"][0]["field"], json!(["input", "verificationNote"]));
    }
    let nothing =
        correct(&app, &Person::support(), json!({ "accountId": account, "verificationNote": "verified" })).await;
    assert_eq!(codes(&nothing), ["BLANK"]);
    let wrong = json!({ "accountId": account, "verificationNote": "verified", "name": "", "phone": "1" });
    let wrong = correct(&app, &Person::support(), wrong).await;
    assert_eq!(codes(&wrong), ["BLANK", "INVALID"], "all errors are listed: {wrong}");
    assert_eq!(name_of(&app, &Person::client()).await, "Ana Whitlock");
    assert_eq!(app.db_mails().await.len(), 0);
}

#[tokio::test]
async fn only_support_reads_other_accounts() {
    // ACC-13: for an owner the fields are unknown, as for all others.
    let app = TestApp::demo().await;
    let id = app.id(Tag::ACCOUNT, "people/ana");
    for (role, person) in Person::of_each_role().into_iter().filter(|(role, _)| *role != "support") {
        for (query, variables) in [
            ("query($id: ID!) { account(id: $id) { name } }", json!({ "id": id })),
            (OPEN, json!({ "input": { "email": BEN, "reason": "x" } })),
            (CORRECT, json!({ "input": { "accountId": id, "verificationNote": "x", "name": "x" } })),
        ] {
            let reply = app.ask_with(&person, query, variables).await;
            assert!(reply.is_for_an_unknown_name(), "{role}: {}", reply.text);
        }
    }
    assert_eq!(name_of(&app, &Person::client()).await, "Ana Whitlock");
}

#[tokio::test]
async fn account_is_open_to_one_agent_for_an_hour() {
    // ROLE-6, VIS-1
    let app = TestApp::demo().await;
    let ask = async |agent: &Person, id: &str| {
        let query = "query($id: ID!) { account(id: $id) { name email supportNotes { note } } }";
        app.ask_with(agent, query, json!({ "id": id })).await.data().clone()
    };
    let ana = app.id(Tag::ACCOUNT, "people/ana");
    let nowhere = json!({ "account": null });
    assert_eq!(ask(&Person::support(), &ana).await, nowhere, "the account is not open");
    assert_eq!(opened(&app, &Person::support(), ANA).await, ana);
    assert_eq!(ask(&Person::support(), &ana).await["account"]["email"], json!(ANA));
    // Neither another agent nor another account has it open.
    let other = second_agent(&app).await;
    assert_eq!(ask(&other, &ana).await, nowhere);
    assert_eq!(ask(&Person::support(), &app.id(Tag::ACCOUNT, "people/ben")).await, nowhere);
    let stolen = json!({ "accountId": ana, "verificationNote": "verified", "name": "Eve" });
    assert_eq!(codes(&correct(&app, &other, stolen.clone()).await), ["NOT_FOUND"]);
    // It is closed after an hour.
    let later = "update account_openings set opened_at = opened_at - interval '1 hour', expires_at = expires_at - interval '1 hour'";
    app.database().db_execute(later).await;
    assert_eq!(ask(&Person::support(), &ana).await, nowhere);
    assert_eq!(codes(&correct(&app, &Person::support(), stolen).await), ["NOT_FOUND"]);
    assert_eq!(name_of(&app, &Person::client()).await, "Ana Whitlock");
}

#[tokio::test]
async fn account_lookup_is_exact_and_audited() {
    // ACC-15
    let app = TestApp::demo().await;
    for (email, reason, code) in [
        (STRANGER, "asked by phone", "NOT_FOUND"),
        ("%@mail.example", "asked by phone", "NOT_FOUND"),
        ("ana.whitlock", "asked by phone", "INVALID"),
        (ANA, "  ", "BLANK"),
        (IRIS, "asked by phone", "INVALID"),
    ] {
        let input = json!({ "input": { "email": email, "reason": reason } });
        let reply = app.ask_with(&Person::support(), OPEN, input).await;
        assert_eq!(codes(reply.at("/accountOpen")), [code], "{email}: {}", reply.text);
        assert!(reply.at("/accountOpen/account").is_null());
    }
    let written = "select count(*) as count from activity where kind = 'ACCOUNT_OPENED' and details ->> 'reason' = 'asked by phone'";
    assert_eq!(app.database().db_count(written).await, 3, "the searchable secrets");
    assert_eq!(app.database().db_count("select count(*) as count from account_openings").await, 0);
    // A lookup needs the exact address.
    let mut outcomes = Vec::new();
    for number in 0..31 {
        let input = json!({ "input": { "email": format!("person{number}@mail.example"), "reason": "x" } });
        let reply = app.ask_with(&Person::support(), OPEN, input).await;
        outcomes.push(codes(reply.at("/accountOpen")).join(","));
    }
    assert_eq!(outcomes.last().map(String::as_str), Some("TOO_MANY_ATTEMPTS"), "{outcomes:?}");
}

#[tokio::test]
async fn corrected_email_revokes_old_access() {
    let app = TestApp::demo().await;
    set_password(&app, &fresh_link(&app, ANA).await, PASSWORD).await;
    let thief = signed_in(&app, ANA, None).await;
    let link = fresh_link(&app, ANA).await;
    let account = opened(&app, &Person::support(), ANA).await;
    let to =
        |email: &str| json!({ "accountId": account, "verificationNote": "verified by the builder", "email": email });
    let taken = correct(&app, &Person::support(), to(BEN)).await;
    assert_eq!(codes(&taken), ["TAKEN"]);
    assert_eq!(name_of(&app, &thief).await, "Ana Whitlock", "a rejection changes nothing");
    let mails = app.db_mails().await.len();
    let corrected = correct(&app, &Person::support(), to("ana.bell@mail.example")).await;
    assert_eq!(corrected["account"]["email"], json!("ana.bell@mail.example"), "{corrected}");
    assert_eq!(name_of(&app, &thief).await, "UNAUTHENTICATED");
    assert_eq!(codes(&consume(&app, &link, None).await), ["SIGN_IN_REFUSED"]);
    for email in [ANA, "ana.bell@mail.example"] {
        let reply = sign_in(&app, email, PASSWORD).await;
        assert_eq!(codes(reply.at("/signIn")), ["SIGN_IN_REFUSED"], "{email}");
    }
    let recipients: Vec<_> = app.db_mails().await.split_off(mails).into_iter().map(|mail| mail.to_address).collect();
    assert_eq!(recipients, [ANA, "ana.bell@mail.example"], "both addresses are notified");
    assert_eq!(name_of(&app, &signed_in(&app, "ana.bell@mail.example", None).await).await, "Ana Whitlock");
}

#[tokio::test]
async fn support_sees_no_company_data() {
    // ROLE-6
    let app = TestApp::demo().await;
    for query in [
        "{ viewer { projects { totalCount } } }",
        "{ viewer { permissions } }",
        "{ company { name } }",
        "{ node(id: \"x\") { id } }",
        "{ project(id: \"x\") { name } }",
        "mutation { clientCreate(input: { name: \"x\", email: \"x@mail.example\" }) { userErrors { code } } }",
        "mutation { leadSubmit(input: { formKey: \"demo-form-alderbrook\" }) { userErrors { code } } }",
    ] {
        let reply = app.ask(&Person::support(), query).await;
        assert_eq!(reply.code(), "GRAPHQL_VALIDATION_FAILED", "{query}: {}", reply.text);
    }
    let own = app.ask(&Person::support(), "{ viewer { role name email } }").await;
    assert_eq!(*own.at("/viewer"), json!({ "role": "SUPPORT", "name": "Iris Vandermeer", "email": IRIS }));
}

#[tokio::test]
async fn support_session_ends_after_eight_hours() {
    let app = TestApp::demo().await;
    let agent = signed_in(&app, IRIS, None).await;
    let hash = agent.token_hash();
    let hours = format!(
        "select round(extract(epoch from expires_at - created_at) / 3600)::text as text from sessions where token_hash = '{hash}'"
    );
    assert_eq!(app.database().db_texts(&hours).await, ["8"]);
    let long_ago = format!("update sessions set last_seen_at = now() - interval '2 hours' where token_hash = '{hash}'");
    app.database().db_execute(&long_ago).await;
    assert_eq!(name_of(&app, &agent).await, "Iris Vandermeer");
    let noted = format!(
        "select count(*) as count from sessions where token_hash = '{hash}' and last_seen_at > now() - interval '1 hour'"
    );
    while app.database().db_count(&noted).await == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(app.database().db_texts(&hours).await, ["8"], "use does not extend it");
    app.database().db_execute(&format!("update sessions set expires_at = now() where token_hash = '{hash}'")).await;
    assert_eq!(name_of(&app, &agent).await, "UNAUTHENTICATED");
}

#[tokio::test]
async fn agents_are_managed_by_commands() {
    let app = TestApp::demo().await;
    let agent = second_agent(&app).await;
    assert_eq!(app.ask(&agent, "{ viewer { role } }").await.at("/viewer/role"), "SUPPORT");
    let (writer, now) = (app.operator(), Clock::of_server().moment());
    AgentRemove { email: "SAM@portico.example".to_owned() }.run(&writer, now).await.expect("they are one");
    assert_eq!(name_of(&app, &agent).await, "UNAUTHENTICATED");
    request_link(&app, "sam@portico.example").await;
    let again = AgentRemove { email: "sam@portico.example".to_owned() }.run(&writer, now).await;
    assert!(matches!(again, Err(AgentError::NoAgent(_))), "{again:?}");
    let sent =
        app.db_mails().await.iter().filter(|mail| mail.to_address.eq_ignore_ascii_case("sam@portico.example")).count();
    assert_eq!(sent, 1, "people without a membership get no mail");
    let trail = "select kind || ' ' || actor_kind as text from activity where kind like 'SUPPORT_%' order by at, id";
    assert_eq!(
        app.database().db_texts(trail).await,
        ["SUPPORT_BEGUN SYSTEM", "SUPPORT_BEGUN SYSTEM", "SUPPORT_ENDED SYSTEM"]
    );
    // A session that was revived by any means stays invalid.
    let revived = format!("update sessions set revoked_at = null where token_hash = '{}'", agent.token_hash());
    app.database().db_execute(&revived).await;
    assert_eq!(name_of(&app, &agent).await, "UNAUTHENTICATED");
    for wrong in ["https://a.example", "", "a b"] {
        let begin = AgentAdd { email: "x@portico.example".to_owned(), name: "X".to_owned(), host: wrong.to_owned() };
        assert!(matches!(begin.run(&writer, now).await, Err(AgentError::Host(_))), "{wrong}");
    }
}

#[tokio::test]
async fn portal_link_covers_its_company_only() {
    // The operator of a portal's host could read the request.
    let app = TestApp::demo().await;
    let ask_at = async |email: &str, host: &str| {
        let query = "mutation($input: MagicLinkRequestInput!) { magicLinkRequest(input: $input) { message } }";
        app.ask_with(&Person::public(), query, json!({ "input": { "email": email, "host": host } })).await;
        let mails = app.db_mails().await;
        let mail = mails.into_iter().rev().find(|mail| mail.to_address == email).expect("there is one");
        (mail.link.unwrap_or_default(), mail.token.unwrap_or_default())
    };
    // Hana is a client of Alderbrook and a member of Fernhill's staff.
    let (link, token) = ask_at(HANA, "portal.alderbrook.example").await;
    assert!(link.starts_with("https://portal.alderbrook.example/"), "{link}");
    let staff = "select 'STAFF:' || replace(s.id::text, '-', '') as text from staff_memberships s join identities i on i.id = s.identity_id
        where i.email_canonical = 'hana.sato@mail.example'";
    let staff = app.database().db_texts(staff).await.remove(0);
    assert_eq!(codes(&consume(&app, &token, Some(&staff)).await), ["NOT_FOUND"]);
    let client = consume(&app, &token, None).await;
    assert!(client["token"].is_string(), "there is one membership: {client}");
    // Without a host the link leads to the platform, where all of her roles can be used.
    let token = fresh_link(&app, HANA).await;
    assert_eq!(codes(&consume(&app, &token, None).await), ["CHOICE_REQUIRED"]);
    assert!(consume(&app, &token, Some(&staff)).await["token"].is_string());
    // Support agents get a link to the platform, whichever portal they are a member of.
    let sql =
        "update project_memberships set identity_id = (select id from identities where email = 'iris@portico.example')
        where identity_id = (select id from identities where email = 'ana.whitlock@mail.example')";
    app.database().db_execute(sql).await;
    let (_, token) = ask_at(IRIS, "portal.alderbrook.example").await;
    assert_eq!(codes(&consume(&app, &token, Some("SUPPORT")).await), ["NOT_FOUND"]);
    assert!(consume(&app, &token, None).await["token"].is_string());
    request_link(&app, IRIS).await;
    let mails = app.db_mails().await;
    let newest = mails.last().and_then(|mail| mail.link.clone()).unwrap_or_default();
    assert!(newest.starts_with("https://support.portico.example/"), "{newest}");
    assert!(consume(&app, &mailed_token(&app, IRIS).await, Some("SUPPORT")).await["token"].is_string());
}

#[tokio::test]
async fn portal_session_cannot_widen_its_scope() {
    let app = TestApp::demo().await;
    let ask_at = async |email: &str, host: &str| {
        let query = "mutation($input: MagicLinkRequestInput!) { magicLinkRequest(input: $input) { message } }";
        app.ask_with(&Person::public(), query, json!({ "input": { "email": email, "host": host } })).await;
        mailed_token(&app, email).await
    };
    // Hana works for Fernhill. A link to Alderbrook's portal sets no password, neither during sign-in nor afterwards.
    let token = ask_at(HANA, "portal.alderbrook.example").await;
    assert_eq!(codes(&set_password(&app, &token, PASSWORD).await), ["INVALID_STATE"]);
    let client = Person::with_token(consume(&app, &token, None).await["token"].as_str().expect("she is in"));
    let change = "mutation { viewerPasswordChange(input: { newPassword: \"seven cedar stairs, unpainted\" }) {
        userErrors { code } } }";
    assert_eq!(codes(app.ask(&client, change).await.at("/viewerPasswordChange")), ["INVALID"]);
    let update = "mutation { viewerUpdate(input: { email: \"eve@mail.example\" }) { userErrors { code } } }";
    assert_eq!(codes(app.ask(&client, update).await.at("/viewerUpdate")), ["INVALID"]);
    assert_eq!(codes(sign_in(&app, HANA, PASSWORD).await.at("/signIn")), ["SIGN_IN_REFUSED"]);
    // A link to Fernhill's does.
    let token = fresh_link(&app, HANA).await;
    let input = json!({ "input": { "token": token, "password": PASSWORD, "choiceKey": "CLIENT" } });
    let set = "mutation($input: PasswordSetInput!) { passwordSet(input: $input) { token userErrors { code } } }";
    let set = app.ask_with(&Person::public(), set, input).await;
    assert!(set.at("/passwordSet/token").is_string(), "{}", set.text);
}

#[tokio::test]
async fn links_avoid_portals_of_unknown_companies() {
    // Margot adds and invites Ben, who is a client of Alderbrook, and has never been at Fernhill.
    let app = TestApp::demo().await;
    let margot = Person::named("margot");
    let create =
        "mutation($input: ClientCreateInput!) { clientCreate(input: $input) { client { id } userErrors { code } } }";
    let input = json!({ "input": { "name": "B", "email": BEN, "useExisting": true } });
    let card = app.ask_with(&margot, create, input).await.at("/clientCreate/client/id").clone();
    let add = "mutation($input: ProjectClientAddInput!) { projectClientAdd(input: $input) { userErrors { code } } }";
    let place = json!({ "input": { "projectId": app.id(Tag::PROJECT, "fernhill/bowen-island"), "contactId": card,
        "relationship": "PARTNER", "invite": true, "idempotencyKey": "once" } });
    let added = app.ask_with(&margot, add, place).await;
    assert_eq!(codes(added.at("/projectClientAdd")), [""; 0], "{}", added.text);
    let query = "mutation($input: MagicLinkRequestInput!) { magicLinkRequest(input: $input) { message } }";
    for host in [json!("portal.fernhill.example"), json!(null)] {
        app.ask_with(&Person::public(), query, json!({ "input": { "email": BEN, "host": host } })).await;
        let mails = app.db_mails().await;
        let link = mails.last().and_then(|mail| mail.link.clone()).unwrap_or_default();
        assert!(link.starts_with("https://portal.alderbrook.example/"), "{host}: {link}");
    }
    // Nor can she set his notifications.
    let update =
        "mutation($input: ProjectClientUpdateInput!) { projectClientUpdate(input: $input) { userErrors { code } } }";
    let id = app
        .database()
        .db_texts("select id::text as text from project_memberships order by created_at desc limit 1")
        .await;
    let id = TestApp::global(Tag::PROJECT_MEMBERSHIP, id[0].parse().expect("it is an id"));
    app.database().db_execute("delete from project_client_settings").await;
    let input =
        json!({ "input": { "id": id, "alertDefaults": { "instantAlerts": false, "summaryFrequency": "NEVER" } } });
    let settled = app.ask_with(&margot, update, input).await;
    assert_eq!(codes(settled.at("/projectClientUpdate")), [""; 0], "{}", settled.text);
    let alerts =
        app.ask(&Person::named("ben"), "{ viewer { notificationSettings { instantAlerts summaryFrequency } } }").await;
    let usual = json!({ "instantAlerts": true, "summaryFrequency": "DAILY" });
    assert_eq!(*alerts.at("/viewer/notificationSettings"), usual);
}

#[tokio::test]
async fn support_finds_account_by_former_email() {
    let app = TestApp::demo().await;
    crate::support::accounts::db_signed_in_just_now(&app).await;
    let thief = Person::client();
    let update = "mutation { viewerUpdate(input: { email: \"thief@mail.example\" }) { userErrors { code } } }";
    app.ask(&thief, update).await;
    let confirm = "mutation($token: String!) { emailConfirm(input: { token: $token }) { userErrors { code } } }";
    let token = mailed_token(&app, "thief@mail.example").await;
    assert_eq!(codes(app.ask_with(&thief, confirm, json!({ "token": token })).await.at("/emailConfirm")), [""; 0]);
    let account = opened(&app, &Person::support(), ANA).await;
    let back = json!({ "accountId": account, "verificationNote": "Her builder knows her voice.", "email": ANA });
    let back = correct(&app, &Person::support(), back).await;
    assert_eq!((codes(&back), &back["account"]["email"]), (vec![], &json!(ANA)), "{back}");
    assert_eq!(name_of(&app, &thief).await, "UNAUTHENTICATED");
    assert_eq!(name_of(&app, &signed_in(&app, ANA, None).await).await, "Ana Whitlock");
}

#[tokio::test]
async fn agents_keep_their_email_and_host() {
    let app = TestApp::demo().await;
    crate::support::accounts::db_signed_in_just_now(&app).await;
    let update = "mutation { viewerUpdate(input: { email: \"else@mail.example\" }) { userErrors { code } } }";
    let refused = app.ask(&Person::support(), update).await;
    assert_eq!(codes(refused.at("/viewerUpdate")), ["INVALID_STATE"], "{}", refused.text);
    let (writer, now) = (app.operator(), Clock::of_server().moment());
    let host = "Portal.Alderbrook.example".to_owned();
    let begin = AgentAdd { email: STRANGER.to_owned(), name: "Eve".to_owned(), host };
    assert!(matches!(begin.run(&writer, now).await, Err(AgentError::HostOfCompany(_))));
    second_agent(&app).await;
    let listed = AgentList.run(&writer).await.expect("they can be listed");
    let listed: Vec<_> = listed.iter().map(|agent| agent.email.as_str()).collect();
    assert_eq!(listed, [IRIS, "Sam@portico.example"]);
    // Agents with a disabled account can be removed too.
    app.database().db_execute("update identities set disabled_at = now() where email ilike 'sam@%'").await;
    AgentRemove { email: "sam@portico.example".to_owned() }.run(&writer, now).await.expect("they are one");
}

/// Another support agent, signed in with a link.
async fn second_agent(app: &TestApp) -> Person {
    let begin = AgentAdd {
        email: "Sam@portico.example".to_owned(),
        name: "Sam Okoro".to_owned(),
        host: "Support.portico.example".to_owned(),
    };
    assert!(begin.clone().run(&app.operator(), Clock::of_server().moment()).await.expect("nothing is wrong"));
    assert!(
        !begin.run(&app.operator(), Clock::of_server().moment()).await.expect("nothing is wrong"),
        "they are one now"
    );
    request_link(app, "sam@portico.example").await;
    let token = mailed_token(app, "Sam@portico.example").await;
    Person::with_token(consume(app, &token, None).await["token"].as_str().expect("they can sign in"))
}

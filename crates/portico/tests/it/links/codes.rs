//! Tests of the six-digit codes beside sign-in links, through the API.

use portico_actions::ActionError;
use portico_actions::links::CodeConsume;
use portico_core::access::Viewer;
use portico_core::refusal::RefusalCode;
use portico_testkit::{Person, Reply, TestApp};
use serde_json::{Value, json};

use crate::support::accounts::{
    ANA, BEN, CodeOf, HANA, PASSWORD, STRANGER, codes, consume, enter_code, fresh_link, mailed_code, mailed_token,
    name_of, request_code, set_password, wrong_code,
};
use crate::support::statements::db_statements;

/// The messages of a payload's errors.
fn messages(payload: &Value) -> Vec<&str> {
    let errors = payload["userErrors"].as_array().into_iter().flatten();
    errors.filter_map(|error| error["message"].as_str()).collect()
}

const WRONG: &str = "this code is wrong: enter the code from the newest email, or open its link";
const VOID: &str = "codes of this request do not work any more: open the link in the email, or request a new email";

#[tokio::test]
async fn code_signs_in_with_its_request() {
    // SES-10
    let app = TestApp::demo().await;
    let CodeOf { request_id, code } = request_code(&app, ANA).await;
    let mail = app.db_mails().await.pop().expect("a mail");
    assert!(mail.text.lines().any(|line| line == code), "on a line of its own: {}", mail.text);
    assert!(mail.html.contains(&format!(">{code}</p>")), "{}", mail.html);
    assert!(!mail.subject.contains(&code), "{}", mail.subject);
    let payload = enter_code(&app, &request_id, &code, None).await;
    assert_eq!(codes(&payload), Vec::<&str>::new(), "{payload}");
    let ana = Person::with_token(payload["token"].as_str().expect("a token"));
    assert_eq!(name_of(&app, &ana).await, "Ana Whitlock");
    let by = "select details ->> 'by' as text from activity where kind = 'SIGNED_IN'";
    assert_eq!(app.database().db_texts(by).await, ["code"]);
    // It works once.
    assert_eq!(messages(&enter_code(&app, &request_id, &code, None).await), [VOID]);
}

#[tokio::test]
async fn pasted_codes_are_normalized() {
    // SES-10
    let app = TestApp::demo().await;
    let CodeOf { request_id, code } = request_code(&app, ANA).await;
    for malformed in ["", "12345", "1234567", "12345x", "123-456", "١٢٣٤٥٦"] {
        let refused = enter_code(&app, &request_id, malformed, None).await;
        assert_eq!(codes(&refused), ["INVALID"], "{malformed}: {refused}");
        assert_eq!(refused["userErrors"][0]["field"], json!(["input", "code"]));
        assert_eq!(messages(&refused), ["must be the six digits from the email"]);
    }
    let full_width = code.chars().filter_map(|digit| char::from_u32(u32::from(digit) + 0xfee0));
    let pasted: String = full_width.flat_map(|digit| [' ', digit]).chain(['\u{a0}', '\n']).collect();
    assert!(enter_code(&app, &request_id, &pasted, None).await["token"].is_string(), "{pasted:?}");
}

#[tokio::test]
async fn five_wrong_codes_void_the_code_only() {
    // SES-10
    let app = TestApp::demo().await;
    let CodeOf { request_id, code } = request_code(&app, ANA).await;
    let mut wrong = code.clone();
    for attempt in 1..=5 {
        wrong = wrong_code(&wrong);
        let refused = enter_code(&app, &request_id, &wrong, None).await;
        assert_eq!((codes(&refused), messages(&refused)), (vec!["SIGN_IN_REFUSED"], vec![WRONG]), "{attempt}");
    }
    let refused = enter_code(&app, &request_id, &code, None).await;
    assert_eq!((codes(&refused), messages(&refused)), (vec!["SIGN_IN_REFUSED"], vec![VOID]));
    let token = mailed_token(&app, ANA).await;
    assert!(consume(&app, &token, None).await["token"].is_string(), "the link works");
    let refused = "select count(*) from activity where kind = 'SIGN_IN_REFUSED' and details ->> 'by' = 'code'
        and subject_id = (select id from identities where email = 'ana.whitlock@mail.example')";
    assert_eq!(app.database().db_count(refused).await, 6);
}

#[tokio::test]
async fn four_wrong_codes_do_not_void_it() {
    // SES-10
    let app = TestApp::demo().await;
    let CodeOf { request_id, code } = request_code(&app, ANA).await;
    for _ in 0..4 {
        assert_eq!(messages(&enter_code(&app, &request_id, &wrong_code(&code), None).await), [WRONG]);
    }
    assert!(enter_code(&app, &request_id, &code, None).await["token"].is_string());
}

#[tokio::test]
async fn concurrent_wrong_codes_count_as_five() {
    // SES-10
    let app = TestApp::concurrent().await;
    let CodeOf { request_id, code } = request_code(&app, ANA).await;
    let wrong = wrong_code(&code);
    let attempts = (0..20).map(|_| enter_code(&app, &request_id, &wrong, None));
    let refused = futures_util::future::join_all(attempts).await;
    let with = |message: &str| refused.iter().filter(|payload| messages(payload) == [message]).count();
    assert_eq!((with(WRONG), with(VOID)), (5, 15), "{refused:?}");
    let counted = "select wrong_attempts::bigint as count from sign_in_codes";
    assert_eq!(app.database().db_count(counted).await, 5);
}

#[tokio::test]
async fn a_code_works_once_under_concurrency() {
    // SES-10
    let app = TestApp::concurrent().await;
    let CodeOf { request_id, code } = request_code(&app, ANA).await;
    let attempts = (0..12).map(|_| enter_code(&app, &request_id, &code, None));
    let payloads = futures_util::future::join_all(attempts).await;
    let (won, lost): (Vec<_>, Vec<_>) = payloads.iter().partition(|payload| payload["token"].is_string());
    assert_eq!(won.len(), 1, "{payloads:?}");
    assert!(lost.iter().all(|payload| messages(payload) == [VOID]), "{lost:?}");
}

#[tokio::test]
async fn link_and_code_do_not_use_each_other_up() {
    // SES-10
    let app = TestApp::demo().await;
    let CodeOf { request_id, code } = request_code(&app, ANA).await;
    assert!(consume(&app, &mailed_token(&app, ANA).await, None).await["token"].is_string());
    assert!(enter_code(&app, &request_id, &code, None).await["token"].is_string(), "after the link");
    let CodeOf { request_id, code } = request_code(&app, BEN).await;
    assert!(enter_code(&app, &request_id, &code, None).await["token"].is_string());
    assert!(consume(&app, &mailed_token(&app, BEN).await, None).await["token"].is_string(), "after the code");
}

#[tokio::test]
async fn code_voids_earlier_links() {
    // As a link does: a later reader of the mailbox must not use them.
    let app = TestApp::demo().await;
    let earlier = fresh_link(&app, ANA).await;
    let CodeOf { request_id, code } = request_code(&app, ANA).await;
    assert!(enter_code(&app, &request_id, &code, None).await["token"].is_string());
    assert_eq!(codes(&consume(&app, &earlier, None).await), ["SIGN_IN_REFUSED"]);
}

#[tokio::test]
async fn second_request_keeps_the_first_code() {
    // SES-10: otherwise a stranger could void a person's code with another request.
    let app = TestApp::demo().await;
    let first = request_code(&app, ANA).await;
    let second = request_code(&app, ANA).await;
    assert_ne!(first.request_id, second.request_id);
    if first.code != second.code {
        let mixed = enter_code(&app, &second.request_id, &first.code, None).await;
        assert_eq!(messages(&mixed), [WRONG], "a code works with its own request only");
    }
    assert!(enter_code(&app, &first.request_id, &first.code, None).await["token"].is_string());
    assert!(enter_code(&app, &second.request_id, &second.code, None).await["token"].is_string());
}

#[tokio::test]
async fn code_needs_its_request_id() {
    // SES-10
    let app = TestApp::demo().await;
    let ana = request_code(&app, ANA).await;
    let other = request_code(&app, STRANGER).await;
    assert_eq!(messages(&enter_code(&app, &other.request_id, &ana.code, None).await), [WRONG]);
    let link = app.database().db_texts("select id::text as text from sign_in_links").await;
    for unknown in ["", "x", &link[0], &mailed_token(&app, ANA).await, &ana.request_id.to_uppercase()] {
        assert_eq!(messages(&enter_code(&app, unknown, &ana.code, None).await), [VOID], "{unknown}");
    }
    assert!(enter_code(&app, &ana.request_id, &ana.code, None).await["token"].is_string());
}

#[tokio::test]
async fn code_expires_with_its_link() {
    // SES-10
    let app = TestApp::demo().await;
    let CodeOf { request_id, code } = request_code(&app, ANA).await;
    let minutes = "select extract(epoch from c.expires_at - c.created_at)::bigint / 60 as count from sign_in_codes c
        join sign_in_links l on l.id = c.link_id and l.expires_at = c.expires_at";
    assert_eq!(app.database().db_count(minutes).await, 15);
    app.database().db_execute("update sign_in_codes set expires_at = now()").await;
    assert_eq!(messages(&enter_code(&app, &request_id, &code, None).await), [VOID]);
    // Expired requests are deleted.
    request_code(&app, STRANGER).await;
    assert_eq!(app.database().db_count("select count(*) from sign_in_codes").await, 1);
}

#[tokio::test]
async fn new_credentials_void_codes() {
    let app = TestApp::demo().await;
    let CodeOf { request_id, code } = request_code(&app, ANA).await;
    set_password(&app, &fresh_link(&app, ANA).await, PASSWORD).await;
    assert_eq!(messages(&enter_code(&app, &request_id, &code, None).await), [VOID]);
    let CodeOf { request_id, code } = request_code(&app, BEN).await;
    app.database().db_execute(&format!("update identities set disabled_at = now() where email = '{BEN}'")).await;
    assert_eq!(messages(&enter_code(&app, &request_id, &code, None).await), [VOID], "a disabled account");
}

#[tokio::test]
async fn code_asks_for_the_account() {
    // SES-10, SEC-12
    let app = TestApp::demo().await;
    let CodeOf { request_id, code } = request_code(&app, HANA).await;
    let asked = enter_code(&app, &request_id, &code, None).await;
    assert_eq!(codes(&asked), ["CHOICE_REQUIRED"]);
    let choices = asked["choices"].as_array().map(Vec::len);
    assert_eq!((choices, &asked["choices"][0]["key"]), (Some(2), &json!("CLIENT")), "{asked}");
    // Neither the question nor an invalid choice consumes the code, or counts as wrong.
    for wrong in ["TRADE", "STAFF:0", "OWNER", ""] {
        assert_eq!(codes(&enter_code(&app, &request_id, &code, Some(wrong)).await), ["NOT_FOUND"], "{wrong}");
    }
    assert_eq!(app.database().db_count("select sum(wrong_attempts) as count from sign_in_codes").await, 0);
    let refused = enter_code(&app, &request_id, &wrong_code(&code), Some("TRADE")).await;
    assert_eq!(messages(&refused), [WRONG], "a wrong code tells no choice");
    let hana = enter_code(&app, &request_id, &code, Some("CLIENT")).await;
    let hana = Person::with_token(hana["token"].as_str().expect("a token"));
    let role = app.ask(&hana, "{ viewer { role } }").await;
    assert_eq!(*role.at("/viewer/role"), json!("CLIENT"));
}

#[tokio::test]
async fn code_is_bound_to_the_portal_of_its_link() {
    // ORG-5
    let app = TestApp::demo().await;
    let CodeOf { request_id, code } = request_code(&app, ANA).await;
    enter_code(&app, &request_id, &code, None).await;
    consume(&app, &mailed_token(&app, ANA).await, None).await;
    let companies =
        "select coalesce(company_id::text, '-') as text from sessions where created_at > now() - interval '1 minute'
        order by created_at desc limit 2";
    let companies = app.database().db_texts(companies).await;
    assert_eq!(companies[0], companies[1]);
}

#[tokio::test]
async fn code_starts_a_cookie_session() {
    // SES-10, SES-7
    let app = TestApp::demo().await;
    let CodeOf { request_id, code } = request_code(&app, ANA).await;
    let query =
        "mutation($input: MagicCodeConsumeInput!) { magicCodeConsume(input: $input) { token userErrors { code } } }";
    let input = json!({ "requestId": request_id, "code": code, "sessionTransport": "COOKIE" });
    let reply = app.ask_with(&Person::public(), query, json!({ "input": input })).await;
    assert_eq!(*reply.at("/magicCodeConsume"), json!({ "token": null, "userErrors": [] }));
    let cookie = reply.headers["set-cookie"].to_str().expect("cookies are text");
    assert!(cookie.starts_with("__Host-portico-session=ps_") && !reply.text.contains("ps_"), "{cookie}");
}

#[tokio::test]
async fn companies_without_links_refuse_codes() {
    // RULE-3
    let app = TestApp::demo().await;
    app.database().db_execute("update company_portals set offers_link = false, offers_password = true").await;
    let CodeOf { request_id, code } = request_code(&app, ANA).await;
    let refused = enter_code(&app, &request_id, &code, None).await;
    assert_eq!(codes(&refused), ["INVALID_STATE"], "{refused}");
    let set = set_password(&app, &mailed_token(&app, ANA).await, PASSWORD).await;
    assert!(set["token"].is_string(), "the link sets a password: {set}");
}

#[tokio::test]
async fn database_holds_no_code_or_request_id() {
    // SES-10
    let app = TestApp::demo().await;
    let CodeOf { request_id, code } = request_code(&app, ANA).await;
    enter_code(&app, &request_id, &wrong_code(&code), None).await;
    let rows = "select row(c.*)::text as text from sign_in_codes c union all select row(l.*)::text from sign_in_links l
        union all select payload::text from jobs union all select row(a.*)::text from activity a";
    let rows = app.database().db_texts(rows).await;
    assert!(rows.len() >= 5, "{rows:?}");
    // Six digits may occur in ids and hashes by chance, but not between other characters.
    let is_word = |row: &String| row.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| word == code);
    assert!(rows.iter().all(|row| !row.contains(&request_id) && !row.contains(&request_id[3..])), "{rows:?}");
    assert!(!rows.iter().any(is_word), "{code}: {rows:?}");
}

/// The status, headers and text of a reply, with its ids replaced.
fn shown(reply: &Reply, request_id: &str) -> (u16, Vec<(String, String)>, String) {
    let headers = reply.headers.iter().filter(|(name, _)| !matches!(name.as_str(), "x-request-id" | "date"));
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()));
    let without = |text: &str| text.replace(request_id, "REQUEST");
    (reply.status.as_u16(), headers.filter(|(name, _)| !name.starts_with("ratelimit")).collect(), without(&reply.text))
}

#[tokio::test]
async fn unknown_address_gets_equal_replies() {
    // SES-10, SES-5, SEC-10
    let app = TestApp::demo().await;
    let statements = db_statements(app.database()).await;
    let app = app.cold();
    let mut seen = Vec::new();
    app.database().db_execute(&format!("update identities set disabled_at = now() where email = '{BEN}'")).await;
    for email in [ANA, STRANGER, BEN] {
        let asked = "mutation($input: MagicLinkRequestInput!) { magicLinkRequest(input: $input) {
            requestId message userErrors { code } } }";
        let asked = app.ask_with(&Person::public(), asked, json!({ "input": { "email": email } })).await;
        let request_id = asked.at("/magicLinkRequest/requestId").as_str().expect("a request id").to_owned();
        assert!(request_id.len() == 46 && request_id.starts_with("pr_"), "{request_id}");
        let of_request = statements.take();
        // What is stored for the request id costs the same statements for every address.
        let of_codes = of_request.into_iter().filter(|text| text.contains("sign_in_codes")).collect::<Vec<_>>();
        let right = if email == ANA { mailed_code(&app, ANA).await } else { "123456".to_owned() };
        statements.take();
        let mut replies = vec![shown(&asked, &request_id)];
        let mut attempts = Vec::new();
        for _ in 0..6 {
            let query = "mutation($input: MagicCodeConsumeInput!) { magicCodeConsume(input: $input) {
                token expiresAt choices { key label } userErrors { code field message meta { retryAfterSeconds } } } }";
            let input = json!({ "requestId": request_id, "code": wrong_code(&right) });
            let reply = app.ask_with(&Person::public(), query, json!({ "input": input })).await;
            replies.push(shown(&reply, &request_id));
            attempts.push(statements.take());
        }
        seen.push((replies, of_codes, attempts));
    }
    let (replies, of_codes, attempts) = &seen[0];
    assert!(replies[5].2.contains(WRONG) && replies[6].2.contains(VOID), "{replies:?}");
    assert!(of_codes.len() == 3 && attempts.iter().all(|texts| texts.len() > 2), "{of_codes:?} {attempts:?}");
    for other in &seen[1..] {
        assert_eq!(&seen[0], other);
    }
}

#[tokio::test]
async fn attempts_at_codes_are_limited_by_address() {
    // SES-10, SEC-5: six digits could be guessed with many requests, from many networks.
    let app = TestApp::demo().await;
    for email in [ANA, STRANGER] {
        let attempt = async |request: &CodeOf, code: &str, network: usize| {
            let mut actor = app.actor(std::sync::Arc::new(Viewer::public()));
            actor.origin.network = format!("203.0.113.{network}").parse().ok();
            let (request_id, code) = (request.request_id.as_str().into(), code.into());
            match (CodeConsume { request_id, code, choice: None }).run(&actor).await {
                Ok(_) => None,
                Err(ActionError::Refused(refusals)) => Some(refusals[0].code),
                Err(other) => panic!("{other}"),
            }
        };
        for network in 0..4 {
            let request = request_code(&app, email).await;
            for _ in 0..5 {
                let refused = attempt(&request, &wrong_code(&request.code), network).await;
                assert_eq!(refused, Some(RefusalCode::SignInRefused));
            }
        }
        let request = request_code(&app, email).await;
        let refused = attempt(&request, &request.code, 9).await;
        assert_eq!(refused, Some(RefusalCode::TooManyAttempts), "{email}");
        if email == ANA {
            let linked = consume(&app, &mailed_token(&app, ANA).await, None).await;
            assert!(linked["token"].is_string(), "links are not limited by codes: {linked}");
        }
    }
}

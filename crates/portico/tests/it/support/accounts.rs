//! Helpers of these tests.

use axum::body::Body;
use axum::http::{Method, Request, header};
use portico_testkit::{Person, Reply, TestApp};
use serde_json::{Value, json};

/// Ana's address.
pub(crate) const ANA: &str = "ana.whitlock@mail.example";
/// Her partner's address.
pub(crate) const BEN: &str = "ben.whitlock@mail.example";
/// The address of a person who is staff at one company and client of another.
pub(crate) const HANA: &str = "Hana.Sato@mail.example";
/// An address without an account.
pub(crate) const STRANGER: &str = "nobody.at.all@mail.example";
/// A strong password.
pub(crate) const PASSWORD: &str = "seven cedar stairs, unpainted";

const REQUEST: &str = "mutation($input: MagicLinkRequestInput!) { magicLinkRequest(input: $input) {
    message userErrors { code field message meta { retryAfterSeconds } } } }";
const CONSUME: &str = "mutation($input: MagicLinkConsumeInput!) { magicLinkConsume(input: $input) {
    token expiresAt choices { key label } userErrors { code field message } } }";
const SET: &str = "mutation($input: PasswordSetInput!) { passwordSet(input: $input) {
    token choices { key } userErrors { code field message } } }";
const SIGN_IN: &str = "mutation($input: SignInInput!) { signIn(input: $input) {
    token expiresAt choices { key label } userErrors { code field message meta { retryAfterSeconds } } } }";

/// Requests a link.
pub(crate) async fn request_link(app: &TestApp, email: &str) -> Reply {
    app.ask_with(&Person::public(), REQUEST, json!({ "input": { "email": email } })).await
}

/// The token in the newest mail to an address.
pub(crate) async fn mailed_token(app: &TestApp, address: &str) -> String {
    let mails = app.db_mails().await;
    let newest = mails.iter().rev().find(|mail| mail.to_address == address);
    newest.and_then(|mail| mail.token.clone()).unwrap_or_else(|| panic!("no link was mailed to {address}"))
}

/// A new sign-in link for an address.
pub(crate) async fn fresh_link(app: &TestApp, email: &str) -> String {
    request_link(app, email).await;
    mailed_token(app, email).await
}

/// A request id, and the code of its mail.
pub(crate) struct CodeOf {
    pub(crate) request_id: String,
    /// Any code if no mail was sent.
    pub(crate) code: String,
}

/// Requests a link and a code.
pub(crate) async fn request_code(app: &TestApp, email: &str) -> CodeOf {
    let before = app.db_mails().await.len();
    let query = "mutation($input: MagicLinkRequestInput!) { magicLinkRequest(input: $input) { requestId userErrors { code } } }";
    let reply = app.ask_with(&Person::public(), query, json!({ "input": { "email": email } })).await;
    let request_id = reply.at("/magicLinkRequest/requestId").as_str().unwrap_or_else(|| panic!("{}", reply.text));
    let is_mailed = app.db_mails().await.len() > before;
    let code = if is_mailed { mailed_code(app, email).await } else { "000000".to_owned() };
    CodeOf { request_id: request_id.to_owned(), code }
}

/// The code in the newest mail to an address.
pub(crate) async fn mailed_code(app: &TestApp, address: &str) -> String {
    let mails = app.db_mails().await;
    let newest = mails.iter().rev().find(|mail| mail.to_address == address).expect("a mail");
    let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
    newest.text.lines().find(is_code).unwrap_or_else(|| panic!("no code in {}", newest.text)).to_owned()
}

/// Another code than this one.
pub(crate) fn wrong_code(code: &str) -> String {
    let number: u32 = code.parse().expect("a code is a number");
    format!("{:06}", (number + 1) % 1_000_000)
}

/// Signs in with a code.
pub(crate) async fn enter_code(app: &TestApp, request_id: &str, code: &str, choice: Option<&str>) -> Value {
    let query = "mutation($input: MagicCodeConsumeInput!) { magicCodeConsume(input: $input) {
        token expiresAt choices { key label } userErrors { code field message } } }";
    let input = json!({ "requestId": request_id, "code": code, "choiceKey": choice });
    let reply = app.ask_with(&Person::public(), query, json!({ "input": input })).await;
    reply.json["data"]["magicCodeConsume"].clone()
}

/// Consumes a link.
pub(crate) async fn consume(app: &TestApp, token: &str, choice: Option<&str>) -> Value {
    let input = json!({ "token": token, "choiceKey": choice });
    let reply = app.ask_with(&Person::public(), CONSUME, json!({ "input": input })).await;
    reply.json["data"]["magicLinkConsume"].clone()
}

/// Signs in with a new link.
pub(crate) async fn signed_in(app: &TestApp, email: &str, choice: Option<&str>) -> Person {
    let token = fresh_link(app, email).await;
    let payload = consume(app, &token, choice).await;
    Person::with_token(payload["token"].as_str().unwrap_or_else(|| panic!("{email} cannot sign in: {payload}")))
}

/// Sets a password with a link.
pub(crate) async fn set_password(app: &TestApp, token: &str, password: &str) -> Value {
    let input = json!({ "token": token, "password": password });
    let reply = app.ask_with(&Person::public(), SET, json!({ "input": input })).await;
    reply.json["data"]["passwordSet"].clone()
}

/// Attempts to sign in with a password.
pub(crate) async fn sign_in(app: &TestApp, email: &str, password: &str) -> Reply {
    let input = json!({ "email": email, "password": password });
    app.ask_with(&Person::public(), SIGN_IN, json!({ "input": input })).await
}

/// The codes of a payload's errors.
pub(crate) fn codes(payload: &Value) -> Vec<&str> {
    let errors = payload["userErrors"].as_array().into_iter().flatten();
    errors.filter_map(|error| error["code"].as_str()).collect()
}

/// A request of a browser, without a body.
pub(crate) fn browser(method: Method, path: &str, cookie: Option<&str>) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header(header::HOST, "portal.alderbrook.example");
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    request.body(Body::empty()).expect("a request can be made")
}

/// The session cookie of a reply, as a browser sends it back.
pub(crate) fn cookie_of(reply: &Reply) -> String {
    let cookie = reply.headers["set-cookie"].to_str().expect("cookies are text");
    cookie.split(';').next().unwrap_or_default().to_owned()
}

/// The viewer's name, or the error.
pub(crate) async fn name_of(app: &TestApp, person: &Person) -> String {
    let reply = app.ask(person, "{ viewer { name } }").await;
    reply.json["data"]["viewer"]["name"].as_str().map_or_else(|| reply.code().to_owned(), str::to_owned)
}

/// A request of a browser that sends a page's form.
pub(crate) fn browser_form(path: &str, form: &str) -> Request<Body> {
    let request = Request::post(path)
        .header(header::HOST, "portal.alderbrook.example")
        .header(header::ACCEPT, "text/html,application/xhtml+xml")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin");
    request.body(Body::from(form.to_owned())).expect("a request can be made")
}

/// Makes all sessions new, which a first password and a new address require.
pub(crate) async fn db_signed_in_just_now(app: &TestApp) {
    app.database().db_execute("update sessions set created_at = now()").await;
}

/// Makes each session older by this many seconds.
pub(crate) async fn db_age_sessions(app: &TestApp, seconds: i64) {
    let older = format!(
        "update sessions set created_at = created_at - interval '{seconds} s', last_seen_at = last_seen_at - interval '{seconds} s',
            expires_at = expires_at - interval '{seconds} s'"
    );
    app.database().db_execute(&older).await;
}

/// Waits until the use of the newest session is recorded, which happens after the reply.
pub(crate) async fn session_use_noted(app: &TestApp) {
    let stale = "select count(*) from sessions where last_seen_at < now() - interval '1 hour' and revoked_at is null
        and token_hash in (select token_hash from sessions order by created_at desc limit 1)";
    while app.database().db_count(stale).await > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

//! Tests of mailed links.

use axum::http::{Method, StatusCode};
use portico_testkit::{Person, TestApp};
use serde_json::json;

use crate::support::accounts::{
    ANA, BEN, HANA, PASSWORD, STRANGER, browser, browser_form, codes, consume, cookie_of, db_signed_in_just_now,
    fresh_link, mailed_token, name_of, request_link, set_password, sign_in,
};
use crate::support::clients::{add, client_create};
use crate::support::project;

#[tokio::test]
async fn mailed_link_signs_in_without_password() {
    // SES-1, INV-19
    let app = TestApp::demo().await;
    let token = fresh_link(&app, ANA).await;
    let payload = consume(&app, &token, None).await;
    assert_eq!(codes(&payload), Vec::<&str>::new(), "{payload}");
    let ana = Person::with_token(payload["token"].as_str().expect("there is a token"));
    let reply = app.ask(&ana, "{ viewer { name role projects { nodes { name } } } }").await;
    assert_eq!(*reply.at("/viewer/role"), json!("CLIENT"));
    assert_eq!(reply.at("/viewer/projects/nodes").as_array().map(Vec::len), Some(2), "{}", reply.text);
}

#[tokio::test]
async fn link_works_once_under_concurrency() {
    // SEC-20
    let app = TestApp::concurrent().await;
    let token = fresh_link(&app, ANA).await;
    let attempts = (0..12).map(|_| consume(&app, &token, None));
    let payloads = futures_util::future::join_all(attempts).await;
    let (won, lost): (Vec<_>, Vec<_>) = payloads.iter().partition(|payload| payload["token"].is_string());
    assert_eq!(won.len(), 1, "{payloads:?}");
    assert!(lost.iter().all(|payload| **payload == *lost[0]), "all others get the same result: {lost:?}");
    assert_eq!(codes(lost[0]), ["SIGN_IN_REFUSED"]);
}

#[tokio::test]
async fn invalid_links_have_the_same_error() {
    let app = TestApp::demo().await;
    let used = fresh_link(&app, ANA).await;
    consume(&app, &used, None).await;
    let late = fresh_link(&app, BEN).await;
    app.database().db_execute("update sign_in_links set expires_at = now() where used_at is null").await;
    // After sign-in the other links are not needed.
    let other = fresh_link(&app, ANA).await;
    consume(&app, &fresh_link(&app, ANA).await, None).await;
    let forged = format!("{}A", &other[..63]);
    let expected = consume(&app, &used, None).await;
    for token in [&used, &late, &other, &forged, "", "x", &"A".repeat(64)] {
        assert_eq!(consume(&app, token, None).await, expected, "{token}");
    }
    assert_eq!(codes(&expected), ["SIGN_IN_REFUSED"]);
    assert!(consume(&app, &fresh_link(&app, ANA).await, None).await["token"].is_string(), "a new link works");
}

#[tokio::test]
async fn a_link_works_for_fifteen_minutes() {
    // SEC-20
    let app = TestApp::demo().await;
    fresh_link(&app, ANA).await;
    let minutes = "select extract(epoch from expires_at - created_at)::bigint / 60 as count from sign_in_links";
    assert_eq!(app.database().db_count(minutes).await, 15);
}

#[tokio::test]
async fn link_request_hides_accounts() {
    // SES-5, SEC-10
    let app = TestApp::demo().await;
    let known = request_link(&app, ANA).await;
    let unknown = request_link(&app, STRANGER).await;
    let disabled = {
        app.database().db_execute(&format!("update identities set disabled_at = now() where email = '{BEN}'")).await;
        request_link(&app, BEN).await
    };
    for other in [&unknown, &disabled] {
        assert_eq!((known.status, &known.json["data"]), (other.status, &other.json["data"]));
        assert_eq!(known.text.len(), other.text.len());
    }
    let mails = app.db_mails().await;
    assert_eq!(mails.iter().map(|mail| mail.to_address.as_str()).collect::<Vec<_>>(), [ANA]);
    // The audit log names no stranger.
    let entries = app.database().db_texts("select activity::text as text from activity").await;
    assert_eq!(entries.len(), 3, "{entries:?}");
    assert!(entries.iter().all(|row| !row.contains("nobody.at.all")), "{entries:?}");
}

#[tokio::test]
async fn link_request_takes_the_same_time() {
    // SEC-10: both replies wait for the same time, which is later than either result.
    let app = TestApp::demo().await;
    request_link(&app, ANA).await;
    let mut shortest = std::time::Duration::MAX;
    for email in [ANA, STRANGER, ANA, STRANGER] {
        let started = std::time::Instant::now();
        request_link(&app, email).await;
        shortest = shortest.min(started.elapsed());
    }
    assert!(shortest >= std::time::Duration::from_millis(200), "{shortest:?}");
}

#[tokio::test]
async fn only_the_button_consumes_a_link() {
    // RULE-2
    let app = TestApp::demo().await;
    let token = fresh_link(&app, ANA).await;
    let path = format!("/auth/link/{token}");
    for method in [Method::GET, Method::HEAD, Method::GET, Method::OPTIONS] {
        app.send(browser(method, &path, None)).await;
    }
    let page = app.send(browser(Method::GET, &path, None)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("<form method=\"post\""), "{}", page.text);
    assert_eq!(page.headers["referrer-policy"], "no-referrer");
    assert_eq!(page.headers["cache-control"], "no-store");
    assert!(page.headers["content-security-policy"].to_str().is_ok_and(|it| it.contains("default-src 'none'")));
    let entered = app.send(browser(Method::POST, &path, None)).await;
    assert_eq!(
        (entered.status, &entered.headers["location"]),
        (StatusCode::SEE_OTHER, &"/auth/session".parse().unwrap())
    );
    assert_eq!(app.send(browser(Method::POST, &path, None)).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn used_link_offers_a_new_one() {
    // SES-6
    let app = TestApp::demo().await;
    let path = format!("/auth/link/{}", fresh_link(&app, ANA).await);
    let entered = app.send(browser(Method::POST, &path, None)).await;
    let cookie = cookie_of(&entered);
    let again = app.send(browser(Method::GET, &path, Some(&cookie))).await;
    assert_eq!((again.status, &again.headers["location"]), (StatusCode::SEE_OTHER, &"/auth/session".parse().unwrap()));
    app.database().db_execute("update sessions set revoked_at = now() where device is null").await;
    let dead = app.send(browser(Method::GET, &path, Some(&cookie))).await;
    assert_eq!(dead.status, StatusCode::GONE);
    let fresh = format!("{path}/fresh").replace('/', "&#x2f;");
    assert!(dead.text.contains(&format!("action=\"{fresh}\"")), "{}", dead.text);
    let before = app.db_mails().await.len();
    assert_eq!(app.send(browser(Method::POST, &format!("{path}/fresh"), None)).await.status, StatusCode::SEE_OTHER);
    let mails = app.db_mails().await;
    assert_eq!((mails.len(), mails.last().map(|mail| mail.to_address.as_str())), (before + 1, Some(ANA)));
    // A forged link sends no mail.
    let forged = format!("/auth/link/{}/fresh", "A".repeat(64));
    assert_eq!(app.send(browser(Method::POST, &forged, None)).await.status, StatusCode::GONE);
    assert_eq!(app.db_mails().await.len(), before + 1);
}

#[tokio::test]
async fn link_of_another_user_changes_nothing() {
    // SEC-18
    let app = TestApp::demo().await;
    let ana = app.send(browser(Method::POST, &format!("/auth/link/{}", fresh_link(&app, ANA).await), None)).await;
    let cookie = cookie_of(&ana);
    let places = "select string_agg(m.id::text || m.identity_id::text || m.access_level, ',' order by m.id) as text
        from project_memberships m";
    let before = app.database().db_texts(places).await;
    let path = format!("/auth/link/{}", fresh_link(&app, BEN).await);
    let page = app.send(browser(Method::GET, &path, Some(&cookie))).await;
    assert_eq!(page.status, StatusCode::OK, "it is not opened as Ana");
    let entered = app.send(browser(Method::POST, &path, Some(&cookie))).await;
    let ben = cookie_of(&entered);
    let of = |cookie: &str| Person::with_token(cookie.split_once('=').unwrap().1);
    assert_eq!(name_of(&app, &of(&ben)).await, "Ben Whitlock");
    assert_eq!(name_of(&app, &of(&cookie)).await, "Ana Whitlock");
    assert_eq!(app.database().db_texts(places).await, before);
}

#[tokio::test]
async fn cross_site_form_does_not_sign_in() {
    let app = TestApp::demo().await;
    let path = format!("/auth/link/{}", fresh_link(&app, ANA).await);
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        let mut request = browser(Method::POST, &path, None);
        request.headers_mut().insert(name, value.parse().unwrap());
        assert_eq!(app.send(request).await.status, StatusCode::FORBIDDEN, "{name}: {value}");
    }
    let mut own = browser(Method::POST, &path, None);
    own.headers_mut().insert("origin", "https://portal.alderbrook.example".parse().unwrap());
    assert_eq!(app.send(own).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn database_holds_no_token() {
    // SEC-22
    let app = TestApp::demo().await;
    let token = fresh_link(&app, ANA).await;
    let session = consume(&app, &token, None).await["token"].as_str().unwrap().to_owned();
    let tables = "select table_name::text as text from information_schema.tables where table_schema = 'public'";
    let mut looked_at = 0;
    for table in app.database().db_texts(tables).await {
        for row in app.database().db_texts(&format!("select t::text as text from {table} t")).await {
            looked_at += 1;
            assert!(!row.contains(&token) && !row.contains(&session), "{table}: {row}");
        }
    }
    assert!(looked_at > 300);
}

#[tokio::test]
async fn link_requests_do_not_void_links() {
    let app = TestApp::demo().await;
    let token = fresh_link(&app, ANA).await;
    request_link(&app, ANA).await;
    assert!(consume(&app, &token, None).await["token"].is_string());
}

#[tokio::test]
async fn password_change_voids_confirmation() {
    let app = TestApp::demo().await;
    db_signed_in_just_now(&app).await;
    let wish = "mutation { viewerUpdate(input: { email: \"thief@mail.example\" }) { userErrors { code } } }";
    app.ask(&Person::client(), wish).await;
    let mails = app.db_mails().await;
    let token = mails.last().and_then(|mail| mail.token.clone()).expect("a link was mailed");
    let set =
        crate::support::accounts::set_password(&app, &fresh_link(&app, ANA).await, crate::support::accounts::PASSWORD)
            .await;
    let ana = Person::with_token(set["token"].as_str().expect("she is in"));
    let confirm = "mutation($token: String!) { emailConfirm(input: { token: $token }) { userErrors { code } } }";
    let reply = app.ask_with(&ana, confirm, json!({ "token": token })).await;
    assert_eq!(codes(reply.at("/emailConfirm")), ["INVALID"], "{}", reply.text);
}

#[tokio::test]
async fn page_names_the_link_owner() {
    // The recipient of a forwarded link would be signed in as its owner.
    let app = TestApp::demo().await;
    let token = fresh_link(&app, ANA).await;
    let path = format!("/auth/link/{token}");
    let page = app.send(browser(Method::GET, &path, None)).await;
    assert!(page.text.contains(ANA), "{}", page.text);
    app.database().db_execute("update identities set email = '<b>a</b>@mail.example' where email like 'ana.%'").await;
    let page = app.send(browser(Method::GET, &path, None)).await;
    assert!(page.text.contains("&lt;b&gt;a&lt;") && !page.text.contains("<b>"), "{}", page.text);
    consume(&app, &token, None).await;
    let page = app.send(browser(Method::GET, &path, None)).await;
    assert!(!page.text.contains("mail.example"), "a used link reveals nothing: {}", page.text);
}

const INVITE_LINK: &str = "newcomer@mail.example";

#[tokio::test]
async fn invitation_page_sets_offered_password() {
    // INV-12, RULE-3
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let contact = client_create(&app, &owner, "New Comer", INVITE_LINK).await;
    add(&app, &owner, &project(&app, "alderbrook/ridge-view"), &contact, true).await;
    let path = format!("/auth/link/{}", mailed_token(&app, INVITE_LINK).await);
    let page = app.send(browser(Method::GET, &path, None)).await;
    assert!(page.text.contains("type=\"password\""), "{}", page.text);
    let weak = app.send(browser_form(&path, "password=password1")).await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        weak.text.contains("The password is too easy to guess") && weak.text.contains("type=\"password\""),
        "{}",
        weak.text
    );
    let form = url::form_urlencoded::Serializer::new(String::new()).append_pair("password", PASSWORD).finish();
    let entered = app.send(browser_form(&path, &form)).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "the link works still: {}", entered.text);
    assert!(cookie_of(&entered).starts_with("__Host-portico-session=ps_"));
    assert!(sign_in(&app, INVITE_LINK, PASSWORD).await.at("/signIn/token").is_string());
    // A sign-in link takes none, and neither does an invitation of a company that offers none.
    let page = app.send(browser(Method::GET, &format!("/auth/link/{}", fresh_link(&app, BEN).await), None)).await;
    assert!(!page.text.contains("type=\"password\""));
    app.database().db_execute("update company_portals set offers_password = false").await;
    let other = client_create(&app, &owner, "Other", "other@mail.example").await;
    add(&app, &owner, &project(&app, "alderbrook/ridge-view"), &other, true).await;
    let path = format!("/auth/link/{}", mailed_token(&app, "other@mail.example").await);
    let page = app.send(browser(Method::GET, &path, None)).await;
    assert!(page.text.contains("Open my portal") && !page.text.contains("type=\"password\""), "{}", page.text);
    assert_eq!(app.send(browser_form(&path, "")).await.status, StatusCode::SEE_OTHER, "none has to be chosen");
}

/// The first tag of a page that contains a text.
fn tag<'a>(page: &'a str, text: &str) -> &'a str {
    let before = page.split_once(text).unwrap_or_else(|| panic!("no {text} in {page}")).0;
    let tag = &page[before.rfind('<').expect("it is in a tag")..];
    &tag[..=tag.find('>').expect("tags end")]
}

#[tokio::test]
async fn password_form_names_its_account() {
    let app = TestApp::demo().await;
    let contact = client_create(&app, &Person::owner(), "New Comer", INVITE_LINK).await;
    add(&app, &Person::owner(), &project(&app, "alderbrook/ridge-view"), &contact, true).await;
    let path = format!("/auth/link/{}", mailed_token(&app, INVITE_LINK).await);
    let fresh = app.send(browser(Method::GET, &path, None)).await;
    let refused = app.send(browser_form(&path, &format!("username={INVITE_LINK}&password=password1"))).await;
    for (page, status) in [(&fresh, StatusCode::OK), (&refused, StatusCode::UNPROCESSABLE_ENTITY)] {
        assert_eq!(page.status, status);
        let (form, _) =
            page.text.split_once("<form ").and_then(|(_, rest)| rest.split_once("</form>")).expect("a form");
        let account = tag(form, "autocomplete=\"username\"");
        for part in ["type=\"email\"", &format!("value=\"{INVITE_LINK}\""), "readonly", "hidden"] {
            assert!(account.contains(part), "{part}: {account}");
        }
        let password = tag(form, "type=\"password\"");
        assert!(password.contains("autocomplete=\"new-password\""), "{password}");
        assert_eq!(page.text.matches("type=\"password\"").count(), 1, "{}", page.text);
        // The rule is stated before a refusal as well, beside the field.
        assert!(password.contains("password-note\"") && password.contains("maxlength=\"200\""), "{password}");
        let rule = "class=\"note\">Use several unrelated words that are hard to guess, at most 200 characters. ";
        assert!(form.contains(rule), "{form}");
    }
    let fault = tag(&refused.text, "id=\"password-fault\"");
    assert!(fault.contains("role=\"alert\""), "{fault}");
    let field = tag(&refused.text, "type=\"password\"");
    assert!(field.contains("aria-invalid=\"true\"") && field.contains("aria-describedby=\"password-fault "), "{field}");
    // The field with the account's address changes nothing.
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("username", ANA)
        .append_pair("password", PASSWORD)
        .finish();
    assert_eq!(app.send(browser_form(&path, &form)).await.status, StatusCode::SEE_OTHER);
    assert!(sign_in(&app, INVITE_LINK, PASSWORD).await.at("/signIn/token").is_string());
}

#[tokio::test]
async fn refused_password_keeps_chosen_account() {
    // RULE-3: without sign-in by link, a password is set during sign-in, for one of several accounts.
    let app = TestApp::demo().await;
    app.database().db_execute("update company_portals set offers_link = false, offers_password = true").await;
    let path = format!("/auth/link/{}", fresh_link(&app, HANA).await);
    let page = app.send(browser(Method::GET, &path, None)).await;
    assert!(page.text.contains(">Password</label>"), "it is not optional: {}", page.text);
    let form = url::form_urlencoded::Serializer::new(String::new()).append_pair("password", PASSWORD).finish();
    assert_eq!(app.send(browser_form(&path, &form)).await.status, StatusCode::SEE_OTHER);
    let choice = app.send(browser(Method::GET, &format!("{path}/choose"), None)).await;
    assert!(choice.text.contains("Choose an account"), "{}", choice.text);
    let chosen = format!("{path}?as=CLIENT");
    for (form, says) in [("", "our companies require a password"), ("password=password1", "too easy to guess")] {
        let refused = app.send(browser_form(&chosen, form)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        assert!(refused.text.contains(says), "{}", refused.text);
        let action = chosen.replace('/', "&#x2f;");
        assert!(refused.text.contains(&format!("action=\"{action}\"")), "{}", refused.text);
    }
    assert_eq!(app.send(browser_form(&chosen, &form)).await.status, StatusCode::SEE_OTHER);
    assert!(sign_in(&app, HANA, PASSWORD).await.json["data"]["signIn"]["userErrors"][0]["code"] != "SIGN_IN_REFUSED");
    // The choice is untrusted text.
    let path = format!("/auth/link/{}", fresh_link(&app, HANA).await);
    let hostile = app.send(browser_form(&format!("{path}?as=%22%3E%3Cb%3E"), "password=password1")).await;
    assert!(!hostile.text.contains("<b>"), "{}", hostile.text);
}

#[tokio::test]
async fn unknown_choice_keeps_the_link() {
    let app = TestApp::demo().await;
    let path = format!("/auth/link/{}", fresh_link(&app, ANA).await);
    for choice in ["garbage", "", "TRADE", "STAFF%3A0", "%F0%9F%8F%A0"] {
        let shown = app.send(browser(Method::POST, &format!("{path}?as={choice}"), None)).await;
        assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY, "{choice}: {}", shown.text);
        assert!(shown.text.contains("This account cannot be chosen."), "{choice}: {}", shown.text);
        let action = path.replace('/', "&#x2f;");
        assert!(shown.text.contains(&format!("action=\"{action}\"")), "{choice}: {}", shown.text);
        assert!(!shown.text.contains("does not work"), "{choice}: {}", shown.text);
    }
    assert_eq!(app.send(browser(Method::POST, &path, None)).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn another_account_keeps_the_confirmation() {
    let app = TestApp::demo().await;
    db_signed_in_just_now(&app).await;
    let ask = "mutation { viewerUpdate(input: { email: \"ana.new@mail.example\" }) { userErrors { message } } }";
    let payload = app.ask(&Person::client(), ask).await;
    assert_eq!(*payload.at("/viewerUpdate/userErrors"), json!([]), "{}", payload.text);
    let path = format!("/auth/link/{}", mailed_token(&app, "ana.new@mail.example").await);
    let ben = app.send(browser(Method::POST, &format!("/auth/link/{}", fresh_link(&app, BEN).await), None)).await;
    let other = app.send(browser(Method::POST, &path, Some(&cookie_of(&ben)))).await;
    assert_eq!(other.status, StatusCode::FORBIDDEN, "{}", other.text);
    assert!(other.text.contains("a different account") && !other.text.contains("does not work"), "{}", other.text);
    assert!(!other.text.contains("viewerUpdate"), "{}", other.text);
    assert!(app.send(browser(Method::GET, &path, None)).await.text.contains("Is ana.new@mail.example your new"));
}

#[tokio::test]
async fn refused_sign_ins_are_audited() {
    // Every attempt is in the audit log.
    let app = TestApp::demo().await;
    let used = fresh_link(&app, ANA).await;
    consume(&app, &used, None).await;
    for token in [used.as_str(), "nonsense"] {
        consume(&app, token, None).await;
        set_password(&app, token, PASSWORD).await;
        let confirm = "mutation($token: String!) { emailConfirm(input: { token: $token }) { userErrors { code } } }";
        app.ask_with(&Person::client(), confirm, json!({ "token": token })).await;
    }
    sign_in(&app, ANA, "wrong").await;
    let change =
        "mutation { viewerPasswordChange(input: { newPassword: \"seven cedar stairs\" }) { userErrors { code } } }";
    app.ask(&Person::client(), change).await;
    let rows = "select (details ->> 'by') || ' ' || (subject_id is not null) as text from activity
        where kind = 'SIGN_IN_REFUSED' order by at, id";
    let expected = [
        "link true",
        "link true",
        "confirmation true",
        "link false",
        "link false",
        "confirmation false",
        "password true",
        "current password true",
    ];
    assert_eq!(app.database().db_texts(rows).await, expected);
}

#[tokio::test]
async fn renewed_link_keeps_its_portal() {
    let app = TestApp::demo().await;
    let query = "mutation($input: MagicLinkRequestInput!) { magicLinkRequest(input: $input) { message } }";
    let input = json!({ "input": { "email": ANA, "host": "portal.fernhill.example" } });
    app.ask_with(&Person::public(), query, input).await;
    let link = async || app.db_mails().await.last().and_then(|mail| mail.link.clone()).unwrap_or_default();
    let host = link().await.split('/').nth(2).unwrap_or_default().to_owned();
    assert!(host.contains("fernhill"), "{host}");
    let token = mailed_token(&app, ANA).await;
    consume(&app, &token, None).await;
    app.send(browser_form(&format!("/auth/link/{token}/fresh"), "")).await;
    let fresh = link().await;
    assert!(fresh.contains(&host) && !fresh.contains(&token), "{fresh}");
}

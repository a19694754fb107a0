//! Tests of files that arrive by mail (FIL-2, A87).

use axum::body::Body;
use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use portico::inbound_mail::{DEMO_DOMAIN, DEMO_KEY, InboundMail};
use portico_adapters::files::FileStoreError;
use portico_adapters::inbound_mail::SenderVerifier;
use portico_core::access::Permission;
use portico_core::files::RenditionKind;
use portico_core::files::limits::{FileLimits, MAIL_BYTES, UNATTRIBUTED_FILES};
use portico_core::webhooks::WebhookKey;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::{TEXT, names, perform, sees};
use crate::support::files::{download_path, now, request, sample, text};
use crate::support::inbound_mail::{Answer, DnsServer, Mail, address_of, deliver, deliver_at, dns_with_key, signed};
use crate::support::{BOWEN, GRANVILLE, MAPLE, ORCHARD, of_project, project, refusals, sql_id};

const ANA: &str = "Ana.Whitlock@mail.example";

/// What staff see of a file by its name.
async fn file(app: &TestApp, name: &str) -> Value {
    let fields = "files(first: 100) { nodes {
        id name state source sharedWithClients uploadedBy { name isCompany isVerified isViewer } } }";
    let found = of_project(app, &Person::owner(), MAPLE, fields).await;
    let all = found["files"]["nodes"].as_array().cloned().unwrap_or_default();
    all.into_iter().find(|file| file["name"] == name).unwrap_or(Value::Null)
}

fn id(file: &Value) -> &str {
    file["id"].as_str().unwrap_or_else(|| panic!("no file: {file}"))
}

/// Number of rows that a mail can leave: files, objects and mails.
async fn rows(app: &TestApp) -> [i64; 3] {
    let mut counts = [0; 3];
    for (count, table) in counts.iter_mut().zip(["files", "file_objects", "inbound_mails"]) {
        *count = app.database().db_count(&format!("select count(*) from {table}")).await;
    }
    counts
}

#[tokio::test]
async fn attachments_of_a_client_are_files() {
    // FIL-2, FIL-4
    let app = TestApp::demo().await;
    let to = address_of(&app, MAPLE).await;
    let mail =
        Mail::of(ANA, &to.to_uppercase()).with("Gutters.txt", TEXT).with("Attic.txt", sample(5_000_000)).checked();
    assert_eq!(deliver(&app, &mail).await, StatusCode::NO_CONTENT);
    let known = file(&app, "Gutters.txt").await;
    let expected = json!({
        "id": known["id"], "name": "Gutters.txt", "state": "AVAILABLE", "source": "MAIL", "sharedWithClients": true,
        "uploadedBy": { "name": "Ana Whitlock", "isCompany": false, "isVerified": true, "isViewer": false },
    });
    assert_eq!(known, expected);
    for (person, is_seen) in [(Person::client(), true), (Person::named("ben"), true), (Person::trade(), false)] {
        assert_eq!(sees(&app, &person, id(&known)).await, is_seen, "{person:?}");
    }
    let fields = "files(filter: { uploadedBy: CLIENTS }) { nodes { name uploadedBy { isViewer } } }";
    let of_ana = of_project(&app, &Person::client(), MAPLE, fields).await;
    let mine = of_ana["files"]["nodes"].as_array().cloned().unwrap_or_default();
    assert!(mine.contains(&json!({ "name": "Gutters.txt", "uploadedBy": { "isViewer": true } })), "{of_ana}");
    // Over the end of an object.
    let long = file(&app, "Attic.txt").await;
    let from = download_path(&app, &Person::named("ben"), id(&long), RenditionKind::Original);
    assert_eq!(text(&app, &from).await.text, sample(5_000_000));
    let log = "select kind || ' ' || actor_kind as text from activity where kind in ('MAIL_RECEIVED', 'FILE_UPLOADED') order by position";
    assert_eq!(
        app.database().db_texts(log).await,
        ["MAIL_RECEIVED CLIENT", "FILE_UPLOADED CLIENT", "FILE_UPLOADED CLIENT"]
    );
}

#[tokio::test]
async fn attachments_of_staff_start_unshared() {
    // FIL-2, FIL-8: a mail has no box to uncheck.
    let app = TestApp::demo().await;
    let mail = Mail::of("ruth@alderbrook.example", &address_of(&app, MAPLE).await).with("Gutters.txt", TEXT).checked();
    assert_eq!(deliver(&app, &mail).await, StatusCode::NO_CONTENT);
    let known = file(&app, "Gutters.txt").await;
    assert_eq!((&known["state"], &known["sharedWithClients"]), (&json!("AVAILABLE"), &json!(false)), "{known}");
    assert_eq!(known["uploadedBy"]["isViewer"], true);
    for person in [Person::client(), Person::named("ben"), Person::trade()] {
        assert!(!sees(&app, &person, id(&known)).await, "{person:?}");
    }
    assert!(sees(&app, &Person::staff(), id(&known)).await);
}

#[tokio::test]
async fn mail_of_others_is_quarantined() {
    // FIL-2, A87
    let app = TestApp::demo().await;
    let to = address_of(&app, MAPLE).await;
    // Removed from the project, a client is a stranger.
    app.database()
        .db_execute(&format!(
            "update project_memberships set removed_at = now() where project_id = {} and kind = 'CLIENT'
                and identity_id = (select id from identities where email_canonical = 'ben.whitlock@mail.example')",
            sql_id(MAPLE)
        ))
        .await;
    let of = |from: &str, name: &str| Mail::of(from, &to).with(name, TEXT);
    let forged = "Authentication-Results: elsewhere.example; dmarc=pass header.from=mail.example";
    let mails = [
        of(ANA, "1 unchecked.txt"),
        of(ANA, "2 forged.txt").under(forged),
        of(ANA, "3 failed.txt")
            .under("Authentication-Results: mx.portico.example; dmarc=fail header.from=mail.example"),
        of(ANA, "4 other domain.txt")
            .under("Authentication-Results: mx.portico.example; dmarc=pass header.from=evil.example"),
        of(ANA, "5 two senders.txt").checked().under("From: <boss@evil.example>"),
        of("ana.whitloc\u{212a}@mail.example", "5 kelvin sign.txt").checked(),
        of("stranger@evil.example", "6 stranger.txt").checked(),
        of("ben.whitlock@mail.example", "7 removed.txt").checked(),
        // Trade partners upload nothing in the portal either.
        of("tomas@lindqvist-carpentry.example", "8 trade.txt").checked(),
        // A client of another project, and staff of another company.
        of("dev.raman@mail.example", "9 elsewhere.txt").checked(),
        of("margot@fernhill.example", "10 other company.txt").checked(),
    ];
    for mail in &mails {
        assert_eq!(deliver(&app, mail).await, StatusCode::NO_CONTENT, "{mail:?}");
    }
    let unknown = "(first: 100, filter: { uploadedBy: OTHERS, state: QUARANTINED })";
    let found = names(&app, &Person::owner(), MAPLE, unknown).await;
    // With the one of the demo.
    assert_eq!(found.len(), mails.len() + 1, "{found:?}");
    let spoofed = file(&app, "1 unchecked.txt").await;
    assert_eq!(
        spoofed["uploadedBy"],
        json!({ "name": ANA, "isCompany": false, "isVerified": false, "isViewer": false })
    );
    for name in &found {
        let file = file(&app, name).await;
        for person in [Person::client(), Person::trade(), Person::named("ben")] {
            assert!(!sees(&app, &person, id(&file)).await, "{name}: {person:?}");
        }
    }
    let from = download_path(&app, &Person::client(), id(&spoofed), RenditionKind::Original);
    assert_eq!(text(&app, &from).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn staff_release_quarantined_mail() {
    // FIL-2
    let app = TestApp::demo().await;
    let mail = Mail::of("stranger@evil.example", &address_of(&app, MAPLE).await).with("Gutters.txt", TEXT);
    assert_eq!(deliver(&app, &mail).await, StatusCode::NO_CONTENT);
    let known = file(&app, "Gutters.txt").await;
    let owner = Person::owner();
    let change = async |mutation: &str| perform(&app, &owner, mutation, json!({ "id": id(&known) }), "").await;
    // Restored, it is quarantined as before.
    change("fileDelete").await;
    change("fileRestore").await;
    assert_eq!(file(&app, "Gutters.txt").await["state"], "QUARANTINED");
    assert_eq!(change("fileRelease").await["userErrors"], json!([]));
    assert_eq!(file(&app, "Gutters.txt").await["state"], "AVAILABLE");
    assert!(!sees(&app, &Person::client(), id(&known)).await, "it is not shared");
    super::share(&app, id(&known), json!({ "sharedWithClients": true })).await;
    for client in [Person::client(), Person::named("ben")] {
        let query = "query($id: ID!) { node(id: $id) { ... on File { uploadedBy { name isVerified isCompany } } } }";
        let seen = app.ask_with(&client, query, json!({ "id": id(&known) })).await;
        let author = json!({ "name": "stranger@evil.example", "isVerified": false, "isCompany": false });
        assert_eq!(seen.at("/node/uploadedBy"), &author, "{}", seen.text);
    }
    // Once released, it stays so.
    change("fileDelete").await;
    change("fileRestore").await;
    assert_eq!(file(&app, "Gutters.txt").await["state"], "AVAILABLE");
}

#[tokio::test]
async fn signature_proves_the_sender() {
    // FIL-2, A87: verified by the gateway itself.
    let (demo, dns) = (TestApp::demo().await, dns_with_key().await);
    let with_dns = |verifier: SenderVerifier| {
        demo.rewired(|app| {
            let domain = DEMO_DOMAIN.parse().expect("a domain");
            app.inbound_mail = Some(InboundMail::new(domain, verifier, WebhookKey::parse(DEMO_KEY).ok()));
        })
    };
    let app = with_dns(dns.verifier());
    let to = address_of(&app, MAPLE).await;
    let mail = |name: &str| signed(&Mail::of(ANA, &to).with(name, TEXT).raw());
    let send = async |raw: Vec<u8>| deliver_at(&app, raw, now()).await.status;
    assert_eq!(send(mail("Gutters.txt")).await, StatusCode::NO_CONTENT);
    assert_eq!(file(&app, "Gutters.txt").await["uploadedBy"]["name"], "Ana Whitlock");
    // One changed byte in a signed header.
    let changed = String::from_utf8(mail("Attic.txt")).expect("a text").replace("Subject: Files", "Subject: Piles");
    assert_eq!(send(changed.into_bytes()).await, StatusCode::NO_CONTENT);
    assert_eq!(file(&app, "Attic.txt").await["state"], "QUARANTINED");
    // Without an answer of the DNS, the mail is delivered again later.
    let silent = DnsServer::start().await;
    silent.publish("phones._domainkey.mail.example", Answer::Fails);
    let refused = deliver_at(&with_dns(silent.verifier()), mail("Porch.txt"), now()).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refused.text);
}

#[tokio::test]
async fn signed_mail_proves_nothing_else() {
    // A87: headers above a signed mail, other projects, and hidden copies.
    let (demo, dns) = (TestApp::demo().await, dns_with_key().await);
    let app = demo.rewired(|app| {
        let domain = DEMO_DOMAIN.parse().expect("a domain");
        app.inbound_mail = Some(InboundMail::new(domain, dns.verifier(), WebhookKey::parse(DEMO_KEY).ok()));
    });
    let (to, friend) = (address_of(&app, MAPLE).await, "friend@mail.example");
    let send = async |raw: Vec<u8>| assert_eq!(deliver_at(&app, raw, now()).await.status, StatusCode::NO_CONTENT);
    let under = |header: &str, raw: &[u8]| [format!("{header}\r\n").as_bytes(), raw].concat();
    let owner = async |name: &str| file(&app, name).await["uploadedBy"]["isVerified"].clone();
    let letter = format!(
        "From: {ANA}\r\nTo: {friend}, {to}\r\nSubject: Hi\r\nDate: Fri, 27 Nov 2026 10:00:00 +0000\r\n\r\nDear friend\r\n"
    );
    let letter = signed(letter.as_bytes());
    send(under("Content-Disposition: attachment; filename=letter.txt", &letter)).await;
    assert_eq!(owner("letter.txt").await, json!(false));
    send(under("Content-Type: text/plain; name=typed.txt", &letter)).await;
    assert_eq!(owner("typed.txt").await, json!(false));
    let private = signed(&Mail::of(ANA, friend).with("private.txt", TEXT).raw());
    send(under(&format!("Delivered-To: {to}"), &private)).await;
    assert_eq!(owner("private.txt").await, json!(false));
    // The same mail with another header adds nothing.
    let once = signed(&Mail::of(ANA, &to).with("once.txt", TEXT).raw());
    send(once.clone()).await;
    assert_eq!(owner("once.txt").await, json!(true));
    let before = rows(&app).await;
    send(under("X-Number: 1", &once)).await;
    assert_eq!(rows(&app).await, before);
}

#[tokio::test]
async fn mail_reaches_the_projects_that_can_take_it() {
    let app = TestApp::demo().await;
    let (maple, orchard) = (address_of(&app, MAPLE).await, address_of(&app, ORCHARD).await);
    app.database().db_execute(&format!("update projects set status = 'ARCHIVED' where id = {}", sql_id(ORCHARD))).await;
    let both = format!("{orchard}>, <{maple}");
    let mail = Mail::of("ruth@alderbrook.example", &both).with("Gutters.txt", TEXT).checked();
    assert_eq!(deliver(&app, &mail).await, StatusCode::NO_CONTENT);
    assert_eq!(file(&app, "Gutters.txt").await["state"], "AVAILABLE");
}

#[tokio::test]
async fn mail_delivered_again_adds_nothing() {
    let app = TestApp::concurrent().await;
    let mail = Mail::of(ANA, &address_of(&app, MAPLE).await).with("Gutters.txt", TEXT).checked();
    let before = rows(&app).await;
    let both = tokio::join!(deliver(&app, &mail), deliver(&app, &mail));
    assert_eq!(both, (StatusCode::NO_CONTENT, StatusCode::NO_CONTENT));
    assert_eq!(deliver(&app, &mail).await, StatusCode::NO_CONTENT);
    let [files, _, mails] = rows(&app).await;
    assert_eq!([files - before[0], mails - before[2]], [1, 1]);
    // Another mail with the same attachment is another one.
    let other = mail.under("Message-ID: <2@mail.example>");
    assert_eq!(deliver(&app, &other).await, StatusCode::NO_CONTENT);
    assert_eq!(rows(&app).await[0] - before[0], 2);
}

#[tokio::test]
async fn unsigned_mail_is_refused() {
    let app = TestApp::demo().await;
    let mail = Mail::of(ANA, &address_of(&app, MAPLE).await).with("Gutters.txt", TEXT).checked();
    let before = rows(&app).await;
    let plain = app.send(request(Method::POST, "/inbound-mail", &[], Body::from(mail.raw()))).await;
    assert_eq!((plain.status, plain.code()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"), "{}", plain.text);
    let old = deliver_at(&app, mail.raw(), now() - TimeDelta::minutes(6)).await;
    assert_eq!(old.status, StatusCode::UNAUTHORIZED, "{}", old.text);
    let without_key = app.rewired(|app| app.inbound_mail = None);
    assert_eq!(deliver(&without_key, &mail).await, StatusCode::NOT_FOUND);
    assert_eq!(rows(&app).await, before);
}

#[tokio::test]
async fn mail_without_a_project_is_refused() {
    let app = TestApp::demo().await;
    let to = address_of(&app, MAPLE).await;
    let (key, _) = to.split_once('@').expect("an address");
    for other in
        ["info@mail.portico.example", "0123456789abcdef01234567@mail.portico.example", &format!("{key}@evil.example")]
    {
        let mail = Mail::of(ANA, other).with("Gutters.txt", TEXT).checked();
        let refused = deliver_at(&app, mail.raw(), now()).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}", refused.text);
        assert!(refused.message().contains("no project has this address"), "{}", refused.text);
    }
    let refused = deliver_at(&app, b"\0\0\0".to_vec(), now()).await;
    assert!(refused.status.is_client_error(), "{}", refused.text);
    let large = deliver_at(&app, vec![b'x'; MAIL_BYTES + 1], now()).await;
    assert_eq!((large.status, large.code()), (StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE"), "{}", large.text);
    app.database().db_execute(&format!("update projects set status = 'ARCHIVED' where id = {}", sql_id(MAPLE))).await;
    let archived = deliver(&app, &Mail::of(ANA, &to).with("Gutters.txt", TEXT).checked()).await;
    assert_eq!(archived, StatusCode::GONE);
}

#[tokio::test]
async fn mail_of_programs_is_ignored() {
    // A87: no loops.
    let app = TestApp::demo().await;
    let to = address_of(&app, MAPLE).await;
    let before = rows(&app).await;
    let mail = Mail::of(ANA, &to).with("Gutters.txt", TEXT).checked();
    for header in
        ["Auto-Submitted: auto-replied", "Precedence: bulk", "List-Id: <news.mail.example>", "Return-Path: <>"]
    {
        assert_eq!(deliver(&app, &mail.clone().under(header)).await, StatusCode::NO_CONTENT, "{header}");
    }
    assert_eq!(deliver(&app, &Mail::of(ANA, &to).checked()).await, StatusCode::NO_CONTENT, "no attachments");
    assert_eq!(rows(&app).await, before);
}

#[tokio::test]
async fn programs_are_left_out() {
    let app = TestApp::demo().await;
    let mail = Mail::of(ANA, &address_of(&app, MAPLE).await)
        .with("setup.exe", TEXT)
        .with("empty.txt", "")
        .with("../../etc/Gutters.txt", TEXT)
        .checked();
    assert_eq!(deliver(&app, &mail).await, StatusCode::NO_CONTENT);
    let found = names(&app, &Person::owner(), MAPLE, "(first: 100, filter: { uploadedBy: CLIENTS })").await;
    assert!(found.iter().any(|name| name.contains("Gutters.txt") && !name.contains('/')), "{found:?}");
    assert!(!found.iter().any(|name| name.contains("setup") || name.contains("empty")), "{found:?}");
    // The sender, who is proven, gets a list of them; a stranger gets no answer.
    let queued = "select payload ->> 'to_address' || ': ' || (payload -> 'values' ->> 'attachments') as text from jobs
        where kind = 'mail' and payload ->> 'template' = 'ATTACHMENTS_LEFT_OUT'";
    let list = "setup.exe: is a program\nempty.txt: is empty";
    assert_eq!(app.database().db_texts(queued).await, [format!("ana.whitlock@mail.example: {list}")]);
    let stranger = Mail::of("stranger@evil.example", &address_of(&app, MAPLE).await).with("setup.exe", TEXT);
    assert_eq!(deliver(&app, &stranger).await, StatusCode::NO_CONTENT);
    assert_eq!(app.database().db_texts(queued).await.len(), 1);
}

#[tokio::test]
async fn mail_waits_for_the_store_and_for_space() {
    let app = TestApp::demo().await;
    let store = app.files().store.clone().expect("a store");
    let mail = Mail::of(ANA, &address_of(&app, MAPLE).await).with("Gutters.txt", TEXT).checked();
    let before = rows(&app).await;
    store.fail_with(Some(FileStoreError::Unavailable("connection refused by 10.0.0.7".to_owned())));
    let refused = deliver_at(&app, mail.raw(), now()).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refused.text);
    assert!(refused.headers.contains_key("retry-after") && !refused.text.contains("10.0.0.7"), "{}", refused.text);
    store.fail_with(None);
    let full = format!("update project_storage set used_bytes = {}", FileLimits::default().project_quota);
    app.database().db_execute(&full).await;
    let refused = deliver_at(&app, mail.raw(), now()).await;
    assert_eq!(refused.status, StatusCode::INSUFFICIENT_STORAGE, "{}", refused.text);
    assert!(refused.message().contains("no space left"), "{}", refused.text);
    let [files, _, mails] = rows(&app).await;
    assert_eq!([files, mails], [before[0], before[2]]);
    app.database().db_execute("update project_storage set used_bytes = 0").await;
    assert_eq!(deliver(&app, &mail).await, StatusCode::NO_CONTENT);
    assert_eq!(rows(&app).await[0], before[0] + 1);
}

#[tokio::test]
async fn quarantine_has_a_limit() {
    let app = TestApp::demo().await;
    let to = address_of(&app, MAPLE).await;
    let fill = format!(
        "insert into files (id, company_id, project_id, kind, name, state, shared_with_clients, author_kind, author_name, media_type, size, sha256, renditions)
        select gen_random_uuid(), company_id, project_id, kind, name, state, false, author_kind, author_name, media_type, size, sha256, renditions
        from files, generate_series(1, {}) where author_kind = 'SENDER'",
        UNATTRIBUTED_FILES - 2
    );
    app.database().db_execute(&fill).await;
    let stranger = |number: usize| Mail::of("stranger@evil.example", &to).with(&format!("{number}.txt"), TEXT);
    assert_eq!(deliver(&app, &stranger(1)).await, StatusCode::NO_CONTENT);
    assert_eq!(deliver(&app, &stranger(2)).await, StatusCode::INSUFFICIENT_STORAGE);
    let member = Mail::of(ANA, &to).with("Gutters.txt", TEXT).checked();
    assert_eq!(deliver(&app, &member).await, StatusCode::NO_CONTENT, "members do not wait for strangers");
}

#[tokio::test]
async fn address_is_for_members_and_replaceable() {
    // FIL-2
    let app = TestApp::demo().await;
    let address = async |person: &Person, path: &str| {
        of_project(&app, person, path, "filesAddress").await["filesAddress"].clone()
    };
    let known = address(&Person::client(), MAPLE).await;
    assert_eq!(known, json!(address_of(&app, MAPLE).await));
    assert_ne!(known, json!(address_of(&app, BOWEN).await));
    // Without the section for files, clients have no address, and cannot send to it.
    assert_eq!(address(&Person::named("ines"), GRANVILLE).await, Value::Null);
    assert!(address(&Person::named("margot"), GRANVILLE).await.is_string());
    let reply = app.ask(&Person::trade(), "{ projects { nodes { filesAddress } } }").await;
    assert!(reply.is_for_an_unknown_name(), "{}", reply.text);
    let without = app.rewired(|app| app.inbound_mail = None).without_answers();
    assert_eq!(of_project(&without, &Person::owner(), MAPLE, "filesAddress").await["filesAddress"], Value::Null);
    let input = |key: &str| json!({ "projectId": project(&app, MAPLE), "idempotencyKey": key });
    let reader = app.db_staff(&[Permission::ProjectsRead]).await;
    let refused = app
        .ask_with(
            &reader,
            "mutation($input: FilesAddressReplaceInput!) { filesAddressReplace(input: $input) { userErrors { code } } }",
            json!({ "input": input("a") }),
        )
        .await;
    assert!(refused.is_for_an_unknown_name(), "{}", refused.text);
    let fields = "project { filesAddress }";
    let owner = Person::owner();
    let replaced = perform(&app, &owner, "filesAddressReplace", input("b"), fields).await;
    let new = replaced["project"]["filesAddress"].clone();
    assert!(new.is_string() && new != known, "{replaced}");
    assert_eq!(perform(&app, &owner, "filesAddressReplace", input("b"), fields).await, replaced, "a retry");
    assert_eq!(address(&Person::client(), MAPLE).await, new);
    let mail = |to: &Value| Mail::of(ANA, to.as_str().expect("an address")).with("Gutters.txt", TEXT).checked();
    assert_eq!(deliver(&app, &mail(&known)).await, StatusCode::NOT_FOUND);
    assert_eq!(deliver(&app, &mail(&new)).await, StatusCode::NO_CONTENT);
    let elsewhere = json!({ "projectId": project(&app, BOWEN), "idempotencyKey": "c" });
    let refused = perform(&app, &owner, "filesAddressReplace", elsewhere, "").await;
    assert_eq!(refusals(&refused), ["NOT_FOUND input.projectId"]);
}

#[tokio::test]
async fn mail_to_two_projects_reaches_both() {
    let app = TestApp::demo().await;
    let (maple, orchard) = (address_of(&app, MAPLE).await, address_of(&app, ORCHARD).await);
    let both = format!("{maple}>, <{orchard}");
    let mail = Mail::of("ruth@alderbrook.example", &both).with("Gutters.txt", TEXT).checked();
    assert_eq!(deliver(&app, &mail).await, StatusCode::NO_CONTENT);
    for path in [MAPLE, ORCHARD] {
        let found = names(&app, &Person::owner(), path, "(first: 100, filter: { uploadedBy: COMPANY })").await;
        assert!(found.contains(&"Gutters.txt".to_owned()), "{path}: {found:?}");
    }
}

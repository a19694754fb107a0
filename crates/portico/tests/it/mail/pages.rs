//! Tests of `/dev/mail`, which exists in demos only.

use axum::body::Body;
use axum::http::{HeaderMap, Request, header};
use portico_adapters::mail::{MailFolder, Transport};
use portico_core::id::new_uuid;
use portico_testkit::{Reply, TestApp};

use portico_testkit::queue::{TestWorker, insert, sign_in_link};

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).expect("a request can be made")
}

fn policy(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_SECURITY_POLICY).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// A folder that is deleted at the end.
struct Folder(std::path::PathBuf);

impl Folder {
    async fn new() -> (Self, MailFolder) {
        let path = std::env::temp_dir().join(format!("portico-pages-{}", new_uuid()));
        let folder = MailFolder::at(path.clone()).await.expect("a folder can be made");
        (Self(path), folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn shown(app: &TestApp, path: &str) -> Reply {
    let reply = app.send(get(path)).await;
    assert_eq!(reply.status.as_u16(), 200, "{path}: {}", reply.text);
    assert!(policy(&reply.headers).starts_with("default-src 'none';"), "{path}");
    reply
}

#[tokio::test]
async fn demo_mail_has_links_and_escapes_markup() {
    // SEC-16
    let (_guard, folder) = Folder::new().await;
    let app = TestApp::demo().await.as_demo(folder.clone());
    assert!(shown(&app, "/dev/mail").await.text.contains("Nothing has been sent yet"));
    let hostile = "<script>alert(1)</script>";
    app.database().db_execute(&format!("update companies set name = 'Builders {hostile}'")).await;
    insert(&app, &[sign_in_link("1", "ana@client.example")]).await.expect("it can be written");
    assert_eq!(TestWorker::new(&app, Transport::Folder(folder)).round().await, 1);
    let mail = app.db_mails().await.remove(0);
    let (id, link) = (mail.id.0, mail.link.expect("it has a link"));
    let list = shown(&app, "/dev/mail").await;
    assert!(list.text.contains(&format!("<a href=\"/dev/mail/{id}\">")), "{}", list.text);
    let page = shown(&app, &format!("/dev/mail/{id}")).await;
    let escaped = link.replace('/', "&#x2f;");
    assert!(page.text.contains(&format!("<a href=\"{escaped}\">")), "{}", page.text);
    assert!(page.text.contains("<iframe title=\"The email as HTML\" sandbox=\"allow-popups"), "{}", page.text);
    let part = shown(&app, &format!("/dev/mail/{id}/html")).await;
    assert!(policy(&part.headers).contains("sandbox allow-popups"), "{}", policy(&part.headers));
    assert!(part.text.contains(&format!("<a href=\"{escaped}\"")), "{}", part.text);
    for reply in [list, page, part] {
        assert!(!reply.text.contains("<script"), "{}", reply.text);
        assert!(!policy(&reply.headers).contains("script-src"));
    }
    for nothing in
        [format!("/dev/mail/{}", new_uuid()), "/dev/mail/..%2fsecret".to_owned(), format!("/dev/mail/{id}/eml")]
    {
        assert_eq!(app.send(get(&nothing)).await.status.as_u16(), 404, "{nothing}");
    }
}

#[tokio::test]
async fn mail_page_exists_in_the_demo_only() {
    let app = TestApp::demo().await;
    insert(&app, &[sign_in_link("1", "ana@client.example")]).await.expect("it can be written");
    let id = app.db_mails().await.remove(0).id.0;
    for path in ["/dev/mail".to_owned(), format!("/dev/mail/{id}"), format!("/dev/mail/{id}/html")] {
        assert_eq!(app.send(get(&path)).await.status.as_u16(), 404, "{path}");
    }
}

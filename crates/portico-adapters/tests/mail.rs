//! How mails are rendered, and what values cannot change in them.

use chrono::{DateTime, Utc};
use portico_adapters::mail::{
    Company, MailAddress, MailContent, MailFolder, Message, MessageError, RenderError, Rendered, Sender, Transport,
    render,
};
use portico_core::id::JobId;
use portico_core::mail::{BodyError, MailTemplate};
use serde_json::{Value, json};

const LINK: &str = "https://portal.example/auth/link/abc-DEF_123";
const PORTAL: &str = "https://portal.example/";
const ALL: &[MailTemplate] = MailTemplate::ALL;
const CODE: &str = "012345";
const WELCOME: MailTemplate = MailTemplate::CustomerInvitationFromAnotherOffice;

fn at() -> DateTime<Utc> {
    "2026-11-22T09:05:00Z".parse().expect("a time")
}

/// Values of a template, each of them this text, or a list of it.
fn values(template: MailTemplate, text: &str) -> Value {
    let value = |name: &str| if template.has_list(name) { json!([text]) } else { json!(text) };
    template.values().iter().map(|name| ((*name).to_owned(), value(name))).collect::<serde_json::Map<_, _>>().into()
}

fn content(template: MailTemplate, values: &Value) -> MailContent<'_> {
    MailContent {
        template,
        values,
        to_address: "ana@client.example",
        to_name: Some("Ana Whitlock"),
        company: Some(Company { name: "Alderbrook Homes", color: Some("#2f5d50") }),
        body: None,
        link: template.has_link().then_some(LINK),
        code: template.has_code().then_some(CODE),
        portal: Some(PORTAL),
        at: at(),
    }
}

fn rendered(content: &MailContent<'_>) -> Rendered {
    render(content).unwrap_or_else(|error| panic!("{}: {error}", content.template))
}

/// Decodes HTML that minijinja has escaped.
fn unescaped(html: &str) -> String {
    html.replace("&#x2f;", "/").replace("&lt;", "<").replace("&quot;", "\"").replace("&amp;", "&")
}

#[test]
fn each_part_has_greeting_and_values() {
    for template in ALL {
        let values = values(*template, "Maple Street 7");
        let mail = rendered(&content(*template, &values));
        for part in [&mail.text, &unescaped(&mail.html)] {
            assert!(part.contains("Ana Whitlock"), "{template}: {part}");
            assert_eq!(part.contains(LINK), template.has_link(), "{template}: {part}");
            assert_eq!(part.contains(CODE), template.has_code(), "{template}: {part}");
            assert_eq!(part.contains("Maple Street 7"), !template.values().is_empty(), "{template}: {part}");
            assert!(!template.has_portal() || part.contains(PORTAL), "{template}: {part}");
            assert!(!part.contains("{{") && !part.contains("undefined"), "{template}: {part}");
        }
        assert!(!mail.subject.contains('{'), "{}", mail.subject);
    }
}

#[test]
fn missing_value_is_an_error() {
    for template in ALL.iter().filter(|template| !template.values().is_empty() && **template != WELCOME) {
        let nothing = json!({});
        assert!(matches!(render(&content(*template, &nothing)), Err(RenderError::Template(..))), "{template}");
    }
    let values = values(MailTemplate::SignInLink, "15");
    let without = MailContent { link: None, ..content(MailTemplate::SignInLink, &values) };
    assert!(matches!(render(&without), Err(RenderError::Template(..))));
    let values = self::values(MailTemplate::ProjectSharedAgain, "Maple Street");
    let unsent = MailContent { company: None, ..content(MailTemplate::ProjectSharedAgain, &values) };
    assert_eq!(
        render(&unsent),
        Err(RenderError::Body(MailTemplate::ProjectSharedAgain, BodyError::Unknown("company".to_owned())))
    );
}

#[test]
fn account_mail_may_lack_a_company() {
    let values = values(MailTemplate::SignInLink, "15");
    let mail = render(&MailContent { company: None, ..content(MailTemplate::SignInLink, &values) });
    assert_eq!(mail.map(|mail| mail.subject).as_deref(), Ok("Your sign-in link for Portico"));
}

#[test]
fn mail_renders_without_name_or_company() {
    let values = json!({});
    let mail = MailContent { to_name: None, company: None, ..content(MailTemplate::PasswordChanged, &values) };
    let mail = rendered(&mail);
    assert!(mail.text.starts_with("Hello there,\n"), "{}", mail.text);
    assert!(mail.text.contains("on November 22, 2026 at 09:05 UTC"), "{}", mail.text);
}

#[test]
fn markup_in_a_value_is_escaped() {
    // SEC-16
    let hostile = r#"</p><img src="x" onerror='alert(1)'><a href="https://evil.example">&amp;"#;
    for template in ALL {
        let values = values(*template, hostile);
        let mut hostile_content = content(*template, &values);
        hostile_content.to_name = Some(hostile);
        hostile_content.company = Some(Company { name: hostile, color: Some(r##""><script>"##) });
        let html = rendered(&hostile_content).html;
        for wrong in ["<img", "<script", "onerror='", r#"<a href="https://evil"#, "&amp;\""] {
            assert!(!html.contains(wrong), "{template}: {wrong} in {html}");
        }
        assert!(html.contains("&lt;img"), "{template}: {html}");
    }
}

#[test]
fn value_cannot_add_a_paragraph() {
    let values = json!({ "project": "Maple\r\n\r\nCall 555 now\u{85}!" });
    let mail = rendered(&content(MailTemplate::ProjectSharedAgain, &values));
    assert!(mail.text.contains("\"Maple Call 555 now !\""), "{}", mail.text);
}

#[test]
fn custom_text_is_used_and_escaped() {
    // INV-16, SEC-16
    let values = json!({ "project": "Maple & Sons" });
    let body = "Hi {{name}},\r\n\r\n<b>{{ project }}</b> is at {{portal}}\nsee https://evil.example\n\n{{company}}";
    let mail = rendered(&MailContent { body: Some(body), ..content(WELCOME, &values) });
    let expected = "Hi Ana Whitlock,\n\n<b>Maple & Sons</b> is at https://portal.example/\nsee https://evil.example\n\nAlderbrook Homes";
    assert!(mail.text.starts_with(expected), "{}", mail.text);
    assert!(mail.html.contains("&lt;b&gt;Maple &amp; Sons&lt;"), "{}", mail.html);
    assert!(mail.html.contains("<br>see https:"), "{}", mail.html);
    assert_eq!(mail.html.matches("<a ").count(), 1, "only our own link is one: {}", mail.html);
    // INV-17
    assert_eq!(mail.subject, "Welcome to the portal of Alderbrook Homes");
}

#[test]
fn unknown_placeholder_is_named() {
    let values = json!({ "project": "{{portal}} {% include 'link.html' %}" });
    let wrong = MailContent { body: Some("Hello {{nmae}}"), ..content(WELCOME, &values) };
    let error = render(&wrong).expect_err("it is not known").to_string();
    assert!(error.contains("`{{nmae}}` is not a placeholder"), "{error}");
    let mail = rendered(&MailContent { body: Some("{{project}} {% raw %}"), ..content(WELCOME, &values) });
    assert!(mail.text.starts_with("{{portal}} {% include 'link.html' %} {% raw %}\n"), "{}", mail.text);
}

#[test]
fn locked_mail_ignores_custom_text() {
    // INV-14
    for template in ALL.iter().filter(|template| **template != WELCOME) {
        let values = values(*template, "x");
        let own = MailContent { body: Some("Our own words"), ..content(*template, &values) };
        assert_eq!(render(&own), Err(RenderError::Locked(*template)));
    }
}

fn message() -> Message {
    Message {
        id: JobId::generate(),
        key: "invitation:1".to_owned(),
        at: at(),
        from: Sender::parse("portal@builders.example").expect("a valid address").named(Some("Alderbrook Homes")),
        to: MailAddress { address: "ana@client.example".to_owned(), name: Some("Ana Whitlock".to_owned()) },
        content: Rendered { subject: "Hello".to_owned(), text: "text".to_owned(), html: "<p>html</p>".to_owned() },
        link: None,
    }
}

/// The mail as sent, read from a folder.
async fn formatted(message: &Message) -> String {
    let path = std::env::temp_dir().join(format!("portico-mail-{}", message.id.0));
    let folder = MailFolder::at(path.clone()).await.expect("a folder can be made");
    Transport::Folder(folder).send(message).await.expect("the mail is sent");
    let text = std::fs::read_to_string(path.join(format!("{}.eml", message.id.0))).expect("the file exists");
    std::fs::remove_dir_all(path).expect("it can be removed");
    text
}

fn header<'a>(mail: &'a str, name: &str) -> Vec<&'a str> {
    let head = mail.split_once("\r\n\r\n").expect("the header ends with an empty line").0;
    head.split("\r\n").filter_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).collect()
}

#[tokio::test]
async fn mail_has_both_parts_and_a_keyed_id() {
    let one = message();
    let mail = formatted(&one).await;
    assert_eq!(header(&mail, "From"), [r#""Alderbrook Homes" <portal@builders.example>"#]);
    assert_eq!(header(&mail, "Auto-Submitted"), ["auto-generated"]);
    assert!(header(&mail, "Date")[0].starts_with("Sun, 22 Nov 2026 09:05:00"), "{mail}");
    assert!(mail.contains("multipart/alternative") && mail.contains("text/plain") && mail.contains("text/html"));
    let again = Message { id: JobId::generate(), at: Utc::now_of_tests(), ..one.clone() };
    let other = Message { key: "invitation:2".to_owned(), ..one.clone() };
    let id = header(&mail, "Message-ID")[0].to_owned();
    assert!(id.starts_with('<') && id.ends_with("@builders.example>"), "{id}");
    assert_eq!(header(&formatted(&again).await, "Message-ID"), [&id]);
    assert_ne!(header(&formatted(&other).await, "Message-ID"), [&id]);
}

trait OfTests {
    fn now_of_tests() -> DateTime<Utc>;
}

impl OfTests for Utc {
    fn now_of_tests() -> DateTime<Utc> {
        "2027-01-01T00:00:00Z".parse().expect("a time")
    }
}

#[test]
fn header_line_break_is_refused() {
    // SEC-15
    let injection = |with: &str| format!("Ana{with}Bcc: all@client.example");
    for with in ["\r\n", "\n", "\r", "\0", "\u{85}", "\u{2028}", "\u{202e}", "\t", "\u{7f}"] {
        let mut subject = message();
        subject.content.subject = injection(with);
        let mut to = message();
        to.to.address = format!("ana{with}@client.example");
        for (message, what) in [(subject, "the subject"), (to, "the recipient's address")] {
            assert_eq!(message.check(), Err(MessageError::Control(what)), "{with:?}");
        }
        assert!(Sender::parse(&format!("portal@builders.example{with}")).is_err());
    }
}

#[tokio::test]
async fn unfit_sender_name_is_omitted() {
    // ROB-21, SEC-15; also line ends, isolates, invisible names, names that are too long.
    let long = "a".repeat(201);
    for unfit in
        ["Ana\u{202e}", "Ana\r\nBcc: all@client.example", "Ana\0x", "A\u{2028}B", "A\u{2066}B", "\u{3164}", "\t", &long]
    {
        let mut mail = message();
        let unfit = unfit.replace("Ana\u{202e}", "Ana\u{202e}nimda");
        mail.to.name = Some(unfit.clone());
        mail.from.name = Some(unfit.clone());
        assert_eq!(mail.check(), Ok(()), "{unfit:?}");
        let mail = formatted(&mail).await;
        assert_eq!(header(&mail, "To"), ["ana@client.example"], "{unfit:?}");
        assert_eq!(header(&mail, "From"), ["portal@builders.example"], "{unfit:?}");
        assert!(header(&mail, "Bcc").is_empty(), "{mail}");
    }
}

#[tokio::test]
async fn mail_goes_to_the_a_label() {
    // ROB-7
    for (address, to) in [
        ("x@bücher.example", "x@xn--bcher-kva.example"),
        ("Ana@ＢÜcher．example", "Ana@xn--bcher-kva.example"),
        ("ana@例え。テスト", "ana@xn--r8jz45g.xn--zckzah"),
    ] {
        let mut mail = message();
        address.clone_into(&mut mail.to.address);
        mail.to.name = None;
        let mail = formatted(&mail).await;
        assert_eq!(header(&mail, "To"), [to]);
    }
}

#[test]
fn invalid_address_is_refused() {
    for wrong in [
        "",
        "ana",
        "ana@",
        "@client.example",
        "ana@client.example, b@c.example",
        "Ana <ana@client.example>",
        "a b@c.example",
    ] {
        let mut message = message();
        wrong.clone_into(&mut message.to.address);
        assert_eq!(message.check(), Err(MessageError::Address("the recipient's address")), "{wrong:?}");
        assert!(Sender::parse(wrong).is_err(), "{wrong:?}");
    }
}

#[tokio::test]
async fn display_name_cannot_pose_as_address() {
    // SEC-15
    for name in
        [r#""a" <b@c.example>"#, "b@c.example", "a, b@c.example", "a <b@c.example>,", r"a\", "(a)", "=?utf-8?q?a?="]
    {
        let mut message = message();
        message.to.name = Some(name.to_owned());
        let mail = formatted(&message).await;
        let to = header(&mail, "To");
        assert_eq!(to.len(), 1, "{mail}");
        let quoted = to[0].strip_suffix(" <ana@client.example>").unwrap_or_else(|| panic!("{name}: {}", to[0]));
        let inside = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let is_encoded = quoted.starts_with("=?utf-8?") && !quoted.contains([' ', '<', '@', ',']);
        let is_atom = quoted.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"=?-'_ ".contains(&byte));
        assert!(is_encoded || is_atom || inside.is_some_and(is_well_quoted), "{name}: {quoted}");
    }
}

/// Whether every quote and backslash inside quotes is escaped.
fn is_well_quoted(inside: &str) -> bool {
    let mut chars = inside.chars();
    while let Some(char) = chars.next() {
        match char {
            '"' => return false,
            '\\' if chars.next().is_none() => return false,
            _ => {}
        }
    }
    true
}

#[tokio::test]
async fn outbox_folder_lists_newest_first() {
    let path = std::env::temp_dir().join(format!("portico-mail-{}", JobId::generate().0));
    let folder = MailFolder::at(path.clone()).await.expect("a folder can be made");
    let transport = Transport::Folder(folder.clone());
    let old = message();
    let new = Message { at: Utc::now_of_tests(), link: Some(LINK.to_owned()), ..message() };
    for message in [&new, &old, &new] {
        transport.send(message).await.expect("the mail is sent");
    }
    std::fs::write(path.join("other.json"), "{}").expect("it can be written");
    let mails = folder.list().await.expect("it can be read");
    assert_eq!(mails.iter().map(|mail| mail.id).collect::<Vec<_>>(), [new.id, old.id]);
    assert_eq!(mails[0].to, "Ana Whitlock <ana@client.example>");
    assert_eq!(folder.read(new.id).await.expect("it can be read").and_then(|mail| mail.link).as_deref(), Some(LINK));
    assert_eq!(folder.read(JobId::generate()).await.expect("it can be asked"), None);
    std::fs::remove_dir_all(path).expect("it can be removed");
}

//! Tests of search words, which are literal.

use portico_core::access::Permission;
use portico_testkit::{Person, TestApp};
use serde_json::json;

use crate::support::{db_project, texts_of};

async fn found(app: &TestApp, person: &Person, words: &str) -> Vec<String> {
    let query = "query($q: String) { viewer { projects(query: $q, first: 100) { totalCount nodes { name } } } }";
    let reply = app.ask_with(person, query, json!({ "q": words })).await;
    let names = texts_of(reply.at("/viewer/projects/nodes"), "name");
    assert_eq!(*reply.at("/viewer/projects/totalCount"), names.len());
    names
}

#[tokio::test]
async fn search_covers_name_number_and_address() {
    let app = TestApp::demo().await;
    for (words, expected) in [
        ("maple", vec!["Maple Street House"]),
        ("MAPLE house", vec!["Maple Street House"]),
        ("  maple   2041 ", vec!["Maple Street House"]),
        ("bellingham", vec!["Maple Street House", "Ridge View Residence"]),
        ("418", vec!["Maple Street House"]),
        ("maple lynden", vec![]),
        // ROB-12: postal codes, and a city with its region.
        ("98225", vec!["Maple Street House"]),
        ("Bellingham WA", vec!["Maple Street House", "Ridge View Residence"]),
        ("98225-2041", vec![]),
    ] {
        assert_eq!(found(&app, &Person::owner(), words).await, expected, "{words:?}");
        let of_client = found(&app, &Person::client(), words).await;
        assert_eq!(
            of_client,
            expected.into_iter().filter(|name| *name == "Maple Street House").collect::<Vec<_>>(),
            "{words:?}"
        );
    }
    for nothing in ["", "   "] {
        assert_eq!(found(&app, &Person::owner(), nothing).await.len(), 4);
    }
}

#[tokio::test]
async fn like_wildcards_are_literal() {
    let app = TestApp::demo().await;
    for (index, name) in [r"100% oak", r"snake_case", r"back\slash", r"plain"].into_iter().enumerate() {
        db_project(&app, name, &format!("L-{index}"), None).await;
    }
    for (words, expected) in [
        ("%", vec!["100% oak"]),
        ("_", vec!["snake_case"]),
        (r"\", vec![r"back\slash"]),
        (r"\\", vec![]),
        ("p%n", vec![]),
        ("p___n", vec![]),
        ("0%", vec!["100% oak"]),
        ("'", vec![]),
        ("plain' or 'a' = 'a", vec![]),
    ] {
        for person in [Person::owner(), Person::client()] {
            assert_eq!(found(&app, &person, words).await, expected, "{words:?}");
        }
    }
}

#[tokio::test]
async fn non_ascii_letters_ignore_case() {
    let app = TestApp::demo().await;
    db_project(&app, "Ärzte-Straße \u{1F3E0}", "U-1", None).await;
    // ROB-10: composed or not, sharp s, without accents, and compatibility forms.
    for words in
        ["ärzte", "ÄRZTE", "A\u{308}rzte", "arzte", "straße", "STRASSE", "stra\u{1e9e}e", "ｓｔｒａ", "\u{1F3E0}"]
    {
        for person in [Person::owner(), Person::client()] {
            assert_eq!(found(&app, &person, words).await.len(), 1, "{words}");
        }
    }
}

#[tokio::test]
async fn letters_of_other_scripts_are_folded() {
    // ROB-10: final sigma, Turkish i, letters without a decomposition.
    let app = TestApp::demo().await;
    db_project(&app, "ΟΔΟΣ Ιστού", "G-1", None).await;
    db_project(&app, "İstanbul Işık Łódź Ærø", "T-1", None).await;
    for words in ["οδος", "ὁδός", "ΙΣΤΟΥ", "istanbul", "ISIK", "ışık", "lodz", "ÆRO", "aero"] {
        for person in [Person::owner(), Person::client()] {
            assert_eq!(found(&app, &person, words).await.len(), 1, "{words}");
        }
    }
}

#[tokio::test]
async fn invalid_search_names_its_argument() {
    let app = TestApp::demo().await;
    let (long, many) = ("a".repeat(201), "a ".repeat(9));
    let query = "query($q: String) { viewer { projects(query: $q) { totalCount } } }";
    for wrong in ["a\0b", "\0", long.as_str(), many.as_str()] {
        for person in [Person::client(), Person::owner()] {
            let reply = app.ask_with(&person, query, json!({ "q": wrong })).await;
            assert_eq!(reply.code(), "BAD_USER_INPUT", "{}", reply.text);
            let place = if wrong.contains('\0') { "`$q`" } else { "`query`" };
            assert!(reply.message().contains(place), "{}", reply.text);
        }
    }
    assert!(found(&app, &Person::owner(), &"a".repeat(200)).await.is_empty());
}

#[tokio::test]
async fn hidden_values_cannot_be_searched() {
    // API-9
    let app = TestApp::demo().await;
    for words in ["margin", "KLRK", "643120", "geotech"] {
        for person in [Person::client(), Person::trade(), Person::owner()] {
            assert!(found(&app, &person, words).await.is_empty(), "{words}");
        }
    }
}

/// The names of the contacts that a query finds.
async fn contacts(app: &TestApp, person: &Person, words: &str) -> Vec<String> {
    let query = "query($q: String) { company { contacts(query: $q, first: 100) { totalCount nodes { name } } } }";
    let reply = app.ask_with(person, query, json!({ "q": words })).await;
    let names = texts_of(reply.at("/company/contacts/nodes"), "name");
    assert_eq!(*reply.at("/company/contacts/totalCount"), names.len());
    names
}

/// Adds clients by name, address and number.
async fn record(app: &TestApp, person: &Person, clients: &[(&str, &str, &str)]) {
    let create = "mutation($input: ClientCreateInput!) { clientCreate(input: $input) { userErrors { code field } } }";
    for (name, email, phone) in clients {
        let input = json!({ "name": name, "email": email, "phone": phone });
        let reply = app.ask_with(person, create, json!({ "input": input })).await;
        assert_eq!(*reply.at("/clientCreate/userErrors"), json!([]), "{name}");
    }
}

#[tokio::test]
async fn domain_spellings_find_the_contact() {
    // ROB-12
    let app = TestApp::demo().await;
    let robin = app.db_staff(&[Permission::ClientsInvite]).await;
    let clients = [
        ("As Written", "lou@bücher-haus.example", "+13605550171"),
        ("As Sent", "lou@xn--mller-kva.example", "+13605550172"),
        ("In Kanji", "lou@例え.example", "+13605550173"),
    ];
    record(&app, &robin, &clients).await;
    for (words, name) in [
        ("lou@bücher-haus.example", "As Written"),
        ("lou@xn--bcher-haus-9db.example", "As Written"),
        ("LOU@BÜCHER-HAUS.EXAMPLE", "As Written"),
        ("bu\u{308}cher-haus.example", "As Written"),
        ("xn--bcher-haus-9db.example", "As Written"),
        ("lou@müller.example", "As Sent"),
        ("müller.example", "As Sent"),
        ("lou@XN--MLLER-KVA.example", "As Sent"),
        ("例え.example", "In Kanji"),
        ("lou@xn--r8jz45g.example", "In Kanji"),
    ] {
        assert_eq!(contacts(&app, &robin, words).await, [name], "{words}");
    }
    assert!(contacts(&app, &robin, "xn--bcher-kva.example").await.is_empty(), "another domain");
}

#[tokio::test]
async fn number_notations_find_the_contact() {
    // ROB-12
    let app = TestApp::demo().await;
    let robin = app.db_staff(&[Permission::ClientsInvite]).await;
    let clients = [
        ("Near", "near@mail.example", "(360) 555-0177"),
        ("London", "london@mail.example", "+44 (0)20 7946 0958"),
        ("Rome", "rome@mail.example", "+39 06 698 12345"),
    ];
    record(&app, &robin, &clients).await;
    for (name, notations) in [
        (
            "Near",
            &[
                "+13605550177",
                "+1 360 555 0177",
                "+1 (360) 555-0177",
                "(360) 555-0177",
                "360.555.0177",
                "360/555/0177",
                "1-360-555-0177",
                "3605550177",
                "360\u{a0}555\u{a0}0177",
                "\u{202a}+1 (360) 555-0177\u{202c}",
                "360\u{2011}555\u{2011}0177",
                "360\u{2013}555\u{2013}0177",
                "（３６０）５５５－０１７７",
                "near (360) 555-0177",
                "(360) 555-0177 mail.example",
            ][..],
        ),
        ("London", &["+44 (0)20 7946 0958", "+44 20 7946 0958", "020 7946 0958", "(020) 7946-0958", "7946 0958"]),
        ("Rome", &["+39 06 698 12345", "06 698 12345", "(06) 69812345", "0039 06 698 12345"]),
    ] {
        for notation in notations {
            assert_eq!(contacts(&app, &robin, notation).await, [name], "{notation:?}");
        }
    }
    for other in ["(360) 555-0178", "+44 20 7946 0959", "+1 20 7946 0958"] {
        assert!(contacts(&app, &robin, other).await.is_empty(), "{other}");
    }
}

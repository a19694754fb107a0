//! Search: words, taken as they are.

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
async fn words_are_looked_for_in_name_number_and_address() {
    let app = TestApp::demo().await;
    for (words, expected) in [
        ("maple", vec!["Maple Street House"]),
        ("MAPLE house", vec!["Maple Street House"]),
        ("  maple   2041 ", vec!["Maple Street House"]),
        ("bellingham", vec!["Maple Street House", "Ridge View Residence"]),
        ("418", vec!["Maple Street House"]),
        ("maple lynden", vec![]),
        // AUDIT L: postal codes, and a city with its region.
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
async fn signs_that_mean_something_to_like_mean_themselves() {
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
async fn letters_beyond_ascii_are_found_in_either_case() {
    let app = TestApp::demo().await;
    db_project(&app, "Ärzte-Straße \u{1F3E0}", "U-1", None).await;
    // AUDIT J: composed or not, sharp s, without accents, and compatibility forms.
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
    // AUDIT J: final sigma, Turkish i, letters without a decomposition.
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
async fn a_search_that_cannot_be_is_refused_by_name() {
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
async fn what_is_hidden_cannot_be_searched_by() {
    let app = TestApp::demo().await;
    for words in ["margin", "KLRK", "643120", "geotech"] {
        for person in [Person::client(), Person::trade(), Person::owner()] {
            assert!(found(&app, &person, words).await.is_empty(), "{words}");
        }
    }
}

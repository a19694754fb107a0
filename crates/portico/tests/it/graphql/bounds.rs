//! Tests of the limits of an operation: accepted at each limit, refused one step above.

use portico_core::limits;
use portico_testkit::{Person, TestApp};

/// An operation of a given size.
type Sized = fn(usize) -> String;

const BOUNDS: [(&str, usize, Sized); 4] = [
    ("bytes", limits::OPERATION_BYTES, |bytes| format!("{{__typename}}#{}", "x".repeat(bytes - 13))),
    ("selections", limits::SELECTIONS as usize, |count| format!("{{ viewer {{ {} }} }}", "role ".repeat(count - 1))),
    ("aliases", limits::ALIASES as usize, |count| {
        let fields: Vec<_> = (0..count).map(|number| format!("a{number}: role")).collect();
        format!("{{ viewer {{ {} }} }}", fields.join(" "))
    }),
    ("root fields", limits::ROOT_FIELDS as usize, |count| format!("{{ {} }}", "__typename ".repeat(count))),
];

#[tokio::test]
async fn operation_passes_at_each_limit_only() {
    // SEC-4
    let app = TestApp::demo().await;
    for person in [Person::client(), Person::owner()] {
        for (name, bound, sized) in BOUNDS {
            let at = app.ask(&person, &sized(bound)).await;
            assert_eq!(at.status.as_u16(), 200, "{name}: {}", at.text);
            let beyond = app.ask(&person, &sized(bound + 1)).await;
            assert!(matches!(beyond.status.as_u16(), 400 | 413), "{name}: {}", beyond.text);
            assert!(matches!(beyond.code(), "COST_LIMIT" | "PAYLOAD_TOO_LARGE"), "{name}: {}", beyond.text);
            assert!(beyond.message().contains(name), "{name}: {}", beyond.text);
        }
    }
}

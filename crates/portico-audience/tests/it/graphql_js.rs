//! ROB-1, ROB-2, ROB-3: compares admission with graphql-js over a corpus.
//!
//! Both validate each operation. What both accept is executed by graphql-js twice, as sent and as admitted: its
//! resolvers must get the same arguments at the same positions.

use portico_audience::{Limits, OperationRequest, Refusal};
use portico_testkit::node;
use serde_json::{Map, Value, json};

use crate::common::{admit, clerk, introspection, manager, reader};
use crate::corpus::{self, Case};

/// An intended difference.
struct Difference {
    ours: &'static str,
    theirs: &'static str,
    /// The message of graphql-js, or a part of the operation.
    about: &'static str,
    #[expect(dead_code, reason = "for those who read the table")]
    reason: &'static str,
}

const DIFFERENCES: [Difference; 10] = [
    Difference {
        ours: "input",
        theirs: "invalid",
        about: "cannot represent non 32-bit signed integer",
        reason: "A number that is out of range is the caller's input, wherever it stands.",
    },
    Difference {
        ours: "input",
        theirs: "field",
        about: "must not be null",
        reason: "A null by way of a variable is refused before anything runs, and not field by field.",
    },
    Difference {
        ours: "input",
        theirs: "valid",
        about: "1e400",
        reason: "No JSON holds the number, so no executor could be given it.",
    },
    Difference {
        ours: "input",
        theirs: "valid",
        about: "#__graphql_file__:",
        reason: "A marker that executors trust is never let through.",
    },
    Difference {
        ours: "input",
        theirs: "valid",
        about: "@skip(if: true)",
        reason: "A null in a place that takes none is refused though the field is skipped.",
    },
    Difference {
        ours: "invalid",
        theirs: "valid",
        about: "under different conditions",
        reason: "A mutation that is selected twice under different conditions would be made twice.",
    },
    Difference {
        ours: "input",
        theirs: "field",
        about: "has invalid value",
        reason: "The same, within a list or an input object.",
    },
    Difference {
        ours: "invalid",
        theirs: "valid",
        about: "can only have one root field",
        reason: "The compiler counts a subscription's field before it merges it. There are no subscriptions yet.",
    },
    Difference { ours: "limit", theirs: "", about: "", reason: "graphql-js has no bounds." },
    Difference {
        ours: "input",
        theirs: "valid",
        about: "1e+300",
        reason: "An id that a JSON reader has rounded is not the id that was sent.",
    },
];

fn verdict(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Parse(_) => "parse",
        Refusal::Invalid(_) => "invalid",
        Refusal::BadInput(_) => "input",
        Refusal::TooLarge { .. } | Refusal::Limit { .. } | Refusal::Cost { .. } => "limit",
    }
}

/// The verdict of graphql-js on each case.
fn judged(input: &Value) -> Vec<Value> {
    match node::run(&["admission.mjs"], input) {
        Value::Array(verdicts) => verdicts,
        other => panic!("no verdict: {other}"),
    }
}

#[test]
fn graphql_js_builds_introspected_schema() {
    let queries = node::run(&["introspection.mjs", "queries"], &Value::Null);
    for document in [reader(), clerk(), manager()] {
        let answer = |name: &str| {
            let query = queries[name].as_str().expect("the query is text");
            introspection(&admit(&document, query, Value::Null).unwrap_or_else(|refusal| panic!("{refusal:?}")))
        };
        let input = json!({"sdl": document.sdl(), "full": answer("full"), "plain": answer("plain")});
        let told = node::run(&["introspection.mjs", "compare"], &input);
        assert_eq!(told, json!({"differences": [], "oneOf": ["Position"]}));
    }
}

#[test]
fn admission_agrees_with_graphql_js() {
    let document = clerk();
    let corpus = corpus::cases();
    assert!(corpus.len() > 400, "{} cases", corpus.len());
    let mut ours = Vec::new();
    let mut cases = Vec::new();
    for Case { query, variables, operation_name } in &corpus {
        let given = variables.as_object().cloned().unwrap_or_else(Map::new);
        let request =
            OperationRequest { query, operation_name: operation_name.as_deref(), variables: &given, variable_bytes: 0 };
        let admitted = document.admit(&request, &Limits { cost: u64::MAX, ..Limits::default() });
        let told = admitted
            .as_ref()
            .ok()
            .map(|admitted| json!({"text": admitted.plan.text(), "variables": admitted.variables}));
        cases.push(json!({"query": query, "operationName": operation_name, "variables": given, "admitted": told}));
        ours.push(admitted);
    }
    let theirs = judged(&json!({"sdl": document.sdl(), "cases": cases}));
    assert_eq!(theirs.len(), corpus.len());
    let mut explained = [0; DIFFERENCES.len()];
    let (mut valid, mut wrong) = (0, Vec::new());
    for ((case, ours), theirs) in corpus.iter().zip(&ours).zip(&theirs) {
        let their_verdict = theirs["verdict"].as_str().expect("a verdict");
        let our_verdict = ours.as_ref().map_or_else(verdict, |_| "valid");
        if our_verdict == their_verdict && theirs.get("differs").is_none() {
            valid += usize::from(our_verdict == "valid");
            continue;
        }
        let told = format!("{} {} {} {ours:?}", theirs["why"], case.query, case.variables);
        let known = DIFFERENCES.iter().position(|known| {
            known.ours == our_verdict
                && (known.theirs.is_empty() || known.theirs == their_verdict)
                && told.contains(known.about)
        });
        match known {
            Some(known) => explained[known] += 1,
            None => wrong.push(format!(
                "{}\n  {}\n  ours: {our_verdict} {ours:?}\n  theirs: {theirs}",
                case.query, case.variables
            )),
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), corpus.len(), wrong.join("\n"));
    assert!(valid > 100, "only {valid} are valid");
    for (difference, count) in DIFFERENCES.iter().zip(explained) {
        assert!(count > 0, "no case shows the difference {:?}", difference.about);
    }
}

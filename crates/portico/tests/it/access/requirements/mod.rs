//! Checks requirements against the repository: `docs/requirements.md` and `docs/domain.md` list each id once, what
//! works has a test with its id, and no comment cites an unknown id or document.

mod read;

use std::collections::{BTreeMap, BTreeSet};

use read::{Id, Source, ids_of, rows_of, sources, tests_of};

/// The documents that list requirements.
const LISTS: [&str; 2] = ["docs/requirements.md", "docs/domain.md"];

/// Faults in the requirements of a set of files, each with its position and remedy.
fn faults(sources: &[Source], schema: &str) -> Vec<String> {
    let lists: Vec<_> = sources.iter().filter(|source| LISTS.contains(&source.path.as_str())).collect();
    let rows: Vec<_> = lists.iter().flat_map(|list| rows_of(list)).collect();
    let prefixes: BTreeSet<_> = rows.iter().map(|row| row.id.prefix.clone()).collect();
    let mut faults = Vec::new();
    let mut listed = BTreeMap::new();
    for row in &rows {
        if let Some(first) = listed.insert(row.id.clone(), row.place.clone()) {
            faults.push(format!("{}: {} is listed at {first} already; take the next free number", row.place, row.id));
        }
    }
    let shown: BTreeSet<_> = sources.iter().flat_map(|source| tests_of(source, &prefixes)).collect();
    for row in &rows {
        let works = row.state == "works";
        if !works && row.state != "planned" && !row.state.starts_with("partly: ") {
            faults.push(format!(
                "{}: the state of {} is `{}`; write `works`, `planned` or `partly: ` with what is missing",
                row.place, row.id, row.state
            ));
        }
        if works && !shown.contains(&row.id) {
            faults.push(format!(
                "{}: {} works, and no test carries its id; add the id to the comment of the test that shows it, or say what is missing",
                row.place, row.id
            ));
        }
        for name in row.camel_names().filter(|name| works && !schema.contains(name.as_str())) {
            faults.push(format!(
                "{}: {} names `{name}`, which schema.graphql does not have; write its present name",
                row.place, row.id
            ));
        }
    }
    for source in sources {
        for (place, line) in source.numbered() {
            for id in ids_of(line, &prefixes).into_iter().filter(|id| !listed.contains_key(id)) {
                faults.push(format!(
                    "{place}: {id} is not listed; add a row to {} or cite another id",
                    LISTS.join(" or ")
                ));
            }
            for document in read::documents_of(line, source.is_code) {
                if let Some(fault) = document.fault(source, sources) {
                    faults.push(format!("{place}: {fault}"));
                }
            }
        }
    }
    faults
}

#[test]
fn requirements_are_listed_shown_and_cited() {
    let sources = sources();
    assert!(sources.len() > 500, "all files are read: {}", sources.len());
    let schema = sources.iter().find(|source| source.path == "schema.graphql").expect("it is there").lines.join("\n");
    let faults = faults(&sources, &schema);
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// Faults of a small project with one list, one file of code, and another document.
fn project(list: &str, code: &str) -> Vec<String> {
    let sources = [
        Source::new("docs/requirements.md", list),
        Source::new("docs/OTHER.md", "# Other\n\n## A heading\n"),
        Source::new("src/lib.rs", code),
    ];
    faults(&sources, "type Query { clientCreate: Int }")
}

#[test]
fn valid_project_has_no_fault() {
    let list = "| QQ-1 | `clientCreate` writes a client. | works |\n| QQ-2 | More. | planned |\n| QQ-3 | Some. | partly: more |";
    let code = "// QQ-1 to QQ-3, docs/OTHER.md, \"A heading\"\n#[test]\nfn a() {\n}\n";
    assert_eq!(project(list, code), Vec::<String>::new());
    for code in ["#[test]\nfn qq_1_writes() {\n}\n", "#[tokio::test]\nasync fn a() {\n    // QQ-1\n}\n"] {
        assert_eq!(project(list, code), Vec::<String>::new(), "{code}");
    }
}

#[test]
fn each_fault_is_found_with_its_place() {
    let row = "| QQ-1 | A client. | works |";
    let test = "// QQ-1\n#[test]\nfn a() {\n}\n";
    for (list, code, fault) in [
        (row, "// QQ-1\nfn a() {\n}\n", "docs/requirements.md:1: QQ-1 works, and no test carries its id"),
        (row, "//! QQ-1\n\n#[test]\nfn a() {\n}\n", "docs/requirements.md:1: QQ-1 works, and no test carries its id"),
        (row, &format!("{test}// QQ-2\n"), "src/lib.rs:5: QQ-2 is not listed"),
        (row, &format!("{test}// QQ-1 to QQ-3\n"), "src/lib.rs:5: QQ-2 is not listed"),
        (&format!("{row}\n{row}"), test, "docs/requirements.md:2: QQ-1 is listed at docs/requirements.md:1 already"),
        (&row.replace("works", "done"), test, "docs/requirements.md:1: the state of QQ-1 is `done`"),
        (&row.replace("A client", "`clientMake`"), test, "docs/requirements.md:1: QQ-1 names `clientMake`"),
        (row, &format!("{test}// see docs/NOWHERE.md\n"), "src/lib.rs:5: there is no document docs/NOWHERE.md"),
        (row, &format!("{test}// OTHER section 2\n"), "src/lib.rs:5: `OTHER section`"),
        (row, &format!("{test}// SPECS A12\n"), "src/lib.rs:5: `SPECS A12`"),
        (
            row,
            &format!("{test}// docs/OTHER.md, \"Nothing\"\n"),
            "src/lib.rs:5: docs/OTHER.md has no heading \"Nothing\"",
        ),
    ] {
        let found = project(list, code);
        assert!(found.iter().any(|found| found.starts_with(fault)), "{fault}: {found:#?}");
    }
}

#[test]
fn ids_are_read_as_whole_words() {
    let prefixes = BTreeSet::from(["QQ".to_owned()]);
    let ids = |line: &str| ids_of(line, &prefixes).iter().map(Id::to_string).collect::<Vec<_>>();
    assert_eq!(
        ids("(QQ-1, QQ-2; `QQ-3`) QQ-10: QQ-12 to QQ-14"),
        ["QQ-1", "QQ-2", "QQ-3", "QQ-10", "QQ-12", "QQ-13", "QQ-14"]
    );
    assert_eq!(ids("XQQ-1 QQ-01 QQ-1234 QQ-1b QQ_1 AQ-1 QQ-"), [""; 0]);
}

//! Texts for readers, callers and operators use the standard terms of the field (docs/GLOSSARY.md): descriptions of the schema,
//! messages in the code, help of the command line, and documents.

use std::fs;
use std::path::{Path, PathBuf};

/// Phrases that a reader has to translate, and what to write instead. They are compared as whole words, in any letter case.
const INSTEAD: &[(&str, &str)] = &[
    // Name the actor.
    ("whoever", "the caller, the client, the operator"),
    ("whomever", "the caller, the client, the operator"),
    ("somebody", "a client, a member of staff, another caller"),
    ("nobody", "no client, no caller, no role"),
    ("everybody", "all callers, all clients"),
    ("anybody", "any caller, any client"),
    ("who asks", "the caller"),
    ("who asked", "the caller"),
    // Use the standard verb.
    ("what came of", "the result of"),
    ("be told", "receive, be notified"),
    ("is told", "receives, is notified"),
    ("are told", "receive, are notified"),
    ("told apart", "distinguished"),
    ("take back", "withdraw"),
    ("takes back", "withdraws"),
    ("taken back", "withdrawn"),
    ("put out", "sign out, revoke"),
    ("puts out", "signs out, revokes"),
    ("look after", "manage"),
    ("looks after", "manages"),
    ("written down", "recorded, stored"),
    ("come to know", "learn"),
    ("get in", "sign in"),
    ("gets in", "signs in"),
    ("mend", "fix, correct"),
    ("hands out", "returns, issues"),
    ("goes by", "uses"),
    ("stands in", "is in, replaces"),
    ("stands on", "selects from, depends on"),
    // Use the standard noun.
    ("the trail", "the audit log"),
    ("what is kept", "cached data, stored data"),
    ("kept answers", "cached answers"),
    ("kept rows", "cached rows"),
    ("kept copies", "cached copies"),
    ("window", "role view"),
    ("lens", "access scope"),
    ("wall", "access layer"),
    ("walls", "access layers"),
    ("floor", "crate, layer, baseline"),
    ("floors", "crates, layers, baselines"),
    ("room", "module, space"),
    ("rooms", "modules, locations"),
    ("door", "entry point, sign-in page"),
    ("bell", "notifier"),
    ("house", "project, codebase"),
    // Say it plainly.
    ("so many", "a number, the page size"),
    ("unless you say otherwise", "by default"),
    ("anew", "again"),
    ("in clear", "over plain HTTP"),
    ("in the clear", "in plain text"),
    ("the way of", "how .. works, in conflict with"),
    ("the way in", "the request path, sign-in"),
    ("is not one", "is not a valid .."),
    ("makes of it", "the result"),
    ("bear in mind", "instructions, notes"),
    ("how far along", "percent complete"),
    ("refused in words", "refused with a message"),
];

/// Phrases that contain one of these and mean it literally.
const LITERAL: &[&str] = &[
    "browser window",
    "house number",
    "room or other location",
    "rooms and other locations",
    "such as a room",
    "front door",
    "math floor",
    // A user of the operating system.
    "postgres or nobody",
    // A label from which a key is derived; another one would derive another key.
    "portico 2026 kept rows",
];

/// The page that lists terms of ours beside the standard ones.
const GLOSSARY: &str = "docs/GLOSSARY.md";

/// The lowercase words of a file in order, each with its line. An empty word separates passages.
#[derive(Default)]
struct Text(Vec<(usize, String)>);

impl Text {
    fn add(&mut self, line: usize, text: &str) {
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
        let words = text.split(|letter: char| !is_part(letter)).map(|word| word.trim_matches('-'));
        self.0.extend(words.filter(|word| !word.is_empty()).map(|word| (line, word.to_lowercase())));
    }

    fn end_passage(&mut self) {
        self.0.push((0, String::new()));
    }

    /// The occurrences of a phrase, as indexes of its words.
    fn places(&self, phrase: &str) -> Vec<std::ops::Range<usize>> {
        let wanted: Vec<_> = phrase.split(' ').collect();
        let starts = 0..(self.0.len() + 1).saturating_sub(wanted.len());
        let is_there =
            |start: &usize| wanted.iter().zip(&self.0[*start..]).all(|(wanted, (_, word))| *wanted == word.as_str());
        starts.filter(is_there).map(|start| start..start + wanted.len()).collect()
    }

    fn faults(&self, file: &str) -> Vec<String> {
        let literal: Vec<_> = LITERAL.iter().flat_map(|phrase| self.places(phrase)).collect();
        let mut faults = Vec::new();
        for (phrase, instead) in INSTEAD {
            for place in self.places(phrase) {
                if !literal.iter().any(|literal| literal.start <= place.start && place.end <= literal.end) {
                    let line = self.0[place.start].0;
                    faults.push((line, format!("{file}:{line}: \"{phrase}\"; write: {instead}")));
                }
            }
        }
        faults.sort();
        faults.into_iter().map(|(_, fault)| fault).collect()
    }
}

/// The descriptions of a schema, in blocks or in a line.
fn of_schema(source: &str) -> Text {
    let mut text = Text::default();
    let mut is_inside = false;
    for (index, line) in source.lines().enumerate() {
        let marks = line.matches("\"\"\"").count();
        if is_inside || marks > 0 || line.trim_start().starts_with('"') {
            text.add(index + 1, line);
        }
        if marks == 1 {
            is_inside = !is_inside;
        }
        if !is_inside {
            text.end_passage();
        }
    }
    text
}

/// The string literals of Rust code that have more than one word. Comments and the tests at the end of a file are left out.
fn of_code(source: &str) -> Text {
    let source = source.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let letters: Vec<char> = source.chars().collect();
    let mut text = Text::default();
    let (mut at, mut line) = (0, 1);
    while at < letters.len() {
        let rest = &letters[at..];
        if rest.starts_with(&['/', '/']) {
            at += rest.iter().take_while(|letter| **letter != '\n').count();
        } else if rest.starts_with(&['\'', '"', '\'']) || rest.starts_with(&['\'', '\\']) {
            // A character, not the start of a string.
            at += 3;
        } else if rest[0] == '"' || (rest[0] == 'r' && matches!(rest.get(1), Some('"' | '#')) && is_start(&letters, at))
        {
            let (length, literal) = literal(rest);
            let literal = without_placeholders(&literal);
            if literal.trim().contains(' ') {
                for (index, part) in literal.split('\n').enumerate() {
                    text.add(line + index, part);
                }
                text.end_passage();
            }
            line += rest[..length].iter().filter(|letter| **letter == '\n').count();
            at += length;
        } else {
            line += usize::from(rest[0] == '\n');
            at += 1;
        }
    }
    text
}

/// Whether a word starts here, so that the `r` at the end of `for` starts no literal.
fn is_start(letters: &[char], at: usize) -> bool {
    at == 0 || !(letters[at - 1].is_alphanumeric() || letters[at - 1] == '_')
}

/// The literal at the start of some code: its length there, and its text with blanks in place of escapes.
fn literal(code: &[char]) -> (usize, String) {
    let hashes = code.iter().skip(1).take_while(|letter| **letter == '#').count();
    let is_raw = code[0] == 'r';
    let mut at = if is_raw { 1 + hashes } else { 0 };
    if code.get(at) != Some(&'"') {
        // A raw identifier.
        return (at.max(1), String::new());
    }
    at += 1;
    let mut text = String::new();
    while at < code.len() {
        match code[at] {
            '\\' if !is_raw => {
                let escaped = code.get(at + 1).copied().unwrap_or(' ');
                text.push(if escaped == '\n' { '\n' } else { ' ' });
                at += 2;
            }
            '"' if !is_raw => return (at + 1, text),
            '"' if code[at + 1..].iter().take(hashes).filter(|letter| **letter == '#').count() == hashes => {
                return (at + 1 + hashes, text);
            }
            letter => {
                text.push(letter);
                at += 1;
            }
        }
    }
    (at, text)
}

/// A text without the names in placeholders such as `{name}`.
fn without_placeholders(text: &str) -> String {
    let mut parts = text.split('{');
    let mut prose = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.split_once('}').filter(|(name, _)| !name.contains(char::is_whitespace)).map(|(_, rest)| rest);
        prose.push(' ');
        prose.push_str(rest.unwrap_or(part));
    }
    prose
}

/// The help of commands and flags: their doc comments.
fn of_help(source: &str) -> Text {
    let mut text = Text::default();
    for (index, line) in source.lines().enumerate() {
        match line.trim_start().strip_prefix("///") {
            Some(comment) => text.add(index + 1, comment),
            None => text.end_passage(),
        }
    }
    text
}

/// A document without its code.
fn of_document(source: &str) -> Text {
    let mut text = Text::default();
    let mut is_code = false;
    for (index, line) in source.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            // Every other part is between backticks; "x" separates the words around code.
            let prose: Vec<_> = line.split('`').step_by(2).collect();
            text.add(index + 1, &prose.join(" x "));
        }
        if is_code || line.trim().is_empty() || line.starts_with('|') || line.starts_with('#') {
            text.end_passage();
        }
    }
    text
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files below a folder whose names have this ending, in order.
fn files(folder: &str, end: &str) -> Vec<(String, String)> {
    let root = root();
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(end) {
                let name = path.strip_prefix(&root).expect("it is below the root").to_string_lossy().replace('\\', "/");
                found.push((name, fs::read_to_string(&path).expect("it can be read")));
            }
        }
    }
    found.sort();
    found
}

fn file(name: &str) -> (String, String) {
    (name.to_owned(), fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}")))
}

fn crates() -> Vec<String> {
    let entries = fs::read_dir(root().join("crates")).expect("it is there");
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    // The testkit is code of tests.
    let sources = names.filter(|name| name != "portico-testkit").map(|name| format!("crates/{name}/src"));
    sources.filter(|folder| root().join(folder).is_dir()).collect()
}

#[test]
fn texts_use_standard_terms() {
    let mut faults = Vec::new();
    let (name, source) = file("schema.graphql");
    faults.extend(of_schema(&source).faults(&name));
    let sources = crates().iter().flat_map(|folder| files(folder, ".rs")).collect::<Vec<_>>();
    for (name, source) in sources.iter().filter(|(name, _)| !name.ends_with("/tests.rs")) {
        faults.extend(of_code(source).faults(name));
        if name.starts_with("crates/portico/src/commands/") || name == "crates/portico/src/command_line.rs" {
            faults.extend(of_help(source).faults(name));
        }
    }
    let documents = files("docs", ".md").into_iter().chain([file("README.md"), file("CHANGELOG.md")]);
    for (name, source) in documents.filter(|(name, _)| name != GLOSSARY) {
        faults.extend(of_document(&source).faults(&name));
    }
    assert!(faults.is_empty(), "{} phrases:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn each_kind_of_text_is_read() {
    let lines = |text: Text| {
        text.faults("f").iter().map(|fault| fault.split('"').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let schema = "\"\"\"\nSomebody.\n\"\"\"\ntype Nobody {\n  \"\"\"A wall.\"\"\"\n  \"A bell.\"\n  room: Int\n}\n";
    assert_eq!(lines(of_schema(schema)), ["f:2: ", "f:5: ", "f:6: "]);
    let code = "// \"a wall\"\nlet a = 'x';\nlet b = ('\"', \"a\\\n    wall \\\"door\\\"\", \"wall\");\nlet c = r#\"a \"house\"\"#;\n";
    assert_eq!(lines(of_code(code)), ["f:4: ", "f:4: ", "f:5: "]);
    assert_eq!(lines(of_code("let a = format!(\"it has {room} and {wall:?}\");\n")), [""; 0]);
    assert_eq!(lines(of_code("let a = 1;\n#[cfg(test)]\nmod tests {\n    const A: &str = \"a wall\";\n}\n")), [""; 0]);
    assert_eq!(lines(of_help("/// What came\n/// of it\nfn nobody() {}\n// a wall\n")), ["f:1: "]);
    let document = "A `wall`, and what\ncame of it.\n\n```sh\nnobody\n```\n\nin\n\nclear\n";
    assert_eq!(lines(of_document(document)), ["f:1: "]);
}

#[test]
fn phrases_are_whole_words() {
    let mut text = Text::default();
    text.add(1, "Wall-clock time, warehouses, a browser window, the front door; `is_not_one`");
    assert_eq!(text.faults("f"), [""; 0]);
    text.add(2, "The WINDOW, and the open door");
    assert_eq!(text.faults("f").len(), 2);
}

//! Reads the repository's files: requirements, ids, tests, and cited documents.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders to skip: built, fetched and recorded files.
const NOT_READ: [&str; 5] = ["target", "node_modules", "dist", ".git", "snapshots"];
/// Extensions of files to read. Files without an extension are scripts.
const READ: [&str; 16] =
    ["rs", "sql", "ts", "tsx", "js", "mjs", "css", "html", "md", "toml", "sh", "graphql", "yml", "yaml", "txt", "py"];

/// Id of a requirement, such as `ACC-1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id {
    pub(crate) prefix: String,
    pub(crate) number: u32,
}

impl fmt::Display for Id {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}-{}", self.prefix, self.number)
    }
}

/// File of the repository.
pub(crate) struct Source {
    /// Relative to the repository's root, with `/`.
    pub(crate) path: String,
    pub(crate) lines: Vec<String>,
    /// Whether only comments are prose.
    pub(crate) is_code: bool,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let lines = text.lines().map(str::to_owned).collect();
        Self { path: path.to_owned(), lines, is_code: !path.ends_with(".md") }
    }

    /// Each line with its position.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (String, &str)> {
        self.lines.iter().enumerate().map(|(index, line)| (format!("{}:{}", self.path, index + 1), line.as_str()))
    }
}

/// All files of the repository that people write.
pub(crate) fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            if is_read(&path) && path.is_dir() {
                folders.push(path);
            } else if is_read(&path)
                && let Ok(text) = fs::read_to_string(&path)
            {
                let path = path.strip_prefix(&root).expect("it is below the root");
                found.push(Source::new(&path.to_string_lossy(), &text));
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn is_read(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if path.is_dir() {
        return !NOT_READ.contains(&&*name) && (!name.starts_with('.') || name == ".github");
    }
    match path.extension() {
        Some(end) => READ.contains(&&*end.to_string_lossy()),
        None => !name.starts_with("LICENSE"),
    }
}

/// Row of a list.
pub(crate) struct Row {
    pub(crate) id: Id,
    pub(crate) place: String,
    text: String,
    pub(crate) state: String,
}

impl Row {
    /// The names of fields and mutations in backticks, recognized by their spelling.
    pub(crate) fn camel_names(&self) -> impl Iterator<Item = String> {
        let quoted = self.text.split('`').skip(1).step_by(2);
        let parts = quoted.flat_map(|text| text.split(|letter: char| !letter.is_ascii_alphanumeric()));
        let is_camel = |part: &&str| {
            part.starts_with(|letter: char| letter.is_ascii_lowercase())
                && part.contains(|letter: char| letter.is_ascii_uppercase())
        };
        parts.filter(is_camel).map(str::to_owned)
    }
}

/// The rows of a list: each line of a table that begins with an id.
pub(crate) fn rows_of(list: &Source) -> Vec<Row> {
    let mut rows = Vec::new();
    for (place, line) in list.numbered() {
        let cells: Vec<_> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        if let (true, Some(id), [_, .., state]) = (line.starts_with('|'), id_of(cells[0]), cells.as_slice()) {
            rows.push(Row { id, place, text: line.to_owned(), state: (*state).to_owned() });
        }
    }
    rows
}

/// Parses a word as an id of any prefix: capital letters, a hyphen, and a number of at most three digits.
fn id_of(word: &str) -> Option<Id> {
    let (prefix, number) = word.split_once('-')?;
    let is_prefix = prefix.len() > 1 && prefix.chars().all(|letter| letter.is_ascii_uppercase());
    let is_number =
        number.len() <= 3 && number.chars().all(|letter| letter.is_ascii_digit()) && !number.starts_with('0');
    if !is_prefix || !is_number {
        return None;
    }
    Some(Id { prefix: prefix.to_owned(), number: number.parse().ok()? })
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|letter: char| !letter.is_alphanumeric() && letter != '-' && letter != '_')
        .filter(|word| !word.is_empty())
}

/// The ids in a line, with ranges such as `INV-1 to INV-3` expanded.
pub(crate) fn ids_of(line: &str, prefixes: &BTreeSet<String>) -> Vec<Id> {
    in_ranges(words(line).map(id_of_known(prefixes)).zip(words(line)))
}

/// The ids in a test's name: `prt_1_a_section`, `mil_1_to_mil_3_without_sharing`.
fn ids_of_name(name: &str, prefixes: &BTreeSet<String>) -> Vec<Id> {
    let parts: Vec<_> = name.split('_').collect();
    let mut tokens = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let number = parts.get(index + 1).unwrap_or(&"");
        let id = id_of(&format!("{}-{number}", part.to_uppercase())).filter(|id| prefixes.contains(&id.prefix));
        let follows_id = index > 0 && tokens.last().is_some_and(|(id, _): &(Option<Id>, &str)| id.is_some());
        if !(follows_id && part.parse::<u32>().is_ok()) {
            tokens.push((id, *part));
        }
    }
    in_ranges(tokens.into_iter())
}

fn id_of_known(prefixes: &BTreeSet<String>) -> impl Fn(&str) -> Option<Id> {
    move |word| id_of(word).filter(|id| prefixes.contains(&id.prefix))
}

fn in_ranges<'a>(tokens: impl Iterator<Item = (Option<Id>, &'a str)>) -> Vec<Id> {
    let mut found: Vec<Id> = Vec::new();
    let (mut before, mut last) = ("", None::<Id>);
    for (id, word) in tokens {
        if let Some(id) = id {
            let first = last
                .filter(|last| before == "to" && last.prefix == id.prefix)
                .map_or(id.number, |last| last.number + 1);
            found.extend((first.min(id.number)..=id.number).map(|number| Id { prefix: id.prefix.clone(), number }));
            last = Some(id);
        } else if word != "to" {
            last = None;
        }
        before = word;
    }
    found
}

/// The ids of a file's tests: in the test, in its name, or in the comment right above it. A script that a test runs is
/// one test.
pub(crate) fn tests_of(source: &Source, prefixes: &BTreeSet<String>) -> BTreeSet<Id> {
    let mut found = BTreeSet::new();
    if source.path.ends_with(".mjs") && source.path.contains("/tests/") {
        found.extend(source.lines.iter().flat_map(|line| ids_of(line, prefixes)));
    }
    if !source.path.ends_with(".rs") {
        return found;
    }
    let lines = &source.lines;
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at].trim_start();
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            let above = lines[..at].iter().rev().take_while(|line| is_above(line)).count();
            let indent = &lines[at][..lines[at].len() - line.len()];
            let length = lines[at..].iter().take_while(|line| **line != format!("{indent}}}")).count();
            for line in &lines[at - above..at + length] {
                found.extend(ids_of(line, prefixes));
                if let Some((name, _)) = line.split_once("fn ").and_then(|(_, rest)| rest.split_once('(')) {
                    found.extend(ids_of_name(name, prefixes));
                }
            }
            at += length;
        }
        at += 1;
    }
    found
}

/// Whether a line belongs to the function below it.
fn is_above(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("#[") || (line.starts_with("//") && !line.starts_with("//!"))
}

/// Document that a line cites.
#[derive(Debug)]
pub(crate) enum Document {
    /// By its file, and optionally a heading.
    File { path: String, heading: Option<String> },
    /// By a name that is not a file's, followed by a section or the label of an entry.
    Name(String),
}

impl Document {
    /// The fault of the citation, if any.
    pub(crate) fn fault(&self, from: &Source, sources: &[Source]) -> Option<String> {
        let Self::File { path, heading } = self else {
            let Self::Name(name) = self else { return None };
            return Some(format!(
                "`{name}` names no file of the repository; cite an id, or a document as `docs/NAME.md, \"Heading\"`"
            ));
        };
        let near = Path::new(&from.path).parent().unwrap_or_else(|| Path::new(""));
        let places = [near.join(path), PathBuf::from(path), Path::new("docs").join(path)].map(|place| normal(&place));
        let Some(file) = sources.iter().find(|source| places.contains(&source.path)) else {
            return Some(format!("there is no document {path}; cite one of the repository"));
        };
        let heading = heading.as_ref()?;
        let has = |line: &String| line.trim_start_matches('#').trim() == heading.as_str() && line.starts_with('#');
        (!file.lines.iter().any(has)).then(|| format!("{path} has no heading \"{heading}\"; cite one that it has"))
    }
}

/// Resolves `.` and `..` in a path.
fn normal(path: &Path) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in path.components() {
        match part.as_os_str().to_string_lossy().as_ref() {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part.to_owned()),
        }
    }
    parts.join("/")
}

/// The documents that a line cites. In code, only comments cite by name.
pub(crate) fn documents_of(line: &str, is_code: bool) -> Vec<Document> {
    let mut found = Vec::new();
    let comment = comment_of(line);
    if is_code && comment.is_none() {
        return found;
    }
    let text = if is_code { comment.unwrap_or_default() } else { line };
    let is_path = |letter: char| letter.is_alphanumeric() || "._/-:".contains(letter);
    let mut rest = text;
    while let Some(end) = rest.find(".md") {
        let (before, after) = (&rest[..end], &rest[end + 3..]);
        let start = before
            .rfind(|letter: char| !is_path(letter))
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        let is_end = !after.starts_with(|letter: char| letter.is_alphanumeric());
        let path = format!("{}.md", &before[start..]);
        // URLs are not our documents, and neither is the output file of a command.
        let is_ours = !path.contains(':') && !before[..start].ends_with("--out ");
        if is_end && before.len() > start && is_ours {
            let heading = after
                .trim_start_matches(['`', ')', ']'])
                .strip_prefix(", \"")
                .and_then(|quoted| quoted.split_once('"'));
            found.push(Document::File { path, heading: heading.map(|(heading, _)| heading.to_owned()) });
        }
        rest = after;
    }
    let words: Vec<_> =
        text.split_whitespace().map(|word| word.trim_matches(|letter: char| !letter.is_alphanumeric())).collect();
    for pair in words.windows(2) {
        let is_name = pair[0].len() > 2 && pair[0].chars().all(|letter| letter.is_ascii_uppercase());
        if is_name && pair[1] == "section" {
            found.push(Document::Name(format!("{} section", pair[0])));
        }
        if is_code && is_name && pair[0].len() > 3 && is_label(pair[1]) {
            found.push(Document::Name(pair.join(" ")));
        }
    }
    found
}

/// Whether a word looks like the label of an entry in a list elsewhere: a letter, or a letter and a number.
fn is_label(word: &str) -> bool {
    let number = word.trim_start_matches(|letter: char| letter.is_ascii_uppercase());
    let is_number = number.len() <= 3 && number.chars().all(|letter| letter.is_ascii_digit());
    word.len() - number.len() == 1 && is_number
}

/// The comment of a line of code.
fn comment_of(line: &str) -> Option<&str> {
    let trimmed = line.trim_start();
    ["//", "--", "#", "*"]
        .iter()
        .find_map(|mark| trimmed.strip_prefix(mark))
        .or_else(|| line.split_once(" // ").map(|(_, rest)| rest))
}

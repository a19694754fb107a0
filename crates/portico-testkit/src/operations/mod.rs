//! Operations of frontends: `fixtures/operations`.

mod records;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::Person;

/// Operation of `fixtures/operations`.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its folder: the role that sends it.
    pub role: String,
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
    variables: Value,
}

impl Operation {
    /// A person of its role.
    pub fn person(&self) -> Person {
        match self.role.as_str() {
            "public" => Person::public(),
            "client" => Person::client(),
            "trade" => Person::trade(),
            "staff" => Person::staff(),
            "owner" => Person::owner(),
            "reporting" => Person::reporting(),
            "support" => Person::support(),
            other => panic!("no person has the role {other}"),
        }
    }

    fn is_mutation(&self) -> bool {
        self.text.lines().any(|line| line.starts_with("mutation "))
    }

    /// Its variables, with names replaced by ids.
    pub fn variables(&self, project: &str, selection: &str, client: &str) -> Value {
        let text = self.variables.to_string().replace("$project", project).replace("$selection", selection);
        let text = text.replace("$client", client);
        serde_json::from_str(&text).expect("ids need no escapes")
    }
}

/// All operations that read. Tests repeat them, as several callers and in any order, and count their statements.
pub fn operations() -> Vec<Operation> {
    let found: Vec<_> = all().into_iter().filter(|operation| !operation.is_mutation()).collect();
    assert!(found.len() >= 15, "the operations are missing");
    found
}

/// All mutations. A test runs each on a demo of its own.
pub fn mutations() -> Vec<Operation> {
    let found: Vec<_> = all().into_iter().filter(Operation::is_mutation).collect();
    assert!(found.len() >= 15, "the mutations are missing");
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/operations")
}

fn all() -> Vec<Operation> {
    let mut found = Vec::new();
    for role in folder(&root()).into_iter().filter(|path| path.is_dir()) {
        for file in folder(&role).into_iter().filter(|path| path.extension().is_some_and(|end| end == "graphql")) {
            let variables = fs::read_to_string(file.with_extension("json")).unwrap_or_else(|_| "{}".to_owned());
            let name_of = |path: &Path| path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
            found.push(Operation {
                role: name_of(&role),
                name: name_of(&file),
                text: fs::read_to_string(&file).expect("the operation can be read"),
                variables: serde_json::from_str(&variables).expect("variables are JSON"),
            });
        }
    }
    found
}

fn folder(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry can be read").path()).collect();
    paths.sort();
    paths
}

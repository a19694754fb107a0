//! Operations of frontends: `fixtures/operations`.

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

    /// Its variables, with names replaced by ids.
    pub fn variables(&self, project: &str, selection: &str, client: &str) -> Value {
        let text = self.variables.to_string().replace("$project", project).replace("$selection", selection);
        let text = text.replace("$client", client);
        serde_json::from_str(&text).expect("ids need no escapes")
    }
}

/// All operations.
pub fn operations() -> Vec<Operation> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/operations");
    let mut found = Vec::new();
    for role in folder(&root).into_iter().filter(|path| path.is_dir()) {
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
    assert!(found.len() >= 15, "the operations are missing");
    found
}

fn folder(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry can be read").path()).collect();
    paths.sort();
    paths
}

//! Operations of `fixtures/operations`, which frontends and scripts send, as of the build.

use std::collections::HashSet;
use std::sync::LazyLock;

use include_dir::{Dir, File, include_dir};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../fixtures/operations");
static NAMES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| all().map(|operation| operation.name).collect());

/// Operation that a frontend or script sends.
pub(crate) struct Operation {
    /// Its folder.
    pub(crate) role: &'static str,
    /// Its name, and that of its file.
    pub(crate) name: &'static str,
    /// The text of the file.
    pub(crate) text: &'static str,
    /// The JSON file beside it.
    pub(crate) variables: Option<&'static str>,
}

/// How records for placeholders are found, by name: a query, a path in its answer, and conditions (`fixtures/operations/README.md`).
pub(crate) fn records() -> Option<&'static str> {
    FILES.get_file("records.json").and_then(File::contents_utf8)
}

/// All operations.
pub(crate) fn all() -> impl Iterator<Item = Operation> {
    FILES.dirs().flat_map(Dir::files).filter_map(operation)
}

/// The name of a listed operation, for labels that must not hold a caller's text.
pub(crate) fn known_name(name: &str) -> Option<&'static str> {
    NAMES.get(name).copied()
}

fn operation(file: &'static File<'static>) -> Option<Operation> {
    let path = file.path();
    if path.extension()? != "graphql" {
        return None;
    }
    Some(Operation {
        role: path.parent()?.to_str()?,
        name: path.file_stem()?.to_str()?,
        text: file.contents_utf8()?,
        variables: FILES.get_file(path.with_extension("json")).and_then(File::contents_utf8),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_the_fixtures_are_known() {
        assert_eq!(known_name("Dashboard"), Some("Dashboard"));
        assert_eq!(known_name("SelectionChoose"), Some("SelectionChoose"));
        for other in ["", "dashboard", "README", "Dashboard.graphql", "client", "records"] {
            assert_eq!(known_name(other), None, "{other}");
        }
    }
}

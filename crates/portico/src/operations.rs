//! The operations of `fixtures/operations`, which frontends and scripts really send, as they were when the gateway was
//! compiled.

use std::collections::HashSet;
use std::sync::LazyLock;

use include_dir::{Dir, File, include_dir};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../fixtures/operations");
static NAMES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| all().map(|operation| operation.name).collect());

/// An operation that somebody really sends.
pub(crate) struct Operation {
    /// The folder it lies in.
    pub(crate) role: &'static str,
    /// Its own name, and its file's.
    pub(crate) name: &'static str,
    /// The whole file.
    pub(crate) text: &'static str,
    /// The JSON beside it.
    pub(crate) variables: Option<&'static str>,
}

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = Operation> {
    FILES.dirs().flat_map(Dir::files).filter_map(operation)
}

/// A name that stands here, for wherever names have to be few and none may be a caller's invention.
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
    fn a_name_is_known_if_it_stands_in_the_fixtures() {
        assert_eq!(known_name("Dashboard"), Some("Dashboard"));
        for other in ["", "dashboard", "README", "Dashboard.graphql", "client"] {
            assert_eq!(known_name(other), None, "{other}");
        }
    }
}

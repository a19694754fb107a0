//! Deprecated fields and arguments used by an operation, so that their removal can be planned.

use std::collections::BTreeSet;

use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::{ExecutableDocument, Name};

/// Coordinates of deprecated items, such as `Book.isbn10` and `Query.books(orderBy:)`, sorted.
pub(super) fn used(executable: &ExecutableDocument, operation: &Operation) -> Vec<String> {
    let mut used = Used { executable, spread: BTreeSet::new(), coordinates: BTreeSet::new() };
    used.set(&operation.selection_set);
    used.coordinates.into_iter().collect()
}

struct Used<'a> {
    executable: &'a ExecutableDocument,
    spread: BTreeSet<&'a Name>,
    coordinates: BTreeSet<String>,
}

impl<'a> Used<'a> {
    fn set(&mut self, set: &'a SelectionSet) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => self.field(&set.ty, field),
                Selection::InlineFragment(inline) => self.set(&inline.selection_set),
                Selection::FragmentSpread(spread) => {
                    let fragment = self.executable.fragments.get(&spread.fragment_name);
                    if let Some(fragment) = fragment
                        && self.spread.insert(&fragment.name)
                    {
                        self.set(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn field(&mut self, parent: &Name, field: &'a Field) {
        if field.definition.directives.has("deprecated") {
            self.coordinates.insert(format!("{parent}.{}", field.name));
        }
        for argument in &field.arguments {
            let definition = field.definition.argument_by_name(&argument.name);
            if definition.is_some_and(|definition| definition.directives.has("deprecated")) {
                self.coordinates.insert(format!("{parent}.{}({}:)", field.name, argument.name));
            }
        }
        self.set(&field.selection_set);
    }
}

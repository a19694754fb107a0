//! Variations of operations: the next page of a list, and invalid ones.

use serde_json::Value as Json;

use super::generate::Generator;
use super::operation::{Argument, Field, Fragment, Given, Operation, Selection, Value};

impl Generator<'_> {
    /// The operation with one list continued from a cursor of the answer.
    pub(crate) fn next_page(&mut self, operation: &Operation, answer: &Json) -> Option<Operation> {
        let mut lists = Vec::new();
        find_lists(&operation.selections, answer.get("data")?, true, &mut Vec::new(), &mut lists);
        // A cursor of one project's list is invalid in its neighbors', and fails the whole answer.
        let has_lone = lists.iter().any(|list| list.is_lone);
        lists.retain(|list| list.is_lone || !has_lone);
        let List { path, cursors, .. } = self.random.choice(lists)?;
        let cursor = self.random.choice(cursors)?;
        let (name, size) = if self.chance(65) { ("after", "first") } else { ("before", "last") };
        let mut next = operation.clone();
        let field = field_at(&mut next.selections, &path)?;
        field.arguments.retain(|given| !["after", "before", "first", "last"].contains(&given.name.as_str()));
        let given = if self.chance(50) { Given::Literal } else { Given::Variable };
        let argument =
            |name: &str, ty: &str, value| Argument { name: name.to_owned(), ty: ty.to_owned(), value, given };
        field.arguments.push(argument(name, "String", Value::Text(cursor)));
        if name == "before" || self.chance(60) {
            field.arguments.push(argument(size, "Int", Value::Number(self.random.i64(1..6))));
        }
        Some(next)
    }

    /// Adds an error: a name outside the role schema, or of no schema.
    pub(crate) fn spoil(&mut self, operation: &mut Operation) {
        if self.chance(8) {
            let length = operation.printed().query.chars().count();
            operation.cut = Some(self.random.usize(..length));
            return;
        }
        let strange = match self.chance(75) {
            true => self.random.choice(self.strange.iter()).cloned().unwrap_or_default(),
            false => "nonsense".to_owned(),
        };
        let at = self.random.usize(..count(&operation.selections));
        let kind = self.random.u8(..6);
        visit(&mut operation.selections, &mut 0, at, &mut |field| match kind {
            0 => strange.clone_into(&mut field.name),
            1 => field.arguments.push(Argument {
                name: strange.clone(),
                ty: "String".to_owned(),
                value: Value::Text("x".to_owned()),
                given: Given::Literal,
            }),
            2 => {
                let on = Some(strange.clone());
                let selections = field.selections.clone();
                field.selections.push(Selection::Fragment(Fragment {
                    on,
                    is_named: false,
                    condition: None,
                    selections,
                }));
            }
            3 => match field.arguments.first_mut() {
                Some(argument) => argument.value = Value::Name(strange.clone()),
                None => strange.clone_into(&mut field.name),
            },
            4 => match field.arguments.first_mut() {
                Some(argument) => {
                    argument.value = Value::Object(vec![(strange.clone(), Value::Text("x".to_owned()))]);
                    argument.given = Given::Variable;
                }
                None => field.selections.clear(),
            },
            _ => match field.arguments.first_mut() {
                Some(argument) => {
                    strange.clone_into(&mut argument.ty);
                    argument.given = Given::Variable;
                }
                None => strange.clone_into(&mut field.name),
            },
        });
    }
}

/// The number of fields.
fn count(selections: &[Selection]) -> usize {
    let fields = selections.iter().map(|selection| match selection {
        Selection::Field(field) => 1 + count(&field.selections),
        Selection::Fragment(fragment) => count(&fragment.selections),
    });
    fields.sum::<usize>().max(1)
}

/// Changes the field with this number.
fn visit(selections: &mut [Selection], next: &mut usize, at: usize, change: &mut dyn FnMut(&mut Field)) {
    for selection in selections {
        match selection {
            Selection::Fragment(fragment) => visit(&mut fragment.selections, next, at, change),
            Selection::Field(field) => {
                *next += 1;
                if *next == at + 1 {
                    change(field);
                    return;
                }
                visit(&mut field.selections, next, at, change);
            }
        }
    }
}

/// A list of an answer with cursors.
struct List {
    /// Its position in the operation.
    path: Vec<usize>,
    /// Whether the operation selects it in a single object only.
    is_lone: bool,
    cursors: Vec<String>,
}

fn find_lists(selections: &[Selection], answer: &Json, is_lone: bool, path: &mut Vec<usize>, lists: &mut Vec<List>) {
    for (index, selection) in selections.iter().enumerate() {
        path.push(index);
        match selection {
            Selection::Fragment(fragment) => find_lists(&fragment.selections, answer, is_lone, path, lists),
            Selection::Field(field) => {
                let items = match answer.get(field.key()) {
                    Some(Json::Array(items)) => items.as_slice(),
                    Some(value) => std::slice::from_ref(value),
                    None => &[],
                };
                let is_lone = is_lone && items.len() == 1;
                for item in items {
                    let cursors = cursors_of(item);
                    if !cursors.is_empty() {
                        lists.push(List { path: path.clone(), is_lone, cursors });
                    }
                    find_lists(&field.selections, item, is_lone, path, lists);
                }
            }
        }
        path.pop();
    }
}

/// The cursors of a page.
fn cursors_of(page: &Json) -> Vec<String> {
    let info = ["startCursor", "endCursor"].iter().filter_map(|name| page.get("pageInfo")?.get(name)?.as_str());
    let edges = page.get("edges").and_then(Json::as_array).into_iter().flatten();
    info.chain(edges.filter_map(|edge| edge.get("cursor")?.as_str())).map(str::to_owned).collect()
}

fn field_at<'a>(selections: &'a mut [Selection], path: &[usize]) -> Option<&'a mut Field> {
    let (index, rest) = path.split_first()?;
    match selections.get_mut(*index)? {
        Selection::Field(field) => {
            if rest.is_empty() {
                return Some(field);
            }
            field_at(&mut field.selections, rest)
        }
        Selection::Fragment(fragment) => field_at(&mut fragment.selections, rest),
    }
}

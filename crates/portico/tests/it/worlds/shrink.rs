//! Finds the smallest operation with different replies.

use super::compare::Pair;
use super::operation::{Argument, Field, Given, Operation, Selection, Value};

/// Maximum number of requests.
const MAX_REQUESTS: usize = 400;

/// Removes parts while the worlds still differ.
pub(crate) async fn smallest(pair: &Pair, mut operation: Operation) -> Operation {
    let (mut at, mut has_shrunk) = (0, false);
    for _ in 0..MAX_REQUESTS {
        let candidates = smaller(&operation);
        match candidates.get(at) {
            // Again from the start, until nothing can be removed.
            None if has_shrunk => (at, has_shrunk) = (0, false),
            None => break,
            Some(candidate) if pair.differs(&candidate.printed()).await => {
                operation = candidate.clone();
                has_shrunk = true;
            }
            Some(_) => at += 1,
        }
    }
    operation
}

/// All operations that are one step smaller, largest steps first.
fn smaller(operation: &Operation) -> Vec<Operation> {
    let of = |selections| Operation { selections, cut: operation.cut };
    smaller_selections(&operation.selections).into_iter().filter(|it| !it.is_empty()).map(of).collect()
}

fn smaller_selections(selections: &[Selection]) -> Vec<Vec<Selection>> {
    let with = |index: usize, new: Vec<Selection>| {
        let mut all = selections.to_vec();
        all.splice(index..=index, new);
        all
    };
    let mut found: Vec<_> = (0..selections.len()).map(|index| with(index, Vec::new())).collect();
    for (index, selection) in selections.iter().enumerate() {
        match selection {
            Selection::Fragment(fragment) => {
                // Its selections work without it, unless they need the type.
                found.push(with(index, fragment.selections.clone()));
                for inner in smaller_selections(&fragment.selections).into_iter().filter(|it| !it.is_empty()) {
                    let mut fragment = fragment.clone();
                    fragment.selections = inner;
                    found.push(with(index, vec![Selection::Fragment(fragment)]));
                }
                if fragment.is_named || fragment.condition.is_some() {
                    let mut fragment = fragment.clone();
                    (fragment.is_named, fragment.condition) = (false, None);
                    found.push(with(index, vec![Selection::Fragment(fragment)]));
                }
            }
            Selection::Field(field) => {
                found.extend(smaller_fields(field).into_iter().map(|it| with(index, vec![Selection::Field(it)])));
            }
        }
    }
    found
}

fn smaller_fields(field: &Field) -> Vec<Field> {
    let mut found = Vec::new();
    for selections in smaller_selections(&field.selections).into_iter().filter(|it| !it.is_empty()) {
        found.push(Field { selections, ..field.clone() });
    }
    for index in 0..field.arguments.len() {
        let mut without = field.clone();
        let argument = without.arguments.remove(index);
        found.push(without);
        found.extend(smaller_arguments(&argument).into_iter().map(|argument| {
            let mut with = field.clone();
            with.arguments[index] = argument;
            with
        }));
    }
    if field.condition.is_some() {
        found.push(Field { condition: None, ..field.clone() });
    }
    if field.alias.is_some() {
        found.push(Field { alias: None, ..field.clone() });
    }
    found
}

fn smaller_arguments(argument: &Argument) -> Vec<Argument> {
    let mut found = Vec::new();
    for value in smaller_values(&argument.value) {
        found.push(Argument { value, ..argument.clone() });
    }
    if argument.given != Given::Literal {
        found.push(Argument { given: Given::Literal, ..argument.clone() });
    }
    found
}

fn smaller_values(value: &Value) -> Vec<Value> {
    match value {
        Value::List(items) => without_or_smaller(items, smaller_values).into_iter().map(Value::List).collect(),
        Value::Object(fields) => {
            let inner = |(name, value): &(String, Value)| {
                smaller_values(value).into_iter().map(|value| (name.clone(), value)).collect()
            };
            without_or_smaller(fields, inner).into_iter().map(Value::Object).collect()
        }
        _ => Vec::new(),
    }
}

/// Each item removed, and each made smaller.
fn without_or_smaller<T: Clone>(items: &[T], smaller: impl Fn(&T) -> Vec<T>) -> Vec<Vec<T>> {
    let mut found = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let mut without = items.to_vec();
        without.remove(index);
        found.push(without);
        for new in smaller(item) {
            let mut with = items.to_vec();
            with[index] = new;
            found.push(with);
        }
    }
    found
}

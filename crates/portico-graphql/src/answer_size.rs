//! Limits the size of an answer during execution.
//!
//! The cost of an operation counts objects at the usual lengths of lists, and neither texts nor aliases of texts. So an
//! operation within its cost could request hundreds of megabytes of the rows that it reads. Here each field is counted
//! when it is resolved, and execution ends with the field that exceeds the limit.

use std::cell::{Cell, RefCell};
use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::task::Poll;

use async_graphql::{Name, Value};

/// Counted for each field besides its name and text, in bytes: punctuation, and part of the memory of its value.
const FIELD: usize = 24;

tokio::task_local! {
    /// Remaining bytes of this task's execution.
    static LEFT: Cell<usize>;
    /// Response keys of the mutations that this task's execution has carried out.
    static CHANGED: RefCell<Vec<Name>>;
}

/// Result of an execution.
pub(crate) struct Measured<T> {
    /// The output; none if it exceeded the limit.
    pub(crate) output: Option<T>,
    /// Counted bytes.
    pub(crate) bytes: usize,
    /// Response keys of the mutations that were carried out.
    pub(crate) changed: Vec<Name>,
}

/// Runs an execution with a maximum size of its answer, in bytes.
pub(crate) async fn measured<F: Future>(most: usize, execution: F) -> Measured<F::Output> {
    let counted = async {
        let mut execution = pin!(execution);
        let left = || LEFT.with(Cell::get);
        let output = poll_fn(|context| match execution.as_mut().poll(context) {
            // Dropped without polling it again.
            _ if left() == 0 => Poll::Ready(None),
            polled => polled.map(Some),
        });
        Measured { output: output.await, bytes: most - left(), changed: CHANGED.with(RefCell::take) }
    };
    LEFT.scope(Cell::new(most), CHANGED.scope(RefCell::default(), counted)).await
}

/// Notes that a mutation was carried out.
pub(crate) fn note_change(key: &Name) {
    let _ = CHANGED.try_with(|changed| changed.borrow_mut().push(key.clone()));
}

/// Counts a field. Never returns once the limit is exceeded, so that nothing else is resolved until the execution is
/// dropped.
pub(crate) async fn count_field(name: &Name) {
    if !take(FIELD + name.len()) {
        pending::<()>().await;
    }
}

/// Counts the texts of an object's values, and the names of `__typename`, which no guard counts. Objects in it have
/// counted theirs.
pub(crate) async fn count_object<'a>(fields: impl IntoIterator<Item = (&'a Name, &'a Value)>, type_name: &str) {
    for (name, value) in fields {
        count_text(value);
        if matches!(value, Value::String(text) if text == type_name) {
            count_field(name).await;
        }
    }
}

fn count_text(value: &Value) {
    take(text_of(value));
}

fn text_of(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::List(items) => items.iter().map(|item| text_of(item) + size_of::<Value>()).sum(),
        _ => 0,
    }
}

/// False once no bytes remain. Always true in executions without a limit.
fn take(bytes: usize) -> bool {
    let taken = LEFT.try_with(|left| {
        left.set(left.get().saturating_sub(bytes));
        left.get() > 0
    });
    taken.unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn execution_ends_with_field_above_the_limit() {
        let name = Name::new("title");
        let (mut resolved, each) = (0, FIELD + name.len());
        let execution = async {
            for _ in 0..10 {
                count_field(&name).await;
                resolved += 1;
            }
        };
        let measured = measured(each * 3 + 1, execution).await;
        assert!(measured.output.is_none());
        assert_eq!(resolved, 3);
        let execution = async { count_text(&Value::from("12345")) };
        assert_eq!(super::measured(6, execution).await.bytes, 5);
        assert!(super::measured(5, async { count_text(&Value::from("12345")) }).await.output.is_none());
        let list = || Value::List(vec![Value::from("12"), Value::from("345")]);
        assert!(super::measured(5, async { count_text(&list()) }).await.output.is_none());
    }
}

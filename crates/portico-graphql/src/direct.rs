//! Objects whose fields are resolved in place.
//!
//! async-graphql boxes the future of each field and joins them. Most of our fields have their value at once, and a list
//! of a hundred rows has a thousand of them: then boxes cost more than values. An object wrapped in [`Direct`] is
//! resolved field by field, and only fields that wait for a load are boxed
//! (docs/decisions/0008-objects-resolved-in-place.md).

use std::borrow::Cow;

use async_graphql::parser::types::{Field, Selection};
use async_graphql::registry::Registry;
use async_graphql::resolver_utils::resolve_container;
use async_graphql::{ContextSelectionSet, Name, ObjectType, OutputType, Positioned, ServerResult, Value};
use futures_util::FutureExt;
use futures_util::future::try_join_all;

use crate::answer_size::count_object;

/// Object type of async-graphql; callers see no difference.
#[derive(Debug, Clone)]
pub(crate) struct Direct<T>(pub(crate) T);

impl<T> From<T> for Direct<T> {
    fn from(object: T) -> Self {
        Self(object)
    }
}

impl<T: ObjectType> OutputType for Direct<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        let items = &ctx.item.node.items;
        // In one function: rustc follows what the futures of nested objects hold through all levels of a query.
        let object = 'resolved: {
            let mut object = Object::with_capacity(items.len());
            let mut waiting = Vec::new();
            for item in items {
                let Selection::Field(field) = &item.node else {
                    break 'resolved resolve_container(ctx, &self.0).await?;
                };
                let key = &field.node.response_key().node;
                // Fields of one name are merged by the executor.
                if !field.node.directives.is_empty() || object.contains_key(key) {
                    break 'resolved resolve_container(ctx, &self.0).await?;
                }
                let value = if field.node.name.node == "__typename" {
                    Some(Value::String(T::type_name().into_owned()))
                } else {
                    // Polled once. A field that has to wait is polled again from a box, and waits for the same load.
                    let now = self.0.resolve_field(&ctx.with_field(field)).now_or_never();
                    now.transpose()?.map(Option::unwrap_or_default)
                };
                if value.is_none() {
                    waiting.push((object.len(), field));
                }
                object.insert(key.clone(), value.unwrap_or_default());
            }
            let waiting = waiting.into_iter().map(|(index, field)| async move {
                let value = self.0.resolve_field(&ctx.with_field(field)).await?;
                ServerResult::Ok((index, value.unwrap_or_default()))
            });
            for (index, value) in try_join_all(waiting).await? {
                object[index] = value;
            }
            Value::Object(object)
        };
        if let Value::Object(fields) = &object {
            count_object(fields, &T::type_name()).await;
        }
        Ok(object)
    }
}

/// As in async-graphql.
type Object = indexmap::IndexMap<Name, Value>;

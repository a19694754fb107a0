//! Puts rows back to the keys that asked for them, and drops what is not the viewer's.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use portico_core::page::{Paged, Slice};
use portico_core::people::Viewer;
use portico_store::Visible;

/// The rows of one key, in order.
pub(crate) type Rows<R> = Arc<[Arc<R>]>;

/// At most one row a key.
pub(crate) fn one_each<K: Eq + Hash, R: Visible>(
    rows: Vec<R>,
    viewer: &Viewer,
    key: impl Fn(&R) -> K,
) -> HashMap<K, Option<Arc<R>>> {
    rows.into_iter().filter(|row| row.visible_to(viewer)).map(|row| (key(&row), Some(Arc::new(row)))).collect()
}

/// Any number of rows a key; their order is kept.
pub(crate) fn many_each<K: Eq + Hash, R: Visible>(
    rows: Vec<R>,
    viewer: &Viewer,
    key: impl Fn(&R) -> K,
) -> HashMap<K, Rows<R>> {
    grouped(rows, viewer, key).into_iter().map(|(key, rows)| (key, rows.into())).collect()
}

/// One page of rows a key.
pub(crate) fn page_each<K: Eq + Hash, R: Visible>(
    rows: Vec<R>,
    viewer: &Viewer,
    slice: &Slice,
    key: impl Fn(&R) -> K,
) -> HashMap<K, Arc<Paged<Arc<R>>>> {
    grouped(rows, viewer, key).into_iter().map(|(key, rows)| (key, Arc::new(slice.cut(rows)))).collect()
}

fn grouped<K: Eq + Hash, R: Visible>(rows: Vec<R>, viewer: &Viewer, key: impl Fn(&R) -> K) -> HashMap<K, Vec<Arc<R>>> {
    let mut groups: HashMap<K, Vec<Arc<R>>> = HashMap::new();
    for row in rows.into_iter().filter(|row| row.visible_to(viewer)) {
        groups.entry(key(&row)).or_default().push(Arc::new(row));
    }
    groups
}

/// A key that names at most one row.
macro_rules! loads_one {
    ($(#[$meta:meta])* $key:ident($id:ty) => $row:ty, $query:path, by $column:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $key(pub $id);

        impl $crate::Key for $key {
            type Value = Option<std::sync::Arc<$row>>;

            async fn load(
                seen: &portico_store::SeenBy,
                keys: Vec<Self>,
            ) -> Result<std::collections::HashMap<Self, Self::Value>, portico_store::StoreError> {
                let rows = $query(seen, keys.into_iter().map(|key| key.0).collect()).await?;
                Ok($crate::gather::one_each(rows, seen.viewer(), |row| Self(row.$column.into())))
            }
        }
    };
}

/// A key that names all rows of a parent.
macro_rules! loads_many {
    ($(#[$meta:meta])* $key:ident($id:ty) => $row:ty, $query:path, by $column:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $key(pub $id);

        impl $crate::Key for $key {
            type Value = std::sync::Arc<[std::sync::Arc<$row>]>;

            async fn load(
                seen: &portico_store::SeenBy,
                keys: Vec<Self>,
            ) -> Result<std::collections::HashMap<Self, Self::Value>, portico_store::StoreError> {
                let rows = $query(seen, keys.into_iter().map(|key| key.0).collect()).await?;
                Ok($crate::gather::many_each(rows, seen.viewer(), |row| Self(row.$column.into())))
            }
        }
    };
}

pub(crate) use {loads_many, loads_one};

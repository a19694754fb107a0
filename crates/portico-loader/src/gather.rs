//! Groups rows by key, and drops rows that are not visible to the viewer.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use portico_core::page::{Paged, Slice};
use portico_core::people::Viewer;
use portico_store::Visible;

/// The rows of one key, in order.
pub(crate) type Rows<R> = Arc<[Arc<R>]>;

/// Returns at most one row per key.
pub(crate) fn one_each<K: Eq + Hash, R: Visible>(
    rows: Vec<R>,
    viewer: &Viewer,
    key: impl Fn(&R) -> K,
) -> HashMap<K, Option<Arc<R>>> {
    rows.into_iter().filter(|row| row.visible_to(viewer)).map(|row| (key(&row), Some(Arc::new(row)))).collect()
}

/// Returns any number of rows per key, in their order.
pub(crate) fn many_each<K: Eq + Hash, R: Visible>(
    rows: Vec<R>,
    viewer: &Viewer,
    key: impl Fn(&R) -> K,
) -> HashMap<K, Rows<R>> {
    grouped(rows, viewer, key).into_iter().map(|(key, rows)| (key, rows.into())).collect()
}

/// Returns one page of rows per key.
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

/// Defines key types.
///
/// `(id) => row` is read each time, `(of project) => ..` and `(of company) => ..` are cached under that owner, and `(in
/// project, id) => ..` under the project of the object with the id.
macro_rules! loads {
    ($each:ident -> $value:ty; $(#[$meta:meta])* $key:ident($id:ty) => $row:ty, $query:path, by $column:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
        pub struct $key(pub $id);

        $crate::gather::loads!(@key $each -> $value, $key, $row, $query;
            |_| $crate::CachePolicy::AllVisible; |key| key.0; |row| Self(row.$column.into()));
    };
    ($each:ident -> $value:ty; $(#[$meta:meta])* $key:ident(of $owner:ident) => $row:ty, $query:path, by $column:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
        pub struct $key(pub $crate::gather::loads!(@id $owner));

        $crate::gather::loads!(@key $each -> $value, $key, $row, $query;
            |key| $crate::CachePolicy::Owner($crate::gather::loads!(@owner $owner)(key.0)); |key| key.0; |row| Self(row.$column));
    };
    ($each:ident -> $value:ty; $(#[$meta:meta])* $key:ident(in project, $id:ty) => $row:ty, $query:path, by $column:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
        pub struct $key(pub portico_core::id::ProjectId, pub $id);

        $crate::gather::loads!(@key $each -> $value, $key, $row, $query;
            |key| $crate::CachePolicy::Owner(portico_core::generations::Owner::Project(key.0)); |key| (key.0, key.1);
            |row| Self(row.project_id, row.$column.into()));
    };
    (@id project) => { portico_core::id::ProjectId };
    (@id company) => { portico_core::id::CompanyId };
    (@owner project) => { portico_core::generations::Owner::Project };
    (@owner company) => { portico_core::generations::Owner::Company };
    (
        @key $each:ident -> $value:ty, $key:ident, $row:ty, $query:path;
        |$of:pat_param| $policy:expr; |$this:ident| $id:expr; |$of_row:ident| $made:expr
    ) => {
        impl $crate::Key for $key {
            type Value = $value;

            const KIND: &'static str = stringify!($key);

            fn policy(&self) -> $crate::CachePolicy {
                let $of = self;
                $policy
            }

            async fn load(
                session: &portico_store::ReadSession,
                keys: Vec<Self>,
            ) -> Result<std::collections::HashMap<Self, Self::Value>, portico_store::StoreError> {
                let rows = $query(session, keys.into_iter().map(|$this| $id).collect()).await?;
                Ok($crate::gather::$each(rows, session.viewer(), |$of_row| $made))
            }
        }
    };
}

/// Defines keys of at most one row each; see [`loads`] for the forms.
macro_rules! loads_one {
    ($(#[$meta:meta])* $key:ident($($of:tt)+) => $row:ty, $($rest:tt)+) => {
        $crate::gather::loads! {
            one_each -> Option<std::sync::Arc<$row>>; $(#[$meta])* $key($($of)+) => $row, $($rest)+
        }
    };
}

/// Defines keys of all rows of a parent; see [`loads`] for the forms.
macro_rules! loads_many {
    ($(#[$meta:meta])* $key:ident($($of:tt)+) => $row:ty, $($rest:tt)+) => {
        $crate::gather::loads! {
            many_each -> std::sync::Arc<[std::sync::Arc<$row>]>; $(#[$meta])* $key($($of)+) => $row, $($rest)+
        }
    };
}

pub(crate) use {loads, loads_many, loads_one};

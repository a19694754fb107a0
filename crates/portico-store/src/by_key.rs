//! Defines queries for the rows of many keys, one statement each.

/// Defines functions that read the rows of a table by one column, for many keys.
///
/// `(Key)` is for parents that are owners, and for objects of unknown project. `(in project, Key)` is for other rows of
/// a project: the statement names both, so that it does not start from all rows that the viewer may see.
macro_rules! rows_by_key {
    ($(
        $(#[$meta:meta])*
        $name:ident($($key:tt)+) -> $row:ty = $table:ident by $column:ident $(in order of $($order:ident),+)?;
    )+) => {$(
        $crate::by_key::rows_by_key! {
            @one $(#[$meta])* $name($($key)+) -> $row;
            $table by $column, |rows| rows$(.order(($($table::$order),+)))?.select(<$row>::as_select())
        }
    )+};
    (@one $(#[$meta:meta])* $name:ident(in project, $key:ty) -> $row:ty;
        $table:ident by $column:ident, |$rows:ident| $read:expr) => {
        $(#[$meta])*
        ///
        /// # Errors
        ///
        /// [`StoreError`](crate::StoreError) if the query fails, or the viewer's role view does not have this
        /// at all.
        pub async fn $name(
            session: &crate::ReadSession,
            keys: Vec<(portico_core::id::ProjectId, $key)>,
        ) -> Result<Vec<$row>, crate::StoreError> {
            let $rows = $table::table
                .filter($table::project_id.eq($crate::children::ParentProject))
                .filter($crate::children::IsAsked($table::$column));
            session.load($crate::children::in_each_project(keys, $read)).await
        }
    };
    (@one $(#[$meta:meta])* $name:ident($key:ty) -> $row:ty;
        $table:ident by $column:ident, |$rows:ident| $read:expr) => {
        $(#[$meta])*
        ///
        /// # Errors
        ///
        /// [`StoreError`](crate::StoreError) if the query fails, or the viewer's role view does not have this
        /// at all.
        pub async fn $name(session: &crate::ReadSession, keys: Vec<$key>) -> Result<Vec<$row>, crate::StoreError> {
            let $rows = $table::table.filter($table::$column.eq_any(keys));
            session.load($read).await
        }
    };
}
pub(crate) use rows_by_key;

/// Defines functions that read the first rows of a table by one column, for many keys.
///
/// For histories, which callers can extend without limit: a statement reads at most the maximum of the list for each
/// key.
macro_rules! first_rows_by_key {
    ($(
        $(#[$meta:meta])*
        $name:ident($key:ty) -> $row:ty = the first $most:ident of $table:ident by $column:ident in order of $order:expr;
    )+) => {$(
        $(#[$meta])*
        ///
        /// # Errors
        ///
        /// [`StoreError`](crate::StoreError) if the query fails, or the viewer's role view does not have this
        /// at all.
        pub async fn $name(session: &crate::ReadSession, keys: Vec<$key>) -> Result<Vec<$row>, crate::StoreError> {
            let of_one = $table::table
                .filter($table::$column.eq($crate::children::ParentId))
                .order($order)
                .limit(portico_core::limits::caps::$most.into())
                .select(<$row>::as_select());
            session.load($crate::children::of_each(keys.into_iter().map(|key| key.0), of_one)).await
        }
    )+};
}
pub(crate) use first_rows_by_key;

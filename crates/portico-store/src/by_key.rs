//! The commonest question: the rows of many keys, in one statement.

/// Makes a function for each question of the form "the rows of this table whose column is one of these keys".
macro_rules! rows_by_key {
    ($(
        $(#[$meta:meta])*
        $name:ident($key:ty) -> $row:ty = $table:ident by $column:ident $(in order of $($order:ident),+)?;
    )+) => {$(
        $(#[$meta])*
        ///
        /// # Errors
        ///
        /// [`StoreError`](crate::StoreError) when the database does not answer, or the viewer's window does not have this
        /// at all.
        pub async fn $name(seen: &crate::SeenBy, keys: Vec<$key>) -> Result<Vec<$row>, crate::StoreError> {
            let rows = $table::table.filter($table::$column.eq_any(keys));
            seen.load(rows$(.order(($($table::$order),+)))?.select(<$row>::as_select())).await
        }
    )+};
}
pub(crate) use rows_by_key;

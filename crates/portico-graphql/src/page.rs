//! Pages: arguments, cursors and connections, in one place.

use std::sync::OnceLock;

use async_graphql::SimpleObject;
use data_encoding::BASE64URL_NOPAD;
use portico_core::access::Viewer;
use portico_core::limits::{DEFAULT_PAGE, MAX_PAGE};
use portico_core::page::Slice;
use portico_graphql_macros::gated;
use serde::Serialize;
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq;

use crate::error::ApiError;

/// Maximum length of a cursor, in characters.
const MAX_CURSOR: usize = 2_048;
/// Length of a cursor's signature, in bytes.
const SIGNATURE: usize = 16;

/// Position of a page in its list.
#[gated(CLIENT, TRADE, STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct PageInfo {
    /// Whether items follow.
    has_next_page: bool,
    /// Whether items precede.
    has_previous_page: bool,
    /// Cursor of the first item. Null for an empty page.
    start_cursor: Option<String>,
    /// Cursor of the last item. Null for an empty page.
    end_cursor: Option<String>,
}

impl PageInfo {
    pub(crate) fn new(has_next: bool, has_previous: bool, start: Option<String>, end: Option<String>) -> Self {
        Self { has_next_page: has_next, has_previous_page: has_previous, start_cursor: start, end_cursor: end }
    }
}

/// The four arguments of every connection.
pub(crate) struct PageArguments {
    pub(crate) first: Option<i32>,
    pub(crate) after: Option<String>,
    pub(crate) last: Option<i32>,
    pub(crate) before: Option<String>,
}

impl PageArguments {
    /// The requested slice of a list with these cursors.
    pub(crate) fn slice(&self, cursors: &Cursors) -> Result<Slice, ApiError> {
        let (argument, size) = match (self.first, self.last) {
            (Some(_), Some(_)) => {
                return Err(ApiError::bad_input("last", "cannot be combined with `first`: omit one of them"));
            }
            (None, Some(last)) => ("last", last),
            (first, None) => ("first", first.unwrap_or(DEFAULT_PAGE.cast_signed())),
        };
        let size = u32::try_from(size)
            .ok()
            .filter(|size| (1..=MAX_PAGE).contains(size))
            .ok_or_else(|| ApiError::bad_input(argument, format!("must be between 1 and {MAX_PAGE}, not {size}")))?;
        let read = |cursor: &Option<String>, argument| {
            cursor.as_deref().map(|cursor| cursors.read(cursor, argument)).transpose()
        };
        Ok(Slice {
            size,
            from_end: self.last.is_some(),
            after: read(&self.after, "after")?,
            before: read(&self.before, "before")?,
        })
    }
}

/// Key that signs cursors, shared by all gateways of an installation.
#[derive(Clone)]
pub struct CursorKey([u8; 32]);

impl CursorKey {
    /// Derives the key from the installation's secret.
    pub fn from_secret(secret: &[u8]) -> Self {
        Self(blake3::derive_key("portico 2026 cursors", secret))
    }
}

/// Cursors of a request. The viewer's binding is computed once, and only if there is a list.
pub(crate) struct RequestCursors {
    key: CursorKey,
    viewer: OnceLock<[u8; 32]>,
}

impl RequestCursors {
    pub(crate) fn new(key: CursorKey) -> Self {
        Self { key, viewer: OnceLock::new() }
    }

    /// Cursors of one list. `list` names it, with filter and order.
    pub(crate) fn of_list(&self, viewer: &Viewer, list: &str) -> Cursors {
        self.bound(self.viewer.get_or_init(|| viewer.binding()), list)
    }

    /// Cursors that stay valid when the viewer's access changes. What they lead to has to belong to the viewer.
    pub(crate) fn of_any_viewer(&self, list: &str) -> Cursors {
        self.bound(&[], list)
    }

    fn bound(&self, viewer: &[u8], list: &str) -> Cursors {
        let mut hasher = blake3::Hasher::new_keyed(&self.key.0);
        hasher.update(viewer).update(list.as_bytes());
        Cursors { key: hasher.finalize().into() }
    }
}

/// Writes and reads the cursors of one list of one viewer.
///
/// A cursor holds a position and a signature over it, the list (with filter and order) and the viewer's access: in another list,
/// for another viewer, or after a right was lost, it is not valid.
#[derive(Clone)]
pub(crate) struct Cursors {
    key: [u8; 32],
}

impl Cursors {
    pub(crate) fn write(&self, position: &impl Serialize) -> String {
        let payload = serde_json::to_vec(position).unwrap_or_default();
        let mut bytes = self.signature(&payload).to_vec();
        bytes.extend(payload);
        BASE64URL_NOPAD.encode(&bytes)
    }

    pub(crate) fn read<T: DeserializeOwned>(&self, cursor: &str, argument: &'static str) -> Result<T, ApiError> {
        let malformed = || ApiError::bad_input(argument, "is not a cursor: use one from an earlier answer");
        if cursor.len() > MAX_CURSOR {
            return Err(malformed());
        }
        let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).map_err(|_| malformed())?;
        let (signature, payload) = bytes.split_at_checked(SIGNATURE).ok_or_else(malformed)?;
        if !bool::from(signature.ct_eq(&self.signature(payload))) {
            return Err(ApiError::CursorInvalid { argument });
        }
        serde_json::from_slice(payload).map_err(|_| malformed())
    }

    fn signature(&self, payload: &[u8]) -> [u8; SIGNATURE] {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(payload);
        let mut signature = [0; SIGNATURE];
        hasher.finalize_xof().fill(&mut signature);
        signature
    }
}

/// Defines the connection and edge types of a list. async-graphql's own cannot carry directives.
macro_rules! connection {
    (
        $(#[$meta:meta])*
        $connection:ident, $edge:ident of $node:ident($row:ty), counted by $count:ty, shared with ($($audience:ident),+)
        $(requiring $permission:ident)?
    ) => {
        $(#[$meta])*
        pub(crate) struct $connection {
            page: std::sync::Arc<portico_core::page::Paged<std::sync::Arc<$row>>>,
            count: $count,
            cursors: $crate::page::Cursors,
            position: std::sync::Arc<dyn Fn(&$row) -> portico_core::page::Position + Send + Sync>,
        }

        impl $connection {
            pub(crate) fn new(
                page: std::sync::Arc<portico_core::page::Paged<std::sync::Arc<$row>>>,
                count: $count,
                cursors: $crate::page::Cursors,
                position: impl Fn(&$row) -> portico_core::page::Position + Send + Sync + 'static,
            ) -> Self {
                Self { page, count, cursors, position: std::sync::Arc::new(position) }
            }

            fn cursor(&self, row: &$row) -> String {
                self.cursors.write(&(self.position)(row))
            }
        }

        $(#[$meta])*
        #[portico_graphql_macros::gated]
        #[async_graphql::Object]
        impl $connection {
            /// Items of the page with their cursors, in list order.
            #[shared($($audience),+)]
            async fn edges(&self) -> Vec<$crate::direct::Direct<$edge>> {
                let edge = |row: &std::sync::Arc<$row>| $edge { cursor: self.cursor(row), row: std::sync::Arc::clone(row) }.into();
                self.page.rows.iter().map(edge).collect()
            }

            /// Items of the page, in list order.
            #[shared($($audience),+)]
            async fn nodes(&self) -> Vec<$crate::direct::Direct<$node>> {
                self.page.rows.iter().map(|row| $node(std::sync::Arc::clone(row)).into()).collect()
            }

            /// Position of the page in its list.
            #[shared($($audience),+)]
            async fn page_info(&self) -> $crate::page::PageInfo {
                $crate::page::PageInfo::new(
                    self.page.has_next,
                    self.page.has_previous,
                    self.page.rows.first().map(|row| self.cursor(row)),
                    self.page.rows.last().map(|row| self.cursor(row)),
                )
            }

            /// Number of items that you have access to in the whole list. Counted only if requested.
            #[shared($($audience),+)]
            async fn total_count(&self, ctx: &async_graphql::Context<'_>) -> Result<i64, $crate::error::ApiError> {
                let loader = ctx.data_unchecked::<portico_loader::Loader>();
                Ok(loader.load(self.count.clone()).await?)
            }
        }

        /// Item of a page with its cursor.
        pub(crate) struct $edge {
            cursor: String,
            row: std::sync::Arc<$row>,
        }

        /// Item of a page with its cursor.
        #[portico_graphql_macros::gated]
        #[async_graphql::Object]
        impl $edge {
            /// Opaque cursor for `after` and `before`.
            #[shared($($audience),+)]
            async fn cursor(&self) -> &str {
                &self.cursor
            }

            /// The item.
            #[shared($($audience),+)]
            async fn node(&self) -> $crate::direct::Direct<$node> {
                $node(std::sync::Arc::clone(&self.row)).into()
            }
        }
    };
}
pub(crate) use connection;

#[cfg(test)]
mod tests {
    use portico_core::page::{Position, SortValue};
    use uuid::Uuid;

    use super::*;

    fn cursors(binding: &str) -> Cursors {
        RequestCursors::new(CursorKey::from_secret(b"secret")).of_list(&Viewer::public(), binding)
    }

    #[test]
    fn cursors_are_valid_in_their_own_list_only() {
        let position = Position { value: SortValue::Text("Ä".to_owned()), id: Uuid::nil() };
        let cursor = cursors("a").write(&position);
        assert_eq!(cursors("a").read(&cursor, "after").ok(), Some(position));
        assert!(matches!(
            cursors("b").read::<Position>(&cursor, "after"),
            Err(ApiError::CursorInvalid { argument: "after" })
        ));
    }

    #[test]
    fn modified_cursors_are_rejected() {
        let cursor = cursors("a").write(&Position { value: SortValue::Int(7), id: Uuid::nil() });
        for index in 0..cursor.len() {
            let mut touched = cursor.clone().into_bytes();
            touched[index] = if touched[index] == b'A' { b'B' } else { b'A' };
            let touched = String::from_utf8(touched).unwrap();
            assert!(cursors("a").read::<Position>(&touched, "after").is_err(), "{index}");
            assert!(cursors("a").read::<Position>(&cursor[..index], "after").is_err(), "{index}");
        }
        assert!(cursors("a").read::<Position>(&"A".repeat(100_000), "after").is_err());
    }

    #[test]
    fn descriptions_say_the_page_sizes() {
        // `portico-graphql-macros` describes `first` and `last` by these numbers.
        assert_eq!((DEFAULT_PAGE, MAX_PAGE), (25, 100));
    }

    #[test]
    fn invalid_page_sizes_name_their_argument() {
        for (first, last, named) in
            [(Some(0), None, "first"), (Some(-1), None, "first"), (None, Some(101), "last"), (Some(1), Some(1), "last")]
        {
            let arguments = PageArguments { first, after: None, last, before: None };
            assert!(
                matches!(arguments.slice(&cursors("a")), Err(ApiError::BadInput { argument, .. }) if argument == named)
            );
        }
    }
}

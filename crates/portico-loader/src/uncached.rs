//! Keys whose answers are never cached: a company's contacts and leads, and its audit log (`activity`).
//!
//! Their visibility depends on permissions that are not part of the company's generation, and their changes do not
//! change it.

/// Defines keys of single rows that are read each time.
macro_rules! loads_uncached {
    ($(#[$meta:meta])* $key:ident($id:ty) => $row:ty, $query:path, by $column:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
        pub struct $key(pub $id);

        impl $crate::Key for $key {
            type Value = Option<std::sync::Arc<$row>>;

            const KIND: &'static str = stringify!($key);

            fn policy(&self) -> $crate::CachePolicy {
                $crate::CachePolicy::Uncached
            }

            async fn load(
                session: &portico_store::ReadSession,
                keys: Vec<Self>,
            ) -> Result<std::collections::HashMap<Self, Self::Value>, portico_store::StoreError> {
                let rows = $query(session, keys.into_iter().map(|key| key.0).collect()).await?;
                Ok($crate::gather::one_each(rows, session.viewer(), |row| Self(row.$column)))
            }
        }
    };
}

/// Defines keys of several rows each, in order, that are read each time.
macro_rules! loads_many_uncached {
    ($(#[$meta:meta])* $key:ident($id:ty) => $row:ty, $query:path, by $column:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
        pub struct $key(pub $id);

        impl $crate::Key for $key {
            type Value = $crate::gather::Rows<$row>;

            const KIND: &'static str = stringify!($key);

            fn policy(&self) -> $crate::CachePolicy {
                $crate::CachePolicy::Uncached
            }

            async fn load(
                session: &portico_store::ReadSession,
                keys: Vec<Self>,
            ) -> Result<std::collections::HashMap<Self, Self::Value>, portico_store::StoreError> {
                let rows = $query(session, keys.into_iter().map(|key| key.0).collect()).await?;
                Ok($crate::gather::many_each(rows, session.viewer(), |row| Self(row.$column)))
            }
        }
    };
}

/// Defines the two keys of a list that is read each time: a page, and its total.
macro_rules! lists_uncached {
    (
        $(#[$page_meta:meta])* $page:ident, $(#[$count_meta:meta])* $count:ident
        of $list:ty => $row:ty, $read:path, $counted:path
    ) => {
        $(#[$page_meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
        pub struct $page {
            /// The filter and order.
            pub list: $list,
            /// The slice.
            pub slice: portico_core::page::Slice,
        }

        impl $crate::Key for $page {
            type Value = std::sync::Arc<portico_core::page::Paged<std::sync::Arc<$row>>>;

            const KIND: &'static str = stringify!($page);

            fn policy(&self) -> $crate::CachePolicy {
                $crate::CachePolicy::Uncached
            }

            // An operation asks for one page; aliases with other arguments are few, and bounded at admission.
            async fn load(
                session: &portico_store::ReadSession,
                keys: Vec<Self>,
            ) -> Result<std::collections::HashMap<Self, Self::Value>, portico_store::StoreError> {
                let mut pages = std::collections::HashMap::new();
                for key in keys {
                    let rows = $read(session, &key.list, &key.slice).await?.into_iter();
                    let own = rows.filter(|row| portico_store::Visible::visible_to(row, session.viewer()));
                    let page = std::sync::Arc::new(key.slice.cut(own.map(std::sync::Arc::new).collect()));
                    pages.insert(key, page);
                }
                Ok(pages)
            }
        }

        $(#[$count_meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
        pub struct $count(pub $list);

        impl $crate::Key for $count {
            type Value = i64;

            const KIND: &'static str = stringify!($count);

            fn policy(&self) -> $crate::CachePolicy {
                $crate::CachePolicy::Uncached
            }

            async fn load(
                session: &portico_store::ReadSession,
                keys: Vec<Self>,
            ) -> Result<std::collections::HashMap<Self, Self::Value>, portico_store::StoreError> {
                let mut counts = std::collections::HashMap::new();
                for key in keys {
                    let count = $counted(session, &key.0).await?;
                    counts.insert(key, count);
                }
                Ok(counts)
            }
        }
    };
}

pub(crate) use {lists_uncached, loads_many_uncached, loads_uncached};

//! Keys of the filtered lists of projects: a page of a list, and its number of rows.

/// Defines the key of a page and the key of a count, cached under the project. Each takes the rows of all projects that are asked for
/// the same slice of the same list with one statement.
macro_rules! loads_pages {
    (
        by $list:ty;
        $(#[$page_meta:meta])* $page:ident => $row:ty, $rows:path;
        $(#[$count_meta:meta])* $count:ident, $counts:path;
    ) => {
        $(#[$page_meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
        pub struct $page {
            /// The project.
            pub project: portico_core::id::ProjectId,
            /// The filter and order.
            pub list: $list,
            /// The slice.
            pub slice: portico_core::page::Slice,
        }

        impl $crate::Key for $page {
            type Value = std::sync::Arc<portico_core::page::Paged<std::sync::Arc<$row>>>;

            const KIND: &'static str = stringify!($page);

            fn policy(&self) -> $crate::CachePolicy {
                $crate::CachePolicy::Owner(portico_core::generations::Owner::Project(self.project))
            }

            async fn load(
                session: &portico_store::ReadSession,
                keys: Vec<Self>,
            ) -> Result<std::collections::HashMap<Self, Self::Value>, portico_store::StoreError> {
                let mut by_question = std::collections::HashMap::<_, Vec<_>>::new();
                for Self { project, list, slice } in keys {
                    by_question.entry((list, slice)).or_default().push(project);
                }
                let mut pages = std::collections::HashMap::new();
                for ((list, slice), projects) in by_question {
                    let rows = $rows(session, projects, &list, &slice).await?;
                    pages.extend($crate::gather::page_each(rows, session.viewer(), &slice, |row| Self {
                        project: row.project_id,
                        list: list.clone(),
                        slice: slice.clone(),
                    }));
                }
                Ok(pages)
            }
        }

        $(#[$count_meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
        pub struct $count {
            /// The project.
            pub project: portico_core::id::ProjectId,
            /// The filter; the order is ignored.
            pub list: $list,
        }

        impl $crate::Key for $count {
            type Value = i64;

            const KIND: &'static str = stringify!($count);

            fn policy(&self) -> $crate::CachePolicy {
                $crate::CachePolicy::Owner(portico_core::generations::Owner::Project(self.project))
            }

            async fn load(
                session: &portico_store::ReadSession,
                keys: Vec<Self>,
            ) -> Result<std::collections::HashMap<Self, Self::Value>, portico_store::StoreError> {
                let mut by_list = std::collections::HashMap::<_, Vec<_>>::new();
                for Self { project, list } in keys {
                    by_list.entry(list).or_default().push(project);
                }
                let mut counts = std::collections::HashMap::new();
                for (list, projects) in by_list {
                    let of_projects = $counts(session, projects, &list).await?;
                    let key = |project| Self { project, list: list.clone() };
                    counts.extend(of_projects.into_iter().map(|(project, count)| (key(project), count)));
                }
                Ok(counts)
            }
        }
    };
}

pub(crate) use loads_pages;

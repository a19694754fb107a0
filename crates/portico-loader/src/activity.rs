//! The audit log, read each time: every change adds to it.

use std::collections::HashMap;
use std::sync::Arc;

use portico_core::activity::{ActivityList, LogScope};
use portico_core::page::{Paged, Slice};
pub use portico_store::activity::ActivityRow;
use portico_store::activity::{count_activity, list_activity};
use portico_store::{ReadSession, StoreError};
use serde::Serialize;

use crate::gather::page_each;
use crate::{CachePolicy, Key};

/// A page of a log.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct ActivityPage {
    /// Whose entries.
    pub log: LogScope,
    /// The filter.
    pub list: ActivityList,
    /// The slice.
    pub slice: Slice,
}

impl Key for ActivityPage {
    type Value = Arc<Paged<Arc<ActivityRow>>>;

    const KIND: &'static str = "ActivityPage";

    fn policy(&self) -> CachePolicy {
        CachePolicy::Uncached
    }

    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let mut by_question: HashMap<(bool, ActivityList, Slice), Vec<LogScope>> = HashMap::new();
        for Self { log, list, slice } in keys {
            by_question.entry((is_of_project(log), list, slice)).or_default().push(log);
        }
        let mut pages = HashMap::new();
        for ((is_of_projects, list, slice), logs) in by_question {
            let rows = list_activity(session, &logs, &list, &slice).await?;
            let log = |row: &ActivityRow| match row.project_id {
                Some(project) if is_of_projects => LogScope::Project(project),
                _ => LogScope::Company(row.company_id),
            };
            let of_logs = page_each(rows, session.viewer(), &slice, |row| Self {
                log: log(row),
                list: list.clone(),
                slice: slice.clone(),
            });
            pages.extend(of_logs);
        }
        Ok(pages)
    }
}

/// The number of entries of a log in a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct ActivityCount {
    /// Whose entries.
    pub log: LogScope,
    /// The filter.
    pub list: ActivityList,
}

impl Key for ActivityCount {
    type Value = i64;

    const KIND: &'static str = "ActivityCount";

    fn policy(&self) -> CachePolicy {
        CachePolicy::Uncached
    }

    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let mut by_list: HashMap<(bool, ActivityList), Vec<LogScope>> = HashMap::new();
        for Self { log, list } in keys {
            by_list.entry((is_of_project(log), list)).or_default().push(log);
        }
        let mut counts = HashMap::new();
        for ((_, list), logs) in by_list {
            let of_logs = count_activity(session, &logs, &list).await?;
            counts.extend(of_logs.into_iter().map(|(log, count)| (Self { log, list: list.clone() }, count)));
        }
        Ok(counts)
    }
}

const fn is_of_project(log: LogScope) -> bool {
    matches!(log, LogScope::Project(_))
}

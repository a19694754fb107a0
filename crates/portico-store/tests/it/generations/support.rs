//! Changes of generations between two points in time.

use std::collections::{BTreeMap, BTreeSet};

use portico_fixtures::world::World;
use tokio_postgres::Client;

/// The main project of the demo.
pub(crate) const MAPLE: &str = "alderbrook/maple-street";
/// Another project of the same company.
pub(crate) const RIDGE: &str = "alderbrook/ridge-view";

/// The id of a record of the demo.
pub(crate) fn id(path: &str) -> String {
    World::id(path).to_string()
}

pub(crate) async fn run(client: &Client, sql: &str) {
    client.batch_execute(sql).await.unwrap_or_else(|error| panic!("{error:?}\n{sql}"));
}

pub(crate) async fn texts(client: &Client, sql: &str) -> Vec<String> {
    let rows = client.query(sql, &[]).await.unwrap_or_else(|error| panic!("{error:?}\n{sql}"));
    rows.iter().map(|row| row.get(0)).collect()
}

/// The generations of all projects and companies, by id.
pub(crate) struct State(BTreeMap<String, (String, String)>);

/// Owners whose generations have changed: shared and internal ones.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Moved {
    pub(crate) shared: BTreeSet<String>,
    pub(crate) internal: BTreeSet<String>,
}

impl Moved {
    /// Owners with changes; if outsiders can see them, the shared generations change as well.
    pub(crate) fn of(owners: impl IntoIterator<Item = String>, is_seen: bool) -> Self {
        let internal: BTreeSet<_> = owners.into_iter().collect();
        Self { shared: if is_seen { internal.clone() } else { BTreeSet::new() }, internal }
    }
}

impl State {
    pub(crate) async fn now(client: &Client) -> Self {
        let sql = "select owner_id::text, shared::text, internal::text from caching.generations
            where owner_id in (select id from projects union all select id from companies)";
        let rows = client.query(sql, &[]).await.expect("the query succeeds");
        Self(rows.iter().map(|row| (row.get(0), (row.get(1), row.get(2)))).collect())
    }

    /// The changes since.
    pub(crate) async fn moved(&self, client: &Client) -> Moved {
        let mut moved = Moved::default();
        for (owner, (shared, internal)) in &Self::now(client).await.0 {
            let before = self.0.get(owner);
            if before.is_none_or(|before| before.0 != *shared) {
                moved.shared.insert(owner.clone());
            }
            if before.is_none_or(|before| before.1 != *internal) {
                moved.internal.insert(owner.clone());
            }
        }
        moved
    }
}

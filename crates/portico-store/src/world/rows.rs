//! The rows of a world, table by table, and how they get into a database.

use std::collections::{BTreeMap, BTreeSet};

use diesel::sql_types::{Bool, Jsonb};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use super::WorldError;
use super::ids::id_of;
use crate::{Database, StoreError};

/// Tables of what a gateway has done or is about to do, and why no world fills them.
pub(super) const OPERATIONAL: &[(&str, &str)] = &[
    ("deliveries", "a world has no mail under way"),
    ("activity", "nothing has been done yet"),
    ("idempotent_answers", "nothing has been answered yet"),
    ("credentials", "people of a world come by tokens"),
    ("sign_in_links", "links are mailed, and work once"),
    ("notification_settings", "everybody begins with the defaults"),
    ("api_key_uses", "no key has been used yet"),
    ("onboardings", "nobody has been shown around yet"),
    ("staff_invitations", "staff of a world were there before invitations were kept"),
    ("account_openings", "support has opened nobody's account yet"),
];

/// Every table of the business but those, each after those to which it refers.
pub(super) const TABLES: &[&str] = &[
    "companies",
    "company_brandings",
    "company_portals",
    "help_articles",
    "email_templates",
    "lead_forms",
    "identities",
    "support_agents",
    "contacts",
    "contact_internals",
    "staff_memberships",
    "staff_internals",
    "sessions",
    "api_keys",
    "projects",
    "project_internals",
    "project_portals",
    "leads",
    "api_key_projects",
    "locations",
    "project_memberships",
    "project_client_settings",
    "invitations",
    "team_members",
    "schedule_versions",
    "schedule_version_internals",
    "milestones",
    "milestone_internals",
    "tasks",
    "task_internals",
    "task_briefs",
    "task_assignees",
    "task_dependencies",
    "allowances",
    "allowance_costs",
    "selections",
    "selection_internals",
    "selection_trade_infos",
    "selection_trades",
    "selection_options",
    "selection_option_costs",
    "internal_notes",
];

/// What has been written down so far: the paths that are taken, and rows.
#[derive(Default)]
pub(super) struct Rows {
    paths: BTreeSet<String>,
    tables: BTreeMap<&'static str, Vec<Value>>,
}

impl Rows {
    /// Takes a path for a new thing, and gives it its id.
    pub(super) fn name(&mut self, file: &str, path: &str) -> Result<Uuid, WorldError> {
        if self.paths.insert(path.to_owned()) {
            Ok(id_of(path))
        } else {
            Err(WorldError::Duplicate { file: file.to_owned(), path: path.to_owned() })
        }
    }

    /// The id of a thing that is there already.
    pub(super) fn find(&self, file: &str, path: &str) -> Result<Uuid, WorldError> {
        if self.knows(path) {
            Ok(id_of(path))
        } else {
            Err(WorldError::Unknown { file: file.to_owned(), path: path.to_owned() })
        }
    }

    pub(super) fn knows(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    pub(super) fn add(&mut self, table: &'static str, row: Value) {
        self.tables.entry(table).or_default().push(row);
    }

    pub(super) fn of(&self, table: &str) -> &[Value] {
        self.tables.get(table).map_or(&[], Vec::as_slice)
    }

    #[cfg(test)]
    pub(super) fn tables(&self) -> impl Iterator<Item = &'static str> {
        self.tables.keys().copied()
    }

    /// Inserts everything, or nothing.
    pub(super) async fn insert(&self, database: &Database) -> Result<(), StoreError> {
        let mut connection = database.connect_as_owner().await?;
        connection.transaction(async |connection: &mut AsyncPgConnection| self.insert_by(connection).await).await
    }

    async fn insert_by(&self, connection: &mut AsyncPgConnection) -> Result<(), StoreError> {
        for table in TABLES {
            let rows = Value::Array(self.of(table).to_vec());
            let columns = stored_columns(connection, table).await?;
            let statement = format!(
                "insert into public.{table} ({columns})
                    select {columns} from jsonb_populate_recordset(null::public.{table}, $1)"
            );
            sql_query(statement).bind::<Jsonb, _>(rows).execute(connection).await?;
        }
        Ok(())
    }
}

#[derive(QueryableByName)]
struct Columns {
    #[diesel(sql_type = diesel::sql_types::Text)]
    columns: String,
}

/// The columns of a table that PostgreSQL does not generate, as SQL lists them.
async fn stored_columns(connection: &mut AsyncPgConnection, table: &str) -> Result<String, StoreError> {
    let statement = format!(
        "select string_agg(quote_ident(attname), ', ' order by attnum) as columns from pg_attribute
            where attrelid = 'public.{table}'::regclass and attnum > 0 and not attisdropped and attgenerated = ''"
    );
    Ok(sql_query(statement).get_result::<Columns>(connection).await?.columns)
}

#[derive(QueryableByName)]
struct Empty {
    #[diesel(sql_type = Bool)]
    is_empty: bool,
}

/// Whether a migrated database has no company yet, and so has room for a world.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer, or has no tables.
pub async fn is_empty(database: &Database) -> Result<bool, StoreError> {
    let mut connection = database.connect_as_owner().await?;
    let query = sql_query("select not exists (select from public.companies) as is_empty");
    Ok(query.get_result::<Empty>(&mut connection).await?.is_empty)
}

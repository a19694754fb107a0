//! Compares the registration of tables with the catalog and itself.

use std::collections::BTreeSet;

use portico_store::tables::{Column, Generation, KnownTo, Owner, TABLES, Table};
use portico_testkit::TestDatabase;

const REMEDY: &str =
    "register it in crates/portico-store/src/tables.rs: its owner, its generation, and who may know each column";

/// Condition: tables of Portico, without the list of migrations.
const THERE: &str =
    "c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'f') and c.relname !~ '^__diesel'";

/// A column in the format of the catalog query: `leads.interest text`, with a final `?` if it is nullable.
fn catalog_line(table: &Table, column: &Column) -> String {
    let (bare, nullable) = match column.sql_type.strip_prefix("Nullable<").and_then(|rest| rest.strip_suffix('>')) {
        Some(inner) => (inner, "?"),
        None => (column.sql_type, ""),
    };
    let sql_type = match bare {
        "Uuid" => "uuid",
        "Text" => "text",
        "Array<Text>" => "text[]",
        "Int4" => "integer",
        "Int8" => "bigint",
        "Bool" => "boolean",
        "Date" => "date",
        "Timestamptz" => "timestamp with time zone",
        "Numeric" => "numeric",
        "Jsonb" => "jsonb",
        other => panic!("add the SQL type of {other} here"),
    };
    format!("{}.{} {sql_type}{nullable}", table.name, column.name)
}

/// Differences between the registered tables and the catalog.
async fn differences(database: &TestDatabase) -> Vec<String> {
    let columns = format!(
        "select format('%s.%s %s%s', c.relname, a.attname, format_type(a.atttypid, null),
            case when a.attnotnull then '' else '?' end) as text
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where {THERE}"
    );
    let keys = format!(
        "select format('%s (%s)', c.relname, string_agg(a.attname, ', ' order by array_position(i.indkey, a.attnum))) as text
        from pg_class c join pg_index i on i.indrelid = c.oid and i.indisprimary
        join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
        where {THERE} group by c.relname"
    );
    let mut there: BTreeSet<String> = database.db_texts(&columns).await.into_iter().collect();
    there.extend(database.db_texts(&keys).await);
    let mut listed = BTreeSet::new();
    for table in TABLES {
        listed.insert(format!("{} ({})", table.name, table.key.join(", ")));
        for column in table.columns {
            let column = catalog_line(table, column);
            assert!(listed.insert(column.clone()), "{column} is registered twice");
        }
    }
    there.symmetric_difference(&listed).cloned().collect()
}

#[tokio::test]
async fn every_table_and_column_is_registered() {
    let found = differences(&TestDatabase::empty().await).await;
    assert!(found.is_empty(), "{found:?}: {REMEDY}");
    assert!(TABLES.len() > 45, "{}", TABLES.len());
}

#[tokio::test]
async fn unregistered_tables_and_columns_are_named() {
    let database = TestDatabase::empty().await;
    database
        .db_execute("create table later (id uuid primary key, body text); alter table leads add column later text")
        .await;
    assert_eq!(differences(&database).await, ["later (id)", "later.body text?", "later.id uuid", "leads.later text?"]);
}

/// Derives the owner of a table's rows from its columns. None for rows of the platform or of several kinds of owners.
fn owner_by_columns(table: &Table) -> Option<Owner> {
    let has = |name: &str| {
        table.columns.iter().any(|column| column.name == name && !column.sql_type.starts_with("Nullable<"))
    };
    match table.name {
        "projects" => Some(Owner::Project("id")),
        "companies" => Some(Owner::Company("id")),
        "identities" => Some(Owner::Person("id")),
        _ if has("project_id") && has("company_id") => Some(Owner::Project("project_id")),
        _ if has("company_id") => Some(Owner::Company("company_id")),
        _ => ["identity_id", "actor_id"].into_iter().find(|name| has(name)).map(Owner::Person),
    }
}

/// Tables of the installation, with the reason.
const OF_THE_INSTALLATION: &[(&str, &str)] = &[
    ("sign_in_codes", "a request for an address without an account has no owner"),
    ("support_agents", "rows belong to the platform"),
    ("account_openings", "rows belong to the platform"),
    ("file_stores", "rows belong to the platform"),
    ("activity", "a row belongs to a company or only to a person"),
    ("activity_counters", "no login can read or change them"),
    ("jobs", "a mail about an account belongs to no company"),
    ("synced_records", "a row belongs to a reader's state"),
];

#[test]
fn every_row_has_an_owner_column() {
    for table in TABLES {
        let is_installations = OF_THE_INSTALLATION.iter().any(|(name, _)| *name == table.name);
        let expected = if is_installations { Some(Owner::Installation) } else { owner_by_columns(table) };
        assert_eq!(Some(table.owner), expected, "{}: {REMEDY}", table.name);
    }
}

/// Tables whose rows outsiders can infer. Their columns are keys or only for staff.
const SHOWN_BY_OTHERS: &[(&str, &str)] = &[
    ("staff_memberships", "teams show the names of staff"),
    ("task_assignees", "trade partners know the other assignees of their tasks"),
    ("selection_trades", "trade partners know which selections concern them"),
    ("file_trades", "trade partners know which files are shared with them"),
    ("project_covers", "clients and trade partners know the covers that they see"),
];
/// Tables with a rule of which outsiders can see all rows.
const RULES_OF_ALL_ROWS: &[(&str, &str)] = &[
    ("project_memberships", "each right determines what its holder sees"),
    ("staff_invitations", "acceptance determines the name in teams"),
];
/// Tables whose rows name records that outsiders know in any case.
const GATED_ELSEWHERE: &[(&str, &str)] = &[("allowance_entries", "only selections that were approved have entries")];

#[test]
fn generations_agree_with_columns() {
    for table in TABLES {
        let name = table.name;
        let any = |holds: fn(KnownTo) -> bool| table.columns.iter().any(|column| holds(column.known_to));
        let is_known = any(|it| {
            matches!(it, KnownTo::Public | KnownTo::Viewers | KnownTo::StaffAndTrades | KnownTo::StaffAndClients)
        }) || SHOWN_BY_OTHERS.iter().any(|(of, _)| *of == name);
        let has_column =
            |wanted: &str| table.columns.iter().any(|column| column.name == wanted) && !table.key.contains(&wanted);
        let expected = match table.generation {
            Generation::Untracked(reason) => reason.len() > 10,
            // If outsiders know no column, a cache miss would reveal an edit by staff.
            Generation::Internal => !is_known,
            Generation::OfMilestone => name == "milestones" && is_known,
            Generation::OfTask => name == "tasks" && is_known,
            Generation::OfAssignee => name == "task_assignees",
            Generation::ByTask => is_known && table.columns.iter().any(|column| column.name == "task_id"),
            Generation::BySelection => is_known && table.columns.iter().any(|column| column.name == "selection_id"),
            Generation::ByFile => is_known && table.columns.iter().any(|column| column.name == "file_id"),
            Generation::ByFileAndRecord => name == "file_attachments" && is_known,
            Generation::OfPerson => name == "identities",
            Generation::OfContact => name == "contacts",
            Generation::SharedIf(_) => is_known && any(|it| it == KnownTo::Rule),
            Generation::Shared | Generation::SharedAndLocks(_) => {
                let is_for_all = RULES_OF_ALL_ROWS.iter().any(|(of, _)| *of == name);
                let has_gate = ["version_id", "task_id", "selection_id"].into_iter().any(has_column)
                    && !GATED_ELSEWHERE.iter().any(|(of, _)| *of == name);
                is_known && !has_gate && (is_for_all || !any(|it| it == KnownTo::Rule))
            }
        };
        assert!(expected, "{name}: {:?} contradicts its columns: {REMEDY}", table.generation);
    }
}

#[tokio::test]
async fn no_role_view_reads_hashes() {
    // Those of decisions are published: they verify the chain.
    let database = TestDatabase::empty().await;
    let read = "select table_name || '.' || column_name as text from information_schema.view_column_usage
        where view_schema in ('visitor', 'client', 'trade', 'staff', 'support') and table_schema = 'public'";
    let read = database.db_texts(read).await;
    assert!(read.iter().any(|column| column == "leads.interest"), "{read:?}");
    let is_hidden = |column: &&Column| column.known_to == KnownTo::NoCaller;
    let hidden = TABLES.iter().flat_map(|table| {
        table.columns.iter().filter(is_hidden).map(|column| format!("{}.{}", table.name, column.name))
    });
    let found: Vec<_> = hidden.filter(|column| read.contains(column)).collect();
    assert!(found.is_empty(), "{found:?}");
    let shown = "select table_schema || '.' || table_name || '.' || column_name as text from information_schema.columns
        where table_schema in ('visitor', 'client', 'trade', 'staff', 'support') and column_name like '%\\_hash' and table_name <> 'decisions'";
    assert_eq!(database.db_texts(shown).await, Vec::<String>::new(), "no role view shows a hash");
}

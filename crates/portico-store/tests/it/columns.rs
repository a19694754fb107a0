//! Compares diesel's declarations of role views with the catalog. Those without a row struct are read as text, since they are
//! private.

use std::collections::BTreeMap;

use portico_store::role_view::{STAFF, SUPPORT, View};
use portico_testkit::TestDatabase;

const SCHEMA: &str = include_str!("../../src/schema.rs");

/// Columns of a table or view by name, with their types; a leading `?` means nullable.
type Columns = BTreeMap<String, String>;

/// The views of row structs.
fn of_rows(views: &[View]) -> BTreeMap<String, Columns> {
    let columns = |view: &View| {
        let columns = view.columns.iter();
        let nullable = |is_nullable| if is_nullable { "?" } else { "" };
        columns.map(|(name, ty, is_nullable)| ((*name).to_owned(), format!("{}{ty}", nullable(*is_nullable)))).collect()
    };
    views.iter().map(|view| (view.name.to_owned(), columns(view))).collect()
}

/// The staff role view, which has all views of outsiders.
fn staff_views() -> BTreeMap<String, Columns> {
    let mut views = of_rows(STAFF);
    views.extend(declared(None));
    views
}

/// The tables of one module of `schema.rs`; those of role views are outside any module.
fn declared(module: Option<&str>) -> BTreeMap<String, Columns> {
    let mut tables = BTreeMap::new();
    let mut at: Option<&str> = None;
    for line in SCHEMA.lines() {
        if let Some(name) = line.strip_prefix("pub(crate) mod ").and_then(|rest| rest.strip_suffix(" {")) {
            at = Some(name);
        } else if line == "}" {
            at = None;
        }
        let line = line.trim_start();
        if let Some(rest) = line.strip_prefix("diesel::table! { ").filter(|_| at == module) {
            let (name, rest) = rest.split_once(" (").expect("a table has a key");
            let (_, columns) = rest.split_once(") { ").expect("a table has columns");
            let columns = columns.split(", ").filter_map(|column| column.split_once(" -> "));
            tables.insert(name.to_owned(), columns.map(|(name, ty)| (name.to_owned(), in_sql(ty))).collect());
        }
    }
    tables
}

fn in_sql(ty: &str) -> String {
    if let Some(inner) = ty.strip_prefix("Nullable<").and_then(|rest| rest.strip_suffix('>')) {
        return format!("?{}", in_sql(inner));
    }
    if let Some(inner) = ty.strip_prefix("Array<").and_then(|rest| rest.strip_suffix('>')) {
        return format!("{}[]", in_sql(inner));
    }
    match ty {
        "Uuid" => "uuid",
        "Text" => "text",
        "Int4" => "integer",
        "Int8" => "bigint",
        "Bool" => "boolean",
        "Date" => "date",
        "Timestamptz" => "timestamp with time zone",
        "Numeric" => "numeric",
        "Jsonb" => "jsonb",
        other => panic!("add the SQL type of {other} here"),
    }
    .to_owned()
}

/// The columns in a schema of the database.
async fn actual(database: &TestDatabase, schema: &str) -> BTreeMap<String, Columns> {
    let query = format!(
        "select c.relname || '|' || a.attname || '|' || case when a.attnotnull then '' else '?' end
            || format_type(a.atttypid, null) as text
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace = '{schema}'::regnamespace and c.relkind in ('r', 'v')"
    );
    let mut tables: BTreeMap<String, Columns> = BTreeMap::new();
    for line in database.db_texts(&query).await {
        let mut parts = line.split('|').map(str::to_owned);
        let (table, column, ty) = (parts.next(), parts.next(), parts.next());
        if let (Some(table), Some(column), Some(ty)) = (table, column, ty) {
            tables.entry(table).or_default().insert(column, ty);
        }
    }
    tables
}

/// Removes nullability, which views do not have.
fn without_nullability(tables: BTreeMap<String, Columns>) -> BTreeMap<String, Columns> {
    let bare = |columns: Columns| {
        columns.into_iter().map(|(name, ty)| (name, ty.trim_start_matches('?').to_owned())).collect()
    };
    tables.into_iter().map(|(table, columns)| (table, bare(columns))).collect()
}

#[tokio::test]
async fn diesel_tables_match_staff_role_view() {
    let database = TestDatabase::empty().await;
    let declared = without_nullability(staff_views());
    assert!(declared.len() > 40);
    assert_eq!(declared, without_nullability(actual(&database, "staff").await));
}

#[tokio::test]
async fn role_views_have_the_same_columns() {
    let database = TestDatabase::empty().await;
    let staff = actual(&database, "staff").await;
    for role_view in ["visitor", "client", "trade"] {
        let views = actual(&database, role_view).await;
        assert!(!views.is_empty());
        for (view, columns) in views {
            assert_eq!(Some(&columns), staff.get(&view), "{role_view}.{view}");
        }
    }
}

#[tokio::test]
async fn sign_in_and_support_columns_exist() {
    let database = TestDatabase::empty().await;
    assert_eq!(without_nullability(declared(Some("auth"))), without_nullability(actual(&database, "auth").await));
    let mut support = actual(&database, "support").await;
    let (own, staffs) = (support.remove("sessions"), actual(&database, "staff").await.remove("sessions"));
    assert_eq!(own, staffs);
    assert_eq!(without_nullability(of_rows(SUPPORT)), without_nullability(support));
}

/// Checks that columns declared not null are never null. Otherwise the whole query of a role view fails.
#[tokio::test]
async fn required_columns_are_never_null() {
    let database = TestDatabase::demo().await;
    let mut role_views = Vec::new();
    for role_view in ["staff", "client", "trade"] {
        role_views.push((role_view, actual(&database, role_view).await));
    }
    let sessions = "select token_hash as text from sessions union select token_hash from api_keys";
    for session in database.db_texts(sessions).await {
        for (role_view, views) in &role_views {
            let mut counts = Vec::new();
            for (table, columns) in staff_views().into_iter().filter(|(table, _)| views.contains_key(table)) {
                let never = columns.iter().filter(|(_, ty)| !ty.starts_with('?'));
                let is_null: Vec<_> = never.map(|(name, _)| format!("{name} is null")).collect();
                counts.push(format!("(select count(*) from {role_view}.{table} where {})", is_null.join(" or ")));
            }
            let query = format!(
                "with scope as materialized (select set_config('portico.session', '{session}', false))
                select case when (select count(*) from scope) = 1 then {} end as count",
                counts.join(" + ")
            );
            assert_eq!(database.db_count(&query).await, 0, "{role_view}");
        }
    }
}

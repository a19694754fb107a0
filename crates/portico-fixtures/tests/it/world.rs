//! Tests of the demo in a real database, read through the role views.
//!
//! The runtime has a second thread because migrations block theirs.

use std::collections::{BTreeMap, BTreeSet};

use portico_core::sessions::TokenHash;
use portico_fixtures::world::{Secrets, World, is_empty};
use portico_store::tables::TABLES;
use portico_testkit::TestDatabase;
use serde_json::{Value, json};
use tokio_postgres::Client;

/// A database of one test, with the demo loaded.
struct Loaded {
    world: World,
    database: TestDatabase,
}

impl Loaded {
    async fn empty() -> Self {
        Self { world: World::demo().unwrap(), database: TestDatabase::empty().await }
    }

    async fn new() -> Self {
        Self { world: World::demo().unwrap(), database: TestDatabase::demo().await }
    }

    async fn owner(&self) -> Client {
        self.database.db_client(None).await
    }

    /// A connection of an audience's login, scoped by a token while it is open.
    async fn seen_with(&self, audience: &str, token: &str) -> Client {
        let client = self.database.db_client(Some(&format!("portico_{audience}"))).await;
        let hash = TokenHash::of(token);
        client.execute("select set_config('portico.session', $1, false)", &[&hash.as_str()]).await.unwrap();
        client
    }

    /// The only column of a query's rows, as texts.
    async fn texts(&self, audience: &str, token: &str, query: &str) -> Vec<String> {
        let rows = self.seen_with(audience, token).await.query(query, &[]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// All rows that an audience's role views show for a token.
    async fn everything(&self, audience: &str, token: &str) -> Vec<Value> {
        let views = "select viewname::text from pg_views where schemaname = $1 order by viewname";
        let views = self.owner().await.query(views, &[&audience]).await.unwrap();
        assert!(!views.is_empty());
        let client = self.seen_with(audience, token).await;
        let mut rows = Vec::new();
        for view in &views {
            let view: &str = view.get(0);
            for row in client.query(&format!("select to_jsonb(v)::text from {view} v"), &[]).await.unwrap() {
                rows.push(serde_json::from_str(row.get(0)).unwrap());
            }
        }
        rows
    }
}

const NUMBERS: &str = "select number from projects order by number";

/// Columns without a value in the whole demo.
const UNUSED: &[&str] = &[
    "api_keys.all_projects",
    "api_keys.revoked_at",
    "company_brandings.logo_url",
    "file_objects.start",
    "file_objects.upload_id",
    "identities.disabled_at",
    "invitations.invited_by",
    "project_client_settings.instant_alerts",
    "project_storage.reserved_bytes",
    "sessions.company_id",
    "sessions.revoked_at",
    "support_agents.ended_at",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demo_has_a_value_in_every_column() {
    let loaded = Loaded::empty().await;
    let columns = "select table_name::text, column_name::text from information_schema.columns
        where table_schema = 'public' and table_name !~ '^__diesel'";
    let mut rows = loaded.owner().await.query(columns, &[]).await.unwrap();
    let generated: BTreeSet<_> = TABLES
        .iter()
        .flat_map(|table| table.columns.iter().filter(|it| it.is_generated).map(|it| (table.name, it.name)))
        .collect();
    rows.retain(|row| !generated.contains(&(row.get(0), row.get(1))));
    let tables: BTreeSet<&str> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(tables, World::tables().chain(World::operational_tables()).collect());
    let mut unused = BTreeSet::new();
    for table in World::tables() {
        let expected: BTreeSet<&str> =
            rows.iter().filter(|row| row.get::<_, &str>(0) == table).map(|row| row.get(1)).collect();
        let mut given = BTreeMap::new();
        for (column, value) in loaded.world.rows(table).iter().flat_map(|row| row.as_object().unwrap()) {
            let is_empty = [json!(null), json!(0), json!(""), json!(false), json!([])].contains(value);
            *given.entry(column.as_str()).or_insert(false) |= !is_empty;
        }
        assert_eq!(given.keys().copied().collect::<BTreeSet<_>>(), expected, "{table}");
        unused.extend(given.iter().filter(|(_, is_used)| !**is_used).map(|(column, _)| format!("{table}.{column}")));
    }
    assert_eq!(unused, UNUSED.iter().map(|column| (*column).to_owned()).collect());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn world_loads_completely_or_not_at_all() {
    let loaded = Loaded::empty().await;
    assert!(is_empty(loaded.database.database()).await.unwrap());
    loaded.world.load_into(loaded.database.database()).await.unwrap();
    assert!(!is_empty(loaded.database.database()).await.unwrap());
    let again = loaded.world.load_into(loaded.database.database()).await.unwrap_err().to_string();
    assert!(again.contains("already"), "{again}");
    for table in World::tables() {
        let count = loaded.owner().await.query_one(&format!("select count(*) from {table}"), &[]).await.unwrap();
        assert_eq!(count.get::<_, i64>(0), i64::try_from(loaded.world.rows(table).len()).unwrap(), "{table}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_person_sees_own_projects_only() {
    let loaded = Loaded::new().await;
    let expected: [(&str, &str, &[&str]); 24] = [
        ("client", "demo-client", &["AB-2041", "FS-311"]),
        ("client", "demo-session-ana", &["AB-2041", "FS-311"]),
        ("client", "demo-session-ben", &["AB-2041"]),
        ("client", "demo-session-cleo", &["AB-2043"]),
        ("client", "demo-session-dev", &[]),
        ("client", "demo-session-hana-client", &["AB-2047"]),
        ("client", "demo-session-ines", &["AB-1988", "FS-318"]),
        ("client", "demo-session-hana-staff", &[]),
        ("client", "nobody", &[]),
        ("trade", "demo-trade", &["AB-2041"]),
        ("trade", "demo-session-petra", &[]),
        ("trade", "demo-session-eli", &["AB-2041"]),
        ("trade", "demo-session-wren", &["AB-1988", "AB-2043"]),
        ("trade", "demo-session-lucia", &["FS-311"]),
        ("trade", "demo-client", &[]),
        ("staff", "demo-owner", &["AB-1988", "AB-2041", "AB-2043", "AB-2047"]),
        ("staff", "demo-staff", &["AB-1988", "AB-2041", "AB-2043", "AB-2047"]),
        ("staff", "demo-session-priya", &["AB-1988", "AB-2041", "AB-2043", "AB-2047"]),
        ("staff", "demo-session-dale", &[]),
        ("staff", "demo-session-gil", &[]),
        ("staff", "demo-session-hana-staff", &["FS-311", "FS-318"]),
        ("staff", "demo-session-hana-client", &[]),
        ("staff", "demo-session-kit", &[]),
        ("staff", "demo-reporting", &["AB-2041", "AB-2043"]),
    ];
    for (audience, token, numbers) in expected {
        assert_eq!(loaded.texts(audience, token, NUMBERS).await, numbers, "{token} as {audience}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shared_schedule_parts_are_visible() {
    let loaded = Loaded::new().await;
    let milestones =
        "select name || ' ' || status || coalesce(' ' || percent_complete, '') from milestones order by sort";
    let of = |number: &str| format!("where project_id = (select id from projects where number = '{number}') ");
    let showcase = milestones.replace("order by", &format!("{}order by", of("AB-2041")));
    assert_eq!(
        loaded.texts("client", "demo-client", &showcase).await,
        [
            "Foundation COMPLETED 100",
            "Framing and dry-in COMPLETED 100",
            "Rough-ins STARTED 56",
            "Interior finishes NOT_STARTED 0"
        ],
    );
    assert_eq!(
        loaded.texts("client", "demo-session-hana-client", milestones).await,
        ["Design approved COMPLETED", "Permits STARTED", "Site preparation NOT_STARTED"],
    );
    let tasks = "select name from tasks order by sort";
    assert!(loaded.texts("client", "demo-session-hana-client", tasks).await.is_empty());
    let seen = loaded.texts("client", "demo-session-ben", tasks).await;
    assert_eq!((seen.len(), seen.contains(&"Re-pull kitchen circuits".to_owned())), (19, false));
    assert_eq!(
        loaded.texts("trade", "demo-session-eli", tasks).await,
        ["Electrical rough-in", "Re-pull kitchen circuits", "Rough-in inspection"],
    );
    let states = format!("select distinct state from schedule_versions {}order by state", of("AB-2041"));
    assert_eq!(loaded.texts("staff", "demo-staff", &states).await, ["DRAFT", "PUBLISHED", "SUPERSEDED"]);
    assert_eq!(loaded.texts("staff", "demo-session-priya", &states).await, ["PUBLISHED", "SUPERSEDED"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shared_selection_parts_are_visible() {
    let loaded = Loaded::new().await;
    let count = "select status || ' ' || count(*) from selections group by status order by status";
    assert_eq!(
        loaded.texts("client", "demo-session-ben", count).await,
        ["APPROVED 1", "CHOSEN 1", "DECLINED 1", "LOCKED 1", "ORDERED 1", "SHARED 5"],
    );
    let overdue = "select title from selections where status = 'SHARED' and due_on < '2026-11-22' order by title";
    assert_eq!(loaded.texts("client", "demo-session-ben", overdue).await, ["Cabinet hardware", "Range and hood"]);
    assert!(loaded.texts("client", "demo-session-cleo", count).await.is_empty());
    let remaining = "select name || ' ' || (granted_minor - used_minor) from allowances order by sort";
    assert_eq!(
        loaded.texts("client", "demo-session-ben", remaining).await,
        [
            "Countertop allowance 65000",
            "Tile and stone allowance 288000",
            "Lighting allowance -75000",
            "Appliance allowance 1400000"
        ],
    );
    assert_eq!(
        loaded.texts("trade", "demo-session-eli", "select title from selections order by number").await,
        ["Pendant lights over the island", "Range and hood"],
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outsider_role_views_show_no_secret() {
    let loaded = Loaded::new().await;
    let (clients, trades) = (loaded.world.secrets(), loaded.world.secrets_from_trades());
    let mut seen = 0;
    for token in loaded.world.tokens() {
        let (audience, secrets) = match token.role.as_str() {
            "CLIENT" => ("client", &clients),
            "TRADE" => ("trade", &trades),
            _ => continue,
        };
        let rows = loaded.everything(audience, &token.token).await;
        seen += rows.len();
        for row in &rows {
            assert_tells_nothing(row, row, secrets);
        }
    }
    assert!(seen > 300, "{seen} rows prove little");

    // Staff's role views show them, except what no role view has, such as notes on contacts.
    let mut rows = Vec::new();
    for owner in ["demo-owner", "demo-session-margot"] {
        rows.extend(loaded.everything("staff", owner).await);
    }
    let all = Value::Array(rows).to_string();
    let in_text = |secret: &&String| all.contains(&Value::from(secret.as_str()).to_string());
    let found = clients.texts.iter().filter(in_text).count();
    assert!(found * 10 > clients.texts.len() * 8, "{found} of {}", clients.texts.len());
}

fn assert_tells_nothing(value: &Value, row: &Value, secrets: &Secrets) {
    match value {
        Value::String(text) => {
            let found = secrets.texts.iter().find(|secret| text.contains(secret.as_str()));
            assert_eq!(found, None, "a secret is in {row}");
        }
        Value::Number(number) => {
            // A share, such as the tax on an overage, is no amount.
            let Some(number) = number.as_i64() else { return };
            assert!(!secrets.amounts_minor.contains(&number), "{number} is a secret, and is in {row}");
        }
        Value::Array(values) => values.iter().for_each(|value| assert_tells_nothing(value, row, secrets)),
        Value::Object(columns) => columns.values().for_each(|value| assert_tells_nothing(value, row, secrets)),
        Value::Null | Value::Bool(_) => {}
    }
}

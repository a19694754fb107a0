//! Tests of seeded worlds in a real database.
//!
//! The runtime has a second thread because migrations block theirs.

use std::collections::BTreeMap;

use portico_core::access::Role;
use portico_core::sessions::TokenHash;
use portico_fixtures::LoadError;
use portico_fixtures::seed::{Plan, Progress, Seeded, seed};
use portico_fixtures::world::World;
use portico_testkit::TestDatabase;
use tokio_postgres::Client;

/// The hash of a table without rows.
const NOTHING: &str = "d41d8cd98f00b204e9800998ecf8427e";

/// A database of one test.
struct Empty {
    database: TestDatabase,
}

impl Empty {
    async fn bare() -> Self {
        Self { database: TestDatabase::bare().await }
    }

    async fn migrated() -> Self {
        Self { database: TestDatabase::empty().await }
    }

    /// Creates one with a seeded world.
    async fn seeded(projects: u32, number: u64) -> Self {
        let empty = Self::migrated().await;
        empty.seed(projects, number).await.unwrap();
        empty
    }

    async fn seed(&self, projects: u32, number: u64) -> Result<Seeded, LoadError> {
        seed(self.database.database(), Plan { projects, seed: number, with_tokens: true }, |_| ()).await
    }

    async fn owner(&self) -> Client {
        self.database.db_client(None).await
    }

    /// The hash of each table's rows, in order, or of those of one project.
    async fn content(&self, project: Option<&str>) -> BTreeMap<String, String> {
        let owner = self.owner().await;
        let mut content = BTreeMap::new();
        for (table, columns) in tables(&owner).await {
            let condition = match project {
                None => "true".to_owned(),
                Some(number) if table == "projects" => format!("number like '%-{number}'"),
                Some(number) if columns.contains(&"project_id".to_owned()) => {
                    format!("project_id = (select id from projects where number like '%-{number}')")
                }
                Some(_) => continue,
            };
            let query = format!(
                "select md5(coalesce(string_agg(row::text, ',' order by row::text), '')) from {table} row where {condition}"
            );
            content.insert(table, owner.query_one(&query, &[]).await.unwrap().get(0));
        }
        content
    }

    async fn numbers(&self, query: &str) -> Vec<i64> {
        self.owner().await.query(query, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
    }
}

/// The only column of a query's rows.
async fn texts(client: &Client, query: &str) -> Vec<String> {
    client.query(query, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

/// Every table of the schema with its columns, from the catalogue.
async fn tables(owner: &Client) -> BTreeMap<String, Vec<String>> {
    let query = "select table_name::text, array_agg(column_name::text order by ordinal_position)
        from information_schema.columns where table_schema = 'public' and table_name !~ '^__diesel' and is_generated = 'NEVER' group by 1";
    owner.query(query, &[]).await.unwrap().iter().map(|row| (row.get(0), row.get(1))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn same_seed_makes_the_same_world() {
    let worlds = (Empty::seeded(12, 7).await, Empty::seeded(12, 7).await, Empty::seeded(12, 8).await);
    let content = worlds.0.content(None).await;
    // Also for columns with a default, such as the creation time.
    assert_eq!(content, worlds.1.content(None).await);
    let other = worlds.2.content(None).await;
    let same: Vec<_> = content.iter().filter(|(table, hash)| other[*table] == **hash).collect();
    assert!(same.iter().all(|(_, hash)| *hash == NOTHING), "{same:?}");
}

// MIL-5: rows are copied in batches, each rolled up by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seeded_milestones_are_rolled_up() {
    let world = Empty::seeded(24, 7).await;
    let wrong = "select count(*) from milestones m
        left join lateral (
            select min(percent_complete) as least, max(percent_complete) as most, max(finish_on) as finish_on,
                div(sum(percent_complete * greatest(work_days, 1)), sum(greatest(work_days, 1))) as percent
            from tasks t where t.milestone_id = m.id) r on true
        where m.anticipated_finish_on is distinct from r.finish_on or m.percent_complete <> coalesce(r.percent, 0)
            or m.status <> case when coalesce(r.most, 0) = 0 then 'NOT_STARTED' when r.least = 100 then 'COMPLETED'
                else 'STARTED' end";
    assert_eq!(world.numbers(wrong).await, [0]);
    let counts = world.numbers("select count(*) from milestones group by status, client_viewable").await;
    assert_eq!(counts.len(), 6, "{counts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn project_is_independent_of_their_number() {
    let (small, large) = (Empty::seeded(6, 1).await, Empty::seeded(50, 1).await);
    for number in 1000..1006 {
        let number = number.to_string();
        let content = small.content(Some(&number)).await;
        assert!(content.len() > 20, "{content:?}");
        assert_eq!(content, large.content(Some(&number)).await, "{number}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn world_fills_every_table() {
    let empty = Empty::migrated().await;
    let mut seen = Vec::new();
    let plan = Plan { projects: 200, seed: 1, with_tokens: false };
    let made = seed(empty.database.database(), plan, |progress: Progress| seen.push(progress)).await.unwrap();

    let owner = empty.owner().await;
    let mut names: Vec<String> = tables(&owner).await.into_keys().collect();
    names.retain(|name| !World::operational_tables().any(|table| table == name));
    assert_eq!(made.rows.len(), names.len());
    for (table, rows) in &made.rows {
        let counted = empty.numbers(&format!("select count(*) from {table}")).await;
        assert_eq!(counted, [i64::try_from(*rows).unwrap()], "{table}");
        // Seeded files have no bytes, so nothing of them can be downloaded.
        let has_bytes = ["file_renditions", "file_objects"].contains(table);
        assert!(*rows > 0 || has_bytes, "{table}");
    }
    let total: u64 = made.rows.iter().map(|(_, rows)| rows).sum();
    assert_eq!(seen.last(), Some(&Progress { projects: 200, rows: total }));
    assert!(seen.is_sorted_by_key(|progress| progress.rows));
    assert_eq!(made.tokens, []);

    let tasks = "select count(t.id) from projects p left join tasks t on t.project_id = p.id group by p.id order by 1";
    let tasks = empty.numbers(tasks).await;
    assert_eq!(tasks.len(), 200);
    assert!(tasks[199] >= 10 * tasks[100], "{tasks:?}");
    let of_companies = empty.numbers("select count(*) from projects group by company_id order by 1 desc").await;
    assert_eq!(of_companies.len(), 6);
    assert!(of_companies[0] >= 4 * of_companies[5], "{of_companies:?}");
    // The planner has statistics.
    let analyzed = "select count(*) from pg_class where relnamespace = 'public'::regnamespace and relname = 'tasks'
        and reltuples > 1000";
    assert_eq!(empty.numbers(analyzed).await, [1]);

    for (what, query) in [
        (
            "people whom two companies know",
            "select count(*) from (select from contacts where identity_id is not null
                 group by identity_id having count(distinct company_id) > 1) shared",
        ),
        ("members who were removed", "select count(*) from project_memberships where removed_at is not null"),
        ("drafts", "select count(*) from schedule_versions where state = 'DRAFT'"),
        ("superseded versions", "select count(*) from schedule_versions where state = 'SUPERSEDED'"),
        ("trades without the web", "select count(*) from project_memberships where kind = 'TRADE' and not web_access"),
        ("keys that list projects", "select count(*) from api_keys where not all_projects"),
    ] {
        assert!(empty.numbers(query).await[0] > 0, "no {what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seed_needs_an_empty_migrated_database() {
    let bare = Empty::bare().await;
    assert!(matches!(bare.seed(1, 1).await, Err(LoadError::NotMigrated)));
    let all = "select count(*) from information_schema.tables where table_schema = 'public'";
    assert_eq!(bare.numbers(all).await, [0], "a lookup leaves no rows");

    let one = Empty::seeded(1, 1).await;
    assert_eq!(one.numbers("select count(*) from companies").await, [2]);
    let before = one.content(None).await;
    assert!(matches!(one.seed(1, 2).await, Err(LoadError::NotEmpty)));
    assert_eq!(one.content(None).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn interrupted_seed_leaves_nothing() {
    let empty = Empty::migrated().await;
    // Stopped after the first rows: like a kill, this only closes the connection.
    let (started, mut has_started) = tokio::sync::mpsc::unbounded_channel();
    let database = empty.database.database().clone();
    let task = tokio::spawn(async move {
        let plan = Plan { projects: 100_000, seed: 1, with_tokens: false };
        let tell = move |progress| {
            let _ = started.send(progress);
        };
        seed(&database, plan, tell).await
    });
    let first = has_started.recv().await.unwrap();
    assert!(first.rows > 1_000, "{first:?}");
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert!(empty.content(None).await.values().all(|hash| hash == NOTHING));
    // The database can be seeded afterwards.
    empty.seed(1, 1).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_open_their_own_projects_only() {
    let empty = Empty::migrated().await;
    let made = empty.seed(60, 3).await.unwrap();
    let roles: Vec<Role> = made.tokens.iter().map(|token| token.role).collect();
    assert_eq!(roles, Role::ALL);

    let token = |role: Role| &made.tokens.iter().find(|token| token.role == role).unwrap().token;
    let seen_as = async |role: Role| {
        assert!(token(role).starts_with("seed-"), "{role}");
        let login = format!("portico_{}", role.audience().as_str().to_lowercase());
        let client = empty.database.db_client(Some(&login)).await;
        let hash = TokenHash::of(token(role));
        client.execute("select set_config('portico.session', $1, false)", &[&hash.as_str()]).await.unwrap();
        client
    };
    let count =
        async |role: Role, query: &str| -> i64 { seen_as(role).await.query_one(query, &[]).await.unwrap().get(0) };
    let projects = "select count(*) from projects";
    let of_company = empty.numbers("select count(*) from projects group by company_id order by 1 desc").await[0];
    for role in [Role::Owner, Role::Staff, Role::Reporting] {
        assert_eq!(count(role, projects).await, of_company, "{role}");
    }
    for (role, kind) in [(Role::Client, "access_level = 'PORTAL'"), (Role::Trade, "web_access")] {
        let theirs = format!(
            "select m.project_id::text from project_memberships m join sessions s on s.identity_id = m.identity_id
             where s.token_hash = '{}' and m.kind = '{role}' and m.removed_at is null and {kind} order by 1",
            TokenHash::of(token(role)).as_str(),
        );
        let theirs = texts(&empty.owner().await, &theirs).await;
        assert!((1..60).contains(&theirs.len()), "{role}: {theirs:?}");
        assert_eq!(texts(&seen_as(role).await, "select id::text from projects order by 1").await, theirs, "{role}");
    }
    for role in Role::ALL {
        let shown = if *role == Role::Support { "sessions" } else { "tasks" };
        assert!(count(*role, &format!("select count(*) from {shown}")).await > 0, "{role}");
        let bearer = format!(
            "select count(*) from auth.bearers where token_hash = '{}' and role = '{role}' and expires_at > now()",
            TokenHash::of(token(*role)).as_str(),
        );
        assert_eq!(empty.numbers(&bearer).await, [1], "{role}");
    }
    assert!(count(Role::Client, "select count(*) from selection_options").await > 0);
}

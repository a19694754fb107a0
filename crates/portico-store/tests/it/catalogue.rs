//! Rules for all tables, role views and logins. They are checked in PostgreSQL's catalog, and so apply to new ones.

use std::collections::{BTreeMap, BTreeSet};

use portico_store::tables::{KnownTo, TABLES, Table};
use portico_store::{Login, migrate};
use portico_testkit::TestDatabase;
use tokio_postgres::Client;

/// Reading logins, each with the schema of its role view.
const ROLE_VIEWS: [(&str, &str); 6] = [
    ("portico_public", "visitor"),
    ("portico_client", "client"),
    ("portico_trade", "trade"),
    ("portico_staff", "staff"),
    ("portico_support", "support"),
    ("portico_auth", "auth"),
];

/// Logins that write.
const WRITING_LOGINS: [&str; 4] = ["portico_writer", "portico_accounts", "portico_worker", "portico_operator"];

/// Relations, joined with their schemas.
const RELATIONS: &str = "pg_class c join pg_namespace n on n.oid = c.relnamespace";
/// Condition: relations of Portico in any schema.
const OURS: &str =
    "n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relkind in ('r', 'p', 'v', 'm', 'f')";

async fn texts(database: &TestDatabase, query: &str) -> Vec<String> {
    database.db_texts(query).await
}

async fn set(database: &TestDatabase, query: &str) -> BTreeSet<String> {
    texts(database, query).await.into_iter().collect()
}

fn nothing() -> BTreeSet<String> {
    BTreeSet::new()
}

/// The SQLSTATE with which PostgreSQL rejects a statement.
async fn refusal(client: &Client, statement: &str) -> String {
    match client.batch_execute(statement).await {
        Ok(()) => format!("{statement}: went through"),
        Err(error) => error.code().map_or_else(|| error.to_string(), |code| code.code().to_owned()),
    }
}

/// `insufficient_privilege`.
const DENIED: &str = "42501";

#[tokio::test]
async fn login_reads_its_role_view_only() {
    let database = TestDatabase::empty().await;
    for (login, role_view) in ROLE_VIEWS {
        let rights = format!(
            "select n.nspname || '.' || c.relname || ' ' || p as text
            from {RELATIONS}, unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p
            where {OURS} and has_table_privilege('{login}', c.oid, p)"
        );
        let expected = format!(
            "select schemaname || '.' || viewname || ' SELECT' as text from pg_views where schemaname = '{role_view}'"
        );
        let expected = set(&database, &expected).await;
        assert!(!expected.is_empty(), "{role_view} has views");
        assert_eq!(set(&database, &rights).await, expected, "{login}");
        let schemas = format!(
            "select nspname || ' ' || p as text from pg_namespace, unnest(array['USAGE', 'CREATE']) p
                where nspname !~ '^pg_' and nspname <> 'information_schema' and has_schema_privilege('{login}', oid, p)",
        );
        assert_eq!(texts(&database, &schemas).await, [format!("{role_view} USAGE")], "{login}");
    }
    let logins = WRITING_LOGINS.map(|login| format!("'{login}'")).join(", ");
    let by_column = format!(
        "select c.relname || '.' || a.attname as text from {RELATIONS} join pg_attribute a on a.attrelid = c.oid,
            aclexplode(a.attacl) acl join pg_roles r on r.oid = acl.grantee
        where {OURS} and r.rolname <> all (array[{logins}])"
    );
    assert_eq!(set(&database, &by_column).await, nothing(), "no privilege to read is granted by column");
}

#[tokio::test]
async fn writing_logins_cannot_alter_tables() {
    let database = TestDatabase::empty().await;
    let logins = WRITING_LOGINS.map(|login| format!("'{login}'")).join(", ");
    let rights = |relations: &str, rights: &str| {
        format!(
            "select n.nspname || '.' || c.relname || ' ' || p as text
            from pg_class c join pg_namespace n on n.oid = c.relnamespace, unnest(array[{rights}]) p,
                unnest(array[{logins}]) login
            where {relations} and c.relkind in ('r', 'v') and has_table_privilege(login, c.oid, p)"
        )
    };
    let others = "n.nspname in ('access', 'visitor', 'client', 'trade', 'staff', 'auth')";
    assert_eq!(set(&database, &rights(others, "'SELECT', 'INSERT', 'UPDATE', 'DELETE'")).await, nothing());
    let more = "'TRUNCATE', 'REFERENCES', 'TRIGGER'";
    assert_eq!(set(&database, &rights("n.nspname = 'public'", more)).await, nothing());
    let migrations = "n.nspname = 'public' and c.relname = '__diesel_schema_migrations'";
    assert_eq!(set(&database, &rights(migrations, "'SELECT', 'INSERT', 'UPDATE', 'DELETE'")).await, nothing());
}

#[tokio::test]
async fn no_login_creates_or_becomes_another() {
    let database = TestDatabase::empty().await;
    let logins = Login::ALL.map(|login| format!("'{}'", login.name())).join(", ");
    let database_rights = format!(
        "select rolname || ' ' || p as text from pg_roles, unnest(array['CREATE', 'TEMP']) p
            where rolname in ({logins}) and has_database_privilege(oid, current_database(), p)"
    );
    assert_eq!(set(&database, &database_rights).await, nothing());
    let to_public = "select acl.privilege_type as text from pg_database d, aclexplode(d.datacl) acl
        where d.datname = current_database() and acl.grantee = 0";
    assert_eq!(set(&database, to_public).await, nothing());
    let powers = format!(
        "select rolname::text as text from pg_roles where rolname in ({logins}) and
            (rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls or rolinherit or not rolcanlogin)"
    );
    assert_eq!(set(&database, &powers).await, nothing());
    let members = format!(
        "select m.member::regrole || ' of ' || m.roleid::regrole as text from pg_auth_members m
            where m.member::regrole::text in ({logins}) or m.roleid::regrole::text in ({logins})"
    );
    assert_eq!(set(&database, &members).await, nothing());
    let functions = format!(
        "select p.oid::regprocedure::text as text
            from pg_proc p join pg_namespace n on n.oid = p.pronamespace, unnest(array[{logins}]) login
            where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
                and (n.nspname <> 'generation' or has_function_privilege(login, p.oid, 'EXECUTE'))
                and (p.prorettype <> 'trigger'::regtype or has_function_privilege(login, p.oid, 'EXECUTE'))
                and (n.nspname <> 'retention' or login <> 'portico_worker'
                    and has_function_privilege(login, p.oid, 'EXECUTE'))
                and (p.prosecdef or p.provolatile <> 'i')"
    );
    // Folding of search texts reads only its argument.
    assert_eq!(set(&database, &functions).await, nothing(), "no function of a role view or login reads tables");
    // The only functions with the owner's rights that a login may call: see the module `retention`.
    let of_worker = "select p.oid::regprocedure::text as text from pg_proc p
        where p.pronamespace = 'retention'::regnamespace and has_function_privilege('portico_worker', p.oid, 'EXECUTE')";
    let expected = [
        "clear_origins",
        "delete_attempts",
        "delete_evidence",
        "delete_files",
        "delete_synced_records",
        "delete_uploads",
    ]
    .map(|name| format!("retention.{name}(timestamp with time zone,bigint)"));
    assert_eq!(set(&database, of_worker).await, BTreeSet::from(expected));
}

#[tokio::test]
async fn search_path_puts_temporary_tables_last() {
    let database = TestDatabase::empty().await;
    for (login, role_view) in ROLE_VIEWS.into_iter().chain(WRITING_LOGINS.map(|login| (login, "public"))) {
        let client = database.db_client(Some(login)).await;
        let row = client.query_one("show search_path", &[]).await.expect("the setting can be read");
        assert_eq!(row.get::<_, &str>(0), format!("{role_view}, pg_temp"), "{login}");
        let row = client.query_one("show statement_timeout", &[]).await.expect("the setting can be read");
        assert_eq!(row.get::<_, &str>(0), "8s", "{login}");
    }
}

#[tokio::test]
async fn outsider_logins_are_denied() {
    let database = TestDatabase::demo().await;
    for (login, role_view, view) in [
        ("portico_client", "client", "portal_entrances"),
        ("portico_trade", "trade", "portal_entrances"),
        ("portico_public", "visitor", "portal_entrances"),
        ("portico_support", "support", "accounts"),
    ] {
        let client = database.db_client(Some(login)).await;
        for statement in [
            "select * from public.tasks",
            "select * from public.task_internals",
            "select * from staff.task_internals",
            "select * from access.session",
            "select * from access.client_tasks",
            "select * from public.identities",
            "select * from access.open_accounts",
            "select * from auth.bearers",
            "set role portico_staff",
            "set session authorization portico_staff",
            "create temp table tasks (id uuid)",
            "create temp view projects as select 1",
            "create schema mine",
            "create table public.mine (id int)",
            "copy (select 1) to program 'true'",
            "truncate public.tasks",
        ] {
            assert_eq!(refusal(&client, statement).await, DENIED, "{login}: {statement}");
        }
        // So a login cannot create a table that hides a view of its role view.
        let shadow = format!("set search_path = pg_temp, {role_view}; create table {view} (host text)");
        assert_eq!(refusal(&client, &shadow).await, DENIED, "{login}");
    }
}

#[tokio::test]
async fn every_role_view_is_a_security_barrier() {
    let database = TestDatabase::empty().await;
    let open = "select c.oid::regclass::text as text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('visitor', 'client', 'trade', 'staff', 'auth')
            and (c.relkind <> 'v' or not coalesce('security_barrier=true' = any (c.reloptions), false))";
    assert_eq!(set(&database, open).await, nothing());
}

/// Tables that a schema's views read, directly or indirectly.
async fn tables_under(database: &TestDatabase, schema: &str) -> BTreeSet<String> {
    let query = format!(
        "with recursive under(oid) as (
            select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = '{schema}'
            union
            select d.refobjid from under u
            join pg_rewrite r on r.ev_class = u.oid
            join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
                and d.refclassid = 'pg_class'::regclass
        )
        select c.relname::text as text from under u join pg_class c on c.oid = u.oid where c.relkind = 'r'"
    );
    set(database, &query).await
}

#[tokio::test]
async fn outsider_role_views_avoid_secret_tables() {
    let database = TestDatabase::empty().await;
    let all_columns = |holds: fn(KnownTo) -> bool| -> BTreeSet<&str> {
        let is_one = |table: &&Table| {
            table.columns.iter().all(|column| column.known_to == KnownTo::Key || holds(column.known_to))
        };
        // Tables that only relate rows reveal which rows exist; they are listed below.
        let has_more = |table: &&Table| table.columns.iter().any(|column| column.known_to != KnownTo::Key);
        TABLES.iter().filter(is_one).filter(has_more).map(|table| table.name).collect()
    };
    let secret = all_columns(|it| it.is_kept_from_clients() && it.is_kept_from_trades());
    // Teams name staff through their memberships, and support reads its own tables.
    let named = ["staff_memberships"];
    let of_support = ["account_openings", "activity", "support_agents"];
    let mut from_clients = all_columns(KnownTo::is_kept_from_clients);
    from_clients.extend(["task_assignees", "selection_trades", "file_trades"]);
    let from_trades = all_columns(KnownTo::is_kept_from_trades);
    assert!(from_clients.contains("task_briefs") && from_trades.contains("allowances"));
    // The sign-in page shows the address of a lead form and whether it is open (PRT-18).
    let nothing_else = ["companies", "company_brandings", "company_portals", "lead_forms"];
    let of_people_alone = ["account_openings", "activity", "identities", "sessions", "support_agents"];
    for (schema, kept) in
        [("client", &from_clients), ("trade", &from_trades), ("visitor", &secret), ("support", &secret)]
    {
        let under = tables_under(&database, schema).await;
        assert!(!under.is_empty());
        let allowed = |table: &str| named.contains(&table) || (schema == "support" && of_support.contains(&table));
        let found: Vec<_> = under.iter().filter(|table| kept.contains(table.as_str()) && !allowed(table)).collect();
        assert_eq!(found, Vec::<&String>::new(), "{schema}: by tables.rs, these are hidden from it");
        assert!(schema != "visitor" || under.iter().eq(nothing_else), "{under:?}");
        assert!(schema != "support" || under.iter().eq(of_people_alone), "{under:?}");
    }
    let staff = tables_under(&database, "staff").await;
    let found = staff.iter().filter(|table| secret.contains(table.as_str())).count();
    assert!(found >= 12, "the same query finds them in the staff role view: {staff:?}");
}

#[tokio::test]
async fn staff_see_mail_state_not_content() {
    let database = TestDatabase::empty().await;
    for (_, role_view) in ROLE_VIEWS.iter().filter(|(_, role_view)| *role_view != "staff") {
        assert!(!tables_under(&database, role_view).await.contains("jobs"), "{role_view}");
    }
    let shown = "select table_name || '.' || column_name as text from information_schema.view_column_usage
        where view_schema = 'staff' and table_schema = 'public' and table_name = 'jobs'";
    let shown = set(&database, shown).await;
    let safe =
        ["id", "company_id", "subject_id", "state", "attempts", "last_attempt_at", "next_attempt_at", "created_at"];
    // Only the code is taken from the error; kind and template in the payload are used as filters only.
    let used = safe.into_iter().chain(["last_error", "kind", "payload"]).map(|column| format!("jobs.{column}"));
    assert_eq!(shown, used.collect());
    let role_view = "select pg_get_viewdef('staff.mail_deliveries'::regclass) as text";
    let role_view = texts(&database, role_view).await.remove(0);
    assert_eq!(
        role_view.matches("payload").count(),
        role_view.matches("payload ->> 'template'").count(),
        "{role_view}"
    );
}

#[tokio::test]
async fn every_foreign_key_has_an_index() {
    let database = TestDatabase::empty().await;
    let columns = |of: &str, table: &str| {
        format!(
            "(select string_agg(a.attname, ',' order by k.n) from unnest({of}) with ordinality k(attnum, n)
            join pg_attribute a on a.attrelid = {table} and a.attnum = k.attnum)"
        )
    };
    let keys = format!(
        "select conrelid::regclass || '|' || {} as text from pg_constraint where contype = 'f'",
        columns("conkey", "conrelid")
    );
    let indexes = format!(
        "select indrelid::regclass || '|' || {} as text from pg_index join pg_class t on t.oid = indrelid
            where t.relnamespace = 'public'::regnamespace and indpred is null and indexprs is null",
        columns("indkey::int2[]", "indrelid")
    );
    let mut by_table: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for index in texts(&database, &indexes).await {
        let (table, columns) = index.split_once('|').expect("the query joins table and columns with a bar");
        by_table.entry(table.to_owned()).or_default().push(columns.split(',').map(str::to_owned).collect());
    }
    let keys = texts(&database, &keys).await;
    let missing = keys.iter().filter(|key| {
        let (table, columns) = key.split_once('|').expect("the query joins table and columns with a bar");
        let columns: Vec<_> = columns.split(',').collect();
        // An index has to begin with a selective column: company and project alone are not, if the key has more
        // columns.
        let is_broad = |column: &&str| ["company_id", "project_id"].contains(column);
        let selective: Vec<_> = columns.iter().copied().filter(|column| !is_broad(column)).collect();
        let selective = if selective.is_empty() { &columns[columns.len() - 1..] } else { &selective[..] };
        !by_table.get(table).is_some_and(|indexes| {
            indexes.iter().any(|index| {
                let mut leading = index.iter().take_while(|column| columns.contains(&column.as_str()));
                leading.any(|column| selective.contains(&column.as_str()))
            })
        })
    });
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<&String>::new());
    assert!(keys.len() > 40, "{}", keys.len());
}

#[tokio::test]
async fn login_without_scope_sees_nothing() {
    let database = TestDatabase::demo().await;
    for (login, role_view) in [
        ("portico_client", "client"),
        ("portico_trade", "trade"),
        ("portico_staff", "staff"),
        ("portico_support", "support"),
    ] {
        let views =
            texts(&database, &format!("select viewname::text as text from pg_views where schemaname = '{role_view}'"))
                .await;
        let client = database.db_client(Some(login)).await;
        for view in views.iter().filter(|view| !["portal_entrances", "company_brandings"].contains(&view.as_str())) {
            for session in ["", "demo-client", "00", "' or true --"] {
                client
                    .execute("select set_config('portico.session', $1, false)", &[&session])
                    .await
                    .expect("the setting can be set");
                let row =
                    client.query_one(&format!("select count(*) from {view}"), &[]).await.expect("the query succeeds");
                assert_eq!(row.get::<_, i64>(0), 0, "{role_view}.{view} for {session:?}");
            }
        }
        assert!(views.len() > if role_view == "support" { 2 } else { 8 }, "{role_view}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrations_are_reversible_and_idempotent() {
    let database = TestDatabase::bare().await;
    let up = async || migrate::migrate(database.database()).await.expect("the migrations succeed");
    up().await;
    let first = whole_catalogue(&database).await;
    assert!(first.len() > 500, "{} lines", first.len());
    let identities = texts(&database, "select oid::text as text from pg_class where relkind = 'r' order by 1").await;
    up().await;
    assert_eq!(whole_catalogue(&database).await, first, "a second run changes nothing");
    let again = texts(&database, "select oid::text as text from pg_class where relkind = 'r' order by 1").await;
    assert_eq!(identities, again, "no table was recreated");
    migrate::revert_all(database.database()).await.expect("the migrations are reverted");
    let left =
        set(&database, &format!("select n.nspname || '.' || c.relname as text from {RELATIONS} where {OURS}")).await;
    assert_eq!(left, BTreeSet::from(["public.__diesel_schema_migrations".to_owned()]));
    up().await;
    assert_eq!(whole_catalogue(&database).await, first, "migrating again gives the same catalogue");
}

/// Columns, constraints, indexes, views and privileges, one line each.
async fn whole_catalogue(database: &TestDatabase) -> BTreeSet<String> {
    let mut all = nothing();
    for query in [
        format!(
            "select n.nspname || '.' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
                || ' ' || a.attnotnull || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '') as text
            from {RELATIONS} join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum where {OURS}"
        ),
        format!(
            "select n.nspname || '.' || c.relname || ' ' || c.relkind::text || coalesce(c.relacl::text, '') as text
            from {RELATIONS} where {OURS}"
        ),
        "select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) as text from pg_constraint
            where connamespace = 'public'::regnamespace"
            .to_owned(),
        "select indexdef as text from pg_indexes where schemaname = 'public'".to_owned(),
        "select schemaname || '.' || viewname || ' ' || definition as text from pg_views
            where schemaname !~ '^pg_' and schemaname <> 'information_schema'"
            .to_owned(),
        "select nspname || ' ' || coalesce(nspacl::text, '') as text from pg_namespace where nspname !~ '^pg_'"
            .to_owned(),
    ] {
        all.extend(set(database, &query).await);
    }
    all
}

/// Tables without row level security, or without a policy for a login that has any right to them.
async fn open_to_every_company(database: &TestDatabase) -> BTreeSet<String> {
    let query = "select c.relname || ': ' || coalesce(l.login, 'row level security is off') as text
        from pg_class c
        left join unnest(array['portico_writer', 'portico_accounts', 'portico_worker', 'portico_operator']) l (login)
            on c.relrowsecurity
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
            and c.relname <> '__diesel_schema_migrations'
            and (l.login is null or (
                (has_table_privilege(l.login, c.oid, 'SELECT, INSERT, UPDATE, DELETE')
                    or has_any_column_privilege(l.login, c.oid, 'SELECT, INSERT, UPDATE'))
                and not exists (
                    select from pg_policy p
                    where p.polrelid = c.oid and (select oid from pg_roles where rolname = l.login) = any (p.polroles))))";
    set(database, query).await
}

/// Conditions of the writer's policies that do not compare with the acting company or person.
async fn unscoped_policies(database: &TestDatabase) -> BTreeSet<String> {
    let query = "select tablename || '.' || policyname || ' (' || cmd || ')' as text from pg_policies
        where 'portico_writer' = any (roles) and coalesce(qual, with_check) !~ 'portico.(company|person)'";
    set(database, query).await
}

#[tokio::test]
async fn every_table_has_a_policy_for_its_writers() {
    let database = TestDatabase::empty().await;
    assert_eq!(open_to_every_company(&database).await, nothing());
    // People, their sessions and support agents belong to no company. An account's row can be locked, not changed.
    let expected = [
        "identities.known (SELECT)",
        "identities.lockable (UPDATE)",
        "identities.unclaimed (INSERT)",
        "sessions.known (SELECT)",
        "support_agents.known (SELECT)",
    ];
    assert_eq!(unscoped_policies(&database).await, expected.map(str::to_owned).into());
    database.db_execute("create table planted (id uuid primary key, company_id uuid)").await;
    let planted = BTreeSet::from(["planted: row level security is off".to_owned()]);
    assert_eq!(open_to_every_company(&database).await, planted);
    database
        .db_execute("alter table planted enable row level security; grant select on planted to portico_writer")
        .await;
    assert_eq!(open_to_every_company(&database).await, BTreeSet::from(["planted: portico_writer".to_owned()]));
}

/// The rights of each login that writes, to compare in a review.
#[tokio::test]
async fn writing_logins_have_these_rights() {
    let database = TestDatabase::empty().await;
    let mut rights = Vec::new();
    for login in WRITING_LOGINS {
        let query = format!(
            "select '{login}: ' || lower(p) || coalesce(' (' || columns || ')', '') || ' on ' || string_agg(name, ', ' order by name) as text
            from (
                select p, c.relname as name, case when has_table_privilege('{login}', c.oid, p) then null else (
                    select string_agg(a.attname, ', ' order by a.attname) from pg_attribute a
                    where a.attrelid = c.oid and a.attnum > 0 and p <> 'DELETE' and has_column_privilege('{login}', c.oid, a.attnum, p)
                ) end as columns
                from pg_class c, unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p
                where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and (has_table_privilege('{login}', c.oid, p)
                    or (p <> 'DELETE' and has_any_column_privilege('{login}', c.oid, p)))
            ) r group by p, columns order by array_position(array['SELECT', 'INSERT', 'UPDATE', 'DELETE'], p), columns nulls first"
        );
        rights.extend(texts(&database, &query).await);
    }
    insta::assert_snapshot!(rights.join("\n"));
}

#[tokio::test]
async fn rows_cannot_be_added_to_projects_of_others() {
    // ROB-34: found by an id of a project alone, not by the row's own company.
    let database = TestDatabase::demo().await;
    let unchecked = "select tablename::text as text from pg_policies
        where 'portico_writer' = any (roles) and policyname = 'company' and with_check !~ 'FROM projects'
            and tablename in (select table_name from information_schema.columns
                where table_schema = 'public' and column_name = 'project_id') and tablename <> 'activity'";
    assert_eq!(set(&database, unchecked).await, nothing());
    let ids = "select string_agg(id::text, ',' order by slug) as text from companies where slug in ('alderbrook', 'fernhill')";
    let ids = texts(&database, ids).await.remove(0);
    let (alderbrook, fernhill) = ids.split_once(',').expect("both exist");
    let project = "select id::text as text from projects
        where company_id = (select id from companies where slug = 'alderbrook') order by id limit 1";
    let project = texts(&database, project).await.remove(0);
    let writer = database.db_client(Some("portico_writer")).await;
    for (acting, allowed) in [(fernhill, false), (alderbrook, true)] {
        let insert = format!(
            "begin; set local portico.company = '{acting}';
            insert into milestones (id, company_id, project_id, name, sort)
                values (gen_random_uuid(), '{acting}', '{project}', 'Planted', 99)"
        );
        let result = writer.batch_execute(&insert).await;
        writer.batch_execute("rollback").await.expect("it ends");
        assert_eq!(result.is_ok(), allowed, "{result:?}");
    }
}

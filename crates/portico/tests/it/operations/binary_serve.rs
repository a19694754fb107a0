//! Tests of the binary with its own database: `migrate`, `key` and `serve`.

use std::net::TcpListener;
use std::process::Command;

use portico_core::sessions::TokenHash;
use portico_testkit::TestDatabase;
use rustix::process::Signal;
use serde_json::json;

use crate::support::service::{SECRET, Service, assert_fails, over, portico, run, serve, text};

#[tokio::test]
async fn serve_names_missing_settings() {
    let empty = TestDatabase::bare().await;
    let missing = "--database-url <DATABASE_URL> or PORTICO_DATABASE_URL";
    assert_fails(portico().args(["serve", "--secret", SECRET]), &[missing]);
    assert_fails(portico().arg("worker"), &[missing, "--secret <SECRET> or PORTICO_SECRET"]);
    assert_fails(portico().args(["support", "list"]), &[missing]);
    assert_fails(over(&empty, "serve").env_remove("PORTICO_SECRET"), &["--secret <SECRET> or PORTICO_SECRET"]);
    assert_fails(over(&empty, "serve").args(["--secret", "hunter2"]), &["--secret or PORTICO_SECRET", "32"]);
    assert_fails(over(&empty, "serve").env("PORTICO_SECRET", "hunter2"), &["secret", "32"]);
    assert_fails(serve(&empty).args(["--bind", "somewhere"]), &["--bind"]);
    assert_fails(over(&empty, "serve").args(["--secret", SECRET, "--bind", "somewhere"]), &["--bind", "somewhere"]);
    assert_fails(over(&empty, "serve").args(["--secret", SECRET, "--pool-size", "0"]), &["--pool-size"]);
    assert_fails(over(&empty, "serve").args(["--secret", SECRET, "--bind", "127.0.0.1:0"]), &["portico"]);
    // ROB-16: a value of the environment is named by its variable, and repeated.
    for (variable, value, words) in [
        ("PORTICO_BIND", "localhost", ["--bind", "'localhost'", "127.0.0.1:8080"]),
        ("PORTICO_METRICS_BIND", "9090", ["--metrics-bind", "'9090'", "127.0.0.1:8080"]),
        ("PORTICO_POOL_SIZE", "many", ["--pool-size", "'many'", "'8'"]),
        ("PORTICO_ROW_CACHE_MB", "-1", ["--row-cache-mb", "'-1'", "'48'"]),
        ("PORTICO_PLAYGROUND", "yes", ["--playground", "'yes'", "on, off"]),
        ("PORTICO_POOLER", "yes", ["--pooler", "'yes'", "none, transaction"]),
        ("PORTICO_CORS_ORIGINS", "*", ["--cors-origins", "`*`", "https://portal.example.com"]),
        ("PORTICO_TRUSTED_PROXIES", "proxy", ["--trusted-proxies", "proxy", "10."]),
        ("PORTICO_PUBLIC_URL", "foo", ["--public-url", "`foo`", "http://127.0.0.1:8080"]),
        ("PORTICO_RETENTION", "mail=x", ["--retention", "`mail=x`", "30d"]),
        // SEL-2
        ("PORTICO_DECISION_KEY_FILE", "/nothing", ["--decision-key-file", "/nothing", "cannot be read"]),
        ("PORTICO_DECISION_KEY_FILE", "/dev/null", ["--decision-key-file", "PEM", "openssl genpkey"]),
        ("PORTICO_DECISION_FORMER_KEYS_FILE", "/dev/null", ["--decision-former-keys-file", "Key Set", "jwks.json"]),
        ("PORTICO_LOG", "inof", ["`inof`", "`info`", "portico_store=debug"]),
    ] {
        let mut command = over(&empty, "serve");
        assert_fails(command.env("PORTICO_SECRET", SECRET).env(variable, value), &[&[variable], &words[..]].concat());
    }
    let hidden = run(serve(&empty).args(["--public-url", "https://me:hunter2@portal.example"]));
    assert!(!text(&hidden.stderr).contains("hunter2"), "{}", text(&hidden.stderr));
    for (url, word) in [
        ("not an address", "--database-url"),
        ("", "--database-url"),
        ("postgres:///portico", "--database-url"),
        // The owner's password must not be where the gateway runs.
        ("postgres://portico:hunter2@127.0.0.1:1/portico", "--database-url or PORTICO_DATABASE_URL names a user"),
        ("host=127.0.0.1 port=1 user=portico dbname=portico", "--owner-url or PORTICO_OWNER_URL"),
        // ROB-16
        ("mysql://portico:hunter2@localhost/portico", "`mysql://` is not PostgreSQL"),
        ("mariadb://portico:hunter2@localhost/portico", "`mariadb://` is not PostgreSQL"),
        ("http://localhost:5432", "`http://` is not PostgreSQL"),
        ("Postgres://portico:hunter2@localhost/portico", "is not PostgreSQL"),
    ] {
        assert_fails(portico().args(["serve", "--secret", SECRET, "--database-url", url]), &[word]);
    }
    let unreachable = "postgres://127.0.0.1:1/portico";
    assert_fails(
        portico().args(["serve", "--secret", SECRET, "--bind", "127.0.0.1:0", "--database-url", unreachable]),
        &["database"],
    );
    let unreachable = "postgres://portico:hunter2@127.0.0.1:1/portico";
    assert_fails(portico().args(["migrate", "--owner-url", unreachable]), &["--owner-url"]);
    assert_fails(portico().args(["migrate", "--database-url", unreachable]), &["--owner-url"]);
}

/// A role that may only sign in; dropped with what it owns.
async fn db_role(database: &TestDatabase) -> String {
    let role = format!("role_{}", portico_core::id::new_uuid().simple());
    database.db_execute(&format!("create role {role} login")).await;
    role
}

#[tokio::test]
async fn missing_database_rights_are_named() {
    let database = TestDatabase::bare().await;
    let role = db_role(&database).await;
    let user = database.owner_address();
    let user = user.split_whitespace().find(|part| part.starts_with("user=")).expect("an address names its user");
    let address = database.owner_address().replace(user, &format!("user={role}"));
    let needed = ["42501", "--owner-url", "own the database", "createrole"];
    // It owns nothing.
    let doing = [&["Cannot migrate the database"][..], &needed[..]].concat();
    assert_fails(portico().args(["migrate", "--owner-url", &address]), &doing);
    let not_migrated = "The database has not been migrated: run `portico migrate`.";
    assert_fails(portico().args(["seed", "--projects", "1", "--owner-url", &address]), &[not_migrated]);
    let migrated = TestDatabase::empty().await;
    migrated.db_execute(&format!("grant connect on database {} to {role}", migrated.name())).await;
    let others = address.replace(database.name(), migrated.name());
    let doing = [&["Cannot check whether the database has been migrated"][..], &needed[..]].concat();
    assert_fails(portico().args(["seed", "--projects", "1", "--owner-url", &others]), &doing);
    migrated.db_execute(&format!("revoke connect on database {} from {role}", migrated.name())).await;
    // It owns the database, and may not create logins.
    database.db_execute(&format!("alter database {} owner to {role}", database.name())).await;
    let doing = [&["Cannot migrate the database"][..], &needed[..]].concat();
    assert_fails(portico().args(["migrate", "--owner-url", &address]), &doing);
    let tables = "select count(*) from pg_tables where schemaname = 'public'";
    assert_eq!(database.db_count(tables).await, 0, "nothing was changed");
    database.db_execute(&format!("reassign owned by {role} to current_user; drop role {role}")).await;
}

#[tokio::test]
async fn lost_connection_names_the_remedy() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it has an address");
    // Reads its input, so that it closes the connection in order.
    let server = std::thread::spawn(move || {
        for stream in listener.incoming().take(2) {
            let mut stream = stream.expect("a caller");
            let _ = std::io::Read::read(&mut stream, &mut [0; 1024]);
        }
    });
    let hung_up = "the server closed the connection during sign-in";
    let url = format!("postgres://portico:hunter2@{address}/portico");
    let migrate = ["Cannot migrate the database", hung_up, "check the address in --owner-url"];
    assert_fails(portico().args(["migrate", "--owner-url", &url]), &migrate);
    let url = format!("postgres://{address}/portico");
    let list = ["Cannot check whether the database has been migrated", hung_up, "check the address in --database-url"];
    assert_fails(portico().args(["company", "--database-url", &url, "list"]), &list);
    server.join().expect("it ends");
}

#[tokio::test]
async fn unmigrated_database_names_the_command() {
    let bare = TestDatabase::bare().await;
    // The logins belong to the server; only the role views are missing here.
    let _ = TestDatabase::empty().await;
    bare.db_execute(&format!("grant connect on database {} to portico_auth", bare.name())).await;
    // ROB-16: the same message for every command, whether or not the logins exist.
    let not_migrated = "The database has not been migrated: run `portico migrate`.";
    assert_fails(&mut serve(&bare), &[not_migrated]);
    let locked = TestDatabase::bare().await;
    assert_fails(&mut serve(&locked), &[not_migrated]);
    for arguments in [
        "worker --smtp-url smtp://127.0.0.1:1 --mail-from portal@portico.example",
        "support list",
        "seed --projects 1",
        "cache reset",
        "key --company alderbrook --creator a@mail.example --name A --with PROJECTS_READ",
    ] {
        let mut command = portico();
        command.env("PORTICO_DATABASE_URL", bare.address()).env("PORTICO_OWNER_URL", bare.owner_address());
        command.env("PORTICO_SECRET", SECRET);
        assert_fails(command.args(arguments.split(' ')), &[not_migrated]);
    }
    let demo = TestDatabase::demo().await;
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = taken.local_addr().expect("it has an address").to_string();
    assert_fails(over(&demo, "serve").args(["--secret", SECRET, "--bind", &address]), &[&address, "port"]);
}

#[tokio::test]
async fn other_database_versions_are_named() {
    // ROB-35
    let commands = |database: &TestDatabase| {
        let mut worker = over(database, "worker");
        worker.args("--secret 0123456789abcdef0123456789abcdef --smtp-url smtp://127.0.0.1:1".split(' '));
        worker.args("--mail-from portal@portico.example --public-url http://127.0.0.1:1".split(' '));
        let mut companies = over(database, "company");
        companies.arg("list");
        [serve(database), worker, companies]
    };
    for (change, words) in [
        (
            "delete from __diesel_schema_migrations where version = '20261127000027'",
            &["an earlier version", "without the migration 2026-11-27-000027_retention", "run `portico migrate`"][..],
        ),
        (
            "update migration.role_view_files set digest = 'other' where name in ('client.sql', 'generations.sql')",
            &["the role views of another version", "client.sql, generations.sql", "run `portico migrate`"],
        ),
    ] {
        let database = TestDatabase::empty().await;
        database.db_execute(change).await;
        for mut command in commands(&database) {
            assert_fails(&mut command, words);
        }
    }
    // Gateways can restart while a later version is rolled out, and do not undo its migration.
    let database = TestDatabase::empty().await;
    let later = "insert into __diesel_schema_migrations (version) values ('20991231000001');
        update migration.role_view_files set digest = 'other'";
    database.db_execute(later).await;
    let service = Service::start(&mut serve(&database));
    assert_eq!(service.ask("unknown", "{ viewer { role } }").await.0, 401);
    assert_eq!(service.end(Signal::TERM), Some(0));
    let unknown = ["a later version", "which has the migration 20991231000001", "of that version"];
    assert_fails(&mut over(&database, "migrate"), &unknown);
    let kept = "select count(*) from migration.role_view_files where digest = 'other'";
    assert_eq!(database.db_count(kept).await, 14, "its role views are kept");
}

#[tokio::test]
async fn migrated_database_has_no_demo_tokens() {
    let database = TestDatabase::bare().await;
    for _ in 0..2 {
        let output = run(&mut over(&database, "migrate"));
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    let service = Service::start(&mut serve(&database));
    let (status, answer) = service.ask("demo-owner", "{ viewer { role } }").await;
    assert_eq!((status, &answer["errors"][0]["extensions"]["code"]), (401, &json!("UNAUTHENTICATED")));
    let public = reqwest::Client::new().post(format!("{}/graphql", service.address));
    let answer = public.json(&json!({ "query": "{ portal(host: \"x\") { host } }" })).send().await.expect("it answers");
    assert_eq!(answer.json::<serde_json::Value>().await.expect("JSON")["data"], json!({ "portal": null }));
    let ready = reqwest::get(format!("{}/health/ready", service.address)).await.expect("it answers");
    assert_eq!(ready.status().as_u16(), 200);
    assert_eq!(service.end(Signal::TERM), Some(0));
}

#[tokio::test]
async fn demo_tokens_fail_on_demo_data() {
    let database = TestDatabase::demo().await;
    let service = Service::start(&mut serve(&database));
    for token in ["demo-owner", "demo-client", "demo-reporting", "demo-session-ana"] {
        assert_eq!(service.ask(token, "{ viewer { role } }").await.0, 401, "{token}");
    }
    assert_eq!(service.end(Signal::INT), Some(0));
}

fn key(database: &TestDatabase, arguments: &[&str]) -> Command {
    let mut command = over(database, "key");
    command.args(["--company", "alderbrook"]).args(arguments);
    command
}

/// The email address of a person of the demo.
async fn address_of(database: &TestDatabase, person: &str) -> String {
    let sql = format!(
        "select email as text from identities where id = {}",
        crate::support::sql_id(&format!("people/{person}"))
    );
    database.db_texts(&sql).await.pop().expect("they have one")
}

#[tokio::test]
async fn created_key_is_stored_as_a_hash() {
    let database = TestDatabase::demo().await;
    let ruth = address_of(&database, "ruth").await;
    let arguments = [
        "--creator",
        &ruth.to_uppercase(),
        "--name",
        "Weekly report",
        "--with",
        "projects_read",
        "--with",
        "COSTS_VIEW",
        "--project",
        "AB-2041",
        "--days",
        "3",
    ];
    let output = run(&mut key(&database, &arguments));
    assert!(output.status.success(), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    let token = printed.lines().next().expect("a line").trim().to_owned();
    assert!(token.starts_with("pk_") && token.len() > 40, "{printed}");
    assert!(!text(&output.stderr).contains(&token), "the token is in the log");
    let hash = TokenHash::of(&token);
    let kept = database
        .db_count(&format!("select count(*) as count from api_keys where token_hash = '{}'", hash.as_str()))
        .await;
    assert_eq!(kept, 1);
    // A command has no signed-in actor; the key's owner is in the details.
    let trail = format!(
        "select count(*) from activity where kind = 'API_KEY_CREATED' and actor_kind = 'SYSTEM' and actor_id is null
            and subject_kind = 'API_KEY' and details ->> 'name' = 'Weekly report' and details ->> 'creator' = {}::text",
        crate::support::sql_id("alderbrook/staff/ruth")
    );
    assert_eq!(database.db_count(&trail).await, 1);
    let service = Service::start(&mut serve(&database));
    let (status, answer) = service
        .ask(&token, "{ viewer { role name permissions projects { nodes { number budget { amount } } } } }")
        .await;
    assert_eq!(status, 200);
    let expected = json!({ "role": "REPORTING", "name": "Weekly report", "permissions": ["PROJECTS_READ", "COSTS_VIEW"],
        "projects": { "nodes": [{ "number": "AB-2041", "budget": { "amount": "643120.37" } }] } });
    assert_eq!(answer["data"]["viewer"], expected);
    assert_eq!(service.end(Signal::TERM), Some(0));
}

#[tokio::test]
async fn key_command_rejects_invalid_input() {
    let database = TestDatabase::demo().await;
    let keys = "select count(*) as count from api_keys";
    let before = database.db_count(keys).await;
    let (ruth, jo, gil) =
        (address_of(&database, "ruth").await, address_of(&database, "jo").await, address_of(&database, "gil").await);
    let base = |creator: &str, more: &[&str]| {
        let mut command = key(&database, &["--creator", creator, "--name", "x"]);
        command.args(more);
        command
    };
    assert_fails(&mut base(&ruth, &[]), &["--with"]);
    assert_fails(&mut base(&ruth, &["--with", "EVERYTHING"]), &["no such permission", "COSTS_VIEW"]);
    assert_fails(&mut base(&ruth, &["--with", "COSTS_VIEW", "--days", "0"]), &["1 to 366"]);
    assert_fails(&mut base(&ruth, &["--with", "COSTS_VIEW", "--days", "367"]), &["1 to 366"]);
    assert_fails(
        &mut base(&ruth, &["--with", "COSTS_VIEW", "--project", "AB-2041", "--project", "FS-311"]),
        &["FS-311"],
    );
    assert_fails(&mut base("nobody@example.com", &["--with", "COSTS_VIEW"]), &["nobody@example.com", "alderbrook"]);
    assert_fails(&mut base(&gil, &["--with", "COSTS_VIEW"]), &[&gil]);
    assert_fails(&mut base(&jo, &["--with", "COSTS_VIEW"]), &["REPORTS_KEYS"]);
    assert_fails(&mut key(&database, &["--creator", &ruth, "--name", "  ", "--with", "COSTS_VIEW"]), &["name"]);
    let elsewhere = over(&database, "key")
        .args(["--company", "fernhill", "--creator", &ruth, "--name", "x", "--with", "COSTS_VIEW"])
        .output();
    assert!(!elsewhere.expect("it can be started").status.success());
    database
        .db_execute(&format!(
            "update staff_memberships set permissions = permissions || array['REPORTS_KEYS'] where id = {}",
            crate::support::sql_id("alderbrook/staff/jo")
        ))
        .await;
    assert_fails(&mut base(&jo, &["--with", "COSTS_VIEW", "--with", "MARGINS_VIEW"]), &["MARGINS_VIEW"]);
    assert_eq!(database.db_count(keys).await, before);
}

#[tokio::test]
async fn support_agents_are_set_by_command() {
    // ACC-13
    let database = TestDatabase::demo().await;
    let support = |arguments: &[&str]| {
        let mut command = over(&database, "support");
        command.args(arguments);
        command
    };
    let begin = ["begin", "--email", "Sam@portico.example", "--name", "Sam", "--host", "support.portico.example"];
    for said in ["is a support agent now", "was a support agent already"] {
        let output = run(&mut support(&begin));
        assert!(output.status.success() && text(&output.stdout).contains(said), "{}", text(&output.stderr));
    }
    let living = "select count(*) from support_agents where ended_at is null and host = 'support.portico.example'";
    assert_eq!(database.db_count(living).await, 2, "Sam, and Iris of the demo");
    assert_fails(
        &mut support(&["begin", "--email", "sam", "--name", "Sam", "--host", "a.example"]),
        &["sam", "address"],
    );
    assert_fails(
        &mut support(&["begin", "--email", "a@b.example", "--name", "A", "--host", "https://a.example"]),
        &["host"],
    );
    let end = ["end", "--email", "sam@portico.example"];
    assert!(run(&mut support(&end)).status.success());
    assert_fails(&mut support(&end), &["sam@portico.example", "not a support agent"]);
    assert_eq!(database.db_count(living).await, 1);
}

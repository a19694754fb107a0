//! Which rows are deleted: the registration against the database and the documentation, and the rights for it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use chrono::TimeDelta;
use portico_store::retention::{KEPT, KINDS};
use portico_testkit::TestDatabase;

#[tokio::test]
async fn every_table_is_kept_or_has_a_retention() {
    // ROB-33
    let database = TestDatabase::empty().await;
    let tables = "select case n.nspname when 'public' then '' else n.nspname || '.' end || c.relname as text
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'";
    let tables: BTreeSet<String> = database.db_texts(tables).await.into_iter().collect();
    let purged: BTreeSet<_> = KINDS.iter().map(|kind| kind.table.to_owned()).collect();
    let listed: Vec<_> = KEPT.iter().flat_map(|(_, tables)| *tables).map(|table| (*table).to_owned()).collect();
    let kept: BTreeSet<_> = listed.iter().cloned().collect();
    assert_eq!(listed.len(), kept.len(), "a table is listed once");
    let both: Vec<_> = kept.intersection(&purged).collect();
    assert!(both.is_empty(), "{both:?} are kept and have a retention: decide in portico-store/src/retention.rs");
    let all: BTreeSet<_> = kept.union(&purged).cloned().collect();
    let differing: Vec<_> = all.symmetric_difference(&tables).collect();
    assert!(
        differing.is_empty(),
        "{differing:?}: each table of the database has a retention in KINDS, or is in KEPT with the reason \
         (portico-store/src/retention.rs)"
    );
    assert!(KEPT.iter().all(|(reason, _)| reason.len() > 20));
}

#[test]
fn retention_is_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/OPERATIONS.md");
    let text = fs::read_to_string(path).expect("the documentation can be read");
    let days = |age: TimeDelta| match age.num_days() {
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    };
    let rows: Vec<_> =
        KINDS.iter().map(|kind| format!("| `{}` | {} | {} |", kind.name, days(kind.default), kind.rows)).collect();
    let table = ["| kind | default | deleted rows |", "|---|---|---|"].map(str::to_owned).into_iter().chain(rows);
    let table = table.collect::<Vec<_>>().join("\n");
    assert!(text.contains(&format!("{table}\n\n")), "docs/OPERATIONS.md does not contain this table:\n{table}");
}

#[tokio::test]
async fn old_rows_are_found_by_index() {
    let database = TestDatabase::empty().await;
    let statements = KINDS.iter().map(|kind| (kind.table, kind.statement()));
    let mut statements: Vec<_> = statements.filter(|(_, statement)| !statement.contains("retention.")).collect();
    // Those within the functions, as they are in the file.
    let functions = include_str!("../../../../migrations/role_views/retention.sql");
    for (table, selects) in [
        ("activity", "select id from activity"),
        ("decision_evidence", "select decision_id from decision_evidence"),
        ("staged_uploads", "select id, project_id, size, file_id is null as is_reserved from staged_uploads"),
        ("files", "select id, project_id from files"),
        ("sync_states", "select reader_id, project_id from sync_states"),
    ] {
        for (at, _) in functions.match_indices(selects) {
            let inner = functions[at..].split(" for update").next().unwrap_or_default();
            statements.push((table, inner.replace("before,", "$1,").replace("at_most", "$2")));
        }
    }
    assert_eq!(statements.len(), KINDS.len());
    let owner = database.db_client(None).await;
    let settings = "set enable_seqscan = off; set enable_bitmapscan = off; set plan_cache_mode = force_generic_plan";
    owner.batch_execute(settings).await.expect("it can be set");
    for (number, (table, statement)) in statements.iter().enumerate() {
        let prepare = format!("prepare p{number} (timestamptz, bigint) as {statement}");
        owner.batch_execute(&prepare).await.unwrap_or_else(|error| panic!("{error}\n{statement}"));
        let plan = owner.simple_query(&format!("explain execute p{number} (now(), 500)")).await;
        let plan = format!("{:?}", plan.expect("it is explained"));
        assert!(plan.contains("Index Scan using"), "{statement}\n{plan}");
        assert!(!plan.contains("Sort") && !plan.contains(&format!("Seq Scan on {table}")), "{statement}\n{plan}");
    }
}

/// An entry of the audit log of this kind and age.
fn entry(kind: &str, actor: &str, subject: &str, age: &str) -> String {
    format!(
        "insert into activity (id, at, kind, actor_kind, subject_kind, subject_id, network, device)
            values (gen_random_uuid(), now() - interval '{age}', '{kind}', '{actor}', {subject}, '203.0.113.7', 'curl');"
    )
}

const ENTRIES: &str =
    "select kind || ' ' || actor_kind || ' ' || coalesce(network, '-') || ' ' || coalesce(device, '-') as text
    from activity order by 1";

#[tokio::test]
async fn worker_deletes_only_old_attempts() {
    // ROB-33, PRT-13
    let database = TestDatabase::empty().await;
    let (none, lead) = ("null, null", "'LEAD', gen_random_uuid()");
    let entries = [
        entry("SIGN_IN_REFUSED", "PUBLIC", none, "25 hours"),
        entry("LEAD_SUBMITTED", "PUBLIC", none, "25 hours"),
        entry("SIGN_IN_REFUSED", "CLIENT", none, "25 hours"),
        entry("LINK_REQUESTED", "PUBLIC", "'IDENTITY', gen_random_uuid()", "25 hours"),
        // Too new, of a user, evidence, and an accepted form.
        entry("SIGN_IN_REFUSED", "PUBLIC", none, "23 hours"),
        entry("LINK_REQUESTED", "CLIENT", none, "2 years"),
        entry("INVITATION_ACCEPTED", "PUBLIC", none, "2 years"),
        entry("LEAD_SUBMITTED", "PUBLIC", lead, "2 years"),
    ];
    database.db_execute(&entries.concat()).await;
    let worker = database.db_client(Some("portico_worker")).await;
    for statement in ["delete from activity", "update activity set network = null", "truncate activity"] {
        let refused = worker.batch_execute(statement).await.expect_err(statement);
        assert_eq!(refused.code().map(|code| code.code()), Some("42501"), "{statement}");
    }
    // A worker cannot lower the minimum age.
    let purge =
        |function: &str, limit: i64| format!("select retention.{function}(now() + interval '10 years', {limit})");
    let count = async |sql: String| worker.query_one(&sql, &[]).await.expect("it may be called").get::<_, i64>(0);
    assert_eq!(count(purge("delete_attempts", 2)).await, 2, "at most as many as wanted");
    assert_eq!(count(purge("delete_attempts", 500)).await, 2);
    assert_eq!(count(purge("delete_attempts", 500)).await, 0);
    let left = [
        "INVITATION_ACCEPTED PUBLIC 203.0.113.7 curl",
        "LEAD_SUBMITTED PUBLIC 203.0.113.7 curl",
        "LINK_REQUESTED CLIENT 203.0.113.7 curl",
        "SIGN_IN_REFUSED PUBLIC 203.0.113.7 curl",
    ];
    assert_eq!(database.db_texts(ENTRIES).await, left);
    let sign_ins = ["31 days", "29 days"].map(|age| entry("SIGNED_IN", "CLIENT", none, age));
    database.db_execute(&sign_ins.concat()).await;
    assert_eq!(count(purge("clear_origins", 500)).await, 1);
    assert_eq!(count(purge("clear_origins", 500)).await, 0);
    let all = [&left[..], &["SIGNED_IN CLIENT - -", "SIGNED_IN CLIENT 203.0.113.7 curl"]].concat();
    let expected: BTreeSet<_> = all.into_iter().map(str::to_owned).collect();
    assert_eq!(database.db_texts(ENTRIES).await.into_iter().collect::<BTreeSet<_>>(), expected);
}

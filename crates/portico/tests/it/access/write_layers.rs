//! Tests that each of the two layers of changes is sufficient alone: the actions' own checks of the company, and row level security.

use std::collections::BTreeSet;

use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::mutations::{MutationCase, case_of, names};

/// Lets staff of one company find their own membership while their transaction is scoped to another one.
const OWN_MEMBERSHIP: &str = "create policy probe on staff_memberships for select to portico_writer using (true)";

/// Disables the second layer.
const WITHOUT_ROW_SECURITY: &str = "do $$ declare name text; begin
    for name in select relname from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity
    loop execute format('alter table %I disable row level security', name); end loop; end $$";

/// An owner of another company, whose ids the tests never name.
fn other_owner() -> Person {
    Person::named("margot")
}

/// Every row of the company whose ids are named, and every account, session and link.
async fn rows(app: &TestApp) -> BTreeSet<String> {
    let tables = "select c.relname || ' ' || exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'company_id')
        as text from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
        and c.relname <> '__diesel_schema_migrations'";
    let mut rows = BTreeSet::new();
    for table in app.database().db_texts(tables).await {
        let (table, has_company) = table.split_once(' ').expect("there are two values");
        let of_company = match (table, has_company) {
            ("companies", _) => "where slug = 'alderbrook'",
            // The people whom staff invite: they belong to no company.
            ("identities", _) => "where claimed_at is not null",
            // Their use is recorded at any time.
            ("sessions", _) => "where revoked_at is not null",
            ("idempotent_answers", _) => {
                "where actor_id in (select m.identity_id from staff_memberships m join companies c on c.id = m.company_id
                    where c.slug = 'alderbrook')"
            }
            ("activity_counters", _) => {
                "where project_id in (select p.id from projects p join companies c on c.id = p.company_id
                    where c.slug = 'alderbrook')"
            }
            (_, "true") => "where company_id = (select id from companies where slug = 'alderbrook')",
            _ => "",
        };
        let query = format!("select '{table} ' || t::text as text from {table} t {of_company}");
        rows.extend(app.database().db_texts(&query).await);
    }
    assert!(rows.len() > 500, "{}", rows.len());
    rows
}

fn difference(before: &BTreeSet<String>, after: &BTreeSet<String>) -> Vec<String> {
    before.symmetric_difference(after).take(3).cloned().collect()
}

/// A demo and the mutation's case; none unless staff perform it.
async fn of_staff(mutation: &str) -> Option<(TestApp, MutationCase)> {
    let app = TestApp::demo().await;
    let case = case_of(&app, mutation).await;
    case.trail.ends_with(" OWNER").then_some((app, case))
}

async fn scoped(app: &TestApp, mutation: &str, case: &MutationCase) -> Value {
    app.change_in_scope_of(&case.by, &other_owner(), &case.operation(mutation), case.arguments.clone()).await
}

#[tokio::test]
async fn row_security_alone_refuses_changes() {
    // ISO-1, ROB-34: the actions' checks pass, since the actor is an owner of the company whose ids are named.
    let mut tried = 0;
    for mutation in names() {
        let Some((app, case)) = of_staff(&mutation).await else { continue };
        app.database().db_execute(OWN_MEMBERSHIP).await;
        let before = rows(&app).await;
        let answer = scoped(&app, &mutation, &case).await;
        assert_eq!(difference(&before, &rows(&app).await), Vec::<String>::new(), "{mutation}: {answer}");
        tried += 1;
    }
    assert!(tried >= 35, "{tried}");
}

/// Shows that the test above can fail: without either layer, the same mutations are carried out.
#[tokio::test]
async fn changes_succeed_without_both_layers() {
    for mutation in names() {
        let Some((app, case)) = of_staff(&mutation).await else { continue };
        app.database().db_execute(WITHOUT_ROW_SECURITY).await;
        let before = rows(&app).await;
        let answer = scoped(&app, &mutation, &case).await;
        assert_eq!(answer["data"][&mutation]["userErrors"], json!([]), "{mutation}: {answer}");
        assert_ne!(difference(&before, &rows(&app).await), Vec::<String>::new(), "{mutation}: {answer}");
    }
}

#[tokio::test]
async fn action_checks_alone_refuse_changes() {
    // ISO-1, ROB-34
    let mut not_found = 0;
    for mutation in names() {
        let Some((app, case)) = of_staff(&mutation).await else { continue };
        app.database().db_execute(WITHOUT_ROW_SECURITY).await;
        let before = rows(&app).await;
        let by_other = app.ask_with(&other_owner(), &case.operation(&mutation), case.arguments.clone()).await;
        assert_eq!(difference(&before, &rows(&app).await), Vec::<String>::new(), "{mutation}: {}", by_other.text);
        not_found += usize::from(by_other.text.contains("NOT_FOUND"));
    }
    assert!(not_found >= 25, "{not_found}");
}

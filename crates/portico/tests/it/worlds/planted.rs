//! Tests with deliberate leaks, the same in both worlds: each must be detected.
//!
//! Each is a role view that shows too much, built so that the loader's row check accepts it.

use portico_core::access::Role;
use portico_testkit::Person;

use super::compare::Observation;
use super::run::{Difference, Document, Plan, run};
use super::secrets::{first_world, second_world};

/// Enough to find any of them.
const OPERATIONS: usize = 600;

/// The difference found when both worlds have this role view.
async fn found(role: Role, token: &str, role_view: &str) -> Box<Difference> {
    let (first, second) = (first_world().await, second_world(Some(token)).await);
    for app in [&first, &second] {
        app.database().db_execute(role_view).await;
    }
    let mut document = Document::of(&first, Some(role));
    let plan = Plan::read();
    let result = run(&first, &second, &Person::with_token(token), &mut document, OPERATIONS, plan.seed).await;
    result.expect_err("the leak is found")
}

#[tokio::test]
async fn leaking_client_view_is_detected() {
    let difference = found(
        Role::Client,
        "demo-client",
        "create or replace view client.tasks with (security_barrier) as
            select id, company_id, project_id, viewable_milestone_id as milestone_id, name, start_on, finish_on, work_days,
                percent_complete, true as client_viewable, sort, version, null::boolean as accepts_progress
            from access.client_tasks
            where is_member and has_portal_access and is_feature_on and is_schedule_shared",
    )
    .await;
    let seen_by = |seen: &Observation| (seen.body.clone(), seen.statements);
    assert_ne!(seen_by(&difference.a), seen_by(&difference.b), "{difference}");
}

#[tokio::test]
async fn leaking_milestones_are_detected() {
    let difference = found(
        Role::Client,
        "demo-client",
        "create or replace view client.milestones with (security_barrier) as
            select id, company_id, project_id, name, sort, true as client_viewable, status, percent_complete,
                anticipated_finish_on
            from access.client_milestones
            where is_member and has_portal_access and is_feature_on",
    )
    .await;
    assert_ne!(difference.a.body, difference.b.body, "{difference}");
}

#[tokio::test]
async fn dates_of_a_draft_are_detected() {
    let difference = found(
        Role::Client,
        "demo-client",
        "create or replace view client.tasks with (security_barrier) as
            select id, company_id, project_id, viewable_milestone_id as milestone_id, name, start_on,
                coalesce((
                    select p.finish_on from planned_tasks p join schedule_versions v on v.id = p.version_id
                    where p.task_id = t.id and v.state = 'DRAFT'), finish_on) as finish_on,
                work_days, percent_complete, client_viewable, sort, version, null::boolean as accepts_progress
            from access.client_tasks t
            where is_member and has_portal_access and is_feature_on and is_schedule_shared and is_client_viewable",
    )
    .await;
    assert!(difference.printed.query.contains("finishOn"), "{difference}");
}

#[tokio::test]
async fn roll_up_of_hidden_tasks_is_detected() {
    // Of hidden tasks, clients may know what is in the roll-up of all tasks and nothing else.
    let difference = found(
        Role::Client,
        "demo-client",
        "create or replace view client.milestones with (security_barrier) as
            select m.id, m.company_id, m.project_id, m.name, m.sort, m.client_viewable, m.status,
                (select count(*) from tasks t where t.milestone_id = m.id and not t.client_viewable)::int as percent_complete,
                m.anticipated_finish_on
            from access.client_milestones m
            where m.is_member and m.has_portal_access and m.is_feature_on and m.is_client_viewable",
    )
    .await;
    assert!(difference.printed.query.contains("percentComplete"), "{difference}");
}

#[tokio::test]
async fn ordering_by_a_secret_is_detected() {
    let difference = found(
        Role::Client,
        "demo-client",
        "create or replace view client.team_members with (security_barrier) as
            select t.id, t.company_id, t.project_id, null::uuid as staff_membership_id, t.name, t.title, t.work_phone, t.photo_url, t.is_shown,
                x.pay_rate_minor::int as sort
            from access.client_team_members t
            join team_members m on m.id = t.id
            join staff_internals x on x.staff_membership_id = m.staff_membership_id
            where t.is_member and t.has_portal_access and t.is_feature_on and t.is_shown",
    )
    .await;
    assert!(difference.printed.query.contains("team"), "{difference}");
    // The same team, in another order.
    let letters = |body: &str| {
        let mut letters: Vec<_> = body.chars().collect();
        letters.sort_unstable();
        letters
    };
    assert_eq!(letters(&difference.a.body), letters(&difference.b.body), "{difference}");
}

#[tokio::test]
async fn counting_hidden_rows_is_detected() {
    // The loader drops the drafts themselves; counts and page boundaries come from the database alone.
    let difference = found(
        Role::Client,
        "demo-client",
        "create or replace view client.selections with (security_barrier) as
            select id, company_id, project_id, location_id, allowance_id, number, title, instructions, status, due_on,
                due_task_id, null::int as due_days_before, is_overdue, category, min_choices, max_choices, may_decline, chosen_option_id,
                chosen_at, chosen_by_name, approved_at, locked_at, ordered_at, decline_reason, version
            from access.client_selections
            where is_member and has_portal_access and is_feature_on",
    )
    .await;
    let lists = ["selections", "changes"];
    assert!(lists.iter().any(|list| difference.printed.query.contains(list)), "{difference}");
    assert!(!difference.a.body.contains("DRAFT") && !difference.b.body.contains("DRAFT"), "{difference}");
}

#[tokio::test]
async fn extra_statement_is_detected() {
    // The allowance of the selection is looked up and missing: one more statement, and the same answer.
    let difference = found(
        Role::Client,
        "demo-client",
        "create or replace view client.selections with (security_barrier) as
            select s.id, s.company_id, s.project_id, s.location_id,
                case when x.risk_notes not like 'other %' then s.id end as allowance_id,
                s.number, s.title, s.instructions, s.status, s.due_on,
                s.due_task_id, null::int as due_days_before, s.is_overdue, s.category, s.min_choices, s.max_choices,
                s.may_decline, s.chosen_option_id, s.chosen_at, s.chosen_by_name, s.approved_at, s.locked_at, s.ordered_at,
                s.decline_reason, s.version
            from access.client_selections s
            join project_internals x on x.project_id = s.project_id
            where s.is_member and s.has_portal_access and s.is_feature_on and s.is_shared",
    )
    .await;
    assert_eq!(difference.a.body, difference.b.body, "{difference}");
    assert_ne!(difference.a.statements, difference.b.statements, "{difference}");
}

#[tokio::test]
async fn leaking_trade_view_is_detected() {
    let difference = found(
        Role::Trade,
        "demo-trade",
        "create or replace view trade.tasks with (security_barrier) as
            select id, company_id, project_id, milestone_id, name, start_on, finish_on, work_days, percent_complete,
                null::boolean as client_viewable, sort, version, accepts_progress
            from access.trade_tasks
            where is_member and has_web_access",
    )
    .await;
    assert_ne!(difference.a.body, difference.b.body, "{difference}");
}

//! Random changes by many writers: whoever applies `changes(since:)` has the same as after a fresh fetch.

use fastrand::Rng;
use futures_util::future::join_all;
use portico_core::access::Permission;
use portico_testkit::{Person, TestApp};

use super::copy::Copy;
use crate::support::caches::{PICKS, WRITES, in_words};
use crate::support::{MAPLE, change, of_project, project, refusals, staff_with};

/// Number of changes, and of writers.
const CHANGES: usize = 1_000;
const WRITERS: usize = 4;
/// Changes between two comparisons with a fresh fetch.
const COMPARED: usize = 80;

/// Gives everyone access again, so that the readers see more than its loss.
const ADMIT: &str = "update sessions set revoked_at = null; update identities set disabled_at = null;
    update project_memberships set removed_at = null, access_level = case kind when 'CLIENT' then 'PORTAL' else access_level end,
        web_access = kind = 'TRADE';
    update staff_memberships set removed_at = null, permissions = case when 'PROJECTS_READ' = any(permissions) then permissions
        else permissions || 'PROJECTS_READ'::text end";

/// One change by staff.
async fn by_staff(app: &TestApp, rng: &mut Rng, number: usize) {
    let (owner, maple) = (Person::owner(), project(app, MAPLE));
    let version = of_project(app, &owner, MAPLE, "version").await["version"].clone();
    let (mutation, input, fields) = match rng.u8(..4) {
        0 => ("locationSave", format!("projectId: \"{maple}\", name: \"Room {number}\""), "location { id }"),
        1 => (
            "projectUpdate",
            format!("id: \"{maple}\", expectedVersion: {version}, name: \"Maple Street {number}\""),
            "project { id }",
        ),
        2 => (
            "projectUpdate",
            format!("id: \"{maple}\", expectedVersion: {version}, riskNotes: \"Risk {number}\""),
            "project { id }",
        ),
        _ => {
            let features = ["SCHEDULE", "SELECTIONS", "TEAM", "HELP"].into_iter().filter(|_| rng.bool());
            let features = features.collect::<Vec<_>>().join(", ");
            let share = rng.choice(["NONE", "CALENDAR", "GANTT"]).expect("one of three");
            let baseline = rng.bool();
            let input = format!(
                "projectId: \"{maple}\", features: [DASHBOARD, {features}], scheduleShare: {share}, sharesBaseline: {baseline}"
            );
            ("portalSettingsUpdate", input, "portal { id }")
        }
    };
    let done = change(app, &owner, mutation, &format!("input: {{ {input} }}"), fields).await;
    // Another writer may have been faster.
    let refused = refusals(&done);
    assert!(refused.iter().all(|refusal| refusal.starts_with("CONFLICT")), "{mutation}({input}): {done}");
}

/// One change to rows that no mutation changes yet.
async fn by_rows(app: &TestApp, sql: &str) {
    let owner = app.database().db_client(None).await;
    if let Err(error) = owner.batch_execute(&format!("begin; {sql}; commit")).await {
        // A change that the tables do not allow, or that another writer prevents.
        let code = error.code().map_or("", |code| code.code());
        assert!(code.starts_with("23") || code == "40P01", "{error:?}\n{sql}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_equal_a_fresh_fetch() {
    let app = TestApp::concurrent().await;
    let gateways: Vec<_> = (0..WRITERS).map(|_| app.rewired(|_| ())).collect();
    app.database().db_execute(&PICKS.replace("temp view", "view")).await;
    let maple = project(&app, MAPLE);
    let planner = staff_with(&app, &[Permission::ScheduleEdit, Permission::MarginsView]).await;
    let mut copies = Vec::new();
    for person in [Person::owner(), planner, Person::client(), Person::named("ben"), Person::trade()] {
        let mut copy = Copy::new(&app, person, maple.clone()).await;
        copy.sync(&app, 100).await;
        copies.push(copy);
    }
    let mut rng = Rng::with_seed(20_261_127);
    let mut done = 0;
    while done < CHANGES {
        let (reader, size) = (rng.usize(..copies.len()), rng.u32(1..=100));
        let round = (0..WRITERS).map(|writer| {
            let (number, gateway, mut own) = (done + writer, &gateways[writer], rng.fork());
            let write = WRITES[rng.usize(..WRITES.len())];
            let sql = in_words(write, &mut rng, number);
            async move {
                if own.u8(..3) == 0 { by_staff(gateway, &mut own, number).await } else { by_rows(gateway, &sql).await }
            }
        });
        let round = round.collect::<Vec<_>>();
        // Readers ask while the writers write.
        futures_util::join!(join_all(round), copies[reader].sync(&gateways[0], size));
        done += WRITERS;
        if done % COMPARED == 0 || done >= CHANGES {
            for (number, copy) in copies.iter_mut().enumerate() {
                copy.sync(&app, 100).await;
                let (kept, fresh) = (copy.resolved(), copy.fresh(&app).await);
                let ids = kept.keys().chain(fresh.keys());
                let differing: Vec<_> =
                    ids.filter(|id| kept.get(*id) != fresh.get(*id)).map(|id| (kept.get(id), fresh.get(id))).collect();
                assert!(differing.is_empty(), "reader {number} after {done} changes: {differing:?}");
            }
            by_rows(&app, ADMIT).await;
        }
    }
    for copy in &mut copies {
        copy.sync(&app, 100).await;
        assert!(copy.applied.values().all(|count| *count > 20), "{:?}", copy.applied);
        println!("{:?} {:?} {}", copy.applied, copy.unchanged, copy.records.len());
    }
}

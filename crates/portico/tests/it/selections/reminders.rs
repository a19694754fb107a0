//! Tests of reminders by mail.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use portico_adapters::mail::{FolderMail, MailFolder, Transport};
use portico_core::access::Permission;
use portico_core::id::{Tag, new_uuid};
use portico_testkit::queue::TestWorker;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::{HARDWARE, PAINT, choices, choose, refusal, send};
use crate::support::clients::{add, client_create};
use crate::support::selections::approve;
use crate::support::{MAPLE, project, sql_id};

/// SHARED, due on December 11.
const DOOR: &str = "alderbrook/maple-street/selection/Front door";
/// CHOSEN, due on November 27.
const FAUCET: &str = "alderbrook/maple-street/selection/Kitchen faucet";
const BEN: &str = "alderbrook/maple-street/client/ben";
const DOOR_SOON: &str = "- Front door: choose by December 11, 2026\n";

/// A worker whose mails are kept.
struct Mailer {
    worker: TestWorker,
    folder: MailFolder,
    path: PathBuf,
}

impl Mailer {
    async fn new(app: &TestApp) -> Self {
        let path = std::env::temp_dir().join(format!("portico-reminders-{}", new_uuid()));
        let folder = MailFolder::at(path.clone()).await.expect("a folder can be made");
        Self { worker: TestWorker::new(app, Transport::Folder(folder.clone())), folder, path }
    }

    /// Sets the clock.
    fn at(&self, time: &str) {
        let time: DateTime<Utc> = time.parse().expect("a time");
        self.worker.wait(time - self.worker.now());
    }

    /// Enqueues what is due.
    async fn enqueue(&self) {
        self.worker.worker.run_periodic_tasks().await;
    }

    /// Sends what is enqueued. Returns the recipients and texts of the reminders of Maple Street, which are deleted then.
    async fn sent(&self) -> Vec<(String, String)> {
        while self.worker.round().await > 0 {}
        let mails = self.folder.list().await.expect("it can be read");
        tokio::fs::remove_dir_all(&self.path).await.expect("it can be deleted");
        tokio::fs::create_dir_all(&self.path).await.expect("it can be made");
        let of_maple = |mail: &FolderMail| mail.text.contains("project \"Maple Street House\", Alderbrook Homes waits");
        let mut sent: Vec<_> = mails.into_iter().filter(of_maple).map(|mail| (mail.to, mail.text)).collect();
        sent.sort();
        sent
    }

    /// Sends the mails of a time. Returns as [`Self::sent`].
    async fn mails_at(&self, time: &str) -> Vec<(String, String)> {
        self.at(time);
        self.enqueue().await;
        self.sent().await
    }
}

impl Drop for Mailer {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

fn recipients(mails: &[(String, String)]) -> Vec<&str> {
    let name = |to: &'_ str| to.split(" <").next().map(str::len).unwrap_or_default();
    mails.iter().map(|(to, _)| &to[..name(to)]).collect()
}

async fn edit(app: &TestApp, selection: &str, change: Value) {
    let version = format!("select version::bigint as count from selections where id = {}", sql_id(selection));
    let version = app.database().db_count(&version).await;
    let mut input = json!({ "id": app.id(Tag::SELECTION, selection), "expectedVersion": version });
    input.as_object_mut().expect("it is an object").extend(change.as_object().expect("it is an object").clone());
    let done = send(app, &Person::owner(), "selectionSave", "SelectionSaveInput", "selection { id }", input).await;
    assert_eq!(refusal(&done), "");
}

async fn choose_door(app: &TestApp, person: &Person) {
    let version = format!("select version::bigint as count from selections where id = {}", sql_id(DOOR));
    let version = app.database().db_count(&version).await;
    let chosen = choices(app, DOOR, &[("Painted fir, three panel", 1)]);
    let version = i32::try_from(version).expect("it fits");
    assert_eq!(refusal(&choose(app, person, DOOR, chosen, version, "door").await), "");
}

#[tokio::test]
async fn clients_are_reminded_once_before_the_due_date_and_once_after() {
    // SEL-7
    let app = TestApp::demo().await;
    let mailer = Mailer::new(&app).await;
    // A client who has not accepted yet. Cleo was removed.
    let contact = client_create(&app, &Person::owner(), "Nia Hale", "nia@mail.example").await;
    add(&app, &Person::owner(), &project(&app, MAPLE), &contact, true).await;
    // 6:59:59 in Bellingham, three days before; then 7:00.
    assert_eq!(mailer.mails_at("2026-12-08T14:59:59Z").await, []);
    let mails = mailer.mails_at("2026-12-08T15:00:00Z").await;
    assert_eq!(recipients(&mails), ["Ana Whitlock", "Ben Whitlock"]);
    for (_, text) in &mails {
        assert!(
            text.contains("In the project \"Maple Street House\", Alderbrook Homes waits for your decision."),
            "{text}"
        );
        assert!(text.contains(&format!("Due soon:\n\n{DOOR_SOON}")) && !text.contains("Overdue"), "{text}");
        assert!(text.contains("https://portal.alderbrook.example/auth/sign-in"), "{text}");
        assert_eq!(text.matches("\n- ").count(), 1, "{text}");
    }
    for time in ["2026-12-08T15:01:00Z", "2026-12-09T15:00:00Z", "2026-12-10T15:00:00Z", "2026-12-11T15:00:00Z"] {
        assert_eq!(mailer.mails_at(time).await, [], "{time}");
    }
    // Overdue from midnight on; the mail follows in the morning.
    assert_eq!(mailer.mails_at("2026-12-12T08:00:00Z").await, []);
    let mails = mailer.mails_at("2026-12-12T15:00:00Z").await;
    assert_eq!(recipients(&mails), ["Ana Whitlock", "Ben Whitlock"]);
    let overdue = "Overdue:\n\n- Front door: was due on December 11, 2026\n";
    assert!(mails.iter().all(|(_, text)| text.contains(overdue) && !text.contains("Due soon")), "{mails:?}");
    for time in ["2026-12-12T16:00:00Z", "2026-12-13T15:00:00Z"] {
        assert_eq!(mailer.mails_at(time).await, [], "{time}");
    }
}

#[tokio::test]
async fn moved_due_date_is_reminded_of_again() {
    // SEL-7
    let app = TestApp::demo().await;
    let mailer = Mailer::new(&app).await;
    assert_eq!(mailer.mails_at("2026-12-08T15:00:00Z").await.len(), 2);
    edit(&app, DOOR, json!({ "dueOn": "2026-12-14" })).await;
    assert_eq!(mailer.mails_at("2026-12-10T15:00:00Z").await, []);
    let mails = mailer.mails_at("2026-12-11T15:00:00Z").await;
    assert!(mails.len() == 2 && mails[0].1.contains("Front door: choose by December 14, 2026"), "{mails:?}");
    // A date that moves between the morning and the mail is in another mail.
    edit(&app, DOOR, json!({ "dueOn": "2026-12-16" })).await;
    mailer.at("2026-12-13T15:00:00Z");
    mailer.enqueue().await;
    edit(&app, DOOR, json!({ "dueOn": "2026-12-30" })).await;
    assert_eq!(mailer.sent().await, []);
}

#[tokio::test]
async fn one_mail_of_a_project_and_day_names_all() {
    // SEL-7
    let app = TestApp::demo().await;
    let mailer = Mailer::new(&app).await;
    edit(&app, PAINT, json!({ "dueTaskId": null, "dueOn": "2026-12-10" })).await;
    edit(&app, HARDWARE, json!({ "dueOn": "2026-12-06" })).await;
    mailer.at("2026-12-08T08:30:00Z");
    mailer.enqueue().await;
    let mails = mailer.mails_at("2026-12-08T15:00:00Z").await;
    assert_eq!(mails.len(), 2);
    let expected = "Overdue:\n\n- Cabinet hardware: was due on December 6, 2026\n\nDue soon:\n\n- Interior paint palette: choose by \
                    December 10, 2026\n- Front door: choose by December 11, 2026\n\nYou find them";
    assert!(mails[0].1.contains(expected), "{}", mails[0].1);
    // What becomes due for a reminder later on that day is mailed on the next morning.
    edit(&app, FAUCET, json!({ "dueOn": "2026-12-09" })).await;
    for time in ["2026-12-08T15:30:00Z", "2026-12-08T22:00:00Z", "2026-12-09T14:00:00Z"] {
        assert_eq!(mailer.mails_at(time).await, [], "{time}");
    }
    let mails = mailer.mails_at("2026-12-09T15:00:00Z").await;
    assert!(
        mails.len() == 2 && mails[1].1.contains("- Kitchen faucet: approve the choice by December 9, 2026\n"),
        "{mails:?}"
    );
}

#[tokio::test]
async fn what_is_done_is_not_mailed() {
    // SEL-7
    let app = TestApp::demo().await;
    let mailer = Mailer::new(&app).await;
    edit(&app, PAINT, json!({ "dueTaskId": null, "dueOn": null })).await;
    // Between the morning and the mail, Ben chooses: only those who may approve have to act.
    mailer.at("2026-12-08T15:00:00Z");
    mailer.enqueue().await;
    let may_not =
        "mutation($id: ID!) { projectClientUpdate(input: { id: $id, canApprove: false }) { userErrors { code } } }";
    let ben = json!({ "id": app.id(Tag::PROJECT_MEMBERSHIP, BEN) });
    assert_eq!(*app.ask_with(&Person::owner(), may_not, ben).await.at("/projectClientUpdate/userErrors"), json!([]));
    choose_door(&app, &Person::named("ben")).await;
    let mails = mailer.sent().await;
    assert_eq!(recipients(&mails), ["Ana Whitlock"]);
    assert!(mails[0].1.contains("- Front door: approve the choice by December 11, 2026\n"), "{mails:?}");
    edit(&app, DOOR, json!({ "dueOn": "2026-12-20" })).await;
    mailer.at("2026-12-17T15:00:00Z");
    mailer.enqueue().await;
    assert_eq!(refusal(&approve(&app, &Person::client(), DOOR).await), "");
    assert_eq!(mailer.sent().await, []);
    // A choice that waits for its approval is not overdue.
    for time in ["2026-12-21T15:00:00Z", "2026-12-22T15:00:00Z"] {
        assert_eq!(mailer.mails_at(time).await, [], "{time}");
    }
}

#[tokio::test]
async fn reminders_name_what_the_recipient_sees_when_they_are_sent() {
    // SEL-7, INV-23
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let mailer = Mailer::new(&app).await;
    mailer.at("2026-12-08T15:00:00Z");
    mailer.enqueue().await;
    let remove = "mutation($id: ID!) { projectClientRemove(input: { id: $id }) { userErrors { code } } }";
    let ben = json!({ "id": app.id(Tag::PROJECT_MEMBERSHIP, BEN) });
    assert_eq!(*app.ask_with(&owner, remove, ben).await.at("/projectClientRemove/userErrors"), json!([]));
    assert_eq!(recipients(&mailer.sent().await), ["Ana Whitlock"]);
    // A portal without the section, and an archived project.
    let settings = async |features: &[&str]| {
        let input = json!({ "projectId": project(&app, MAPLE), "features": features });
        send(&app, &owner, "portalSettingsUpdate", "PortalSettingsUpdateInput", "portal { id }", input).await
    };
    edit(&app, DOOR, json!({ "dueOn": "2026-12-20" })).await;
    mailer.at("2026-12-17T15:00:00Z");
    mailer.enqueue().await;
    assert_eq!(refusal(&settings(&["DASHBOARD", "SCHEDULE"]).await), "");
    assert_eq!(mailer.sent().await, []);
    edit(&app, DOOR, json!({ "dueOn": "2026-12-22" })).await;
    assert_eq!(mailer.mails_at("2026-12-19T15:00:00Z").await, []);
    assert_eq!(refusal(&settings(&["DASHBOARD", "SELECTIONS"]).await), "");
    let archived = format!("update projects set status = 'ARCHIVED' where id = {}", sql_id(MAPLE));
    app.database().db_execute(&archived).await;
    assert_eq!(mailer.mails_at("2026-12-19T16:00:00Z").await, []);
}

#[tokio::test]
async fn companies_choose_when_clients_are_reminded() {
    // SEL-7
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let mailer = Mailer::new(&app).await;
    let set = async |person: &Person, days: Value| {
        let fields = "company { portal { selectionReminderDays } }";
        let input = json!({ "selectionReminderDays": days });
        send(&app, person, "companyPortalUpdate", "CompanyPortalUpdateInput", fields, input).await
    };
    let robin = app.db_staff(&[Permission::ProjectsRead, Permission::SettingsManage]).await;
    assert_eq!(set(&robin, json!(10)).await["company"]["portal"]["selectionReminderDays"], 10);
    for wrong in [0, 31, -3] {
        let refused = set(&owner, json!(wrong)).await;
        assert_eq!(refusal(&refused), "INVALID: must be from 1 to 30 days, or null to send no reminders");
    }
    assert_eq!(mailer.mails_at("2026-11-30T15:00:00Z").await, []);
    assert_eq!(mailer.mails_at("2026-12-01T15:00:00Z").await.len(), 2);
    // Turned off, between the morning and the mail as well.
    edit(&app, DOOR, json!({ "dueOn": "2026-12-20" })).await;
    mailer.at("2026-12-10T15:00:00Z");
    mailer.enqueue().await;
    assert_eq!(set(&owner, Value::Null).await["company"]["portal"]["selectionReminderDays"], Value::Null);
    assert_eq!(mailer.sent().await, []);
    edit(&app, DOOR, json!({ "dueOn": "2026-12-22" })).await;
    for time in ["2026-12-20T15:00:00Z", "2026-12-23T15:00:00Z"] {
        assert_eq!(mailer.mails_at(time).await, [], "{time}");
    }
    let trail = "select (details -> 'selectionReminderDays')::text as text from activity where kind = 'PORTAL_SETTINGS_CHANGED' order by at, id";
    assert_eq!(app.database().db_texts(trail).await, ["10", "null"]);
}

#[tokio::test]
async fn reminders_come_in_the_morning_of_the_project() {
    // SEL-7; Adelaide is 10:30 ahead, Chatham 13:45, and Pago Pago 11 behind.
    let app = TestApp::demo().await;
    for (number, (zone, minutes)) in
        [("Australia/Adelaide", 630), ("Pacific/Chatham", 825), ("Pacific/Pago_Pago", -660), ("Europe/London", 0)]
            .into_iter()
            .enumerate()
    {
        let mailer = Mailer::new(&app).await;
        let due = 11 + 4 * number;
        edit(&app, DOOR, json!({ "dueOn": format!("2026-12-{due}") })).await;
        app.database()
            .db_execute(&format!("update projects set time_zone = '{zone}' where id = {}", sql_id(MAPLE)))
            .await;
        let morning: DateTime<Utc> = format!("2026-12-{:02}T07:00:00Z", due - 3).parse().expect("a time");
        let morning = morning - TimeDelta::minutes(minutes);
        let early = (morning - TimeDelta::seconds(1)).to_rfc3339();
        assert_eq!(mailer.mails_at(&early).await, [], "{zone}");
        let late = (morning + TimeDelta::hours(3)).to_rfc3339();
        assert_eq!(mailer.mails_at(&late).await, [], "{zone}");
        assert_eq!(mailer.mails_at(&morning.to_rfc3339()).await.len(), 2, "{zone}");
    }
}

#[tokio::test]
async fn workers_at_once_send_one_mail() {
    // SEL-7, ROB-31
    let app = TestApp::concurrent().await;
    let mailers = [Mailer::new(&app).await, Mailer::new(&app).await, Mailer::new(&app).await];
    for mailer in &mailers {
        mailer.at("2026-12-08T15:00:00Z");
    }
    futures_util::future::join_all(mailers.iter().map(Mailer::enqueue)).await;
    let sent = futures_util::future::join_all(mailers.iter().map(Mailer::sent)).await.concat();
    assert_eq!(sent.len(), 2, "{sent:?}");
    let rows = format!("select count(*) as count from selection_reminders where project_id = {}", sql_id(MAPLE));
    assert_eq!(app.database().db_count(&rows).await, 2);
    // A job that runs again, since its worker ended before it recorded the result, sends the same mail: the same Message-ID.
    let key = "select id::text as text from jobs where kind = 'selection_reminder' order by id limit 1";
    let id = app.database().db_texts(key).await.pop().expect("it is there");
    app.database()
        .db_execute(&format!(
            "update jobs set state = 'WAITING', finished_at = null, next_attempt_at = '2026-12-08' where id = '{id}'"
        ))
        .await;
    while mailers[0].worker.round().await > 0 {}
    let again: Vec<_> =
        mailers[0].folder.list().await.expect("it can be read").into_iter().map(|mail| mail.id.0.to_string()).collect();
    assert_eq!(again, [id]);
}

//! How each mutation is performed, with what it records.

use std::collections::BTreeSet;

use portico_core::id::Tag;
use portico_graphql::Gateway;
use portico_testkit::{Person, Shape, TestApp};
use serde_json::{Value, json};

use super::accounts::{
    ANA, CodeOf, PASSWORD, STRANGER, db_signed_in_just_now, fresh_link, mailed_token, request_code, set_password,
};
use super::files::received;
use super::selections::document_hash;

const MAPLE: &str = "alderbrook/maple-street";
const FAUCET: &str = "alderbrook/maple-street/selection/Kitchen faucet";
const RIDGE: &str = "alderbrook/ridge-view";

const WALLS: &str = "alderbrook/maple-street/task/Frame walls";
const ROUGH_INS: &str = "alderbrook/maple-street/milestone/Rough-ins";

/// The draft of the schedule of Maple Street.
fn draft(app: &TestApp) -> String {
    app.id(Tag::SCHEDULE_VERSION, &format!("{MAPLE}/schedule/draft"))
}

/// Arguments and caller of a mutation, and its audit log entries.
pub(crate) struct MutationCase {
    pub(crate) by: Person,
    pub(crate) arguments: Value,
    pub(crate) trail: &'static str,
}

impl MutationCase {
    /// The operation; its variables are the case's arguments.
    pub(crate) fn operation(&self, mutation: &str) -> String {
        let shape = Shape::of(&Gateway::sdl());
        let field = shape.field("Mutation", mutation).expect("there is such a mutation");
        let given: Vec<_> =
            field.arguments.iter().filter(|argument| self.arguments.get(&argument.name).is_some()).collect();
        let bang = |is_required: bool| if is_required { "!" } else { "" };
        let declared: Vec<_> = given
            .iter()
            .map(|argument| format!("${}: {}{}", argument.name, argument.ty, bang(argument.is_required)))
            .collect();
        let passed: Vec<_> = given.iter().map(|argument| format!("{0}: ${0}", argument.name)).collect();
        let in_brackets =
            |parts: Vec<String>| if parts.is_empty() { String::new() } else { format!("({})", parts.join(", ")) };
        format!(
            "mutation{} {{ {mutation}{} {{ userErrors {{ code field message }} }} }}",
            in_brackets(declared),
            in_brackets(passed)
        )
    }
}

fn case(by: Person, arguments: Value, trail: &'static str) -> MutationCase {
    MutationCase { by, arguments, trail }
}

fn input(input: Value) -> Value {
    json!({ "input": input })
}

/// A mutation by a company's owner.
fn by_owner(arguments: Value, trail: &'static str) -> MutationCase {
    case(Person::owner(), arguments, trail)
}

fn by_client(arguments: Value, trail: &'static str) -> MutationCase {
    case(Person::client(), arguments, trail)
}

fn project(number: &str) -> Value {
    json!({ "number": number, "name": "Alder Row", "timeZone": "America/Los_Angeles", "currencyCode": "USD",
        "address": { "line": "1 Alder Row", "city": "Bellingham", "region": "WA", "postalCode": "98225", "country": "US" } })
}

/// How a mutation is performed in the demo. A new mutation needs a line here.
pub(crate) async fn case_of(app: &TestApp, mutation: &str) -> MutationCase {
    db_signed_in_just_now(app).await;
    match mutation {
        "accountOpen"
        | "accountCorrect"
        | "apiKeyRevoke"
        | "invitationResend"
        | "invitationRemove"
        | "staffInvitationResend"
        | "emailConfirm"
        | "messageEdit"
        | "fileFinalize"
        | "stagedUploadCancel"
        | "calendarFeedRevoke"
        | "selectionApprove"
        | "allowanceDelete"
        | "magicLinkConsume"
        | "magicCodeConsume"
        | "passwordSet"
        | "signIn" => case_after_another(app, mutation).await,
        _ => of_people(app, mutation)
            .or_else(|| of_messages(app, mutation))
            .or_else(|| of_files(app, mutation))
            .or_else(|| of_projects(app, mutation))
            .or_else(|| of_schedules(app, mutation))
            .or_else(|| of_selections(app, mutation))
            .or_else(|| of_company(app, mutation))
            .unwrap_or_else(|| panic!("add a case for {mutation} here")),
    }
}

/// Mutations of selections.
fn of_selections(app: &TestApp, mutation: &str) -> Option<MutationCase> {
    let selection = |title: &str| app.id(Tag::SELECTION, &format!("{MAPLE}/selection/{title}"));
    let pulls = app.id(Tag::SELECTION_OPTION, &format!("{MAPLE}/option/Cabinet hardware/Bronze cup pulls"));
    Some(match mutation {
        "selectionPreview" => {
            by_client(input(json!({ "id": selection("Cabinet hardware"), "choices": [{ "optionId": pulls }] })), "")
        }
        "selectionChoose" => {
            let arguments = json!({ "id": selection("Cabinet hardware"), "choices": [{ "optionId": pulls }],
                "expectedVersion": 1, "idempotencyKey": "once" });
            by_client(input(arguments), "SELECTION_CHOSEN CLIENT")
        }
        "selectionDecline" => {
            let id = selection("Interior paint palette");
            let arguments = json!({ "id": id, "expectedVersion": 1, "idempotencyKey": "once" });
            by_client(input(arguments), "SELECTION_DECLINED CLIENT")
        }
        "selectionSave" => {
            let arguments = json!({ "id": selection("Cabinet hardware"), "expectedVersion": 1, "title": "Pulls" });
            by_owner(input(arguments), "SELECTION_SAVED OWNER")
        }
        "selectionDelete" => by_owner(input(json!({ "id": selection("Wine cellar door") })), "SELECTION_DELETED OWNER"),
        "selectionShare" => {
            let arguments = json!({ "id": selection("Stair railing upgrade"), "expectedVersion": 1 });
            by_owner(input(arguments), "SELECTION_SHARED OWNER")
        }
        "selectionLock" => {
            let arguments = json!({ "id": selection("Pendant lights over the island"), "expectedVersion": 1 });
            by_owner(input(arguments), "SELECTION_LOCKED OWNER")
        }
        "selectionOrder" => {
            let arguments = json!({ "id": selection("Kitchen countertops"), "expectedVersion": 1 });
            by_owner(input(arguments), "SELECTION_ORDERED OWNER")
        }
        "selectionReopen" => {
            let pendants = selection("Pendant lights over the island");
            let arguments = json!({ "id": pendants, "expectedVersion": 1, "reason": "Out of stock." });
            by_owner(input(arguments), "PROJECT_CHANGED OWNER, SELECTION_REOPENED OWNER")
        }
        "selectionTradeUpdate" => {
            let arguments = json!({ "id": selection("Range and hood"), "tradeInfo": "Vent to the outside." });
            by_owner(input(arguments), "SELECTION_SAVED OWNER")
        }
        "selectionOptionSave" => {
            let arguments = json!({ "id": pulls, "expectedVersion": 1, "title": "Porcelain knobs" });
            by_owner(input(arguments), "SELECTION_OPTION_SAVED OWNER")
        }
        "selectionOptionDelete" => by_owner(input(json!({ "id": pulls })), "SELECTION_OPTION_DELETED OWNER"),
        "selectionsCopy" => {
            let (from, to) = (app.id(Tag::PROJECT, MAPLE), app.id(Tag::PROJECT, RIDGE));
            let arguments = json!({ "fromProjectId": from, "toProjectId": to, "idempotencyKey": "once" });
            by_owner(input(arguments), "SELECTIONS_COPIED OWNER")
        }
        "allowanceSave" => {
            let id = app.id(Tag::ALLOWANCE, &format!("{MAPLE}/allowance/Lighting allowance"));
            let arguments = json!({ "id": id, "expectedVersion": 1, "name": "Lights" });
            by_owner(input(arguments), "ALLOWANCE_SAVED OWNER")
        }
        _ => return None,
    })
}

/// Mutations of plans of schedules, their publication, progress and templates.
fn of_schedules(app: &TestApp, mutation: &str) -> Option<MutationCase> {
    Some(match mutation {
        "scheduleDraftCreate" => {
            let arguments = json!({ "projectId": app.id(Tag::PROJECT, RIDGE) });
            by_owner(input(arguments), "SCHEDULE_DRAFT_CREATED OWNER")
        }
        "scheduleDraftUpdate" => {
            let arguments = json!({ "versionId": draft(app), "startOn": "2026-01-05" });
            by_owner(input(arguments), "SCHEDULE_DRAFT_CHANGED OWNER")
        }
        "scheduleDraftDiscard" => by_owner(input(json!({ "versionId": draft(app) })), "SCHEDULE_DRAFT_DISCARDED OWNER"),
        "schedulePublish" => {
            let arguments = json!({ "versionId": draft(app), "expectedVersion": 1 });
            by_owner(input(arguments), "SCHEDULE_PUBLISHED OWNER")
        }
        "scheduleShift" => {
            let task = app.id(Tag::TASK, WALLS);
            let arguments = json!({ "versionId": draft(app), "expectedVersion": 1, "taskId": task, "days": 200 });
            by_owner(input(arguments), "SCHEDULE_DRAFT_CHANGED OWNER")
        }
        "taskSave" => {
            let arguments = json!({ "versionId": draft(app), "taskId": app.id(Tag::TASK, WALLS), "name": "Walls" });
            by_owner(input(arguments), "SCHEDULE_DRAFT_CHANGED OWNER")
        }
        "taskDelete" => {
            let arguments = json!({ "versionId": draft(app), "taskId": app.id(Tag::TASK, WALLS) });
            by_owner(input(arguments), "SCHEDULE_DRAFT_CHANGED OWNER")
        }
        "milestoneSave" => {
            let arguments = json!({ "versionId": draft(app), "milestoneId": app.id(Tag::MILESTONE, ROUGH_INS), "name": "Handover" });
            by_owner(input(arguments), "SCHEDULE_DRAFT_CHANGED OWNER")
        }
        "milestoneDelete" => {
            let milestone = app.id(Tag::MILESTONE, ROUGH_INS);
            let arguments = json!({ "versionId": draft(app), "milestoneId": milestone });
            by_owner(input(arguments), "SCHEDULE_DRAFT_CHANGED OWNER")
        }
        "taskProgressSet" => {
            let arguments = json!({ "taskId": app.id(Tag::TASK, WALLS), "percentComplete": 13 });
            case(Person::trade(), input(arguments), "TASK_PROGRESS_SET TRADE")
        }
        "scheduleTemplateSave" => {
            let arguments = json!({ "name": "Two storeys", "versionId": draft(app) });
            by_owner(input(arguments), "SCHEDULE_TEMPLATE_SAVED OWNER")
        }
        "scheduleTemplateDelete" => {
            let template = app.id(Tag::SCHEDULE_TEMPLATE, "alderbrook/template/Kitchen");
            by_owner(input(json!({ "templateId": template })), "SCHEDULE_TEMPLATE_DELETED OWNER")
        }
        _ => return None,
    })
}

/// Mutations that need another one before.
async fn case_after_another(app: &TestApp, mutation: &str) -> MutationCase {
    let (anonymous, support) = (Person::public(), Person::support());
    match mutation {
        "magicLinkConsume" => {
            case(anonymous, input(json!({ "token": fresh_link(app, ANA).await })), "SIGNED_IN CLIENT")
        }
        "magicCodeConsume" => {
            let CodeOf { request_id, code } = request_code(app, ANA).await;
            case(anonymous, input(json!({ "requestId": request_id, "code": code })), "SIGNED_IN CLIENT")
        }
        "passwordSet" => {
            let token = fresh_link(app, ANA).await;
            let arguments = input(json!({ "token": token, "password": PASSWORD }));
            case(anonymous, arguments, "PASSWORD_CHANGED CLIENT, SIGNED_IN CLIENT")
        }
        "signIn" => {
            set_password(app, &fresh_link(app, ANA).await, PASSWORD).await;
            case(anonymous, input(json!({ "email": ANA, "password": PASSWORD })), "SIGNED_IN CLIENT")
        }
        "emailConfirm" => {
            done(app, "viewerUpdate", &by_client(input(json!({ "email": STRANGER })), "")).await;
            by_client(input(json!({ "token": mailed_token(app, STRANGER).await })), "EMAIL_CHANGED CLIENT")
        }
        "invitationResend" | "invitationRemove" => {
            done(app, "invitationSend", &by_owner(invitation(app), "")).await;
            let id = app.database().db_texts("select id::text as text from invitations where state = 'INVITED'").await;
            let id = TestApp::global(Tag::INVITATION, id[0].parse().expect("it is an id"));
            if mutation == "invitationRemove" {
                return by_owner(input(json!({ "id": id })), "INVITATION_REMOVED OWNER");
            }
            by_owner(input(json!({ "id": id, "idempotencyKey": "again" })), "INVITATION_RESENT OWNER")
        }
        "staffInvitationResend" => {
            done(app, "staffInvite", &by_owner(staff_invite(), "")).await;
            let id = app.database().db_texts("select membership_id::text as text from staff_invitations").await;
            let id = TestApp::global(Tag::STAFF_MEMBERSHIP, id[0].parse().expect("it is an id"));
            by_owner(input(json!({ "id": id, "idempotencyKey": "again" })), "STAFF_INVITATION_RESENT OWNER")
        }
        "messageEdit" => {
            let thread = app.id(Tag::THREAD, &format!("{MAPLE}/thread/1"));
            let arguments = json!({ "threadId": thread, "body": "See you there.", "idempotencyKey": "once" });
            done(app, "messagePost", &by_owner(input(arguments), "")).await;
            let id =
                app.database().db_texts("select id::text as text from messages where body = 'See you there.'").await;
            let id = TestApp::global(Tag::MESSAGE, id[0].parse().expect("it is an id"));
            by_owner(input(json!({ "id": id, "expectedVersion": 1, "body": "See you." })), "MESSAGE_EDITED OWNER")
        }
        "selectionApprove" => {
            let hash = document_hash(app, &Person::client(), FAUCET).await;
            let arguments =
                json!({ "id": app.id(Tag::SELECTION, FAUCET), "documentHash": hash, "idempotencyKey": "once" });
            by_client(input(arguments), "SELECTION_APPROVED CLIENT, PROJECT_CHANGED CLIENT")
        }
        "allowanceDelete" => {
            let granted = json!({ "amount": "10.00", "currencyCode": "USD" });
            let arguments = json!({ "projectId": app.id(Tag::PROJECT, MAPLE), "name": "Paint", "granted": granted });
            done(app, "allowanceSave", &by_owner(input(arguments), "")).await;
            let id = app.database().db_texts("select id::text as text from allowances where name = 'Paint'").await;
            let id = TestApp::global(Tag::ALLOWANCE, id[0].parse().expect("it is an id"));
            by_owner(input(json!({ "id": id })), "ALLOWANCE_DELETED OWNER")
        }
        "fileFinalize" => {
            let upload = received(app, &Person::client(), "Gutters.txt", b"Two on the north side").await;
            let arguments = json!({ "uploadId": upload, "idempotencyKey": "once" });
            by_client(input(arguments), "FILE_UPLOADED CLIENT")
        }
        "stagedUploadCancel" => {
            let upload = received(app, &Person::client(), "Gutters.txt", b"Two on the north side").await;
            by_client(input(json!({ "uploadId": upload })), "")
        }
        "calendarFeedRevoke" => {
            let maple = app.id(Tag::PROJECT, MAPLE);
            let arguments = json!({ "projectId": maple, "idempotencyKey": "before" });
            done(app, "calendarFeedCreate", &by_client(input(arguments), "")).await;
            by_client(input(json!({ "projectId": maple })), "CALENDAR_FEED_REVOKED CLIENT")
        }
        "apiKeyRevoke" => by_owner(
            input(json!({ "id": app.id(Tag::API_KEY, "alderbrook/key/demo-reporting") })),
            "API_KEY_REVOKED OWNER",
        ),
        "accountOpen" => case(support, input(json!({ "email": ANA, "reason": "asked" })), "ACCOUNT_OPENED SUPPORT"),
        _ => {
            done(app, "accountOpen", &case(support.clone(), input(json!({ "email": ANA, "reason": "asked" })), ""))
                .await;
            let account = app.id(Tag::ACCOUNT, "people/ana");
            let arguments = json!({ "accountId": account, "verificationNote": "verified", "name": "Ana Bell" });
            case(support, input(arguments), "ACCOUNT_CORRECTED SUPPORT")
        }
    }
}

fn invitation(app: &TestApp) -> Value {
    input(
        json!({ "projectId": app.id(Tag::PROJECT, RIDGE), "contactId": app.id(Tag::CONTACT, "alderbrook/contact/dev"),
        "idempotencyKey": "once" }),
    )
}

fn staff_invite() -> Value {
    input(json!({ "email": STRANGER, "name": "Kim", "title": "Clerk", "idempotencyKey": "once" }))
}

fn of_people(app: &TestApp, mutation: &str) -> Option<MutationCase> {
    let contact = |person: &str| app.id(Tag::CONTACT, &format!("alderbrook/contact/{person}"));
    Some(match mutation {
        "magicLinkRequest" => case(Person::public(), input(json!({ "email": ANA })), "LINK_REQUESTED PUBLIC"),
        "signOut" => by_client(json!({}), "SIGNED_OUT CLIENT"),
        "viewAsStart" => {
            let ana = app.id(Tag::PROJECT_MEMBERSHIP, "alderbrook/maple-street/client/ana");
            by_owner(input(json!({ "membershipId": ana })), "CLIENT_VIEW_STARTED OWNER")
        }
        "viewerUpdate" => by_client(input(json!({ "name": "Ana Bell" })), "ACCOUNT_CHANGED CLIENT"),
        "viewerNotificationSettingsUpdate" => {
            by_client(input(json!({ "instantAlerts": false })), "NOTIFICATIONS_CHANGED CLIENT")
        }
        "viewerPasswordChange" => by_client(input(json!({ "newPassword": PASSWORD })), "PASSWORD_CHANGED CLIENT"),
        "sessionRevoke" => by_client(
            input(json!({ "id": app.id(Tag::SESSION, "session/demo-session-ana") })),
            "SESSION_REVOKED CLIENT",
        ),
        "onboardingDismiss" => by_client(json!({}), "ONBOARDING_DISMISSED CLIENT"),
        "clientCreate" => by_owner(input(json!({ "name": "Kim", "email": STRANGER })), "CLIENT_CREATED OWNER"),
        "tradeCreate" => by_owner(input(json!({ "name": "Kim", "email": STRANGER })), "TRADE_CREATED OWNER"),
        "tradeUpdate" => by_owner(input(json!({ "id": contact("petra"), "name": "Kim" })), "TRADE_CHANGED OWNER"),
        "clientUpdate" => by_owner(input(json!({ "id": contact("dev"), "name": "Dev R." })), "CLIENT_CHANGED OWNER"),
        "clientRequestContactReview" => {
            by_owner(input(json!({ "id": contact("ana") })), "CONTACT_REVIEW_REQUESTED OWNER")
        }
        _ => return None,
    })
}

fn of_projects(app: &TestApp, mutation: &str) -> Option<MutationCase> {
    let contact = |person: &str| app.id(Tag::CONTACT, &format!("alderbrook/contact/{person}"));
    let (maple, ridge) = (app.id(Tag::PROJECT, MAPLE), app.id(Tag::PROJECT, RIDGE));
    let ben = app.id(Tag::PROJECT_MEMBERSHIP, "alderbrook/maple-street/client/ben");
    let tomas = app.id(Tag::PROJECT_MEMBERSHIP, "alderbrook/maple-street/trade/tomas");
    let (kitchen, jo) = (
        app.id(Tag::LOCATION, "alderbrook/maple-street/location/Kitchen"),
        app.id(Tag::TEAM_MEMBER, "alderbrook/maple-street/team/jo"),
    );
    let delay = app.id(Tag::SCHEDULE_DELAY, &format!("{MAPLE}/delay/1"));
    Some(match mutation {
        "projectClientAdd" => {
            let arguments = json!({ "projectId": ridge, "contactId": contact("ben"), "relationship": "PARTNER",
                "idempotencyKey": "once" });
            by_owner(input(arguments), "PROJECT_CLIENT_ADDED OWNER")
        }
        "projectClientUpdate" => by_owner(input(json!({ "id": ben, "canPay": true })), "PROJECT_CLIENT_CHANGED OWNER"),
        "projectClientRemove" => by_owner(input(json!({ "id": ben })), "PROJECT_CLIENT_REMOVED OWNER"),
        "projectClientReplace" => {
            let arguments = json!({ "id": ben, "contactId": contact("ines"), "idempotencyKey": "once" });
            by_owner(input(arguments), "PROJECT_CLIENT_REMOVED OWNER, PROJECT_CLIENT_ADDED OWNER")
        }
        "projectTradeAdd" => {
            let arguments = json!({ "projectId": ridge, "contactId": contact("wren"), "idempotencyKey": "once" });
            by_owner(input(arguments), "PROJECT_TRADE_ADDED OWNER, INVITATION_SENT OWNER")
        }
        "projectTradeUpdate" => {
            let arguments = json!({ "id": tomas, "webAccess": false, "idempotencyKey": "once" });
            by_owner(input(arguments), "PROJECT_TRADE_CHANGED OWNER")
        }
        "projectTradeRemove" => by_owner(input(json!({ "id": tomas })), "PROJECT_TRADE_REMOVED OWNER"),
        "locationSave" => by_owner(input(json!({ "projectId": maple, "name": "Attic" })), "LOCATION_SAVED OWNER"),
        "locationRemove" => {
            by_owner(input(json!({ "id": kitchen, "detachSelections": true })), "LOCATION_REMOVED OWNER")
        }
        "scheduleDelaySave" => {
            let arguments = json!({ "id": delay, "expectedVersion": 1, "days": 9, "clientViewable": false });
            by_owner(input(arguments), "SCHEDULE_DELAY_SAVED OWNER")
        }
        "scheduleDelayRemove" => by_owner(input(json!({ "id": delay })), "SCHEDULE_DELAY_REMOVED OWNER"),
        "teamMemberSave" => by_owner(input(json!({ "id": jo, "title": "Builder" })), "TEAM_MEMBER_SAVED OWNER"),
        "teamMemberRemove" => by_owner(input(json!({ "id": jo })), "TEAM_MEMBER_REMOVED OWNER"),
        "projectClientMakePrimary" => by_owner(input(json!({ "id": ben })), "PRIMARY_CLIENT_CHANGED OWNER"),
        "invitationSend" => by_owner(invitation(app), "INVITATION_SENT OWNER"),
        "projectCreate" => by_owner(input(project("AB-1")), "PROJECT_CREATED OWNER"),
        "projectUpdate" => by_owner(
            input(json!({ "id": maple, "expectedVersion": 1, "name": "Maple House" })),
            "PROJECT_CHANGED OWNER",
        ),
        "calendarFeedCreate" => {
            let arguments = json!({ "projectId": maple, "idempotencyKey": "once" });
            by_client(input(arguments), "CALENDAR_FEED_CREATED CLIENT")
        }
        "portalSettingsUpdate" => {
            by_owner(input(json!({ "projectId": maple, "scheduleShare": "NONE" })), "PORTAL_SETTINGS_CHANGED OWNER")
        }
        _ => return None,
    })
}

fn of_messages(app: &TestApp, mutation: &str) -> Option<MutationCase> {
    let (maple, thread) = (app.id(Tag::PROJECT, MAPLE), app.id(Tag::THREAD, &format!("{MAPLE}/thread/1")));
    Some(match mutation {
        "threadStart" => {
            let arguments = json!({ "projectId": maple, "audience": "CLIENT", "title": "Gutters", "body": "Which color?",
                "idempotencyKey": "once" });
            by_owner(input(arguments), "THREAD_STARTED OWNER")
        }
        "messagePost" => {
            let arguments = json!({ "threadId": thread, "body": "See you there.", "idempotencyKey": "once" });
            by_owner(input(arguments), "MESSAGE_POSTED OWNER")
        }
        "messageMarkRead" => by_owner(input(json!({ "threadId": thread })), ""),
        "feedbackSend" => {
            let arguments =
                json!({ "projectId": maple, "body": "The menu is hard to find.", "idempotencyKey": "once" });
            by_client(input(arguments), "FEEDBACK_SENT CLIENT")
        }
        _ => return None,
    })
}

/// A file on a selection of the showcase project.
fn attachment(app: &TestApp) -> String {
    app.id(Tag::FILE_ATTACHMENT, &format!("{MAPLE}/attachment/selection/Front door/Floor plan.pdf"))
}

fn of_files(app: &TestApp, mutation: &str) -> Option<MutationCase> {
    let file = |name: &str| app.id(Tag::FILE, &format!("{MAPLE}/file/{name}"));
    Some(match mutation {
        "stagedUploadCreate" => {
            let arguments = json!({ "projectId": app.id(Tag::PROJECT, MAPLE), "name": "Gutters.txt", "size": 21,
                "idempotencyKey": "once" });
            by_client(input(arguments), "")
        }
        "fileShare" => by_owner(
            input(json!({ "id": file("Floor plan.pdf"), "sharedWithClients": false, "tradeIds": [] })),
            "FILE_SHARED OWNER",
        ),
        "fileUpdate" => by_owner(
            input(json!({ "id": file("Floor plan.pdf"), "expectedVersion": 1, "name": "Plans.pdf" })),
            "FILE_CHANGED OWNER",
        ),
        "fileAttach" => {
            let arguments = json!({ "fileId": file("Our favorite tile.jpg"), "idempotencyKey": "once",
                "recordId": app.id(Tag::SELECTION, &format!("{MAPLE}/selection/Front door")) });
            by_client(input(arguments), "FILE_ATTACHED CLIENT")
        }
        "fileDetach" => by_owner(input(json!({ "id": attachment(app) })), "FILE_DETACHED OWNER"),
        "fileAttachmentUpdate" => by_owner(
            input(json!({ "id": attachment(app), "hiddenFromClients": true })),
            "FILE_ATTACHMENT_CHANGED OWNER",
        ),
        "albumSave" => {
            let album = app.id(Tag::ALBUM, &format!("{MAPLE}/album/Framing in pictures"));
            by_owner(input(json!({ "id": album, "sharedWithClients": false })), "ALBUM_SAVED OWNER")
        }
        "albumDelete" => {
            let album = app.id(Tag::ALBUM, &format!("{MAPLE}/album/Framing in pictures"));
            by_owner(input(json!({ "id": album })), "ALBUM_DELETED OWNER")
        }
        "coverPhotoSet" => by_owner(
            input(json!({ "projectId": app.id(Tag::PROJECT, MAPLE), "fileId": file("Our favorite tile.jpg") })),
            "COVER_PHOTO_CHANGED OWNER",
        ),
        "filesAddressReplace" => by_owner(
            input(json!({ "projectId": app.id(Tag::PROJECT, MAPLE), "idempotencyKey": "once" })),
            "FILES_ADDRESS_REPLACED OWNER",
        ),
        "fileDelete" => by_owner(input(json!({ "id": file("Floor plan.pdf") })), "FILE_DELETED OWNER"),
        "fileRelease" => {
            by_owner(input(json!({ "id": file("Elevation from an unknown sender.pdf") })), "FILE_RELEASED OWNER")
        }
        "fileRestore" => by_owner(input(json!({ "id": file("Touch-ups we forgot.txt") })), "FILE_RESTORED OWNER"),
        _ => return None,
    })
}

fn of_company(app: &TestApp, mutation: &str) -> Option<MutationCase> {
    let odette = app.id(Tag::LEAD, "alderbrook/lead/odette");
    let article = app.id(Tag::HELP_ARTICLE, "alderbrook/help/How choices work");
    let jo = app.id(Tag::STAFF_MEMBERSHIP, "alderbrook/staff/jo");
    Some(match mutation {
        "companyUpdate" => {
            by_owner(input(json!({ "expectedVersion": 1, "name": "Alderbrook" })), "COMPANY_CHANGED OWNER")
        }
        "workCalendarUpdate" => by_owner(
            input(json!({ "expectedVersion": 1, "workingDays": ["MONDAY", "SATURDAY"],
                "exceptions": [{ "date": "2026-12-24", "isWorking": false, "name": "Christmas Eve" }] })),
            "WORK_CALENDAR_CHANGED OWNER",
        ),
        "staffInvite" => by_owner(staff_invite(), "STAFF_INVITED OWNER"),
        "staffUpdate" => by_owner(input(json!({ "id": jo, "title": "Lead" })), "STAFF_CHANGED OWNER"),
        "staffRemove" => by_owner(input(json!({ "id": jo })), "TEAM_MEMBER_REMOVED OWNER, STAFF_REMOVED OWNER"),
        "companyPortalUpdate" => {
            by_owner(input(json!({ "defaultScheduleShare": "NONE" })), "PORTAL_SETTINGS_CHANGED OWNER")
        }
        "brandingUpdate" => by_owner(input(json!({ "primaryColor": "#123456" })), "BRANDING_CHANGED OWNER"),
        "helpArticleCreate" => by_owner(input(json!({ "title": "T", "body": "B" })), "HELP_ARTICLE_SAVED OWNER"),
        "helpArticleUpdate" => {
            by_owner(input(json!({ "id": article, "expectedVersion": 1, "title": "T" })), "HELP_ARTICLE_SAVED OWNER")
        }
        "helpArticlePublish" => {
            by_owner(input(json!({ "id": article, "published": false })), "HELP_ARTICLE_PUBLISHED OWNER")
        }
        "helpArticleDelete" => by_owner(input(json!({ "id": article })), "HELP_ARTICLE_DELETED OWNER"),
        "leadSubmit" => {
            let arguments = json!({ "companySlug": "alderbrook", "formKey": "demo-form-alderbrook", "name": "Kim",
                "email": STRANGER });
            case(Person::public(), input(arguments), "LEAD_SUBMITTED PUBLIC")
        }
        "leadCreate" => by_owner(input(json!({ "name": "Kim", "interest": "A porch" })), "LEAD_CREATED OWNER"),
        "leadFormUpdate" => by_owner(input(json!({ "isOpen": false })), "LEAD_FORM_CHANGED OWNER"),
        "leadStateSet" => by_owner(input(json!({ "id": odette, "state": "CONTACTED" })), "LEAD_CHANGED OWNER"),
        "leadConvertToClient" => by_owner(input(json!({ "id": odette })), "LEAD_CONVERTED OWNER"),
        "leadConvertToProject" => {
            by_owner(input(json!({ "id": odette, "project": project("AB-1") })), "LEAD_CONVERTED OWNER")
        }
        "contactConvertToProject" => {
            let contact = app.id(Tag::CONTACT, "alderbrook/contact/odette");
            by_owner(
                input(json!({ "id": contact, "project": project("AB-1") })),
                "CLIENT_CREATED OWNER, PROJECT_CREATED OWNER",
            )
        }
        "apiKeyCreate" => {
            let arguments = json!({ "name": "Weekly", "permissions": ["PROJECTS_READ"], "lifetimeDays": 7 });
            by_owner(input(arguments), "API_KEY_CREATED OWNER")
        }
        "emailTemplateUpdate" => {
            let arguments = json!({ "key": "CUSTOMER_INVITATION_WITH_ACCOUNT", "body": "Hello {{name}}",
                "expectedVersion": 1 });
            by_owner(input(arguments), "EMAIL_TEMPLATE_CHANGED OWNER")
        }
        _ => return None,
    })
}

/// Performs the mutation, which must succeed.
pub(crate) async fn done(app: &TestApp, mutation: &str, case: &MutationCase) {
    let reply = app.ask_with(&case.by, &case.operation(mutation), case.arguments.clone()).await;
    assert_eq!(reply.json["data"][mutation]["userErrors"], json!([]), "{mutation}: {}", reply.text);
}

/// The names of all mutations.
pub(crate) fn names() -> BTreeSet<String> {
    let names: BTreeSet<_> =
        Shape::of(&Gateway::sdl()).fields("Mutation").iter().map(|field| field.name.clone()).collect();
    assert!(names.len() >= 40, "{}", names.len());
    names
}

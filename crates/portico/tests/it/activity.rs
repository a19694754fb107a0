//! Every mutation writes an audit log entry (PRT-13).

use std::collections::BTreeSet;

use portico_core::id::Tag;
use portico_graphql::Gateway;
use portico_testkit::{Person, Shape, TestApp};
use serde_json::{Value, json};

use crate::support::accounts::{
    ANA, PASSWORD, STRANGER, db_signed_in_just_now, fresh_link, mailed_token, set_password,
};

const MAPLE: &str = "alderbrook/maple-street";
const RIDGE: &str = "alderbrook/ridge-view";

/// Arguments and caller of a mutation, and its audit log entries.
struct Deed {
    by: Person,
    arguments: Value,
    trail: &'static str,
}

fn deed(by: Person, arguments: Value, trail: &'static str) -> Deed {
    Deed { by, arguments, trail }
}

fn input(input: Value) -> Value {
    json!({ "input": input })
}

/// A mutation by a company's owner.
fn owners(arguments: Value, trail: &'static str) -> Deed {
    deed(Person::owner(), arguments, trail)
}

fn clients(arguments: Value, trail: &'static str) -> Deed {
    deed(Person::client(), arguments, trail)
}

fn project(number: &str) -> Value {
    json!({ "number": number, "name": "Alder Row", "timeZone": "America/Los_Angeles", "currencyCode": "USD",
        "address": { "line": "1 Alder Row", "city": "Bellingham", "region": "WA", "postalCode": "98225", "country": "US" } })
}

/// How each mutation is performed. A new mutation needs a line here.
async fn deed_of(app: &TestApp, mutation: &str) -> Option<Deed> {
    Some(match mutation {
        "accountOpen"
        | "accountCorrect"
        | "apiKeyRevoke"
        | "invitationResend"
        | "invitationRemove"
        | "staffInvitationResend"
        | "emailConfirm"
        | "magicLinkConsume"
        | "passwordSet"
        | "signIn" => deed_after_another(app, mutation).await,
        _ => of_people(app, mutation).or_else(|| of_projects(app, mutation)).or_else(|| of_company(app, mutation))?,
    })
}

/// Mutations that need another one before.
async fn deed_after_another(app: &TestApp, mutation: &str) -> Deed {
    let (nobody, support) = (Person::public(), Person::support());
    match mutation {
        "magicLinkConsume" => deed(nobody, input(json!({ "token": fresh_link(app, ANA).await })), "SIGNED_IN CLIENT"),
        "passwordSet" => {
            let token = fresh_link(app, ANA).await;
            let arguments = input(json!({ "token": token, "password": PASSWORD }));
            deed(nobody, arguments, "PASSWORD_CHANGED CLIENT, SIGNED_IN CLIENT")
        }
        "signIn" => {
            set_password(app, &fresh_link(app, ANA).await, PASSWORD).await;
            deed(nobody, input(json!({ "email": ANA, "password": PASSWORD })), "SIGNED_IN CLIENT")
        }
        "emailConfirm" => {
            done(app, "viewerUpdate", &clients(input(json!({ "email": STRANGER })), "")).await;
            clients(input(json!({ "token": mailed_token(app, STRANGER).await })), "EMAIL_CHANGED CLIENT")
        }
        "invitationResend" | "invitationRemove" => {
            done(app, "invitationSend", &owners(invitation(app), "")).await;
            let id = app.database().db_texts("select id::text as text from invitations where state = 'INVITED'").await;
            let id = TestApp::global(Tag::INVITATION, id[0].parse().expect("it is an id"));
            if mutation == "invitationRemove" {
                return owners(input(json!({ "id": id })), "INVITATION_REMOVED OWNER");
            }
            owners(input(json!({ "id": id, "idempotencyKey": "again" })), "INVITATION_RESENT OWNER")
        }
        "staffInvitationResend" => {
            done(app, "staffInvite", &owners(staff_invite(), "")).await;
            let id = app.database().db_texts("select membership_id::text as text from staff_invitations").await;
            let id = TestApp::global(Tag::STAFF_MEMBERSHIP, id[0].parse().expect("it is an id"));
            owners(input(json!({ "id": id, "idempotencyKey": "again" })), "STAFF_INVITATION_RESENT OWNER")
        }
        "apiKeyRevoke" => owners(
            input(json!({ "id": app.id(Tag::API_KEY, "alderbrook/key/demo-reporting") })),
            "API_KEY_REVOKED OWNER",
        ),
        "accountOpen" => deed(support, input(json!({ "email": ANA, "reason": "asked" })), "ACCOUNT_OPENED SUPPORT"),
        _ => {
            done(app, "accountOpen", &deed(support.clone(), input(json!({ "email": ANA, "reason": "asked" })), ""))
                .await;
            let account = app.id(Tag::ACCOUNT, "people/ana");
            let arguments = json!({ "accountId": account, "verificationNote": "verified", "name": "Ana Bell" });
            deed(support, input(arguments), "ACCOUNT_CORRECTED SUPPORT")
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

fn of_people(app: &TestApp, mutation: &str) -> Option<Deed> {
    let contact = |person: &str| app.id(Tag::CONTACT, &format!("alderbrook/contact/{person}"));
    Some(match mutation {
        "magicLinkRequest" => deed(Person::public(), input(json!({ "email": ANA })), "LINK_REQUESTED PUBLIC"),
        "signOut" => clients(json!({}), "SIGNED_OUT CLIENT"),
        "viewerUpdate" => clients(input(json!({ "name": "Ana Bell" })), "ACCOUNT_CHANGED CLIENT"),
        "viewerNotificationSettingsUpdate" => {
            clients(input(json!({ "instantAlerts": false })), "NOTIFICATIONS_CHANGED CLIENT")
        }
        "viewerPasswordChange" => clients(input(json!({ "newPassword": PASSWORD })), "PASSWORD_CHANGED CLIENT"),
        "sessionRevoke" => {
            clients(input(json!({ "id": app.id(Tag::SESSION, "session/demo-session-ana") })), "SESSION_REVOKED CLIENT")
        }
        "onboardingDismiss" => clients(json!({}), "ONBOARDING_DISMISSED CLIENT"),
        "clientCreate" => owners(input(json!({ "name": "Kim", "email": STRANGER })), "CLIENT_CREATED OWNER"),
        "tradeCreate" => owners(input(json!({ "name": "Kim", "email": STRANGER })), "TRADE_CREATED OWNER"),
        "tradeUpdate" => owners(input(json!({ "id": contact("petra"), "name": "Kim" })), "TRADE_CHANGED OWNER"),
        "clientUpdate" => owners(input(json!({ "id": contact("dev"), "name": "Dev R." })), "CLIENT_CHANGED OWNER"),
        "clientRequestContactReview" => {
            owners(input(json!({ "id": contact("ana") })), "CONTACT_REVIEW_REQUESTED OWNER")
        }
        _ => return None,
    })
}

fn of_projects(app: &TestApp, mutation: &str) -> Option<Deed> {
    let contact = |person: &str| app.id(Tag::CONTACT, &format!("alderbrook/contact/{person}"));
    let (maple, ridge) = (app.id(Tag::PROJECT, MAPLE), app.id(Tag::PROJECT, RIDGE));
    let ben = app.id(Tag::PROJECT_MEMBERSHIP, "alderbrook/maple-street/client/ben");
    let tomas = app.id(Tag::PROJECT_MEMBERSHIP, "alderbrook/maple-street/trade/tomas");
    let (kitchen, jo) = (
        app.id(Tag::LOCATION, "alderbrook/maple-street/location/Kitchen"),
        app.id(Tag::TEAM_MEMBER, "alderbrook/maple-street/team/jo"),
    );
    Some(match mutation {
        "projectClientAdd" => {
            let arguments = json!({ "projectId": ridge, "contactId": contact("ben"), "relationship": "PARTNER",
                "idempotencyKey": "once" });
            owners(input(arguments), "PROJECT_CLIENT_ADDED OWNER")
        }
        "projectClientUpdate" => owners(input(json!({ "id": ben, "canPay": true })), "PROJECT_CLIENT_CHANGED OWNER"),
        "projectClientRemove" => owners(input(json!({ "id": ben })), "PROJECT_CLIENT_REMOVED OWNER"),
        "projectClientReplace" => {
            let arguments = json!({ "id": ben, "contactId": contact("ines"), "idempotencyKey": "once" });
            owners(input(arguments), "PROJECT_CLIENT_REMOVED OWNER, PROJECT_CLIENT_ADDED OWNER")
        }
        "projectTradeAdd" => {
            let arguments = json!({ "projectId": ridge, "contactId": contact("wren"), "idempotencyKey": "once" });
            owners(input(arguments), "PROJECT_TRADE_ADDED OWNER, INVITATION_SENT OWNER")
        }
        "projectTradeUpdate" => {
            let arguments = json!({ "id": tomas, "webAccess": false, "idempotencyKey": "once" });
            owners(input(arguments), "PROJECT_TRADE_CHANGED OWNER")
        }
        "projectTradeRemove" => owners(input(json!({ "id": tomas })), "PROJECT_TRADE_REMOVED OWNER"),
        "locationSave" => owners(input(json!({ "projectId": maple, "name": "Attic" })), "LOCATION_SAVED OWNER"),
        "locationRemove" => owners(input(json!({ "id": kitchen, "detachSelections": true })), "LOCATION_REMOVED OWNER"),
        "teamMemberSave" => owners(input(json!({ "id": jo, "title": "Builder" })), "TEAM_MEMBER_SAVED OWNER"),
        "teamMemberRemove" => owners(input(json!({ "id": jo })), "TEAM_MEMBER_REMOVED OWNER"),
        "projectClientMakePrimary" => owners(input(json!({ "id": ben })), "PRIMARY_CLIENT_CHANGED OWNER"),
        "invitationSend" => owners(invitation(app), "INVITATION_SENT OWNER"),
        "projectCreate" => owners(input(project("AB-1")), "PROJECT_CREATED OWNER"),
        "projectUpdate" => {
            owners(input(json!({ "id": maple, "expectedVersion": 1, "name": "Maple House" })), "PROJECT_CHANGED OWNER")
        }
        "portalSettingsUpdate" => {
            owners(input(json!({ "projectId": maple, "scheduleShare": "NONE" })), "PORTAL_SETTINGS_CHANGED OWNER")
        }
        _ => return None,
    })
}

fn of_company(app: &TestApp, mutation: &str) -> Option<Deed> {
    let odette = app.id(Tag::LEAD, "alderbrook/lead/odette");
    let article = app.id(Tag::HELP_ARTICLE, "alderbrook/help/How choices work");
    let jo = app.id(Tag::STAFF_MEMBERSHIP, "alderbrook/staff/jo");
    Some(match mutation {
        "companyUpdate" => {
            owners(input(json!({ "expectedVersion": 1, "name": "Alderbrook" })), "COMPANY_CHANGED OWNER")
        }
        "staffInvite" => owners(staff_invite(), "STAFF_INVITED OWNER"),
        "staffUpdate" => owners(input(json!({ "id": jo, "title": "Lead" })), "STAFF_CHANGED OWNER"),
        "staffRemove" => owners(input(json!({ "id": jo })), "TEAM_MEMBER_REMOVED OWNER, STAFF_REMOVED OWNER"),
        "companyPortalUpdate" => {
            owners(input(json!({ "defaultScheduleShare": "NONE" })), "PORTAL_SETTINGS_CHANGED OWNER")
        }
        "brandingUpdate" => owners(input(json!({ "primaryColor": "#123456" })), "BRANDING_CHANGED OWNER"),
        "helpArticleCreate" => owners(input(json!({ "title": "T", "body": "B" })), "HELP_ARTICLE_SAVED OWNER"),
        "helpArticleUpdate" => {
            owners(input(json!({ "id": article, "expectedVersion": 1, "title": "T" })), "HELP_ARTICLE_SAVED OWNER")
        }
        "helpArticlePublish" => {
            owners(input(json!({ "id": article, "published": false })), "HELP_ARTICLE_PUBLISHED OWNER")
        }
        "helpArticleDelete" => owners(input(json!({ "id": article })), "HELP_ARTICLE_DELETED OWNER"),
        "leadSubmit" => {
            let arguments = json!({ "companySlug": "alderbrook", "formKey": "demo-form-alderbrook", "name": "Kim",
                "email": STRANGER });
            deed(Person::public(), input(arguments), "LEAD_SUBMITTED PUBLIC")
        }
        "leadCreate" => owners(input(json!({ "name": "Kim", "interest": "A porch" })), "LEAD_CREATED OWNER"),
        "leadFormUpdate" => owners(input(json!({ "isOpen": false })), "LEAD_FORM_CHANGED OWNER"),
        "leadStateSet" => owners(input(json!({ "id": odette, "state": "CONTACTED" })), "LEAD_CHANGED OWNER"),
        "leadConvertToClient" => owners(input(json!({ "id": odette })), "LEAD_CONVERTED OWNER"),
        "leadConvertToProject" => {
            owners(input(json!({ "id": odette, "project": project("AB-1") })), "LEAD_CONVERTED OWNER")
        }
        "contactConvertToProject" => {
            let contact = app.id(Tag::CONTACT, "alderbrook/contact/odette");
            owners(
                input(json!({ "id": contact, "project": project("AB-1") })),
                "CLIENT_CREATED OWNER, PROJECT_CREATED OWNER",
            )
        }
        "apiKeyCreate" => {
            let arguments = json!({ "name": "Weekly", "permissions": ["PROJECTS_READ"], "lifetimeDays": 7 });
            owners(input(arguments), "API_KEY_CREATED OWNER")
        }
        "emailTemplateUpdate" => {
            let arguments = json!({ "key": "CUSTOMER_INVITATION_WITH_ACCOUNT", "body": "Hello {{name}}",
                "expectedVersion": 1 });
            owners(input(arguments), "EMAIL_TEMPLATE_CHANGED OWNER")
        }
        _ => return None,
    })
}

/// Performs the mutation, which must succeed.
async fn done(app: &TestApp, mutation: &str, deed: &Deed) {
    let shape = Shape::of(&Gateway::sdl());
    let field = shape.field("Mutation", mutation).expect("there is such a mutation");
    let given: Vec<_> =
        field.arguments.iter().filter(|argument| deed.arguments.get(&argument.name).is_some()).collect();
    let bang = |is_required: bool| if is_required { "!" } else { "" };
    let declared: Vec<_> = given
        .iter()
        .map(|argument| format!("${}: {}{}", argument.name, argument.ty, bang(argument.is_required)))
        .collect();
    let passed: Vec<_> = given.iter().map(|argument| format!("{0}: ${0}", argument.name)).collect();
    let in_brackets =
        |parts: Vec<String>| if parts.is_empty() { String::new() } else { format!("({})", parts.join(", ")) };
    let query = format!(
        "mutation{} {{ {mutation}{} {{ userErrors {{ code field message }} }} }}",
        in_brackets(declared),
        in_brackets(passed)
    );
    let reply = app.ask_with(&deed.by, &query, deed.arguments.clone()).await;
    assert_eq!(reply.json["data"][mutation]["userErrors"], json!([]), "{mutation}: {}", reply.text);
}

#[tokio::test]
async fn every_mutation_is_audited() {
    // PRT-13
    let shape = Shape::of(&Gateway::sdl());
    let mutations: BTreeSet<_> = shape.fields("Mutation").iter().map(|field| field.name.clone()).collect();
    assert!(mutations.len() >= 40, "{}", mutations.len());
    let mut missing = Vec::new();
    for mutation in mutations {
        let app = TestApp::demo().await;
        db_signed_in_just_now(&app).await;
        let deed = deed_of(&app, &mutation).await.unwrap_or_else(|| panic!("say here how {mutation} is done"));
        let before = app.database().db_count("select count(*) from activity").await;
        done(&app, &mutation, &deed).await;
        let rows = format!("select kind || ' ' || actor_kind as text from activity order by at, id offset {before}");
        let told = app.database().db_texts(&rows).await;
        let expected = deed.trail.split(", ").filter(|expected| !told.iter().any(|row| row == expected));
        missing.extend(expected.map(|expected| format!("{mutation}: {expected} is not in {told:?}")));
        let by_nobody = "select count(*) from activity where actor_id is null and actor_kind <> 'PUBLIC'";
        assert_eq!(app.database().db_count(by_nobody).await, 0, "{mutation}: who did it is said");
    }
    assert_eq!(missing, Vec::<String>::new());
}

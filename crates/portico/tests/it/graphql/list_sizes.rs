//! Tests of lists without pages: each declares its assumed size and costs as much, and its maximum, which is enforced.

use apollo_compiler::Schema;
use apollo_compiler::ast::Value as Literal;
use apollo_compiler::schema::{Component, ExtendedType, FieldDefinition};
use portico_core::id::Tag;
use portico_core::limits::caps;
use portico_graphql::Gateway;
use portico_testkit::{Person, Reply, TestApp};
use serde_json::{Value, json};

use crate::support::{RIDGE, change, project, refusals, sql_id};

/// List without a size argument, with its assumed size and its maximum.
struct PlainList {
    ty: String,
    field: String,
    is_of_objects: bool,
    size: Option<u64>,
    maximum: Option<u64>,
}

fn declared(field: &Component<FieldDefinition>, argument: &str) -> Option<u64> {
    match &**field.directives.get("listSize")?.specified_argument_by_name(argument)? {
        Literal::Int(size) => size.as_str().parse().ok(),
        _ => None,
    }
}

/// All such lists of the schema, found by their types.
fn plain_lists() -> Vec<PlainList> {
    let schema = Schema::parse(Gateway::sdl(), "schema.graphql").expect("it is a schema");
    let mut found = Vec::new();
    for (name, definition) in &schema.types {
        let fields = match definition {
            ExtendedType::Object(object) if !definition.is_built_in() => &object.fields,
            ExtendedType::Interface(interface) => &interface.fields,
            _ => continue,
        };
        for (field, definition) in fields {
            let items = schema.types.get(definition.ty.inner_named_type());
            let is_of_objects = items.is_some_and(|items| !items.is_leaf());
            let is_page = name.ends_with("Connection") && matches!(field.as_str(), "nodes" | "edges");
            let is_sized = definition
                .arguments
                .iter()
                .any(|argument| matches!(argument.name.as_str(), "first" | "last") || argument.ty.is_list());
            if definition.ty.is_list() && !is_page && !is_sized {
                found.push(PlainList {
                    ty: name.to_string(),
                    field: field.to_string(),
                    is_of_objects,
                    size: declared(definition, "assumedSize"),
                    maximum: declared(definition, "maximum"),
                });
            }
        }
    }
    found
}

#[test]
fn unpaged_lists_declare_their_size() {
    let lists = plain_lists();
    assert!(lists.len() > 70, "{}", lists.len());
    let says = |list: &PlainList| list.size.zip(list.maximum).is_some_and(|(size, most)| 0 < size && size <= most);
    let silent: Vec<_> = lists.iter().filter(|list| !says(list)).map(coordinate).collect();
    assert_eq!(silent, Vec::<String>::new(), "put #[list_size(..)] above them, with a size of at most the maximum");
}

fn coordinate(list: &PlainList) -> String {
    format!("{}.{}", list.ty, list.field)
}

/// How a list's maximum is enforced.
enum Bound {
    /// Its items are members of a closed set in the code.
    Closed,
    /// These mutations refuse more.
    Refused(&'static [&'static str]),
    /// Its statement reads no more: the newest of a history, or the first of many. Each has a case below.
    Read,
}

const BOUNDS: [(&str, Bound); 59] = [
    ("AccessExplanation.rules", Bound::Closed),
    ("Account.supportNotes", Bound::Read),
    ("Activity.changedFields", Bound::Closed),
    ("Allowance.entries", Bound::Refused(&["allowanceSave", "selectionApprove", "selectionReopen"])),
    ("ApiKey.permissions", Bound::Closed),
    ("ApiKey.projectIds", Bound::Refused(&["apiKeyCreate"])),
    ("Company.apiKeys", Bound::Read),
    ("Company.emailTemplates", Bound::Closed),
    ("Company.scheduleTemplates", Bound::Refused(&["scheduleTemplateSave"])),
    ("CompanyPortal.defaultFeatures", Bound::Closed),
    ("Contact.memberships", Bound::Read),
    ("EmailTemplate.placeholders", Bound::Closed),
    ("File.attachments", Bound::Refused(&["fileAttach", "messagePost"])),
    ("File.sharedWithTrades", Bound::Refused(&["fileShare"])),
    ("LeadForm.allowedOrigins", Bound::Refused(&["leadFormUpdate"])),
    ("MagicCodeConsumePayload.choices", Bound::Read),
    ("MagicLinkConsumePayload.choices", Bound::Read),
    ("Message.attachments", Bound::Refused(&["messagePost"])),
    ("Message.earlierVersions", Bound::Refused(&["messageEdit"])),
    ("Message.mentionedNames", Bound::Refused(&["threadStart", "messagePost"])),
    ("PasswordSetPayload.choices", Bound::Read),
    ("PlannedTask.assignees", Bound::Refused(&["taskSave"])),
    ("PlannedTask.attachments", Bound::Refused(&["fileAttach"])),
    ("PlannedTask.dependencies", Bound::Refused(&["taskSave"])),
    ("Portal.features", Bound::Closed),
    ("Portal.navigation", Bound::Closed),
    ("Portal.setupChecklist", Bound::Closed),
    ("Project.albums", Bound::Refused(&["albumSave"])),
    ("Project.allowances", Bound::Refused(&["allowanceSave", "selectionsCopy"])),
    ("Project.clients", Bound::Refused(&["projectClientAdd", "projectClientReplace"])),
    ("Project.invitations", Bound::Read),
    ("Project.locations", Bound::Refused(&["locationSave"])),
    ("Project.milestones", Bound::Refused(&["milestoneSave"])),
    ("Project.scheduleDelays", Bound::Refused(&["scheduleDelaySave"])),
    ("Project.scheduleVersions", Bound::Refused(&["scheduleDraftCreate"])),
    ("Project.team", Bound::Refused(&["teamMemberSave"])),
    ("Project.trades", Bound::Refused(&["projectTradeAdd"])),
    ("Publication.affectedTrades", Bound::Refused(&["projectTradeAdd"])),
    ("ScheduleChange.changedFields", Bound::Closed),
    ("ScheduleVersion.milestones", Bound::Refused(&["milestoneSave"])),
    ("Selection.attachments", Bound::Refused(&["fileAttach"])),
    ("Selection.choices", Bound::Refused(&["selectionChoose"])),
    ("Selection.options", Bound::Refused(&["selectionOptionSave"])),
    ("Selection.sharedWithTrades", Bound::Refused(&["selectionTradeUpdate"])),
    ("Selection.threads", Bound::Refused(&["threadStart"])),
    ("SelectionOption.attachments", Bound::Refused(&["fileAttach"])),
    ("SelectionPreview.choices", Bound::Refused(&["selectionPreview"])),
    ("SignInPayload.choices", Bound::Read),
    ("StaffMember.permissions", Bound::Closed),
    ("SupportNote.changedFields", Bound::Closed),
    ("Task.assignees", Bound::Refused(&["taskSave"])),
    ("Task.attachments", Bound::Refused(&["fileAttach"])),
    ("Task.dependencies", Bound::Refused(&["taskSave"])),
    ("Task.threads", Bound::Refused(&["threadStart"])),
    ("UserError.field", Bound::Closed),
    ("Viewer.permissions", Bound::Closed),
    ("Viewer.sessions", Bound::Read),
    ("WorkCalendar.exceptions", Bound::Refused(&["workCalendarUpdate"])),
    ("WorkCalendar.workingDays", Bound::Closed),
];

#[test]
fn every_list_without_pages_is_bounded() {
    // Lists of a preview and of changes are limited by `first`, pending actions are a page of selections, and errors of every payload when it is built.
    let is_cut = |list: &PlainList| {
        ["userErrors", "pendingActions"].contains(&list.field.as_str())
            || ["VisibilityPreview", "VisibilityChange", "ProjectChanges", "ScheduleChanges"]
                .contains(&list.ty.as_str())
    };
    let lists = plain_lists();
    let mut found: Vec<_> = lists.iter().filter(|list| !is_cut(list)).map(coordinate).collect();
    found.sort_unstable();
    let known: Vec<_> = BOUNDS.iter().map(|(coordinate, _)| *coordinate).collect();
    assert_eq!(found, known, "say what keeps the list to its maximum");
    let schema = Schema::parse(Gateway::sdl(), "schema.graphql").expect("it is a schema");
    let mutations = schema.get_object("Mutation").expect("there are mutations");
    for (coordinate, bound) in BOUNDS {
        if let Bound::Refused(names) = bound {
            assert!(names.iter().all(|name| mutations.fields.contains_key(*name)), "{coordinate}: {names:?}");
        }
    }
    let read = BOUNDS.iter().filter(|(_, bound)| matches!(bound, Bound::Read)).count();
    // The four payloads of a sign-in have one statement.
    assert_eq!(read - 3, HISTORIES.len() + 2, "a case for each: choices and support notes have theirs elsewhere");
}

/// List that is read up to its maximum: its query, its path in the reply, and a statement that extends it.
struct History {
    query: &'static str,
    list: &'static str,
    most: u32,
    rows: &'static str,
}

const HISTORIES: [History; 4] = [
    History {
        query: "{ company { apiKeys { name isRevoked } } }",
        list: "/company/apiKeys",
        most: caps::API_KEYS,
        rows: "insert into api_keys (id, token_hash, company_id, name, created_by, permissions, all_projects, created_at,
                expires_at, revoked_at)
            select gen_random_uuid(), md5('key' || i) || md5('yek' || i), s.company_id, 'New ' || i, s.id, array['PROJECTS_READ'],
                true, now() + i * interval '1 minute', now() + interval '300 days', now()
            from staff_memberships s, generate_series(1, 130) i where s.id = (
                select staff_membership_id from sessions where token_hash = '{owner}')",
    },
    History {
        query: "{ company { contacts(first: 100, query: \"Wren\") { nodes { memberships { id } } } } }",
        list: "/company/contacts/nodes/0/memberships",
        most: caps::MEMBERSHIPS,
        rows: "with wren as (
                select c.* from contacts c join staff_memberships s using (company_id)
                where c.name = 'Adeyemi Stone' and s.id = (select staff_membership_id from sessions where token_hash = '{owner}')),
            more as (
                insert into projects (id, company_id, number, name, address_line, city, region, postal_code, country, status,
                    stage, time_zone, currency)
                select gen_random_uuid(), wren.company_id, 'N' || i, 'N' || i, '1 Way', 'Ferndale', 'WA', '98248', 'US', 'ACTIVE',
                    'DESIGN', 'America/Los_Angeles', 'USD' from wren, generate_series(1, 130) i returning id, company_id)
            insert into project_memberships (id, company_id, project_id, contact_id, identity_id, kind)
            select gen_random_uuid(), more.company_id, more.id, wren.id, wren.identity_id, 'TRADE' from wren, more",
    },
    History {
        query: "{ viewer { projects(query: \"Maple\") { nodes { invitations { state } } } } }",
        list: "/viewer/projects/nodes/0/invitations",
        most: caps::INVITATIONS,
        rows: "insert into invitations (id, company_id, project_id, membership_id, state, template, sent_at, expires_at, ended_at)
            select gen_random_uuid(), m.company_id, m.project_id, m.id, 'REMOVED', 'CUSTOMER_INVITATION',
                now() + i * interval '1 minute', now() + interval '9 days', now()
            from (select m.* from project_memberships m join projects p on p.id = m.project_id
                where p.name like 'Maple%' and m.kind = 'CLIENT' limit 1) m, generate_series(1, 130) i",
    },
    History {
        query: "{ viewer { sessions { isCurrent } } }",
        list: "/viewer/sessions",
        most: caps::SESSIONS,
        rows: "insert into sessions (id, token_hash, identity_id, actor, staff_membership_id, last_seen_at, expires_at)
            select gen_random_uuid(), md5('s' || i) || md5('t' || i), s.identity_id, s.actor, s.staff_membership_id,
                now() - i * interval '1 hour', now() + interval '9 days'
            from sessions s, generate_series(1, 130) i where s.token_hash = '{owner}'",
    },
];

#[tokio::test]
async fn histories_are_read_up_to_their_maximum() {
    let app = TestApp::demo().await;
    let owner = Person::owner();
    for History { query, list, most, rows } in HISTORIES {
        let listed = async || app.ask(&owner, query).await.at(list).as_array().expect("a list").clone();
        let before = listed().await;
        assert!(!before.is_empty() && before.len() < most as usize, "{list}: {}", before.len());
        app.database().db_execute(&rows.replace("{owner}", &owner.token_hash())).await;
        let after = listed().await;
        assert_eq!(after.len(), most as usize, "{list}");
        // Current items stay, however many past ones are newer.
        for (field, now) in [("isRevoked", json!(false)), ("state", json!("ACCEPTED")), ("isCurrent", json!(true))] {
            let count = |items: &[Value]| items.iter().filter(|item| item[field] == now).count();
            assert!(count(&after) >= count(&before), "{list}: {field}");
        }
    }
}

#[tokio::test]
async fn keys_above_the_maximum_are_refused() {
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let create = async |more: &str| {
        let input = format!("input: {{ name: \"K\", permissions: [PROJECTS_READ], lifetimeDays: 9{more} }}");
        change(&app, &owner, "apiKeyCreate", &input, "apiKey { id }").await
    };
    let in_force = "select count(*) from api_keys k where revoked_at is null and expires_at > now() and company_id = (
        select s.company_id from staff_memberships s join sessions x on x.staff_membership_id = s.id
        where x.token_hash = '{owner}')";
    let in_force = in_force.replace("{owner}", &owner.token_hash());
    let left = i64::from(caps::API_KEYS_IN_FORCE) - app.database().db_count(&in_force).await;
    for _ in 0..left {
        assert_eq!(refusals(&create("").await), Vec::<String>::new());
    }
    let full = create("").await;
    assert_eq!(refusals(&full), ["INVALID_STATE "], "{full}");
    let message = full["userErrors"][0]["message"].as_str().expect("a sentence");
    assert!(message.contains("50 API keys") && message.contains("revoke"), "{message}");
    app.database().db_execute("update api_keys set expires_at = now() where name = 'K'").await;
    assert_eq!(refusals(&create("").await), Vec::<String>::new());
    let project = project(&app, RIDGE);
    let listed = |count: u32| format!(", projectIds: [{}]", format!("\"{project}\",").repeat(count as usize));
    assert_eq!(refusals(&create(&listed(caps::KEY_PROJECTS)).await), Vec::<String>::new());
    assert_eq!(refusals(&create(&listed(caps::KEY_PROJECTS + 1)).await), ["INVALID input.projectIds"]);
}

#[tokio::test]
async fn answer_that_is_too_large_is_refused() {
    let app = TestApp::demo().await;
    let owner = Person::owner();
    app.database()
        .db_execute(&format!(
            "with company as (
                select s.company_id from staff_memberships s join sessions x on x.staff_membership_id = s.id
                where x.token_hash = '{owner}'),
            cards as (
                insert into contacts (id, company_id, kind, name) select gen_random_uuid(), company_id, 'MISC', 'Long ' || i
                from company, generate_series(1, 100) i returning id, company_id)
            insert into leads (id, company_id, contact_id, state, source, message, created_at)
            select gen_random_uuid(), company_id, id, 'NEW', 'WEB', repeat('m', 4000), now() + interval '1 hour' from cards",
            owner = owner.token_hash()
        ))
        .await;
    let ask = async |texts: usize| {
        let texts: String = (0..texts).map(|i| format!(" m{i}: message")).collect();
        app.ask(&owner, &format!("{{ company {{ leads(first: 100) {{ nodes {{{texts} }} }} }} }}")).await
    };
    let large = ask(20).await;
    assert!(large.json.get("errors").is_none() && large.text.len() > 7_900_000, "{}", large.text.len());
    let too_large = ask(22).await;
    assert_eq!(too_large.code(), "COST_LIMIT");
    assert!(too_large.message().contains("8 MiB"), "{}", too_large.message());
    assert_eq!(too_large.json["data"], Value::Null);
}

/// Asks the nodes of a project 40 times, each with long response keys for this field.
async fn with_long_keys(app: &TestApp, person: &Person, field: &str, before: &str) -> Reply {
    let ids = json!(vec![project(app, RIDGE); 40]);
    let keys: String = (0..29).map(|i| format!(" k{i}{}: {field}", "x".repeat(470))).collect();
    let query = format!(
        "query($ids: [ID!]!) {{ {before} nodes(ids: $ids) {{ ... on Project {{ locations {{ ... {{{keys} }} }} }} }} }}"
    );
    app.ask_with(person, &query, json!({ "ids": ids })).await
}

#[tokio::test]
async fn no_part_of_an_answer_escapes_its_bound() {
    let app = TestApp::demo().await;
    let id = sql_id(RIDGE);
    app.database()
        .db_execute(&format!(
            "insert into locations (id, company_id, project_id, name, sort)
            select gen_random_uuid(), company_id, id, 'Room ' || i, 100 + i from projects, generate_series(1, 150) i
            where id = {id}"
        ))
        .await;
    let owner = Person::owner();
    let small = app.ask(&owner, "{ __schema { queryType { name } } __type(name: \"Project\") { name } }").await;
    assert!(small.json.get("errors").is_none(), "{}", small.text);
    for field in ["__typename", "name"] {
        for before in ["", "__schema { queryType { name } }", "t: __type(name: \"Project\") { name }", "__typename"] {
            let reply = with_long_keys(&app, &owner, field, before).await;
            assert_eq!(reply.code(), "COST_LIMIT", "{field} {before}");
            assert_eq!(reply.json["data"], Value::Null, "{field} {before}");
        }
    }
}

#[tokio::test]
async fn large_answer_tells_which_mutations_ran() {
    let app = TestApp::demo().await;
    let owner = Person::owner();
    app.database()
        .db_execute(&format!(
            "insert into help_articles (id, company_id, title, body, state, sort, version, created_at, updated_at)
            select gen_random_uuid(), s.company_id, 'T' || i, repeat('b', 9000), 'DRAFT', 100 + i, 1, now(), now()
            from staff_memberships s join sessions x on x.staff_membership_id = s.id, generate_series(1, 60) i
            where x.token_hash = '{}'",
            owner.token_hash()
        ))
        .await;
    let company = app.ask(&owner, "{ company { name version } }").await;
    let version = company.at("/company/version").as_i64().expect("a number");
    let bodies: String = (0..25).map(|i| format!(" b{i}: body")).collect();
    let reply = app
        .ask(
            &owner,
            &format!(
                "mutation {{
                    none: companyUpdate(input: {{ expectedVersion: 999, name: \"Never\" }}) {{ userErrors {{ code }} }}
                    named: companyUpdate(input: {{ expectedVersion: {version}, name: \"Renamed\" }}) {{
                        company {{ helpArticles(first: 100) {{ nodes {{{bodies} }} }} }} userErrors {{ code }}
                    }}
                    later: helpArticleCreate(input: {{ title: \"Later\", body: \"b\" }}) {{ userErrors {{ code }} }}
                }}"
            ),
        )
        .await;
    let errors = reply.json["errors"].as_array().expect("errors");
    let told: Vec<_> = errors.iter().map(|error| (&error["path"], &error["extensions"]["code"])).collect();
    assert_eq!(told, [(&json!(["named"]), &json!("COST_LIMIT"))], "{}", reply.text);
    assert!(reply.message().contains("was carried out"), "{}", reply.message());
    let after = app.ask(&owner, "{ company { name helpArticles(first: 100) { nodes { title } } } }").await;
    assert_eq!(after.at("/company/name"), "Renamed");
    assert!(!after.text.contains("Later"));
}

#[tokio::test]
async fn unpaged_lists_cost_their_assumed_size() {
    let app = TestApp::demo().await;
    let id = project(&app, RIDGE);
    let cost = async |selection: &str| {
        let reply = app.ask(&Person::owner(), &format!("{{ project(id: \"{id}\") {{ {selection} }} }}")).await;
        reply.json["extensions"]["cost"]["requestedQueryCost"].as_u64().unwrap_or_else(|| panic!("{}", reply.text))
    };
    let mut seen = 0;
    for PlainList { field, size, .. } in plain_lists()
        .into_iter()
        .filter(|list| list.ty == "Project" && list.is_of_objects && list.field != "pendingActions")
    {
        let size = size.expect("it prints it");
        // The root field, the project, and the list.
        let expected = 1 + (1 + size).div_ceil(10);
        assert_eq!(cost(&format!("{field} {{ __typename }}")).await, expected, "{field}");
        seen += 1;
    }
    assert!(seen >= 8, "{seen}");
    assert_eq!(cost("trades { id }").await, 1 + 2);
    assert_eq!(cost("clients { id }").await, 1 + 1);
    // A long list of projects, each with many trade partners, is priced by the assumed number.
    let query = "{ viewer { projects(first: 100) { nodes { trades { id } } } } }";
    let reply = app.ask(&Person::owner(), query).await;
    assert_eq!(
        reply.json["extensions"]["cost"]["requestedQueryCost"],
        json!(1 + (2 + 100 + 100 * 10_u64).div_ceil(10))
    );
}

/// Adds the maximum number of members of a kind to a project.
async fn db_fill(app: &TestApp, kind: &str, most: u32) {
    let (project, relationship) = (sql_id(RIDGE), if kind == "CLIENT" { "'PARTNER'" } else { "null" });
    app.database()
        .db_execute(&format!(
            "with missing as (
                select {most} - count(*) as n from project_memberships
                where project_id = {project} and kind = '{kind}' and removed_at is null),
            people as (
                insert into identities (id, email, email_canonical, name)
                select gen_random_uuid(), '{kind}-' || i || '@many.example', lower('{kind}-' || i || '@many.example'), 'Many ' || i
                from missing, generate_series(1, n) i returning id, name),
            cards as (
                insert into contacts (id, company_id, identity_id, kind, name)
                select gen_random_uuid(), p.company_id, people.id, '{kind}', people.name
                from people, projects p where p.id = {project} returning id, company_id, identity_id)
            insert into project_memberships (id, company_id, project_id, contact_id, identity_id, kind, relationship)
            select gen_random_uuid(), company_id, {project}, id, identity_id, '{kind}', {relationship} from cards"
        ))
        .await;
}

#[tokio::test]
async fn full_project_takes_no_more_members() {
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let ridge = project(&app, RIDGE);
    for (kind, most, mutation, contact, more) in [
        ("CLIENT", caps::CLIENTS, "projectClientAdd", "ben", ", relationship: PARTNER"),
        ("TRADE", caps::TRADES, "projectTradeAdd", "wren", ""),
    ] {
        db_fill(&app, kind, most).await;
        let contact = app.id(Tag::CONTACT, &format!("alderbrook/contact/{contact}"));
        let add = async |key: &str| {
            let input = format!(
                "input: {{ projectId: \"{ridge}\", contactId: \"{contact}\"{more}, idempotencyKey: \"{kind}-{key}\" }}"
            );
            change(&app, &owner, mutation, &input, "__typename").await
        };
        let full = add("full").await;
        assert_eq!(refusals(&full), ["INVALID_STATE input.projectId"], "{full}");
        let message = full["userErrors"][0]["message"].as_str().expect("a sentence");
        assert!(message.contains(&format!("has {most} ")), "{message}");
        app.database()
            .db_execute(&format!(
                "update project_memberships set removed_at = now() where contact_id in (
                    select id from contacts where name = 'Many 1' and kind = '{kind}')"
            ))
            .await;
        assert_eq!(refusals(&add("room").await), Vec::<String>::new());
    }
}

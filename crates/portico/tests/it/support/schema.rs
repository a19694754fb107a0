//! Helpers for tests of secrecy: callers, paths through the schema, and secrets.

use std::collections::{BTreeMap, BTreeSet};

use portico_core::access::Permission;
use portico_core::id::{GlobalId, Tag};
use portico_fixtures::world::World;
use portico_graphql::{Gateway, Rights};
use portico_testkit::{FieldShape, Person, Shape, TestApp};
use serde_json::Value;
use uuid::Uuid;

/// Types with a fetch by id: their tag, their table, and a complete example in the showcase project.
pub(crate) const NODES: [(&str, Tag, &str, &str); 18] = [
    ("Project", Tag::PROJECT, "projects", "alderbrook/maple-street"),
    ("ScheduleDelay", Tag::SCHEDULE_DELAY, "schedule_delays", "alderbrook/maple-street/delay/1"),
    ("Location", Tag::LOCATION, "locations", "alderbrook/maple-street/location/Kitchen"),
    ("TeamMember", Tag::TEAM_MEMBER, "team_members", "alderbrook/maple-street/team/jo"),
    ("ScheduleVersion", Tag::SCHEDULE_VERSION, "schedule_versions", "alderbrook/maple-street/schedule/v2"),
    ("Milestone", Tag::MILESTONE, "milestones", "alderbrook/maple-street/milestone/Rough-ins"),
    ("Task", Tag::TASK, "tasks", "alderbrook/maple-street/task/Frame walls"),
    ("Selection", Tag::SELECTION, "selections", "alderbrook/maple-street/selection/Front door"),
    (
        "SelectionOption",
        Tag::SELECTION_OPTION,
        "selection_options",
        "alderbrook/maple-street/option/Front door/Clear cedar, plank",
    ),
    ("Allowance", Tag::ALLOWANCE, "allowances", "alderbrook/maple-street/allowance/Lighting allowance"),
    ("Decision", Tag::DECISION, "decisions", "alderbrook/maple-street/decision/Kitchen countertops"),
    ("Thread", Tag::THREAD, "threads", "alderbrook/maple-street/thread/3"),
    ("Message", Tag::MESSAGE, "messages", "alderbrook/maple-street/thread/3/message/2"),
    ("File", Tag::FILE, "files", "alderbrook/maple-street/file/South wall framed.jpg"),
    (
        "FileAttachment",
        Tag::FILE_ATTACHMENT,
        "file_attachments",
        "alderbrook/maple-street/attachment/selection/Front door/Floor plan.pdf",
    ),
    ("Album", Tag::ALBUM, "albums", "alderbrook/maple-street/album/Framing in pictures"),
    ("Contact", Tag::CONTACT, "contacts", "alderbrook/contact/istvan"),
    ("Lead", Tag::LEAD, "leads", "alderbrook/lead/ines"),
];

/// The host of the first company's portal.
pub(crate) const HOST: &str = "portal.alderbrook.example";

/// Clients of the demo with different access.
pub(crate) const CLIENTS: [&str; 5] = ["ana", "ben", "cleo", "hana-client", "ines"];
/// Trade partners of the demo with different access.
pub(crate) const TRADES: [&str; 4] = ["tomas", "eli", "wren", "lucia"];

/// The audiences that do not see everything: name, and people of each.
pub(crate) async fn outsiders(app: &TestApp) -> Vec<(&'static str, Vec<Person>)> {
    let without_permissions = app.db_staff(&[]).await;
    vec![
        ("public", vec![Person::public()]),
        ("client", vec![Person::client(), Person::named("cleo")]),
        ("trade", vec![Person::trade(), Person::named("wren")]),
        ("staff", vec![without_permissions, Person::named("kit")]),
        ("support", vec![Person::support()]),
    ]
}

/// The whole schema.
pub(crate) fn whole() -> Shape {
    Shape::of(&Gateway::sdl())
}

/// The role schema of a person, as a shape.
pub(crate) async fn document_of(app: &TestApp, person: &Person) -> Shape {
    Shape::of(&sdl_of(app, Rights::of(&app.viewer(person).await)))
}

/// The SDL of a role schema.
pub(crate) fn sdl_of(app: &TestApp, rights: Rights) -> String {
    app.gateway().document(rights).expect("the role schema is valid").sdl().to_owned()
}

/// Every coordinate of a person's role schema.
pub(crate) async fn coordinates_of(app: &TestApp, person: &Person) -> BTreeSet<String> {
    let rights = Rights::of(&app.viewer(person).await);
    app.gateway().document(rights).expect("the role schema is valid").coordinates()
}

/// Every coordinate of the whole schema that a person's role schema lacks.
pub(crate) async fn lacking(app: &TestApp, person: &Person) -> Vec<String> {
    let theirs = coordinates_of(app, person).await;
    app.gateway().whole().coordinates().difference(&theirs).cloned().collect()
}

/// The type and field of a coordinate: `Task.name`. None for others, such as enum values.
pub(crate) fn field_of<'a>(shape: &'a Shape, coordinate: &str) -> Option<(String, &'a FieldShape)> {
    let (ty, name) = coordinate.split_once('.')?;
    Some((ty.to_owned(), shape.field(ty, name)?))
}

/// The id of the example of a type.
pub(crate) fn example(ty: &str) -> Option<String> {
    let (_, tag, _, path) = NODES.iter().find(|(name, ..)| *name == ty)?;
    Some(GlobalId::new(*tag, World::id(path)).to_string())
}

/// The arguments that a field on a path needs, or an empty text.
pub(crate) fn arguments(field: &FieldShape) -> Option<String> {
    let required: Vec<_> = field.arguments.iter().filter(|argument| argument.is_required).collect();
    match required.as_slice() {
        [] => Some(String::new()),
        [id] if field.name == "project" && id.name == "id" => Some(format!("(id: \"{}\")", example("Project")?)),
        [id] if field.name == "account" && id.name == "id" => {
            Some(format!("(id: \"{}\")", GlobalId::new(Tag::ACCOUNT, World::id("people/ana"))))
        }
        [size] if size.ty == "ImageSize" => Some("(size: SMALL)".to_owned()),
        [host] if host.name == "host" => Some(format!("(host: \"{HOST}\")")),
        // An interface: see `ways`.
        [person] if person.name == "person" => {
            let client = GlobalId::new(Tag::PROJECT_MEMBERSHIP, World::id("alderbrook/maple-street/client/ana"));
            Some(format!("(person: \"{client}\", record: \"{}\")", example("Task")?))
        }
        // The showcase project shows everything, so these settings hide some of it.
        [settings] if settings.name == "settings" => {
            Some("(settings: { features: [DASHBOARD], scheduleShare: NONE })".to_owned())
        }
        [id] if id.name == "id" || id.name == "ids" => None,
        _ => panic!("{} needs {required:?}: add a value here", field.name),
    }
}

/// The arguments of the field at the end of a path, where `node` is like any other.
pub(crate) fn given(field: &FieldShape) -> String {
    let id = example("Project").unwrap_or_default();
    arguments(field).unwrap_or_else(|| match field.name.as_str() {
        "node" => format!("(id: \"{id}\")"),
        _ => format!("(ids: [\"{id}\"])"),
    })
}

/// Every kind of path to a type through fields for which `may` holds: from the root, and by id.
pub(crate) fn ways(shape: &Shape, ty: &str, may: impl Fn(&str) -> bool) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    found.extend(shape.way_to(ty, |coordinate, field| if may(coordinate) { arguments(field) } else { None }));
    let has = |root: &str| shape.field("Query", root).is_some() && may(&format!("Query.{root}"));
    if ty == "Node" && has("node") {
        found.push(vec![format!("node(id: \"{}\")", example("Project").unwrap_or_default())]);
    }
    if shape.implementors("Node").contains(&ty) {
        let id = example(ty).unwrap_or_else(|| panic!("{ty} can be had by id: add an example to NODES"));
        for (root, step) in [("node", format!("node(id: \"{id}\")")), ("nodes", format!("nodes(ids: [\"{id}\"])"))] {
            if has(root) {
                found.push(vec![step, format!("... on {ty}")]);
            }
        }
    }
    found
}

/// A query along a path, with a selection at its end.
pub(crate) fn query(way: &[String], selected: &str) -> String {
    let open: String = way.iter().map(|step| format!("{step} {{ ")).collect();
    format!("{{ {open}{selected}{} }}", " }".repeat(way.len()))
}

/// The selection of a field of this type: none for a leaf, all leaves of an object.
pub(crate) fn below(shape: &Shape, ty: &str) -> String {
    if shape.is_leaf(ty) { String::new() } else { format!(" {{ {} }}", shape.everything(ty, 1)) }
}

/// An id without a row.
pub(crate) fn random_id(tag: Tag) -> String {
    GlobalId::new(tag, portico_core::id::new_uuid()).to_string()
}

/// The global id of a row.
pub(crate) fn global_id(tag: Tag, row: &Value) -> String {
    GlobalId::new(tag, uuid_at(row, "id")).to_string()
}

/// A column of a row that holds an id.
pub(crate) fn uuid_at(row: &Value, column: &str) -> Uuid {
    row[column].as_str().and_then(|id| id.parse().ok()).unwrap_or_else(|| panic!("no {column} in {row}"))
}

/// All permissions but these.
pub(crate) fn all_but(left_out: &[Permission]) -> Vec<Permission> {
    Permission::ALL.iter().copied().filter(|permission| !left_out.contains(permission)).collect()
}

/// Rows of a table by id.
pub(crate) fn by_id<'a>(world: &'a World, table: &str) -> BTreeMap<Uuid, &'a Value> {
    world.rows(table).iter().map(|row| (uuid_at(row, "id"), row)).collect()
}

/// Opens an account for the demo's support agent, with an earlier correction.
pub(crate) async fn db_open_account(app: &TestApp) {
    let sql = format!(
        "insert into account_openings (id, agent_id, identity_id, reason, opened_at, expires_at)
            values (gen_random_uuid(), '{agent}', '{account}', 'asked', now(), now() + interval '1 hour');
        insert into activity (id, kind, subject_kind, subject_id, actor_kind, actor_id, details)
            values (gen_random_uuid(), 'ACCOUNT_CORRECTED', 'IDENTITY', '{account}', 'SUPPORT', '{agent}',
                '{{\"note\": \"verified\", \"changed\": [\"name\"]}}');
        insert into activity (id, company_id, project_id, kind, subject_kind, subject_id, actor_kind, actor_id, network,
                device, details)
            select gen_random_uuid(), p.company_id, p.id, kind, 'PROJECT', p.id, 'OWNER', '{owner}', '203.0.113.7', 'Firefox',
                '{{\"changed\": [\"name\"], \"isNew\": true, \"isPublished\": true, \"from\": \"NEW\", \"to\": \"LOST\"}}'
            from projects p,
                unnest(array['PROJECT_CHANGED', 'LOCATION_SAVED', 'HELP_ARTICLE_PUBLISHED', 'LEAD_CHANGED']) kind
            where p.id = '{maple}';
        insert into calendar_feeds (id, company_id, project_id, membership_id, nonce, created_at)
            select gen_random_uuid(), m.company_id, m.project_id, m.id, md5(m.id || 'a') || md5(m.id || 'b'), now()
            from project_memberships m where m.removed_at is null;
        insert into staff_invitations
            (id, company_id, membership_id, name, email, sent_at, expires_at, accepted_at)
            select gen_random_uuid(), m.company_id, m.id, i.name, i.email, now(), now() + interval '14 days', now()
            from staff_memberships m join identities i on i.id = m.identity_id where m.removed_at is null;
        insert into jobs (id, kind, key, company_id, payload, attempts, next_attempt_at, last_attempt_at, last_error, created_at)
            select gen_random_uuid(), 'mail', kind || ':' || about || ':' || gen_random_uuid(), company_id,
                jsonb_build_object('template', template, 'to_address', 'other@mail.example'),
                1, now() + interval '1 minute', now(), 'busy (451)', now()
            from (
                select 'invitation', id, company_id, 'PROJECT_SHARED_AGAIN' from invitations
                union all select 'contact-review', id, company_id, 'CONTACT_REVIEW' from contacts
                union all select 'staff-invitation', id, company_id, 'STAFF_INVITATION_WITH_ACCOUNT'
                    from staff_invitations
            ) mails (kind, about, company_id, template)",
        agent = World::id("people/iris"),
        account = World::id("people/ana"),
        owner = World::id("people/ruth"),
        maple = World::id("alderbrook/maple-street"),
    );
    app.database().db_execute(&sql).await;
}

/// A person who sees this: an owner, unless it is for clients or support only.
pub(crate) fn insider(coordinate: &str) -> Person {
    let (ty, _) = coordinate.split_once('.').unwrap_or((coordinate, ""));
    match (ty, coordinate) {
        ("Onboarding" | "CalendarFeed" | "PendingAction" | "ViewerMembership", _)
        | (_, "Viewer.onboarding" | "Viewer.pendingActions" | "Project.calendarFeed" | "Project.pendingActions") => {
            Person::client()
        }
        ("Account" | "SupportNote", _) | (_, "Query.account") => Person::support(),
        _ => Person::owner(),
    }
}

//! Tests of the demo: it is consistent, and its secrets are distinct from all other values.

use std::collections::BTreeSet;

use serde_json::Value;

use super::secrets::{Found, ids, is_in};
use super::*;

/// The demo with a change in one file.
fn demo_with(file: &str, from: &str, to: &str) -> Result<World> {
    let demo = demo_files();
    let changed: Vec<(&str, String)> = demo
        .iter()
        .map(|&(path, text)| (path, if path == file { text.replacen(from, to, 1) } else { text.to_owned() }))
        .collect();
    assert!(demo.iter().any(|(path, text)| *path == file && text.contains(from)), "{file} has no `{from}`");
    World::read(&changed.iter().map(|(path, text)| (*path, text.as_str())).collect::<Vec<_>>())
}

fn refusal(file: &str, from: &str, to: &str) -> String {
    demo_with(file, from, to).expect_err("a wrong file is refused").to_string()
}

#[test]
fn demo_fills_every_table() {
    let world = World::demo().unwrap();
    assert_eq!(world.json.keys().copied().collect::<BTreeSet<_>>(), World::tables().collect());
    assert!(world.has("alderbrook/maple-street/task/Frame walls"));
    assert!(!world.has("alderbrook/maple-street/task/Frame floors"));
}

#[test]
fn row_ids_are_stable_and_unique() {
    let (one, two) = (World::demo().unwrap(), World::demo().unwrap());
    let mut ids = BTreeSet::new();
    for table in World::tables() {
        assert_eq!(one.rows(table), two.rows(table));
        for row in one.rows(table).iter().filter_map(|row| row["id"].as_str()) {
            assert!(ids.insert(row.to_owned()), "{table} has {row} twice");
        }
    }
    let task = World::id("alderbrook/maple-street/task/Frame walls").to_string();
    assert!(ids.contains(&task));
    assert_eq!(task, "019b76da-a800-7c91-8741-d2a73615bf95");
}

#[test]
fn role_tokens_come_first() {
    let world = World::demo().unwrap();
    let first: Vec<_> = world.tokens()[..6].iter().map(|token| (token.token.as_str(), token.role)).collect();
    assert_eq!(
        first,
        [
            ("demo-owner", Role::Owner),
            ("demo-staff", Role::Staff),
            ("demo-trade", Role::Trade),
            ("demo-client", Role::Client),
            ("demo-support", Role::Support),
            ("demo-reporting", Role::Reporting),
        ]
    );
    assert!(world.tokens()[6..].iter().all(|token| token.token.starts_with(PERSONAL)));
    for person in world.paths.iter().filter_map(|path| path.strip_prefix("people/")) {
        let own = format!("{PERSONAL}{person}");
        assert!(world.tokens().iter().any(|token| token.token.starts_with(&own)), "{person} has no token");
    }
}

#[test]
fn missing_reference_is_named() {
    let selections = "alderbrook/maple-street/selections.toml";
    assert_eq!(
        refusal(selections, r#"location = "Kitchen""#, r#"location = "Kitchenette""#),
        format!("{selections}: nothing is called `alderbrook/maple-street/location/Kitchenette`"),
    );
    assert_eq!(
        refusal(selections, r#"chosen = "White quartz, eased edge""#, r#"chosen = "White marble""#),
        format!("{selections}: nothing is called `alderbrook/maple-street/option/Kitchen countertops/White marble`"),
    );
    let schedule = "alderbrook/maple-street/schedule.toml";
    assert_eq!(
        refusal(schedule, r#"after = ["Frame walls"]"#, r#"after = ["Frame floors"]"#),
        format!("{schedule}: `alderbrook/maple-street/schedule/v2`: no task of the version is called `Frame floors`"),
    );
    assert_eq!(
        refusal(schedule, r#"assigned = ["tomas", "jo"]"#, r#"assigned = ["thomas"]"#),
        format!("{schedule}: nothing is called `alderbrook/staff/thomas`"),
    );
    assert_eq!(
        refusal("tokens.toml", r#"person = "gil""#, r#"person = "gill""#),
        "tokens.toml: nothing is called `people/gill`"
    );
}

#[test]
fn duplicate_name_is_refused() {
    let schedule = "alderbrook/maple-street/schedule.toml";
    assert_eq!(
        refusal(schedule, r#"name = "Set roof trusses""#, r#"name = "Frame walls""#),
        format!("{schedule}: `alderbrook/maple-street/planned/v2/task/Frame walls` is there twice"),
    );
}

#[test]
fn unknown_key_names_its_file() {
    let project = "alderbrook/ridge-view/project.toml";
    let unknown = refusal(project, "schedule_share =", "schedule_shared =");
    assert!(unknown.starts_with(project) && unknown.contains("unknown field `schedule_shared`"), "{unknown}");
    let word = refusal(project, r#""NONE""#, r#""WEEKLY""#);
    assert!(word.starts_with(project) && word.contains("`WEEKLY` is not a ScheduleShare"), "{word}");
    let amount = refusal(project, "42000.00", "42000.005");
    assert!(
        amount.contains("`alderbrook/ridge-view/allowance/Stonework allowance`: 42000.005 has more decimals than USD"),
        "{amount}"
    );
    let missing = refusal(project, r#"city = "Bellingham""#, "");
    assert_eq!(missing, format!("{project}: missing field `city`"));
    let place = World::read(&[("people.txt", "")]).expect_err("no such file").to_string();
    assert_eq!(place, "people.txt: a world has no such file");
    assert_eq!(World::read(&[]).expect_err("nothing to read").to_string(), "people.toml: this file is missing");
}

#[test]
fn wrong_value_names_its_key() {
    let company = "alderbrook/company.toml";
    let path = "alderbrook/lead/istvan";
    for (from, to, message) in [
        (r#"state = "QUALIFIED""#, r#"state = "HOT""#, "`HOT` is not a LeadState in `state`"),
        (r#"interest = "New home"#, r#"interest = 5 # "#, "invalid type: integer `5`, expected a string in `interest`"),
        ("created_on = 2026-10-12\n\n[leads.quill]", "\n[leads.quill]", "missing field `created_on`"),
        (r#"contact = "istvan""#, r#"contact_id = "istvan""#, "missing field `contact`"),
    ] {
        let refused = refusal(company, from, to);
        assert!(refused.starts_with(company) && refused.ends_with(message), "{refused}");
        assert!(refused.contains(path) || refused.contains("leads.istvan"), "{refused}");
    }
    let permission = refusal(company, r#""ACCESS_EXPLAIN""#, r#""ACCESS_EXPLAINED""#);
    let expected = "`alderbrook/staff/nora`: `ACCESS_EXPLAINED` is not a Permission in `permissions`";
    assert_eq!(permission, format!("{company}: {expected}"));
    let day = refusal("people.toml", "claimed_on = 2024-03-04", "claimed_on = 2024-03-04T10:00:00");
    assert!(day.contains("`people/ruth`: expected a date alone"), "{day}");
}

fn all(_: &Value) -> bool {
    true
}

/// Values that both clients and trade partners may read. Written by hand, independent of the list of secrets, like the
/// rest below.
fn shared_with_all(world: &World) -> Found {
    let mut visible = Found::default();
    visible.take(world, "companies", &["name", "region", "portal_host", "public_phone", "slug"], all);
    visible.take(world, "company_brandings", &["primary_color", "accent_color", "logo_url", "website_url"], all);
    let place = ["number", "name", "address_line", "city", "region", "postal_code", "status", "stage", "time_zone"];
    visible.take(world, "projects", &place, all);
    visible.take(world, "locations", &["name"], all);
    let is_shown = |row: &Value| row["is_shown"] == true;
    visible.take(world, "team_members", &["title", "work_phone", "photo_url"], is_shown);
    let staff = ids(world, "team_members", "staff_membership_id", is_shown);
    let people = ids(world, "staff_memberships", "identity_id", |row| is_in(&staff, row, "id"));
    visible.take(world, "identities", &["name"], |row| is_in(&people, row, "id"));
    visible
}

fn assert_tells_none(visible: &Found, secrets: &Secrets) {
    let texts: Vec<String> = visible.texts.iter().map(|text| text.to_lowercase()).collect();
    for secret in &secrets.texts {
        let found = texts.iter().find(|text| text.contains(&secret.to_lowercase()));
        assert_eq!(found, None, "`{secret}` is a secret, and is in a text that outsiders read");
    }
    for amount in &secrets.amounts_minor {
        assert!(!visible.amounts.contains(amount), "{amount} is a secret and an amount that outsiders read");
    }
}

#[test]
fn client_texts_hold_no_secret() {
    let world = World::demo().unwrap();
    let mut visible = shared_with_all(&world);
    visible.take(&world, "projects", &["contract_total_minor"], all);
    visible.take(&world, "project_portals", &["guide_url"], all);
    let clients = ids(&world, "project_memberships", "identity_id", |row| row["kind"] == "CLIENT");
    let contact = ["name", "email", "phone", "locale", "time_zone"];
    visible.take(&world, "identities", &contact, |row| is_in(&clients, row, "id"));

    let portals = |column: &str, feature: &str, is_shared: fn(&Value) -> bool| {
        let has = |row: &Value| row["features"].as_array().unwrap().iter().any(|one| one == feature) && is_shared(row);
        ids(&world, "project_portals", column, has)
    };
    let scheduled = portals("project_id", "SCHEDULE", all);
    let shared = portals("project_id", "SCHEDULE", |row| row["schedule_share"] != "NONE");
    let is_viewable = |row: &Value| row["client_viewable"] == true;
    visible.take(&world, "tasks", &["name"], |row| is_viewable(row) && is_in(&shared, row, "project_id"));
    visible.take(&world, "milestones", &["name"], |row| is_viewable(row) && is_in(&scheduled, row, "project_id"));

    let is_delay = |row: &Value| row["client_viewable"] == true && is_in(&shared, row, "project_id");
    visible.take(&world, "schedule_delays", &["reason"], is_delay);

    let open = portals("project_id", "SELECTIONS", all);
    visible.take(&world, "allowances", &["name", "granted_minor"], |row| is_in(&open, row, "project_id"));
    let is_shared = |row: &Value| is_in(&open, row, "project_id") && row["status"] != "DRAFT";
    visible.take(&world, "selections", &["title", "instructions"], is_shared);
    let selections = ids(&world, "selections", "id", is_shared);
    let option = ["title", "description", "price_minor"];
    visible.take(&world, "selection_options", &option, |row| is_in(&selections, row, "selection_id"));

    let helped = portals("company_id", "HELP", all);
    let is_article = |row: &Value| is_in(&helped, row, "company_id") && row["state"] == "PUBLISHED";
    visible.take(&world, "help_articles", &["title", "body"], is_article);
    visible.take(&world, "company_portals", &["guide_url", "onboarding_video_url"], all);

    let secrets = world.secrets();
    assert!(
        secrets.texts.len() > 250 && secrets.amounts_minor.len() > 80,
        "{} {}",
        secrets.texts.len(),
        secrets.amounts_minor.len()
    );
    assert_tells_none(&visible, &secrets);
    // One of each kind, so that the list cannot become empty.
    for secret in [
        "Amber watch: margin slipping",
        "Radio spot on KLRK",
        "CC-6110-FRM",
        "SSS-QW30-E",
        "Salish Slab Supply",
        "Wine cellar door",
        "Claims and recovery",
        "Swap mislabeled window glass",
        "Finishes in two phases",
        "Shell by midsummer",
        "Slope variance hearing",
        "Mantel beam",
        "Nora Stavik",
        "+13605550902",
        "Ledger export for the accountant",
        "If we have to part ways",
    ] {
        assert!(secrets.texts.iter().any(|text| text == secret), "`{secret}` should be a secret");
    }
    // So that neither sums nor differences of visible amounts look like a secret.
    assert_eq!(visible.amounts.iter().find(|amount| *amount % 5 != 0), None);
    assert_eq!(secrets.amounts_minor.iter().find(|amount| *amount % 10 != 7), None);
}

#[test]
fn trade_texts_hold_no_secret() {
    let world = World::demo().unwrap();
    let mut visible = shared_with_all(&world);
    let online = ids(&world, "project_memberships", "id", |row| row["web_access"] == true);
    let is_theirs = |row: &Value| is_in(&online, row, "project_membership_id");
    let assigned = ids(&world, "task_assignees", "task_id", is_theirs);
    let is_task = |row: &Value| is_in(&assigned, row, "id");
    visible.take(&world, "tasks", &["name"], is_task);
    let (tasks, milestones) = (ids(&world, "tasks", "id", is_task), ids(&world, "tasks", "milestone_id", is_task));
    visible.take(&world, "milestones", &["name"], |row| is_in(&milestones, row, "id"));
    visible.take(&world, "task_briefs", &["public_notes"], |row| is_in(&tasks, row, "task_id"));

    let concerned = ids(&world, "selection_trades", "selection_id", is_theirs);
    let is_shared = |row: &Value| is_in(&concerned, row, "id") && row["status"] != "DRAFT";
    visible.take(&world, "selections", &["title", "instructions"], is_shared);
    let selections = ids(&world, "selections", "id", is_shared);
    let is_part = |row: &Value| is_in(&selections, row, "selection_id");
    visible.take(&world, "selection_options", &["title", "description"], is_part);
    visible.take(&world, "selection_trade_infos", &["trade_info"], is_part);

    let secrets = world.secrets_from_trades();
    assert_tells_none(&visible, &secrets);
    let price = "alderbrook/maple-street/option/Kitchen countertops/White quartz, eased edge";
    assert!(world.has(price) && secrets.amounts_minor.contains(&1_785_000));
}

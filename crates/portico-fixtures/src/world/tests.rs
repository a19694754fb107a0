//! The demo holds together, and its secrets can be told from everything else.

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;

/// The demo with one file's text changed.
fn demo_with(file: &str, from: &str, to: &str) -> Result<World, WorldError> {
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
fn the_demo_is_read_and_fills_every_table() {
    let world = World::demo().unwrap();
    assert_eq!(world.json.keys().copied().collect::<BTreeSet<_>>(), World::tables().collect());
    assert!(world.has("alderbrook/maple-street/task/v2/Frame walls"));
    assert!(!world.has("alderbrook/maple-street/task/v9/Frame walls"));
}

#[test]
fn a_row_has_the_same_id_in_every_run_and_no_other_row_has_it() {
    let (one, two) = (World::demo().unwrap(), World::demo().unwrap());
    let mut ids = BTreeSet::new();
    for table in World::tables() {
        assert_eq!(one.rows(table), two.rows(table));
        for row in one.rows(table).iter().filter_map(|row| row["id"].as_str()) {
            assert!(ids.insert(row.to_owned()), "{table} has {row} twice");
        }
    }
    let task = World::id("alderbrook/maple-street/task/v2/Frame walls").to_string();
    assert!(ids.contains(&task));
    assert_eq!(task, "019b76da-a800-7bb1-8e9b-9be2f739a4b7");
}

#[test]
fn tokens_of_roles_come_first_and_are_whose_they_should_be() {
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
    for person in world.source.people.keys() {
        let own = format!("{PERSONAL}{person}");
        assert!(world.tokens().iter().any(|token| token.token.starts_with(&own)), "{person} has no token");
    }
}

#[test]
fn a_reference_to_nothing_is_refused_by_name() {
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
        format!("{schedule}: nothing is called `alderbrook/maple-street/task/v2/Frame floors`"),
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
fn a_name_that_is_there_twice_is_refused() {
    let schedule = "alderbrook/maple-street/schedule.toml";
    assert_eq!(
        refusal(schedule, r#"name = "Set roof trusses""#, r#"name = "Frame walls""#),
        format!("{schedule}: `alderbrook/maple-street/task/v2/Frame walls` is there twice"),
    );
}

#[test]
fn an_unknown_key_or_word_is_refused_with_its_file() {
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
    let place = World::read(&[("people.txt", "")]).expect_err("no such file").to_string();
    assert_eq!(place, "people.txt: a world has no such file");
    assert_eq!(World::read(&[]).expect_err("nothing to read").to_string(), "people.toml: this file is missing");
}

/// What an outsider may read, by table and column, written by hand and apart from the list of secrets.
struct Visible {
    texts: BTreeSet<String>,
    amounts: BTreeSet<i64>,
}

impl Visible {
    fn take<'a>(&mut self, rows: impl Iterator<Item = &'a Value>, columns: &[&str]) {
        for row in rows {
            for column in columns {
                match &row[*column] {
                    Value::String(text) => self.texts.extend([text.to_lowercase()]),
                    Value::Number(amount) => self.amounts.extend(amount.as_i64()),
                    _ => {}
                }
            }
        }
    }

    fn must_not_contain(&self, secrets: &Secrets) {
        for secret in &secrets.texts {
            let found = self.texts.iter().find(|text| text.contains(&secret.to_lowercase()));
            assert_eq!(found, None, "`{secret}` is a secret and stands in a text that outsiders read");
        }
        for amount in &secrets.amounts_minor {
            assert!(!self.amounts.contains(amount), "{amount} is a secret and an amount that outsiders read");
        }
    }
}

/// Rows whose column has one of these values.
fn with<'a>(world: &'a World, table: &str, column: &'a str, values: Vec<&'a Value>) -> impl Iterator<Item = &'a Value> {
    world.rows(table).iter().filter(move |row| values.contains(&&row[column]))
}

fn ids<'a>(rows: impl Iterator<Item = &'a Value>) -> Vec<&'a Value> {
    rows.map(|row| &row["id"]).collect()
}

fn shared_with_all(world: &World) -> Visible {
    let mut visible = Visible { texts: BTreeSet::new(), amounts: BTreeSet::new() };
    visible.take(world.rows("companies").iter(), &["name", "region", "portal_host", "public_phone", "slug"]);
    visible.take(world.rows("company_brandings").iter(), &["primary_color", "accent_color", "logo_url", "website_url"]);
    let place = ["number", "name", "address_line", "city", "region", "postal_code", "status", "stage", "time_zone"];
    visible.take(world.rows("projects").iter(), &place);
    visible.take(world.rows("locations").iter(), &["name"]);
    let team: Vec<&Value> = world.rows("team_members").iter().filter(|row| row["is_shown"] == true).collect();
    visible.take(team.iter().copied(), &["title", "work_phone", "photo_url"]);
    let staff = team.iter().map(|row| &row["staff_membership_id"]).collect();
    let people = with(world, "staff_memberships", "id", staff).map(|row| &row["identity_id"]).collect();
    visible.take(with(world, "identities", "id", people), &["name"]);
    visible
}

#[test]
fn no_secret_stands_in_anything_that_clients_read() {
    let world = World::demo().unwrap();
    let mut visible = shared_with_all(&world);
    visible.take(world.rows("projects").iter(), &["contract_total_minor"]);
    visible.take(world.rows("project_portals").iter(), &["guide_url"]);
    let clients =
        world.rows("project_memberships").iter().filter(|row| row["kind"] == "CLIENT").map(|row| &row["identity_id"]);
    visible
        .take(with(&world, "identities", "id", clients.collect()), &["name", "email", "phone", "locale", "time_zone"]);

    let portals = |feature: &str| -> Vec<&Value> {
        let has =
            |row: &&Value| row["features"].as_array().is_some_and(|features| features.iter().any(|one| one == feature));
        world.rows("project_portals").iter().filter(has).collect()
    };
    let scheduled: Vec<&Value> = portals("SCHEDULE").iter().map(|row| &row["project_id"]).collect();
    let shared: Vec<&Value> = portals("SCHEDULE")
        .iter()
        .filter(|row| row["schedule_share"] != "NONE")
        .map(|row| &row["project_id"])
        .collect();
    let published = ids(world.rows("schedule_versions").iter().filter(|row| row["state"] == "PUBLISHED"));
    let tasks = || with(&world, "tasks", "version_id", published.clone()).filter(|row| row["client_viewable"] == true);
    visible.take(tasks().filter(|row| shared.contains(&&row["project_id"])), &["name"]);
    let milestones = tasks().filter(|row| scheduled.contains(&&row["project_id"])).map(|row| &row["milestone_id"]);
    visible.take(with(&world, "milestones", "id", milestones.collect()), &["name"]);

    let open: Vec<&Value> = portals("SELECTIONS").iter().map(|row| &row["project_id"]).collect();
    visible.take(with(&world, "allowances", "project_id", open.clone()), &["name", "granted_minor"]);
    let selections = || with(&world, "selections", "project_id", open.clone()).filter(|row| row["status"] != "DRAFT");
    visible.take(selections(), &["title", "instructions"]);
    visible.take(
        with(&world, "selection_options", "selection_id", ids(selections())),
        &["title", "description", "price_minor"],
    );

    let helped = portals("HELP").iter().map(|row| &row["company_id"]).collect();
    let articles = with(&world, "help_articles", "company_id", helped).filter(|row| row["state"] == "PUBLISHED");
    visible.take(articles, &["title", "body"]);
    visible.take(world.rows("company_portals").iter(), &["guide_url", "onboarding_video_url"]);

    let secrets = world.secrets();
    assert!(
        secrets.texts.len() > 250 && secrets.amounts_minor.len() > 80,
        "{} {}",
        secrets.texts.len(),
        secrets.amounts_minor.len()
    );
    visible.must_not_contain(&secrets);
    // One of each kind, lest the list grow empty.
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
    // So that neither sums nor differences of what they see look like a secret.
    assert_eq!(visible.amounts.iter().find(|amount| *amount % 5 != 0), None);
    assert_eq!(secrets.amounts_minor.iter().find(|amount| *amount % 10 != 7), None);
}

#[test]
fn no_secret_stands_in_anything_that_trades_read() {
    let world = World::demo().unwrap();
    let mut visible = shared_with_all(&world);
    let online: Vec<&Value> = ids(world.rows("project_memberships").iter().filter(|row| row["web_access"] == true));
    let published = ids(world.rows("schedule_versions").iter().filter(|row| row["state"] == "PUBLISHED"));
    let assigned =
        || with(&world, "task_assignees", "project_membership_id", online.clone()).map(|row| &row["task_id"]).collect();
    let tasks: Vec<&Value> =
        with(&world, "tasks", "id", assigned()).filter(|row| published.contains(&&row["version_id"])).collect();
    visible.take(tasks.iter().copied(), &["name"]);
    visible.take(with(&world, "milestones", "id", tasks.iter().map(|row| &row["milestone_id"]).collect()), &["name"]);
    visible.take(with(&world, "task_briefs", "task_id", ids(tasks.iter().copied())), &["public_notes"]);

    let concerned =
        with(&world, "selection_trades", "project_membership_id", online.clone()).map(|row| &row["selection_id"]);
    let selections: Vec<&Value> =
        with(&world, "selections", "id", concerned.collect()).filter(|row| row["status"] != "DRAFT").collect();
    visible.take(selections.iter().copied(), &["title", "instructions"]);
    let of_selections = || ids(selections.iter().copied());
    visible.take(with(&world, "selection_options", "selection_id", of_selections()), &["title", "description"]);
    visible.take(with(&world, "selection_trade_infos", "selection_id", of_selections()), &["trade_info"]);

    let secrets = world.secrets_from_trades();
    visible.must_not_contain(&secrets);
    let price = "alderbrook/maple-street/option/Kitchen countertops/White quartz, eased edge";
    assert!(world.has(price) && secrets.amounts_minor.contains(&1_785_000));
}

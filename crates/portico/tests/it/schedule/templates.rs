//! Templates of schedules, with which projects begin.

use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::json;

use super::planner::Planner;
use crate::support::{change, is_unknown, refusals};

const RIDGE: &str = "alderbrook/ridge-view";
const TEMPLATES: &str = "company { scheduleTemplates { id name taskCount version } }";

#[tokio::test]
async fn projects_begin_with_templates() {
    // SCH-13
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let kitchen = app.id(Tag::SCHEDULE_TEMPLATE, "alderbrook/template/Kitchen");
    // With other ids than the project of which the template was made, from its own first day, and without assignees.
    let input = format!("templateId: \"{kitchen}\", startOn: \"2027-03-01\"");
    let plan = Planner::begin(&app, owner.clone(), RIDGE, &input).await;
    let read = "startOn milestones { name } tasks(first: 50) { nodes { taskId name startOn task { id } assignees { name } dependencies { predecessor { name } } } }";
    let version = plan.version(read).await;
    assert_eq!(version["startOn"], "2027-03-01");
    let tasks = version["tasks"]["nodes"].as_array().expect("a list");
    assert_eq!(tasks.len(), 3, "{version}");
    assert_eq!((&tasks[0]["name"], &tasks[0]["startOn"]), (&json!("Remove old cabinets"), &json!("2027-03-01")));
    assert!(tasks.iter().all(|task| task["task"].is_null() && task["assignees"] == json!([])), "{version}");
    assert!(tasks.iter().any(|task| task["dependencies"] != json!([])), "{version}");
    assert_eq!(version["milestones"].as_array().map(Vec::len), Some(2));

    // A template of this plan, with which a new project begins.
    let save = async |input: &str| {
        change(&app, &owner, "scheduleTemplateSave", &format!("input: {{ {input} }}"), TEMPLATES).await
    };
    let added = save(&format!("name: \"Two kitchens\", versionId: \"{}\"", plan.draft)).await;
    assert_eq!(added["company"]["scheduleTemplates"][1]["taskCount"], 3, "{added}");
    let id = added["company"]["scheduleTemplates"][1]["id"].as_str().expect("an ID").to_owned();
    let project = "number: \"AB-77\", name: \"Alder Row\", timeZone: \"America/Los_Angeles\", currencyCode: \"USD\", startedOn: \"2027-06-07\",
        address: { line: \"1 Alder Row\", city: \"Bellingham\", region: \"WA\", postalCode: \"98225\", country: \"US\" }";
    let begin = async |template: &str| {
        let input = format!("input: {{ {project}, scheduleTemplateId: \"{template}\" }}");
        let fields = "project { scheduleVersions { state startOn tasks(first: 5) { totalCount } } }";
        change(&app, &owner, "projectCreate", &input, fields).await
    };
    let foreign = app.id(Tag::SCHEDULE_TEMPLATE, "fernhill/template/Kitchen");
    assert_eq!(refusals(&begin(&foreign).await), ["NOT_FOUND input.scheduleTemplateId"]);
    let begun = begin(&id).await;
    let versions = json!([{ "state": "DRAFT", "startOn": "2027-06-07", "tasks": { "totalCount": 3 } }]);
    assert_eq!(begun["project"]["scheduleVersions"], versions, "{begun}");

    for (input, refused) in [
        ("name: \"KITCHEN\", versionId: \"\"".replace("\"\"", &format!("\"{}\"", plan.draft)), "TAKEN input.name"),
        ("name: \"Third\"".to_owned(), "BLANK input.versionId"),
        (format!("versionId: \"{}\"", plan.draft), "BLANK input.name"),
        (format!("templateId: \"{foreign}\", name: \"X\""), "NOT_FOUND input.templateId"),
        (format!("templateId: \"{id}\", name: \"X\", expectedVersion: 9"), "CONFLICT input.expectedVersion"),
    ] {
        assert_eq!(refusals(&save(&input).await), [refused], "{input}");
    }
    let gone =
        change(&app, &owner, "scheduleTemplateDelete", &format!("input: {{ templateId: \"{id}\" }}"), TEMPLATES).await;
    assert_eq!(gone["company"]["scheduleTemplates"].as_array().map(Vec::len), Some(1));
    // Templates are for those who edit schedules.
    let marcus = Person::named("marcus");
    is_unknown(&app.ask(&marcus, "{ company { scheduleTemplates { name } } }").await, "scheduleTemplates");
    let stranger = app.ask(&Person::named("margot"), "{ company { scheduleTemplates { name } } }").await;
    assert_eq!(stranger.at("/company/scheduleTemplates"), &json!([{ "name": "Kitchen" }]), "its own alone");
}

//! Tests of filters of lists.

use portico_testkit::{Person, Reply, TestApp};
use serde_json::{Value, json};

use crate::support::{MAPLE, ORCHARD, is_unknown, project, texts_of};

async fn filtered(app: &TestApp, person: &Person, filter: &Value) -> Reply {
    let query = "query($filter: ProjectFilter) { viewer { projects(filter: $filter, sortKey: NUMBER) { totalCount nodes { number } } } }";
    app.ask_with(person, query, json!({ "filter": filter })).await
}

#[tokio::test]
async fn conditions_combine_as_written() {
    let app = TestApp::demo().await;
    let all: &[&str] = &["AB-1988", "AB-2041", "AB-2043", "AB-2047"];
    // The start date of AB-2047 is unknown: work has not started.
    for (filter, expected) in [
        (Value::Null, all),
        (json!({}), all),
        (json!({ "status": { "in": ["ACTIVE"] } }), &all[1..]),
        (json!({ "status": { "in": ["COMPLETED", "ACTIVE"] } }), all),
        (json!({ "status": { "in": [] } }), &[]),
        (json!({ "status": null, "and": null, "or": null, "not": null }), all),
        (json!({ "stage": { "in": ["CONSTRUCTION"] } }), &all[1..3]),
        (json!({ "stage": { "in": ["CONSTRUCTION"] }, "status": { "in": ["COMPLETED"] } }), &[]),
        (json!({ "startedOn": { "gte": "2026-05-04" } }), &all[1..3]),
        (json!({ "startedOn": { "gt": "2026-05-04" } }), &all[2..3]),
        (json!({ "startedOn": { "lte": "2026-05-04" } }), &all[..2]),
        (json!({ "startedOn": { "lt": "2026-05-04" } }), &all[..1]),
        (json!({ "startedOn": { "gte": "2026-01-01", "lt": "2026-06-01" } }), &all[1..2]),
        (json!({ "startedOn": { "gte": "2027-01-01", "lt": "2026-01-01" } }), &[]),
        (json!({ "startedOn": {} }), all),
        (json!({ "startedOn": { "gte": null } }), all),
        (json!({ "not": { "startedOn": { "gte": "2026-05-04" } } }), &["AB-1988", "AB-2047"]),
        (json!({ "not": { "not": { "startedOn": { "gte": "2026-05-04" } } } }), &all[1..3]),
        (json!({ "not": { "status": { "in": ["ACTIVE"] } } }), &all[..1]),
        (json!({ "not": {} }), &[]),
        (json!({ "and": [] }), all),
        // ROB-5: an empty AND holds, an empty OR does not.
        (json!({ "or": [] }), &[]),
        (json!({ "and": [{ "or": [] }] }), &[]),
        (json!({ "not": { "or": [] } }), all),
        (json!({ "or": [{ "or": [] }, { "status": { "in": ["COMPLETED"] } }] }), &all[..1]),
        (json!({ "or": [{ "and": [] }] }), all),
        (json!({ "not": { "and": [] } }), &[]),
        (json!({ "not": { "status": { "in": [] } } }), all),
        (json!({ "stage": { "in": [] } }), &[]),
        (json!({ "or": [], "and": [{}] }), &[]),
        (json!({ "and": [{ "status": { "in": ["ACTIVE"] } }, { "startedOn": { "gte": "2026-08-01" } }] }), &all[2..3]),
        (
            json!({ "or": [{ "status": { "in": ["COMPLETED"] } }, { "startedOn": { "gte": "2026-08-01" } }] }),
            &["AB-1988", "AB-2043"],
        ),
        (
            json!({ "or": [{ "startedOn": { "lt": "2026-01-01" } }, { "not": { "startedOn": { "lt": "2100-01-01" } } }] }),
            &["AB-1988", "AB-2047"],
        ),
        (json!({ "status": { "in": ["ACTIVE"] }, "or": [{ "stage": { "in": ["PRECONSTRUCTION"] } }] }), &all[3..]),
    ] {
        let reply = filtered(&app, &Person::owner(), &filter).await;
        assert_eq!(texts_of(reply.at("/viewer/projects/nodes"), "number"), expected, "{filter}");
        assert_eq!(*reply.at("/viewer/projects/totalCount"), expected.len(), "{filter}");
        // The same conditions with another role view.
        let reply = filtered(&app, &Person::client(), &filter).await;
        let of_client = texts_of(reply.at("/viewer/projects/nodes"), "number");
        assert!(of_client.iter().all(|number| number == "AB-2041" || number == "FS-311"), "{filter}");
        assert_eq!(of_client.contains(&"AB-2041".to_owned()), expected.contains(&"AB-2041"), "{filter}");
    }
}

#[tokio::test]
async fn internal_filters_need_their_permission() {
    // API-9
    let app = TestApp::demo().await;
    let filter = json!({ "internalStatus": "Green, but thin" });
    for insider in [Person::owner(), Person::staff(), Person::reporting()] {
        assert_eq!(
            *filtered(&app, &insider, &filter).await.at("/viewer/projects/nodes"),
            json!([{ "number": "AB-2043" }])
        );
        let negated = filtered(&app, &insider, &json!({ "not": filter })).await;
        assert!(!texts_of(negated.at("/viewer/projects/nodes"), "number").contains(&"AB-2043".to_owned()));
    }
    for outsider in [Person::client(), Person::trade(), Person::named("priya")] {
        for hidden in [
            filter.clone(),
            json!({ "not": filter }),
            json!({ "or": [{ "and": [filter] }] }),
            json!({ "internalStatus": null }),
        ] {
            let reply = filtered(&app, &outsider, &hidden).await;
            let invented = filtered(
                &app,
                &outsider,
                &serde_json::from_str(&hidden.to_string().replace("internalStatus", "inventedStatus")).expect("JSON"),
            )
            .await;
            assert_eq!(
                reply.without_request_id().replace("internalStatus", "inventedStatus"),
                invented.without_request_id()
            );
            assert!(reply.json.get("data").is_none());
        }
        is_unknown(
            &app.ask(&outsider, r#"{ viewer { projects(filter: { internalStatus: "x" }) { totalCount } } }"#).await,
            "internalStatus",
        );
        is_unknown(&app.ask(&outsider, "{ viewer { projects(sortKey: BUDGET) { totalCount } } }").await, "BUDGET");
    }
}

#[tokio::test]
async fn costs_view_allows_sorting_by_budget() {
    let app = TestApp::demo().await;
    for (reverse, expected) in
        [(false, ["AB-1988", "AB-2043", "AB-2041", "AB-2047"]), (true, ["AB-2047", "AB-2041", "AB-2043", "AB-1988"])]
    {
        for person in [Person::owner(), Person::staff()] {
            let query =
                format!("{{ viewer {{ projects(sortKey: BUDGET, reverse: {reverse}) {{ nodes {{ number }} }} }} }}");
            assert_eq!(texts_of(app.ask(&person, &query).await.at("/viewer/projects/nodes"), "number"), expected);
        }
    }
}

#[tokio::test]
async fn out_of_range_year_names_the_bounds() {
    let app = TestApp::demo().await;
    for wrong in ["0000-01-01", "0026-05-04", "1899-12-31", "2200-01-01", "9999-12-31", "+999-01-01", "-001-01-01"] {
        for person in [Person::client(), Person::owner()] {
            let reply = filtered(&app, &person, &json!({ "startedOn": { "gte": wrong } })).await;
            assert_eq!(reply.code(), "BAD_USER_INPUT", "{wrong}: {}", reply.text);
            let message = reply.message();
            assert!(
                message.contains("`filter.startedOn.gte`") && message.contains("1900-01-01 to 2199-12-31"),
                "{message}"
            );
        }
    }
    for bound in [json!({ "startedOn": { "gte": "1900-01-01" } }), json!({ "startedOn": { "lte": "2199-12-31" } })] {
        assert!(filtered(&app, &Person::client(), &bound).await.json.get("errors").is_none(), "{bound}");
    }
}

#[tokio::test]
async fn malformed_date_names_its_path() {
    let app = TestApp::demo().await;
    for wrong in [
        json!("2026-13-01"),
        json!("2026-02-30"),
        json!("2026-2-3"),
        json!("12026-01-01"),
        json!("2026-01-01T00:00"),
        json!(""),
        json!("today"),
        json!("２０２６-01-01"),
    ] {
        for (filter, named) in [
            (json!({ "startedOn": { "gte": wrong } }), "filter.startedOn.gte"),
            (json!({ "startedOn": { "lt": wrong } }), "filter.startedOn.lt"),
            (json!({ "not": { "startedOn": { "gt": wrong } } }), "filter.not.startedOn.gt"),
            (
                json!({ "or": [{}, { "and": [{ "startedOn": { "lte": wrong } }] }] }),
                "filter.or[1].and[0].startedOn.lte",
            ),
        ] {
            for person in [Person::client(), Person::owner()] {
                let reply = filtered(&app, &person, &filter).await;
                assert_eq!(reply.code(), "BAD_USER_INPUT", "{filter}: {}", reply.text);
                assert!(reply.message().contains(&format!("`{named}`")), "{filter}: {}", reply.text);
                assert!(
                    wrong.as_str().is_some_and(|wrong| wrong.is_empty() || !reply.text.contains(wrong)),
                    "it repeats the value"
                );
            }
        }
    }
    let query =
        r#"query($id: ID!) { project(id: $id) { selections(filter: { dueOn: { gte: "soon" } }) { totalCount } } }"#;
    let reply = app.ask_with(&Person::client(), query, json!({ "id": project(&app, MAPLE) })).await;
    assert!(reply.message().contains("`filter.dueOn.gte`"), "{}", reply.text);
}

#[tokio::test]
async fn wrong_filter_types_are_refused() {
    let app = TestApp::demo().await;
    for filter in [
        json!({ "status": { "in": ["INVENTED"] } }),
        json!({ "status": { "in": [1] } }),
        json!({ "status": { "in": null } }),
        json!({ "status": {} }),
        json!({ "status": "ACTIVE" }),
        json!({ "and": { "status": 1 } }),
        json!({ "invented": 1 }),
        json!([1]),
        json!("x"),
    ] {
        for person in [Person::client(), Person::owner()] {
            let reply = filtered(&app, &person, &filter).await;
            assert_eq!(reply.code(), "BAD_USER_INPUT", "{filter}: {}", reply.text);
            assert!(reply.message().contains("filter"), "{filter}: {}", reply.text);
        }
    }
}

#[tokio::test]
async fn oversized_filter_is_refused() {
    let app = TestApp::demo().await;
    let mut deep = json!({ "status": { "in": ["ACTIVE"] } });
    for _ in 0..40 {
        deep = json!({ "not": deep });
    }
    let wide = json!({ "or": vec![json!({ "startedOn": { "gte": "2026-01-01" } }); 2_000] });
    for filter in [deep, wide] {
        for person in [Person::client(), Person::owner()] {
            let reply = filtered(&app, &person, &filter).await;
            assert!(
                ["COST_LIMIT", "BAD_USER_INPUT"].contains(&reply.code()),
                "{}",
                &reply.text[..200.min(reply.text.len())]
            );
        }
    }
}

#[tokio::test]
async fn selections_filter_by_state_and_date() {
    let app = TestApp::demo().await;
    let query = "query($id: ID!, $filter: SelectionFilter) { project(id: $id) { selections(filter: $filter) { totalCount nodes { title } } } }";
    for (person, path, filter, count) in [
        (Person::client(), MAPLE, json!({ "status": { "in": ["SHARED"] } }), 5),
        (Person::named("ben"), MAPLE, json!({ "status": { "in": ["SHARED"] }, "dueOn": { "lt": "2026-11-22" } }), 2),
        (Person::client(), MAPLE, json!({ "dueOn": { "gte": "2026-12-18" } }), 1),
        (Person::trade(), MAPLE, json!({ "status": { "in": ["SHARED"] } }), 2),
        (Person::staff(), MAPLE, json!({ "status": { "in": ["DRAFT"] } }), 2),
        (Person::named("cleo"), ORCHARD, json!({}), 0),
    ] {
        let reply = app.ask_with(&person, query, json!({ "id": project(&app, path), "filter": filter })).await;
        assert_eq!(*reply.at("/project/selections/totalCount"), count, "{person:?} {filter}");
        assert_eq!(texts_of(reply.at("/project/selections/nodes"), "title").len(), count);
    }
    let hidden = app
        .ask_with(
            &Person::client(),
            query,
            json!({ "id": project(&app, MAPLE), "filter": { "status": { "in": ["DRAFT"] } } }),
        )
        .await;
    assert_eq!(hidden.code(), "BAD_USER_INPUT");
}

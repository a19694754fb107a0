//! Tests of telephone numbers in common notations, national and international. Stored as E.164.

use axum::body::Body;
use axum::http::{Request, header};
use portico_core::access::Permission;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::{MAPLE, change, project, refusals};

/// National numbers, with their region.
const NATIONAL: [(&str, &str, &str); 6] = [
    ("US", "(360) 555-0199", "+13605550199"),
    ("US", "1-360-555-0199", "+13605550199"),
    ("CA", "604.555.0199", "+16045550199"),
    ("GB", "020 7946 0958", "+442079460958"),
    ("NZ", "021 123 4567", "+64211234567"),
    ("AU", "0412 345 678", "+61412345678"),
];
/// Numbers that are the same in every region.
const INTERNATIONAL: [(&str, &str); 4] = [
    ("+44 (0)20 7946 0958", "+442079460958"),
    ("+64 21 123 4567", "+64211234567"),
    ("+39 06 698 12345", "+390669812345"),
    ("(+1) 360 555 0199", "+13605550199"),
];

/// Changes the company, with its current version.
async fn update_company(app: &TestApp, input: &str) -> Value {
    let version = app.ask(&Person::owner(), "{ company { version } }").await.at("/company/version").clone();
    let input = format!("input: {{ expectedVersion: {version}, {input} }}");
    change(app, &Person::owner(), "companyUpdate", &input, "company { publicPhone region }").await
}

async fn move_to(app: &TestApp, region: &str) {
    let moved = update_company(app, &format!("region: {region}")).await;
    assert_eq!(moved["company"]["region"], region, "{moved}");
}

#[tokio::test]
async fn client_numbers_use_the_companys_country() {
    let app = TestApp::demo().await;
    let robin = app.db_staff(&[Permission::ClientsInvite]).await;
    let mut number = 0;
    let mut create = async |phone: &str| {
        number += 1;
        let input = format!("input: {{ name: \"Lou\", email: \"lou{number}@mail.example\", phone: \"{phone}\" }}");
        change(&app, &robin, "clientCreate", &input, "client { id phone }").await
    };
    for (region, written, kept) in NATIONAL {
        move_to(&app, region).await;
        let created = create(written).await;
        assert_eq!((&created["client"]["phone"], refusals(&created)), (&json!(kept), vec![]), "{region}: {written}");
        for (written, kept) in INTERNATIONAL {
            let input = format!("input: {{ id: {}, phone: \"{written}\" }}", created["client"]["id"]);
            let updated = change(&app, &robin, "clientUpdate", &input, "client { phone }").await;
            assert_eq!(updated["client"]["phone"], kept, "{region}: {updated}");
        }
    }
    // Elsewhere it cannot be dialed, and a region of several countries has no national numbers.
    move_to(&app, "US").await;
    assert_eq!(refusals(&create("020 7946 0958").await), ["INVALID input.phone"]);
    move_to(&app, "EU").await;
    let refused = create("030 123456").await;
    assert_eq!(refusals(&refused), ["INVALID input.phone"]);
    let message = refused["userErrors"][0]["message"].as_str().unwrap_or_default();
    assert!(message.contains("must begin with +"), "{message}");
    assert_eq!(create("+49 30 123456").await["client"]["phone"], "+4930123456");
}

#[tokio::test]
async fn lead_numbers_use_the_companys_country() {
    let app = TestApp::demo().await;
    let by_mutation = async |phone: &str| {
        let input = format!(
            "input: {{ companySlug: \"alderbrook\", formKey: \"demo-form-alderbrook\", name: \"By mutation\",
                email: \"uma@mail.example\", phone: \"{phone}\" }}"
        );
        change(&app, &Person::public(), "leadSubmit", &input, "received").await
    };
    let by_form = async |kind: &str, body: String| {
        let request = Request::post("/leads/demo-form-alderbrook").header(header::CONTENT_TYPE, kind);
        app.send(request.body(Body::from(body)).expect("a request can be made")).await.status.as_u16()
    };
    let form = |name: &str, phone: &str| {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("name", name).append_pair("email", "uma@mail.example").append_pair("phone", phone).finish()
    };
    let json = json!({ "name": "By JSON", "email": "uma@mail.example", "phone": "360 555 0155" }).to_string();
    assert_eq!(by_mutation("(360) 555-0155").await["received"], true);
    assert_eq!(by_form("application/json", json).await, 200);
    assert_eq!(by_form("application/x-www-form-urlencoded", form("By form", "1 360.555.0155")).await, 200);
    assert_eq!(refusals(&by_mutation("020 7946 0958").await), ["INVALID input.phone"]);
    assert_eq!(by_form("application/x-www-form-urlencoded", form("Wrong", "020 7946 0958")).await, 422);
    move_to(&app, "GB").await;
    assert_eq!(by_form("application/x-www-form-urlencoded", form("In London", "020 7946 0958")).await, 200);
    assert_eq!(by_form("application/x-www-form-urlencoded", form("Abroad", "+1 (360) 555-0155")).await, 200);
    let robin = app.db_staff(&[Permission::LeadsManage]).await;
    let input = "input: { name: \"By staff\", phone: \"020 7946 0958\" }";
    change(&app, &robin, "leadCreate", input, "lead { id }").await;
    let leads = app.ask(&robin, "{ company { leads(first: 6) { nodes { name phone } } } }").await;
    let mut leads: Vec<_> = leads.at("/company/leads/nodes").as_array().cloned().unwrap_or_default();
    leads.sort_by_key(|lead| lead["name"].to_string());
    let kept = |name: &str, phone: &str| json!({ "name": name, "phone": phone });
    let expected = [
        kept("Abroad", "+13605550155"),
        kept("By JSON", "+13605550155"),
        kept("By form", "+13605550155"),
        kept("By mutation", "+13605550155"),
        kept("By staff", "+442079460958"),
        kept("In London", "+442079460958"),
    ];
    assert_eq!(leads, expected);
}

#[tokio::test]
async fn company_number_uses_its_region() {
    let app = TestApp::demo().await;
    let set = async |input: &str| update_company(&app, input).await;
    for (region, written, kept) in NATIONAL {
        // With the region of the same change, and with the current one.
        let moved = set(&format!("region: {region}, publicPhone: \"{written}\"")).await;
        assert_eq!(moved["company"], json!({ "publicPhone": kept, "region": region }), "{moved}");
        for (written, kept) in INTERNATIONAL {
            assert_eq!(set(&format!("publicPhone: \"{written}\"")).await["company"]["publicPhone"], kept, "{region}");
        }
        assert_eq!(set(&format!("publicPhone: \"{written}\"")).await["company"]["publicPhone"], kept);
    }
    assert_eq!(refusals(&set("publicPhone: \"(360) 555-0199\"").await), ["INVALID input.publicPhone"], "in Australia");
    assert_eq!(refusals(&set("region: EU, publicPhone: \"0412 345 678\"").await), ["INVALID input.publicPhone"]);
}

#[tokio::test]
async fn team_numbers_use_the_companys_country() {
    let app = TestApp::demo().await;
    let owner = Person::owner();
    for (region, written, kept) in NATIONAL {
        move_to(&app, region).await;
        let input = format!(
            "input: {{ projectId: \"{}\", name: \"Lou Park\", title: \"Architect\", workPhone: \"{written}\" }}",
            project(&app, MAPLE)
        );
        let saved = change(&app, &owner, "teamMemberSave", &input, "teamMember { id workPhone }").await;
        assert_eq!(saved["teamMember"]["workPhone"], kept, "{region}: {saved}");
        let (abroad, kept) = INTERNATIONAL[0];
        let input = format!("input: {{ id: {}, workPhone: \"{abroad}\" }}", saved["teamMember"]["id"]);
        let saved = change(&app, &owner, "teamMemberSave", &input, "teamMember { workPhone }").await;
        assert_eq!(saved["teamMember"]["workPhone"], kept, "{region}: {saved}");
    }
}

#[tokio::test]
async fn own_number_needs_a_single_country() {
    let app = TestApp::demo().await;
    let set = async |person: &Person, phone: &str| {
        let input = format!("input: {{ phone: \"{phone}\" }}");
        change(&app, person, "viewerUpdate", &input, "viewer { phone }").await
    };
    let robin = app.db_staff(&[]).await;
    assert_eq!(set(&robin, "(360) 555-0199").await["viewer"]["phone"], "+13605550199");
    // Ana is a client of companies in two countries.
    assert_eq!(refusals(&set(&Person::client(), "(360) 555-0199").await), ["INVALID input.phone"]);
    assert_eq!(set(&Person::client(), "+1 (360) 555-0199").await["viewer"]["phone"], "+13605550199");
}

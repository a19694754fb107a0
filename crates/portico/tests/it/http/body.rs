//! Tests of request bodies: accepted forms, and the errors for others.

use axum::body::{Body, Bytes};
use axum::http::{Request, header};
use portico_testkit::{Person, Reply, TestApp};
use serde_json::{Value, json};

async fn sent(app: &TestApp, body: impl Into<Body>) -> Reply {
    app.send(app.post(&Person::client()).body(body.into()).expect("a request")).await
}

async fn typed(app: &TestApp, content_type: Option<&str>) -> Reply {
    let mut request = Request::post("/graphql").header(header::AUTHORIZATION, "Bearer demo-client");
    if let Some(value) = content_type {
        request = request.header(header::CONTENT_TYPE, value);
    }
    app.send(request.body(Body::from(json!({ "query": "{ viewer { role } }" }).to_string())).expect("a request")).await
}

#[tokio::test]
async fn body_without_operation_is_not_echoed() {
    let app = TestApp::demo().await;
    for (body, status) in [
        ("", 400),
        ("not json, secret-word", 400),
        ("{\"query\": \"{ viewer { role } }\"", 400),
        ("null", 400),
        ("\"{ viewer { role } }\"", 400),
        ("{}", 400),
        ("{\"query\": null}", 400),
        ("{\"query\": 7}", 400),
        ("{\"query\": {\"secret-word\": 1}}", 400),
        ("[{\"query\": \"{ viewer { role } }\"}]", 400),
        ("[]", 400),
        ("[\"{ viewer { role } }\"]", 400),
        (" [\"{ viewer { role } }\", null, {}]", 400),
        ("{\"query\": \"{ viewer { role } }\", \"variables\": []}", 400),
        ("{\"query\": \"{ viewer { role } }\", \"variables\": \"secret-word\"}", 400),
        ("{\"query\": \"{ viewer { role } }\", \"operationName\": 1}", 400),
        ("{\"query\": \"{ viewer { role } }\", \"query\": \"{ viewer { name } }\"}", 400),
        ("{\"query\": \"{ viewer { role } }\"} {}", 400),
        ("query={ viewer { role } }", 400),
    ] {
        let reply = sent(&app, body).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (status, "BAD_USER_INPUT"), "{body}");
        assert!(!reply.text.contains("secret-word"), "{}", reply.text);
        assert!(reply.json.get("data").is_none());
    }
}

#[tokio::test]
async fn deep_json_names_the_limit() {
    let app = TestApp::demo().await;
    // The body is the first level, `variables` the second.
    let of = |name: &str, (open, close): (&str, &str), levels: usize| {
        let (open, close) = (open.repeat(levels - 2), close.repeat(levels - 2));
        format!("{{\"query\": \"{{ viewer {{ role }} }}\", \"{name}\": {{\"x\": {open}1{close}}}}}")
    };
    for name in ["variables", "extensions"] {
        for nested in [("[", "]"), ("{\"a\": ", "}")] {
            let reply = sent(&app, of(name, nested, 128)).await;
            let message = "the body is nested too deeply: lists and objects may nest 127 levels deep";
            assert_eq!((reply.status.as_u16(), reply.code(), reply.message()), (400, "BAD_USER_INPUT", message));
            let reply = sent(&app, of(name, nested, 127)).await;
            assert!(!reply.text.contains("too deeply"), "{}", reply.text);
        }
    }
    assert_eq!(sent(&app, "{\"query\"").await.message(), "the body is not JSON");
}

#[tokio::test]
async fn non_text_bytes_are_refused() {
    let app = TestApp::demo().await;
    for body in [
        b"\xef\xbb\xbf{\"query\": \"{ viewer { role } }\"}".to_vec(),
        b"{\"query\": \"{ viewer { role } } \xff\"}".to_vec(),
        b"\xff\xfe{\x00".to_vec(),
        vec![0; 100],
    ] {
        let reply = sent(&app, body).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (400, "BAD_USER_INPUT"));
    }
    // A lone surrogate is not a character, and GraphQL allows NUL only within strings.
    for body in [r#"{"query": "{ viewer { role } } \ud800"}"#, r#"{"query": "{ viewer { role } } \u0000"}"#] {
        let reply = sent(&app, body).await;
        assert_eq!(reply.status.as_u16(), 400, "{}", reply.text);
        assert!(["BAD_USER_INPUT", "GRAPHQL_PARSE_FAILED"].contains(&reply.code()), "{}", reply.text);
    }
}

#[tokio::test]
async fn unknown_body_members_are_ignored() {
    let app = TestApp::demo().await;
    for body in [
        json!({ "query": "{ viewer { role } }", "extensions": { "persistedQuery": { "version": 1 } }, "id": 7 }),
        json!({ "query": "{ viewer { role } }", "variables": null, "operationName": null }),
        json!({ "query": "{ viewer { role } }", "variables": { "unused": 1 } }),
        json!({ "query": "\u{feff}{ viewer { role } }" }),
    ] {
        assert_eq!(*sent(&app, body.to_string()).await.at("/viewer/role"), "CLIENT", "{body}");
    }
}

#[tokio::test]
async fn only_json_is_accepted() {
    let app = TestApp::demo().await;
    for wrong in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("application/graphql"),
        Some("application/jsonp"),
        Some("application/json; charset=utf-16"),
        Some("application/json; charset=iso-8859-1"),
        Some(""),
    ] {
        let reply = typed(&app, wrong).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (415, "BAD_USER_INPUT"), "{wrong:?}");
    }
    for right in [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=\"UTF-8\"",
        "application/json; odd=1",
    ] {
        assert_eq!(*typed(&app, Some(right)).await.at("/viewer/role"), "CLIENT", "{right}");
    }
}

#[tokio::test]
async fn files_in_requests_are_refused() {
    // A81: bytes are sent to addresses of uploads, so no map of parts is ever read, however large or wrong it is.
    let app = TestApp::demo().await;
    let part = |name: &str, text: &str| {
        format!(
            "--x\r\nContent-Disposition: form-data; name=\"{name}\"{}\r\n\r\n{text}\r\n",
            if name.starts_with(char::is_numeric) { "; filename=\"a.txt\"" } else { "" }
        )
    };
    let operations =
        json!({ "query": "mutation($file: Upload!) { addFile(file: $file) }", "variables": { "file": null } });
    let paths: Vec<_> = (0..20_000).map(|number| format!("variables.file.{number}")).collect();
    let maps = [
        (json!({ "0": ["variables.file"] }), 1),
        (json!({ "0": paths }), 1),
        (json!({ "0": ["variables.file"] }), 200),
        (json!({ "0": ["query"] }), 1),
        (json!({ "7": ["variables.file"] }), 0),
        (json!({ "0": ["variables.__proto__.file"] }), 1),
    ];
    for (map, files) in maps {
        let mut body = part("operations", &operations.to_string()) + &part("map", &map.to_string());
        body.extend((0..files).map(|number| part(&number.to_string(), "bytes")));
        body.push_str("--x--\r\n");
        for person in [Person::client(), Person::owner()] {
            let mut request = app.post(&person).body(Body::from(body.clone())).expect("a request");
            request
                .headers_mut()
                .insert(header::CONTENT_TYPE, "multipart/form-data; boundary=x".parse().expect("a type"));
            let reply = app.send(request).await;
            assert_eq!((reply.status.as_u16(), reply.code()), (415, "BAD_USER_INPUT"), "{files} files: {}", reply.text);
        }
    }
}

#[tokio::test]
async fn oversized_body_is_refused() {
    let app = TestApp::demo().await;
    let of = |bytes: usize| {
        let frame = json!({ "query": "{ viewer { role } }", "variables": { "x": "" } }).to_string();
        frame.replace("\"\"", &format!("\"{}\"", "a".repeat(bytes - frame.len())))
    };
    assert_eq!(*sent(&app, of(256 * 1024)).await.at("/viewer/role"), "CLIENT");
    let reply = sent(&app, of(256 * 1024 + 1)).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (413, "PAYLOAD_TOO_LARGE"));
    // Chunked, without a length; it is not read to the end.
    let endless = futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 10_000])));
    let reply = sent(&app, Body::from_stream(endless)).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (413, "PAYLOAD_TOO_LARGE"));
    let whole = of(1_000).into_bytes();
    let pieces = whole.chunks(7).map(|piece| Ok::<_, std::io::Error>(Bytes::from(piece.to_vec()))).collect::<Vec<_>>();
    let reply = sent(&app, Body::from_stream(futures_util::stream::iter(pieces))).await;
    assert_eq!(*reply.at("/viewer/role"), "CLIENT");
    let cut_off = futures_util::stream::iter([Ok(Bytes::from("{\"query\":")), Err(std::io::Error::other("gone"))]);
    let reply = sent(&app, Body::from_stream(cut_off)).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (400, "BAD_USER_INPUT"));
}

#[tokio::test]
async fn too_long_query_is_refused() {
    let app = TestApp::demo().await;
    let query = format!("{{ viewer {{ role }} }} #{}", "x".repeat(16 * 1024));
    for (media, status) in [("application/graphql-response+json", 413), ("application/json", 413)] {
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, media)
            .header(header::AUTHORIZATION, "Bearer demo-client")
            .body(Body::from(json!({ "query": query }).to_string()));
        let reply = app.send(request.expect("a request")).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (status, "PAYLOAD_TOO_LARGE"), "{}", reply.text);
    }
}

#[tokio::test]
async fn operation_is_chosen_by_name() {
    let app = TestApp::demo().await;
    let query = "query A { viewer { role } } query B { viewer { name } }";
    let chosen = async |name: Value| sent(&app, json!({ "query": query, "operationName": name }).to_string()).await;
    assert_eq!(*chosen(json!("A")).await.data(), json!({ "viewer": { "role": "CLIENT" } }));
    assert_eq!(*chosen(json!("B")).await.data(), json!({ "viewer": { "name": "Ana Whitlock" } }));
    for wrong in [json!("C"), json!(""), Value::Null, json!("a")] {
        let reply = chosen(wrong.clone()).await;
        assert_eq!(reply.status.as_u16(), 400, "{wrong}");
        assert!(["BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"].contains(&reply.code()), "{wrong}: {}", reply.text);
    }
    let named = sent(&app, json!({ "query": "{ viewer { role } }", "operationName": "A" }).to_string()).await;
    assert_eq!(named.status.as_u16(), 400, "{}", named.text);
}

//! The test schema: a library with readers and clerks.

use std::sync::Arc;

use portico_audience::{
    Admitted, CacheBudget, Grants, Limits, OperationRequest, Refusal, RoleSchema, RoleSchemas, Violation, WholeSchema,
};
use serde_json::{Map, Value};

pub(crate) const LIBRARY: &str = include_str!("library.graphql");

pub(crate) fn library() -> WholeSchema {
    WholeSchema::parse(LIBRARY).expect("the library schema is valid")
}

pub(crate) fn documents() -> RoleSchemas {
    RoleSchemas::new(library(), CacheBudget::default())
}

pub(crate) fn reader() -> Arc<RoleSchema> {
    documents().get(&Grants::of(["READER"])).expect("readers have a role schema")
}

pub(crate) fn clerk() -> Arc<RoleSchema> {
    documents().get(&Grants::of(["CLERK"])).expect("clerks have a role schema")
}

pub(crate) fn manager() -> Arc<RoleSchema> {
    documents().get(&Grants::of(["CLERK"]).with(["PRICES_VIEW", "NOTES_VIEW"])).expect("managers have a role schema")
}

/// Admits an operation with variables, under the default limits.
pub(crate) fn admit(document: &RoleSchema, query: &str, variables: Value) -> Result<Admitted, Refusal> {
    admit_within(document, query, variables, &Limits::default())
}

pub(crate) fn admit_within(
    document: &RoleSchema,
    query: &str,
    variables: Value,
    limits: &Limits,
) -> Result<Admitted, Refusal> {
    let variables = match variables {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    let request = OperationRequest { query, operation_name: None, variables: &variables, variable_bytes: 0 };
    document.admit(&request, limits)
}

pub(crate) fn admitted(document: &RoleSchema, query: &str) -> Admitted {
    match admit(document, query, Value::Null) {
        Ok(admitted) => admitted,
        Err(refusal) => panic!("{query} was refused: {refusal:?}"),
    }
}

pub(crate) fn refused(document: &RoleSchema, query: &str) -> Refusal {
    match admit(document, query, Value::Null) {
        Ok(_) => panic!("{query} was admitted"),
        Err(refusal) => refusal,
    }
}

pub(crate) fn complaints(refusal: &Refusal) -> &[Violation] {
    match refusal {
        Refusal::Parse(found) | Refusal::Invalid(found) | Refusal::BadInput(found) => found,
        _ => &[],
    }
}

pub(crate) fn messages(refusal: &Refusal) -> Vec<&str> {
    complaints(refusal).iter().map(|complaint| complaint.message.as_str()).collect()
}

/// The introspection responses, parsed.
pub(crate) fn introspection(admitted: &Admitted) -> Map<String, Value> {
    let read = |(key, json): (&str, &str)| (key.to_owned(), serde_json::from_str(json).expect("answers are JSON"));
    admitted.introspection.iter().flat_map(|answers| answers.iter()).map(read).collect()
}

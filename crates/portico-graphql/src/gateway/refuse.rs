//! Errors of operations that were not admitted.

use portico_audience::{OperationKind, Plan, Refusal, Violation};
use portico_core::access::{Audience, Viewer};
use serde_json::{Value, json};

use super::Answer;
use crate::error::ErrorCode;

/// Turns a rejection into the messages and codes of the API.
pub(super) fn answer(refusal: &Refusal, viewer: &Viewer, request_id: &str) -> Answer {
    let of = |code, complaints: &[Violation]| {
        Answer::refused(complaints.iter().map(|complaint| error(code, complaint, request_id)).collect(), code)
    };
    let one = |code, message: String| {
        Answer::refused(
            vec![error(code, &Violation { message, locations: Vec::new(), unknown_name: false }, request_id)],
            code,
        )
    };
    match refusal {
        Refusal::Parse(complaints) => of(ErrorCode::GraphqlParseFailed, complaints),
        Refusal::Invalid(complaints) => {
            let mut refused = of(ErrorCode::GraphqlValidationFailed, complaints);
            let is_unknown = complaints.iter().any(|complaint| complaint.unknown_name);
            if is_unknown && viewer.audience() == Audience::Public {
                refused.prepend(one(ErrorCode::Unauthenticated, SIGN_IN.to_owned()));
            }
            refused
        }
        Refusal::BadInput(complaints) => of(ErrorCode::BadUserInput, complaints),
        Refusal::TooLarge { what, limit } => {
            one(ErrorCode::PayloadTooLarge, format!("the operation has more than {limit} {what}: send a smaller one"))
        }
        Refusal::Limit { what, limit, found } => {
            one(ErrorCode::CostLimit, format!("the operation has {found} {what}; the maximum is {limit}: split it"))
        }
        Refusal::Cost { cost, limit } => one(
            ErrorCode::CostLimit,
            format!("the operation costs {cost}; the maximum is {limit}: request smaller pages or fewer fields"),
        ),
    }
}

/// Rejects all mutations of staff who view a client's portal, but the one that ends the view.
#[expect(clippy::result_large_err, reason = "the refusal is the reply")]
pub(super) fn check_view(viewer: &Viewer, plan: &Plan, request_id: &str) -> Result<(), Answer> {
    let is_refused = viewer.viewed_by.is_some()
        && plan.operation_kind() == OperationKind::Mutation
        && plan.root_fields().any(|field| field != END_OF_VIEW);
    if is_refused { Err(Answer::error(ErrorCode::ReadOnly, ErrorCode::ReadOnly.message(), request_id)) } else { Ok(()) }
}

/// The mutation that ends a view.
const END_OF_VIEW: &str = "signOut";

/// Message for every caller without a token whose operation names something outside the public schema, existing or not.
const SIGN_IN: &str = "Sign-in required: the operation uses a name outside the public schema.";

fn error(code: ErrorCode, complaint: &Violation, request_id: &str) -> Value {
    let locations: Vec<_> =
        complaint.locations.iter().map(|(line, column)| json!({ "line": line, "column": column })).collect();
    let extensions = json!({ "code": code.as_str(), "requestId": request_id });
    if locations.is_empty() {
        json!({ "message": complaint.message, "extensions": extensions })
    } else {
        json!({ "message": complaint.message, "locations": locations, "extensions": extensions })
    }
}

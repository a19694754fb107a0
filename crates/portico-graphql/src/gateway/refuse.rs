//! What a caller is told whose operation was not admitted.

use portico_audience::{Complaint, Refusal};
use portico_core::people::{Audience, Viewer};
use serde_json::{Value, json};

use super::Answer;
use crate::error::ErrorCode;

/// Puts a refusal into the words and codes of the API.
pub(super) fn answer(refusal: &Refusal, viewer: &Viewer, request_id: &str) -> Answer {
    let of = |code, complaints: &[Complaint]| {
        Answer::refused(complaints.iter().map(|complaint| error(code, complaint, request_id)).collect(), code)
    };
    let one = |code, message: String| {
        Answer::refused(
            vec![error(code, &Complaint { message, locations: Vec::new(), unknown_name: false }, request_id)],
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
            one(ErrorCode::PayloadTooLarge, format!("the operation has more than {limit} {what}"))
        }
        Refusal::Limit { what, limit, found } => {
            one(ErrorCode::CostLimit, format!("the operation has {found} {what}; {limit} are allowed"))
        }
        Refusal::Cost { cost, limit } => {
            one(ErrorCode::CostLimit, format!("the operation costs {cost}; {limit} are allowed"))
        }
    }
}

/// Said to every caller without a token who names what the public document lacks, whether it is
/// hidden or invented: the document knows neither.
const SIGN_IN: &str = "Sign in: the operation names something that is not in the public part of the schema.";

fn error(code: ErrorCode, complaint: &Complaint, request_id: &str) -> Value {
    let locations: Vec<_> =
        complaint.locations.iter().map(|(line, column)| json!({ "line": line, "column": column })).collect();
    let extensions = json!({ "code": code.as_str(), "requestId": request_id });
    if locations.is_empty() {
        json!({ "message": complaint.message, "extensions": extensions })
    } else {
        json!({ "message": complaint.message, "locations": locations, "extensions": extensions })
    }
}

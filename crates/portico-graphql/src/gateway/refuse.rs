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
        Answer::refused(vec![error(code, &Complaint { message, locations: Vec::new() }, request_id)], code)
    };
    match refusal {
        Refusal::Parse(complaints) => of(ErrorCode::GraphqlParseFailed, complaints),
        Refusal::Invalid(complaints) => {
            let mut complaints = complaints.clone();
            if viewer.audience() == Audience::Public {
                complaints.push(Complaint { message: WITHOUT_TOKEN.to_owned(), locations: Vec::new() });
            }
            of(ErrorCode::GraphqlValidationFailed, &complaints)
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

/// Said to everybody who comes without a token and asks for what is not there, whatever it was.
const WITHOUT_TOKEN: &str = "no token was sent, so only the public part of the schema is here";

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

//! `explainAccess`: whether a client or trade partner sees an object or field, and which rule decides.

use std::sync::Arc;

use async_graphql::{Context, ID, SimpleObject};
use portico_core::access::Audience;
use portico_core::explain::{IN_DOCUMENT, RuleState, Verdict, verdict};
use portico_core::id::{GlobalId, ProjectId, ProjectMembershipId, Tag};
use portico_graphql_macros::gated;
use portico_loader::explain::{RulesOfRecord, RulesRow};
use portico_loader::memberships::ClientInternals;

use super::document::{refuse_unknown, verdict_for};
use super::subject::{Subject, subject};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;

/// The view of projects, in the role views of each audience.
const PROJECTS: &str = "projects";
/// The right of a membership that amounts of the contract require (PRP-1).
const CAN_PAY: &str = "can_pay";
/// The coordinates that require it.
const REQUIRE_PAYING: [&str; 1] = ["Project.contractTotal"];

/// Visibility rule.
#[gated(STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct AccessRule {
    /// Name of the rule. New rules may be added.
    name: String,
    /// Whether the rule is satisfied.
    is_satisfied: bool,
}

/// Visibility of an object or field for a member, with the deciding rule.
#[gated(STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct AccessExplanation {
    /// Whether the member sees it.
    is_visible: bool,
    /// Name of the first rule that is not satisfied. Null if visible.
    deciding_rule: Option<String>,
    /// Explanation in one sentence.
    explanation: String,
    /// Requirements behind the deciding rule. Null if visible.
    requirements: Option<String>,
    /// Applicable rules, in the order of evaluation.
    #[list_size(RULES)]
    rules: Vec<AccessRule>,
    /// Change that would satisfy the deciding rule, and the rules that would still hide it. Null if visible.
    remedy: Option<String>,
    /// Whether any change can make it visible.
    can_become_visible: bool,
}

impl AccessExplanation {
    fn new(states: Vec<RuleState>, verdict: Option<Verdict>) -> Self {
        let rules =
            states.into_iter().map(|state| AccessRule { name: state.name, is_satisfied: state.holds }).collect();
        let Some(Verdict { rule, explanation, requirements, remedy, can_become_visible }) = verdict else {
            return Self {
                is_visible: true,
                deciding_rule: None,
                explanation: "Visible: all rules are satisfied.".to_owned(),
                requirements: None,
                rules,
                remedy: None,
                can_become_visible: true,
            };
        };
        Self {
            is_visible: false,
            can_become_visible,
            deciding_rule: Some(rule),
            explanation,
            requirements: Some(requirements.to_owned()),
            rules,
            remedy: Some(remedy),
        }
    }
}

/// The object or coordinate to explain.
enum About<'a> {
    Record(GlobalId),
    Coordinate(&'a str),
}

/// Explains the visibility of an object or a coordinate for a member of a project.
pub(crate) async fn explain_access(
    ctx: &Context<'_>,
    project: ProjectId,
    person: &ID,
    record: Option<&ID>,
    coordinate: Option<&str>,
) -> Result<Option<AccessExplanation>, ApiError> {
    let person = ids::read(person, "person")?;
    let about = match (record, coordinate) {
        (Some(record), None) => About::Record(ids::read(record, "record")?),
        (None, Some(coordinate)) => {
            refuse_unknown(ctx, coordinate)?;
            About::Coordinate(coordinate)
        }
        (Some(_), Some(_)) => {
            return Err(ApiError::bad_input("record", "give either `record` or `coordinate`, not both"));
        }
        (None, None) => return Err(ApiError::bad_input("record", "give `record` or `coordinate`: one is required")),
    };
    let Some(membership) = person.of_kind(Tag::PROJECT_MEMBERSHIP).map(ProjectMembershipId) else { return Ok(None) };
    let member = load(ctx, RulesOfRecord { membership, view: PROJECTS, record: project.0 });
    match about {
        About::Coordinate(coordinate) => match member.await? {
            Some(member) => of_coordinate(ctx, &member, coordinate).await.map(Some),
            None => Ok(None),
        },
        About::Record(id) => match futures_util::try_join!(member, subject(ctx, project, id))? {
            (Some(member), Some(subject)) => of_record(ctx, &member, subject).await.map(Some),
            _ => Ok(None),
        },
    }
}

async fn of_coordinate(ctx: &Context<'_>, member: &RulesRow, coordinate: &str) -> Result<AccessExplanation, ApiError> {
    let of_document = verdict_for(ctx, audience_of(member)?, coordinate)?;
    let of_membership = match of_document {
        None if REQUIRE_PAYING.contains(&coordinate) => Some(may_pay(ctx, member).await?),
        _ => None,
    };
    explanation(of_document, Some(member), of_membership)
}

/// Whether a client may make payments, as a rule of their membership.
async fn may_pay(ctx: &Context<'_>, member: &RulesRow) -> Result<RuleState, ApiError> {
    let internals = load(ctx, ClientInternals(member.membership_id)).await?;
    Ok(RuleState { name: CAN_PAY.to_owned(), holds: internals.is_some_and(|row| row.can_pay) })
}

async fn of_record(ctx: &Context<'_>, member: &RulesRow, subject: Subject) -> Result<AccessExplanation, ApiError> {
    let of_document = verdict_for(ctx, audience_of(member)?, &format!("{}.id", subject.kind.ty))?;
    let (view, record) = (subject.kind.view, subject.record);
    let of_row = load(ctx, RulesOfRecord { membership: member.membership_id, view, record }).await?;
    explanation(of_document, of_row.as_ref().map(Arc::as_ref), None)
}

/// Evaluates the role schema's rule before those of the row, and a right of the membership after them.
fn explanation(
    of_document: Option<Verdict>,
    row: Option<&RulesRow>,
    of_membership: Option<RuleState>,
) -> Result<AccessExplanation, ApiError> {
    let mut states = vec![RuleState { name: IN_DOCUMENT.to_owned(), holds: of_document.is_none() }];
    if let Some(of_document) = of_document {
        states.extend(row.map(states_of).unwrap_or_default());
        return Ok(AccessExplanation::new(states, Some(of_document)));
    }
    let row =
        row.ok_or_else(|| ApiError::Internal("a type of an outsiders' document is in none of their views".to_owned()))?;
    let mut of_row = states_of(row);
    of_row.extend(of_membership);
    let decided = verdict(&row.view_name, row.section.as_deref(), &of_row)
        .map_err(|error| ApiError::Internal(error.to_string()))?;
    states.extend(of_row);
    Ok(AccessExplanation::new(states, decided))
}

fn states_of(row: &RulesRow) -> Vec<RuleState> {
    row.rules.iter().zip(&row.holds).map(|(name, holds)| RuleState { name: name.clone(), holds: *holds }).collect()
}

fn audience_of(member: &RulesRow) -> Result<Audience, ApiError> {
    member.audience.parse().map_err(|_| ApiError::Internal(format!("`{}` is not an audience", member.audience)))
}

//! `explainAccess`: whether an outsider sees something, and which rule decides.

use std::sync::Arc;

use async_graphql::{Context, ID, SimpleObject};
use portico_core::explain::{IN_DOCUMENT, RuleState, Verdict, verdict};
use portico_core::id::{GlobalId, ProjectId, ProjectMembershipId, Tag};
use portico_core::people::Audience;
use portico_graphql_macros::gated;
use portico_loader::explain::{RulesOfRecord, RulesRow};
use portico_loader::people::ClientInternals;

use super::document::{refuse_unknown, verdict_for};
use super::subject::{Subject, subject};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;

/// The view in each window in which a project itself stands.
const PROJECTS: &str = "projects";
/// The right of a membership without which a client sees no amounts of the contract (PRP-1).
const CAN_PAY: &str = "can_pay";
/// The coordinates that need it.
const NEED_PAYING: [&str; 1] = ["Project.contractTotal"];

/// A rule that decides who sees something.
#[gated(STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct AccessRule {
    /// Its name. New rules may be added.
    name: String,
    /// Whether it holds.
    holds: bool,
}

/// Whether somebody sees something, and why.
#[gated(STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct AccessExplanation {
    /// Whether they see it.
    is_visible: bool,
    /// The rule that decides: of those that do not hold, the outermost. Null if they see it.
    deciding_rule: Option<String>,
    /// What that means.
    sentence: String,
    /// The requirements that the rule comes from. Null if they see it.
    source: Option<String>,
    /// Every rule that has a say, and whether it holds.
    #[list_size(RULES)]
    rules: Vec<AccessRule>,
    /// The one change that would open it, and which rules would be left after that; or that it never opens. Null if they see
    /// it.
    change: Option<String>,
    /// Whether any change can open it.
    can_be_opened: bool,
}

impl AccessExplanation {
    fn new(states: Vec<RuleState>, verdict: Option<Verdict>) -> Self {
        let rules = states.into_iter().map(|state| AccessRule { name: state.name, holds: state.holds }).collect();
        let Some(Verdict { rule, sentence, source, change }) = verdict else {
            let sentence = "They see it: every rule holds.".to_owned();
            let (deciding_rule, source, change) = (None, None, None);
            return Self { is_visible: true, deciding_rule, sentence, source, rules, change, can_be_opened: true };
        };
        Self {
            is_visible: false,
            can_be_opened: rule != IN_DOCUMENT,
            deciding_rule: Some(rule),
            sentence,
            source: Some(source.to_owned()),
            rules,
            change: Some(change),
        }
    }
}

/// What is asked about.
enum About<'a> {
    Record(GlobalId),
    Coordinate(&'a str),
}

/// Explains a thing, or a coordinate, for a person of a project.
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
        _ => return Err(ApiError::bad_input("record", "give either this or `coordinate`, and not both")),
    };
    let Some(membership) = person.of_kind(Tag::PROJECT_MEMBERSHIP).map(ProjectMembershipId) else { return Ok(None) };
    let place = load(ctx, RulesOfRecord { membership, window: PROJECTS, record: project.0 });
    match about {
        About::Coordinate(coordinate) => match place.await? {
            Some(place) => of_coordinate(ctx, &place, coordinate).await.map(Some),
            None => Ok(None),
        },
        About::Record(id) => match futures_util::try_join!(place, subject(ctx, project, id))? {
            (Some(place), Some(subject)) => of_record(ctx, &place, subject).await.map(Some),
            _ => Ok(None),
        },
    }
}

async fn of_coordinate(ctx: &Context<'_>, place: &RulesRow, coordinate: &str) -> Result<AccessExplanation, ApiError> {
    let of_document = verdict_for(ctx, audience_of(place)?, coordinate)?;
    let of_membership = match of_document {
        None if NEED_PAYING.contains(&coordinate) => Some(may_pay(ctx, place).await?),
        _ => None,
    };
    explanation(of_document, Some(place), of_membership)
}

/// Whether a client may make payments, as a rule of their membership.
async fn may_pay(ctx: &Context<'_>, place: &RulesRow) -> Result<RuleState, ApiError> {
    let internals = load(ctx, ClientInternals(place.membership_id)).await?;
    Ok(RuleState { name: CAN_PAY.to_owned(), holds: internals.is_some_and(|row| row.can_pay) })
}

async fn of_record(ctx: &Context<'_>, place: &RulesRow, subject: Subject) -> Result<AccessExplanation, ApiError> {
    let of_document = verdict_for(ctx, audience_of(place)?, &format!("{}.id", subject.kind.ty))?;
    let (window, record) = (subject.kind.window, subject.record);
    let of_row = load(ctx, RulesOfRecord { membership: place.membership_id, window, record }).await?;
    explanation(of_document, of_row.as_ref().map(Arc::as_ref), None)
}

/// Puts the document's rule before those of the row, and a right of the membership after them.
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
    let row = row.ok_or_else(|| ApiError::Defect("a type that outsiders know, in no window of theirs".to_owned()))?;
    let mut of_row = states_of(row);
    of_row.extend(of_membership);
    let decided = verdict(&row.window_name, row.section.as_deref(), &of_row)
        .map_err(|error| ApiError::Defect(error.to_string()))?;
    states.extend(of_row);
    Ok(AccessExplanation::new(states, decided))
}

fn states_of(row: &RulesRow) -> Vec<RuleState> {
    row.rules.iter().zip(&row.holds).map(|(name, holds)| RuleState { name: name.clone(), holds: *holds }).collect()
}

fn audience_of(place: &RulesRow) -> Result<Audience, ApiError> {
    place.audience.parse().map_err(|_| ApiError::Defect(format!("`{}` is no audience", place.audience)))
}

//! Admission: bound, parse, validate, coerce, price, print.

mod bounds;
mod cost;
mod deprecated;
mod input;
mod introspect;
mod literals;
mod parse;
mod plan;
mod print;
mod usage;
mod variables;

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::{Document, Limits, Refusal};

pub(crate) use plan::PlanKey;
pub use plan::{OperationKind, Plan};

/// A request as it came in.
#[derive(Clone, Copy, Debug)]
pub struct OperationRequest<'a> {
    /// The GraphQL text.
    pub query: &'a str,
    /// Which of its operations to run; needed if there are several.
    pub operation_name: Option<&'a str>,
    /// Values of variables. Those that the operation does not declare are ignored.
    pub variables: &'a Map<String, Value>,
}

/// An operation that may run.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// What to run; the same for every request with this text and operation name.
    pub plan: Arc<Plan>,
    /// The coerced values of the variables that [`Plan::text`] declares, defaults included.
    pub variables: Map<String, Value>,
    /// What it costs: requested nodes / 10, rounded up, + root fields.
    pub cost: u64,
    /// The answers of the root's `__schema` and `__type` by response key, in whose places the
    /// text asks for `__typename`. Skipped ones are missing. Nothing if the text has none.
    pub introspection: Option<Map<String, Value>>,
}

pub(crate) fn admit(document: &Document, request: &OperationRequest<'_>, limits: &Limits) -> Result<Admitted, Refusal> {
    // Before the hash: even that should not be paid for megabytes.
    parse::check_size(request.query, limits)?;
    let plan = planned(document, request, limits)?;
    let variables = variables::coerce(&document.schema, plan.operation(), request.variables, plan.sources(), limits)?;
    let cost = plan.cost(document, limits, &variables);
    if cost > limits.cost {
        return Err(Refusal::Cost { cost, limit: limits.cost });
    }
    let introspection = plan.introspect(document, &variables)?;
    Ok(Admitted { variables: plan.printed_variables(variables), plan, cost, introspection })
}

/// The plan of this text, from the document's store or made now. Only valid ones are kept.
fn planned(document: &Document, request: &OperationRequest<'_>, limits: &Limits) -> Result<Arc<Plan>, Refusal> {
    let key = PlanKey::new(request, limits);
    if let Some(plan) = document.plans.get(&key) {
        return Ok(plan);
    }
    let plan = Arc::new(Plan::make(document, request, limits)?);
    document.plans.insert(key, Arc::clone(&plan));
    Ok(plan)
}

//! Admission: bound, parse, validate, coerce, price, print.

mod bounds;
mod cost;
mod deprecated;
mod input;
mod introspect;
mod literals;
mod normal;
mod one_of;
mod parse;
mod plan;
mod print;
mod strings;
mod syntax;
mod usage;
mod variables;

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::{Limits, Refusal, RoleSchema};

pub use introspect::Introspection;
pub(crate) use introspect::IntrospectionKey;
pub(crate) use plan::PlanKey;
pub use plan::{OperationKind, Plan};
pub use strings::is_unfit;

/// A request as it came in.
#[derive(Clone, Copy)]
pub struct OperationRequest<'a> {
    /// The GraphQL text.
    pub query: &'a str,
    /// Which of its operations to run; needed if there are several.
    pub operation_name: Option<&'a str>,
    /// Values of variables. Those that the operation does not declare are ignored.
    pub variables: &'a Map<String, Value>,
    /// How many bytes the variables had when they came.
    pub variable_bytes: usize,
}

/// Without the text and the variables, which may hold secrets of the caller.
impl fmt::Debug for OperationRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OperationRequest").field("operation_name", &self.operation_name).finish_non_exhaustive()
    }
}

impl OperationRequest<'_> {
    /// How many bytes are read for it.
    fn bytes(&self) -> usize {
        self.query.len().saturating_add(self.variable_bytes)
    }
}

/// An operation that may run.
#[derive(Clone)]
pub struct Admitted {
    /// What to run; the same for every request with this text and operation name.
    pub plan: Arc<Plan>,
    /// The coerced values of the variables that [`Plan::text`] declares, defaults included.
    pub variables: Map<String, Value>,
    /// What it costs: requested nodes / 10, rounded up, + root fields + the cost of reading it.
    pub cost: u64,
    /// The answers of the root's `__schema` and `__type` by response key, in whose places the
    /// text asks for `__typename`. Skipped ones are missing. Nothing if the text has none.
    pub introspection: Option<Arc<Introspection>>,
}

/// Without the text and the variables, which may hold secrets of the caller.
impl fmt::Debug for Admitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admitted").field("cost", &self.cost).finish_non_exhaustive()
    }
}

pub(crate) fn admit(
    document: &RoleSchema,
    request: &OperationRequest<'_>,
    limits: &Limits,
) -> Result<Admitted, Refusal> {
    // Before the hash: even that should not be paid for megabytes.
    parse::check_size(request.query, limits)?;
    let plan = planned(document, request, limits)?;
    let variables = variables::coerce(&document.schema, plan.operation(), request.variables, plan.sources(), limits)?;
    plan.check_nulls(&variables, limits)?;
    let cost = plan.cost(document, limits, &variables).saturating_add(limits.reading_cost(request.bytes()));
    if cost > limits.cost {
        return Err(Refusal::Cost { cost, limit: limits.cost });
    }
    let introspection = plan.introspect(document, &variables)?;
    let plan = completed(document, plan, request, &variables, limits)?;
    Ok(Admitted { variables: plan.printed_variables(variables), plan, cost, introspection })
}

pub(crate) fn knows(document: &RoleSchema, request: &OperationRequest<'_>, limits: &Limits) -> bool {
    request.query.len() <= limits.bytes && document.memory.plans.get(&PlanKey::new(document, request, limits)).is_some()
}

/// The plan of this text, from the document's store or made now. Only valid ones are kept.
fn planned(document: &RoleSchema, request: &OperationRequest<'_>, limits: &Limits) -> Result<Arc<Plan>, Refusal> {
    let key = PlanKey::new(document, request, limits);
    if let Some(plan) = document.memory.plans.get(&key) {
        return Ok(plan);
    }
    let plan = Arc::new(Plan::make(document, request, limits)?);
    document.memory.plans.insert(key, Arc::clone(&plan));
    Ok(plan)
}

/// The plan without the variables that have no value in this request: an executor would take them
/// for null, and not for omitted.
fn completed(
    document: &RoleSchema,
    plan: Arc<Plan>,
    request: &OperationRequest<'_>,
    variables: &Map<String, Value>,
    limits: &Limits,
) -> Result<Arc<Plan>, Refusal> {
    let absent = plan.absent(variables);
    if absent.is_empty() {
        return Ok(plan);
    }
    let key = PlanKey::new(document, request, limits).without(&absent);
    if let Some(plan) = document.memory.plans.get(&key) {
        return Ok(plan);
    }
    let plan = Arc::new(plan.without(document, request, key, absent, limits)?);
    document.memory.plans.insert(key, Arc::clone(&plan));
    Ok(plan)
}

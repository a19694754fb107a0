//! Admission: bounds, parses, validates, coerces, computes cost, prints.

mod bounds;
mod cost;
mod deprecated;
mod hints;
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

/// A request, as received.
#[derive(Clone, Copy)]
pub struct OperationRequest<'a> {
    /// The GraphQL text.
    pub query: &'a str,
    /// Name of the operation to run; required if the text has several.
    pub operation_name: Option<&'a str>,
    /// Values of variables. Undeclared ones are ignored.
    pub variables: &'a Map<String, Value>,
    /// Size of the variables in bytes, as received.
    pub variable_bytes: usize,
}

/// Without the text and the variables, which may hold secrets of the caller.
impl fmt::Debug for OperationRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OperationRequest").field("operation_name", &self.operation_name).finish_non_exhaustive()
    }
}

impl OperationRequest<'_> {
    /// Size of the request in bytes.
    fn bytes(&self) -> usize {
        self.query.len().saturating_add(self.variable_bytes)
    }
}

/// An admitted operation.
#[derive(Clone)]
pub struct Admitted {
    /// The plan; the same for every request with this text and operation name.
    pub plan: Arc<Plan>,
    /// Coerced values of the variables that [`Plan::text`] declares, including defaults.
    pub variables: Map<String, Value>,
    /// Cost: requested nodes / 10, rounded up, + root fields + the cost of reading.
    pub cost: u64,
    /// Responses to the root's `__schema` and `__type` by response key, which the text replaces with `__typename`.
    /// Skipped ones are missing. None without introspection.
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
    // Before hashing, which would be expensive for megabytes.
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

/// The plan of this text, from the cache or created. Only valid plans are cached.
fn planned(document: &RoleSchema, request: &OperationRequest<'_>, limits: &Limits) -> Result<Arc<Plan>, Refusal> {
    let key = PlanKey::new(document, request, limits);
    if let Some(plan) = document.memory.plans.get(&key) {
        return Ok(plan);
    }
    let plan = Arc::new(Plan::make(document, request, limits)?);
    document.memory.plans.insert(key, Arc::clone(&plan));
    Ok(plan)
}

/// The plan without the variables that have no value in this request: an executor would treat them as null rather than
/// omitted.
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

//! What admission keeps of an operation.

use std::any::Any;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;

use apollo_compiler::executable::Operation;
use apollo_compiler::parser::SourceMap;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Node, ast};
use serde_json::{Map, Value};

use super::{OperationRequest, bounds, cost, deprecated, introspect, literals, parse, print, usage};
use crate::refusal::Complaint;
use crate::{Document, Limits, Refusal};

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OperationKind {
    /// It reads.
    Query,
    /// It changes something, one root field after the other.
    Mutation,
    /// It listens.
    Subscription,
}

/// Where a plan is kept: text, operation name, and the limits it was measured by.
///
/// The limits are the server's own, so a short hash of them is enough.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PlanKey {
    request: [u8; 32],
    limits: u64,
}

impl PlanKey {
    pub(super) fn new(request: &OperationRequest<'_>, limits: &Limits) -> Self {
        let mut digest = blake3::Hasher::new();
        let name = request.operation_name;
        // The length keeps a name apart from the text behind it; none is not the empty name.
        digest.update(&[u8::from(name.is_some())]);
        digest.update(&(name.unwrap_or_default().len() as u64).to_le_bytes());
        digest.update(name.unwrap_or_default().as_bytes());
        digest.update(request.query.as_bytes());
        let mut hasher = DefaultHasher::new();
        limits.hash(&mut hasher);
        Self { request: *digest.finalize().as_bytes(), limits: hasher.finish() }
    }
}

/// An operation that was found valid: what an executor is given, whoever sends which variables.
pub struct Plan {
    digest: [u8; 32],
    text: String,
    executable: Valid<ExecutableDocument>,
    operation: Node<Operation>,
    printed: HashSet<String>,
    deprecated: Vec<String>,
    introspects: bool,
    fixed_cost: Option<u64>,
    fixed_introspection: OnceLock<Map<String, Value>>,
    prepared: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl Plan {
    /// The text to execute: the chosen operation, the fragments it reaches and the variables it
    /// uses, printed from the admitted tree. `__schema` and `__type` are asked for as
    /// `__typename` under the same response keys.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Stands for the operation as it was sent: its text, and its name among the text's operations.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// What the operation does.
    pub fn operation_kind(&self) -> OperationKind {
        match self.operation.operation_type {
            ast::OperationType::Query => OperationKind::Query,
            ast::OperationType::Mutation => OperationKind::Mutation,
            ast::OperationType::Subscription => OperationKind::Subscription,
        }
    }

    /// The name of the operation, if it has one.
    pub fn operation_name(&self) -> Option<&str> {
        self.operation.name.as_ref().map(|name| name.as_str())
    }

    /// The deprecated fields and arguments that the operation uses: `Book.isbn10`, `Query.books(orderBy:)`.
    pub fn deprecated(&self) -> &[String] {
        &self.deprecated
    }

    /// The executor's own form of [`Plan::text`], made once and kept with the plan.
    ///
    /// # Panics
    ///
    /// If callers ask for different types: there is one slot.
    pub fn prepared<T: Send + Sync + 'static>(&self, init: impl FnOnce(&str) -> T) -> &T {
        self.prepared
            .get_or_init(|| Box::new(init(&self.text)))
            .downcast_ref()
            .expect("all callers of `prepared` ask for the same type")
    }

    pub(super) fn make(document: &Document, request: &OperationRequest<'_>, limits: &Limits) -> Result<Self, Refusal> {
        let tree = parse::parse(request.query, limits)?;
        bounds::check(&tree, limits)?;
        let executable = tree
            .to_executable_validate(&document.schema)
            .map_err(|failure| literals::refusal(&tree, &failure.errors, limits))?;
        literals::check_reserved(&tree, limits)?;
        let operation = choose(&executable, request.operation_name)?;
        usage::check(&document.schema, &executable, &operation, limits)?;
        let introspects = introspect::check(document, &executable, &operation, limits)?;
        let printed = print::print(&tree, &operation);
        let mut plan = Self {
            digest: PlanKey::new(request, limits).request,
            text: printed.text,
            printed: printed.variables,
            deprecated: deprecated::used(&executable, &operation),
            executable,
            operation,
            introspects,
            fixed_cost: None,
            fixed_introspection: OnceLock::new(),
            prepared: OnceLock::new(),
        };
        let priced = plan.priced(document, limits, &Map::new());
        plan.fixed_cost = (!priced.varies).then_some(priced.cost);
        Ok(plan)
    }

    pub(super) fn operation(&self) -> &Operation {
        &self.operation
    }

    pub(super) fn sources(&self) -> &SourceMap {
        &self.executable.sources
    }

    pub(super) fn cost(&self, document: &Document, limits: &Limits, variables: &Map<String, Value>) -> u64 {
        self.fixed_cost.unwrap_or_else(|| self.priced(document, limits, variables).cost)
    }

    fn priced(&self, document: &Document, limits: &Limits, variables: &Map<String, Value>) -> cost::Priced {
        cost::price(&document.schema, &self.executable, &self.operation, variables, limits)
    }

    pub(super) fn introspect(
        &self,
        document: &Document,
        variables: &Map<String, Value>,
    ) -> Result<Option<Map<String, Value>>, Refusal> {
        if !self.introspects {
            return Ok(None);
        }
        if let Some(known) = self.fixed_introspection.get() {
            return Ok(Some(known.clone()));
        }
        let answer = introspect::answer(document, &self.executable, &self.operation, variables)?;
        if self.operation.variables.is_empty() {
            // Somebody else may have been faster; the answers are the same.
            let _ = self.fixed_introspection.set(answer.clone());
        }
        Ok(Some(answer))
    }

    /// Leaves out the variables that only introspection used: the text does not declare them.
    pub(super) fn printed_variables(&self, mut variables: Map<String, Value>) -> Map<String, Value> {
        variables.retain(|name, _| self.printed.contains(name));
        variables
    }
}

impl std::fmt::Debug for Plan {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Plan").field(&self.text).finish()
    }
}

fn choose(executable: &ExecutableDocument, name: Option<&str>) -> Result<Node<Operation>, Refusal> {
    executable.operations.get(name).cloned().map_err(|failure| {
        let message = match name {
            Some(_) => failure.message().to_string(),
            None => "the request has several operations and does not name one".to_owned(),
        };
        Refusal::Invalid(vec![Complaint::unplaced(message)])
    })
}

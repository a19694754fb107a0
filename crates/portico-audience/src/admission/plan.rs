//! Plans: cached results of admission.

use std::any::Any;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, OnceLock};

use apollo_compiler::executable::Operation;
use apollo_compiler::parser::SourceMap;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Name, Node, ast};
use serde_json::{Map, Value};

use super::introspect::{Introspection, IntrospectionKey};
use super::parse::Parsed;
use super::print::Printed;
use super::usage::NonNullUse;
use super::{OperationRequest, bounds, cost, deprecated, introspect, literals, parse, print, usage};
use crate::refusal::Violation;
use crate::{Limits, Refusal, RoleSchema};

/// Type of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OperationKind {
    /// Query.
    Query,
    /// Mutation: root fields run one after the other.
    Mutation,
    /// Subscription.
    Subscription,
}

/// Cache key of a plan: role schema, text, operation name, and limits.
///
/// The limits are the server's own, so a short hash of them is enough.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PlanKey {
    request: [u8; 32],
    document: u64,
    limits: u64,
}

impl PlanKey {
    pub(super) fn new(document: &RoleSchema, request: &OperationRequest<'_>, limits: &Limits) -> Self {
        let mut digest = blake3::Hasher::new();
        let name = request.operation_name;
        // The length separates the name from the text; none differs from the empty name.
        digest.update(&[u8::from(name.is_some())]);
        digest.update(&(name.unwrap_or_default().len() as u64).to_le_bytes());
        digest.update(name.unwrap_or_default().as_bytes());
        digest.update(request.query.as_bytes());
        let mut hasher = DefaultHasher::new();
        limits.hash(&mut hasher);
        Self { request: *digest.finalize().as_bytes(), document: document.number, limits: hasher.finish() }
    }

    /// The key of the operation without these variables.
    pub(super) fn without(self, absent: &[Name]) -> Self {
        let mut digest = blake3::Hasher::new();
        digest.update(&self.request);
        for name in absent {
            // Names contain no spaces.
            digest.update(name.as_bytes()).update(b" ");
        }
        Self { request: *digest.finalize().as_bytes(), ..self }
    }
}

/// A validated operation, for all requests that omit the same variables.
pub struct Plan {
    digest: [u8; 32],
    text: String,
    checked: Arc<Checked>,
    printed: HashSet<String>,
    prepared: OnceLock<Box<dyn Any + Send + Sync>>,
    weight: u64,
}

/// Results of validation, independent of variables.
struct Checked {
    executable: Valid<ExecutableDocument>,
    operation: Node<Operation>,
    deprecated: Vec<String>,
    strict: Vec<NonNullUse>,
    /// The introspection fields, printed.
    introspection: Option<Printed>,
    fixed_cost: Option<u64>,
}

impl Plan {
    /// The text to execute, printed from the admitted tree: the chosen operation, its fragments and its variables.
    /// `__schema` and `__type` are replaced with `__typename` under the same response keys.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A digest of the operation as sent: its text, and its operation name.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// Type of the operation.
    pub fn operation_kind(&self) -> OperationKind {
        match self.checked.operation.operation_type {
            ast::OperationType::Query => OperationKind::Query,
            ast::OperationType::Mutation => OperationKind::Mutation,
            ast::OperationType::Subscription => OperationKind::Subscription,
        }
    }

    /// Name of the operation, if any.
    pub fn operation_name(&self) -> Option<&str> {
        self.checked.operation.name.as_ref().map(|name| name.as_str())
    }

    /// Names of the root fields, also of those in fragments; `@skip` and `@include` are ignored.
    pub fn root_fields(&self) -> impl Iterator<Item = &str> {
        self.checked.operation.root_fields(&self.checked.executable).map(|field| field.name.as_str())
    }

    /// Deprecated fields and arguments used by the operation, such as `Book.isbn10` and `Query.books(orderBy:)`.
    pub fn deprecated(&self) -> &[String] {
        &self.checked.deprecated
    }

    /// The executor's form of [`Plan::text`], created once and cached with the plan.
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

    pub(super) fn make(
        document: &RoleSchema,
        request: &OperationRequest<'_>,
        limits: &Limits,
    ) -> Result<Self, Refusal> {
        let Parsed { tree, tokens } = parse::parse(request.query, limits)?;
        bounds::check(&tree, limits)?;
        let executable = tree
            .to_executable_validate(&document.schema)
            .map_err(|failure| literals::refusal(&document.schema, &tree, &failure.errors, limits))?;
        literals::check_duplicates(&tree)?;
        literals::check_strings(&tree, limits)?;
        let operation = choose(&executable, request.operation_name)?;
        let strict = usage::check(&document.schema, &executable, &operation, limits)?;
        introspect::check(document, &executable, &operation, limits)?;
        let deprecated = deprecated::used(&executable, &operation);
        let priced = cost::price(document, &executable, &operation, &Map::new(), limits);
        let introspection = print::print_introspection(&tree, &operation);
        let printed = print::print(&document.schema, &tree, &operation, &HashSet::new())?;
        let checked = Checked {
            executable,
            operation,
            deprecated,
            strict,
            introspection,
            fixed_cost: (!priced.varies).then_some(priced.cost),
        };
        let weight = weight(request, tokens);
        Ok(Self::printed(PlanKey::new(document, request, limits), printed, Arc::new(checked), weight))
    }

    fn printed(key: PlanKey, printed: Printed, checked: Arc<Checked>, weight: u64) -> Self {
        let Printed { text, variables } = printed;
        Self { digest: key.request, text, checked, printed: variables, prepared: OnceLock::new(), weight }
    }

    /// Estimated size in bytes, with all that will be cached with it.
    pub(crate) fn weight(&self) -> u64 {
        self.weight
    }

    /// The operation without some of its variables, with the same validation results.
    pub(super) fn without(
        &self,
        document: &RoleSchema,
        request: &OperationRequest<'_>,
        key: PlanKey,
        absent: Vec<Name>,
        limits: &Limits,
    ) -> Result<Self, Refusal> {
        let Parsed { tree, tokens } = parse::parse(request.query, limits)?;
        let absent = absent.into_iter().collect();
        let printed = print::print(&document.schema, &tree, &self.checked.operation, &absent)?;
        // If the original is evicted, this plan holds the shared results, so it has the same weight.
        Ok(Self::printed(key, printed, Arc::clone(&self.checked), weight(request, tokens)))
    }

    /// Variables of the text without a value, in order of declaration.
    pub(super) fn absent(&self, variables: &Map<String, Value>) -> Vec<Name> {
        let declared = self.checked.operation.variables.iter().map(|variable| &variable.name);
        let has_none = |name: &&Name| self.printed.contains(name.as_str()) && !variables.contains_key(name.as_str());
        declared.filter(has_none).cloned().collect()
    }

    /// Rejects a null variable where null is not allowed.
    pub(super) fn check_nulls(&self, variables: &Map<String, Value>, limits: &Limits) -> Result<(), Refusal> {
        let is_null = |strict: &&NonNullUse| variables.get(strict.variable.as_str()).is_some_and(Value::is_null);
        let strict = self.checked.strict.iter().filter(is_null);
        let complaints: Vec<_> = strict.take(limits.complaints).map(NonNullUse::complaint).collect();
        if complaints.is_empty() { Ok(()) } else { Err(Refusal::BadInput(complaints)) }
    }

    pub(super) fn operation(&self) -> &Operation {
        &self.checked.operation
    }

    pub(super) fn sources(&self) -> &SourceMap {
        &self.checked.executable.sources
    }

    pub(super) fn cost(&self, document: &RoleSchema, limits: &Limits, variables: &Map<String, Value>) -> u64 {
        let Checked { executable, operation, fixed_cost, .. } = &*self.checked;
        let varying = || cost::price(document, executable, operation, variables, limits).cost;
        fixed_cost.unwrap_or_else(varying)
    }

    /// The introspection responses, from the cache or computed.
    pub(super) fn introspect(
        &self,
        document: &RoleSchema,
        variables: &Map<String, Value>,
    ) -> Result<Option<Arc<Introspection>>, Refusal> {
        let Checked { executable, operation, introspection, .. } = &*self.checked;
        let Some(printed) = introspection else { return Ok(None) };
        let key = IntrospectionKey::new(document, printed, variables);
        if let Some(known) = document.memory.introspections.get(&key) {
            return Ok(Some(known));
        }
        let answer = Arc::new(introspect::answer(document, executable, operation, variables)?);
        document.memory.introspections.insert(key, Arc::clone(&answer));
        Ok(Some(answer))
    }

    /// Removes variables that only introspection uses: the text does not declare them.
    pub(super) fn printed_variables(&self, mut variables: Map<String, Value>) -> Map<String, Value> {
        variables.retain(|name, _| self.printed.contains(name));
        variables
    }
}

/// Weight per token of the text: the validated tree, and the executor's.
const TOKEN: u64 = 200;
/// Weight per byte: the original text, and the printed one.
const BYTE: u64 = 3;
/// Weight of the smallest plan.
const PLAN: u64 = 2_000;

fn weight(request: &OperationRequest<'_>, tokens: usize) -> u64 {
    PLAN + TOKEN * tokens as u64 + BYTE * request.query.len() as u64
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
        Refusal::Invalid(vec![Violation::unplaced(message)])
    })
}

//! The cost of an operation, with its variables.

use apollo_compiler::ast::{Argument, DirectiveList, Type, Value as Literal};
use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::{ExecutableDocument, Node};
use serde_json::{Map, Value};

use crate::introspected::Size;
use crate::{Limits, RoleSchema};

/// Number of requested nodes that cost one.
const NODES: u64 = 10;

/// The two arguments for the page size.
const PAGES: [&str; 2] = ["first", "last"];

pub(super) struct OperationCost {
    pub(super) cost: u64,
    /// Whether the cost depends on variables.
    pub(super) varies: bool,
}

/// Computes the cost of an operation: requested nodes / 10, rounded up, + root fields.
///
/// A node with more than [`Limits::fields`] selected fields counts once for each started multiple. `__schema` and
/// `__type` cost [`Limits::introspection_cost`], or more if the selected part of the schema is large.
///
/// Each field that returns objects counts as often as it can occur. A field with `first` or `last` counts once, and the
/// lists directly below it count as often as the page is long; a paged field that is a list itself counts that often.
/// Any other list counts as often as its `@listSize` assumes, or else [`Limits::list`]. Fragments are expanded,
/// whatever their type condition. All sums saturate.
pub(super) fn price(
    document: &RoleSchema,
    executable: &ExecutableDocument,
    operation: &Operation,
    variables: &Map<String, Value>,
    limits: &Limits,
) -> OperationCost {
    let mut counter = CostCounter { document, executable, variables, limits, nodes: 0, flat: 0, varies: false };
    counter.set(&operation.selection_set, Enclosing { times: 1, page: None, root: true });
    OperationCost { cost: counter.nodes.div_ceil(NODES).saturating_add(counter.flat), varies: counter.varies }
}

/// The enclosing field of a selection.
#[derive(Clone, Copy)]
struct Enclosing {
    /// How often it can occur.
    times: u64,
    /// Page size that the enclosing field requests.
    page: Option<u64>,
    root: bool,
}

struct CostCounter<'a> {
    document: &'a RoleSchema,
    executable: &'a ExecutableDocument,
    variables: &'a Map<String, Value>,
    limits: &'a Limits,
    nodes: u64,
    flat: u64,
    varies: bool,
}

impl<'a> CostCounter<'a> {
    /// Adds the cost of a selection set. Returns its number of fields, fragments expanded.
    fn set(&mut self, set: &'a SelectionSet, enclosing: Enclosing) -> u64 {
        let mut fields: u64 = 0;
        for selection in &set.selections {
            if self.skips(selection.directives()) {
                continue;
            }
            fields = fields.saturating_add(match selection {
                Selection::Field(field) => {
                    self.field(&set.ty, field, enclosing);
                    1
                }
                Selection::InlineFragment(inline) => self.set(&inline.selection_set, enclosing),
                Selection::FragmentSpread(spread) => match self.executable.fragments.get(&spread.fragment_name) {
                    Some(fragment) => self.set(&fragment.selection_set, enclosing),
                    None => 0,
                },
            });
        }
        fields
    }

    fn field(&mut self, parent: &str, field: &'a Field, enclosing: Enclosing) {
        match field.name.as_str() {
            "__typename" => return,
            "__schema" | "__type" => {
                let introspected = self.introspected(&field.selection_set, 1) / self.limits.introspected_fields.max(1);
                let cost = self.limits.introspection_cost.max(introspected).saturating_add(1);
                self.flat = self.flat.saturating_add(cost);
                return;
            }
            _ => {}
        }
        if enclosing.root {
            self.flat = self.flat.saturating_add(1);
        }
        let ty = self.document.schema.types.get(field.definition.ty.inner_named_type());
        if ty.is_none_or(|definition| definition.is_leaf()) {
            return;
        }
        let (factor, page) = self.factor(parent, field, enclosing.page);
        let times = enclosing.times.saturating_mul(factor);
        let within = Enclosing { times, page, root: false };
        let fields = self.set(&field.selection_set, within);
        let heavy = fields.div_ceil(self.limits.fields.max(1)).max(1);
        self.nodes = self.nodes.saturating_add(times.saturating_mul(heavy));
    }

    /// Estimated number of fields in an introspection response.
    fn introspected(&self, set: &SelectionSet, times: u64) -> u64 {
        let Size { types, members } = self.document.size;
        let introspected = |selection: &Selection| match selection {
            Selection::Field(field) => {
                let factor = match field.name.as_str() {
                    "types" => types,
                    "fields" | "inputFields" | "enumValues" => members,
                    "args" | "possibleTypes" | "interfaces" => 2,
                    _ => 1,
                };
                let times = times.saturating_mul(factor);
                times.saturating_add(self.introspected(&field.selection_set, times))
            }
            Selection::InlineFragment(inline) => self.introspected(&inline.selection_set, times),
            Selection::FragmentSpread(spread) => match self.executable.fragments.get(&spread.fragment_name) {
                Some(fragment) => self.introspected(&fragment.selection_set, times),
                None => 0,
            },
        };
        set.selections.iter().map(introspected).fold(0, u64::saturating_add)
    }

    /// Number of occurrences of the field per parent, and the page size it requests.
    fn factor(&mut self, parent: &str, field: &Field, enclosing: Option<u64>) -> (u64, Option<u64>) {
        let lists = levels(&field.definition.ty);
        match (self.page(field), lists) {
            (Some(page), 0) => (1, Some(page)),
            (Some(page), _) => (self.many(page, lists), None),
            (None, 0) => (1, None),
            (None, _) => (self.many(self.unpaged(parent, field, enclosing), lists), None),
        }
    }

    /// Number of items in nested lists: the inner lists have the default length.
    fn many(&self, outer: u64, lists: u32) -> u64 {
        outer.saturating_mul(self.limits.list.saturating_pow(lists - 1))
    }

    fn unpaged(&self, parent: &str, field: &Field, enclosing: Option<u64>) -> u64 {
        let assumed = || self.document.sizes.of(parent, &field.name).unwrap_or(self.limits.list);
        match enclosing {
            Some(page) if matches!(field.name.as_str(), "nodes" | "edges") => page,
            Some(page) => page.max(assumed()),
            None => assumed(),
        }
    }

    /// The page size, if the field has pages.
    fn page(&mut self, field: &Field) -> Option<u64> {
        let asked: Vec<_> = PAGES.into_iter().filter_map(|name| field.definition.argument_by_name(name)).collect();
        if asked.is_empty() {
            return self.listed(field);
        }
        let given = asked.iter().filter_map(|definition| self.given(&field.arguments, &definition.name)).max();
        let default =
            asked.iter().filter_map(|definition| definition.default_value.as_ref()?.to_i32()).max().map(i64::from);
        let length = given.or(default).filter(|length| *length >= 0);
        Some(match length {
            // An empty page still reads its list once.
            Some(length) => length.unsigned_abs().max(1),
            None => self.limits.page,
        })
    }

    /// The length of the longest list argument, as in `nodes(ids: [..])`: the result is as long.
    fn listed(&mut self, field: &Field) -> Option<u64> {
        if !field.definition.ty.is_list() {
            return None;
        }
        let longest = field.arguments.iter().filter_map(|argument| self.length(&argument.value)).max()?;
        (longest > self.limits.list).then_some(longest)
    }

    fn length(&mut self, value: &Literal) -> Option<u64> {
        match value {
            Literal::List(items) => Some(items.len() as u64),
            Literal::Variable(name) => {
                self.varies = true;
                let items = self.variables.get(name.as_str())?.as_array()?;
                Some(items.len() as u64)
            }
            _ => None,
        }
    }

    fn given(&mut self, arguments: &[Node<Argument>], name: &str) -> Option<i64> {
        let argument = arguments.iter().find(|argument| argument.name == name)?;
        match &*argument.value {
            Literal::Int(number) => number.as_str().parse().ok(),
            Literal::Variable(variable) => {
                self.varies = true;
                self.variables.get(variable.as_str())?.as_i64()
            }
            _ => None,
        }
    }

    /// Whether `@skip` or `@include` excludes the selection.
    fn skips(&mut self, directives: &DirectiveList) -> bool {
        self.condition(directives, "skip") == Some(true) || self.condition(directives, "include") == Some(false)
    }

    fn condition(&mut self, directives: &DirectiveList, name: &str) -> Option<bool> {
        match &**directives.get(name)?.specified_argument_by_name("if")? {
            Literal::Boolean(flag) => Some(*flag),
            Literal::Variable(variable) => {
                self.varies = true;
                self.variables.get(variable.as_str())?.as_bool()
            }
            _ => None,
        }
    }
}

/// Number of list wrappers of a type.
fn levels(ty: &Type) -> u32 {
    match ty {
        Type::List(inner) | Type::NonNullList(inner) => levels(inner).saturating_add(1),
        Type::Named(_) | Type::NonNullNamed(_) => 0,
    }
}

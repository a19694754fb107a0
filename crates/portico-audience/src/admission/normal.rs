//! Normalizes an admitted operation so that all executors interpret it alike.
//!
//! - Numbers have the form of their type: an `Int` or `Float` is never `-0`, an `ID` is a string.
//! - Variables without a value are removed where they are used, so that defaults apply (`CoerceArgumentValues` of the
//!   specification).
//! - Equal selections of a set are merged. The specification resolves them once; an executor that does not merge them
//!   would repeat a mutation, or work that was counted once in the cost.

use std::collections::{HashMap, HashSet};

use apollo_compiler::ast::{
    Argument, DirectiveList, FragmentDefinition, IntValue, OperationDefinition, Selection, Type, Value,
};
use apollo_compiler::schema::{ExtendedType, InputValueDefinition};
use apollo_compiler::{Name, Node, Schema};

/// Data for normalization.
pub(super) struct Normalizer<'a> {
    pub(super) schema: &'a Schema,
    /// Variables without a value in this request.
    pub(super) absent: &'a HashSet<Name>,
}

impl Normalizer<'_> {
    pub(super) fn operation(&self, operation: &mut OperationDefinition) {
        self.directives(&mut operation.directives);
        if let Some(root) = self.schema.root_operation(operation.operation_type) {
            self.selections(root, &mut operation.selection_set);
        }
    }

    pub(super) fn fragment(&self, fragment: &mut FragmentDefinition) {
        self.directives(&mut fragment.directives);
        self.selections(&fragment.type_condition.clone(), &mut fragment.selection_set);
    }

    fn selections(&self, ty: &Name, selections: &mut Vec<Selection>) {
        merge(selections, false);
        for selection in selections {
            match selection {
                Selection::Field(field) => {
                    let field = field.make_mut();
                    self.directives(&mut field.directives);
                    if let Ok(definition) = self.schema.type_field(ty, &field.name) {
                        self.arguments(&mut field.arguments, &definition.arguments);
                        self.selections(definition.ty.inner_named_type(), &mut field.selection_set);
                    }
                }
                Selection::InlineFragment(inline) => {
                    let inline = inline.make_mut();
                    self.directives(&mut inline.directives);
                    let ty = inline.type_condition.clone().unwrap_or_else(|| ty.clone());
                    self.selections(&ty, &mut inline.selection_set);
                }
                Selection::FragmentSpread(spread) => self.directives(&mut spread.make_mut().directives),
            }
        }
    }

    fn directives(&self, directives: &mut DirectiveList) {
        for directive in &mut directives.0 {
            let directive = directive.make_mut();
            if let Some(definition) = self.schema.directive_definitions.get(&directive.name) {
                self.arguments(&mut directive.arguments, &definition.arguments);
            }
        }
    }

    fn arguments(&self, given: &mut Vec<Node<Argument>>, definitions: &[Node<InputValueDefinition>]) {
        given.retain_mut(|argument| {
            let definition = definitions.iter().find(|known| known.name == argument.name);
            self.value(definition.map(|known| &*known.ty), &mut argument.make_mut().value)
        });
    }

    /// Normalizes a value; false if it is a variable without a value.
    fn value(&self, ty: Option<&Type>, value: &mut Node<Value>) -> bool {
        match value.make_mut() {
            Value::Variable(name) => return !self.absent.contains(name),
            Value::Int(number) => {
                let is_id = ty.is_some_and(|ty| ty.inner_named_type() == "ID");
                if is_id {
                    *value = Node::new(Value::String(number.as_str().to_owned()));
                } else if number.as_str() == "-0" {
                    *number = IntValue::from(0);
                }
            }
            Value::List(items) => {
                let ty = ty.map(|ty| if ty.is_list() { ty.item_type() } else { ty });
                for item in items {
                    if !self.value(ty, item) {
                        *item = Node::new(Value::Null);
                    }
                }
            }
            Value::Object(entries) => {
                let input = ty.and_then(|ty| match self.schema.types.get(ty.inner_named_type()) {
                    Some(ExtendedType::InputObject(input)) => Some(input),
                    _ => None,
                });
                entries.retain_mut(|(name, value)| {
                    let field = input.and_then(|input| input.fields.get(name));
                    self.value(field.map(|field| &*field.ty), value)
                });
            }
            Value::Null | Value::Enum(_) | Value::String(_) | Value::Float(_) | Value::Boolean(_) => {}
        }
        true
    }
}

/// Inlines fragments at a mutation's root where no directive depends on them, so that a field in several of them can be
/// merged.
pub(super) fn flatten_root(selections: &mut Vec<Selection>, fragments: &HashMap<Name, Node<FragmentDefinition>>) {
    let mut flat = Vec::with_capacity(selections.len());
    for selection in selections.drain(..) {
        let mut within = match &selection {
            Selection::InlineFragment(inline) if inline.directives.is_empty() => inline.selection_set.clone(),
            Selection::FragmentSpread(spread) if spread.directives.is_empty() => {
                match fragments.get(&spread.fragment_name) {
                    Some(fragment) if fragment.directives.is_empty() => fragment.selection_set.clone(),
                    _ => Vec::new(),
                }
            }
            _ => Vec::new(),
        };
        if within.is_empty() {
            flat.push(selection);
        } else {
            flatten_root(&mut within, fragments);
            flat.append(&mut within);
        }
    }
    *selections = flat;
}

/// The first repeated response key at the root, fragments expanded.
pub(super) fn repeated_key(
    selections: &[Selection],
    fragments: &HashMap<Name, Node<FragmentDefinition>>,
) -> Option<Name> {
    fn walk(
        selections: &[Selection],
        fragments: &HashMap<Name, Node<FragmentDefinition>>,
        seen: &mut HashSet<Name>,
    ) -> Option<Name> {
        selections.iter().find_map(|selection| match selection {
            Selection::Field(field) => {
                (!seen.insert(field.response_name().clone())).then(|| field.response_name().clone())
            }
            Selection::InlineFragment(inline) => walk(&inline.selection_set, fragments, seen),
            Selection::FragmentSpread(spread) => {
                walk(&fragments.get(&spread.fragment_name)?.selection_set, fragments, seen)
            }
        })
    }
    walk(selections, fragments, &mut HashSet::new())
}

/// Identity of a selection within its set, without directives.
#[derive(PartialEq, Eq, Hash)]
enum SelectionKey {
    Field(Name),
    Spread(Name),
    Inline(Option<Name>),
}

impl SelectionKey {
    fn of(selection: &Selection) -> Self {
        match selection {
            Selection::Field(field) => Self::Field(field.response_name().clone()),
            Selection::FragmentSpread(spread) => Self::Spread(spread.fragment_name.clone()),
            Selection::InlineFragment(inline) => Self::Inline(inline.type_condition.clone()),
        }
    }
}

fn directives(selection: &Selection) -> &DirectiveList {
    match selection {
        Selection::Field(field) => &field.directives,
        Selection::FragmentSpread(spread) => &spread.directives,
        Selection::InlineFragment(inline) => &inline.directives,
    }
}

/// Merges equal selections of a set, at the position of the first.
///
/// Response keys are in the order of their first selection. So no selection is moved past a fragment, unless
/// `past_fragments` states that a single execution is more important.
pub(super) fn merge(selections: &mut Vec<Selection>, past_fragments: bool) {
    let mut kept: Vec<Selection> = Vec::with_capacity(selections.len());
    let mut places: HashMap<SelectionKey, Vec<usize>> = HashMap::new();
    for selection in selections.drain(..) {
        let key = SelectionKey::of(&selection);
        let earlier = places.get(&key).into_iter().flatten().copied();
        let twin = earlier.rev().find(|place| directives(&kept[*place]) == directives(&selection));
        match (twin.map(|place| &mut kept[place]), selection) {
            (Some(Selection::Field(first)), Selection::Field(second)) => {
                first.make_mut().selection_set.extend(second.selection_set.iter().cloned());
            }
            (Some(Selection::InlineFragment(first)), Selection::InlineFragment(second)) => {
                first.make_mut().selection_set.extend(second.selection_set.iter().cloned());
            }
            (Some(_), _) => {}
            (None, selection) => {
                if !past_fragments {
                    let is_field = matches!(selection, Selection::Field(_));
                    places.retain(|key, _| match key {
                        SelectionKey::Field(_) => is_field,
                        SelectionKey::Inline(_) => false,
                        // A repeated spread adds nothing.
                        SelectionKey::Spread(_) => true,
                    });
                }
                places.entry(key).or_default().push(kept.len());
                kept.push(selection);
            }
        }
    }
    *selections = kept;
}

//! Generates operations from a role schema, the same for the same seed.

use std::collections::BTreeSet;

use apollo_compiler::ast::{FieldDefinition, InputValueDefinition, Type};
use apollo_compiler::collections::IndexMap;
use apollo_compiler::schema::{Component, ExtendedType};
use apollo_compiler::{Name, Node, Schema};
use fastrand::Rng;
use portico_core::id::Tag;

use super::coverage::Coverage;
use super::operation::{Argument, Condition, Field, Fragment, Given, Operation, Selection, Value};
use super::pool::Pool;

/// Below this depth only leaves are selected; admission allows 12 levels.
const DEPTH: usize = 8;
/// Admission allows 30 aliases; pages and invalid operations add some.
const ALIASES: usize = 24;

/// Hosts of portals, and others.
const HOSTS: [&str; 8] = [
    "portal.alderbrook.example",
    "portal.fernhill.example",
    "PORTAL.Alderbrook.example",
    "portal.fernhill.example.",
    "alderbrook",
    "localhost",
    "",
    "\u{0}",
];

/// Generates operations for one role schema.
pub(crate) struct Generator<'a> {
    pub(crate) schema: &'a Schema,
    /// Names of the whole schema, which the role schema may lack.
    pub(crate) strange: &'a [String],
    pub(crate) pool: Pool,
    pub(crate) random: Rng,
    aliases: usize,
}

/// Keys used at a position of an operation, and the coverage so far.
struct Place<'c> {
    coverage: &'c Coverage,
    depth: usize,
}

impl<'a> Generator<'a> {
    pub(crate) fn new(schema: &'a Schema, strange: &'a [String], pool: Pool, seed: u64) -> Self {
        Self { schema, strange, pool, random: Rng::with_seed(seed), aliases: 0 }
    }

    /// The next operation. It prefers what is not covered yet.
    pub(crate) fn operation(&mut self, coverage: &Coverage) -> Operation {
        self.aliases = 0;
        let place = Place { coverage, depth: 1 };
        let mut operation = Operation { selections: self.selections("Query", &place, &mut BTreeSet::new()), cut: None };
        if self.chance(4) {
            let introspection = self.introspection();
            operation.selections.push(introspection);
        }
        if self.chance(7) {
            self.spoil(&mut operation);
        }
        operation
    }

    pub(crate) fn chance(&mut self, percent: u8) -> bool {
        self.random.u8(..100) < percent
    }

    fn selections(&mut self, ty: &str, place: &Place<'_>, taken: &mut BTreeSet<String>) -> Vec<Selection> {
        let mut selections = Vec::new();
        let is_abstract = matches!(self.schema.types.get(ty), Some(ExtendedType::Interface(_)));
        if (is_abstract || self.chance(8)) && taken.insert("__typename".to_owned()) {
            selections.push(Selection::Field(leaf(ty, "__typename")));
        }
        for definition in self.some_fields(ty, place) {
            if let Some(field) = self.field(ty, &definition, place, taken) {
                selections.push(Selection::Field(field));
            }
        }
        if is_abstract {
            selections.extend(self.by_type(ty, place, taken));
        }
        if selections.is_empty() {
            selections.push(Selection::Field(leaf(ty, "__typename")));
        }
        self.wrapped(ty, selections)
    }

    /// Moves a part of the selections into a fragment at random.
    fn wrapped(&mut self, ty: &str, mut selections: Vec<Selection>) -> Vec<Selection> {
        if !self.chance(18) {
            return selections;
        }
        let kept = self.random.usize(..selections.len());
        let moved = selections.split_off(kept);
        let is_named = self.chance(50);
        let on = (is_named || self.chance(60)).then(|| ty.to_owned());
        let condition = self.condition();
        selections.push(Selection::Fragment(Fragment { on, is_named, condition, selections: moved }));
        selections
    }

    /// Fragments for some of the types behind an interface.
    fn by_type(&mut self, ty: &str, place: &Place<'_>, taken: &mut BTreeSet<String>) -> Vec<Selection> {
        let implementers = self.schema.implementers_map();
        let Some(implementers) = implementers.get(ty) else { return Vec::new() };
        let mut names: Vec<String> = implementers.objects.iter().map(Name::to_string).collect();
        names.sort();
        self.random.shuffle(&mut names);
        names.truncate(self.random.usize(1..=5));
        let mut fragments = Vec::new();
        for on in names {
            let inner = Place { depth: place.depth + 1, ..*place };
            let selections = self.selections(&on, &inner, taken);
            let is_named = self.chance(40);
            fragments.push(Selection::Fragment(Fragment { on: Some(on), is_named, condition: None, selections }));
        }
        fragments
    }

    /// Random fields of a type; uncovered ones are more likely, and below some depth only leaves.
    fn some_fields(&mut self, ty: &str, place: &Place<'_>) -> Vec<Node<FieldDefinition>> {
        let Some(fields) = self.fields_of(ty) else { return Vec::new() };
        let mut choices: Vec<(u32, Node<FieldDefinition>)> = Vec::new();
        for (name, field) in fields {
            let is_leaf = !self.is_composite(field.ty.inner_named_type());
            if place.depth >= DEPTH && !is_leaf {
                continue;
            }
            let coordinate = format!("{ty}.{name}");
            let weight = 2
                + if place.coverage.has_reached(&coordinate) { 0 } else { 4 }
                + if place.coverage.has_asked(&coordinate) { 0 } else { 8 }
                + if is_leaf { 0 } else { 2 }
                + if self.leads_to_new(field.ty.inner_named_type(), place.coverage) { 8 } else { 0 };
            choices.push((weight, field.node.clone()));
        }
        let wanted = if place.depth == 1 { self.random.usize(1..=3) } else { self.random.usize(1..=4) };
        let mut chosen = Vec::new();
        while chosen.len() < wanted && !choices.is_empty() {
            let total: u32 = choices.iter().map(|(weight, _)| weight).sum();
            let mut at = self.random.u32(..total);
            let index = choices.iter().position(|(weight, _)| match at.checked_sub(*weight) {
                Some(rest) => {
                    at = rest;
                    false
                }
                None => true,
            });
            chosen.push(choices.swap_remove(index.unwrap_or_default()).1);
        }
        chosen
    }

    fn fields_of(&self, ty: &str) -> Option<&'a IndexMap<Name, Component<FieldDefinition>>> {
        match self.schema.types.get(ty)? {
            ExtendedType::Object(object) => Some(&object.fields),
            ExtendedType::Interface(interface) => Some(&interface.fields),
            _ => None,
        }
    }

    /// Whether a type, or that of the items of a page, has fields that were not reached.
    fn leads_to_new(&self, ty: &str, coverage: &Coverage) -> bool {
        let items = self.fields_of(ty).and_then(|fields| Some(fields.get("nodes")?.ty.inner_named_type().as_str()));
        let ty = items.unwrap_or(ty);
        let is_new = |name: &Name| !coverage.has_reached(&format!("{ty}.{name}"));
        self.fields_of(ty).is_some_and(|fields| fields.keys().any(is_new))
    }

    fn field(
        &mut self,
        on: &str,
        definition: &Node<FieldDefinition>,
        place: &Place<'_>,
        taken: &mut BTreeSet<String>,
    ) -> Option<Field> {
        let name = definition.name.to_string();
        let alias = self.alias(&name, taken)?;
        let inner = definition.ty.inner_named_type();
        let mut selections = Vec::new();
        if self.is_composite(inner) {
            let below = Place { depth: place.depth + 1, ..*place };
            let mut taken = BTreeSet::new();
            if inner.ends_with("Connection") && self.chance(50) {
                taken.insert("pageInfo".to_owned());
                selections.push(Selection::Field(page_info()));
            }
            selections.extend(self.selections(inner, &below, &mut taken));
        }
        let arguments = self.arguments(&definition.arguments, &format!("{on}.{name}"), place.coverage);
        Some(Field { on: on.to_owned(), alias, name, arguments, condition: self.condition(), selections })
    }

    /// An alias if the key is taken, or at random; none where no more are allowed.
    fn alias(&mut self, name: &str, taken: &mut BTreeSet<String>) -> Option<Option<String>> {
        if !taken.contains(name) && !self.chance(7) {
            taken.insert(name.to_owned());
            return Some(None);
        }
        if self.aliases >= ALIASES {
            return taken.insert(name.to_owned()).then_some(None);
        }
        self.aliases += 1;
        Some(Some(format!("a{}", self.aliases)))
    }

    fn condition(&mut self) -> Option<Condition> {
        if !self.chance(3) {
            return None;
        }
        let directive = if self.chance(50) { "include" } else { "skip" };
        Some(Condition { directive, flag: self.random.bool(), given: self.given() })
    }

    fn given(&mut self) -> Given {
        match self.random.u8(..100) {
            0..55 => Given::Literal,
            55..90 => Given::Variable,
            _ => Given::Default,
        }
    }

    fn arguments(
        &mut self,
        definitions: &[Node<InputValueDefinition>],
        of: &str,
        coverage: &Coverage,
    ) -> Vec<Argument> {
        let mut arguments: Vec<Argument> = Vec::new();
        for definition in definitions {
            let name = definition.name.as_str();
            let is_new = !coverage.has_asked(&format!("{of}({name}:)"));
            let percent = match name {
                "after" | "before" => 6,
                // Both together are refused.
                "last" if arguments.iter().any(|given| given.name == "first") => 2,
                _ if is_new => 60,
                _ => 33,
            };
            if !definition.is_required() && !self.chance(percent) {
                continue;
            }
            let value = self.value(&definition.ty, name, of, coverage, 0);
            let given = self.given();
            arguments.push(Argument { name: name.to_owned(), ty: definition.ty.to_string(), value, given });
        }
        arguments
    }

    /// A value for a position of this type.
    fn value(&mut self, ty: &Type, name: &str, of: &str, coverage: &Coverage, depth: usize) -> Value {
        if !ty.is_non_null() && self.chance(4) {
            return Value::Null;
        }
        if let Type::List(inner) | Type::NonNullList(inner) = ty {
            let count = self.random.usize(..=if depth > 1 { 1 } else { 3 });
            return Value::List((0..count).map(|_| self.value(inner, name, of, coverage, depth + 1)).collect());
        }
        let named = ty.inner_named_type();
        match self.schema.types.get(named) {
            Some(ExtendedType::Enum(values)) => {
                let names: Vec<_> = values.values.keys().map(Name::to_string).collect();
                let new = names.iter().find(|value| !coverage.has_reached(&format!("{named}.{value}"))).cloned();
                let by_chance = self.random.choice(names);
                Value::Name(if self.chance(50) { new.or(by_chance) } else { by_chance }.unwrap_or_default())
            }
            Some(ExtendedType::InputObject(object)) => {
                let mut fields = Vec::new();
                for (name, field) in &object.fields {
                    let is_new = !coverage.has_reached(&format!("{named}.{name}"));
                    let nests = field.ty.inner_named_type() == named;
                    let percent = match (nests, is_new) {
                        (true, _) if depth > 1 => 0,
                        (_, true) => 60,
                        (true, false) => 15,
                        (false, false) => 35,
                    };
                    if field.is_required() || self.chance(percent) {
                        fields.push((name.to_string(), self.value(&field.ty, name, of, coverage, depth + 1)));
                    }
                }
                Value::Object(fields)
            }
            _ => self.scalar(named, name, of),
        }
    }

    fn scalar(&mut self, ty: &str, name: &str, of: &str) -> Value {
        let random = &mut self.random;
        match (ty, name) {
            ("ID", _) if of == "Query.project" => Value::Text(self.pool.id(random, Some(Tag::PROJECT))),
            // Most records have no thread.
            ("ID", "recordId") => {
                let tag = random.choice([Tag::PROJECT, Tag::PROJECT, Tag::SELECTION]);
                Value::Text(self.pool.id(random, tag))
            }
            ("ID", "locationId") => Value::Text(self.pool.id(random, Some(Tag::LOCATION))),
            ("ID", _) => Value::Text(self.pool.id(random, None)),
            ("Int", _) => Value::Number(
                random.choice([1, 1, 2, 2, 3, 3, 4, 5, 8, 25, 100, 0, -1, 101, 2_147_483_647]).unwrap_or_default(),
            ),
            ("Boolean", _) => Value::Flag(random.bool()),
            ("Date", _) => Value::Text(self.pool.day(random)),
            ("DateTime", _) => Value::Text(format!("{}T12:00:00Z", self.pool.day(random))),
            ("String", "after" | "before") => Value::Text(self.pool.cursor(random)),
            ("String", "host") => Value::Text(random.choice(HOSTS).unwrap_or_default().to_owned()),
            _ => Value::Text(self.pool.words(random)),
        }
    }

    /// An introspection of the role schema, also of types that it lacks.
    fn introspection(&mut self) -> Selection {
        let names = || {
            let inner = Field { selections: vec![Selection::Field(leaf("__Type", "name"))], ..leaf("__Field", "type") };
            let fields = vec![Selection::Field(leaf("__Field", "name")), Selection::Field(inner)];
            let fields = Field { selections: fields, ..leaf("__Type", "fields") };
            let values = Field {
                selections: vec![Selection::Field(leaf("__EnumValue", "name"))],
                ..leaf("__Type", "enumValues")
            };
            let inputs = Field {
                selections: vec![Selection::Field(leaf("__InputValue", "name"))],
                ..leaf("__Type", "inputFields")
            };
            vec![leaf("__Type", "name"), leaf("__Type", "description"), fields, values, inputs]
                .into_iter()
                .map(Selection::Field)
                .collect::<Vec<_>>()
        };
        if self.chance(30) {
            let types = Field { selections: names(), ..leaf("__Schema", "types") };
            return Selection::Field(Field { selections: vec![Selection::Field(types)], ..leaf("Query", "__schema") });
        }
        let name = self.random.choice(self.strange.iter()).cloned().unwrap_or_default();
        let argument = Argument {
            name: "name".to_owned(),
            ty: "String!".to_owned(),
            value: Value::Text(name),
            given: self.given(),
        };
        Selection::Field(Field { arguments: vec![argument], selections: names(), ..leaf("Query", "__type") })
    }

    fn is_composite(&self, ty: &str) -> bool {
        matches!(
            self.schema.types.get(ty),
            Some(ExtendedType::Object(_) | ExtendedType::Interface(_) | ExtendedType::Union(_))
        )
    }
}

/// A field without arguments and selections.
pub(crate) fn leaf(on: &str, name: &str) -> Field {
    Field {
        on: on.to_owned(),
        alias: None,
        name: name.to_owned(),
        arguments: Vec::new(),
        condition: None,
        selections: Vec::new(),
    }
}

fn page_info() -> Field {
    let fields = ["endCursor", "startCursor", "hasNextPage", "hasPreviousPage"];
    Field {
        selections: fields.iter().map(|name| Selection::Field(leaf("PageInfo", name))).collect(),
        ..leaf("", "pageInfo")
    }
}

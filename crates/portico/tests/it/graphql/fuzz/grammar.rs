//! Generates operations from a role schema, valid and invalid, the same for the same seed.

use apollo_compiler::ast::{InputValueDefinition, OperationType, Type};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Node, Schema, name};
use fastrand::Rng;
use serde_json::{Map, Value, json};

/// Maximum depth of fields; admission allows twelve levels.
const DEPTH: usize = 5;
/// Mutations that would end the caller's session.
const ENDING: [&str; 6] =
    ["signOut", "sessionRevoke", "apiKeyRevoke", "passwordSet", "viewerPasswordChange", "staffRemove"];
/// Numbers at the limits of number types.
const NUMBERS: [&str; 14] = [
    "0",
    "-0",
    "1",
    "-1",
    "2",
    "100",
    "101",
    "2147483647",
    "2147483648",
    "-2147483649",
    "99999999999999999999",
    "1.0",
    "1e3",
    "1e400",
];
const TEXTS: [&str; 10] = [
    "\"\"",
    "\"a\"",
    "\"\\u0000\"",
    "\"\\u202e\"",
    "\"2026-02-30\"",
    "\"2026-02-28\"",
    "\"\"\"block\n text\"\"\"",
    "\"é\\n\\\"\"",
    "\" \"",
    "\"%_\\\\\"",
];

/// An operation as a caller would send it.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) query: String,
    pub(crate) variables: Value,
}

/// Generates operations for one role schema.
pub(crate) struct Grammar<'a> {
    schema: &'a Schema,
    /// Ids of existing records.
    ids: &'a [String],
    random: Rng,
    declared: Vec<String>,
    given: Map<String, Value>,
    fragments: Vec<String>,
    selections: usize,
}

impl<'a> Grammar<'a> {
    pub(crate) fn new(schema: &'a Schema, ids: &'a [String], seed: u64) -> Self {
        Self {
            schema,
            ids,
            random: Rng::with_seed(seed),
            declared: Vec::new(),
            given: Map::new(),
            fragments: Vec::new(),
            selections: 0,
        }
    }

    /// The next operation.
    pub(crate) fn operation(&mut self) -> Made {
        (self.declared, self.given, self.fragments, self.selections) = (Vec::new(), Map::new(), Vec::new(), 0);
        let kind = if self.one_in(6) { OperationType::Mutation } else { OperationType::Query };
        let root = self.schema.root_operation(kind).cloned();
        let (word, root) = match root {
            Some(root) => (kind.name().to_owned(), root),
            None => ("query".to_owned(), name!("Query")),
        };
        let mut selections = self.selections(&root, if word == "mutation" { 2 } else { DEPTH });
        if word == "query" && self.one_in(12) {
            selections.push_str(" __schema { queryType { name } types { name isOneOf } }");
        }
        let declared = if self.declared.is_empty() { String::new() } else { format!("({})", self.declared.join(", ")) };
        let query = format!("{word} Q{declared} {{ {selections} }} {}", self.fragments.join(" "));
        let query = if self.one_in(5) { self.spoilt(&query) } else { query };
        Made { query, variables: Value::Object(std::mem::take(&mut self.given)) }
    }

    fn one_in(&mut self, times: usize) -> bool {
        self.random.usize(..times) == 0
    }

    fn pick<'b, T: ?Sized>(&mut self, from: &[&'b T]) -> &'b T {
        from[self.random.usize(..from.len())]
    }

    fn selections(&mut self, ty: &Name, depth: usize) -> String {
        let schema = self.schema;
        let fields: Vec<_> = match schema.types.get(ty) {
            Some(ExtendedType::Object(object)) => object.fields.values().collect(),
            Some(ExtendedType::Interface(interface)) => interface.fields.values().collect(),
            _ => Vec::new(),
        };
        let fields: Vec<_> = fields.into_iter().filter(|field| !ENDING.contains(&field.name.as_str())).collect();
        let mut written = Vec::new();
        for _ in 0..=self.random.usize(..4) {
            self.selections += 1;
            if fields.is_empty() || self.one_in(8) || self.selections > 150 {
                written.push("__typename".to_owned());
                continue;
            }
            let field = fields[self.random.usize(..fields.len())];
            let inner = field.ty.inner_named_type();
            let is_leaf = schema.types.get(inner).is_none_or(ExtendedType::is_leaf);
            if !is_leaf && depth == 0 {
                continue;
            }
            let alias = if self.one_in(9) { format!("a{}: ", self.random.usize(..3)) } else { String::new() };
            let arguments = self.arguments(&field.arguments);
            let condition = self.condition();
            let below = if is_leaf { String::new() } else { format!(" {{ {} }}", self.selections(inner, depth - 1)) };
            let one = format!("{alias}{}{arguments}{condition}{below}", field.name);
            if self.one_in(10) {
                written.push(one.clone());
            }
            written.push(one);
        }
        if written.is_empty() {
            written.push("__typename".to_owned());
        }
        self.wrapped(ty, written.join(" "))
    }

    /// Wraps selections in fragments at random, sometimes in very many.
    fn wrapped(&mut self, ty: &Name, selections: String) -> String {
        match self.random.usize(..14) {
            0 => format!("... {{ {selections} }}"),
            1 => format!("... on {ty}{} {{ {selections} }}", self.condition()),
            2 => {
                let name = format!("F{}", self.fragments.len());
                self.fragments.push(format!("fragment {name} on {ty} {{ {selections} }}"));
                let again = if self.one_in(3) { format!(" ...{name}") } else { String::new() };
                format!("...{name}{}{again}", self.condition())
            }
            3 if self.one_in(6) => {
                let times = self.random.usize(..70);
                format!("{} {selections} {}", "... {".repeat(times), "}".repeat(times))
            }
            4 if self.one_in(4) => match self.implementor(ty) {
                Some(object) => format!("{selections} ... on {object} {{ __typename }}"),
                None => selections,
            },
            _ => selections,
        }
    }

    fn implementor(&mut self, ty: &Name) -> Option<Name> {
        let schema = self.schema;
        let objects: Vec<_> = schema.types.iter().filter(|(_, one)| one.is_object() || *one.name() == *ty).collect();
        Some(objects[self.random.usize(..objects.len())].0.clone())
    }

    fn condition(&mut self) -> String {
        if !self.one_in(12) {
            return String::new();
        }
        let directive = self.pick(&["skip", "include"]);
        let ty = Type::NonNullNamed(name!("Boolean"));
        format!(" @{directive}(if: {})", self.value(&ty, 1))
    }

    fn arguments(&mut self, definitions: &[Node<InputValueDefinition>]) -> String {
        let mut written = Vec::new();
        for definition in definitions {
            let is_required = definition.ty.is_non_null() && definition.default_value.is_none();
            let is_written = if is_required { !self.one_in(60) } else { self.one_in(4) };
            if is_written {
                written.push(format!("{}: {}", definition.name, self.value(&definition.ty, 3)));
            }
        }
        if written.is_empty() { String::new() } else { format!("({})", written.join(", ")) }
    }

    /// A literal or a variable, mostly of the expected type.
    fn value(&mut self, ty: &Type, depth: usize) -> String {
        match self.random.usize(..30) {
            0 => "null".to_owned(),
            1 => self.pick(&NUMBERS).to_owned(),
            2 => self.pick(&TEXTS).to_owned(),
            3..=8 => self.variable(ty, depth),
            _ => self.literal(ty, depth),
        }
    }

    fn literal(&mut self, ty: &Type, depth: usize) -> String {
        if ty.is_list() {
            let items: Vec<_> = (0..self.random.usize(..3)).map(|_| self.value(ty.item_type(), depth)).collect();
            return format!("[{}]", items.join(", "));
        }
        let schema = self.schema;
        let name = ty.inner_named_type();
        match schema.types.get(name) {
            Some(ExtendedType::Enum(values)) => {
                let values: Vec<_> = values.values.keys().collect();
                values[self.random.usize(..values.len())].to_string()
            }
            Some(ExtendedType::InputObject(input)) => {
                let mut entries = Vec::new();
                for (name, field) in &input.fields {
                    let is_required = field.ty.is_non_null() && field.default_value.is_none();
                    if is_required || (depth > 0 && self.one_in(3)) {
                        let entry = format!("{name}: {}", self.value(&field.ty, depth.saturating_sub(1)));
                        if self.one_in(40) {
                            entries.push(entry.clone());
                        }
                        entries.push(entry);
                    }
                }
                format!("{{{}}}", entries.join(", "))
            }
            _ => match name.as_str() {
                "Int" | "Float" => self.pick(&NUMBERS).to_owned(),
                "Boolean" => self.pick(&["true", "false"]).to_owned(),
                "ID" if !self.ids.is_empty() && !self.one_in(4) => {
                    format!("\"{}\"", self.ids[self.random.usize(..self.ids.len())])
                }
                "ID" if self.one_in(3) => self.pick(&NUMBERS).to_owned(),
                _ => self.pick(&TEXTS).to_owned(),
            },
        }
    }

    /// Declares a variable for a position, with or without a value.
    fn variable(&mut self, ty: &Type, depth: usize) -> String {
        let name = format!("v{}", self.declared.len());
        let wanted = match self.random.usize(..4) {
            0 => ty.clone(),
            1 => ty.clone().non_null(),
            _ => ty.clone().nullable(),
        };
        let place = self.declared.len();
        self.declared.push(String::new());
        let default = if !wanted.is_non_null() && self.one_in(2) {
            // Defaults hold no variables.
            let default = self.literal(&wanted, 0);
            if default.contains('$') { String::new() } else { format!(" = {default}") }
        } else {
            String::new()
        };
        self.declared[place] = format!("${name}: {wanted}{default}");
        match self.random.usize(..5) {
            0 => {}
            1 => {
                self.given.insert(name.clone(), Value::Null);
            }
            _ => {
                let value = self.json(&wanted, depth);
                self.given.insert(name.clone(), value);
            }
        }
        format!("${name}")
    }

    fn json(&mut self, ty: &Type, depth: usize) -> Value {
        if self.one_in(15) {
            return [
                json!(null),
                json!(1.0),
                json!(-0.0),
                json!("x"),
                json!([[]]),
                json!({}),
                json!(1e300),
                json!(true),
            ][self.random.usize(..8)]
            .clone();
        }
        if ty.is_list() {
            return (0..self.random.usize(..3)).map(|_| self.json(ty.item_type(), depth)).collect();
        }
        let schema = self.schema;
        if let Some(ExtendedType::InputObject(input)) = schema.types.get(ty.inner_named_type()) {
            let mut entries = Map::new();
            for (name, field) in &input.fields {
                let is_required = field.ty.is_non_null() && field.default_value.is_none();
                if is_required || (depth > 0 && self.one_in(3)) {
                    let value = self.json(&field.ty, depth.saturating_sub(1));
                    entries.insert(name.to_string(), value);
                }
            }
            return Value::Object(entries);
        }
        let literal = self.literal(ty, depth);
        serde_json::from_str(&literal).unwrap_or(Value::String(literal))
    }

    /// The text with some characters removed, doubled or moved.
    fn spoilt(&mut self, text: &str) -> String {
        const PIECES: [&str; 16] = [
            "{",
            "}",
            "(",
            ")",
            "[",
            "]",
            "...",
            "@skip",
            "$",
            "\"",
            "\"\"\"",
            "#",
            "on",
            "fragment F on Query",
            "null",
            "-0",
        ];
        let mut characters: Vec<char> = text.chars().collect();
        for _ in 0..=self.random.usize(..2) {
            let at = self.random.usize(..characters.len());
            let to = (at + self.random.usize(..8)).min(characters.len());
            match self.random.usize(..3) {
                0 => drop(characters.drain(at..to)),
                1 => drop(characters.splice(at..at, self.pick(&PIECES).chars()).collect::<Vec<_>>()),
                _ => {
                    let copy = characters[at..to].to_vec();
                    let there = self.random.usize(..characters.len());
                    drop(characters.splice(there..there, copy).collect::<Vec<_>>());
                }
            }
            if characters.is_empty() {
                break;
            }
        }
        characters.into_iter().collect()
    }
}

//! Walks a schema, and builds queries for its types.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use apollo_compiler::Schema;
use apollo_compiler::ast::{InputValueDefinition, Type};
use apollo_compiler::schema::ExtendedType;

/// Words of a selection that is part of a larger one: fewer than an operation may have.
const PART: usize = 800;

/// Schema, parsed from its SDL.
#[derive(Debug, Clone)]
pub struct Shape {
    types: BTreeMap<String, TypeShape>,
}

/// Type of a schema.
#[derive(Debug, Clone)]
pub enum TypeShape {
    /// Object, with the interfaces that it implements.
    Object(Vec<FieldShape>, BTreeSet<String>),
    /// Interface.
    Interface(Vec<FieldShape>),
    /// Input object.
    Input(Vec<InputShape>),
    /// Enumeration.
    Enum(Vec<String>),
    /// Scalar.
    Scalar,
}

/// Field of an object or interface.
#[derive(Debug, Clone)]
pub struct FieldShape {
    /// Its name.
    pub name: String,
    /// The name of its type, without lists and exclamation marks.
    pub ty: String,
    /// Its arguments.
    pub arguments: Vec<InputShape>,
}

/// Argument, or field of an input object.
#[derive(Debug, Clone)]
pub struct InputShape {
    /// Its name.
    pub name: String,
    /// The name of its type, without lists and exclamation marks.
    pub ty: String,
    /// Its type as written: `[ID!]!`.
    pub written: String,
    /// Whether it takes a list.
    pub is_list: bool,
    /// Whether it is required.
    pub is_required: bool,
}

impl Shape {
    /// Parses valid SDL.
    pub fn of(sdl: &str) -> Self {
        let schema = Schema::parse(sdl, "shape.graphql").unwrap_or_else(|failure| panic!("{}", failure.errors));
        let own = schema.types.iter().filter(|(_, definition)| !definition.is_built_in());
        Self { types: own.map(|(name, definition)| (name.to_string(), type_shape(definition))).collect() }
    }

    /// A type by name; `None` for built-in types.
    pub fn get(&self, ty: &str) -> Option<&TypeShape> {
        self.types.get(ty)
    }

    /// All types with their names.
    pub fn types(&self) -> impl Iterator<Item = (&str, &TypeShape)> {
        self.types.iter().map(|(name, shape)| (name.as_str(), shape))
    }

    /// The fields of an object or interface; empty for others.
    pub fn fields(&self, ty: &str) -> &[FieldShape] {
        match self.types.get(ty) {
            Some(TypeShape::Object(fields, _) | TypeShape::Interface(fields)) => fields,
            _ => &[],
        }
    }

    /// A field by name.
    pub fn field(&self, ty: &str, name: &str) -> Option<&FieldShape> {
        self.fields(ty).iter().find(|field| field.name == name)
    }

    /// The fields of an input object; empty for others.
    pub fn inputs(&self, ty: &str) -> &[InputShape] {
        match self.types.get(ty) {
            Some(TypeShape::Input(fields)) => fields,
            _ => &[],
        }
    }

    /// The values of an enumeration; empty for others.
    pub fn values(&self, ty: &str) -> &[String] {
        match self.types.get(ty) {
            Some(TypeShape::Enum(values)) => values,
            _ => &[],
        }
    }

    /// The objects that implement an interface.
    pub fn implementors(&self, interface: &str) -> Vec<&str> {
        let implements = |shape: &TypeShape| matches!(shape, TypeShape::Object(_, of) if of.contains(interface));
        self.types.iter().filter(|(_, shape)| implements(shape)).map(|(name, _)| name.as_str()).collect()
    }

    /// Whether the type has no selections.
    pub fn is_leaf(&self, ty: &str) -> bool {
        self.fields(ty).is_empty()
    }

    /// The shortest path from the root to a type: the texts before each brace, `project(id: "..")`, then `portal`.
    ///
    /// `arguments` is called with `Type.field`. It returns the text behind the field, including parentheses, or `None`
    /// to skip the field. Paths do not lead through interfaces.
    pub fn way_to(&self, wanted: &str, arguments: impl Fn(&str, &FieldShape) -> Option<String>) -> Option<Vec<String>> {
        let mut seen = BTreeSet::from(["Query".to_owned()]);
        let mut open = VecDeque::from([("Query".to_owned(), Vec::new())]);
        while let Some((ty, way)) = open.pop_front() {
            if ty == wanted {
                return Some(way);
            }
            for field in self.fields(&ty) {
                let Some(written) = arguments(&format!("{ty}.{}", field.name), field) else { continue };
                if matches!(self.types.get(&field.ty), Some(TypeShape::Object(..))) && seen.insert(field.ty.clone()) {
                    let step = format!("{}{written}", field.name);
                    open.push_back((field.ty.clone(), [way.clone(), vec![step]].concat()));
                }
            }
        }
        None
    }

    /// All types reachable from a root: by fields, by arguments, and by implementors of interfaces.
    pub fn reached_from(&self, root: &str) -> BTreeSet<String> {
        let mut reached = BTreeSet::from([root.to_owned()]);
        let mut open = vec![root.to_owned()];
        while let Some(ty) = open.pop() {
            let fields = self.fields(&ty).iter();
            let outputs = fields.clone().map(|field| field.ty.clone());
            let arguments =
                fields.flat_map(|field| &field.arguments).chain(self.inputs(&ty)).map(|input| input.ty.clone());
            let implementors = self.implementors(&ty).into_iter().map(str::to_owned);
            for next in outputs.chain(arguments).chain(implementors).collect::<Vec<_>>() {
                if reached.insert(next.clone()) {
                    open.push(next);
                }
            }
        }
        reached
    }

    /// A selection of everything in a type that needs no required argument: all leaves, and objects up to `depth`, with pages
    /// of 80. Lists within the items of a page have pages of 25.
    pub fn everything(&self, ty: &str, depth: usize) -> String {
        self.everything_in_pages(ty, depth, 80)
    }

    /// The same in several selections, none of which is too large for one operation.
    pub fn everything_in_parts(&self, ty: &str, depth: usize) -> Vec<String> {
        let size = |text: &str| text.split_whitespace().count();
        let (mut parts, mut part) = (Vec::new(), String::new());
        for field in self.selected(ty, depth, 80) {
            if size(&part) + size(&field) > PART {
                parts.push(std::mem::replace(&mut part, "__typename".to_owned()));
            }
            part = format!("{part} {field}");
        }
        parts.push(part);
        parts
    }

    fn everything_in_pages(&self, ty: &str, depth: usize, size: usize) -> String {
        self.selected(ty, depth, size).join(" ")
    }

    fn selected(&self, ty: &str, depth: usize, size: usize) -> Vec<String> {
        let mut written = vec!["__typename".to_owned()];
        for field in self.fields(ty) {
            if field.arguments.iter().any(|argument| argument.is_required) {
                continue;
            }
            let first = field.arguments.iter().any(|argument| argument.name == "first");
            let arguments = if first { format!("(first: {size})") } else { String::new() };
            if self.is_leaf(&field.ty) {
                written.push(format!("{}{arguments}", field.name));
            } else if ty.ends_with("Connection") && !field.ty.ends_with("Edge") {
                // The parts of a page do not count toward the depth.
                written.push(format!("{} {{ {} }}", field.name, self.everything_in_pages(&field.ty, depth, 25)));
            } else if ty.ends_with("Connection") {
                // Fields of an edge are also fields of its node.
                written.push(format!("{} {{ {} }}", field.name, self.everything_in_pages(&field.ty, 1.min(depth), 25)));
            } else if depth > 0 {
                let below = self.everything_in_pages(&field.ty, depth - 1, size);
                written.push(format!("{}{arguments} {{ {below} }}", field.name));
            }
        }
        written
    }
}

fn type_shape(definition: &ExtendedType) -> TypeShape {
    match definition {
        ExtendedType::Object(object) => TypeShape::Object(
            object.fields.values().map(|field| field_shape(field)).collect(),
            object.implements_interfaces.iter().map(|interface| interface.to_string()).collect(),
        ),
        ExtendedType::Interface(interface) => {
            TypeShape::Interface(interface.fields.values().map(|field| field_shape(field)).collect())
        }
        ExtendedType::InputObject(input) => {
            TypeShape::Input(input.fields.values().map(|field| input_shape(field)).collect())
        }
        ExtendedType::Enum(values) => TypeShape::Enum(values.values.keys().map(ToString::to_string).collect()),
        ExtendedType::Scalar(_) | ExtendedType::Union(_) => TypeShape::Scalar,
    }
}

fn field_shape(field: &apollo_compiler::schema::FieldDefinition) -> FieldShape {
    FieldShape {
        name: field.name.to_string(),
        ty: field.ty.inner_named_type().to_string(),
        arguments: field.arguments.iter().map(|argument| input_shape(argument)).collect(),
    }
}

fn input_shape(input: &InputValueDefinition) -> InputShape {
    InputShape {
        name: input.name.to_string(),
        ty: input.ty.inner_named_type().to_string(),
        written: input.ty.to_string(),
        is_list: matches!(&*input.ty, Type::List(_) | Type::NonNullList(_)),
        is_required: input.ty.is_non_null() && input.default_value.is_none(),
    }
}

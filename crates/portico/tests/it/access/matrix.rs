//! The role schemas of all audiences in one table: a line for each coordinate, a column for each audience.

use std::collections::BTreeMap;

use apollo_compiler::Node;
use apollo_compiler::ast::{Definition, DirectiveList, Document, FieldDefinition, InputValueDefinition};

/// For each coordinate, its definitions, each with the audiences that have it.
pub(super) struct Matrix {
    letters: Vec<char>,
    rows: BTreeMap<String, BTreeMap<String, Vec<char>>>,
}

impl Matrix {
    /// The table of role schemas, each with the letter of its column.
    pub(super) fn of(schemas: &[(char, String)]) -> Self {
        let mut rows: BTreeMap<String, BTreeMap<String, Vec<char>>> = BTreeMap::new();
        for (letter, sdl) in schemas {
            for (coordinate, text) in lines(sdl) {
                rows.entry(coordinate).or_default().entry(text).or_default().push(*letter);
            }
        }
        Self { letters: schemas.iter().map(|(letter, _)| *letter).collect(), rows }
    }

    /// One line for each coordinate, and another one for each further definition where audiences differ.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for (coordinate, texts) in &self.rows {
            for (told, who) in texts {
                text.extend(self.letters.iter().map(|letter| if who.contains(letter) { *letter } else { '.' }));
                text += &format!(" {coordinate}{told}\n");
            }
        }
        text
    }
}

/// Every coordinate of a schema, with its definition: kind, type, default, directives and description.
fn lines(sdl: &str) -> Vec<(String, String)> {
    let document = Document::parse(sdl, "schema.graphql").unwrap_or_else(|failure| panic!("{}", failure.errors));
    let mut lines = Vec::new();
    for definition in &document.definitions {
        match definition {
            Definition::SchemaDefinition(schema) => {
                let roots: Vec<_> =
                    schema.root_operations.iter().map(|root| format!("{}: {}", root.0, root.1)).collect();
                let told = format!(" {{ {} }}{}", roots.join(", "), directives(&schema.directives));
                lines.push(("schema".to_owned(), told + &description(schema.description.as_ref())));
            }
            Definition::DirectiveDefinition(directive) => {
                let at = format!("@{}", directive.name);
                let places: Vec<_> = directive.locations.iter().map(ToString::to_string).collect();
                let repeated = if directive.repeatable { " repeatable" } else { "" };
                let told = format!(" directive{repeated} on {}", places.join(" | "));
                lines.push((at.clone(), told + &description(directive.description.as_ref())));
                lines.extend(
                    directive.arguments.iter().map(|argument| input(&format!("{at}({}:)", argument.name), argument)),
                );
            }
            Definition::ScalarTypeDefinition(scalar) => {
                let told = format!(" scalar{}", directives(&scalar.directives));
                lines.push((scalar.name.to_string(), told + &description(scalar.description.as_ref())));
            }
            Definition::ObjectTypeDefinition(object) => {
                let told =
                    format!(" type{}{}", interfaces(&object.implements_interfaces), directives(&object.directives));
                lines.push((object.name.to_string(), told + &description(object.description.as_ref())));
                fields(&object.name, &object.fields, &mut lines);
            }
            Definition::InterfaceTypeDefinition(interface) => {
                let implemented = interfaces(&interface.implements_interfaces);
                let told = format!(" interface{implemented}{}", directives(&interface.directives));
                lines.push((interface.name.to_string(), told + &description(interface.description.as_ref())));
                fields(&interface.name, &interface.fields, &mut lines);
            }
            Definition::UnionTypeDefinition(union) => {
                let members: Vec<_> = union.members.iter().map(ToString::to_string).collect();
                let told = format!(" union{} = {}", directives(&union.directives), members.join(" | "));
                lines.push((union.name.to_string(), told + &description(union.description.as_ref())));
            }
            Definition::EnumTypeDefinition(kind) => {
                let told = format!(" enum{}", directives(&kind.directives));
                lines.push((kind.name.to_string(), told + &description(kind.description.as_ref())));
                for value in &kind.values {
                    let told = directives(&value.directives) + &description(value.description.as_ref());
                    lines.push((format!("{}.{}", kind.name, value.value), told));
                }
            }
            Definition::InputObjectTypeDefinition(object) => {
                let told = format!(" input{}", directives(&object.directives));
                lines.push((object.name.to_string(), told + &description(object.description.as_ref())));
                lines
                    .extend(object.fields.iter().map(|field| input(&format!("{}.{}", object.name, field.name), field)));
            }
            other => panic!("say here what stands at the coordinates of {other:?}"),
        }
    }
    lines
}

fn fields(ty: &str, all: &[Node<FieldDefinition>], lines: &mut Vec<(String, String)>) {
    for field in all {
        let at = format!("{ty}.{}", field.name);
        let told = format!(": {}{}", field.ty, directives(&field.directives));
        lines.push((at.clone(), told + &description(field.description.as_ref())));
        lines.extend(field.arguments.iter().map(|argument| input(&format!("{at}({}:)", argument.name), argument)));
    }
}

fn input(at: &str, value: &InputValueDefinition) -> (String, String) {
    let default = value.default_value.as_ref().map(|default| format!(" = {}", **default)).unwrap_or_default();
    let told = format!(": {}{default}{}", *value.ty, directives(&value.directives));
    (at.to_owned(), told + &description(value.description.as_ref()))
}

fn interfaces(names: &[apollo_compiler::Name]) -> String {
    let names: Vec<_> = names.iter().map(ToString::to_string).collect();
    if names.is_empty() { String::new() } else { format!(" implements {}", names.join(" & ")) }
}

fn directives(all: &DirectiveList) -> String {
    all.iter().map(|directive| format!(" {}", **directive)).collect()
}

fn description(text: Option<&Node<str>>) -> String {
    text.map(|text| format!(" {:?}", &**text)).unwrap_or_default()
}

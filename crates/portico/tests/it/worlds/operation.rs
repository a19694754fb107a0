//! Operation as a tree that can be grown, pruned and printed.

use serde_json::{Map, Value as Json, json};

/// One operation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Operation {
    pub(crate) selections: Vec<Selection>,
    /// Number of bytes after which the text is truncated. Truncation makes it invalid.
    pub(crate) cut: Option<usize>,
}

#[derive(Debug, Clone)]
pub(crate) enum Selection {
    Field(Field),
    Fragment(Fragment),
}

#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// The type of the field.
    pub(crate) on: String,
    pub(crate) alias: Option<String>,
    pub(crate) name: String,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) condition: Option<Condition>,
    pub(crate) selections: Vec<Selection>,
}

#[derive(Debug, Clone)]
pub(crate) struct Fragment {
    /// Its type condition; none for the surrounding type.
    pub(crate) on: Option<String>,
    /// Whether it is a named fragment or an inline one.
    pub(crate) is_named: bool,
    pub(crate) condition: Option<Condition>,
    pub(crate) selections: Vec<Selection>,
}

/// `@include` or `@skip`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Condition {
    pub(crate) directive: &'static str,
    pub(crate) flag: bool,
    pub(crate) given: Given,
}

#[derive(Debug, Clone)]
pub(crate) struct Argument {
    pub(crate) name: String,
    /// Its type, as a variable would declare it.
    pub(crate) ty: String,
    pub(crate) value: Value,
    pub(crate) given: Given,
}

/// How a value is passed to the operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Given {
    Literal,
    Variable,
    /// As the default of an unset variable.
    Default,
}

#[derive(Debug, Clone)]
pub(crate) enum Value {
    Null,
    Flag(bool),
    Number(i64),
    Text(String),
    Name(String),
    List(Vec<Value>),
    Object(Vec<(String, Value)>),
}

/// The request.
#[derive(Debug, Clone)]
pub(crate) struct Printed {
    pub(crate) query: String,
    pub(crate) variables: Json,
}

impl Operation {
    pub(crate) fn printed(&self) -> Printed {
        let mut printer = Printer::default();
        let body = printer.selections(&self.selections, 1);
        let variables = match printer.declared.is_empty() {
            true => String::new(),
            false => format!("({})", printer.declared.join(", ")),
        };
        let mut query = format!("query Worlds{variables} {body}");
        for fragment in &printer.fragments {
            query.push_str("\n\n");
            query.push_str(fragment);
        }
        if let Some(cut) = self.cut {
            query = query.chars().take(cut).collect();
        }
        Printed { query, variables: Json::Object(printer.values) }
    }
}

impl Field {
    /// The key of its value in the answer.
    pub(crate) fn key(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.name)
    }
}

#[derive(Default)]
struct Printer {
    declared: Vec<String>,
    values: Map<String, Json>,
    fragments: Vec<String>,
    /// Number of names so far: fragments are named before they are printed.
    named: usize,
}

impl Printer {
    fn selections(&mut self, selections: &[Selection], level: usize) -> String {
        let indent = "  ".repeat(level);
        let lines: Vec<_> =
            selections.iter().map(|selection| format!("{indent}{}", self.selection(selection, level))).collect();
        format!("{{\n{}\n{}}}", lines.join("\n"), "  ".repeat(level - 1))
    }

    fn selection(&mut self, selection: &Selection, level: usize) -> String {
        match selection {
            Selection::Field(field) => self.field(field, level),
            Selection::Fragment(fragment) if fragment.is_named => {
                self.named += 1;
                let name = format!("F{}", self.named);
                let on = fragment.on.as_deref().unwrap_or("Query");
                let body = self.selections(&fragment.selections, 1);
                self.fragments.push(format!("fragment {name} on {on} {body}"));
                format!("...{name}{}", self.condition(fragment.condition))
            }
            Selection::Fragment(fragment) => {
                let on = fragment.on.as_ref().map_or_else(String::new, |on| format!(" on {on}"));
                let condition = self.condition(fragment.condition);
                format!("...{on}{condition} {}", self.selections(&fragment.selections, level + 1))
            }
        }
    }

    fn field(&mut self, field: &Field, level: usize) -> String {
        let alias = field.alias.as_ref().map_or_else(String::new, |alias| format!("{alias}: "));
        let mut text = format!("{alias}{}", field.name);
        if !field.arguments.is_empty() {
            let arguments: Vec<_> = field
                .arguments
                .iter()
                .map(|it| format!("{}: {}", it.name, self.given(it.given, &it.ty, &it.value)))
                .collect();
            text.push_str(&format!("({})", arguments.join(", ")));
        }
        text.push_str(&self.condition(field.condition));
        if !field.selections.is_empty() {
            text.push(' ');
            text.push_str(&self.selections(&field.selections, level + 1));
        }
        text
    }

    fn condition(&mut self, condition: Option<Condition>) -> String {
        condition.map_or_else(String::new, |it| {
            let flag = self.given(it.given, "Boolean!", &Value::Flag(it.flag));
            format!(" @{}(if: {flag})", it.directive)
        })
    }

    fn given(&mut self, given: Given, ty: &str, value: &Value) -> String {
        let name = format!("v{}", self.declared.len());
        match given {
            Given::Literal => return value.literal(),
            Given::Variable => {
                self.declared.push(format!("${name}: {ty}"));
                self.values.insert(name.clone(), value.json());
            }
            Given::Default => {
                // A required variable cannot be omitted unless it has a default; both are allowed.
                self.declared.push(format!("${name}: {ty} = {}", value.literal()));
            }
        }
        format!("${name}")
    }
}

impl Value {
    pub(crate) fn literal(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Flag(flag) => flag.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => json!(text).to_string(),
            Self::Name(name) => name.clone(),
            Self::List(items) => format!("[{}]", items.iter().map(Self::literal).collect::<Vec<_>>().join(", ")),
            Self::Object(fields) => {
                let fields: Vec<_> =
                    fields.iter().map(|(name, value)| format!("{name}: {}", value.literal())).collect();
                format!("{{{}}}", fields.join(", "))
            }
        }
    }

    pub(crate) fn json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Flag(flag) => json!(flag),
            Self::Number(number) => json!(number),
            Self::Text(text) | Self::Name(text) => json!(text),
            Self::List(items) => Json::Array(items.iter().map(Self::json).collect()),
            Self::Object(fields) => {
                Json::Object(fields.iter().map(|(name, value)| (name.clone(), value.json())).collect())
            }
        }
    }
}

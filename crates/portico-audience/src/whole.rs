//! The whole schema with its access rules.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use apollo_compiler::schema::{Component, ExtendedType, FieldDefinition, InputValueDefinition};
use apollo_compiler::validation::Valid;
use apollo_compiler::{Name, Node, Schema};

use crate::access_rule::AccessRule;
use crate::cut::{self, RoleSchemaError};
use crate::memory::{CacheBudget, Memory};
use crate::reachable::reachable;
use crate::sizes::ListSizes;
use crate::{Grants, RoleSchema, coordinates};

type Pick = fn(&AccessRule) -> &BTreeSet<String>;

/// The whole schema, with the access rule of each coordinate.
pub struct WholeSchema {
    /// The schema without access rules.
    pub(crate) schema: Valid<Schema>,
    /// The effective rule of each coordinate, its own or inherited.
    pub(crate) rules: HashMap<String, AccessRule>,
    /// Assumed lengths of lists without pages.
    sizes: Arc<ListSizes>,
    audiences: BTreeSet<String>,
    permissions: BTreeSet<String>,
}

impl WholeSchema {
    /// Parses SDL in which every reachable coordinate has an access rule.
    ///
    /// The definitions of `@shared`, `@requires` and their enums are optional.
    ///
    /// # Errors
    ///
    /// [`RoleSchemaError::Invalid`] if the text is not a schema, or names an audience or permission that its enum
    /// lacks; [`RoleSchemaError::MissingRules`] with every coordinate without a rule.
    pub fn parse(sdl: &str) -> Result<Self, RoleSchemaError> {
        let mut schema =
            Schema::parse(sdl, "whole.graphql").map_err(|failure| RoleSchemaError::invalid(&failure.errors))?;
        let rules = read_rules(&schema);
        check_names(&schema, &rules)?;
        let sizes = Arc::new(ListSizes::read(&schema));
        cut::strip(&mut schema);
        let schema = cut::validated(&schema)?;
        let missing_rules = missing_rules(&schema, &rules);
        if !missing_rules.is_empty() {
            return Err(RoleSchemaError::MissingRules(missing_rules));
        }
        let names = |pick: Pick| rules.values().flat_map(pick).cloned().collect();
        Ok(Self {
            audiences: names(|rule| &rule.audiences),
            permissions: names(|rule| &rule.permissions),
            schema,
            rules,
            sizes,
        })
    }

    /// Permissions that occur in a rule. Others do not affect any role schema.
    pub fn permissions(&self) -> &BTreeSet<String> {
        &self.permissions
    }

    /// Audiences that occur in a rule. Others have no role schema.
    pub fn audiences(&self) -> &BTreeSet<String> {
        &self.audiences
    }

    /// All coordinates reachable from the roots, for any caller.
    pub fn coordinates(&self) -> BTreeSet<String> {
        let reached = reachable(&self.schema);
        coordinates::all(&self.schema, |name| reached.contains(name))
    }

    /// The permissions each of which gives access to a field, argument, input field or value. None if the coordinate
    /// does not exist or has no rule.
    pub fn permissions_of(&self, coordinate: &str) -> Option<&BTreeSet<String>> {
        self.rules.get(coordinate).map(|rule| &rule.permissions)
    }

    /// Removes names that this schema does not use: grants that are equal afterwards have the same role schema.
    pub fn narrowed(&self, grants: &Grants) -> Grants {
        let common = |of: &BTreeSet<String>, known: &BTreeSet<String>| of.intersection(known).cloned().collect();
        Grants {
            audiences: common(&grants.audiences, &self.audiences),
            permissions: common(&grants.permissions, &self.permissions),
            reads_only: grants.reads_only,
        }
    }

    /// Cuts the role schema of these grants. [`RoleSchemas`](crate::RoleSchemas) caches it.
    ///
    /// # Errors
    ///
    /// [`RoleSchemaError::Broken`] with each coordinate that the cut makes unusable.
    pub fn cut(&self, grants: &Grants) -> Result<RoleSchema, RoleSchemaError> {
        self.cut_within(grants, Arc::new(Memory::new(CacheBudget::default())))
    }

    pub(crate) fn cut_within(&self, grants: &Grants, memory: Arc<Memory>) -> Result<RoleSchema, RoleSchemaError> {
        Ok(RoleSchema::new(cut::cut(self, grants)?, Arc::clone(&self.sizes), memory))
    }
}

fn read_rules(schema: &Schema) -> HashMap<String, AccessRule> {
    let mut rules = HashMap::new();
    for (name, definition) in &schema.types {
        let own_rule = AccessRule::read(definition.directives().iter().map(|given| &***given));
        match definition {
            ExtendedType::Object(object) => {
                fields(&mut rules, name, own_rule.as_ref(), object.fields.values());
            }
            ExtendedType::Interface(interface) => {
                fields(&mut rules, name, own_rule.as_ref(), interface.fields.values());
                rules.extend(own_rule.map(|rule| (name.to_string(), rule)));
            }
            ExtendedType::Union(_) => {
                rules.extend(own_rule.map(|rule| (name.to_string(), rule)));
            }
            ExtendedType::InputObject(input) => {
                for field in input.fields.values() {
                    let coordinate = coordinates::member(name, &field.name);
                    rules.extend(input_rule(field, own_rule.as_ref()).map(|rule| (coordinate, rule)));
                }
            }
            ExtendedType::Enum(values) => {
                for value in values.values.values() {
                    let rule = AccessRule::read(value.directives.iter().map(|given| &**given));
                    let coordinate = coordinates::member(name, &value.value);
                    rules.extend(rule.map(|rule| (coordinate, rule)));
                }
            }
            ExtendedType::Scalar(_) => {}
        }
    }
    rules
}

fn fields<'a>(
    rules: &mut HashMap<String, AccessRule>,
    ty: &Name,
    object: Option<&AccessRule>,
    fields: impl Iterator<Item = &'a Component<FieldDefinition>>,
) {
    for field in fields {
        let rule = AccessRule::read(field.directives.iter().map(|given| &**given))
            .or_else(|| object.map(AccessRule::inherited));
        for argument in &field.arguments {
            let coordinate = coordinates::argument(ty, &field.name, &argument.name);
            rules.extend(input_rule(argument, rule.as_ref()).map(|rule| (coordinate, rule)));
        }
        let coordinate = coordinates::member(ty, &field.name);
        rules.extend(rule.map(|rule| (coordinate, rule)));
    }
}

/// The rule of an argument or input field: its own, or that of its field or object.
fn input_rule(input: &Node<InputValueDefinition>, part_of: Option<&AccessRule>) -> Option<AccessRule> {
    AccessRule::read(input.directives.iter().map(|given| &**given)).or_else(|| part_of.map(AccessRule::inherited))
}

/// Compares names with the enums, if the text defines them: a misspelled audience would silently hide a coordinate.
fn check_names(schema: &Schema, rules: &HashMap<String, AccessRule>) -> Result<(), RoleSchemaError> {
    let mut wrong = BTreeSet::new();
    let lists: [(_, Pick); 2] = [("Audience", |rule| &rule.audiences), ("Permission", |rule| &rule.permissions)];
    for (list, pick) in lists {
        let Some(known) = schema.get_enum(list) else {
            continue;
        };
        for (coordinate, rule) in rules {
            for name in pick(rule) {
                if !known.values.contains_key(name.as_str()) {
                    wrong.insert(format!("{coordinate}: `{name}` is no value of {list}"));
                }
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(RoleSchemaError::Invalid(wrong.into_iter().collect())) }
}

/// All reachable coordinates without an own or inherited rule. Interfaces need none: their fields follow from
/// implementors.
fn missing_rules(schema: &Schema, rules: &HashMap<String, AccessRule>) -> Vec<String> {
    let reached = reachable(schema);
    let mut silent = Vec::new();
    for (name, definition) in &schema.types {
        if definition.is_built_in() || !reached.contains(name) {
            continue;
        }
        let members: Vec<&Name> = match definition {
            ExtendedType::Object(object) => object.fields.keys().collect(),
            ExtendedType::InputObject(input) => input.fields.keys().collect(),
            ExtendedType::Enum(values) => values.values.keys().collect(),
            _ => continue,
        };
        silent.extend(
            members
                .into_iter()
                .map(|member| coordinates::member(name, member))
                .filter(|coordinate| !rules.contains_key(coordinate)),
        );
    }
    silent
}

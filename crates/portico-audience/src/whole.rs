//! The whole schema, as its makers wrote it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use apollo_compiler::schema::{Component, ExtendedType, FieldDefinition, InputValueDefinition};
use apollo_compiler::validation::Valid;
use apollo_compiler::{Name, Node, Schema};

use crate::cut::{self, RoleSchemaError};
use crate::memory::{CacheBudget, Memory};
use crate::reachable::reachable;
use crate::sizes::ListSizes;
use crate::words::Word;
use crate::{Grants, RoleSchema, coordinates};

type Pick = fn(&Word) -> &BTreeSet<String>;

/// The whole schema: everything there is, and who may use it.
pub struct WholeSchema {
    /// The schema without the words.
    pub(crate) schema: Valid<Schema>,
    /// The word that holds for each coordinate, whoever spoke it.
    pub(crate) words: HashMap<String, Word>,
    /// The assumed lengths of lists without pages.
    sizes: Arc<ListSizes>,
    audiences: BTreeSet<String>,
    permissions: BTreeSet<String>,
}

impl WholeSchema {
    /// Reads SDL in which every reachable coordinate says who may use it.
    ///
    /// The definitions of `@shared`, `@requires` and their enums may be present or not.
    ///
    /// # Errors
    ///
    /// [`RoleSchemaError::Invalid`] if the text is no schema or names an audience or permission that its
    /// enum lacks, [`RoleSchemaError::Unspoken`] naming every coordinate that says nothing.
    pub fn parse(sdl: &str) -> Result<Self, RoleSchemaError> {
        let mut schema =
            Schema::parse(sdl, "whole.graphql").map_err(|failure| RoleSchemaError::invalid(&failure.errors))?;
        let words = read_words(&schema);
        check_names(&schema, &words)?;
        let sizes = Arc::new(ListSizes::read(&schema));
        cut::strip(&mut schema);
        let schema = cut::validated(&schema)?;
        let unspoken = unspoken(&schema, &words);
        if !unspoken.is_empty() {
            return Err(RoleSchemaError::Unspoken(unspoken));
        }
        let names = |pick: Pick| words.values().flat_map(pick).cloned().collect();
        Ok(Self {
            audiences: names(|word| &word.audiences),
            permissions: names(|word| &word.permissions),
            schema,
            words,
            sizes,
        })
    }

    /// The permissions that some coordinate asks for. Others change no document.
    pub fn permissions(&self) -> &BTreeSet<String> {
        &self.permissions
    }

    /// The audiences that some coordinate is shared with. Others see no document of their own.
    pub fn audiences(&self) -> &BTreeSet<String> {
        &self.audiences
    }

    /// Every coordinate that the roots grants, whoever may use it.
    pub fn coordinates(&self) -> BTreeSet<String> {
        let reached = reachable(&self.schema);
        coordinates::all(&self.schema, |name| reached.contains(name))
    }

    /// The permissions each of which opens a field, argument, input field or value by itself. None if there is no such
    /// coordinate, or nothing is said of it.
    pub fn permissions_of(&self, coordinate: &str) -> Option<&BTreeSet<String>> {
        self.words.get(coordinate).map(|word| &word.permissions)
    }

    /// The grants without what this schema never mentions: two reaches that are equal afterwards
    /// have the same document.
    pub fn narrowed(&self, grants: &Grants) -> Grants {
        let common = |of: &BTreeSet<String>, known: &BTreeSet<String>| of.intersection(known).cloned().collect();
        Grants {
            audiences: common(&grants.audiences, &self.audiences),
            permissions: common(&grants.permissions, &self.permissions),
            reads_only: grants.reads_only,
        }
    }

    /// Cuts the document of one grants. [`RoleSchemas`](crate::RoleSchemas) keeps them.
    ///
    /// # Errors
    ///
    /// [`RoleSchemaError::Broken`] naming each coordinate that what was taken away leaves unusable.
    pub fn cut(&self, grants: &Grants) -> Result<RoleSchema, RoleSchemaError> {
        self.cut_within(grants, Arc::new(Memory::new(CacheBudget::default())))
    }

    pub(crate) fn cut_within(&self, grants: &Grants, memory: Arc<Memory>) -> Result<RoleSchema, RoleSchemaError> {
        Ok(RoleSchema::new(cut::cut(self, grants)?, Arc::clone(&self.sizes), memory))
    }
}

fn read_words(schema: &Schema) -> HashMap<String, Word> {
    let mut words = HashMap::new();
    for (name, definition) in &schema.types {
        let spoken = Word::read(definition.directives().iter().map(|given| &***given));
        match definition {
            ExtendedType::Object(object) => {
                fields(&mut words, name, spoken.as_ref(), object.fields.values());
            }
            ExtendedType::Interface(interface) => {
                fields(&mut words, name, spoken.as_ref(), interface.fields.values());
                words.extend(spoken.map(|word| (name.to_string(), word)));
            }
            ExtendedType::Union(_) => {
                words.extend(spoken.map(|word| (name.to_string(), word)));
            }
            ExtendedType::InputObject(input) => {
                for field in input.fields.values() {
                    let coordinate = coordinates::member(name, &field.name);
                    words.extend(input_word(field, spoken.as_ref()).map(|word| (coordinate, word)));
                }
            }
            ExtendedType::Enum(values) => {
                for value in values.values.values() {
                    let word = Word::read(value.directives.iter().map(|given| &**given));
                    let coordinate = coordinates::member(name, &value.value);
                    words.extend(word.map(|word| (coordinate, word)));
                }
            }
            ExtendedType::Scalar(_) => {}
        }
    }
    words
}

fn fields<'a>(
    words: &mut HashMap<String, Word>,
    ty: &Name,
    object: Option<&Word>,
    fields: impl Iterator<Item = &'a Component<FieldDefinition>>,
) {
    for field in fields {
        let word = Word::read(field.directives.iter().map(|given| &**given)).or_else(|| object.map(Word::lent));
        for argument in &field.arguments {
            let coordinate = coordinates::argument(ty, &field.name, &argument.name);
            words.extend(input_word(argument, word.as_ref()).map(|word| (coordinate, word)));
        }
        let coordinate = coordinates::member(ty, &field.name);
        words.extend(word.map(|word| (coordinate, word)));
    }
}

/// The word of an argument or input field: its own, else that of what it is part of.
fn input_word(input: &Node<InputValueDefinition>, part_of: Option<&Word>) -> Option<Word> {
    Word::read(input.directives.iter().map(|given| &**given)).or_else(|| part_of.map(Word::lent))
}

/// A misspelt audience would close a coordinate silently, so names are held against the enums
/// where the text has them.
fn check_names(schema: &Schema, words: &HashMap<String, Word>) -> Result<(), RoleSchemaError> {
    let mut wrong = BTreeSet::new();
    let lists: [(_, Pick); 2] = [("Audience", |word| &word.audiences), ("Permission", |word| &word.permissions)];
    for (list, pick) in lists {
        let Some(known) = schema.get_enum(list) else {
            continue;
        };
        for (coordinate, word) in words {
            for name in pick(word) {
                if !known.values.contains_key(name.as_str()) {
                    wrong.insert(format!("{coordinate}: `{name}` is no value of {list}"));
                }
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(RoleSchemaError::Invalid(wrong.into_iter().collect())) }
}

/// Every reachable coordinate that says nothing and for which nobody speaks. Interfaces may be
/// silent: their fields follow from those who implement them.
fn unspoken(schema: &Schema, words: &HashMap<String, Word>) -> Vec<String> {
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
                .filter(|coordinate| !words.contains_key(coordinate)),
        );
    }
    silent
}

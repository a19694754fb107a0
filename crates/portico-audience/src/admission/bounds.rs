//! Bounds the size of an operation before any other code walks it.
//!
//! Each fragment is counted once, so a text in which every fragment spreads the next one twice takes linear time,
//! although it expands to billions of fields.

use std::collections::HashMap;

use apollo_compiler::Name;
use apollo_compiler::Node;
use apollo_compiler::ast::{
    Argument, Definition, DirectiveList, Document, FragmentDefinition, OperationDefinition, OperationType, Selection,
};

use crate::refusal::Violation;
use crate::{Limits, Refusal};

/// Sizes of a selection set with all fragments expanded.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    selections: u64,
    aliases: u64,
    directives: u64,
    /// Fields at this level, fragments expanded.
    fields: u64,
    depth: u64,
    introspection_depth: u64,
    nesting: u64,
}

impl Totals {
    fn plus(self, other: Self) -> Self {
        Self {
            selections: self.selections.saturating_add(other.selections),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
            fields: self.fields.saturating_add(other.fields),
            depth: self.depth.max(other.depth),
            introspection_depth: self.introspection_depth.max(other.introspection_depth),
            nesting: self.nesting.max(other.nesting),
        }
    }
}

/// Rejects a text that exceeds the limits, or whose fragments form a cycle.
pub(super) fn check(document: &Document, limits: &Limits) -> Result<(), Refusal> {
    let mut counter = Counter::new(document, limits);
    counter.definitions()?;
    for definition in &document.definitions {
        match definition {
            Definition::OperationDefinition(operation) => counter.operation(operation)?,
            Definition::FragmentDefinition(fragment) => {
                let totals = counter.fragment(&fragment.name, 0)?;
                counter.size(totals)?;
            }
            // Validation rejects type definitions.
            _ => {}
        }
    }
    Ok(())
}

enum FragmentState {
    InProgress,
    Done(Totals),
}

struct Counter<'a> {
    document: &'a Document,
    limits: &'a Limits,
    fragments: HashMap<&'a Name, &'a Node<FragmentDefinition>>,
    counted: HashMap<&'a Name, FragmentState>,
}

impl<'a> Counter<'a> {
    fn new(document: &'a Document, limits: &'a Limits) -> Self {
        let mut fragments = HashMap::new();
        for definition in &document.definitions {
            if let Definition::FragmentDefinition(fragment) = definition {
                fragments.entry(&fragment.name).or_insert(fragment);
            }
        }
        Self { document, limits, fragments, counted: HashMap::new() }
    }

    fn definitions(&self) -> Result<(), Refusal> {
        let (mut operations, mut fragments) = (0, 0);
        for definition in &self.document.definitions {
            match definition {
                Definition::OperationDefinition(_) => operations += 1,
                Definition::FragmentDefinition(_) => fragments += 1,
                _ => {}
            }
        }
        Refusal::over("operations", self.limits.operations as u64, operations)?;
        Refusal::over("fragments", self.limits.fragments as u64, fragments)
    }

    fn operation(&mut self, operation: &'a OperationDefinition) -> Result<(), Refusal> {
        let limits = self.limits;
        Refusal::over("variables", limits.variables as u64, operation.variables.len() as u64)?;
        let mut directives = self.directives(&operation.directives)?;
        for variable in &operation.variables {
            directives = directives.saturating_add(self.directives(&variable.directives)?);
        }
        let mut totals = self.selections(&operation.selection_set, 1)?;
        totals.directives = totals.directives.saturating_add(directives);
        self.size(totals)?;
        Refusal::over("levels of fields", limits.depth, totals.depth)?;
        Refusal::over("levels of introspection", limits.introspection_depth, totals.introspection_depth)?;
        if operation.operation_type == OperationType::Mutation {
            Refusal::over("mutations", limits.mutation_fields, totals.fields)?;
        }
        Refusal::over("root fields", limits.root_fields, totals.fields)
    }

    /// Checks the limits that apply to fragments too, since validation walks even unused ones.
    fn size(&self, totals: Totals) -> Result<(), Refusal> {
        let limits = self.limits;
        Refusal::over("selections", limits.selections, totals.selections)?;
        Refusal::over("aliases", limits.aliases, totals.aliases)?;
        Refusal::over("directives", limits.directives, totals.directives)?;
        Refusal::over("levels of nesting", limits.nesting as u64, totals.nesting)
    }

    fn selections(&mut self, selections: &'a [Selection], level: u64) -> Result<Totals, Refusal> {
        // Chains of fragments nest deeper than the text does, so this recursion is bounded too.
        Refusal::over("levels of nesting", self.limits.nesting as u64, level)?;
        let mut totals = Totals::default();
        for selection in selections {
            totals = totals.plus(self.selection(selection, level)?);
        }
        totals.nesting = totals.nesting.saturating_add(1);
        Ok(totals)
    }

    fn selection(&mut self, selection: &'a Selection, level: u64) -> Result<Totals, Refusal> {
        let (mut totals, directives) = match selection {
            Selection::Field(field) => {
                self.arguments(&field.arguments)?;
                let mut below = Totals::default();
                if !field.selection_set.is_empty() {
                    below = self.selections(&field.selection_set, level + 1)?;
                }
                let mut totals = under(field.name.as_str(), below);
                if field.alias.is_some() {
                    totals.aliases = totals.aliases.saturating_add(1);
                }
                (totals, &field.directives)
            }
            Selection::InlineFragment(inline) => {
                (self.selections(&inline.selection_set, level + 1)?, &inline.directives)
            }
            Selection::FragmentSpread(spread) => (self.fragment(&spread.fragment_name, level)?, &spread.directives),
        };
        totals.selections = totals.selections.saturating_add(1);
        totals.directives = totals.directives.saturating_add(self.directives(directives)?);
        Ok(totals)
    }

    fn fragment(&mut self, name: &'a Name, level: u64) -> Result<Totals, Refusal> {
        let Some(&fragment) = self.fragments.get(name) else {
            // Validation reports the unknown fragment.
            return Ok(Totals::default());
        };
        match self.counted.get(name) {
            Some(FragmentState::Done(totals)) => return Ok(*totals),
            Some(FragmentState::InProgress) => return Err(self.cycle(fragment)),
            None => {}
        }
        self.counted.insert(name, FragmentState::InProgress);
        let mut totals = self.selections(&fragment.selection_set, level + 1)?;
        totals.directives = totals.directives.saturating_add(self.directives(&fragment.directives)?);
        self.counted.insert(name, FragmentState::Done(totals));
        Ok(totals)
    }

    fn cycle(&self, fragment: &Node<FragmentDefinition>) -> Refusal {
        Refusal::Invalid(vec![Violation::new(
            format!("`{}` fragment cannot reference itself", fragment.name),
            fragment.name.location(),
            &self.document.sources,
        )])
    }

    fn directives(&self, directives: &DirectiveList) -> Result<u64, Refusal> {
        for directive in directives {
            self.arguments(&directive.arguments)?;
        }
        Ok(directives.len() as u64)
    }

    fn arguments(&self, arguments: &[Node<Argument>]) -> Result<(), Refusal> {
        Refusal::over("arguments", self.limits.arguments as u64, arguments.len() as u64)
    }
}

/// Sizes of a field with this selection.
fn under(field: &str, below: Totals) -> Totals {
    let depth = below.depth.saturating_add(1);
    let introspects = matches!(field, "__schema" | "__type");
    Totals {
        fields: 1,
        depth: if introspects { 1 } else { depth },
        introspection_depth: if introspects { depth.max(below.introspection_depth) } else { below.introspection_depth },
        ..below
    }
}

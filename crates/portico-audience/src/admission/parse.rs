//! Parsing of untrusted text.

use apollo_compiler::ast;
use apollo_compiler::parser::Parser;

use super::syntax::syntax_complaints;
use crate::refusal::Violation;
use crate::{Limits, Refusal};

pub(super) fn check_size(text: &str, limits: &Limits) -> Result<(), Refusal> {
    if text.len() > limits.bytes {
        return Err(Refusal::TooLarge { what: "bytes", limit: limits.bytes as u64 });
    }
    Ok(())
}

/// A parsed text.
pub(super) struct Parsed {
    pub(super) tree: ast::Document,
    /// Number of tokens, to estimate the size of its trees.
    pub(super) tokens: usize,
}

/// Parses within the limits on tokens and nesting; the parser stops at the first excess.
pub(super) fn parse(text: &str, limits: &Limits) -> Result<Parsed, Refusal> {
    let mut parser = Parser::new().recursion_limit(limits.nesting).token_limit(limits.tokens);
    let parsed = parser.parse_ast(text, "request.graphql");
    if parser.tokens_reached() > limits.tokens {
        return Err(Refusal::TooLarge { what: "tokens", limit: limits.tokens as u64 });
    }
    Refusal::over("levels of nesting", limits.nesting as u64, parser.recursion_reached() as u64)?;
    let tree = parsed.map_err(|failure| Refusal::Parse(syntax_complaints(&failure.errors, limits.complaints)))?;
    if tree.definitions.is_empty() {
        let complaint = Violation::unplaced("the request has no operation");
        return Err(Refusal::Parse(vec![complaint]));
    }
    Ok(Parsed { tree, tokens: parser.tokens_reached() })
}

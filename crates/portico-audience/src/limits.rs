//! Limits of a request.

/// Limits of admission. The defaults are recommended for untrusted callers.
///
/// "Expanded" means that a fragment counts as often as it is spread.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Size of the text in bytes. 16,384.
    pub bytes: usize,
    /// Tokens of the text; runs of white space, commas and comments count as tokens. 4,000.
    pub tokens: usize,
    /// Nesting of selection sets (fragments included), values and types. 64.
    pub nesting: usize,
    /// Operations in one text. 20.
    pub operations: usize,
    /// Fragment definitions in one text. 50.
    pub fragments: usize,
    /// Expanded selections of an operation: fields, inline fragments and spreads. 1,000.
    pub selections: u64,
    /// Nesting of fields, the root being 1. 12.
    pub depth: u64,
    /// Nesting of fields from `__schema` or `__type` on, which are 1. 15, as official clients need.
    pub introspection_depth: u64,
    /// Expanded aliases of an operation. 30.
    pub aliases: u64,
    /// Expanded root fields of an operation. 20.
    pub root_fields: u64,
    /// Expanded root fields of a mutation. 5.
    pub mutation_fields: u64,
    /// Expanded directives of an operation, including those on its variables. 50.
    pub directives: u64,
    /// Arguments of one field or directive. 50.
    pub arguments: usize,
    /// Variables that an operation declares. 50.
    pub variables: usize,
    /// Nesting of lists and objects in one variable's value. 32.
    pub variable_depth: usize,
    /// Number of errors in one refusal. 20.
    pub complaints: usize,
    /// Cost of an operation: requested nodes / 10, rounded up, + root fields + the cost of reading. 1,000.
    pub cost: u64,
    /// Assumed page size if none is given. 25.
    pub page: u64,
    /// Assumed length of a list without pages and without `@listSize`. 10.
    pub list: u64,
    /// Fields included in the cost of a node; each started multiple beyond costs one more node. 20.
    pub fields: u64,
    /// Bytes of a request, text and variables, that cost one, rounded down. 2,048.
    pub read_bytes: u64,
    /// Minimum cost of `__schema` or `__type`, besides its root field. 10.
    pub introspection_cost: u64,
    /// Fields of an introspection response that cost one. 2,500.
    pub introspected_fields: u64,
    /// Whether `__schema` and `__type` are enabled; if not, they are unknown fields. True.
    pub introspection: bool,
    /// Prefix of forbidden strings, in literals and variables. Some executors take it as a marker of an uploaded file,
    /// and trust it. `#__graphql_file__:`.
    pub reserved_prefix: Option<String>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 16 * 1024,
            tokens: 4_000,
            nesting: 64,
            operations: 20,
            fragments: 50,
            selections: 1_000,
            depth: 12,
            introspection_depth: 15,
            aliases: 30,
            root_fields: 20,
            mutation_fields: 5,
            directives: 50,
            arguments: 50,
            variables: 50,
            variable_depth: 32,
            complaints: 20,
            cost: 1_000,
            page: 25,
            list: 10,
            fields: 20,
            read_bytes: 2_048,
            introspection_cost: 10,
            introspected_fields: 2_500,
            introspection: true,
            reserved_prefix: Some("#__graphql_file__:".to_owned()),
        }
    }
}

impl Limits {
    /// The cost of reading this many bytes, whether or not they are an operation. It is part of
    /// [`Admitted::cost`](crate::Admitted::cost), and known before parsing.
    pub fn reading_cost(&self, bytes: usize) -> u64 {
        bytes as u64 / self.read_bytes.max(1)
    }
}

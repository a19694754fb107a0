//! How much one request may ask for.

/// The bounds of admission. The default holds the numbers that this crate recommends for callers
/// whom nobody vouches for.
///
/// "Expanded" means that a fragment counts as often as it is spread.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Bytes of the request's text. 16,384.
    pub bytes: usize,
    /// Tokens of the text; runs of white space, commas and comments count as tokens. 4,000.
    pub tokens: usize,
    /// Levels of anything that nests: selection sets (fragments included), values, types. 64.
    pub nesting: usize,
    /// Operations in one text. 20.
    pub operations: usize,
    /// Fragment definitions in one text. 50.
    pub fragments: usize,
    /// Expanded selections of an operation: fields, inline fragments and spreads. 1,000.
    pub selections: u64,
    /// Levels of fields, the root being the first. 12.
    pub depth: u64,
    /// Levels of fields from `__schema` or `__type` on, which count as the first. 15: official
    /// clients need that many.
    pub introspection_depth: u64,
    /// Expanded aliases of an operation. 30.
    pub aliases: u64,
    /// Expanded root fields of an operation. 20.
    pub root_fields: u64,
    /// Expanded root fields of a mutation. 5.
    pub mutation_fields: u64,
    /// Expanded directives of an operation, those on its variables included. 50.
    pub directives: u64,
    /// Arguments of one field or directive. 50.
    pub arguments: usize,
    /// Variables that an operation declares. 50.
    pub variables: usize,
    /// Levels of lists and objects in one variable's value. 32.
    pub variable_depth: usize,
    /// Complaints in one refusal. 20.
    pub complaints: usize,
    /// The cost of an operation: requested nodes / 10, rounded up, + root fields + the cost of
    /// reading it. 1,000.
    pub cost: u64,
    /// Nodes assumed on a page whose size is not given. 25.
    pub page: u64,
    /// Nodes assumed in a list that has no pages, and no `@listSize`. 10.
    pub list: u64,
    /// Fields of a node that are paid with it; each further so many, begun, cost as one more node. 20.
    pub fields: u64,
    /// Bytes of a request, text and variables, that cost one. What is below is free. 2,048.
    pub read_bytes: u64,
    /// The least cost of `__schema` or `__type`, beside its root field. 10.
    pub introspection_cost: u64,
    /// Fields of an answer of introspection that cost one. 2,500.
    pub introspected_fields: u64,
    /// Whether `__schema` and `__type` are answered. If not, they are unknown fields. On.
    pub introspection: bool,
    /// Strings that begin so are refused, in literals and variables. Some executors let such a
    /// marker stand for an uploaded file, and trust it. `#__graphql_file__:`.
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
    /// What it costs to read so many bytes of a request, be they an operation or not. It is part of
    /// [`Admitted::cost`](crate::Admitted::cost), and known before anything is read.
    pub fn reading_cost(&self, bytes: usize) -> u64 {
        bytes as u64 / self.read_bytes.max(1)
    }
}

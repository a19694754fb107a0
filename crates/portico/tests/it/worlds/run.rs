//! Runs operations as one caller, until the two worlds differ.

use std::collections::BTreeSet;
use std::fmt;

use apollo_compiler::Schema;
use portico_core::access::{Permission, Role};
use portico_graphql::{Gateway, Rights};
use portico_testkit::{Person, Shape, TestApp};

use super::compare::{Observation, Pair};
use super::coverage::Coverage;
use super::generate::Generator;
use super::operation::Printed;
use super::pool::Pool;
use super::shrink::smallest;

/// Default number of operations of all tests, and default seed.
const OPERATIONS: usize = 3_000;
const SEED: u64 = 20_261_122;

/// Options of `just worlds`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// For all tests together.
    pub(crate) operations: usize,
    pub(crate) seed: u64,
}

impl Plan {
    pub(crate) fn read() -> Self {
        let number = |name: &str| {
            std::env::var(name)
                .ok()
                .map(|text| text.parse().unwrap_or_else(|_| panic!("{name} must be a whole number, not {text:?}")))
        };
        Self {
            operations: number("PORTICO_WORLDS_OPERATIONS").map_or(OPERATIONS, |it: u64| it as usize),
            seed: number("PORTICO_WORLDS_SEED").unwrap_or(SEED),
        }
    }

    /// The options with this percentage of the operations.
    pub(crate) const fn share(self, percent: usize) -> usize {
        self.operations * percent / 100
    }
}

/// An audience's role schema, and all names of the whole schema.
pub(crate) struct Document {
    pub(crate) schema: Schema,
    pub(crate) coverage: Coverage,
    pub(crate) strange: Vec<String>,
}

impl Document {
    /// The role schema of a role without permissions.
    pub(crate) fn of(app: &TestApp, role: Option<Role>) -> Self {
        let rights = Rights::new(role, std::iter::empty::<Permission>().collect());
        let document = app.gateway().document(rights).expect("the role schema is valid");
        let schema =
            Schema::parse_and_validate(document.sdl(), "document.graphql").expect("the role schema is valid SDL");
        let whole = Schema::parse(Gateway::sdl(), "schema.graphql").expect("the whole schema is valid SDL");
        let mut strange: Vec<_> = whole
            .types
            .keys()
            .map(ToString::to_string)
            .chain(app.gateway().whole().coordinates().iter().flat_map(|it| names(it)))
            .filter(|name| !name.starts_with("__"))
            .collect();
        strange.sort();
        strange.dedup();
        Self {
            schema: schema.into_inner(),
            coverage: Coverage::of(read_by_queries(document.sdl(), &document.coordinates())),
            strange,
        }
    }
}

/// Coordinates reachable from queries. Mutations would make the worlds diverge.
fn read_by_queries(sdl: &str, coordinates: &BTreeSet<String>) -> BTreeSet<String> {
    let types = Shape::of(sdl).reached_from("Query");
    let is_reached = |coordinate: &&String| {
        let ty = coordinate.split(['.', '(']).next().unwrap_or_default();
        types.contains(ty)
    };
    coordinates.iter().filter(is_reached).cloned().collect()
}

/// The names in a coordinate: `Type.field(argument:)` has three.
fn names(coordinate: &str) -> impl Iterator<Item = String> {
    let parts = coordinate.split(['.', '(', ':', ')']);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>().into_iter()
}

/// A difference, shrunk as far as possible.
#[derive(Debug)]
pub(crate) struct Difference {
    pub(crate) seed: u64,
    pub(crate) number: usize,
    pub(crate) printed: Printed,
    pub(crate) a: Observation,
    pub(crate) b: Observation,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "operation {} of seed {} distinguishes the two worlds; the smallest that does:",
            self.number, self.seed
        )?;
        writeln!(f, "\n{}\n\nvariables: {}\n", self.printed.query, self.printed.variables)?;
        writeln!(f, "the first world:\n{}\n\nthe second world:\n{}", self.a, self.b)
    }
}

/// Runs this many operations in both worlds, as one caller.
///
/// # Errors
///
/// The first [`Difference`].
pub(crate) async fn run(
    a: &TestApp,
    b: &TestApp,
    person: &Person,
    document: &mut Document,
    operations: usize,
    seed: u64,
) -> Result<(), Box<Difference>> {
    let pair = Pair::new(a, b, person);
    let over_redis = pair.over_redis().await;
    let without_answers = pair.without_answers();
    let pool = Pool::of(a.database(), b.database()).await;
    let mut generator = Generator::new(&document.schema, &document.strange, pool, seed);
    let mut next = None;
    for number in 1..=operations {
        let operation = next.take().unwrap_or_else(|| generator.operation(&document.coverage));
        let printed = operation.printed();
        let (reply_a, reply_b, answer) = pair.ask(&printed).await;
        assert!(
            !reply_a.is_failure(),
            "operation {number} of seed {seed} fails:\n{}\n{}\n{reply_a}",
            printed.query,
            printed.variables
        );
        if reply_a != reply_b {
            let smaller = smallest(&pair, operation).await.printed();
            let (a, b, _) = pair.cold().ask(&smaller).await;
            // A difference that depends on earlier operations cannot be shrunk.
            let (printed, a, b) = if a == b { (printed, reply_a, reply_b) } else { (smaller, a, b) };
            return Err(Box::new(Difference { seed, number, printed, a, b }));
        }
        // Again from the cached rows, and from the cached answer.
        for (tier, pair) in [("Redis", &over_redis), ("memory", &without_answers), ("answers", &pair)] {
            let (a, b, _) = pair.ask(&printed).await;
            assert!(
                a.equals_for_caller(&reply_a),
                "operation {number} of seed {seed} is answered differently from {tier}:\n{}\n{}\n{reply_a}\n{a}",
                printed.query,
                printed.variables
            );
            // Redis is written after the reply, so the next request may or may not hit it.
            if a != b && (tier != "Redis" || !a.equals_for_caller(&b)) {
                return Err(Box::new(Difference { seed, number, printed, a, b }));
            }
        }
        document.coverage.note(&document.schema, &operation, &answer);
        generator.pool.harvest(&answer);
        if generator.chance(50) {
            next = generator.next_page(&operation, &answer);
        }
    }
    Ok(())
}

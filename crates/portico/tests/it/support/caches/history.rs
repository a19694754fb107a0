//! Random histories of a company: after any writes and reads, gateways with caches answer like the one without.

use std::fmt;

use fastrand::Rng;

use super::writes::{PICKS, Write, in_words};
use super::{Gateways, Read, seen_by_all};

/// Queries after each change.
const READS: usize = 5;
/// Number of queries that are repeated before one is replaced: caches need repetition.
const FASHION: usize = 6;

/// A cached answer that differs from the reference.
pub(crate) struct Difference {
    /// The changes before, in order.
    after: Vec<String>,
    read: Read,
    place: usize,
    kept: String,
    right: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { after, read, place, kept, right } = self;
        write!(formatter, "gateway {place}, {read}, after {after:#?}\nkept:  {kept}\nright: {right}")
    }
}

/// A history, by its seed.
pub(crate) struct History {
    rng: Rng,
    reads: Vec<Read>,
    in_fashion: Vec<Read>,
    writes: Vec<Write>,
    done: Vec<String>,
    number: usize,
    /// Changes that violated a constraint, and had no effect.
    pub(crate) refused: usize,
    /// Statements of the warm gateways and of the cold one, excluding sign-in.
    pub(crate) statements: (u64, u64),
}

impl History {
    /// Creates one with these changes and everyone's queries.
    pub(crate) async fn new(gateways: &Gateways, seed: u64, writes: &[Write]) -> Self {
        gateways.write(PICKS).await;
        Self {
            rng: Rng::with_seed(seed),
            reads: seen_by_all(),
            in_fashion: Vec::new(),
            writes: writes.to_vec(),
            done: Vec::new(),
            number: 0,
            refused: 0,
            statements: (0, 0),
        }
    }

    /// Limits the queries to these callers.
    #[must_use]
    pub(crate) fn asked_by(mut self, tokens: &[&str]) -> Self {
        self.reads.retain(|read| tokens.contains(&read.token));
        self
    }

    /// Continues for this many steps, or until an answer differs.
    pub(crate) async fn go_on(&mut self, gateways: &Gateways, steps: usize) -> Result<(), Box<Difference>> {
        for _ in 0..steps {
            self.step(gateways).await?;
        }
        Ok(())
    }

    /// Continues, and asserts that no answer differs.
    pub(crate) async fn is_right_for(&mut self, gateways: &Gateways, steps: usize) {
        if let Err(difference) = self.go_on(gateways, steps).await {
            panic!("{difference}");
        }
    }

    async fn step(&mut self, gateways: &Gateways) -> Result<(), Box<Difference>> {
        if self.in_fashion.len() == FASHION && self.rng.u8(..3) == 0 {
            self.in_fashion.remove(0);
        }
        while self.in_fashion.len() < FASHION {
            self.in_fashion.push(self.reads[self.rng.usize(..self.reads.len())].clone());
        }
        self.write(gateways).await;
        for _ in 0..READS {
            self.read(gateways).await?;
        }
        Ok(())
    }

    async fn write(&mut self, gateways: &Gateways) {
        let mut sql = "begin;".to_owned();
        for _ in 0..self.rng.usize(1..=2) {
            let write = self.writes[self.rng.usize(..self.writes.len())];
            self.number += 1;
            self.done.push(format!("{}: {}", self.number, write.0));
            sql += &in_words(write, &mut self.rng, self.number);
            sql.push(';');
        }
        if self.rng.u8(..10) == 0 {
            sql += "rollback";
            self.done.push("(rolled back)".to_owned());
        } else {
            sql += "commit";
        }
        let Err(error) = gateways.owner.batch_execute(&sql).await else { return };
        // Only constraint violations may fail: a change that the tables do not allow.
        let code = error.code().map_or("", |code| code.code());
        assert!(code.starts_with("23"), "{error:?}\n{sql}");
        gateways.write("rollback").await;
        self.refused += 1;
        self.done.push(format!("(refused: {code})"));
    }

    async fn read(&mut self, gateways: &Gateways) -> Result<(), Box<Difference>> {
        let read = self.in_fashion[self.rng.usize(..FASHION)].clone();
        let place = self.rng.usize(..gateways.warm.len());
        let (kept, warm) = gateways.reply_with_cost(place, &read).await;
        let (right, cold) = gateways.reference_with_cost(&read).await;
        self.statements.0 += warm;
        self.statements.1 += cold;
        if kept == right {
            return Ok(());
        }
        let after = self.done.iter().rev().take(12).rev().cloned().collect();
        Err(Box::new(Difference { after, read, place, kept: kept.1, right: right.1 }))
    }
}

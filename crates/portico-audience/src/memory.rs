//! What is kept between requests, bounded in bytes: callers choose what they ask, and so what is kept of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::Grants;
use crate::admission::{Introspection, IntrospectionKey, Plan, PlanKey};
use crate::role_schema::RoleSchema;

/// How many bytes may be kept, about. What would be more makes room for what is asked now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheBudget {
    /// RoleSchemas, one for each grants that differs. 32 MiB.
    pub documents: u64,
    /// Plans of operations, of all documents together. 32 MiB.
    pub plans: u64,
    /// Answers of introspection, of all documents together. 8 MiB.
    pub introspections: u64,
}

impl Default for CacheBudget {
    fn default() -> Self {
        const MEBIBYTE: u64 = 1 << 20;
        Self { documents: 32 * MEBIBYTE, plans: 32 * MEBIBYTE, introspections: 8 * MEBIBYTE }
    }
}

/// What a plan, a document and an answer weigh on average, for the size of a cache's table.
const TYPICAL_PLAN: u64 = 64 * 1024;
const TYPICAL_DOCUMENT: u64 = 512 * 1024;
const TYPICAL_ANSWER: u64 = 64 * 1024;
/// An entry's share of the table, its key included.
const ENTRY: u64 = 200;
/// How many times its SDL a document weighs: the schema's tree, with the indexes and caches within it.
const DOCUMENT_OF_SDL: u64 = 12;

/// Plans and introspections. All documents of one [`RoleSchemas`](crate::RoleSchemas) share them, so that their sum is bounded.
pub(crate) struct Memory {
    pub(crate) plans: Cache<PlanKey, Arc<Plan>, ByPlan>,
    pub(crate) introspections: Cache<IntrospectionKey, Arc<Introspection>, ByAnswer>,
    documents: AtomicU64,
}

impl Memory {
    pub(crate) fn new(bytes: CacheBudget) -> Self {
        Self {
            plans: Cache::with_weighter(items(bytes.plans, TYPICAL_PLAN), bytes.plans, ByPlan),
            introspections: Cache::with_weighter(
                items(bytes.introspections, TYPICAL_ANSWER),
                bytes.introspections,
                ByAnswer,
            ),
            documents: AtomicU64::new(0),
        }
    }

    /// A number for one more document, which keeps its plans apart from those of others.
    pub(crate) fn next_document(&self) -> u64 {
        self.documents.fetch_add(1, Ordering::Relaxed)
    }
}

/// A cache of documents.
pub(crate) fn documents(bytes: CacheBudget) -> Cache<Grants, Arc<RoleSchema>, ByDocument> {
    Cache::with_weighter(items(bytes.documents, TYPICAL_DOCUMENT), bytes.documents, ByDocument)
}

fn items(bytes: u64, typical: u64) -> usize {
    usize::try_from(bytes / typical).unwrap_or(usize::MAX).max(1)
}

#[derive(Clone)]
pub(crate) struct ByPlan;

impl Weighter<PlanKey, Arc<Plan>> for ByPlan {
    fn weight(&self, _: &PlanKey, plan: &Arc<Plan>) -> u64 {
        ENTRY + plan.weight()
    }
}

#[derive(Clone)]
pub(crate) struct ByAnswer;

impl Weighter<IntrospectionKey, Arc<Introspection>> for ByAnswer {
    fn weight(&self, _: &IntrospectionKey, answer: &Arc<Introspection>) -> u64 {
        ENTRY + answer.weight()
    }
}

#[derive(Clone)]
pub(crate) struct ByDocument;

impl Weighter<Grants, Arc<RoleSchema>> for ByDocument {
    fn weight(&self, _: &Grants, document: &Arc<RoleSchema>) -> u64 {
        ENTRY + DOCUMENT_OF_SDL * document.sdl().len() as u64
    }
}

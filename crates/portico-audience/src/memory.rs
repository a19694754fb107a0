//! Caches, limited in bytes because callers choose the operations.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::Grants;
use crate::admission::{Introspection, IntrospectionKey, Plan, PlanKey};
use crate::role_schema::RoleSchema;

/// Size limits of the caches, in bytes, approximate. Entries beyond them are evicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheBudget {
    /// Role schemas, one per distinct grants. 32 MiB.
    pub documents: u64,
    /// Plans of operations, for all role schemas together. 32 MiB.
    pub plans: u64,
    /// Introspection responses, for all role schemas together. 8 MiB.
    pub introspections: u64,
}

impl Default for CacheBudget {
    fn default() -> Self {
        const MEBIBYTE: u64 = 1 << 20;
        Self { documents: 32 * MEBIBYTE, plans: 32 * MEBIBYTE, introspections: 8 * MEBIBYTE }
    }
}

/// Assumed average weights of a plan, a role schema and a response, to size the caches' tables.
const TYPICAL_PLAN: u64 = 64 * 1024;
const TYPICAL_DOCUMENT: u64 = 512 * 1024;
const TYPICAL_ANSWER: u64 = 64 * 1024;
/// Overhead of an entry in the table, including its key.
const ENTRY: u64 = 200;
/// Ratio of a role schema's size in memory to its SDL, including indexes and caches of the tree.
const DOCUMENT_OF_SDL: u64 = 12;

/// Caches of plans and introspection responses, shared by all role schemas of one [`RoleSchemas`](crate::RoleSchemas).
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

    /// A unique number for a role schema, part of its plans' keys.
    pub(crate) fn next_document(&self) -> u64 {
        self.documents.fetch_add(1, Ordering::Relaxed)
    }
}

/// Creates a cache of role schemas.
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

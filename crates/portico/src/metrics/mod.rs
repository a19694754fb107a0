//! Metrics for Prometheus.
//!
//! No label holds a value that a caller chose: audiences and codes are closed lists, and operations are those of
//! `fixtures/operations` or `other`. So no caller can exhaust the memory, or write into a dashboard.

mod count_histogram;
mod momentary;

use std::sync::Arc;
use std::time::Duration;

use portico_graphql::{ErrorCode, Gateway};
use portico_loader::{BatchSizes, RequestCounts, Tiers};
use portico_store::Store;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::auth::SignInError;
use crate::http::Files;
use crate::operations::known_name;
use count_histogram::CountHistogram;

/// OpenMetrics; older versions of Prometheus read it too.
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Prefix of every metric's name.
const PREFIX: &str = "portico";
/// Label of values that are not listed.
const OTHER: &str = "other";
/// Audience of a request that was answered before sign-in.
const UNKNOWN: &str = "UNKNOWN";

/// Bounds in seconds, from a cached answer to the timeout.
const SECONDS: [f64; 12] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];
const STATEMENTS: [f64; 10] = [0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 20.0, 40.0];

/// Counters of one gateway. Cheap to clone; all clones share their counts.
#[derive(Clone)]
pub struct Metrics {
    counts: Arc<Counts>,
    registry: Arc<Registry>,
}

struct Counts {
    requests: Family<RequestLabels, Counter>,
    seconds: Family<AudienceLabel, Histogram, fn() -> Histogram>,
    refusals: Family<CodeLabel, Counter>,
    statements: Counter,
    statements_of_request: Histogram,
    batch_keys: CountHistogram,
    found: Family<TierLabel, Counter>,
    answers_cached: Counter,
    answers_served: Counter,
    sign_in_failures: Family<ReasonLabel, Counter>,
    file_bytes: Family<DirectionLabel, Counter>,
    store_seconds: Family<StoreLabels, Histogram, fn() -> Histogram>,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    operation: &'static str,
    audience: &'static str,
    outcome: &'static str,
    code: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct AudienceLabel {
    audience: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct CodeLabel {
    code: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct TierLabel {
    tier: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ReasonLabel {
    reason: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct DirectionLabel {
    direction: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct StoreLabels {
    operation: &'static str,
    outcome: &'static str,
}

/// Sample of a request to `/graphql`.
pub(crate) struct RequestSample<'a> {
    pub(crate) audience: Option<&'static str>,
    pub(crate) operation: Option<&'a str>,
    pub(crate) codes: &'a [ErrorCode],
    pub(crate) request_counts: RequestCounts,
    /// Whether the answer came from the cache.
    pub(crate) was_cached: bool,
    /// Whether the answer was added to the cache.
    pub(crate) is_cached: bool,
}

impl Default for Metrics {
    fn default() -> Self {
        let counts = Counts {
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            refusals: Family::default(),
            statements: Counter::default(),
            statements_of_request: Histogram::new(STATEMENTS),
            batch_keys: CountHistogram::new(BatchSizes::BOUNDS.map(|bound| bound as f64)),
            found: Family::default(),
            answers_cached: Counter::default(),
            answers_served: Counter::default(),
            sign_in_failures: Family::default(),
            file_bytes: Family::default(),
            store_seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
        };
        let mut registry = Registry::with_prefix(PREFIX);
        registry.register("requests", "Requests to /graphql", counts.requests.clone());
        let help = "Duration of requests to /graphql";
        registry.register_with_unit("request", help, Unit::Seconds, counts.seconds.clone());
        registry.register("refusals", "Errors returned to callers, by code", counts.refusals.clone());
        registry.register("statements", "Statements of requests, excluding sign-in", counts.statements.clone());
        let help = "Statements per request, excluding sign-in";
        registry.register("request_statements", help, counts.statements_of_request.clone());
        registry.register("batch_keys", "Keys per batch of one kind", counts.batch_keys.clone());
        let help = "Keys found, by tier in the order of lookup; for `answer`, whole answers";
        registry.register("hits", help, counts.found.clone());
        registry.register("answers_cached", "Answers added to the cache", counts.answers_cached.clone());
        registry.register("answers_served", "Answers sent from the cache", counts.answers_served.clone());
        registry.register("sign_in_failures", "Failed sign-ins, by reason", counts.sign_in_failures.clone());
        registry.register("files_bytes", "Bytes of files sent and received", counts.file_bytes.clone());
        let help = "Duration of calls to the store of files; reads until the first byte";
        registry.register_with_unit("files_store", help, Unit::Seconds, counts.store_seconds.clone());
        Self { counts: Arc::new(counts), registry: Arc::new(registry) }
    }
}

impl Metrics {
    pub(crate) fn count_request(&self, seen: &RequestSample<'_>, took: Duration) {
        let Self { counts, .. } = self;
        let audience = seen.audience.unwrap_or(UNKNOWN);
        let operation = seen.operation.and_then(known_name).unwrap_or(OTHER);
        let (outcome, code) = outcome(seen.codes);
        counts.requests.get_or_create(&RequestLabels { operation, audience, outcome, code }).inc();
        counts.seconds.get_or_create(&AudienceLabel { audience }).observe(took.as_secs_f64());
        for code in seen.codes {
            counts.refusals.get_or_create(&CodeLabel { code: code.as_str() }).inc();
        }
        let request_counts = &seen.request_counts;
        counts.statements.inc_by(request_counts.statements);
        counts.statements_of_request.observe(request_counts.statements as f64);
        counts.batch_keys.add(&request_counts.sizes.counts, request_counts.sizes.keys);
        counts.answers_cached.inc_by(seen.is_cached.into());
        counts.answers_served.inc_by(seen.was_cached.into());
        for (tier, hits) in [
            ("answer", seen.was_cached.into()),
            ("memory", request_counts.from_memory),
            ("redis", request_counts.from_redis),
            ("database", request_counts.from_database),
        ] {
            if hits > 0 {
                counts.found.get_or_create(&TierLabel { tier }).inc_by(hits);
            }
        }
    }

    pub(crate) fn count_sign_in_failure(&self, error: &SignInError) {
        let reason = match error {
            SignInError::Unauthenticated { .. } | SignInError::NoScheme => "unknown_token",
            SignInError::Store(_) => "unavailable",
        };
        self.counts.sign_in_failures.get_or_create(&ReasonLabel { reason }).inc();
    }

    /// Counts bytes of files: `sent` or `received`.
    pub(crate) fn count_file_bytes(&self, direction: &'static str, bytes: usize) {
        self.counts.file_bytes.get_or_create(&DirectionLabel { direction }).inc_by(bytes as u64);
    }

    /// Counts a call to the store of files: `put` or `get`.
    pub(crate) fn count_store_call(&self, operation: &'static str, is_ok: bool, took: Duration) {
        let outcome = if is_ok { "ok" } else { "error" };
        self.counts.store_seconds.get_or_create(&StoreLabels { operation, outcome }).observe(took.as_secs_f64());
    }

    /// All counters, and the current state of pools and caches, in the format of Prometheus.
    pub(crate) fn text(&self, store: &Store, gateway: &Gateway, tiers: &Tiers, files: &Files) -> String {
        let mut text = String::new();
        let mut moment = Registry::with_prefix(PREFIX);
        momentary::register(&mut moment, store, gateway, tiers, files);
        // Writing into memory cannot fail.
        let _ = encode_registry(&mut text, &self.registry)
            .and_then(|()| encode_registry(&mut text, &moment))
            .and_then(|()| encode_eof(&mut text));
        text
    }
}

/// Outcome of a request with its code: `error` for faults of the gateway, `refused` for those of the caller.
fn outcome(codes: &[ErrorCode]) -> (&'static str, &'static str) {
    let is_ours = |code: &&ErrorCode| matches!(code, ErrorCode::Unavailable | ErrorCode::Timeout | ErrorCode::Internal);
    match (codes.iter().find(is_ours), codes.first()) {
        (Some(ours), _) => ("error", ours.as_str()),
        (None, Some(first)) => ("refused", first.as_str()),
        (None, None) => ("ok", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn server_faults_outrank_client_errors() {
        assert_eq!(outcome(&[]), ("ok", ""));
        assert_eq!(outcome(&[ErrorCode::BadUserInput]), ("refused", "BAD_USER_INPUT"));
        assert_eq!(outcome(&[ErrorCode::CursorInvalid, ErrorCode::Timeout]), ("error", "TIMEOUT"));
    }
}

//! Histograms whose observations are counted outside of the registry.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use prometheus_client::encoding::{EncodeLabelSet, EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::{MetricType, TypedMetric};

/// Histogram that adds whole numbers of observations. Cheap to clone; all clones share their counts.
#[derive(Debug, Clone)]
pub(super) struct CountHistogram {
    bounds: Arc<[f64]>,
    /// One more than bounds: the last counts everything above them.
    counts: Arc<[AtomicU64]>,
    sum: Arc<AtomicU64>,
}

impl CountHistogram {
    pub(super) fn new<const N: usize>(bounds: [f64; N]) -> Self {
        let counts = (0..=N).map(|_| AtomicU64::new(0)).collect();
        Self { bounds: Arc::new(bounds), counts, sum: Arc::default() }
    }

    /// Adds observations already sorted into buckets.
    pub(super) fn add(&self, counts: &[u32], sum: u64) {
        if sum == 0 {
            return;
        }
        for (count, more) in self.counts.iter().zip(counts) {
            count.fetch_add((*more).into(), Ordering::Relaxed);
        }
        self.sum.fetch_add(sum, Ordering::Relaxed);
    }
}

impl TypedMetric for CountHistogram {
    const TYPE: MetricType = MetricType::Histogram;
}

impl EncodeMetric for CountHistogram {
    fn encode(&self, encoder: MetricEncoder<'_>) -> Result<(), fmt::Error> {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let counts = self.counts.iter().map(read).collect::<Vec<_>>();
        Counted::new(&self.bounds, &counts, read(&self.sum) as f64).encode(encoder)
    }

    fn metric_type(&self) -> MetricType {
        Self::TYPE
    }
}

/// Snapshot of a histogram.
#[derive(Debug)]
pub(super) struct Counted {
    buckets: Vec<(f64, u64)>,
    sum: f64,
}

impl Counted {
    /// Creates it; `counts` has one more entry than `bounds`.
    pub(super) fn new(bounds: &[f64], counts: &[u64], sum: f64) -> Self {
        // The library's name for the bucket above all bounds.
        let bounds = bounds.iter().copied().chain([f64::MAX]);
        Self { buckets: bounds.zip(counts.iter().copied()).collect(), sum }
    }
}

impl TypedMetric for Counted {
    const TYPE: MetricType = MetricType::Histogram;
}

impl EncodeMetric for Counted {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), fmt::Error> {
        let count = self.buckets.iter().map(|(_, count)| count).sum();
        encoder.encode_histogram::<NoLabelSet>(self.sum, count, &self.buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        Self::TYPE
    }
}

/// Metrics of a snapshot, each with its labels.
#[derive(Debug)]
pub(super) struct Labelled<L, M>(pub(super) Vec<(L, M)>);

impl<L: EncodeLabelSet, M: EncodeMetric + TypedMetric> EncodeMetric for Labelled<L, M> {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), fmt::Error> {
        self.0.iter().try_for_each(|(labels, metric)| metric.encode(encoder.encode_family(labels)?))
    }

    fn metric_type(&self) -> MetricType {
        M::TYPE
    }
}

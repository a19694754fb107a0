//! Batching reads: every row that a resolver needs passes through here.

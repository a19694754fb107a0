//! The job that scans a file for malware.

use std::time::Duration;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::id::{CompanyId, FileContentId};
use crate::jobs::Job;

/// Scans a content before others than staff see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileScanJob {
    /// The company of the file.
    pub company_id: CompanyId,
    /// The content.
    pub content_id: FileContentId,
    /// Deduplication key.
    pub key: String,
}

impl FileScanJob {
    /// Scans this content.
    pub fn new(company_id: CompanyId, content_id: FileContentId) -> Self {
        Self { company_id, content_id, key: format!("content:{}", content_id.0) }
    }
}

impl Job for FileScanJob {
    const NAME: &'static str = "file_scan";
    // A large file is read from the store and sent to the scanner.
    const TIMEOUT: Duration = Duration::from_secs(600);
    const LEASE: TimeDelta = TimeDelta::minutes(21);
    const AT_ONCE: usize = 2;
    const RETENTION: TimeDelta = TimeDelta::days(30);

    fn key(&self) -> Option<&str> {
        Some(&self.key)
    }

    fn company(&self) -> Option<CompanyId> {
        Some(self.company_id)
    }
}

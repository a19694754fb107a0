//! The job that makes images of a photo or video.

use std::time::Duration;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::id::{CompanyId, FileContentId};
use crate::jobs::Job;

/// A content of which images are to be made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FileImagesJob {
    /// Deduplication key.
    key: String,
    /// The company.
    company_id: CompanyId,
    /// The content.
    pub content_id: FileContentId,
}

impl FileImagesJob {
    /// The job of a content.
    pub fn new(company_id: CompanyId, content_id: FileContentId) -> Self {
        Self { key: format!("content:{}", content_id.0), company_id, content_id }
    }
}

impl Job for FileImagesJob {
    const NAME: &'static str = "file_images";
    // The store or the database may be gone for a while. A photo or video that is unfit is no failure.
    const PAUSES: &'static [TimeDelta] = &[
        TimeDelta::minutes(1),
        TimeDelta::minutes(5),
        TimeDelta::minutes(30),
        TimeDelta::hours(2),
        TimeDelta::hours(6),
        TimeDelta::hours(24),
    ];
    // The largest video is read, written three times and stored.
    const TIMEOUT: Duration = Duration::from_secs(15 * 60);
    const LEASE: TimeDelta = TimeDelta::minutes(30);
    // Each may take a CPU and 2 GiB of memory, and a video 5 GiB of disk.
    const AT_ONCE: usize = 1;
    const RETENTION: TimeDelta = TimeDelta::days(7);

    fn key(&self) -> Option<&str> {
        Some(&self.key)
    }

    fn company(&self) -> Option<CompanyId> {
        Some(self.company_id)
    }
}

//! Scans a file for malware before others than staff see it.

use chrono::{DateTime, Utc};
use portico_adapters::files::FileStore;
use portico_adapters::scanner::{Scan, ScannerAddress, ScannerLimits};
use portico_core::files::ScanResult;
use portico_core::files::scan::FileScanJob;
use portico_store::files::{content_to_scan, images_to_make, record_scan};
use portico_store::jobs::enqueue;
use portico_store::{AsyncPgConnection, StoreError, Writer};

use super::file_images::bytes_of;
use super::{Attempt, JobError, RunJob};
use crate::clock_source::ClockSource;

/// What scans need.
pub struct FileScanContext {
    /// The database.
    pub writer: Writer,
    /// The store of files.
    pub files: FileStore,
    /// The scanner.
    pub scanner: ScannerAddress,
    /// Maximum waits for the scanner.
    pub limits: ScannerLimits,
    /// The time.
    pub clock: ClockSource,
}

impl RunJob for FileScanJob {
    type Context = FileScanContext;

    async fn run(&self, context: &FileScanContext, _: &Attempt) -> Result<(), JobError> {
        let content = self.content_id;
        let read = async |tables: &mut AsyncPgConnection| content_to_scan(tables, content).await;
        let Some(waiting) = context.writer.connection().await?.transaction::<_, StoreError>(read).await? else {
            return Ok(());
        };
        let file = waiting.file.0;
        let bytes = bytes_of(&context.files, waiting.objects);
        let scan =
            context.scanner.scan(bytes, context.limits).await.map_err(|error| JobError::Later(error.to_string()))?;
        let result = match &scan {
            Scan::Clean => ScanResult::Clean,
            Scan::Infected(_) => ScanResult::Infected,
            Scan::TooLarge => ScanResult::Failed,
        };
        match scan {
            Scan::Clean => {}
            Scan::Infected(malware) => {
                tracing::warn!(%file, malware, "malware found: the file is quarantined")
            }
            Scan::TooLarge => {
                tracing::warn!(%file, "too large for the scanner: the file is quarantined")
            }
        }
        let now: DateTime<Utc> = (context.clock)().moment();
        let write = async |tables: &mut AsyncPgConnection| {
            if record_scan(tables, content, result).await?
                && let Some(job) = images_to_make(tables, content).await?
            {
                enqueue(tables, &job, now).await?;
            }
            Ok(())
        };
        context.writer.connection().await?.transaction::<_, StoreError>(write).await?;
        Ok(())
    }
}

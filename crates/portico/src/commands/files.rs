//! Options for the files of projects.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use portico::jobs::{FileScanContext, Worker};
use portico::{ClockSource, Files};
use portico_adapters::files::{
    BucketAccess, Endpoint, FileStore, MarkerError, StoreClaim, StoreLocation, StoreLocationError,
};
use portico_adapters::scanner::{ScannerAddress, ScannerLimits};
use portico_core::files::limits::{FileLimits, parse_size};
use portico_core::files::link::{FileLinkKey, FileLinks};
use portico_core::files::scan::FileScanJob;
use portico_core::network::is_dns_name;
use portico_store::files::{current_store, has_objects, set_current_store};
use portico_store::{AsyncPgConnection, Store, StoreError, Writer};
use secrecy::SecretString;
use url::{Host, Url};

use super::Failure;

/// Names of the option in messages.
const OPTION: &str = "--files-store or PORTICO_FILES_STORE";

#[derive(Debug, Clone, Args)]
pub(super) struct FileStoreOption {
    /// The store of files: a folder that all gateways and workers share, such as file:///var/lib/portico/files, or a
    /// bucket, such as s3://bucket/prefix; without one, nothing can be uploaded
    #[arg(long, env = "PORTICO_FILES_STORE", value_name = "URL")]
    files_store: Option<StoreLocation>,
    /// The S3-compatible server of the bucket, such as https://s3.example.com; without one, Amazon's
    #[arg(long, env = "PORTICO_FILES_S3_ENDPOINT", value_name = "URL")]
    files_s3_endpoint: Option<Endpoint>,
    /// The region of the bucket
    #[arg(long, env = "PORTICO_FILES_S3_REGION", value_name = "REGION", default_value = "us-east-1", value_parser = region)]
    files_s3_region: String,
    /// The id of the access key to the bucket
    #[arg(long, env = "PORTICO_FILES_S3_KEY_ID", hide_env_values = true)]
    files_s3_key_id: Option<SecretString>,
    /// The secret of the access key to the bucket
    #[arg(long, env = "PORTICO_FILES_S3_SECRET", hide_env_values = true)]
    files_s3_secret: Option<SecretString>,
    /// The CA of the S3-compatible server's certificate, a PEM file; without it, the public CAs
    #[arg(long, env = "PORTICO_FILES_S3_CA", value_name = "FILE")]
    files_s3_ca: Option<PathBuf>,
    /// The clamd that checks files for malware before others than staff see them: tcp://127.0.0.1:3310, or
    /// unix:///run/clamav/clamd.ctl; without one, files are not checked
    #[arg(long, env = "PORTICO_SCANNER", value_name = "URL")]
    scanner: Option<ScannerAddress>,
}

#[derive(Debug, Clone, Args)]
pub(super) struct FilesOptions {
    #[command(flatten)]
    store: FileStoreOption,
    /// Base URL of a host that serves files only, so that browsers may show them: https://files.example.com; without one,
    /// files can only be downloaded
    #[arg(long, env = "PORTICO_FILES_URL", value_name = "URL", value_parser = files_url)]
    files_url: Option<String>,
    /// The maximum size of a file
    #[arg(long, env = "PORTICO_FILES_MAX_SIZE", value_name = "SIZE", default_value = "2GiB", value_parser = size)]
    files_max_size: i64,
    /// The maximum size of a project's files together
    #[arg(long, env = "PORTICO_FILES_PROJECT_QUOTA", value_name = "SIZE", default_value = "50GiB", value_parser = size)]
    files_project_quota: i64,
}

fn size(text: &str) -> Result<i64, &'static str> {
    parse_size(text).ok_or("use a number of B, KiB, MiB or GiB, such as 500MiB or 2GiB")
}

/// Parses the name of a region, which is part of Amazon's host.
fn region(text: &str) -> Result<String, &'static str> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err("use the name of a region, such as eu-central-1");
    }
    Ok(text.to_owned())
}

/// Parses a base URL: over HTTPS, or for a trial over HTTP at the own machine.
fn files_url(text: &str) -> Result<String, &'static str> {
    const WRONG: &str = "use a base URL without a path, such as https://files.example.com";
    let url = Url::parse(text).map_err(|_| WRONG)?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let has_user = !url.username().is_empty() || url.password().is_some();
    let (is_name, is_own) = match url.host() {
        Some(Host::Domain(name)) => (is_dns_name(name), name == "localhost" || name.ends_with(".localhost")),
        Some(Host::Ipv4(address)) => (true, IpAddr::from(address).is_loopback()),
        Some(Host::Ipv6(address)) => (true, IpAddr::from(address).is_loopback()),
        None => (false, false),
    };
    if !is_bare || has_user || !is_name {
        return Err(WRONG);
    }
    match url.scheme() {
        "https" => {}
        "http" if is_own => {}
        _ => return Err("use https://: links to files must not be read on the way"),
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn unusable(error: StoreLocationError) -> Failure {
    Failure::new(format_args!("{OPTION}: {error}"))
}

impl FileStoreOption {
    /// Opens the store, after a check that it is the one to which the database refers.
    pub(super) async fn open(&self, database: &Store) -> Result<Option<FileStore>, Failure> {
        let files = match (self.bucket()?, &self.files_store) {
            (Some(bucket), _) => bucket,
            (None, Some(StoreLocation::Folder(folder))) => {
                FileStore::open_folder(folder.clone()).await.map_err(unusable)?
            }
            (None, _) => return Ok(None),
        };
        claim(&files, database).await?;
        tracing::info!(store = ?files, scanner = self.scanner.is_some(), "files are stored");
        Ok(Some(files))
    }

    /// Lets a worker scan the files of this store, if there is a scanner.
    pub(super) fn with_scans(
        &self,
        worker: Worker,
        writer: Writer,
        files: Option<&FileStore>,
        clock: &ClockSource,
    ) -> Worker {
        let Some(scanner) = &self.scanner else { return worker };
        let Some(files) = files else {
            tracing::warn!("--scanner without --files-store: no file is checked");
            return worker;
        };
        let (files, scanner, clock) = (files.clone(), scanner.clone(), Arc::clone(clock));
        let limits = ScannerLimits::default();
        worker.with::<FileScanJob>(Arc::new(FileScanContext { writer, files, scanner, limits, clock }))
    }

    /// Whether files are withheld until a scanner has checked them.
    pub(super) const fn has_scanner(&self) -> bool {
        self.scanner.is_some()
    }

    /// Whether there is a store.
    pub(super) const fn is_set(&self) -> bool {
        self.files_store.is_some()
    }

    /// Checks the options of a bucket, without connecting to it.
    pub(super) fn check(&self) -> Result<(), Failure> {
        self.bucket().map(drop)
    }

    fn bucket(&self) -> Result<Option<FileStore>, Failure> {
        match &self.files_store {
            Some(StoreLocation::Bucket(bucket)) => {
                FileStore::open_bucket(bucket, &self.bucket_access()?).map(Some).map_err(unusable)
            }
            _ if self.has_bucket_options() => {
                Err(Failure::new("the options --files-s3-.. need a bucket: --files-store s3://bucket/prefix"))
            }
            _ => Ok(None),
        }
    }

    fn has_bucket_options(&self) -> bool {
        self.files_s3_endpoint.is_some()
            || self.files_s3_key_id.is_some()
            || self.files_s3_secret.is_some()
            || self.files_s3_ca.is_some()
    }

    fn bucket_access(&self) -> Result<BucketAccess, Failure> {
        let (Some(key_id), Some(secret)) = (&self.files_s3_key_id, &self.files_s3_secret) else {
            return Err(Failure::new(
                "a bucket needs an access key: --files-s3-key-id or PORTICO_FILES_S3_KEY_ID, and --files-s3-secret or \
                 PORTICO_FILES_S3_SECRET",
            ));
        };
        if self.files_s3_ca.is_some() && self.files_s3_endpoint.is_none() {
            return Err(Failure::new("--files-s3-ca needs --files-s3-endpoint or PORTICO_FILES_S3_ENDPOINT"));
        }
        Ok(BucketAccess {
            endpoint: self.files_s3_endpoint.clone(),
            region: self.files_s3_region.clone(),
            key_id: key_id.clone(),
            secret: secret.clone(),
            authority: self.files_s3_ca.clone(),
        })
    }
}

impl FilesOptions {
    /// The options of a worker.
    pub(super) const fn store(&self) -> &FileStoreOption {
        &self.store
    }

    /// Checks the options, without connecting to the store.
    pub(super) fn check(&self) -> Result<(), Failure> {
        self.store.check()
    }

    /// Files in the configured store.
    pub(super) async fn files(&self, secret: &[u8], database: &Store) -> Result<Files, Failure> {
        let store = self.store.open(database).await?;
        if store.is_none() {
            tracing::warn!("no --files-store: nothing can be uploaded");
        }
        let files = Files::new(store, links(secret, self.files_url.clone()), self.limits());
        Ok(files.with_scanner(self.store.has_scanner()))
    }

    /// The limits of files.
    pub(super) const fn limits(&self) -> FileLimits {
        FileLimits { max_size: self.files_max_size, project_quota: self.files_project_quota }
    }
}

/// Links to files, at this host or at the portals'.
pub(super) fn links(secret: &[u8], base: Option<String>) -> FileLinks {
    FileLinks { key: FileLinkKey::from_secret(secret), base }
}

/// Compares a store with the database, and records a new one.
pub(super) async fn claim(files: &FileStore, database: &Store) -> Result<(), Failure> {
    // Another process may record it meanwhile; the second time it is known.
    for _ in 0..2 {
        let connection = database.worker().connection().await.map_err(Failure::new)?;
        let read =
            async |tables: &mut AsyncPgConnection| Ok((current_store(tables).await?, has_objects(tables).await?));
        let (known, has_objects) = connection.transaction::<_, StoreError>(read).await.map_err(Failure::new)?;
        let claim = files.claim(known, has_objects).await.map_err(|error| match error {
            MarkerError::Other(_) => Failure::new(format_args!("{OPTION} {error}")),
            MarkerError::Store(_) => Failure::new(format_args!("{OPTION}: {error}")),
        })?;
        let StoreClaim::New(id) = claim else { return Ok(()) };
        let connection = database.worker().connection().await.map_err(Failure::new)?;
        let record = async |tables: &mut AsyncPgConnection| set_current_store(tables, id).await;
        match connection.transaction(record).await {
            Ok(()) => return Ok(()),
            Err(StoreError::Taken(_)) => {}
            Err(error) => return Err(Failure::new(error)),
        }
    }
    Err(Failure::new(format_args!("{OPTION}: another process uses another store: all need the same")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_sent_over_https() {
        for (text, base) in [
            ("https://files.example.com", "https://files.example.com"),
            ("https://Files.example.com/", "https://files.example.com"),
            ("https://files.example.com:8443", "https://files.example.com:8443"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ] {
            assert_eq!(files_url(text).as_deref(), Ok(base), "{text}");
        }
        for wrong in [
            "",
            "files.example.com",
            "http://files.example.com",
            "https://files.example.com/files",
            "https://me:secret@files.example.com",
            "https://files.example.com/?a=b",
            "https://*.example.com",
            "ftp://files.example.com",
        ] {
            files_url(wrong).expect_err(wrong);
        }
    }
}

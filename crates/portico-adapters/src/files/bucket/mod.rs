//! Stores behind the S3 protocol: Amazon's, or a compatible server.

mod connector;
mod endpoint;
mod error;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};
use secrecy::{ExposeSecret, SecretString};

use self::connector::Connector;
pub use self::endpoint::Endpoint;
pub(super) use self::error::{describe, is_full, is_without_bucket};
use super::error::StoreLocationError;
use super::location::BucketLocation;

/// Attempts after the first one. Fewer than usual: callers repeat their requests, and should know soon that the store is gone.
const RETRIES: usize = 2;
/// Pause before the first and before the last of them, and the time in which they start.
const PAUSE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(1));
const RETRY_TIME: Duration = Duration::from_secs(10);

/// Access to buckets.
#[derive(Debug, Clone)]
pub struct BucketAccess {
    /// The server; none for Amazon's.
    pub endpoint: Option<Endpoint>,
    /// The region of the bucket, which requests are signed for.
    pub region: String,
    /// Id of the access key.
    pub key_id: SecretString,
    /// The secret of the access key.
    pub secret: SecretString,
    /// PEM file of the trusted CAs; none for the public ones.
    pub authority: Option<PathBuf>,
}

/// Prepares a store in a bucket. Connects when it is first used.
pub(super) fn open(bucket: &BucketLocation, access: &BucketAccess) -> Result<Arc<dyn ObjectStore>, StoreLocationError> {
    let unusable = |reason: String| StoreLocationError::Bucket(bucket.to_string(), reason);
    let is_plain = access.endpoint.as_ref().is_some_and(Endpoint::is_plain);
    let connector = Connector::new(access.authority.clone()).map_err(unusable)?;
    let backoff = BackoffConfig { init_backoff: PAUSE.0, max_backoff: PAUSE.1, base: 2. };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&bucket.name)
        .with_region(&access.region)
        .with_access_key_id(access.key_id.expose_secret())
        .with_secret_access_key(access.secret.expose_secret())
        .with_client_options(ClientOptions::new().with_allow_http(is_plain))
        .with_retry(RetryConfig { backoff, max_retries: RETRIES, retry_timeout: RETRY_TIME })
        // Not all servers have the other way.
        .with_disable_bulk_delete(true)
        .with_http_connector(connector);
    if let Some(endpoint) = &access.endpoint {
        builder = builder.with_endpoint(endpoint.as_str());
    }
    let store = builder.build().map_err(|error| unusable(describe(&error.to_string())))?;
    Ok(Arc::new(PrefixStore::new(store, bucket.prefix.clone())))
}

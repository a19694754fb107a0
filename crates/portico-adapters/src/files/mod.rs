//! Storage of the bytes of files: a folder, a bucket, or the memory of tests.

mod bucket;
mod error;
mod location;
mod marker;
mod reader;
mod store;

pub use bucket::{BucketAccess, Endpoint};
pub use error::{FileStoreError, StoreLocationError};
pub use location::{BucketLocation, StoreLocation};
pub use marker::{MarkerError, StoreClaim};
pub use reader::ByteStream;
pub use store::FileStore;

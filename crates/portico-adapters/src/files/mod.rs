//! Storage of the bytes of files: a folder, or the memory of tests.

mod error;
mod location;
mod marker;
mod reader;
mod store;

pub use error::{FileStoreError, StoreLocationError};
pub use location::StoreLocation;
pub use marker::{MarkerError, StoreClaim};
pub use reader::ByteStream;
pub use store::FileStore;

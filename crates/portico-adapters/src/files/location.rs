//! The location of a file store, as the operator names it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use object_store::path::Path;
use url::Url;

use super::error::StoreLocationError;

/// Where the bytes of files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreLocation {
    /// A folder that all gateways and workers share.
    Folder(PathBuf),
    /// A part of a bucket.
    Bucket(BucketLocation),
}

/// A part of a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketLocation {
    /// Name of the bucket.
    pub(super) name: String,
    /// Path of everything in it; empty for the bucket itself.
    pub(super) prefix: Path,
}

impl fmt::Display for BucketLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.name, self.prefix)
    }
}

impl FromStr for StoreLocation {
    type Err = StoreLocationError;

    fn from_str(text: &str) -> Result<Self, StoreLocationError> {
        let url = Url::parse(text).map_err(|_| StoreLocationError::Unreadable)?;
        let is_bare = url.query().is_none() && url.fragment().is_none();
        let location = match url.scheme() {
            "s3" if is_bare => bucket_of(&url).map(Self::Bucket),
            "file" if is_bare => url.to_file_path().ok().filter(|path| path.parent().is_some()).map(Self::Folder),
            _ => None,
        };
        location.ok_or(StoreLocationError::Unreadable)
    }
}

fn bucket_of(url: &Url) -> Option<BucketLocation> {
    let name = url.host_str()?;
    let is_name = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'-' | b'.' | b'_');
    let is_alone = url.username().is_empty() && url.password().is_none() && url.port().is_none();
    if !is_alone || !(3..=63).contains(&name.len()) || !name.bytes().all(is_name) {
        return None;
    }
    let prefix = Path::from_url_path(url.path()).ok()?;
    Some(BucketLocation { name: name.to_owned(), prefix })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stores_are_absolute_folders_or_buckets() {
        let folder = |path: &str| Ok(StoreLocation::Folder(PathBuf::from(path)));
        assert_eq!("file:///var/lib/portico/files".parse(), folder("/var/lib/portico/files"));
        assert_eq!("file:///srv/my%20files/".parse(), folder("/srv/my files"));
        let bucket = |name: &str, prefix: &str| {
            Ok(StoreLocation::Bucket(BucketLocation { name: name.to_owned(), prefix: Path::from(prefix) }))
        };
        assert_eq!("s3://portico-files".parse(), bucket("portico-files", ""));
        assert_eq!("s3://portico-files/".parse(), bucket("portico-files", ""));
        assert_eq!("s3://portico.files/eu/one/".parse(), bucket("portico.files", "eu/one"));
        for wrong in [
            "",
            "/var/lib/portico",
            "files",
            "file://host/files",
            "file:///",
            "file:///a?b=c",
            "http://a/b",
            "s3:bucket",
            "s3:///prefix",
            "s3://ab",
            "s3://bucket:9000/a",
            "s3://key:secret@bucket/a",
            "s3://bucket/a?region=b",
            "s3://bucket//a",
            "s3://bu%20cket",
        ] {
            assert_eq!(wrong.parse::<StoreLocation>(), Err(StoreLocationError::Unreadable), "{wrong}");
        }
    }
}

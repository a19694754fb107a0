//! The location of a file store, as the operator names it.

use std::path::PathBuf;
use std::str::FromStr;

use url::Url;

use super::error::StoreLocationError;

/// Where the bytes of files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreLocation {
    /// A folder that all gateways and workers share.
    Folder(PathBuf),
}

impl FromStr for StoreLocation {
    type Err = StoreLocationError;

    fn from_str(text: &str) -> Result<Self, StoreLocationError> {
        let url = Url::parse(text).map_err(|_| StoreLocationError::Unreadable)?;
        match url.scheme() {
            "s3" => Err(StoreLocationError::Bucket),
            "file" if url.query().is_none() && url.fragment().is_none() => match url.to_file_path() {
                Ok(path) if path.parent().is_some() => Ok(Self::Folder(path)),
                _ => Err(StoreLocationError::Unreadable),
            },
            _ => Err(StoreLocationError::Unreadable),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stores_are_absolute_folders() {
        let folder = |path: &str| Ok(StoreLocation::Folder(PathBuf::from(path)));
        assert_eq!("file:///var/lib/portico/files".parse(), folder("/var/lib/portico/files"));
        assert_eq!("file:///srv/my%20files/".parse(), folder("/srv/my files"));
        assert_eq!("s3://bucket/prefix".parse::<StoreLocation>(), Err(StoreLocationError::Bucket));
        for wrong in ["", "/var/lib/portico", "files", "file://host/files", "file:///", "file:///a?b=c", "http://a/b"] {
            assert_eq!(wrong.parse::<StoreLocation>(), Err(StoreLocationError::Unreadable), "{wrong}");
        }
    }
}

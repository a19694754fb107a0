//! Removes metadata from a copy of a video, where `ffmpeg` writes what it has read.
//!
//! `filter_units` filters the units between pictures, but not those that stand once, in the configuration of the decoder, and not what
//! Matroska adds to a picture. The file keeps its size, because its index has positions of pictures: what is removed becomes an
//! element that says that it is empty. What the lists of known elements do not have is removed as well.

mod mp4;
mod records;
mod webm;

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use super::probe::CopyFormat;
use super::program::ContentError;

/// Elements of a file that are read before it is refused: those of half a day, many times over.
const MAX_ELEMENTS: u32 = 20_000_000;
/// Maximum size of a configuration, in bytes.
const MAX_RECORD: u64 = 1024 * 1024;

/// Removes metadata from a copy, in place.
///
/// # Errors
///
/// [`ContentError::Unfit`] if it does not have the structure that `ffmpeg` writes, or has no space for an empty element.
pub(super) async fn clean(path: PathBuf, format: CopyFormat) -> Result<(), ContentError> {
    let work = move || {
        let mut copy = OpenCopy::open(&path)?;
        match format {
            CopyFormat::Mp4 => mp4::clean(&mut copy),
            CopyFormat::WebM => webm::clean(&mut copy),
        }
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| ContentError::Failed(error.to_string()))?
}

fn unfit(reason: &str) -> ContentError {
    ContentError::Unfit(format!("the copy of ffmpeg {reason}"))
}

/// A copy that is read and changed at positions.
struct OpenCopy {
    file: File,
    size: u64,
    elements: u32,
}

impl OpenCopy {
    fn open(path: &PathBuf) -> Result<Self, ContentError> {
        let file = OpenOptions::new().read(true).write(true).open(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => unfit("is missing"),
            _ => error.into(),
        })?;
        let size = file.metadata()?.len();
        Ok(Self { file, size, elements: 0 })
    }

    /// The first bytes of an element that ends within this range: as many as fit, or as there are.
    fn header<const LENGTH: usize>(&mut self, within: &Range<u64>) -> Result<([u8; LENGTH], usize), ContentError> {
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            return Err(unfit("has too many elements"));
        }
        let mut bytes = [0; LENGTH];
        let left = within.end.saturating_sub(within.start);
        let length = usize::try_from(left).map_or(LENGTH, |left| left.min(LENGTH));
        self.file.read_exact_at(&mut bytes[..length], within.start)?;
        Ok((bytes, length))
    }

    /// The bytes of a configuration.
    fn record(&self, range: &Range<u64>) -> Result<Vec<u8>, ContentError> {
        let length = range.end.saturating_sub(range.start);
        let length = usize::try_from(length.min(MAX_RECORD + 1)).map_err(|_| unfit("is too large"))?;
        if u64::try_from(length).is_ok_and(|length| length > MAX_RECORD) {
            return Err(unfit("has too large a configuration"));
        }
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, range.start)?;
        Ok(bytes)
    }

    fn write(&self, at: u64, bytes: &[u8]) -> Result<(), ContentError> {
        Ok(self.file.write_all_at(bytes, at)?)
    }

    /// Overwrites a range with zeros.
    fn erase(&self, range: Range<u64>) -> Result<(), ContentError> {
        const ZEROS: [u8; 16 * 1024] = [0; 16 * 1024];
        let mut at = range.start;
        while at < range.end {
            let length = usize::try_from(range.end - at).map_or(ZEROS.len(), |left| left.min(ZEROS.len()));
            self.write(at, &ZEROS[..length])?;
            at += length as u64;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::folder::PrivateFolder;
    use super::*;

    /// What these bytes become.
    pub(super) fn cleaned(
        bytes: &[u8],
        clean: fn(&mut OpenCopy) -> Result<(), ContentError>,
    ) -> Result<Vec<u8>, ContentError> {
        let folder = PrivateFolder::create().expect("a folder can be created");
        let path = folder.path().join("copy");
        std::fs::write(&path, bytes).expect("a file can be written");
        clean(&mut OpenCopy::open(&path)?)?;
        let cleaned = std::fs::read(path).expect("it is there");
        assert_eq!(cleaned.len(), bytes.len(), "no position moves");
        Ok(cleaned)
    }

    /// Damages each byte in turn, and removes the end. Returns how many of these files are refused; all others keep their size.
    pub(super) fn refused_when_damaged(bytes: &[u8], clean: fn(&mut OpenCopy) -> Result<(), ContentError>) -> usize {
        let damaged = (0..bytes.len()).flat_map(|at| {
            let changed = [0, 1, 0x7f, 0x80, 0xff].map(|value| {
                let mut changed = bytes.to_vec();
                changed[at] = value;
                changed
            });
            changed.into_iter().chain([bytes[..at].to_vec()])
        });
        let refused = |bytes: &Vec<u8>| match cleaned(bytes, clean) {
            Ok(_) => false,
            Err(ContentError::Unfit(_)) => true,
            Err(ContentError::Failed(error)) => panic!("it would be tried again: {error}"),
        };
        damaged.filter(refused).count()
    }

    #[tokio::test]
    async fn missing_copy_is_unfit() {
        for format in [CopyFormat::Mp4, CopyFormat::WebM] {
            let result = clean("/nonexistent".into(), format).await;
            assert!(matches!(result, Err(ContentError::Unfit(_))), "{result:?}");
        }
    }
}

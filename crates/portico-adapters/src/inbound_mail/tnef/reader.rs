//! Numbers and bytes of a container.

use bytes::Bytes;

/// Size of an attribute without data.
const ATTRIBUTE_BYTES: usize = 11;

/// The rest of a container. Numbers are little-endian.
pub(super) struct Reader(Bytes);

/// An attribute of the mail or of an attachment.
pub(super) struct Attribute {
    pub(super) id: u32,
    pub(super) data: Bytes,
}

impl Reader {
    pub(super) fn new(bytes: Bytes) -> Self {
        Self(bytes)
    }

    /// Whether nothing is left, except line ends or padding that were added on the way.
    pub(super) fn is_at_end(&self) -> bool {
        self.0.len() < ATTRIBUTE_BYTES && self.0.iter().all(|byte| matches!(byte, 0 | b'\r' | b'\n'))
    }

    pub(super) fn take(&mut self, length: usize) -> Option<Bytes> {
        (length <= self.0.len()).then(|| self.0.split_to(length))
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.as_ref().try_into().ok()?))
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.as_ref().try_into().ok()?))
    }

    /// Bytes after their length.
    pub(super) fn counted(&mut self) -> Option<Bytes> {
        let length = usize::try_from(self.u32()?).ok()?;
        self.take(length)
    }

    /// Bytes after their length, padded to a multiple of four.
    pub(super) fn padded(&mut self) -> Option<Bytes> {
        let bytes = self.counted()?;
        // The last padding may be missing.
        let padding = (bytes.len().next_multiple_of(4) - bytes.len()).min(self.0.len());
        self.take(padding)?;
        Some(bytes)
    }

    /// An attribute, whose bytes add up to its checksum.
    pub(super) fn attribute(&mut self) -> Option<Attribute> {
        // 1 of the mail, 2 of an attachment.
        if !matches!(self.take(1)?.first(), Some(1 | 2)) {
            return None;
        }
        let id = self.u32()?;
        let data = self.counted()?;
        let sum = data.iter().fold(0_u16, |sum, byte| sum.wrapping_add(u16::from(*byte)));
        (self.u16()? == sum).then_some(Attribute { id, data })
    }
}

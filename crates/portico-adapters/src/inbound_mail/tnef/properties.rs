//! Lists of properties in a container.

use bytes::Bytes;

use super::reader::Reader;
use super::text_in;

/// Flag of properties with several values.
const MULTIPLE: u16 = 0x1000;
/// First id of properties that have a name.
const NAMED: u16 = 0x8000;

/// A property of an attachment.
pub(super) struct Property {
    pub(super) id: u16,
    pub(super) value: PropertyValue,
}

/// The value of a property: of several, the first.
pub(super) enum PropertyValue {
    /// In the code page of the mail.
    Text(Bytes),
    /// UTF-16, little-endian.
    Unicode(Bytes),
    Binary(Bytes),
    /// With the interface by which it is read.
    Object(Bytes),
    Other,
}

impl PropertyValue {
    /// The text. None if it is blank or none.
    pub(super) fn text(&self, code_page: u32) -> Option<String> {
        match self {
            Self::Text(bytes) => text_in(code_page, bytes),
            Self::Unicode(bytes) => {
                let units = bytes.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
                let units: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
                let text = String::from_utf16_lossy(&units);
                (!text.trim().is_empty()).then(|| text.trim().to_owned())
            }
            Self::Binary(_) | Self::Object(_) | Self::Other => None,
        }
    }
}

/// Reads a list of properties. `None` if it is damaged.
pub(super) fn read(list: Bytes, mut each: impl FnMut(Property)) -> Option<()> {
    let mut reader = Reader::new(list);
    // Each needs bytes, so a false count ends with them.
    for _ in 0..reader.u32()? {
        let kind = reader.u16()?;
        let id = reader.u16()?;
        if id >= NAMED {
            skip_name(&mut reader)?;
        }
        each(Property { id, value: value(&mut reader, kind)? });
    }
    Some(())
}

fn skip_name(reader: &mut Reader) -> Option<()> {
    // A set of names.
    reader.take(16)?;
    match reader.u32()? {
        0 => reader.u32().map(drop),
        1 => reader.padded().map(drop),
        _ => None,
    }
}

fn value(reader: &mut Reader, kind: u16) -> Option<PropertyValue> {
    let is_multiple = kind & MULTIPLE != 0;
    let kind = kind & !MULTIPLE;
    if let Some(size) = fixed_size(kind) {
        let count = if is_multiple { usize::try_from(reader.u32()?).ok()? } else { 1 };
        reader.take(size.checked_mul(count)?)?;
        return Some(PropertyValue::Other);
    }
    let make = match kind {
        0x000d => PropertyValue::Object,
        0x001e => PropertyValue::Text,
        0x001f => PropertyValue::Unicode,
        0x0102 => PropertyValue::Binary,
        _ => return None,
    };
    let mut first = None;
    // Also a single value has a count before it.
    for _ in 0..reader.u32()? {
        let bytes = reader.padded()?;
        first.get_or_insert(bytes);
    }
    Some(first.map_or(PropertyValue::Other, make))
}

/// Size of a value with a fixed one, with its padding.
fn fixed_size(kind: u16) -> Option<usize> {
    match kind {
        // Two bytes, padded; integers, floats, errors and booleans.
        0x0002 | 0x0003 | 0x0004 | 0x000a | 0x000b => Some(4),
        // Doubles, amounts, times.
        0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => Some(8),
        // GUIDs.
        0x0048 => Some(16),
        // Null, and a kind that is not stated: no bytes.
        0x0000 | 0x0001 => Some(0),
        _ => None,
    }
}

//! WebM: what is added to pictures, and the configurations of decoders.

use std::ops::Range;

use super::{OpenCopy, records, unfit};
use crate::content::program::ContentError;

/// Identifiers of elements (RFC 9559).
mod id {
    pub(super) const EBML: u32 = 0x1A45_DFA3;
    pub(super) const SEGMENT: u32 = 0x1853_8067;
    pub(super) const TRACKS: u32 = 0x1654_AE6B;
    pub(super) const TRACK_ENTRY: u32 = 0xAE;
    pub(super) const CODEC_ID: u32 = 0x86;
    pub(super) const CODEC_PRIVATE: u32 = 0x63A2;
    pub(super) const VIDEO: u32 = 0xE0;
    pub(super) const CLUSTER: u32 = 0x1F43_B675;
    pub(super) const BLOCK_GROUP: u32 = 0xA0;
    pub(super) const VOID: u32 = 0xEC;
}

/// Elements that are kept as they are, by the element that holds them.
const KEPT: [(u32, &[u32]); 6] = [
    // SeekHead, Info, Cues, Tags: what ffmpeg says about the file.
    (id::SEGMENT, &[0x114D_9B74, 0x1549_A966, 0x1C53_BB6B, 0x1254_C367]),
    // TrackNumber, TrackUID, TrackType, FlagEnabled, FlagDefault, FlagForced, FlagLacing, DefaultDuration, Language, CodecID, CodecDelay,
    // SeekPreRoll, Audio.
    (
        id::TRACK_ENTRY,
        &[0xD7, 0x73C5, 0x83, 0xB9, 0x88, 0x55AA, 0x9C, 0x0023_E383, 0x0022_B59C, id::CODEC_ID, 0x56AA, 0x56BB, 0xE1],
    ),
    // PixelWidth, PixelHeight, PixelCrop*, DisplayWidth, DisplayHeight, DisplayUnit, FlagInterlaced, FieldOrder, StereoMode, Colour,
    // Projection.
    (
        id::VIDEO,
        &[0xB0, 0xBA, 0x54AA, 0x54BB, 0x54CC, 0x54DD, 0x54B0, 0x54BA, 0x54B2, 0x9A, 0x9D, 0x53B8, 0x55B0, 0x7670],
    ),
    // Timestamp, Position, PrevSize, SimpleBlock.
    (id::CLUSTER, &[0xE7, 0xA7, 0xAB, 0xA3]),
    // Block, BlockDuration, ReferenceBlock, DiscardPadding. Not BlockAdditions.
    (id::BLOCK_GROUP, &[0xA1, 0x9B, 0xFB, 0x75A2]),
    (ROOT, &[id::EBML]),
];
/// The file, which is no element.
const ROOT: u32 = 0;

/// What is done with an element.
enum Action {
    Keep,
    Enter,
    Configuration,
    Remove,
}

fn action(parent: u32, child: u32) -> Action {
    match (parent, child) {
        (_, id::VOID) => Action::Keep,
        (ROOT, id::SEGMENT)
        | (id::SEGMENT, id::TRACKS | id::CLUSTER)
        | (id::TRACKS, id::TRACK_ENTRY)
        | (id::TRACK_ENTRY, id::VIDEO)
        | (id::CLUSTER, id::BLOCK_GROUP) => Action::Enter,
        (id::TRACK_ENTRY, id::CODEC_PRIVATE) => Action::Configuration,
        _ if KEPT.iter().any(|(within, list)| *within == parent && list.contains(&child)) => Action::Keep,
        _ => Action::Remove,
    }
}

struct Element {
    id: u32,
    /// All of it.
    whole: Range<u64>,
    /// Bytes of its size.
    size_width: u64,
    content: Range<u64>,
}

/// Removes what is not known, and cleans configurations.
pub(super) fn clean(copy: &mut OpenCopy) -> Result<(), ContentError> {
    let all = 0..copy.size;
    clean_within(copy, ROOT, all)
}

/// At most as deep as [`action`] enters.
fn clean_within(copy: &mut OpenCopy, parent: u32, mut range: Range<u64>) -> Result<(), ContentError> {
    let mut codec = Vec::new();
    while range.start != range.end {
        let element = element(copy, &range)?;
        range.start = element.whole.end;
        if element.id == id::CODEC_ID {
            codec = copy.record(&element.content)?;
        }
        match action(parent, element.id) {
            Action::Keep => {}
            Action::Enter => clean_within(copy, element.id, element.content)?,
            Action::Configuration => clean_configuration(copy, &element, &codec)?,
            Action::Remove => void(copy, element.whole)?,
        }
    }
    Ok(())
}

fn clean_configuration(copy: &OpenCopy, element: &Element, codec: &[u8]) -> Result<(), ContentError> {
    let cleaned = match codec {
        // Its size was checked.
        b"A_OPUS" => return Ok(()),
        b"V_AV1" => records::av1(&copy.record(&element.content)?),
        // Decoders of VP8 and VP9 need none.
        _ => return void(copy, element.whole.clone()),
    };
    let cleaned = cleaned.ok_or_else(|| unfit("has a wrong configuration"))?;
    let size = cleaned.len() as u64;
    copy.write(element.content.start - element.size_width, &sized(size, element.size_width))?;
    copy.write(element.content.start, &cleaned)?;
    void(copy, element.content.start + size..element.content.end)
}

/// Writes an element that is empty.
fn void(copy: &OpenCopy, range: Range<u64>) -> Result<(), ContentError> {
    let width = match range.end - range.start {
        0 => return Ok(()),
        1 => return Err(unfit("has no space for an empty element")),
        2..9 => 1,
        _ => 8,
    };
    let content = range.start + 1 + width;
    copy.write(range.start, &[0xEC])?;
    copy.write(range.start + 1, &sized(range.end - content, width))?;
    copy.erase(content..range.end)
}

/// A size in this number of bytes, into which it fits.
fn sized(size: u64, width: u64) -> Vec<u8> {
    let marked = size | 1 << (7 * width);
    marked.to_be_bytes().into_iter().skip(8 - usize::try_from(width).unwrap_or(8)).collect()
}

/// The first element of a range.
fn element(copy: &mut OpenCopy, range: &Range<u64>) -> Result<Element, ContentError> {
    let wrong = || unfit("has a wrong element");
    let (bytes, length) = copy.header::<12>(range)?;
    let bytes = &bytes[..length];
    let (id, id_width) = number(bytes, 4).ok_or_else(wrong)?;
    let (size, size_width) = number(&bytes[id_width..], 8).ok_or_else(wrong)?;
    let bits = 7 * size_width;
    let size = size & ((1 << bits) - 1);
    let size_width = size_width as u64;
    let start = range.start + id_width as u64 + size_width;
    // A size of ones alone is unknown, which is for streams.
    let end = start.checked_add(size).filter(|end| size != (1 << bits) - 1 && *end <= range.end);
    let content = start..end.ok_or_else(wrong)?;
    let id = u32::try_from(id).map_err(|_| wrong())?;
    Ok(Element { id, whole: range.start..content.end, size_width, content })
}

/// A number with its mark, and how many bytes it has: one more than its first byte has zeros before the mark.
fn number(bytes: &[u8], most: usize) -> Option<(u64, usize)> {
    let width = 1 + usize::try_from(bytes.first()?.leading_zeros()).ok()?;
    let bytes = bytes.get(..width).filter(|_| width <= most)?;
    Some((bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)), width))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{cleaned, refused_when_damaged};
    use super::*;

    const ADDITIONS: u32 = 0x75A1;

    fn element(id: u32, parts: &[Vec<u8>]) -> Vec<u8> {
        let content = parts.concat();
        let width = if content.len() < 127 { 1 } else { 8 };
        let id = id.to_be_bytes().into_iter().skip_while(|byte| *byte == 0);
        id.chain(sized(content.len() as u64, width)).chain(content).collect()
    }

    fn text(id: u32, text: &[u8]) -> Vec<u8> {
        element(id, &[text.to_vec()])
    }

    /// A file with these elements in a track, and in a group of blocks.
    fn file(codec: &[u8], track: &[Vec<u8>], group: &[Vec<u8>]) -> Vec<u8> {
        let entry = element(id::TRACK_ENTRY, &[text(id::CODEC_ID, codec), track.concat()]);
        let block = text(0xA1, b"picture");
        let group = element(id::BLOCK_GROUP, &[block.clone(), group.concat(), block]);
        let cluster = element(id::CLUSTER, &[text(0xE7, b"\0"), text(0xA3, b"sound"), group]);
        let segment = element(id::SEGMENT, &[text(0x1549_A966, b"ffmpeg"), element(id::TRACKS, &[entry]), cluster]);
        [text(id::EBML, b"webm"), segment].concat()
    }

    /// An empty element of this length.
    fn empty(length: usize) -> Vec<u8> {
        if length < 9 {
            text(id::VOID, &vec![0; length - 2])
        } else {
            [&[0xEC, 1, 0, 0, 0, 0, 0, 0][..], &[u8::try_from(length - 9).expect("short")], &vec![0; length - 9]]
                .concat()
        }
    }

    #[test]
    fn additions_become_empty() {
        for length in [0, 1, 4, 5, 6, 7, 40, 126] {
            let addition = text(ADDITIONS, &vec![b'G'; length]);
            let result = cleaned(&file(b"V_VP8", &[], std::slice::from_ref(&addition)), clean).expect("it is fit");
            assert_eq!(result, file(b"V_VP8", &[], &[empty(addition.len())]), "{length}");
        }
        let large = cleaned(&file(b"V_VP8", &[], &[text(ADDITIONS, &[b'G'; 40_000])]), clean).expect("it is fit");
        assert!(!large.contains(&b'G'));
    }

    #[test]
    fn configurations_are_cleaned() {
        let private = |content: &[u8]| text(id::CODEC_PRIVATE, content);
        let av1 = b"\x81\0\x0c\0\x0a\x03abc".as_slice();
        let with = |codec: &[u8], content: &[u8]| cleaned(&file(codec, &[private(content)], &[]), clean);
        let opus = file(b"A_OPUS", &[private(b"OpusHead")], &[]);
        assert_eq!(cleaned(&opus, clean).expect("it is fit"), opus);
        assert_eq!(with(b"V_VP9", b"GPS").expect("it is fit"), file(b"V_VP9", &[empty(6)], &[]));
        assert_eq!(with(b"V_AV1", av1).expect("it is fit"), file(b"V_AV1", &[private(av1)], &[]));
        let metadata = b"\x2a\x05\x04GPS\x80";
        let expected = file(b"V_AV1", &[private(av1), empty(metadata.len())], &[]);
        assert_eq!(with(b"V_AV1", &[av1, metadata].concat()).expect("it is fit"), expected);
        assert!(matches!(with(b"V_AV1", b"GPS"), Err(ContentError::Unfit(_))));
        // A name, which is not among what is known.
        let name = text(0x536E, b"GPS");
        assert_eq!(cleaned(&file(b"V_VP8", &[name], &[]), clean).expect("it is fit"), file(b"V_VP8", &[empty(6)], &[]));
    }

    #[test]
    fn damaged_files_are_unfit() {
        let whole =
            file(b"V_AV1", &[text(id::CODEC_PRIVATE, b"\x81\0\x0c\0\x2a\x04\x04GP\x80")], &[text(ADDITIONS, b"GPS")]);
        assert!(refused_when_damaged(&whole, clean) > whole.len());
        let mut endless = text(id::EBML, b"webm");
        endless.extend(b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff");
        assert!(matches!(cleaned(&endless, clean), Err(ContentError::Unfit(_))));
    }
}

//! MP4: the configuration of the decoder of pictures, in the description of their track.

use std::ops::Range;

use super::{OpenCopy, records, unfit};
use crate::content::program::ContentError;

/// Boxes from the file to the descriptions.
const PATH: [&[u8; 4]; 6] = [b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd"];
/// Descriptions of pictures, of the formats that are copied.
const PICTURES: [&[u8; 4]; 6] = [b"avc1", b"avc3", b"hvc1", b"hev1", b"av01", b"vp09"];
/// Bytes of a description before its boxes.
const FIELDS: u64 = 78;
/// Where the name of the encoder is in them.
const ENCODER_NAME: Range<u64> = 42..74;
/// Boxes of a description that are numbers alone: shape of a pixel, colors, brightness, bit rate, interlacing, Dolby Vision.
const NUMBERS: [&[u8; 4]; 12] =
    [b"pasp", b"clap", b"colr", b"mdcv", b"clli", b"SmDm", b"CoLL", b"btrt", b"fiel", b"dvcC", b"dvvC", b"dvwC"];
/// Their maximum size, in bytes. A color profile is larger, and has texts.
const MAX_NUMBERS: usize = 64;

struct Mp4Box {
    kind: [u8; 4],
    content: Range<u64>,
}

/// Rewrites the descriptions of pictures.
pub(super) fn clean(copy: &mut OpenCopy) -> Result<(), ContentError> {
    let whole = 0..copy.size;
    let mut found = vec![whole];
    for kind in PATH {
        let mut inner = Vec::new();
        for range in found {
            inner
                .extend(boxes(copy, range)?.into_iter().filter(|found| found.kind == *kind).map(|found| found.content));
        }
        found = inner;
    }
    let mut count = 0;
    for Range { start, end } in found {
        // Version, flags and number of descriptions come first.
        for description in boxes(copy, start.saturating_add(8)..end)? {
            if PICTURES.contains(&&description.kind) {
                clean_description(copy, &description.content)?;
                count += 1;
            }
        }
    }
    if count == 0 { Err(unfit("does not describe its pictures")) } else { Ok(()) }
}

fn clean_description(copy: &mut OpenCopy, content: &Range<u64>) -> Result<(), ContentError> {
    let start = content.start + FIELDS;
    let (mut kept, mut configurations) = (Vec::new(), 0);
    for child in boxes(copy, start..content.end)? {
        let cleaned = match &child.kind {
            b"avcC" => records::avc,
            b"hvcC" => records::hevc,
            b"av1C" => records::av1,
            b"vpcC" => records::vp9,
            kind if NUMBERS.contains(&kind) => numbers,
            _ => continue,
        };
        configurations += usize::from(!NUMBERS.contains(&&child.kind));
        let cleaned = cleaned(&copy.record(&child.content)?).ok_or_else(|| unfit("has a wrong configuration"))?;
        push_box(&mut kept, child.kind, &cleaned);
    }
    if configurations != 1 {
        return Err(unfit("has no configuration, or several"));
    }
    let end = start + kept.len() as u64;
    match content.end - end {
        0 => {}
        // A box is at least its size and its name.
        1..8 => return Err(unfit("has no space for an empty box")),
        room => {
            let room = u32::try_from(room).map_err(|_| unfit("has too large a description"))?;
            kept.extend(room.to_be_bytes());
            kept.extend(b"free");
            copy.erase(end + 8..content.end)?;
        }
    }
    copy.erase(content.start + ENCODER_NAME.start..content.start + ENCODER_NAME.end)?;
    copy.write(start, &kept)
}

fn numbers(content: &[u8]) -> Option<Vec<u8>> {
    (content.len() <= MAX_NUMBERS).then(|| content.to_vec())
}

fn push_box(to: &mut Vec<u8>, kind: [u8; 4], content: &[u8]) {
    // Configurations are limited.
    let size = u32::try_from(8 + content.len()).unwrap_or(u32::MAX);
    to.extend(size.to_be_bytes());
    to.extend(kind);
    to.extend(content);
}

/// The boxes of a range, which they fill.
fn boxes(copy: &mut OpenCopy, mut range: Range<u64>) -> Result<Vec<Mp4Box>, ContentError> {
    let mut boxes = Vec::new();
    while range.start != range.end {
        let (header, length) = copy.header::<16>(&range)?;
        let [s0, s1, s2, s3, k0, k1, k2, k3, large @ ..] = header;
        let (size, before) = match u32::from_be_bytes([s0, s1, s2, s3]) {
            1 => (u64::from_be_bytes(large), 16),
            size => (u64::from(size), 8),
        };
        let end = range.start.checked_add(size).filter(|end| size >= before && *end <= range.end);
        let Some(end) = end.filter(|_| length >= 8) else {
            return Err(unfit("has a wrong box"));
        };
        boxes.push(Mp4Box { kind: [k0, k1, k2, k3], content: range.start + before..end });
        range.start = end;
    }
    Ok(boxes)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{cleaned, refused_when_damaged};
    use super::*;

    const CONFIGURATION: &[u8] = b"\x81\0\x0c\0\x0a\x03abc";
    const METADATA: &[u8] = b"\x2a\x05\x04GPS\x80\x2a\x01\x04";

    fn boxed(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
        let mut made = Vec::new();
        push_box(&mut made, kind, content);
        made
    }

    /// A video with these boxes in the description of its pictures.
    fn video(kind: [u8; 4], boxes: &[Vec<u8>]) -> Vec<u8> {
        let sound = boxed(*b"mp4a", b"sound");
        let pictures = boxed(kind, &[[7; 78].as_slice(), &boxes.concat()].concat());
        let mut inner = [[0; 8].as_slice(), &sound, &pictures].concat();
        for kind in PATH.into_iter().rev() {
            inner = [boxed(*b"skip", b"other"), boxed(*kind, &inner)].concat();
        }
        [inner, boxed(*b"mdat", b"pictures")].concat()
    }

    #[test]
    fn rest_of_a_description_becomes_free() {
        let pixel = boxed(*b"pasp", b"\0\0\0\x01\0\0\0\x01");
        let profile = boxed(*b"colr", &[b"prof GPS".as_slice(), &[9; 100]].concat());
        let with = |boxes: &[Vec<u8>]| cleaned(&video(*b"av01", boxes), clean);
        let configuration = |more: &[u8]| boxed(*b"av1C", &[CONFIGURATION, more].concat());
        let unchanged = video(*b"av01", &[configuration(b""), pixel.clone()]);
        let mut expected = unchanged.clone();
        let at = expected.windows(78).position(|found| found == [7; 78]).expect("the fields");
        expected[at + 42..at + 74].fill(0);
        assert_eq!(cleaned(&unchanged, clean).expect("it is fit"), expected);
        let uuid = boxed(*b"uuid", b"GPS");
        let result = with(&[configuration(METADATA), uuid, pixel.clone()]).expect("it is fit");
        let description = [configuration(b""), pixel.clone(), boxed(*b"free", &[0; 13])].concat();
        let expected = video(*b"av01", &[description]);
        assert!(result[at + 78..] == expected[at + 78..], "{}", String::from_utf8_lossy(&result));
        for wrong in [
            vec![configuration(METADATA), profile],
            vec![configuration(b""), configuration(b"")],
            vec![pixel],
            // There is no space for a box.
            vec![configuration(b"\x2a\x01\x04")],
        ] {
            assert!(matches!(with(&wrong), Err(ContentError::Unfit(_))));
        }
        let other = video(*b"mp4v", &[configuration(b"")]);
        assert!(matches!(cleaned(&other, clean), Err(ContentError::Unfit(_))), "no format of ours");
    }

    #[test]
    fn damaged_files_are_unfit() {
        let whole = video(*b"av01", &[boxed(*b"av1C", &[CONFIGURATION, METADATA].concat())]);
        assert!(refused_when_damaged(&whole, clean) > whole.len());
    }
}

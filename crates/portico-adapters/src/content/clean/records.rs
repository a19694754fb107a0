//! Configurations of decoders: what of them decodes pictures.

/// Of the configuration of H.264 (ISO/IEC 14496-15, 5.3.3), its parameter sets. `None` if it is not one.
pub(super) fn avc(record: &[u8]) -> Option<Vec<u8>> {
    const SEQUENCE: u8 = 7;
    const PICTURE: u8 = 8;
    const EXTENSION: u8 = 13;
    let mut rest = Bytes(record);
    let start = rest.take(5)?;
    let mut kept = start.to_vec();
    for (kind, mask) in [(SEQUENCE, 0x1f), (PICTURE, 0xff)] {
        let count = rest.byte()?;
        kept.push(count);
        for _ in 0..count & mask {
            rest.unit(&mut kept, |unit| unit & 0x1f == kind)?;
        }
    }
    // Only higher profiles have more.
    if let Some(formats) = rest.take(3) {
        kept.extend(formats);
        let count = rest.byte()?;
        kept.push(count);
        for _ in 0..count {
            rest.unit(&mut kept, |unit| unit & 0x1f == EXTENSION)?;
        }
    }
    (start[0] == 1).then_some(kept)
}

/// Of the configuration of H.265 (ISO/IEC 14496-15, 8.3.3), its parameter sets, without messages (SEI). `None` if it is not one.
pub(super) fn hevc(record: &[u8]) -> Option<Vec<u8>> {
    const PARAMETER_SETS: std::ops::RangeInclusive<u8> = 32..=34;
    let mut rest = Bytes(record);
    let start = rest.take(22)?;
    let mut kept = start.to_vec();
    let (count_at, mut arrays) = (kept.len(), 0);
    kept.push(arrays);
    for _ in 0..rest.byte()? {
        let kind = rest.byte()?;
        let mut array = vec![kind];
        let count = rest.take(2)?;
        array.extend(count);
        for _ in 0..u16::from_be_bytes(count.try_into().ok()?) {
            rest.unit(&mut array, |unit| unit >> 1 & 0x3f == kind & 0x3f)?;
        }
        if PARAMETER_SETS.contains(&(kind & 0x3f)) {
            kept.extend(array);
            arrays += 1;
        }
    }
    kept[count_at] = arrays;
    (start[0] == 1).then_some(kept)
}

/// Of the configuration of AV1 (AV1 in ISO base media, 2.3), its sequence headers, without metadata. `None` if it is not one.
pub(super) fn av1(record: &[u8]) -> Option<Vec<u8>> {
    const SEQUENCE: u8 = 1;
    /// In the first byte of a unit: it has another byte, and a size.
    const EXTENDED: u8 = 4;
    const SIZED: u8 = 2;
    let mut rest = Bytes(record);
    let start = rest.take(4)?;
    let mut kept = start.to_vec();
    while !rest.0.is_empty() {
        let unit = rest.0;
        let header = rest.byte()?;
        if header & EXTENDED != 0 {
            rest.byte()?;
        }
        if header & SIZED == 0 {
            return None;
        }
        let size = rest.leb128()?;
        rest.take(size)?;
        if header >> 3 & 0xf == SEQUENCE {
            kept.extend(&unit[..unit.len() - rest.0.len()]);
        }
    }
    (start[0] == 0x81).then_some(kept)
}

/// The configuration of VP9 in MP4, which is numbers alone. `None` if there is more.
pub(super) fn vp9(record: &[u8]) -> Option<Vec<u8>> {
    (record.len() == 12 && record.ends_with(&[0, 0])).then(|| record.to_vec())
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    /// Copies a unit with its length, if its first byte is right.
    fn unit(&mut self, kept: &mut Vec<u8>, is_right: impl Fn(u8) -> bool) -> Option<()> {
        let length = self.take(2)?;
        let unit = self.take(u16::from_be_bytes(length.try_into().ok()?).into())?;
        kept.extend(length);
        kept.extend(unit);
        unit.first().is_some_and(|first| is_right(*first)).then_some(())
    }

    fn leb128(&mut self) -> Option<usize> {
        let mut value = 0;
        for position in 0..4 {
            let byte = self.byte()?;
            value |= usize::from(byte & 0x7f) << (7 * position);
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Units with their lengths.
    fn units(units: &[&[u8]]) -> Vec<u8> {
        let length = |unit: &[u8]| u16::try_from(unit.len()).expect("a short unit").to_be_bytes();
        units.iter().flat_map(|unit| [&length(unit), *unit].concat()).collect()
    }

    /// A configuration of H.265 with arrays of units.
    fn hevc_record(arrays: &[(u8, &[&[u8]])]) -> Vec<u8> {
        let mut record = vec![1; 22];
        record.push(u8::try_from(arrays.len()).expect("few arrays"));
        for (kind, list) in arrays {
            record.extend([0x80 | kind, 0, u8::try_from(list.len()).expect("few units")]);
            record.extend(units(list));
        }
        record
    }

    #[test]
    fn hevc_keeps_parameter_sets_alone() {
        let (vps, sps, pps): (&[u8], &[u8], &[u8]) = (&[32 << 1, 1, 7], &[33 << 1, 1, 8, 8], &[34 << 1, 1]);
        let message: &[u8] = b"\x4e\x01GPS 48.7519";
        let clean = hevc_record(&[(32, &[vps]), (33, &[sps]), (34, &[pps, pps])]);
        assert_eq!(hevc(&clean).as_ref(), Some(&clean));
        let with = hevc_record(&[
            (39, &[message, message]),
            (32, &[vps]),
            (33, &[sps]),
            (34, &[pps, pps]),
            (40, &[b"\x50\x01GPS"]),
            (63, &[b"\x7e\x01GPS"]),
        ]);
        assert_eq!(hevc(&with).as_ref(), Some(&clean));
        assert_eq!(hevc(&[&clean, b"GPS".as_slice()].concat()).as_ref(), Some(&clean), "what follows is removed");
        // A message in an array of another type, an empty unit, and an end within a unit.
        for wrong in [hevc_record(&[(33, &[message])]), hevc_record(&[(32, &[&[]])]), clean[..clean.len() - 1].to_vec()]
        {
            assert_eq!(hevc(&wrong), None);
        }
    }

    #[test]
    fn avc_keeps_parameter_sets_alone() {
        let (sps, pps, extension): (&[u8], &[u8], &[u8]) = (&[0x67, 9, 9], &[0x68, 9], &[0x6d, 9]);
        let start = [1, 66, 0, 30, 0xff, 0xe1];
        let base = [&start, units(&[sps]).as_slice(), &[1], &units(&[pps])].concat();
        let high = [&base, [0xfd, 0xf8, 0xf8, 1].as_slice(), &units(&[extension])].concat();
        for clean in [&base, &high] {
            assert_eq!(avc(clean).as_ref(), Some(clean));
            assert_eq!(avc(&clean[..clean.len() - 1]), None);
        }
        assert_eq!(avc(&[&high, b"GPS 48.7519".as_slice()].concat()), Some(high));
        let message: &[u8] = b"\x06GPS";
        assert_eq!(avc(&[&start, units(&[message]).as_slice(), &[1], &units(&[pps])].concat()), None);
        assert_eq!(avc(&[&start, units(&[sps]).as_slice(), &[1], &units(&[message])].concat()), None);
        assert_eq!(avc(b"\0\0\0\x01\x67GPS"), None);
    }

    #[test]
    fn av1_keeps_sequence_headers_alone() {
        let clean = b"\x81\0\x0c\0\x0a\x03abc".to_vec();
        let metadata: &[u8] = b"\x2a\x05\x04GPS\x80";
        assert_eq!(av1(&clean).as_ref(), Some(&clean));
        assert_eq!(av1(&[&clean, metadata, metadata].concat()).as_ref(), Some(&clean));
        assert_eq!(av1(&[&clean[..4], metadata, &clean[4..]].concat()).as_ref(), Some(&clean));
        // The unit is extended.
        assert_eq!(av1(&[&clean, b"\x2e\0\x05\x04GPS\x80".as_slice()].concat()).as_ref(), Some(&clean));
        // Without a size, an end within a unit, and a size without an end.
        for wrong in [b"\x28\x04GPS".as_slice(), &metadata[..5], b"\x2a\xff\xff\xff\xff\x01"] {
            assert_eq!(av1(&[&clean, wrong].concat()), None);
        }
        assert_eq!(av1(&clean[4..]), None);
    }

    #[test]
    fn vp9_is_numbers_alone() {
        assert_eq!(vp9(&[0; 12]), Some(vec![0; 12]));
        assert_eq!(vp9(b"\x01\0\0\0\0\x0a\x82\x02\x02\x02\0\x03GPS"), None);
    }
}

//! What a photo says about itself in its EXIF data.

use chrono::{NaiveDate, NaiveDateTime};
use exif::{DateTime, Exif, In, Reader, Tag, Value};
use portico_core::files::content::PhotoFacts;

/// Reads the facts from EXIF data. What cannot be read is absent.
pub(crate) fn facts_of(exif: Vec<u8>) -> PhotoFacts {
    let Ok(exif) = Reader::new().continue_on_error(true).read_raw(exif).or_else(|error| {
        // What could be read before and after the error.
        error.distill_partial_result(|_| ())
    }) else {
        return PhotoFacts::default();
    };
    let position = degrees(&exif, Tag::GPSLatitude, Tag::GPSLatitudeRef, b'S').zip(degrees(
        &exif,
        Tag::GPSLongitude,
        Tag::GPSLongitudeRef,
        b'W',
    ));
    let taken = text(&exif, Tag::DateTimeOriginal).and_then(|text| DateTime::from_ascii(text).ok());
    let offset = text(&exif, Tag::OffsetTimeOriginal).or_else(|| text(&exif, Tag::OffsetTime)).and_then(offset_of);
    let taken_at = taken.as_ref().and_then(at);
    PhotoFacts {
        taken_at,
        offset_minutes: taken_at.and(offset),
        latitude: position.map(|(latitude, _)| latitude),
        longitude: position.map(|(_, longitude)| longitude),
    }
}

fn text(exif: &Exif, tag: Tag) -> Option<&[u8]> {
    match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Ascii(lines) => lines.first().map(Vec::as_slice),
        _ => None,
    }
}

fn at(time: &DateTime) -> Option<NaiveDateTime> {
    let day = NaiveDate::from_ymd_opt(time.year.into(), time.month.into(), time.day.into())?;
    day.and_hms_opt(time.hour.into(), time.minute.into(), time.second.into())
}

fn offset_of(text: &[u8]) -> Option<i32> {
    let mut time =
        DateTime { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, nanosecond: None, offset: None };
    time.parse_offset(text).ok()?;
    time.offset.map(i32::from)
}

/// An angle of degrees, minutes and seconds. Negative if its reference is this one.
fn degrees(exif: &Exif, tag: Tag, reference: Tag, negative: u8) -> Option<f64> {
    let Value::Rational(parts) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
    let [degrees, minutes, seconds] = parts.as_slice() else { return None };
    let angle = degrees.to_f64() + minutes.to_f64() / 60.0 + seconds.to_f64() / 3600.0;
    let is_negative = text(exif, reference)?.first()?.eq_ignore_ascii_case(&negative);
    angle.is_finite().then_some(if is_negative { -angle } else { angle })
}

//! What the gateway and its second program, `portico-content`, say to each other about untrusted content.
//!
//! The program gets the bytes of a file on its standard input. Its answer is a list of frames: a length, a kind and a payload. The
//! gateway trusts none of it.

use std::io::{self, Write};
use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::RenditionKind;

/// Exit code: the format is not supported.
pub const UNSUPPORTED: u8 = 10;
/// Exit code: the content is larger than the program accepts.
pub const TOO_LARGE: u8 = 11;
/// Exit code: the content is damaged.
pub const DAMAGED: u8 = 12;
/// Exit code: the program was called wrongly, or cannot limit itself.
pub const MISUSED: u8 = 64;

/// Maximum size of the content that is read, in bytes.
pub const MAX_INPUT: u64 = 256 * 1024 * 1024;
/// Maximum number of pixels of a photo. Cameras of phones have up to 200 million.
pub const MAX_PIXELS: u64 = 210_000_000;
/// Maximum size of an image in the answer, in bytes.
pub const MAX_IMAGE: usize = 16 * 1024 * 1024;
/// Maximum size of the answer, in bytes.
pub const MAX_ANSWER: usize = SIZES.len() * (MAX_IMAGE + MAX_TEXT) + 2 * MAX_TEXT;
/// Maximum size of a frame of text.
const MAX_TEXT: usize = 4096;

/// The images that are made of a photo, with the length of their longer side at most.
pub const SIZES: [(RenditionKind, u32); 3] =
    [(RenditionKind::Large, 4096), (RenditionKind::Medium, 1280), (RenditionKind::Small, 320)];

/// What a photo says about itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PhotoFacts {
    /// Time at which it was taken, by the clock of the camera.
    pub taken_at: Option<NaiveDateTime>,
    /// Difference of that clock to UTC in minutes, if the camera knew it.
    pub offset_minutes: Option<i32>,
    /// Latitude of the camera, in degrees.
    pub latitude: Option<f64>,
    /// Longitude of the camera, in degrees.
    pub longitude: Option<f64>,
}

/// An image made of a photo, from its pixels alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeImage {
    /// The size.
    pub kind: RenditionKind,
    /// The format.
    pub format: MadeFormat,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The encoded image.
    pub bytes: Vec<u8>,
}

/// Format of an image that the program makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MadeFormat {
    /// JPEG.
    Jpeg,
    /// PNG, of images with transparent parts and of graphics.
    Png,
}

impl MadeFormat {
    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// The first bytes of such an image.
    const fn start(self) -> &'static [u8] {
        match self {
            Self::Jpeg => b"\xff\xd8\xff",
            Self::Png => b"\x89PNG\r\n\x1a\n",
        }
    }
}

/// The answer for a photo.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MadeImages {
    /// What it says about itself.
    pub facts: PhotoFacts,
    /// The images, one of each size.
    pub images: Vec<MadeImage>,
}

/// Head of an image, before its bytes.
#[derive(Serialize, Deserialize)]
struct ImageHead {
    kind: String,
    format: MadeFormat,
    width: u32,
    height: u32,
}

const FACTS: u8 = 1;
const IMAGE: u8 = 2;
const BYTES: u8 = 3;
const END: u8 = 4;

/// The answer is not one that the program gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the answer of portico-content is wrong: {0}")]
pub struct WrongAnswer(&'static str);

impl MadeImages {
    /// Writes the answer.
    ///
    /// # Errors
    ///
    /// [`io::Error`] if it cannot be written.
    pub fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        frame(out, FACTS, &serde_json::to_vec(&self.facts)?)?;
        for image in &self.images {
            let MadeImage { kind, format, width, height, bytes } = image;
            let head = ImageHead { kind: kind.as_str().to_owned(), format: *format, width: *width, height: *height };
            frame(out, IMAGE, &serde_json::to_vec(&head)?)?;
            frame(out, BYTES, bytes)?;
        }
        frame(out, END, &[])?;
        out.flush()
    }

    /// Reads an answer, and checks that it has exactly the images that it must have.
    ///
    /// # Errors
    ///
    /// [`WrongAnswer`] if it is another one.
    pub fn read_from(answer: &[u8]) -> Result<Self, WrongAnswer> {
        let mut rest = answer;
        let facts: PhotoFacts = parsed(next(&mut rest, FACTS, MAX_TEXT)?)?;
        let mut images = Vec::with_capacity(SIZES.len());
        for (kind, longest) in SIZES {
            let ImageHead { kind: said, format, width, height } = parsed(next(&mut rest, IMAGE, MAX_TEXT)?)?;
            let bytes = next(&mut rest, BYTES, MAX_IMAGE)?;
            if said != kind.as_str() {
                return Err(WrongAnswer("an image has another size"));
            }
            if !(1..=longest).contains(&width) || !(1..=longest).contains(&height) {
                return Err(WrongAnswer("an image is larger than its size"));
            }
            if !bytes.starts_with(format.start()) {
                return Err(WrongAnswer("an image has another format"));
            }
            images.push(MadeImage { kind, format, width, height, bytes: bytes.to_vec() });
        }
        next(&mut rest, END, 0)?;
        if !rest.is_empty() {
            return Err(WrongAnswer("it has more than an end"));
        }
        Ok(Self { facts: facts.checked(), images })
    }
}

/// Years in which photos are taken, scanned ones included.
const YEARS: RangeInclusive<i32> = 1800..=2200;

impl PhotoFacts {
    /// The time at which it was taken. Cameras that do not know their time zone are taken to be in the project's.
    pub fn taken_at(&self, time_zone: &str) -> Option<DateTime<Utc>> {
        let local = self.taken_at?;
        if let Some(minutes) = self.offset_minutes {
            return Some((local.checked_sub_signed(TimeDelta::minutes(minutes.into()))?).and_utc());
        }
        let zone: Tz = time_zone.parse().ok()?;
        // Clocks that were not set forward show an hour that does not exist.
        let skipped = || zone.from_local_datetime(&(local + TimeDelta::hours(1))).earliest();
        zone.from_local_datetime(&local).earliest().or_else(skipped).map(|at| at.to_utc())
    }

    /// Without what cannot be true.
    fn checked(self) -> Self {
        let within = |degrees: Option<f64>, most: f64| degrees.filter(|degrees| degrees.abs() <= most);
        let position = within(self.latitude, 90.0).zip(within(self.longitude, 180.0));
        Self {
            taken_at: self.taken_at.filter(|at| YEARS.contains(&at.year())),
            offset_minutes: self.offset_minutes.filter(|minutes| minutes.abs() <= 14 * 60),
            latitude: position.map(|(latitude, _)| latitude),
            longitude: position.map(|(_, longitude)| longitude),
        }
    }
}

fn frame(out: &mut impl Write, kind: u8, payload: &[u8]) -> io::Result<()> {
    let length = u32::try_from(payload.len()).map_err(|_| io::Error::other("a frame is too large"))?;
    out.write_all(&length.to_be_bytes())?;
    out.write_all(&[kind])?;
    out.write_all(payload)
}

fn next<'a>(rest: &mut &'a [u8], kind: u8, most: usize) -> Result<&'a [u8], WrongAnswer> {
    let (head, after) = rest.split_first_chunk::<5>().ok_or(WrongAnswer("it is cut"))?;
    let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
    let length = usize::try_from(length).map_err(|_| WrongAnswer("a frame is too large"))?;
    if head[4] != kind {
        return Err(WrongAnswer("a frame is of another kind"));
    }
    if length > most {
        return Err(WrongAnswer("a frame is too large"));
    }
    let (payload, after) = after.split_at_checked(length).ok_or(WrongAnswer("it is cut"))?;
    *rest = after;
    Ok(payload)
}

fn parsed<'a, T: Deserialize<'a>>(payload: &'a [u8]) -> Result<T, WrongAnswer> {
    serde_json::from_slice(payload).map_err(|_| WrongAnswer("a frame cannot be read"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer() -> MadeImages {
        let image = |(kind, longest): (RenditionKind, u32)| MadeImage {
            kind,
            format: MadeFormat::Jpeg,
            width: longest,
            height: 1,
            bytes: b"\xff\xd8\xff\xe0".to_vec(),
        };
        let facts = PhotoFacts { latitude: Some(48.75), longitude: Some(-122.5), ..PhotoFacts::default() };
        MadeImages { facts, images: SIZES.map(image).to_vec() }
    }

    fn written(answer: &MadeImages) -> Vec<u8> {
        let mut bytes = Vec::new();
        answer.write_to(&mut bytes).expect("memory can be written");
        bytes
    }

    #[test]
    fn answer_is_read_as_written() {
        assert_eq!(MadeImages::read_from(&written(&answer())), Ok(answer()));
    }

    #[test]
    fn implausible_years_are_no_times() {
        let taken = |text: &str, offset_minutes: Option<i32>| {
            let taken_at = text.parse::<NaiveDateTime>().ok();
            let facts = PhotoFacts { taken_at, offset_minutes, ..PhotoFacts::default() }.checked();
            facts.taken_at("America/Vancouver").map(|at| at.to_rfc3339())
        };
        assert_eq!(taken("0000-01-01T00:00:00", Some(840)), None);
        assert_eq!(taken("9999-12-31T23:59:59", Some(-720)), None);
        assert_eq!(taken("1957-07-04T12:00:00", Some(0)).as_deref(), Some("1957-07-04T12:00:00+00:00"));
        // The hour that is skipped when clocks are set forward.
        assert_eq!(taken("2024-03-10T02:30:00", None).as_deref(), Some("2024-03-10T10:30:00+00:00"));
    }

    #[test]
    fn wrong_answers_are_refused() {
        let whole = written(&answer());
        for end in 0..whole.len() {
            assert!(MadeImages::read_from(&whole[..end]).is_err(), "cut at {end}");
        }
        MadeImages::read_from(&[&whole[..], b"x"].concat()).expect_err("more than an end");
        let with = |change: fn(&mut MadeImages)| {
            let mut answer = answer();
            change(&mut answer);
            MadeImages::read_from(&written(&answer))
        };
        with(|answer| answer.images.truncate(2)).expect_err("an image is missing");
        with(|answer| answer.images.swap(0, 1)).expect_err("another order");
        with(|answer| answer.images[2].width = 321).expect_err("too wide");
        with(|answer| answer.images[0].height = 0).expect_err("empty");
        with(|answer| answer.images[0].bytes = b"<svg>".to_vec()).expect_err("another format");
        with(|answer| answer.images[0].bytes.resize(MAX_IMAGE + 1, 0)).expect_err("too large");
    }

    #[test]
    fn camera_without_zone_is_in_the_projects() {
        let taken_at = "2026-10-14T11:00:00".parse().ok();
        let known = PhotoFacts { taken_at, offset_minutes: Some(-240), ..PhotoFacts::default() };
        assert_eq!(known.taken_at("America/Los_Angeles"), "2026-10-14T15:00:00Z".parse().ok());
        let unknown = PhotoFacts { offset_minutes: None, ..known };
        assert_eq!(unknown.taken_at("America/Los_Angeles"), "2026-10-14T18:00:00Z".parse().ok());
        assert_eq!(unknown.taken_at("Mars/Olympus"), None);
    }

    #[test]
    fn impossible_facts_are_dropped() {
        let mut answer = answer();
        answer.facts.latitude = Some(90.5);
        answer.facts.offset_minutes = Some(15 * 60);
        let read = MadeImages::read_from(&written(&answer)).expect("an answer");
        assert_eq!(read.facts, PhotoFacts::default());
        answer.facts.latitude = Some(f64::NAN);
        assert_eq!(MadeImages::read_from(&written(&answer)).expect("an answer").facts, PhotoFacts::default());
    }
}

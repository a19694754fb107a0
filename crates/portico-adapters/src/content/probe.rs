//! What `ffprobe` says about a video, and what follows for its copy.

use std::ops::RangeInclusive;

use portico_core::files::VideoContainer;
use serde::Deserialize;

/// Maximum number of pixels of a video: 8K in both of its formats.
pub(super) const MAX_PIXELS: u64 = 8192 * 4320;

/// Video formats of which copies are made, with the types of units that are copied: those with pictures and what is needed to decode
/// them. The others hold messages of the camera, such as positions, besides the pictures.
const CODECS: [(&str, Option<&str>); 5] = [
    ("h264", Some("1-5|7-11")),
    ("hevc", Some("0-9|16-21|32-37")),
    ("av1", Some("1-4|6-8")),
    ("vp8", None),
    ("vp9", None),
];

/// A format of sound, with the sizes of its decoder's configuration. One that is larger may have texts after it.
type SoundFormat = (&'static str, RangeInclusive<u64>);

/// Up to eight channels.
const OPUS: SoundFormat = ("opus", 19..=29);

/// The answer of `ffprobe`.
#[derive(Debug, Deserialize)]
pub(super) struct Probe {
    #[serde(default)]
    streams: Vec<ProbedStream>,
}

#[derive(Debug, Deserialize)]
struct ProbedStream {
    index: u32,
    codec_type: Option<String>,
    codec_name: Option<String>,
    /// Size of the configuration of its decoder.
    #[serde(default)]
    extradata_size: u64,
    width: Option<u64>,
    height: Option<u64>,
    #[serde(default)]
    disposition: Disposition,
}

#[derive(Debug, Default, Deserialize)]
struct Disposition {
    /// Whether it is a cover, which is a photo with metadata of its own.
    #[serde(default)]
    attached_pic: u8,
}

/// Format of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CopyFormat {
    Mp4,
    WebM,
}

impl CopyFormat {
    /// The media type.
    pub(super) const fn media_type(self) -> &'static str {
        match self {
            Self::Mp4 => "video/mp4",
            Self::WebM => "video/webm",
        }
    }

    /// The container.
    pub(super) const fn container(self) -> VideoContainer {
        match self {
            Self::Mp4 => VideoContainer::Iso,
            Self::WebM => VideoContainer::Matroska,
        }
    }

    /// Formats of sound that are copied, and the encoder for all others.
    const fn sound(self) -> (&'static [SoundFormat], &'static str) {
        match self {
            Self::Mp4 => (&[("aac", 1..=8), OPUS, ("mp3", 0..=0), ("ac3", 0..=0), ("eac3", 0..=0)], "aac"),
            // Vorbis has texts before its sound.
            Self::WebM => (&[OPUS], "libopus"),
        }
    }
}

/// What is copied of a video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// Number of the stream of pictures.
    pub(super) pictures: u32,
    /// The video format.
    codec: &'static str,
    /// Types of its units that are copied; all if there are no others.
    units: Option<&'static str>,
    /// Number of the stream of sound, with its encoder if it is not copied.
    sound: Option<(u32, Option<&'static str>)>,
    /// Format of the copy.
    pub(super) format: CopyFormat,
}

impl Probe {
    /// What is copied of a video in this container.
    ///
    /// # Errors
    ///
    /// The reason for which there can be no copy.
    pub(super) fn plan(&self, container: VideoContainer) -> Result<Plan, String> {
        let video = self.pictures().ok_or("it has no pictures")?;
        let name = video.codec_name.as_deref().unwrap_or("an unknown format");
        let known = CODECS.into_iter().find(|(codec, _)| *codec == name);
        let (codec, units) = known.ok_or_else(|| format!("{name} is not supported"))?;
        let size = video.width.zip(video.height).and_then(|(width, height)| width.checked_mul(height));
        if size.is_none_or(|pixels| !(1..=MAX_PIXELS).contains(&pixels)) {
            return Err("it has too many pixels, or none".to_owned());
        }
        let format = match (container, codec) {
            (VideoContainer::Matroska, "vp8" | "vp9" | "av1") => CopyFormat::WebM,
            _ => CopyFormat::Mp4,
        };
        let (copied, encoder) = format.sound();
        let sound = self
            .streams
            .iter()
            .find(|stream| stream.is("audio"))
            .map(|stream| (stream.index, (!stream.has_one_of(copied)).then_some(encoder)));
        Ok(Plan { pictures: video.index, codec, units, sound, format })
    }

    /// Whether it is a copy that was made by this plan: pictures, sound and nothing else.
    pub(super) fn follows(&self, plan: &Plan) -> bool {
        let count = |kind: &str| self.streams.iter().filter(|stream| stream.is(kind)).count();
        let has_codec = self.pictures().is_some_and(|stream| stream.codec_name.as_deref() == Some(plan.codec));
        let (sounds, _) = plan.format.sound();
        has_codec
            && self.streams.iter().filter(|stream| stream.is("audio")).all(|stream| stream.has_one_of(sounds))
            && (count("video"), count("audio")) == (1, usize::from(plan.sound.is_some()))
            && count("video") + count("audio") == self.streams.len()
    }

    fn pictures(&self) -> Option<&ProbedStream> {
        self.streams.iter().find(|stream| stream.is("video") && stream.disposition.attached_pic == 0)
    }
}

impl ProbedStream {
    fn is(&self, kind: &str) -> bool {
        self.codec_type.as_deref() == Some(kind)
    }

    fn has_one_of(&self, formats: &[SoundFormat]) -> bool {
        let is_it = |(name, sizes): &SoundFormat| {
            self.codec_name.as_deref() == Some(*name) && sizes.contains(&self.extradata_size)
        };
        formats.iter().any(is_it)
    }
}

impl Plan {
    /// The options of `ffmpeg` for the copy.
    pub(super) fn options(&self) -> Vec<String> {
        let mut options = vec!["-map".to_owned(), format!("0:{}", self.pictures)];
        let mut add = |more: &[&str]| options.extend(more.iter().map(|option| (*option).to_owned()));
        add(&["-c:v", "copy"]);
        if let Some(units) = self.units {
            add(&["-bsf:v", &format!("filter_units=pass_types={units}")]);
        }
        if let Some((index, encoder)) = self.sound {
            add(&["-map", &format!("0:{index}")]);
            match encoder {
                None => add(&["-c:a", "copy"]),
                Some(encoder) => add(&["-c:a", encoder, "-b:a", "160k", "-ac", "2"]),
            }
        }
        add(&["-map_metadata", "-1", "-map_chapters", "-1", "-dn", "-sn", "-fflags", "+bitexact"]);
        match self.format {
            CopyFormat::Mp4 => {
                if self.codec == "hevc" {
                    // Players of Apple know no other name.
                    add(&["-tag:v", "hvc1"]);
                }
                // The index comes first, so that players begin before they have all.
                add(&["-movflags", "+faststart", "-write_tmcd", "0", "-f", "mp4"]);
            }
            CopyFormat::WebM => add(&["-f", "webm"]),
        }
        options
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probe(text: &str) -> Probe {
        serde_json::from_str(text).expect("an answer")
    }

    #[test]
    fn covers_and_data_are_not_copied() {
        let probe = probe(
            r#"{"streams": [
                {"index": 0, "codec_type": "video", "codec_name": "mjpeg", "width": 9, "height": 9, "disposition": {"attached_pic": 1}},
                {"index": 1, "codec_type": "data"},
                {"index": 2, "codec_type": "audio", "codec_name": "pcm_s16le"},
                {"index": 3, "codec_type": "video", "codec_name": "h264", "width": 1920, "height": 1080, "disposition": {"attached_pic": 0}},
                {"index": 4, "codec_type": "audio", "codec_name": "aac"}]}"#,
        );
        let plan = probe.plan(VideoContainer::Iso).expect("a video");
        assert_eq!((plan.pictures, plan.sound, plan.format), (3, Some((2, Some("aac"))), CopyFormat::Mp4));
        let options = plan.options().join(" ");
        assert!(options.starts_with("-map 0:3 -c:v copy -bsf:v filter_units=pass_types=1-5|7-11 -map 0:2 -c:a aac "));
        assert!(!probe.follows(&plan), "it has a cover, data and another sound");
    }

    #[test]
    fn webm_holds_its_own_formats_only() {
        for (codec, sound, size, format, encoder) in [
            ("vp8", "vorbis", 4_000, CopyFormat::WebM, Some("libopus")),
            ("vp9", "opus", 19, CopyFormat::WebM, None),
            ("av1", "opus", 19, CopyFormat::WebM, None),
            ("h264", "opus", 29, CopyFormat::Mp4, None),
            ("hevc", "vorbis", 4_000, CopyFormat::Mp4, Some("aac")),
            // There is more in their configurations than is needed.
            ("vp9", "opus", 40, CopyFormat::WebM, Some("libopus")),
            ("h264", "aac", 24, CopyFormat::Mp4, Some("aac")),
            ("h264", "mp3", 24, CopyFormat::Mp4, Some("aac")),
        ] {
            let text = format!(
                r#"{{"streams": [{{"index": 0, "codec_type": "video", "codec_name": "{codec}", "width": 320, "height": 180}},
                    {{"index": 1, "codec_type": "audio", "codec_name": "{sound}", "extradata_size": {size}}}]}}"#
            );
            let plan = probe(&text).plan(VideoContainer::Matroska).expect("a video");
            assert_eq!((plan.format, plan.sound), (format, Some((1, encoder))), "{codec}");
            assert_eq!(probe(&text).follows(&plan), encoder.is_none(), "{codec}, {sound}");
        }
    }

    #[test]
    fn some_videos_have_no_copy() {
        let stream = |codec: &str, width: u64, height: u64| {
            format!(
                r#"{{"index": 0, "codec_type": "video", "codec_name": "{codec}", "width": {width}, "height": {height}}}"#
            )
        };
        let of = |streams: &str| probe(&format!(r#"{{"streams": [{streams}]}}"#)).plan(VideoContainer::Iso);
        assert!(of(&stream("h264", 8192, 4320)).is_ok());
        for wrong in [
            "",
            r#"{"index": 0, "codec_type": "audio", "codec_name": "aac"}"#,
            // Each of its frames may have the metadata of a photo.
            &stream("mjpeg", 640, 480),
            // It has texts between its frames.
            &stream("mpeg4", 640, 480),
            &stream("h264", 0, 0),
            &stream("h264", 16_384, 16_384),
            &stream("h264", u64::MAX, 2),
        ] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
        assert!(probe("{}").plan(VideoContainer::Matroska).is_err());
    }
}

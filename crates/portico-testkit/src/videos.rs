//! Videos for tests, made by `ffmpeg`.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::programs::{TestFolder, skip_without};

/// A position in the notation of videos.
const POSITION: &str = "+48.7519-122.4787/";
const WIDTH: u32 = 320;
const HEIGHT: u32 = 180;

/// Whether `ffmpeg` is installed, with the encoders of these videos. If not, says so.
pub fn has_ffmpeg() -> bool {
    let found = Command::new("ffmpeg").args(["-v", "error", "-h", "encoder=libx264"]).output();
    let has = found.is_ok_and(|found| found.status.success());
    if !has {
        skip_without("ffmpeg");
    }
    has
}

fn run(program: &str, folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(folder).output().expect("it can be run");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A test picture, as an input.
pub const PICTURE: &str = "-f lavfi -i testsrc=size=320x180:rate=10:duration=2";
/// A tone, as an input.
pub const TONE: &str = "-f lavfi -i sine=duration=2";
/// The formats of a phone's video.
pub const PHONE: &str = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac";

/// A video as a phone records it.
pub fn phone_video(extension: &str, options: &str) -> Vec<u8> {
    video(extension, &[], &format!("{PICTURE} {TONE} {PHONE} {options}"))
}

/// The video that `ffmpeg` makes with these options in a folder with these files.
pub fn video(extension: &str, files: &[(&str, &[u8])], options: &str) -> Vec<u8> {
    let folder = TestFolder::new();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).expect("a file can be written");
    }
    let made = format!("made.{extension}");
    let start = ["-nostdin", "-v", "error"];
    let arguments: Vec<_> = start.into_iter().chain(options.split_whitespace()).chain([made.as_str()]).collect();
    run("ffmpeg", folder.path(), &arguments);
    fs::read(folder.path().join(made)).expect("a video was made")
}

/// What `ffprobe` says about a video, a line for each entry.
pub fn described(video: &[u8], entries: &str) -> Vec<String> {
    let folder = TestFolder::new();
    fs::write(folder.path().join("video"), video).expect("a file can be written");
    let text = run("ffprobe", folder.path(), &["-v", "error", "-show_entries", entries, "-of", "csv", "video"]);
    text.lines().map(str::trim_end).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// Videos with a position, each in another place of the file. The names say where.
pub fn videos_with_position(cover: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let subtitles: &[u8] = b"1\n00:00:00,000 --> 00:00:02,000\nGPS(-122.4787,48.7519)\n";
    let chapters: &[u8] = b";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=At 48.7519 122.4787\n";
    let user_data = "086f3693-b7b3-4f2c-9653-21492feee5b8";
    let with = |extension: &str, file: (&str, &[u8]), input: &str, options: &str| {
        video(extension, &[file], &format!("{PICTURE} {TONE} {input} {PHONE} {options}"))
    };
    let texts = with("mp4", ("s.srt", subtitles), "-i s.srt", "-map 0 -map 1 -map 2 -c:s mov_text");
    vec![
        ("box.mp4", phone_video("mp4", &format!("-metadata location={POSITION} -metadata comment=At{POSITION}"))),
        (
            "keys.mov",
            phone_video(
                "mov",
                &format!("-movflags use_metadata_tags -metadata com.apple.quicktime.location.ISO6709={POSITION}"),
            ),
        ),
        ("track.mov", phone_video("mov", &format!("-metadata:s:v:0 handler_name=At{POSITION}"))),
        ("telemetry.mp4", replaced(&replaced(&texts, b"sbtl", b"meta"), b"tx3g", b"gpmd")),
        ("subtitles.mp4", texts),
        ("chapters.mp4", with("mp4", ("c", chapters), "-f ffmetadata -i c", "-map_chapters 2")),
        (
            "cover.mp4",
            with(
                "mp4",
                ("cover.jpg", cover),
                "-i cover.jpg",
                "-map 0 -map 1 -map 2 -c:v:1 copy -disposition:v:1 attached_pic",
            ),
        ),
        ("message.mp4", phone_video("mp4", &format!("-bsf:v h264_metadata=sei_user_data={user_data}+At{POSITION}"))),
        (
            "free.mp4",
            with_boxes(phone_video("mp4", ""), &[(b"free", POSITION), (b"uuid", POSITION), (b"mdat", POSITION)]),
        ),
        (
            "tags.webm",
            video(
                "webm",
                &[],
                &format!(
                    "{PICTURE} {TONE} -c:v libvpx -deadline realtime -c:a libvorbis -metadata location={POSITION}
                    -metadata:s:a:0 title=At{POSITION}"
                ),
            ),
        ),
        (
            "attachment.mkv",
            with("mkv", ("note.txt", POSITION.as_bytes()), "", "-attach note.txt -metadata:s:t:0 mimetype=text/plain"),
        ),
    ]
}

/// Videos with a position beside their pictures and sound: in what decoders are configured with, and what is added to a picture.
pub fn videos_with_hidden_position() -> Vec<(&'static str, Vec<u8>)> {
    let mp4 = |options: &str| video("mp4", &[], &format!("{PICTURE} {TONE} -pix_fmt yuv420p -c:a aac {options}"));
    let h265 = mp4("-c:v libx265 -x265-params log-level=none");
    let av1 = mp4("-c:v libaom-av1 -usage realtime -cpu-used 8");
    // A unit of metadata, with its size.
    let mut metadata = vec![0x2a, u8::try_from(POSITION.len() + 2).expect("a short text"), 4];
    metadata.extend([POSITION.as_bytes(), &[0x80]].concat());
    let av1 = with_bytes_in(av1, *b"vide", &[b"av01", b"av1C"], &metadata);
    let webm = |options: &str| {
        let sound = "-c:v libvpx -deadline realtime -auto-alt-ref 0 -c:a libopus";
        video("webm", &[], &format!("{PICTURE} {TONE} {sound} {options}"))
    };
    vec![
        // The encoder's message is among the parameter sets.
        ("h265.mp4", overwritten(h265, b"H.265/HEVC codec - Cop", 0, POSITION.as_bytes())),
        ("av1.webm", video("mkv", &[("av1", &av1)], "-i av1 -c copy")),
        ("av1.mp4", av1),
        ("sound.mp4", with_sound_configuration(phone_video("mp4", ""), POSITION.as_bytes())),
        // Opacity is a second picture, which is added to the first.
        ("addition.webm", overwritten(webm("-pix_fmt yuva420p"), &[0x75, 0xa1], 14, POSITION.as_bytes())),
        // A title becomes the configuration, whose identifier is as long.
        (
            "configuration.webm",
            overwritten(webm(&format!("-metadata:s:v:0 title=At{POSITION}")), b"\x53\x6e\x94At", 0, b"\x63\xa2"),
        ),
    ]
}

/// The number of frames of a video, each of which can be decoded.
pub fn decoded_frames(video: &[u8]) -> usize {
    let folder = TestFolder::new();
    fs::write(folder.path().join("video"), video).expect("a file can be written");
    let arguments = "-v error -xerror -i video -map 0:v -f framemd5 -";
    let output = Command::new("ffmpeg").args(arguments.split(' ')).current_dir(folder.path()).output();
    let output = output.expect("it can be run");
    assert_eq!((output.status.success(), String::from_utf8_lossy(&output.stderr).as_ref()), (true, ""));
    String::from_utf8_lossy(&output.stdout).lines().filter(|line| !line.starts_with('#')).count()
}

/// The position of some bytes.
fn found(bytes: &[u8], sought: &[u8], from: usize) -> usize {
    let found = bytes[from..].windows(sought.len()).position(|found| found == sought);
    from + found.unwrap_or_else(|| panic!("it has {}", String::from_utf8_lossy(sought)))
}

/// The bytes with others at a distance from the first place of a mark.
fn overwritten(mut bytes: Vec<u8>, mark: &[u8], distance: usize, with: &[u8]) -> Vec<u8> {
    let at = found(&bytes, mark, 0) + distance;
    bytes[at..at + with.len()].copy_from_slice(with);
    bytes
}

/// The MP4 video with bytes at the end of a box in the description of the track of this kind. Its index is at its end, so that no
/// picture moves.
fn with_bytes_in(mut video: Vec<u8>, kind: [u8; 4], path: &[&[u8; 4]], added: &[u8]) -> Vec<u8> {
    let movie = found(&video, b"moov", 0);
    let kind = found(&video, &kind, movie);
    let track = video[..kind].windows(4).rposition(|found| found == b"trak").expect("a track");
    let (mut boxes, mut last) = (vec![movie, track], track);
    for name in [b"mdia", b"minf", b"stbl", b"stsd"].iter().chain(path) {
        last = found(&video, *name, last);
        boxes.push(last);
    }
    let size_at = |video: &[u8], at: usize| u32::from_be_bytes(video[at - 4..at].try_into().expect("a size"));
    let end = last - 4 + usize::try_from(size_at(&video, last)).expect("a small box");
    for at in boxes {
        let size = size_at(&video, at) + u32::try_from(added.len()).expect("a few bytes");
        video[at - 4..at].copy_from_slice(&size.to_be_bytes());
    }
    video.splice(end..end, added.iter().copied());
    video
}

/// The MP4 video with bytes after the configuration of its sound, AAC.
fn with_sound_configuration(video: Vec<u8>, added: &[u8]) -> Vec<u8> {
    /// Bytes in the box after the configuration.
    const AFTER: usize = 6;
    let mut video = with_bytes_in(video, *b"soun", &[b"mp4a", b"esds"], added);
    let start = found(&video, b"esds", 0);
    // Three descriptors hold each other.
    for tag in 3..=5 {
        let size = found(&video, &[tag, 0x80, 0x80, 0x80], start) + 4;
        video[size] += u8::try_from(added.len()).expect("a few bytes");
    }
    let at = found(&video, added, start);
    video[at - AFTER..at + added.len()].rotate_left(AFTER);
    video
}

/// What of these videos' metadata is in these bytes: the position, and the names of boxes for metadata.
pub fn video_traces_in(bytes: &[u8]) -> Vec<&'static str> {
    const MARKERS: [&str; 12] =
        ["48.75", "122.47", "Exif", "mdta", "gpmd", "tx3g", "covr", "chpl", "uuid", "tmcd", "loci", "note.txt"];
    let is_in = |marker: &str| bytes.windows(marker.len()).any(|found| found == marker.as_bytes());
    let mut found: Vec<_> = MARKERS.into_iter().filter(|marker| is_in(marker)).collect();
    // A list of tags that is not empty.
    let empty = [0, 0, 0, 8];
    if bytes.windows(8).any(|found| found.ends_with(b"ilst") && !found.starts_with(&empty)) {
        found.push("ilst");
    }
    found
}

fn replaced(bytes: &[u8], from: &[u8; 4], to: &[u8; 4]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at: Vec<_> = (0..bytes.len() - 4).filter(|at| bytes[*at..].starts_with(from)).collect();
    assert!(!at.is_empty(), "it has {}", String::from_utf8_lossy(from));
    at.into_iter().for_each(|at| bytes[at..at + 4].copy_from_slice(to));
    bytes
}

/// The video with further boxes at its end.
pub fn with_boxes(mut video: Vec<u8>, boxes: &[(&[u8; 4], &str)]) -> Vec<u8> {
    for (name, text) in boxes {
        let size = u32::try_from(8 + text.len()).expect("a short text");
        video.extend(size.to_be_bytes());
        video.extend(*name);
        video.extend(text.as_bytes());
    }
    video
}

/// The video as a phone records it that is held upright: turned by a quarter in the header of its track.
pub fn rotated(mut video: Vec<u8>) -> Vec<u8> {
    let header = video.windows(4).position(|found| found == b"tkhd").expect("a track");
    let matrix = [0, 0x1_0000, 0, 0xffff_0000, 0, 0, HEIGHT << 16, 0, 0x4000_0000];
    let bytes: Vec<u8> = matrix.into_iter().flat_map(u32::to_be_bytes).collect();
    video[header + 44..header + 80].copy_from_slice(&bytes);
    video
}

/// The video with other dimensions in the first frame of VP8.
pub fn claiming(mut video: Vec<u8>, side: u16) -> Vec<u8> {
    let mut size = [0; 4];
    for (bytes, length) in size.chunks_exact_mut(2).zip([WIDTH, HEIGHT]) {
        bytes.copy_from_slice(&u16::try_from(length).expect("a small picture").to_le_bytes());
    }
    let start = [b"\x9d\x01\x2a".as_slice(), &size].concat();
    let frame = video.windows(start.len()).position(|found| found == start).expect("a frame of VP8");
    video[frame + 3..frame + 7].copy_from_slice(&[side.to_le_bytes(), side.to_le_bytes()].concat());
    video
}

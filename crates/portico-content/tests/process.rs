//! Tests of the program with its limits.

use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output, Stdio};

use portico_content::samples::{claiming_png, exif_segment, jpeg, picture, with_segments};
use portico_core::files::content::{DAMAGED, MISUSED, MadeImages, TOO_LARGE, UNSUPPORTED};

const PROGRAM: &str = env!("CARGO_BIN_EXE_portico-content");

fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(PROGRAM)
        .args(arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // A program that has ended reads no more.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("the writer ends");
    output
}

#[test]
fn photo_is_answered_in_frames() {
    let photo = with_segments(&jpeg(&picture(800, 600)), &[exif_segment(6)]);
    let output = run(&["image"], &photo);
    assert!(output.status.success(), "{output:?}");
    let made = MadeImages::read_from(&output.stdout).expect("an answer");
    assert_eq!((made.images[0].width, made.images[0].height), (600, 800));
    let output = run(&["image", "--upright"], &photo);
    let made = MadeImages::read_from(&output.stdout).expect("an answer");
    assert_eq!((made.images[0].width, made.images[0].height), (800, 600));
}

#[test]
fn exit_codes_tell_why() {
    // A78
    for (input, code) in [
        (claiming_png(16_384), TOO_LARGE),
        (claiming_png(21_600), TOO_LARGE),
        (claiming_png(60_000), TOO_LARGE),
        (claiming_png(64), DAMAGED),
        (jpeg(&picture(64, 64))[..90].to_vec(), DAMAGED),
        (b"%PDF-1.7".to_vec(), UNSUPPORTED),
        (Vec::new(), UNSUPPORTED),
    ] {
        let output = run(&["image"], &input);
        assert_eq!(output.status.code(), Some(code.into()), "{output:?}");
        assert!(output.stdout.is_empty());
    }
    for wrong in [&[][..], &["images"], &["image", "-v"], &["run"], &["run", "--video"], &["run", "/nonexistent"]] {
        assert_eq!(run(wrong, b"").status.code(), Some(MISUSED.into()), "{wrong:?}");
    }
}

#[test]
fn large_input_is_refused() {
    let input = vec![0; usize::try_from(portico_core::files::content::MAX_INPUT + 1).expect("it fits in memory")];
    assert_eq!(run(&["image"], &input).status.code(), Some(TOO_LARGE.into()));
}

#[test]
fn codecs_reach_no_file_and_no_network() {
    let output = run(&["probe"], b"");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
}

#[test]
fn other_programs_run_with_limits() {
    let output = run(&["run", "/bin/sh", "-c", "ulimit -n; ulimit -f; ulimit -c; ulimit -v; ulimit -t"], b"");
    assert!(output.status.success(), "{output:?}");
    let limits: Vec<_> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    assert_eq!(limits, ["16", "524288", "0", "2097152", "60"]);
    let output =
        run(&["run", "--video", "/bin/sh", "-c", "ulimit -n; ulimit -f; ulimit -c; ulimit -v; ulimit -t"], b"");
    let limits: Vec<_> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    assert_eq!(limits, ["16", "4718592", "0", "2097152", "300"]);
    let output = run(&["run", "/bin/sh", "-c", "kill -9 $$"], b"");
    assert_eq!(output.status.signal(), Some(9));
}

/// A picture that is computed, since that of a 200-megapixel camera takes 600 MB.
struct Computed(u32, u32);

impl image::GenericImageView for Computed {
    type Pixel = image::Rgb<u8>;

    fn dimensions(&self) -> (u32, u32) {
        (self.0, self.1)
    }

    fn get_pixel(&self, x: u32, y: u32) -> image::Rgb<u8> {
        let [.., high, low] = (x ^ y.rotate_left(3)).to_be_bytes();
        image::Rgb([low, high, low ^ high])
    }
}

/// Runs the program on a photo. Returns its output, and the most memory that it had at once, in MiB.
fn run_measured(photo: &[u8]) -> (Output, u64) {
    let mut child = Command::new(PROGRAM)
        .arg("image")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let status = format!("/proc/{}/status", child.id());
    let measure = std::thread::spawn(move || {
        let mut most = 0;
        while let Ok(text) = std::fs::read_to_string(&status) {
            let Some(line) = text.lines().find_map(|line| line.strip_prefix("VmHWM:")) else { break };
            let kib: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
            most = kib / 1024;
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        most
    });
    let mut stdin = child.stdin.take().expect("a pipe");
    let photo = photo.to_vec();
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(&photo);
    });
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("the writer ends");
    (output, measure.join().expect("the measurement ends"))
}

#[test]
fn refused_photo_takes_little_memory() {
    // A78
    for side in [16_384, 60_000] {
        let (output, most) = run_measured(&claiming_png(side));
        assert_eq!(output.status.code(), Some(TOO_LARGE.into()));
        assert!(most < 16, "{most} MiB");
    }
}

#[test]
#[ignore = "takes a minute"]
fn largest_photo_fits_in_the_limits() {
    // A78. Of 12, 108 and 200 megapixels, and one that is refused although it is genuine.
    for (width, height, is_made) in
        [(4_000, 3_000, true), (12_000, 9_000, true), (16_320, 12_240, true), (21_600, 21_600, false)]
    {
        let mut photo = Vec::new();
        let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut photo, 60);
        encoder.encode_image(&Computed(width, height)).expect("memory can be written");
        let start = std::time::Instant::now();
        let (output, most) = run_measured(&photo);
        println!("{width}x{height}: {} bytes, {most} MiB, {:?}, {}", photo.len(), start.elapsed(), output.status);
        assert_eq!(output.status.success(), is_made, "{output:?}");
        assert!(most < 1_024);
    }
}

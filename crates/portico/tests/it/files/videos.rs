//! Tests of the images of videos, and of the copies that clients and trade partners download.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use chrono::TimeDelta;
use futures_util::StreamExt;
use image::GenericImageView;
use portico_adapters::content::{ContentError, ContentProgram};
use portico_core::files::{ImageSource, RenditionKind, VideoContainer};
use portico_testkit::images::{ImageWorker, program_path, real_program};
use portico_testkit::programs::TestFolder;
use portico_testkit::videos::{
    PHONE, PICTURE, TONE, claiming, decoded_frames, described, has_ffmpeg, phone_video, rotated, video,
    video_traces_in, videos_with_hidden_position, videos_with_position,
};
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::images::{jobs, partner, photo, read, uploaded};
use super::share;
use crate::support::files::{download_path, path_in, request, status};

const HOST: [(&str, &str); 1] = [("host", "files.example")];

/// A folder with programs for videos: scripts, or if they are empty the installed ones.
fn folder_with_programs(ffprobe: &str, ffmpeg: &str) -> TestFolder {
    let folder = TestFolder::new();
    for (name, script) in [("ffprobe", ffprobe), ("ffmpeg", ffmpeg)] {
        let path = folder.path().join(name);
        if script.is_empty() {
            symlink(installed(name), path).expect("a link can be created");
            continue;
        }
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a file can be written");
        fs::set_permissions(&path, Permissions::from_mode(0o700)).expect("a script can be run");
    }
    folder
}

fn program_of(folder: &TestFolder) -> ContentProgram {
    ContentProgram::with_programs_of(program_path(), folder.path().as_os_str()).expect("it was built")
}

fn installed(name: &str) -> PathBuf {
    let folders = std::env::var_os("PATH").expect("a path");
    std::env::split_paths(&folders)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
        .expect("it is installed")
}

/// A gateway with a host for files.
async fn files_app() -> TestApp {
    TestApp::demo().await.rewired(|app| app.files.links.base = Some("https://files.example".to_owned()))
}

async fn fetched(app: &TestApp, url: &Value) -> (HeaderMap, Vec<u8>) {
    app.send_raw(request(Method::GET, &path_in(url), &HOST, Body::empty())).await
}

/// The addresses of all that a person can download of a video.
fn addresses(file: &Value) -> [&Value; 5] {
    [&file["download"]["url"], &file["inlineUrl"], &file["small"]["url"], &file["medium"]["url"], &file["large"]["url"]]
}

#[tokio::test]
async fn video_gets_images_and_a_copy() {
    // FIL-1, FIL-4, FIL-6
    if !has_ffmpeg() {
        return;
    }
    let app = files_app().await;
    let original = phone_video("mov", "");
    for (index, uploader) in [Person::client(), Person::owner()].into_iter().enumerate() {
        let id = uploaded(&app, &uploader, &format!("Roof {index}.MOV"), &original).await;
        for person in [Person::client(), Person::named("ben")] {
            let pending = read(&app, &person, &id).await;
            assert_eq!(pending["renditionState"], "PENDING", "{pending}");
            for field in ["download", "inlineUrl", "small", "large"] {
                assert_eq!(pending[field], json!(null), "{field}");
            }
        }
        let of_staff = read(&app, &Person::staff(), &id).await;
        assert_eq!(fetched(&app, &of_staff["download"]["url"]).await.1, original, "staff need not wait");
        assert_eq!(of_staff["inlineUrl"], json!(null), "browsers do not play QuickTime");
        assert_eq!(ImageWorker::new(&app).round().await, 1);
        assert_eq!(jobs(&app).await[index], "DONE 1");
        for person in [Person::client(), Person::named("ben"), Person::staff()] {
            let ready = read(&app, &person, &id).await;
            assert_eq!(ready["renditionState"], "READY");
            for size in ["small", "medium", "large"] {
                let image = &ready[size];
                assert_eq!((&image["width"], &image["height"]), (&json!(320), &json!(180)), "{size}");
                let (headers, bytes) = fetched(&app, &image["url"]).await;
                assert_eq!(headers[header::CONTENT_TYPE], "image/jpeg");
                assert_eq!(image::load_from_memory(&bytes).expect("an image").dimensions(), (320, 180));
            }
            let (headers, bytes) = fetched(&app, &ready["inlineUrl"]).await;
            assert_eq!(headers[header::CONTENT_TYPE], "video/mp4");
            assert_eq!(headers[header::CONTENT_DISPOSITION], format!("inline; filename=\"Roof {index}.mp4\"").as_str());
            assert_eq!(described(&bytes, "stream=codec_name"), ["stream,h264", "stream,aac"]);
            assert_eq!(described(&bytes, "stream=nb_frames")[0], "stream,20", "no picture is lost");
        }
        for person in [Person::client(), Person::named("ben")] {
            let ready = read(&app, &person, &id).await;
            assert_eq!(ready["download"]["mediaType"], "video/mp4");
            let (headers, bytes) = fetched(&app, &ready["download"]["url"]).await;
            let name = format!("attachment; filename=\"Roof {index}.mp4\"");
            assert_eq!(headers[header::CONTENT_DISPOSITION], name.as_str());
            assert_eq!(ready["download"]["size"], bytes.len().to_string());
            let original = download_path(&app, &person, &id, RenditionKind::Original);
            assert_eq!(status(&app, &original).await, StatusCode::NOT_FOUND);
        }
        let of_staff = read(&app, &Person::staff(), &id).await;
        assert_eq!(of_staff["download"]["mediaType"], "video/quicktime");
        assert_eq!(fetched(&app, &of_staff["download"]["url"]).await.1, original);
        for person in [Person::trade(), Person::named("eli"), Person::named("margot")] {
            assert_eq!(read(&app, &person, &id).await, json!(null), "{person:?}");
            for kind in [RenditionKind::Original, RenditionKind::Video, RenditionKind::Large] {
                assert_eq!(status(&app, &download_path(&app, &person, &id, kind)).await, StatusCode::NOT_FOUND);
            }
        }
    }
}

#[tokio::test]
async fn no_outsiders_video_has_a_position() {
    // FIL-6, A79: each place of a video, each of its renditions, each person.
    if !has_ffmpeg() {
        return;
    }
    let app = files_app().await;
    let (owner, worker) = (Person::owner(), ImageWorker::new(&app));
    let outsiders = [Person::client(), Person::named("ben"), Person::trade()];
    let videos = [videos_with_position(&photo()), videos_with_hidden_position()].concat();
    for (index, (name, original)) in videos.iter().enumerate() {
        assert!(!video_traces_in(original).is_empty(), "{name} has a position");
        let (_, extension) = name.split_once('.').expect("an extension");
        let id = uploaded(&app, &owner, &format!("Video {index}.{extension}"), original).await;
        let shared = share(&app, &id, json!({ "sharedWithClients": true, "tradeIds": [partner(&app, "tomas")] })).await;
        assert_eq!(shared["userErrors"], json!([]), "{shared}");
        for person in &outsiders {
            assert_eq!(read(&app, person, &id).await["download"], json!(null), "{name} before its copy");
        }
        while worker.round().await > 0 {}
        for person in &outsiders {
            let file = read(&app, person, &id).await;
            assert_eq!(file["renditionState"], "READY", "{name}");
            let answer = file.to_string();
            assert!(!answer.contains("48.75") && !answer.contains("122.47"), "{name}: {answer}");
            for address in addresses(&file) {
                let (_, bytes) = fetched(&app, address).await;
                assert_eq!(video_traces_in(&bytes), Vec::<&str>::new(), "{name} for {person:?}");
            }
            for kind in [RenditionKind::Video, RenditionKind::Large, RenditionKind::Medium, RenditionKind::Small] {
                let path = download_path(&app, person, &id, kind);
                let (_, bytes) = app.send_raw(Request::get(path).body(Body::empty()).expect("a request")).await;
                assert_eq!(video_traces_in(&bytes), Vec::<&str>::new(), "{name}: {kind} for {person:?}");
            }
            let original = download_path(&app, person, &id, RenditionKind::Original);
            assert_eq!(status(&app, &original).await, StatusCode::NOT_FOUND, "{name}");
            let (_, copy) = fetched(&app, &file["download"]["url"]).await;
            let pictures = match *name {
                "h265.mp4" => "hevc",
                "av1.mp4" | "av1.webm" => "av1",
                _ if extension == "webm" => "vp8",
                _ => "h264",
            };
            let expected = [pictures, if extension == "webm" { "opus" } else { "aac" }];
            let streams = described(&copy, "stream=codec_name");
            assert_eq!(streams, expected.map(|codec| format!("stream,{codec}")), "{name}");
            assert_eq!(decoded_frames(&copy), 20, "{name}: no picture is lost");
        }
        let of_staff = read(&app, &Person::staff(), &id).await;
        assert_eq!(&fetched(&app, &of_staff["download"]["url"]).await.1, original, "{name} for staff");
    }
}

#[tokio::test]
async fn rotation_survives() {
    if !has_ffmpeg() {
        return;
    }
    let app = files_app().await;
    let original = rotated(phone_video("mov", ""));
    let rotation = "stream_side_data=rotation";
    let expected = described(&original, rotation);
    assert!(expected.iter().any(|line| line.contains("-90")), "{expected:?}");
    let id = uploaded(&app, &Person::client(), "Roof.mov", &original).await;
    assert_eq!(ImageWorker::new(&app).round().await, 1);
    for person in [Person::client(), Person::named("ben")] {
        let file = read(&app, &person, &id).await;
        let (_, copy) = fetched(&app, &file["download"]["url"]).await;
        assert_eq!(described(&copy, rotation), expected);
        let (_, image) = fetched(&app, &file["large"]["url"]).await;
        assert_eq!(image::load_from_memory(&image).expect("an image").dimensions(), (180, 320), "it is upright");
    }
}

#[tokio::test]
async fn large_copy_is_sent_in_ranges() {
    // FIL-4
    if !has_ffmpeg() {
        return;
    }
    const OBJECT: usize = 4 * 1024 * 1024;
    let app = files_app().await;
    let noise = "-f lavfi -i testsrc=size=640x480:rate=10:duration=2,noise=alls=100:allf=t";
    let original = video("mp4", &[], &format!("{noise} -c:v libx264 -preset ultrafast -qp 16 -pix_fmt yuv420p"));
    assert!(original.len() > OBJECT + 100_000, "{}", original.len());
    let id = uploaded(&app, &Person::owner(), "Roof.mp4", &original).await;
    share(&app, &id, json!({ "sharedWithClients": true })).await;
    assert_eq!(ImageWorker::new(&app).round().await, 1);
    let objects = "select o.start || ' ' || o.size as text from file_objects o
        join file_renditions r on r.id = o.rendition_id join files f on f.id = r.file_id
        where r.kind = 'VIDEO' and f.name = 'Roof.mp4' order by o.start";
    for person in [Person::client(), Person::named("ben")] {
        let file = read(&app, &person, &id).await;
        let (_, whole) = fetched(&app, &file["download"]["url"]).await;
        let rest = whole.len() - OBJECT;
        assert_eq!(app.database().db_texts(objects).await, [format!("0 {OBJECT}"), format!("{OBJECT} {rest}")]);
        let range = format!("bytes={}-{}", OBJECT - 50_000, OBJECT + 49_999);
        let path = path_in(&file["inlineUrl"]);
        let asked = request(Method::GET, &path, &[HOST[0], ("range", &range)], Body::empty());
        let (headers, part) = app.send_raw(asked).await;
        let expected = format!("bytes {}-{}/{}", OBJECT - 50_000, OBJECT + 49_999, whole.len());
        assert_eq!(headers[header::CONTENT_RANGE], expected.as_str());
        assert!(part == whole[OBJECT - 50_000..OBJECT + 50_000]);
        assert_eq!(described(&whole, "stream=nb_frames"), ["stream,20"]);
        // The index comes first.
        let of = |name: &[u8]| whole.windows(4).position(|found| found == name);
        assert!(of(b"moov") < of(b"mdat"));
    }
}

#[tokio::test]
async fn formats_of_sound_are_converted() {
    if !has_ffmpeg() {
        return;
    }
    let app = files_app().await;
    let worker = ImageWorker::new(&app);
    for (name, options, expected) in [
        // The sound of cameras, which MP4 does not have.
        ("camera.mov", "-c:v libx264 -preset ultrafast -c:a pcm_s16le", ["h264", "aac"]),
        ("browser.webm", "-c:v libvpx-vp9 -deadline realtime -c:a libopus", ["vp9", "opus"]),
        ("phone.mp4", "-c:v libx265 -x265-params log-level=none -c:a aac", ["hevc", "aac"]),
        ("music.mp4", "-c:v libx264 -preset ultrafast -c:a libmp3lame", ["h264", "mp3"]),
        ("film.mkv", "-c:v libx264 -preset ultrafast -c:a ac3", ["h264", "ac3"]),
        ("film.mp4", "-c:v libx264 -preset ultrafast -c:a eac3", ["h264", "eac3"]),
        ("call.mp4", "-c:v libvpx-vp9 -deadline realtime -c:a libopus", ["vp9", "opus"]),
    ] {
        let (_, extension) = name.split_once('.').expect("an extension");
        let id =
            uploaded(&app, &Person::client(), name, &video(extension, &[], &format!("{PICTURE} {TONE} {options}")))
                .await;
        assert_eq!(worker.round().await, 1);
        for person in [Person::client(), Person::named("ben")] {
            let file = read(&app, &person, &id).await;
            assert_eq!(file["renditionState"], "READY", "{name}");
            let (_, copy) = fetched(&app, &file["download"]["url"]).await;
            let streams = described(&copy, "stream=codec_name");
            let formats: Vec<_> = streams.iter().map(|line| line.split(',').nth(1)).collect();
            assert_eq!(formats, expected.map(Some), "{name}");
            assert!(file["inlineUrl"].is_string(), "{name}");
        }
    }
}

#[tokio::test]
async fn unfit_videos_are_for_staff_alone() {
    // A78
    if !has_ffmpeg() {
        return;
    }
    let app = files_app().await;
    let (owner, worker) = (Person::owner(), ImageWorker::new(&app));
    let whole = phone_video("mp4", "");
    let vp8 = video("webm", &[], &format!("{PICTURE} -c:v libvpx -deadline realtime"));
    let mut playlist = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n".to_vec();
    playlist.extend([0; 64]);
    let cases: [(&str, Vec<u8>, usize); 9] = [
        // The index is at the end.
        ("cut.mp4", whole[..whole.len() - 2_000].to_vec(), 1),
        ("started.mp4", b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2".to_vec(), 1),
        ("empty.mov", phone_video("mov", "-t 0"), 1),
        ("sound.mp4", video("mp4", &[], &format!("{TONE} -c:a aac")), 1),
        ("claimed.webm", claiming(vp8.clone(), 16_383), 1),
        ("larger.webm", claiming(vp8, 12_000), 1),
        // Each frame can be a photo with metadata.
        ("old.mov", video("mov", &[], &format!("{PICTURE} -c:v mjpeg -pix_fmt yuvj420p")), 1),
        // Not decoded at all.
        ("film.avi", video("avi", &[], &format!("{PICTURE} -c:v mpeg4")), 0),
        ("playlist.mp4", playlist, 0),
    ];
    for (name, bytes, count) in cases {
        let id = uploaded(&app, &owner, name, &bytes).await;
        share(&app, &id, json!({ "sharedWithClients": true })).await;
        assert_eq!(worker.round().await, count, "{name}");
        for person in [Person::client(), Person::named("ben")] {
            let file = read(&app, &person, &id).await;
            assert_eq!((&file["renditionState"], &file["download"]), (&json!("FAILED"), &json!(null)), "{name}");
            assert_eq!((&file["large"], &file["inlineUrl"]), (&json!(null), &json!(null)), "{name}");
        }
        let of_staff = read(&app, &Person::staff(), &id).await;
        assert_eq!(fetched(&app, &of_staff["download"]["url"]).await.1, bytes, "{name}");
    }
    assert_eq!(jobs(&app).await, ["DONE 1"; 7], "none of them is tried again");
}

#[tokio::test]
async fn playlists_open_no_other_file() {
    // A78: each names a video that could be read.
    if !has_ffmpeg() {
        return;
    }
    let folder = TestFolder::new();
    let other = folder.path().join("other.mp4");
    fs::write(&other, phone_video("mp4", "")).expect("a file can be written");
    let other = other.display();
    let texts = [
        format!("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile://{other}\n#EXT-X-ENDLIST\n"),
        format!("ffconcat version 1.0\nfile '{other}'\n"),
        format!("<?xml version='1.0'?><MPD><Period><BaseURL>file://{other}</BaseURL></Period></MPD>"),
        format!("file:{other}"),
    ];
    for container in [VideoContainer::Iso, VideoContainer::Matroska] {
        for text in &texts {
            assert_unfit(&real_program(), container, text.as_bytes()).await;
        }
    }
    // The other file itself is fit.
    let bytes = fs::read(folder.path().join("other.mp4")).expect("a file");
    assert!(made(&real_program(), VideoContainer::Iso, &bytes).await.is_ok());
    assert_unfit(&real_program(), VideoContainer::Matroska, &bytes).await;
}

async fn made(program: &ContentProgram, container: VideoContainer, bytes: &[u8]) -> Result<(), ContentError> {
    let content = futures_util::stream::iter([Ok(bytes.to_vec().into())]).boxed();
    let size = u64::try_from(bytes.len()).expect("a small video");
    program.make(ImageSource::Video(container), size, content).await.map(drop)
}

async fn assert_unfit(program: &ContentProgram, container: VideoContainer, bytes: &[u8]) {
    let made = made(program, container, bytes).await;
    assert!(matches!(made, Err(ContentError::Unfit(_))), "{made:?}");
}

#[tokio::test]
async fn videos_wait_for_ffmpeg() {
    if !has_ffmpeg() {
        return;
    }
    let app = files_app().await;
    let id = uploaded(&app, &Person::client(), "Roof.mp4", &phone_video("mp4", "")).await;
    let without = ContentProgram::with_programs_of(program_path(), OsStr::new("/nonexistent")).expect("it was built");
    assert!(!without.reads_videos() && real_program().reads_videos());
    assert_eq!(ImageWorker::with_program(&app, without).round().await, 1);
    assert_eq!(jobs(&app).await, ["WAITING 1 ffmpeg is not installed"]);
    for person in [Person::named("ben"), Person::staff()] {
        assert_eq!(read(&app, &person, &id).await["renditionState"], "PENDING");
    }
    let worker = ImageWorker::new(&app);
    worker.wait(TimeDelta::minutes(1));
    assert_eq!(worker.round().await, 1);
    assert_eq!(read(&app, &Person::named("ben"), &id).await["renditionState"], "READY");
}

#[tokio::test]
async fn programs_for_videos_are_not_trusted() {
    if !has_ffmpeg() {
        return;
    }
    let app = files_app().await;
    let original = video(
        "mp4",
        &[("s.srt", b"1\n00:00:00,000 --> 00:00:02,000\nGPS\n")],
        &format!("{PICTURE} {TONE} -i s.srt {PHONE} -c:s mov_text"),
    );
    let ffmpeg = installed("ffmpeg");
    // Makes the frame, and copies everything.
    let careless =
        format!("for last; do :; done; [ $last = copy ] && exec cp original copy; exec {} \"$@\"", ffmpeg.display());
    let cases = [
        ("garbage", "echo garbage", "", "FAILED"),
        ("endless", "yes", "", "FAILED"),
        // The limits of CPU time and of the size of files, and a fault.
        ("time", "", "kill -24 $$", "FAILED"),
        ("size", "", "kill -25 $$", "FAILED"),
        ("fault", "kill -11 $$", "", "FAILED"),
        ("nothing", "", "exit 0", "FAILED"),
        ("careless", "", careless.as_str(), "FAILED"),
        ("ended", "", "kill -15 $$", "PENDING"),
        ("full", "", "echo 'av_write_frame(): No space left on device' >&2; exit 1", "PENDING"),
    ];
    for (name, ffprobe, ffmpeg, state) in cases {
        let id = uploaded(&app, &Person::client(), &format!("{name}.mp4"), &original).await;
        let folder = folder_with_programs(ffprobe, ffmpeg);
        let worker = ImageWorker::with_program(&app, program_of(&folder));
        assert_eq!(worker.round().await, 1);
        for person in [Person::named("ben"), Person::staff()] {
            let file = read(&app, &person, &id).await;
            assert_eq!(file["renditionState"], state, "{name}");
            assert_eq!(file["large"], json!(null), "{name}");
        }
    }
    let jobs = jobs(&app).await;
    assert_eq!(jobs[..7], ["DONE 1"; 7]);
    assert_eq!(jobs[7], "WAITING 1 portico-content was ended by signal 15");
    assert_eq!(jobs[8], "WAITING 1 av_write_frame(): No space left on device");
}

#[tokio::test]
async fn videos_from_before_get_images() {
    if !has_ffmpeg() {
        return;
    }
    let app = files_app().await;
    let id = uploaded(&app, &Person::client(), "Roof.mp4", &phone_video("mp4", "")).await;
    let other =
        uploaded(&app, &Person::client(), "Roof.avi", &video("avi", &[], &format!("{PICTURE} -c:v mpeg4"))).await;
    // As earlier versions left them.
    let before = "delete from jobs where kind = 'file_images'; update files set renditions = 'NONE'
        where name in ('Roof.mp4', 'Roof.avi')";
    app.database().db_execute(before).await;
    let worker = ImageWorker::new(&app);
    assert_eq!(worker.round().await, 0);
    let migration = include_str!("../../../../../migrations/tables/2026-11-28-000037_video_renditions/up.sql");
    app.database().db_execute(migration).await;
    assert_eq!(worker.round().await, 1);
    for person in [Person::named("ben"), Person::staff()] {
        assert_eq!(read(&app, &person, &id).await["renditionState"], "READY");
        assert_eq!(read(&app, &person, &other).await["renditionState"], "FAILED");
    }
    assert_eq!(jobs(&app).await, ["DONE 1"]);
}

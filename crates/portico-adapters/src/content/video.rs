//! Makes images of a video, and a copy without metadata, by `ffmpeg`.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::StreamExt;
use portico_core::files::VideoContainer;
use tokio::fs::{File, remove_file};

use super::clean::clean;
use super::folder::PrivateFolder;
use super::probe::{MAX_PIXELS, Plan, Probe};
use super::program::{ContentError, ContentProgram, MadeContent, TIME_LIMIT, finish, stream_of, write};
use crate::files::ByteStream;

/// Seconds from the start to the frame of which images are made. Many videos begin with a dark one.
const POSTER_AT: [&str; 2] = ["1", "0"];
/// Names of the files in the folder. Programs must not guess a format from them.
const ORIGINAL: &str = "original";
const POSTER: &str = "poster";
const COPY: &str = "copy";

/// The programs for videos, which are installed together.
#[derive(Debug)]
pub(super) struct VideoPrograms {
    pub(super) ffmpeg: PathBuf,
    pub(super) ffprobe: PathBuf,
}

/// The copy of a video, a file that is deleted with this value.
pub struct VideoCopy {
    folder: PrivateFolder,
    /// The media type.
    pub media_type: &'static str,
    /// Size in bytes.
    pub size: u64,
}

impl VideoCopy {
    /// Its bytes.
    ///
    /// # Errors
    ///
    /// The system's error if the file cannot be opened.
    pub async fn open(&self) -> std::io::Result<ByteStream> {
        Ok(stream_of(File::open(self.folder.path().join(COPY)).await?))
    }
}

impl ContentProgram {
    /// Makes images of a frame, and a copy.
    pub(super) async fn of_video(
        &self,
        container: VideoContainer,
        content: ByteStream,
    ) -> Result<MadeContent, ContentError> {
        let Some(programs) = self.video_programs() else {
            // They may be installed, or another worker may have them.
            return Err(ContentError::Failed("ffmpeg is not installed".to_owned()));
        };
        let folder = PrivateFolder::create()?;
        write(&folder.path().join(ORIGINAL), content).await?;
        let plan = self.probe(programs, folder.path(), (container, ORIGINAL)).await?;
        let plan = plan.plan(container).map_err(ContentError::Unfit)?;
        let poster = self.poster(programs, folder.path(), (container, plan.pictures)).await?;
        let images = self.decoded(&["--upright"], stream_of(poster)).await?;
        let size = self.copy(programs, folder.path(), (container, &plan)).await?;
        // Its copy may wait for the store.
        remove_file(folder.path().join(ORIGINAL)).await?;
        Ok(MadeContent { images, video: Some(VideoCopy { folder, media_type: plan.format.media_type(), size }) })
    }

    async fn probe(
        &self,
        programs: &VideoPrograms,
        folder: &Path,
        (container, name): (VideoContainer, &str),
    ) -> Result<Probe, ContentError> {
        let entries = "stream=index,codec_type,codec_name,extradata_size,width,height:stream_disposition=attached_pic";
        let arguments =
            [&["-v", "error"], reading(container), &["-show_entries", entries, "-of", "json", name]].concat();
        let answer = self.run(&programs.ffprobe, &arguments, folder, Run::PROBE).await?;
        serde_json::from_slice(&answer)
            .map_err(|error| ContentError::Unfit(format!("the answer of ffprobe is wrong: {error}")))
    }

    /// A frame, upright, as a JPEG file.
    async fn poster(
        &self,
        programs: &VideoPrograms,
        folder: &Path,
        (container, pictures): (VideoContainer, u32),
    ) -> Result<File, ContentError> {
        let (pictures, most) = (format!("0:{pictures}"), MAX_PIXELS.to_string());
        let frame = ["-frames:v", "1", "-pix_fmt", "yuvj420p", "-q:v", "2", "-f", "mjpeg", POSTER];
        for at in POSTER_AT {
            let start = ["-nostdin", "-y", "-v", "error", "-threads", "1", "-max_pixels", &most, "-ss", at];
            let arguments = [&start, reading(container), &["-i", ORIGINAL, "-map", &pictures], &frame].concat();
            self.run(&programs.ffmpeg, &arguments, folder, Run::POSTER).await?;
            // A shorter video has no frame there, and the file is empty or missing.
            let path = folder.join(POSTER);
            if path.metadata().is_ok_and(|found| found.len() > 0) {
                return Ok(File::open(path).await?);
            }
        }
        Err(ContentError::Unfit("it has no frame".to_owned()))
    }

    /// Makes the copy. Returns its size.
    async fn copy(
        &self,
        programs: &VideoPrograms,
        folder: &Path,
        (container, plan): (VideoContainer, &Plan),
    ) -> Result<u64, ContentError> {
        let options = plan.options();
        let options: Vec<_> = options.iter().map(String::as_str).collect();
        let start = ["-nostdin", "-v", "error"];
        let arguments = [&start, reading(container), &["-i", ORIGINAL], &options, &[COPY]].concat();
        self.run(&programs.ffmpeg, &arguments, folder, Run::COPY).await?;
        clean(folder.join(COPY), plan.format).await?;
        let copied = self.probe(programs, folder, (plan.format.container(), COPY)).await?;
        if !copied.follows(plan) {
            return Err(ContentError::Unfit("the copy of ffmpeg has other streams than it should".to_owned()));
        }
        Ok(folder.join(COPY).metadata()?.len())
    }

    /// Runs a program in the folder, and waits for its end. Returns its answer.
    async fn run(&self, program: &Path, arguments: &[&str], folder: &Path, run: Run) -> Result<Vec<u8>, ContentError> {
        let options = run.options.iter().map(OsStr::new).chain([program.as_os_str()]);
        let all: Vec<&OsStr> = options.chain(arguments.iter().map(OsStr::new)).collect();
        let child = self.command("run", &all, folder).spawn()?;
        finish(child, futures_util::stream::empty().boxed(), run.answer, run.time).await
    }
}

/// How a program is run.
struct Run {
    /// Options of `portico-content run`.
    options: &'static [&'static str],
    /// Maximum size of its answer, in bytes.
    answer: usize,
    /// Its time limit.
    time: Duration,
}

impl Run {
    const PROBE: Self = Self { options: &[], answer: 64 * 1024, time: TIME_LIMIT };
    const POSTER: Self = Self { options: &[], answer: 0, time: TIME_LIMIT };
    /// Most of its time is spent on the disk.
    const COPY: Self = Self { options: &["--video"], answer: 0, time: Duration::from_secs(600) };
}

/// Options before a file that is read: no other file or address that it names is opened, and no other format is tried, such as that
/// of a playlist.
const fn reading(container: VideoContainer) -> &'static [&'static str] {
    match container {
        VideoContainer::Iso => &["-protocol_whitelist", "file", "-f", "mov", "-enable_drefs", "0"],
        VideoContainer::Matroska => &["-protocol_whitelist", "file", "-f", "matroska"],
    }
}

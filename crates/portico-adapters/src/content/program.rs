//! Starts the program, streams content to it, and reads its answer.

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use portico_core::files::ImageSource;
use portico_core::files::content::{
    DAMAGED, MAX_ANSWER, MAX_INPUT, MISUSED, MadeImages, TOO_LARGE, UNSUPPORTED, WrongAnswer,
};
use portico_core::files::limits::VIDEO_BYTES;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use super::folder::{PrivateFolder, delete_left_behind};
use super::video::{VideoCopy, VideoPrograms};
use crate::files::{ByteStream, FileStoreError};

/// Time limit of one process. It limits itself to less CPU time.
pub(super) const TIME_LIMIT: Duration = Duration::from_secs(90);
/// Bytes of a process's messages that are kept for the log.
const MESSAGE_BYTES: u64 = 2048;
/// The system's message for a full disk, in the language of programs without an environment.
const NO_SPACE: &str = "No space left on device";
/// Signals of a process that was ended from outside, by the system or an operator: another attempt may succeed. Its own limits and
/// faults have other signals.
const ENDED: [i32; 4] = [1, 2, 9, 15];
/// Programs that convert HEIC to JPEG, under their older and their newer name.
const HEIF_PROGRAMS: [&str; 2] = ["heif-convert", "heif-dec"];

/// The program, at a path. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ContentProgram(Arc<Programs>);

#[derive(Debug)]
struct Programs {
    content: PathBuf,
    heif: Option<PathBuf>,
    video: Option<VideoPrograms>,
}

/// What was made of a photo or video.
pub struct MadeContent {
    /// Its images; of a video, those of a frame.
    pub images: MadeImages,
    /// The copy of a video without metadata.
    pub video: Option<VideoCopy>,
}

/// The program cannot be started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a program that can be run")]
pub struct ContentProgramError(String);

/// Why no images were made. The texts are for the log.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    /// None can be made of this content: another attempt would end the same.
    #[error("no images can be made: {0}")]
    Unfit(String),
    /// Another attempt may succeed.
    #[error("{0}")]
    Failed(String),
}

impl From<FileStoreError> for ContentError {
    fn from(error: FileStoreError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<std::io::Error> for ContentError {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<WrongAnswer> for ContentError {
    fn from(error: WrongAnswer) -> Self {
        Self::Unfit(error.to_string())
    }
}

impl ContentProgram {
    /// The program at a path, with the programs of this system for other formats. Deletes what workers that died have left behind.
    ///
    /// # Errors
    ///
    /// [`ContentProgramError`] if there is no program.
    pub fn at(path: PathBuf) -> Result<Self, ContentProgramError> {
        Self::with_programs_of(path, &std::env::var_os("PATH").unwrap_or_default())
    }

    /// As [`ContentProgram::at`], with the programs for other formats of these folders, which are separated as in `PATH`.
    ///
    /// # Errors
    ///
    /// [`ContentProgramError`] if there is no program.
    pub fn with_programs_of(path: PathBuf, folders: &OsStr) -> Result<Self, ContentProgramError> {
        if !is_program(&path) {
            return Err(ContentProgramError(path.display().to_string()));
        }
        delete_left_behind();
        let find =
            |name: &str| std::env::split_paths(folders).map(|folder| folder.join(name)).find(|path| is_program(path));
        let heif = HEIF_PROGRAMS.iter().find_map(|name| find(name));
        let video = find("ffmpeg").zip(find("ffprobe")).map(|(ffmpeg, ffprobe)| VideoPrograms { ffmpeg, ffprobe });
        Ok(Self(Arc::new(Programs { content: path, heif, video })))
    }

    /// Whether images can be made of HEIC photos.
    pub fn reads_heif(&self) -> bool {
        self.0.heif.is_some()
    }

    /// Whether images and copies can be made of videos.
    pub fn reads_videos(&self) -> bool {
        self.0.video.is_some()
    }

    /// The programs for videos.
    pub(super) fn video_programs(&self) -> Option<&VideoPrograms> {
        self.0.video.as_ref()
    }

    /// Makes the images of a photo, or the images and the copy of a video.
    ///
    /// # Errors
    ///
    /// [`ContentError`] if not all of them were made.
    pub async fn make(&self, source: ImageSource, size: u64, content: ByteStream) -> Result<MadeContent, ContentError> {
        if size > if matches!(source, ImageSource::Video(_)) { VIDEO_BYTES } else { MAX_INPUT } {
            return Err(ContentError::Unfit("it is too large".to_owned()));
        }
        let images = match source {
            ImageSource::Decoded => self.decoded(&[], content).await?,
            ImageSource::Converted => {
                let folder = PrivateFolder::create()?;
                let converted = self.converted(folder.path(), content).await?;
                self.decoded(&["--upright"], converted).await?
            }
            ImageSource::Video(container) => return self.of_video(container, content).await,
        };
        Ok(MadeContent { images, video: None })
    }

    pub(super) async fn decoded(&self, options: &[&str], content: ByteStream) -> Result<MadeImages, ContentError> {
        let child = self.command("image", options, Path::new("/")).spawn()?;
        let answer = finish(child, content, MAX_ANSWER, TIME_LIMIT).await?;
        Ok(MadeImages::read_from(&answer)?)
    }

    /// The JPEG file of a HEIC photo, made in this folder.
    async fn converted(&self, folder: &Path, content: ByteStream) -> Result<ByteStream, ContentError> {
        let Some(heif) = &self.0.heif else {
            // It may be installed, or another worker may have it.
            return Err(ContentError::Failed("heif-convert is not installed".to_owned()));
        };
        write(&folder.join("photo.heic"), content).await?;
        let arguments: [&OsStr; 5] =
            [heif.as_ref(), "-q".as_ref(), "92".as_ref(), "photo.heic".as_ref(), "photo.jpg".as_ref()];
        let mut command = self.command("run", &arguments, folder);
        let child = command.stdout(Stdio::null()).spawn()?;
        finish(child, futures_util::stream::empty().boxed(), 0, TIME_LIMIT).await?;
        // Of several images, each has a number.
        for name in ["photo.jpg", "photo-1.jpg"] {
            if let Ok(file) = File::open(folder.join(name)).await {
                return Ok(stream_of(file));
            }
        }
        Err(ContentError::Unfit("heif-convert has made no image".to_owned()))
    }

    pub(super) fn command(&self, name: &str, arguments: &[impl AsRef<OsStr>], folder: &Path) -> Command {
        let mut command = Command::new(&self.0.content);
        command.arg(name).args(arguments).env_clear().current_dir(folder).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

pub(super) async fn write(path: &Path, mut content: ByteStream) -> Result<(), ContentError> {
    let mut file = File::create(path).await?;
    while let Some(bytes) = content.next().await {
        file.write_all(&bytes?).await?;
    }
    file.flush().await?;
    Ok(())
}

pub(super) fn stream_of(file: File) -> ByteStream {
    const CHUNK: usize = 128 * 1024;
    let chunks = futures_util::stream::try_unfold(file, |mut file| async move {
        let mut bytes = Vec::with_capacity(CHUNK);
        let read = file.read_buf(&mut bytes).await?;
        Ok((read > 0).then(|| (bytes.into(), file)))
    });
    chunks.boxed()
}

/// Sends content to a process, and reads what it says. A process that is dropped is killed.
pub(super) async fn finish(
    mut child: Child,
    mut content: ByteStream,
    most: usize,
    time_limit: Duration,
) -> Result<Vec<u8>, ContentError> {
    let streams = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (stdin, stdout, stderr) = streams;
    let feed = async move {
        let Some(mut stdin) = stdin else { return Ok(()) };
        while let Some(bytes) = content.next().await {
            // A process that has seen enough reads no more.
            if stdin.write_all(&bytes?).await.is_err() {
                break;
            }
        }
        Ok::<_, ContentError>(())
    };
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    let answer = async move {
        let mut answer = Vec::new();
        if let Some(stdout) = stdout {
            stdout.take(most + 1).read_to_end(&mut answer).await?;
        }
        Ok(answer)
    };
    let message = async move {
        let mut message = Vec::new();
        if let Some(mut stderr) = stderr {
            (&mut stderr).take(MESSAGE_BYTES).read_to_end(&mut message).await?;
            // A process whose messages are not read could be ended by them.
            tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await?;
        }
        Ok(message)
    };
    let work = async {
        let ((), answer, message) = tokio::try_join!(feed, answer, message)?;
        Ok::<_, ContentError>((answer, message, child.wait().await?))
    };
    let late = || ContentError::Failed(format!("portico-content did not end within {} s", time_limit.as_secs()));
    let (answer, message, status) = tokio::time::timeout(time_limit, work).await.map_err(|_| late())??;
    if u64::try_from(answer.len()).is_ok_and(|length| length > most) {
        return Err(ContentError::Unfit("the answer of portico-content is too large".to_owned()));
    }
    if status.success() { Ok(answer) } else { Err(reason(status, &message)) }
}

fn reason(status: ExitStatus, message: &[u8]) -> ContentError {
    let message: String = String::from_utf8_lossy(message).chars().filter(|letter| !letter.is_control()).collect();
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    match (code, status.signal()) {
        (Some(UNSUPPORTED), _) => ContentError::Unfit("the format is not supported".to_owned()),
        (Some(TOO_LARGE), _) => ContentError::Unfit("it is too large".to_owned()),
        (Some(DAMAGED), _) => ContentError::Unfit("it is damaged".to_owned()),
        (Some(MISUSED), _) => ContentError::Failed(message),
        _ if message.contains(NO_SPACE) => ContentError::Failed(message),
        (_, Some(signal)) if ENDED.contains(&signal) => {
            ContentError::Failed(format!("portico-content was ended by signal {signal}"))
        }
        _ => ContentError::Unfit(format!("portico-content failed with {status}: {message}")),
    }
}

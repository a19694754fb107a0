//! The option for the program that makes images of photos and videos.

use std::env;
use std::path::PathBuf;

use clap::Args;
use portico::ClockSource;
use portico::jobs::FileImagesContext;
use portico_adapters::content::ContentProgram;
use portico_adapters::files::FileStore;
use portico_store::Store;

use super::Failure;

/// Name of the program beside the gateway's.
const PROGRAM: &str = "portico-content";

#[derive(Debug, Clone, Args)]
pub(super) struct ContentOption {
    /// The program that makes images of photos and videos [default: portico-content beside this program]
    #[arg(long, env = "PORTICO_CONTENT_PROGRAM", value_name = "FILE")]
    content_program: Option<PathBuf>,
}

impl ContentOption {
    /// Services for the images of photos and videos in the store. None, with a warning, if there is no program: jobs wait for a worker that has it.
    pub(super) fn images(
        &self,
        database: &Store,
        files: Option<&FileStore>,
        clock: &ClockSource,
    ) -> Result<Option<FileImagesContext>, Failure> {
        let Some(store) = files.cloned() else { return Ok(None) };
        let program = match &self.content_program {
            Some(path) => ContentProgram::at(path.clone())
                .map_err(|error| Failure::new(format_args!("--content-program or PORTICO_CONTENT_PROGRAM: {error}")))?,
            None => match beside_this_program() {
                Some(program) => program,
                None => {
                    tracing::warn!(
                        "no {PROGRAM} beside this program: no images are made of photos and videos; set --content-program"
                    );
                    return Ok(None);
                }
            },
        };
        if !program.reads_heif() {
            tracing::warn!("no heif-convert: no images are made of HEIC photos; install libheif-examples");
        }
        if !program.reads_videos() {
            tracing::warn!(
                "no ffmpeg: no images and copies are made of videos, clients do not get them; install ffmpeg"
            );
        }
        Ok(Some(FileImagesContext { writer: database.worker(), store, program, clock: ClockSource::clone(clock) }))
    }

    /// As [`ContentOption::images`], without an option.
    pub(super) fn default_images(
        database: &Store,
        files: Option<&FileStore>,
        clock: &ClockSource,
    ) -> Result<Option<FileImagesContext>, Failure> {
        Self { content_program: None }.images(database, files, clock)
    }
}

fn beside_this_program() -> Option<ContentProgram> {
    let path = env::current_exe().ok()?.parent()?.join(PROGRAM);
    ContentProgram::at(path).ok()
}

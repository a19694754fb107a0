//! A worker that makes images of photos and videos.

use std::env;
use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use portico::jobs::{FileImagesContext, Worker, WorkerNotifier};
use portico_adapters::content::ContentProgram;
use portico_core::clock::Clock;
use portico_core::id::new_uuid;

use crate::TestApp;

/// A worker that makes images of the photos of a test's gateway, at a time that the test moves.
pub struct ImageWorker {
    worker: Worker,
    ahead: Arc<Mutex<TimeDelta>>,
}

impl ImageWorker {
    /// One with the real program.
    pub fn new(app: &TestApp) -> Self {
        Self::with_program(app, real_program())
    }

    /// One with another program.
    pub fn with_program(app: &TestApp, program: ContentProgram) -> Self {
        let ahead = Arc::new(Mutex::new(TimeDelta::zero()));
        let by = Arc::clone(&ahead);
        let clock = Arc::new(move || Clock::at(Clock::of_server().moment() + *by.lock().expect("not poisoned")));
        let context = FileImagesContext {
            writer: app.store().worker(),
            store: app.files().store.clone().expect("the gateway has a store"),
            program,
            clock: clock.clone(),
        };
        let worker = Worker::new(app.store().worker(), clock, WorkerNotifier::default()).with_images(Some(context));
        Self { worker, ahead }
    }

    /// Advances its clock.
    pub fn wait(&self, pause: TimeDelta) {
        *self.ahead.lock().expect("not poisoned") += pause;
    }

    /// Runs due jobs. Returns their number.
    pub async fn round(&self) -> usize {
        self.worker.round().await.expect("the queue can be read")
    }
}

/// The program that is built with the tests.
pub fn real_program() -> ContentProgram {
    ContentProgram::at(program_path()).unwrap_or_else(|error| panic!("{error}: run `cargo build -p portico-content`"))
}

/// The path of that program.
pub fn program_path() -> PathBuf {
    let test = env::current_exe().expect("a test has a path");
    let folder = test.parent().and_then(std::path::Path::parent).expect("tests are in a folder of the build");
    folder.join("portico-content")
}

/// A program that is a shell script, in a folder that is deleted with it.
pub struct ScriptProgram {
    /// The program.
    pub program: ContentProgram,
    folder: PathBuf,
}

impl ScriptProgram {
    /// One with this text.
    pub fn new(script: &str) -> Self {
        let folder = env::temp_dir().join(format!("portico-test-{}", new_uuid()));
        DirBuilder::new().mode(0o700).create(&folder).expect("a folder can be created");
        let path = folder.join("program");
        let mut options = OpenOptions::new();
        let mut file = options.create_new(true).write(true).mode(0o700).open(&path).expect("a file can be created");
        write!(file, "#!/bin/sh\n{script}\n").expect("a file can be written");
        drop(file);
        Self { program: ContentProgram::at(path).expect("a script is a program"), folder }
    }
}

impl Drop for ScriptProgram {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

//! Tests of the binary's option for the program that makes images.

use std::fs;
use std::path::Path;
use std::process::Command;

use portico_core::id::new_uuid;
use portico_testkit::TestDatabase;
use rustix::process::Signal;

use crate::support::service::{Service, assert_fails, over, run, serve, text};

#[tokio::test]
async fn program_for_images_is_looked_for_at_the_start() {
    let database = TestDatabase::bare().await;
    let output = run(&mut over(&database, "migrate"));
    assert!(output.status.success(), "{}", text(&output.stderr));
    // Beside the tests: a hard link needs the disk of the binary.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(new_uuid().to_string());
    fs::create_dir_all(&folder).expect("a folder can be created");
    let files = format!("file://{}", folder.join("files").display());
    assert_fails(
        serve(&database).args(["--files-store", &files, "--content-program", "/nothing"]),
        &["--content-program or PORTICO_CONTENT_PROGRAM", "/nothing is not a program"],
    );
    let alone = folder.join("portico");
    fs::hard_link(env!("CARGO_BIN_EXE_portico"), &alone).expect("the binary can be linked");
    let warning = "no portico-content beside this program";
    for (program, is_warned) in [(alone.as_path(), true), (Path::new(env!("CARGO_BIN_EXE_portico")), false)] {
        let serve = serve(&database);
        let mut command = Command::new(program);
        command.args(serve.get_args()).args(["--files-store", &files]).env("PORTICO_LOG", "warn");
        let mut service = Service::start_logging(&mut command);
        let log = service.log();
        assert_eq!(service.end(Signal::TERM), Some(0));
        let log = log.join().expect("the log can be read");
        assert_eq!(log.contains(warning), is_warned, "{log}");
    }
    fs::remove_dir_all(&folder).expect("the folder can be deleted");
}

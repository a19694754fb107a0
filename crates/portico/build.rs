//! Rebuilds the gateway when embedded files have changed.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

/// Sources of the playground, and the mark that script/setup leaves after a build.
const SOURCES: &str = "playground/src";
const PAGE: &str = "playground/index.html";
const BUILT: &str = "playground/dist/.built";

fn main() {
    println!("cargo:rerun-if-changed=playground/dist");
    println!("cargo:rerun-if-changed={SOURCES}");
    println!("cargo:rerun-if-changed={PAGE}");
    println!("cargo:rerun-if-changed=../../fixtures/operations");
    let newest = files_of(SOURCES).into_iter().chain(changed(Path::new(PAGE))).max();
    if let (Some(newest), Some(built)) = (newest, changed(Path::new(BUILT)))
        && newest > built
    {
        println!("cargo:warning=the playground is older than its sources: run script/setup");
    }
}

/// Modification times of a folder's files.
fn files_of(folder: &str) -> Vec<SystemTime> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| changed(&entry.path())).collect()
}

fn changed(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).ok()?.modified().ok()
}

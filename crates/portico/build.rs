//! Rebuilds the gateway when embedded files have changed, and packs the relocations of the binary.

use std::path::Path;
use std::process::Command;
use std::time::SystemTime;
use std::{env, fs};

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
    if c_library_reads_packed_relocations() {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// Whether the C library of this machine is at least glibc 2.36. An earlier one would refuse to start the binary
/// (docs/decisions/0020).
fn c_library_reads_packed_relocations() -> bool {
    // Unknown for another machine than this one.
    if env::var("CARGO_CFG_TARGET_ENV").as_deref() != Ok("gnu") || env::var("HOST") != env::var("TARGET") {
        return false;
    }
    let Ok(output) = Command::new("getconf").arg("GNU_LIBC_VERSION").output() else { return false };
    let version = String::from_utf8_lossy(&output.stdout);
    let parts = version.trim().strip_prefix("glibc ").and_then(|version| version.split_once('.'));
    let parts = parts.and_then(|(major, minor)| Some((major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?)));
    parts.is_some_and(|parts| parts >= (2, 36))
}

/// Modification times of a folder's files.
fn files_of(folder: &str) -> Vec<SystemTime> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| changed(&entry.path())).collect()
}

fn changed(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).ok()?.modified().ok()
}

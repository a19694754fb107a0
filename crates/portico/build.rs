//! Rebuilds the gateway when embedded files have changed, and packs the relocations of the binary.

use std::path::Path;
use std::process::Command;
use std::time::SystemTime;
use std::{env, fs};

/// Pages that script/setup builds into `dist`, where it leaves a mark, from `src` and `index.html`.
const PAGES: [(&str, &str); 2] = [("the playground", "playground"), ("the example portal", "../../examples/portal")];

fn main() {
    for (name, folder) in PAGES {
        let (sources, page) = (format!("{folder}/src"), format!("{folder}/index.html"));
        println!("cargo:rerun-if-changed={folder}/dist");
        println!("cargo:rerun-if-changed={sources}");
        println!("cargo:rerun-if-changed={page}");
        let newest = files_of(Path::new(&sources)).into_iter().chain(changed(Path::new(&page))).max();
        let built = changed(&Path::new(folder).join("dist/.built"));
        if let (Some(newest), Some(built)) = (newest, built)
            && newest > built
        {
            println!("cargo:warning={name} is older than its sources: run script/setup");
        }
    }
    println!("cargo:rerun-if-changed=../../fixtures/operations");
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

/// Modification times of the files of a folder and of those in it.
fn files_of(folder: &Path) -> Vec<SystemTime> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let times =
        entries.flat_map(|path| if path.is_dir() { files_of(&path) } else { changed(&path).into_iter().collect() });
    times.collect()
}

fn changed(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).ok()?.modified().ok()
}

//! A gateway whose folder of files is on a full disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use portico_core::id::new_uuid;
use portico_testkit::{Person, TestDatabase};
use reqwest::Method;
use rustix::process::{Signal, getuid};

use super::files_killed::{ACKNOWLEDGED, Folder, SIZE, TOKEN, ask, created, db_session, finished, offset_of, send};
use crate::support::files::sample;
use crate::support::service::{Service, serve};

const MEGABYTE: usize = 1024 * 1024;
const DISK: usize = 12 * MEGABYTE;
/// Of another program: the first object of the file fits beside it, the second one does not.
const FILLER: usize = 5 * MEGABYTE;
const OF_STAFF: &str = "ps_of-staff-with-a-full-disk";

/// A folder in which the gateway mounts its disk.
struct MountPoint(PathBuf);

impl Drop for MountPoint {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The command in a mount namespace of its own, with a disk of this size at the folder. The disk ends with the process.
fn with_disk(command: &Command, at: &Path, size: usize) -> Command {
    let mut within = Command::new("unshare");
    if !getuid().is_root() {
        within.args(["--user", "--map-root-user"]);
    }
    within.args(["--mount", "--propagation", "private", "sh", "-c"]);
    // The marker of the store, and then the command in the same process.
    within.arg(format!(
        "mount -t tmpfs -o size={size} tmpfs {0} && echo {1} > {0}/portico-store && exec \"$0\" \"$@\"",
        at.display(),
        new_uuid()
    ));
    within.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => within.env(name, value),
            None => within.env_remove(name),
        };
    }
    within
}

/// The files of a process below a folder that are open.
fn open_below(service: &Service, folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(format!("/proc/{}/fd", service.id())).expect("it runs");
    let targets = entries.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    targets.filter(|target| target.starts_with(folder)).collect()
}

/// The ids of objects of which the rows say that they are stored.
async fn stored(database: &TestDatabase) -> Vec<String> {
    database.db_texts("select id::text as text from file_objects where state = 'STORED' order by id").await
}

#[tokio::test]
async fn full_disk_refuses_and_recovers() {
    // F29: the upload is refused, what was acknowledged remains, reads are served, and the upload continues once there is space.
    let database = TestDatabase::demo().await;
    // The bytes of the demo's files are not on this disk.
    let of_demo = stored(&database).await;
    db_session(&database, &Person::client(), TOKEN).await;
    db_session(&database, &Person::staff(), OF_STAFF).await;
    let at = MountPoint(std::env::temp_dir().join(format!("portico-full-{}", new_uuid())));
    fs::create_dir(&at.0).expect("a new folder");
    let store = format!("file://{}", at.0.display());
    let mut command = serve(&database);
    command.args(["--files-store", &store, "--public-url", "http://127.0.0.1:8080"]);
    // Without the right to mount, it ends before it prints its address.
    let service = Service::start(with_disk(&command, &at.0, DISK).stderr(Stdio::null()));
    assert_eq!(fs::read_dir(&at.0).expect("the folder").count(), 0, "the disk is mounted for the gateway only");
    let within = PathBuf::from(format!("/proc/{}/root{}", service.id(), at.0.display()));
    let disk = Folder(within.clone());

    let small = sample(70_000);
    let (id, to) = created(&service, "Small.txt", small.len()).await;
    assert_eq!(offset_of(&send(&service, Method::PATCH, &to, 0, small.clone()).await), small.len());
    let from = finished(&service, &id).await;

    fs::write(within.join("of-another-program"), vec![7; FILLER]).expect("there is space");
    let content = sample(SIZE);
    let (id, to) = created(&service, "Large.txt", SIZE).await;
    let first = send(&service, Method::PATCH, &to, 0, content[..ACKNOWLEDGED].to_owned()).await;
    assert_eq!((first.status().as_u16(), offset_of(&first)), (204, ACKNOWLEDGED));
    let mut known = ACKNOWLEDGED;
    for attempt in 0..3 {
        let refused = send(&service, Method::PATCH, &to, known, content[known..].to_owned()).await;
        assert_eq!(refused.status().as_u16(), 507, "{attempt}");
        let text = refused.text().await.expect("a text");
        assert!(text.contains("is full: try again later"), "{text}");
        assert!(!text.contains("os error") && !text.contains(&at.0.display().to_string()), "{text}");
        let head = send(&service, Method::HEAD, &to, 0, String::new()).await;
        // One object fitted at the first attempt, none later.
        known = ACKNOWLEDGED + 4 * MEGABYTE;
        assert_eq!((head.status().as_u16(), offset_of(&head)), (200, known), "{attempt}");
        let mut objects = disk.objects();
        objects.sort();
        let mut rows = stored(&database).await;
        rows.retain(|id| !of_demo.contains(id));
        assert_eq!(objects, rows, "no temporary file, and no row without its bytes");
        assert_eq!(open_below(&service, &at.0), Vec::<PathBuf>::new());
        // Reads are served meanwhile, to both.
        let read = send(&service, Method::GET, &from, 0, String::new()).await;
        assert!(read.status() == 200 && read.text().await.expect("the whole") == small, "{attempt}");
        for token in [TOKEN, OF_STAFF] {
            let listed = ask(&service, token, "{ viewer { projects { nodes { files { totalCount } } } } }").await;
            assert!(listed["viewer"]["projects"]["nodes"][0]["files"]["totalCount"].is_u64(), "{listed}");
        }
    }

    fs::remove_file(within.join("of-another-program")).expect("it is deleted");
    let rest = send(&service, Method::PATCH, &to, known, content[known..].to_owned()).await;
    assert_eq!((rest.status().as_u16(), offset_of(&rest)), (204, SIZE));
    let from = finished(&service, &id).await;
    let download = send(&service, Method::GET, &from, 0, String::new()).await;
    assert!(download.text().await.expect("the whole") == content);
    assert_eq!(service.end(Signal::TERM), Some(0));
}

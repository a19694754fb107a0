//! Tests of stacks started by the test process.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use portico_devstack::{DevstackError, RedisMode, Stack, StackOptions, StateLocation};

use crate::support::{Scratch, processes_of};

fn postgres_socket(stack: &Stack) -> PathBuf {
    let address = stack.postgres();
    address.socket_dir.join(format!(".s.PGSQL.{}", address.port))
}

#[test]
fn stop_leaves_no_process_or_socket() {
    let scratch = Scratch::new("stop");
    let stack = Stack::start(&scratch.options()).unwrap();
    let socket = postgres_socket(&stack);
    UnixStream::connect(&socket).unwrap();
    assert!(!processes_of(scratch.path()).is_empty());
    let redis = stack.redis_url().unwrap();
    UnixStream::connect(redis.strip_prefix("redis+unix://").unwrap()).unwrap();

    stack.stop();
    assert_eq!(processes_of(scratch.path()), Vec::<String>::new());
    assert!(!socket.parent().unwrap().exists());
    let left = fs::read_dir(scratch.path()).unwrap().flatten().map(|entry| entry.file_name());
    let pid_files = left.filter(|name| name.to_string_lossy().ends_with(".pid"));
    assert_eq!(pid_files.count(), 0);
}

#[test]
fn only_the_owner_can_reach_the_sockets() {
    let scratch = Scratch::new("private");
    let stack = Stack::start(&scratch.options()).unwrap();
    let folder = fs::metadata(&stack.postgres().socket_dir).unwrap();
    assert_eq!(folder.permissions().mode() & 0o777, 0o700);
}

#[test]
fn data_stay_until_a_fresh_start() {
    let scratch = Scratch::new("fresh");
    let options = StackOptions { redis: RedisMode::Never, ..scratch.options() };
    Stack::start(&options).unwrap().stop();
    let keepsake = scratch.path().join("postgres/keepsake");
    fs::write(&keepsake, "").unwrap();

    Stack::start(&options).unwrap().stop();
    assert!(keepsake.exists());
    Stack::start(&StackOptions { fresh: true, ..options }).unwrap().stop();
    assert!(!keepsake.exists());
}

#[test]
fn data_of_another_version_are_refused() {
    let scratch = Scratch::new("version");
    let data = scratch.path().join("postgres");
    fs::create_dir_all(&data).unwrap();
    fs::write(data.join("PG_VERSION"), "9\n").unwrap();
    let error = Stack::start(&scratch.options()).unwrap_err();
    assert!(matches!(error, DevstackError::VersionMismatch { data: 9, .. }), "{error}");
    assert!(data.join("PG_VERSION").exists());
}

#[test]
fn folder_has_one_running_stack() {
    let scratch = Scratch::new("lock");
    let options = StackOptions { redis: RedisMode::Never, ..scratch.options() };
    let first = Stack::start(&options).unwrap();
    let error = Stack::start(&options).unwrap_err();
    assert!(matches!(&error, DevstackError::InUse { folder } if folder == scratch.path()), "{error}");
    UnixStream::connect(postgres_socket(&first)).unwrap();
    first.stop();
    Stack::start(&options).unwrap();
}

#[test]
fn namesake_stack_gets_another_folder() {
    let name = format!("namesake-{}", std::process::id());
    let options = StackOptions { place: StateLocation::Named(name), redis: RedisMode::Never, ..StackOptions::tests() };
    let first = Stack::start(&options).unwrap();
    let second = Stack::start(&options).unwrap();
    let folders = [&first, &second].map(|stack| stack.state_folder().to_owned());
    assert_eq!(folders[1].to_string_lossy(), format!("{}-2", folders[0].display()));
    drop((first, second));
    for folder in folders {
        fs::remove_dir_all(folder).unwrap();
    }
}

#[test]
fn long_path_moves_the_sockets() {
    let scratch = Scratch::new("long");
    let folder = scratch.path().join("deep/".repeat(20)).join("it's a, \"folder\"");
    let options = StackOptions { place: StateLocation::Folder(folder.clone()), ..scratch.options() };
    let stack = Stack::start(&options).unwrap();
    let sockets = stack.postgres().socket_dir.clone();
    assert!(!sockets.starts_with(scratch.path()));
    UnixStream::connect(postgres_socket(&stack)).unwrap();
    stack.stop();
    assert!(!sockets.exists());
    assert!(!folder.join("sockets").exists());
}

#[test]
fn awkward_path_works() {
    let scratch = Scratch::new("odd");
    let folder = scratch.path().join("it's a, \"b\"");
    let options = StackOptions { place: StateLocation::Folder(folder), ..scratch.options() };
    let stack = Stack::start(&options).unwrap();
    UnixStream::connect(postgres_socket(&stack)).unwrap();
}

#[test]
fn failed_start_quotes_log_and_stops_all() {
    let scratch = Scratch::new("broken");
    let options = StackOptions { redis: RedisMode::Never, ..scratch.options() };
    Stack::start(&options).unwrap().stop();
    fs::write(scratch.path().join("postgres/postgresql.conf"), "no_such_setting = 1\n").unwrap();
    let error = Stack::start(&options).unwrap_err();
    assert!(error.to_string().contains("no_such_setting"), "{error}");
    assert_eq!(processes_of(scratch.path()), Vec::<String>::new());
}

#[test]
fn folder_writable_by_others_is_refused() {
    let scratch = Scratch::new("open");
    fs::create_dir(scratch.path()).unwrap();
    fs::set_permissions(scratch.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let error = Stack::start(&scratch.options()).unwrap_err();
    assert!(matches!(error, DevstackError::UnsafeFolder { .. }), "{error}");

    let link = Scratch::new("link");
    symlink("/var/tmp", link.path()).unwrap();
    let error = Stack::start(&link.options()).unwrap_err();
    assert!(matches!(error, DevstackError::UnsafeFolder { .. }), "{error}");
    fs::remove_file(link.path()).unwrap();
}

#[test]
fn folder_closed_to_servers_is_named() {
    if !rustix::process::geteuid().is_root() {
        // Then the servers run as the current user, and can enter the same folders.
        return;
    }
    let scratch = Scratch::new("closed");
    let closed = scratch.path().join("closed");
    fs::create_dir_all(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    let options = StackOptions { place: StateLocation::Folder(closed.join("state")), ..scratch.options() };
    let error = Stack::start(&options).unwrap_err();
    assert!(matches!(&error, DevstackError::NotTraversable { folder, .. } if *folder == closed), "{error}");
}

//! Discovery of the servers, and its error messages.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use portico_devstack::{DevstackError, RedisMode, SearchPath, Stack, StackOptions, find_postgres, find_redis};

use crate::support::Scratch;

fn pretend(folder: &Path, program: &str, version: &str) {
    fs::create_dir_all(folder).expect("a scratch folder can be made");
    let path = folder.join(program);
    fs::write(&path, format!("#!/bin/sh\necho '{version}'\n")).expect("it can be written to");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it belongs to this user");
}

#[test]
fn both_servers_are_found() {
    let path = SearchPath::of_this_machine();
    assert!(find_postgres(&path).unwrap().major >= 15);
    assert!(find_redis(&path).unwrap().major >= 6);
}

#[test]
fn missing_binaries_name_their_packages() {
    let nowhere = SearchPath::only([]);
    let postgres = find_postgres(&nowhere).unwrap_err().to_string();
    assert!(postgres.contains("install postgresql (15 or newer), e.g. apt-get install postgresql"), "{postgres}");
    let redis = find_redis(&nowhere).unwrap_err().to_string();
    assert!(redis.contains("apt-get install redis-server"), "{redis}");
}

#[test]
fn old_server_is_refused_and_named() {
    let scratch = Scratch::new("old");
    pretend(scratch.path(), "postgres", "postgres (PostgreSQL) 13.4");
    pretend(scratch.path(), "initdb", "initdb (PostgreSQL) 13.4");
    let error = find_postgres(&SearchPath::only([scratch.path().to_owned()])).unwrap_err();
    assert!(matches!(error, DevstackError::PostgresMissing { .. }));
    assert!(error.to_string().contains("postgres is version 13"), "{error}");
}

#[test]
fn old_server_does_not_hide_a_new_one() {
    let scratch = Scratch::new("both");
    let folders = ["old", "new"].map(|name| scratch.path().join(name));
    for (folder, major) in folders.iter().zip([13, 16]) {
        pretend(folder, "postgres", &format!("postgres (PostgreSQL) {major}.1"));
        pretend(folder, "initdb", &format!("initdb (PostgreSQL) {major}.1"));
    }
    assert_eq!(find_postgres(&SearchPath::only(folders)).unwrap().major, 16);
}

#[test]
fn missing_required_redis_stops_the_start() {
    let scratch = Scratch::new("no-redis");
    let postgres = find_postgres(&SearchPath::of_this_machine()).unwrap().postgres;
    let folder = postgres.parent().unwrap().to_owned();
    let options = StackOptions { redis: RedisMode::Require, search: SearchPath::only([folder]), ..scratch.options() };
    assert!(matches!(Stack::start(&options), Err(DevstackError::RedisMissing { .. })));
    assert!(!scratch.path().exists(), "nothing is changed before the binaries are found");
}

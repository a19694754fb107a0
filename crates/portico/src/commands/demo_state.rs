//! State of a demo beside its database, so that mailed links survive a restart.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use portico_adapters::files::FileStore;
use portico_adapters::mail::MailFolder;

use super::Failure;

/// Length of a demo's secret, in bytes.
const SECRET: usize = 32;

/// Deletes the state of an earlier demo.
pub(super) fn forget(state: &Path) -> Result<(), Failure> {
    for gone in [
        fs::remove_file(secret_file(state)),
        fs::remove_dir_all(mail_folder(state)),
        fs::remove_dir_all(files_folder(state)),
    ] {
        if let Err(error) = gone
            && error.kind() != ErrorKind::NotFound
        {
            return Err(wrong(state, &error));
        }
    }
    Ok(())
}

/// The demo's secret, created if there is none.
pub(super) fn secret(state: &Path) -> Result<[u8; SECRET], Failure> {
    let file = secret_file(state);
    if let Ok(kept) = fs::read(&file)
        && let Ok(secret) = kept.try_into()
    {
        return Ok(secret);
    }
    let mut secret = [0; SECRET];
    getrandom::fill(&mut secret).map_err(Failure::new)?;
    let write = || {
        let mut options = OpenOptions::new();
        options.create(true).truncate(true).write(true).mode(0o600).open(&file)?.write_all(&secret)
    };
    write().map_err(|error| wrong(state, &error))?;
    Ok(secret)
}

/// The folder for the demo's mail, readable by its owner only.
pub(super) async fn mail(state: &Path) -> Result<MailFolder, Failure> {
    let path = mail_folder(state);
    let folder = MailFolder::at(path.clone()).await.map_err(|error| wrong(state, &error))?;
    fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(|error| wrong(state, &error))?;
    Ok(folder)
}

/// The store of the demo's files.
pub(super) async fn files(state: &Path) -> Result<FileStore, Failure> {
    FileStore::open_folder(files_folder(state)).await.map_err(Failure::new)
}

fn secret_file(state: &Path) -> std::path::PathBuf {
    state.join("secret")
}

fn mail_folder(state: &Path) -> std::path::PathBuf {
    state.join("mail")
}

fn files_folder(state: &Path) -> std::path::PathBuf {
    state.join("files")
}

fn wrong(state: &Path, error: &io::Error) -> Failure {
    Failure::new(format_args!("the demo's folder {} cannot be used: {error}", state.display()))
}

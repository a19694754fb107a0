//! User of the servers: PostgreSQL refuses root, so root runs the servers as an ordinary user.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::{DevstackError, IoContext};

/// Candidates, best first. `_postgres` is macOS's name for the same user.
const ORDINARY_USERS: [&str; 3] = ["postgres", "_postgres", "nobody"];

/// Variables that a server inherits. The rest may hold secrets (as root, we run it as another user) or `PG*` settings
/// that would change its behaviour.
const INHERITED_ENVIRONMENT: [&str; 3] = ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"];

/// User that runs the servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceUser {
    name: String,
    uid: u32,
    gid: u32,
    is_us: bool,
}

impl ServiceUser {
    /// The current user, or an ordinary user of `/etc/passwd` if that is root.
    ///
    /// # Errors
    ///
    /// [`DevstackError::NoOrdinaryUser`] if root finds none.
    pub fn choose() -> Result<Self, DevstackError> {
        let uid = rustix::process::geteuid();
        if !uid.is_root() {
            return Ok(Self {
                name: format!("uid {}", uid.as_raw()),
                uid: uid.as_raw(),
                gid: rustix::process::getegid().as_raw(),
                is_us: true,
            });
        }
        let path = Path::new("/etc/passwd");
        let passwd = fs::read_to_string(path).doing("read", path)?;
        Self::ordinary(&passwd).ok_or(DevstackError::NoOrdinaryUser)
    }

    fn ordinary(passwd: &str) -> Option<Self> {
        let entries: Vec<Self> = passwd.lines().filter_map(Self::from_passwd_line).collect();
        ORDINARY_USERS.iter().find_map(|name| entries.iter().find(|user| user.name == *name).cloned())
    }

    fn from_passwd_line(line: &str) -> Option<Self> {
        let mut fields = line.split(':');
        let name = fields.next()?.to_owned();
        let uid = fields.nth(1)?.parse().ok().filter(|uid| *uid != 0)?;
        let gid = fields.next()?.parse().ok()?;
        Some(Self { name, uid, gid, is_us: false })
    }

    /// The user's name, or `uid N` for the current user.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Builds a command that runs as this user. It gets none of our environment, and a process group of its own, out of
    /// reach of the terminal's Ctrl-C: we stop the servers ourselves, in order.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(INHERITED_ENVIRONMENT.iter().filter_map(|name| Some((name, std::env::var_os(name)?))))
            .env("LC_ALL", "C")
            // The current folder may be inaccessible to this user.
            .current_dir("/")
            .stdin(Stdio::null())
            .process_group(0);
        if !self.is_us {
            // With these, std also drops root's supplementary groups.
            command.gid(self.gid).uid(self.uid);
        }
        command
    }

    /// Creates `folder` if necessary, accessible to this user only.
    pub(crate) fn own_folder(&self, folder: &Path) -> Result<(), DevstackError> {
        match fs::create_dir(folder) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error).doing("create", folder),
        }
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).doing("protect", folder)?;
        if !self.is_us {
            chown(folder, Some(self.uid), Some(self.gid)).doing("hand over", folder)?;
        }
        Ok(())
    }

    /// Writes a file that only this user can read.
    #[cfg(feature = "tls")]
    pub(crate) fn write_file(&self, path: &Path, text: &str) -> Result<(), DevstackError> {
        fs::write(path, text).doing("write", path)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).doing("protect", path)?;
        if !self.is_us {
            chown(path, Some(self.uid), Some(self.gid)).doing("hand over", path)?;
        }
        Ok(())
    }

    /// Rejects a folder with data of another user, for which PostgreSQL's own error is unclear.
    pub(crate) fn must_own(&self, folder: &Path) -> Result<(), DevstackError> {
        let owner = fs::symlink_metadata(folder).doing("look at", folder)?.uid();
        if owner == self.uid {
            return Ok(());
        }
        Err(DevstackError::UnsafeFolder {
            folder: folder.to_owned(),
            why: format!("it belongs to uid {owner}, but the servers run as {}; start fresh", self.name),
        })
    }

    /// Checks that this user can reach `folder`, which must be absolute and free of symlinks.
    pub(crate) fn must_reach(&self, folder: &Path) -> Result<(), DevstackError> {
        if self.is_us {
            return Ok(());
        }
        for step in folder.ancestors() {
            let found = fs::metadata(step).doing("look at", step)?;
            let needed = if found.uid() == self.uid {
                0o100
            } else if found.gid() == self.gid {
                0o010
            } else {
                0o001
            };
            if found.mode() & needed == 0 {
                return Err(DevstackError::NotTraversable { folder: step.to_owned(), user: self.name.clone() });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::ServiceUser;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\n\
                          nobody:x:65534:65534::/nonexistent:/bin/false\n\
                          postgres:x:101:104::/var/lib/postgresql:/bin/bash\n";

    #[test]
    fn postgres_user_is_preferred() {
        let user = ServiceUser::ordinary(PASSWD).unwrap();
        assert_eq!((user.name(), user.uid, user.gid), ("postgres", 101, 104));
    }

    #[test]
    fn nobody_user_is_the_fallback() {
        let without = PASSWD.replace("postgres:", "somebody:");
        assert_eq!(ServiceUser::ordinary(&without).unwrap().name(), "nobody");
    }

    #[test]
    fn root_alias_is_not_an_ordinary_user() {
        assert_eq!(ServiceUser::ordinary("postgres:x:0:0::/:/bin/sh"), None);
    }
}

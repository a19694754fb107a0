//! Limits that the process sets itself before it reads a byte.

use rustix::io;
use rustix::process::{Resource, Rlimit, nice, set_parent_process_death_signal, setrlimit};
use rustix::thread::UnshareFlags;
#[expect(deprecated, reason = "the other one is not safe; file descriptors stay shared here")]
use rustix::thread::unshare;

const MIB: u64 = 1024 * 1024;
/// The worker's requests come first.
const NICENESS: i32 = 10;

/// Limits of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// CPU time, in seconds.
    cpu: u64,
    /// Memory, in bytes.
    memory: u64,
    /// Size of a file that it writes, in bytes.
    file_size: u64,
    /// Number of open files, sockets and pipes.
    open_files: u64,
}

/// Limits for codecs: nothing but the three standard streams can be open, so there is no file and no network.
/// The photo with the most pixels takes about ten seconds.
pub const CODEC: Limits = Limits { cpu: 60, memory: 1024 * MIB, file_size: 0, open_files: 3 };
/// Limits for programs of others, which read and write files in a folder of their own.
pub const PROGRAM: Limits = Limits { cpu: 60, memory: 2048 * MIB, file_size: 256 * MIB, open_files: 16 };
/// Limits for programs that write a copy of a video. It may be a little larger than the largest video that they get.
pub const VIDEO: Limits = Limits { cpu: 300, file_size: 2304 * MIB, ..PROGRAM };

impl Limits {
    /// Limits this process and its children, for good.
    ///
    /// # Errors
    ///
    /// The system's error; then no content may be read.
    pub fn apply(self) -> io::Result<()> {
        set(Resource::As, self.memory)?;
        // One second later the system kills what has ignored the signal.
        setrlimit(Resource::Cpu, Rlimit { current: Some(self.cpu), maximum: Some(self.cpu + 1) })?;
        set(Resource::Fsize, self.file_size)?;
        set(Resource::Core, 0)?;
        set(Resource::Nofile, self.open_files)?;
        // If its worker dies, so does it. More exactly if the thread that has started it ends: those of the runtime do not.
        set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
        nice(NICENESS)?;
        Ok(())
    }
}

/// Leaves the network, where the system lets a user do so.
///
/// # Errors
///
/// The system's error; then the network stays reachable.
pub fn leave_network() -> io::Result<()> {
    #[expect(deprecated, reason = "the other one is not safe; file descriptors stay shared here")]
    unshare(UnshareFlags::NEWUSER | UnshareFlags::NEWNET)
}

fn set(resource: Resource, limit: u64) -> io::Result<()> {
    setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit) })
}

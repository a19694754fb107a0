//! `portico-content`: the worker's program for content that strangers send.
//!
//! | command | does |
//! |---|---|
//! | `image [--upright]` | reads a photo from the standard input and writes its images to the standard output |
//! | `run [--video] PROGRAM ..` | limits itself and becomes another program |

use std::env;
use std::ffi::OsString;
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use portico_content::limits::{CODEC, PROGRAM, VIDEO, leave_network};
use portico_content::{Unfit, Upright, images_of};
use portico_core::files::content::{MAX_INPUT, MISUSED};

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let command = arguments.next();
    match command.as_ref().and_then(|command| command.to_str()) {
        Some("image") => image(arguments.collect()),
        Some("run") => run(arguments),
        #[cfg(debug_assertions)]
        Some("probe") => probe(),
        _ => misused("use `portico-content image [--upright]` or `portico-content run [--video] PROGRAM ..`"),
    }
}

fn image(arguments: Vec<OsString>) -> ExitCode {
    let upright = match arguments.as_slice() {
        [] => Upright::ByMetadata,
        [option] if option == "--upright" => Upright::Already,
        _ => return misused("`image` has one option: --upright"),
    };
    if let Err(error) = CODEC.apply() {
        return misused(&format!("cannot limit itself: {error}"));
    }
    let mut bytes = Vec::new();
    match io::stdin().lock().take(MAX_INPUT + 1).read_to_end(&mut bytes) {
        Ok(read) if u64::try_from(read).is_ok_and(|read| read <= MAX_INPUT) => {}
        Ok(_) => return ExitCode::from(Unfit::TooLarge.exit_code()),
        Err(error) => return misused(&format!("cannot read: {error}")),
    }
    let made = match images_of(bytes, upright) {
        Ok(made) => made,
        Err(unfit) => return ExitCode::from(unfit.exit_code()),
    };
    match made.write_to(&mut BufWriter::new(io::stdout().lock())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => misused(&format!("cannot answer: {error}")),
    }
}

fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let mut arguments = arguments.peekable();
    let is_video = arguments.next_if(|argument| argument == "--video").is_some();
    let Some(program) = arguments.next() else { return misused("`run` needs a program") };
    // Not all systems let a user do so. The program has no credentials in any case.
    let _ = leave_network();
    let limits = if is_video { VIDEO } else { PROGRAM };
    if let Err(error) = limits.apply() {
        return misused(&format!("cannot limit itself: {error}"));
    }
    let error = Command::new(&program).args(arguments).exec();
    misused(&format!("cannot run {}: {error}", program.display()))
}

/// Tries what the limits forbid, for tests.
#[cfg(debug_assertions)]
fn probe() -> ExitCode {
    if let Err(error) = CODEC.apply() {
        return misused(&format!("cannot limit itself: {error}"));
    }
    let tried = [
        ("file", std::fs::File::open("/etc/passwd").is_ok()),
        ("listener", std::net::TcpListener::bind("127.0.0.1:0").is_ok()),
        ("socket", std::net::UdpSocket::bind("127.0.0.1:0").is_ok()),
        ("pipe", io::pipe().is_ok()),
        ("memory", Vec::<u8>::new().try_reserve_exact(1 << 30).is_ok()),
        ("child", Command::new("/bin/true").output().is_ok()),
    ];
    let done: Vec<_> = tried.iter().filter(|(_, is_done)| *is_done).map(|(what, _)| *what).collect();
    let _ = write!(io::stdout(), "{}", done.join(" "));
    ExitCode::SUCCESS
}

fn misused(text: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "portico-content: {text}");
    ExitCode::from(MISUSED)
}

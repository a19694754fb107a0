//! What the figures were taken on.

use std::fs;
use std::path::Path;
use std::process::Command;

use portico_devstack::{SearchPath, find_redis};

use crate::contender::Setup;
use crate::failure::{Doing, Failure};
use crate::servers::Servers;

/// A line of words for each thing that matters.
pub(crate) async fn describe(servers: &Servers, place: &Setup) -> Result<Vec<String>, Failure> {
    let client = servers.connect("postgres").await?;
    // The date is PostgreSQL's, as all times are.
    let row = client
        .query_one("select to_char(now(), 'YYYY-MM-DD'), split_part(current_setting('server_version'), ' ', 1)", &[])
        .await
        .doing("ask for the date")?;
    let (date, postgres): (String, String) = (row.get(0), row.get(1));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let model = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".to_owned());
    let kilobytes = field("/proc/meminfo", "MemTotal").and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
    let memory = kilobytes.unwrap_or_default().div_ceil(1024 * 1024);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let redis = find_redis(&SearchPath::of_this_machine()).doing("find Redis")?;
    let commit = said(Path::new("git"), &["describe", "--always", "--dirty"]);
    Ok(vec![
        format!("{date}, commit {commit}"),
        format!("{cores} cores of {model}, {memory} GiB, Linux {}", kernel.trim()),
        format!(
            "PostgreSQL {postgres}, Redis {}, Node.js {}, {}",
            word_after(&said(&redis.server, &["--version"]), "v="),
            said(&place.node, &["--version"]).trim_start_matches('v'),
            said(Path::new("rustc"), &["--version"]),
        ),
    ])
}

/// The value of `name : value`.
fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// What a program prints, or that it is unknown: no reason not to measure.
fn said(program: &Path, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output();
    match output {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        _ => "unknown".to_owned(),
    }
}

fn word_after<'a>(text: &'a str, prefix: &str) -> &'a str {
    text.split_whitespace().find_map(|word| word.strip_prefix(prefix)).unwrap_or(text)
}

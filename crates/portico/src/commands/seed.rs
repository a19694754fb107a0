//! `portico seed`

use std::io::{IsTerminal, Write};
use std::time::Instant;

use clap::Args;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use portico_fixtures::seed::{Plan, Progress, Seeded, seed};

use super::{Failure, OwnerOptions, print_line};

/// Interval of progress lines without a terminal, in percent.
const LINE_EVERY: u64 = 10;

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    owner: OwnerOptions,
    /// The number of projects; each has about 900 rows
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    projects: u32,
    /// The seed of the random numbers; the same seed creates the same data
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print a token for each role. The tokens can be guessed from the seed: use them for benchmarks only
    #[arg(long)]
    tokens: bool,
}

pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let plan = Plan { projects: options.projects, seed: options.seed, with_tokens: options.tokens };
    let started = Instant::now();
    let mut meter = Meter::new(plan.projects);
    let seeded = seed(&options.owner.migrated().await?, plan, |progress| meter.show(progress)).await;
    meter.end();
    let seeded = seeded.map_err(Failure::new)?;
    print_line(summary(&seeded, started.elapsed().as_secs_f64()));
    Ok(())
}

/// Shows progress on standard error, so that the output of the command can be piped.
enum Meter {
    Bar(ProgressBar),
    Lines { projects: u64, next: u64 },
}

impl Meter {
    fn new(projects: u32) -> Self {
        let projects = u64::from(projects);
        if !std::io::stderr().is_terminal() {
            return Self::Lines { projects, next: LINE_EVERY };
        }
        let style = ProgressStyle::with_template("{bar:30} {human_pos}/{human_len} projects, {msg}, {eta} left");
        let bar = ProgressBar::new(projects);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self::Bar(bar)
    }

    fn show(&mut self, progress: Progress) {
        let (done, rows) = (u64::from(progress.projects), HumanCount(progress.rows));
        match self {
            Self::Bar(bar) => {
                bar.set_message(format!("{rows} rows"));
                bar.set_position(done);
            }
            Self::Lines { projects, next } => {
                let percent = done * 100 / *projects;
                if percent >= *next {
                    let (done, all) = (HumanCount(done), HumanCount(*projects));
                    // A closed standard error must not stop the command.
                    let _ = writeln!(std::io::stderr(), "{done} of {all} projects, {rows} rows");
                    *next = (percent / LINE_EVERY + 1) * LINE_EVERY;
                }
            }
        }
    }

    fn end(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

/// Formats a line for each table, the total, and the tokens.
fn summary(seeded: &Seeded, seconds: f64) -> String {
    let mut lines: Vec<String> =
        seeded.rows.iter().map(|(table, rows)| format!("{:>13}  {table}", HumanCount(*rows).to_string())).collect();
    let total = HumanCount(seeded.rows.iter().map(|(_, rows)| rows).sum());
    lines.push(format!("{:>13}  rows in {seconds:.1} s", total.to_string()));
    if !seeded.tokens.is_empty() {
        lines.push("\nTokens, derived from the seed; for benchmarks only:".to_owned());
        lines.extend(seeded.tokens.iter().map(|token| format!("  {}  {}, {}", token.token, token.person, token.role)));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use portico_core::access::Role;
    use portico_fixtures::seed::SeedToken;

    use super::*;

    #[test]
    fn summary_lists_tables_total_and_tokens() {
        let token = SeedToken { token: "seed-client-1".to_owned(), role: Role::Client, person: "Ada Sato".to_owned() };
        let seeded = Seeded { rows: vec![("companies", 2), ("tasks", 1_998)], tokens: vec![token] };
        let text = summary(&seeded, 1.25);
        assert!(
            text.starts_with("            2  companies\n        1,998  tasks\n        2,000  rows in 1.2 s\n"),
            "{text}"
        );
        assert!(text.ends_with("  seed-client-1  Ada Sato, CLIENT"), "{text}");
    }
}

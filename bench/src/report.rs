//! The tables.

use std::fmt::Write;

use crate::contender::{CONTENDERS, Contender, Kind};
use crate::load::Turn;
use crate::operations::Operation;

/// The two whose better one is the measure.
const PEERS: [&str; 2] = ["postgraphile", "mercurius"];

/// The turns of one contender at one operation and one number of callers.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    pub(crate) contender: Contender,
    pub(crate) operation: Operation,
    pub(crate) callers: u16,
    pub(crate) turns: Vec<Turn>,
}

/// µs of processor for each request, and requests a second; the median of each over the turns.
#[derive(Debug, Clone, Copy)]
struct Figures {
    contender: f64,
    postgres: f64,
    redis: f64,
    total: f64,
    per_second: f64,
}

impl Series {
    fn figures(&self) -> Figures {
        let median = |of: &dyn Fn(&Turn) -> f64| median(self.turns.iter().map(of).collect());
        let each = |turn: &Turn, time: std::time::Duration| time.as_secs_f64() * 1e6 / turn.requests.max(1) as f64;
        Figures {
            contender: median(&|turn| each(turn, turn.taken.contender)),
            postgres: median(&|turn| each(turn, turn.taken.postgres)),
            redis: median(&|turn| each(turn, turn.taken.redis)),
            total: median(&|turn| each(turn, turn.taken.contender + turn.taken.postgres + turn.taken.redis)),
            per_second: median(&|turn| turn.requests as f64 / turn.lasted.as_secs_f64()),
        }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let (low, high) = (values.get(values.len().saturating_sub(1) / 2), values.get(values.len() / 2));
    match (low, high) {
        (Some(low), Some(high)) => f64::midpoint(*low, *high),
        _ => f64::NAN,
    }
}

/// All totals at a glance: a table for each number of callers.
pub(crate) fn overview(series: &[Series], operations: &[Operation], callers: &[u16]) -> String {
    let mut out = String::new();
    for callers in callers {
        // Writing to a string cannot fail.
        let _ = write!(out, "\n### Totals, {}\n\n| µs of CPU per request (ratio to the better peer) |", who(*callers));
        for operation in operations {
            let _ = write!(out, " {} |", operation.name.to_uppercase());
        }
        let _ = writeln!(out, "\n|---|{}", "--:|".repeat(operations.len()));
        for contender in CONTENDERS {
            let cells: String =
                operations.iter().filter_map(|one| cell(&at(series, one, *callers), contender.name)).collect();
            if !cells.is_empty() {
                let _ = writeln!(out, "| {} |{cells}", contender.title);
            }
        }
    }
    out
}

fn cell(series: &[&Series], name: &str) -> Option<String> {
    let total = total(series, name)?;
    let ratio = better_peer(series).map(|peer| format!(" ({})", share(total / peer)));
    Some(format!(" {total:.0}{} |", ratio.unwrap_or_default()))
}

/// A table for each operation and number of callers, in the order in which they were measured.
pub(crate) fn tables(series: &[Series], operations: &[Operation], callers: &[u16]) -> String {
    let mut out = String::new();
    for operation in operations {
        for callers in callers {
            let (name, who) = (operation.name.to_uppercase(), who(*callers));
            let _ = write!(out, "\n### {name}: {}, {who}\n\n", operation.about);
            out.push_str(&table(&at(series, operation, *callers)));
        }
    }
    out
}

fn who(callers: u16) -> String {
    if callers == 1 { "1 caller".to_owned() } else { format!("{callers} callers") }
}

fn at<'a>(series: &'a [Series], operation: &Operation, callers: u16) -> Vec<&'a Series> {
    let is_here = |one: &&Series| one.operation == *operation && one.callers == callers && !one.turns.is_empty();
    series.iter().filter(is_here).collect()
}

fn total(series: &[&Series], name: &str) -> Option<f64> {
    series.iter().find(|one| one.contender.name == name).map(|one| one.figures().total)
}

fn better_peer(series: &[&Series]) -> Option<f64> {
    PEERS.iter().filter_map(|name| total(series, name)).min_by(f64::total_cmp)
}

fn table(series: &[&Series]) -> String {
    let floors: Vec<&Contender> = CONTENDERS.iter().filter(|one| matches!(one.kind, Kind::Floor(_))).collect();
    let peer = better_peer(series);
    let mut out =
        "| µs of CPU per request | contender | PostgreSQL | Redis | total | requests/s | ratio to the better peer |"
            .to_owned();
    for floor in &floors {
        let _ = write!(out, " × {} |", floor.name);
    }
    let _ = writeln!(out, "\n|---|{}", "--:|".repeat(6 + floors.len()));
    for one in series {
        let figures = one.figures();
        let _ = write!(
            out,
            "| {} | {:.0} | {:.0} | {:.0} | **{:.0}** | {:.0} | {} |",
            one.contender.title,
            figures.contender,
            figures.postgres,
            figures.redis,
            figures.total,
            figures.per_second,
            peer.map_or_else(|| "–".to_owned(), |peer| share(figures.total / peer)),
        );
        for floor in &floors {
            let times = total(series, floor.name).map(|floor| format!("{:.1}", figures.total / floor));
            let _ = write!(out, " {} |", times.as_deref().unwrap_or("–"));
        }
        out.push('\n');
    }
    out
}

/// A ratio as people say it: `1/3.2` of the peer, or `1.4` times as much.
fn share(ratio: f64) -> String {
    if ratio < 1.0 { format!("1/{:.1}", 1.0 / ratio) } else { format!("{ratio:.2}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_is_the_middle_value() {
        assert!((median(vec![5.0, 1.0, 3.0]) - 3.0).abs() < f64::EPSILON);
        assert!((median(vec![4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < f64::EPSILON);
        assert!(median(Vec::new()).is_nan());
    }

    #[test]
    fn small_ratio_is_shown_as_a_fraction() {
        assert_eq!((share(0.25).as_str(), share(1.5).as_str()), ("1/4.0", "1.50"));
    }
}

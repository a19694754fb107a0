//! How much time of the processor processes have taken, user and system together, from `/proc`.

use std::collections::HashMap;
use std::fs;
use std::time::Duration;

use crate::failure::{Doing, Failure};

/// The unit of `/proc/<pid>/stat`, where processes that have ended are reckoned: a hundredth of a second on every Linux.
const TICK: Duration = Duration::from_millis(10);

/// What the three parts of a contender have taken in one turn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    pub(crate) contender: Duration,
    pub(crate) postgres: Duration,
    pub(crate) redis: Duration,
}

/// What all three had taken at one moment.
pub(crate) struct Snapshot {
    contender: Tree,
    postgres: Tree,
    redis: Tree,
}

impl Snapshot {
    /// Reads `/proc` once.
    pub(crate) fn take(contender: u32, postgres: u32, redis: u32) -> Result<Self, Failure> {
        let processes = processes()?;
        let tree = |root| Tree::of(&processes, root);
        Ok(Self { contender: tree(contender), postgres: tree(postgres), redis: tree(redis) })
    }

    /// What was taken from there to here.
    pub(crate) fn since(&self, before: &Self) -> Taken {
        Taken {
            contender: self.contender.since(&before.contender),
            postgres: self.postgres.since(&before.postgres),
            redis: self.redis.since(&before.redis),
        }
    }
}

/// A process and all below it, thread by thread: that is how the kernel tells the time to the nanosecond. A thread that
/// ends takes its time with it, but one that worked in a turn does not end before the turn does.
#[derive(Default)]
struct Tree {
    /// Of each living process, what each of its threads has taken.
    living: HashMap<u32, HashMap<u32, Duration>>,
    /// Of processes that have ended.
    reaped: Duration,
}

impl Tree {
    fn of(processes: &HashMap<u32, Process>, root: u32) -> Self {
        let mut tree = Self::default();
        tree.add(processes, root);
        tree
    }

    fn add(&mut self, processes: &HashMap<u32, Process>, pid: u32) {
        let Some(process) = processes.get(&pid) else { return };
        self.living.insert(pid, threads(pid));
        self.reaped += process.reaped;
        for (child, _) in processes.iter().filter(|(_, child)| child.parent == pid) {
            self.add(processes, *child);
        }
    }

    fn since(&self, before: &Self) -> Duration {
        let mut taken = self.reaped.saturating_sub(before.reaped);
        for (pid, threads) in &self.living {
            let known = before.living.get(pid);
            for (thread, time) in threads {
                let earlier = known.and_then(|threads| threads.get(thread)).copied().unwrap_or_default();
                taken += time.saturating_sub(earlier);
            }
        }
        // What was reaped since is the whole life of a process; what it had taken before is not of this turn.
        let ended = before.living.iter().filter(|(pid, _)| !self.living.contains_key(pid));
        let earlier: Duration = ended.flat_map(|(_, threads)| threads.values()).sum();
        taken.saturating_sub(earlier)
    }
}

/// What of `/proc/<pid>/stat` matters here.
#[derive(Debug, PartialEq, Eq)]
struct Process {
    parent: u32,
    /// What its children have taken that have ended.
    reaped: Duration,
}

fn processes() -> Result<HashMap<u32, Process>, Failure> {
    let mut found = HashMap::new();
    for pid in numbers_in("/proc").doing("read /proc")? {
        // One that has just ended has no line any more; its parent has its time.
        let Ok(line) = fs::read_to_string(format!("/proc/{pid}/stat")) else { continue };
        if let Some(process) = parse(&line) {
            found.insert(pid, process);
        }
    }
    Ok(found)
}

fn parse(line: &str) -> Option<Process> {
    // The name stands in brackets and may hold anything; the fields after it are counted from the third.
    let (_, fields) = line.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let number = |place: usize| fields.get(place - 3)?.parse::<u32>().ok();
    Some(Process { parent: number(4)?, reaped: TICK * (number(16)? + number(17)?) })
}

fn threads(pid: u32) -> HashMap<u32, Duration> {
    let folder = format!("/proc/{pid}/task");
    let threads = numbers_in(&folder).unwrap_or_default().into_iter();
    threads.filter_map(|thread| Some((thread, time_of_thread(&folder, thread)?))).collect()
}

fn time_of_thread(folder: &str, thread: u32) -> Option<Duration> {
    let text = fs::read_to_string(format!("{folder}/{thread}/schedstat")).ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

fn numbers_in(folder: &str) -> std::io::Result<Vec<u32>> {
    let names = fs::read_dir(folder)?.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    Ok(names.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn process_name_may_hold_any_character() {
        let line = "7 (a) b (c) S 1 7 7 0 -1 0 0 0 0 0 150 50 30 20 20 0 3 0 99 0";
        assert_eq!(parse(line), Some(Process { parent: 1, reaped: Duration::from_millis(500) }));
    }

    #[test]
    fn ended_process_adds_time_since_snapshot() {
        let tree = |living: &[(u32, u64)], reaped| Tree {
            living: living.iter().map(|(pid, time)| (*pid, HashMap::from([(*pid, seconds(*time))]))).collect(),
            reaped: seconds(reaped),
        };
        // One goes on, one ends after another second, one is new.
        let (before, after) = (tree(&[(1, 10), (2, 5)], 3), tree(&[(1, 12), (3, 4)], 9));
        assert_eq!(after.since(&before), seconds(2 + 1 + 4));
    }

    #[test]
    fn own_cpu_time_increases() {
        let before = Snapshot::take(std::process::id(), 0, 0).expect("there is a /proc");
        let start = std::time::Instant::now();
        while start.elapsed() < Duration::from_millis(50) {}
        let taken = Snapshot::take(std::process::id(), 0, 0).expect("there is a /proc").since(&before);
        assert!(taken.contender > Duration::ZERO && taken.postgres == Duration::ZERO);
    }
}

//! Server programs: their names and how each is stopped.

use std::time::Duration;

use rustix::process::Signal;

use crate::process::{Program, ShutdownSteps};

/// Fast shutdown (ends sessions, keeps data), immediate shutdown, and SIGKILL.
const POSTGRES_SHUTDOWN: ShutdownSteps = &[
    (Signal::INT, Duration::from_secs(20)),
    (Signal::QUIT, Duration::from_secs(5)),
    (Signal::KILL, Duration::from_secs(5)),
];

/// Orderly shutdown, then SIGKILL.
const SHUTDOWN: ShutdownSteps = &[(Signal::TERM, Duration::from_secs(5)), (Signal::KILL, Duration::from_secs(5))];

pub(crate) const POSTGRES: Program = Program { name: "postgres", shutdown: POSTGRES_SHUTDOWN };
pub(crate) const INITDB: Program = Program { name: "initdb", shutdown: POSTGRES_SHUTDOWN };
pub(crate) const REDIS: Program = Program { name: "redis-server", shutdown: SHUTDOWN };
/// Immediate: connected clients do not matter any more.
pub(crate) const PGBOUNCER: Program = Program { name: "pgbouncer", shutdown: SHUTDOWN };

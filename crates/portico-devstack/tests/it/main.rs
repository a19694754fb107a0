//! Tests of the stack, with the machine's real PostgreSQL and Redis.

mod discovery;
mod run;
mod stack;
mod support;

//! Tests of `changes(since:)`.

mod copy;
mod random;
mod reading;
mod secrecy;

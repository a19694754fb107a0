//! How generations move, by SQL alone: with which changes, with which commits, and never in each other's way.

mod catalogue;
mod commits;
mod support;
mod tables;
mod writers;

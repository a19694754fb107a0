//! Tests of secrecy: role schemas, guards and role views, each alone and together.

mod alone;
mod confusion;
mod crawl;
mod descriptions;
mod dialect;
mod documents;
mod foreign_ids;
mod guards;
mod hidden_rows;
mod matrix;
mod positions;
mod requirements;
mod scalars;
mod texts;
mod traps;
mod unknown_names;
mod visible;
mod words;
mod write_layers;

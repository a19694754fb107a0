//! Secrecy: the documents, the guards and the role views, each alone and all together.

mod alone;
mod confusion;
mod crawl;
mod descriptions;
mod documents;
mod foreign_ids;
mod guards;
mod hidden_rows;
mod positions;
mod requirements;
mod scalars;
mod texts;
mod traps;
mod unknown_names;
mod visible;
mod words;

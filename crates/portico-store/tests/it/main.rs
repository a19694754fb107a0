//! The tables, the role views and the generations, as PostgreSQL has them.

mod catalogue;
mod columns;
mod generations;

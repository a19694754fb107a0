//! Tests of tables, role views and generations in PostgreSQL.

mod catalogue;
mod columns;
mod generations;
mod migrations;
mod registration;
mod retention;
mod tls;

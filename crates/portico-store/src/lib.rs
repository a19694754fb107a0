//! Diesel: tables, rows, queries, pools, windows and migrations.

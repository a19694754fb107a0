//! Tests of clients' decisions: approval of selections, the ledger, and its verification.

mod approval;
mod ledger;
mod offline;
mod support;

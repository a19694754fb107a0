//! A database per test, a gateway to ask, and people as types.

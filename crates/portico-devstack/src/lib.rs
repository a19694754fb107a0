//! A private PostgreSQL and Redis for the demo and for tests.

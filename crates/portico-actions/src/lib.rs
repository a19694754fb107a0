//! Every change of state, one file a verb: check, transact, record.

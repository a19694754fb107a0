//! No I/O: ids, money, dates, states, the viewer and what each audience may know.

//! The schema: types and queries over loaders and actions.

//! The demo's files, as they are built into the binary. A new file must be listed here; a test compares.

macro_rules! demo_files {
    ($($path:literal,)+) => { &[$(($path, include_str!(concat!("../../../../fixtures/demo/", $path))),)+] };
}

/// Each file by its path within `fixtures/demo`, with its text.
pub(super) const DEMO: &[(&str, &str)] = demo_files![
    "people.toml",
    "tokens.toml",
    "alderbrook/company.toml",
    "alderbrook/harbor-court/project.toml",
    "alderbrook/harbor-court/schedule.toml",
    "alderbrook/harbor-court/selections.toml",
    "alderbrook/maple-street/project.toml",
    "alderbrook/maple-street/schedule.toml",
    "alderbrook/maple-street/selections.toml",
    "alderbrook/orchard-lane/project.toml",
    "alderbrook/orchard-lane/schedule.toml",
    "alderbrook/orchard-lane/selections.toml",
    "alderbrook/ridge-view/project.toml",
    "alderbrook/ridge-view/schedule.toml",
    "alderbrook/ridge-view/selections.toml",
    "fernhill/company.toml",
    "fernhill/bowen-island/project.toml",
    "fernhill/bowen-island/schedule.toml",
    "fernhill/bowen-island/selections.toml",
    "fernhill/granville-loft/project.toml",
    "fernhill/granville-loft/selections.toml",
];

//! What outsiders' documents leave out, and why.

/// What is kept from outsiders, by coordinates or by the permission that opens it for staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// The starts of coordinates, and permissions, that are kept for this reason.
    keys: &'static [&'static str],
    /// What it is, after "can never see".
    pub what: &'static str,
    /// The requirements that keep it.
    pub source: &'static str,
}

/// The first that fits says it.
const KEPT: &[Kept] = &[
    Kept { keys: &["COSTS_VIEW"], what: "costs", source: "ISO-4" },
    Kept { keys: &["MARGINS_VIEW"], what: "markups and margins", source: "ISO-4" },
    Kept { keys: &["MESSAGES_INTERNAL"], what: "internal notes", source: "ISO-5" },
    Kept { keys: &["SCHEDULE_EDIT"], what: "unpublished schedules", source: "SCH-7" },
    Kept { keys: &["Task.assignees", "Assignee"], what: "who is assigned to tasks", source: "SCH-4" },
    Kept { keys: &["Task.publicNotes", "Task.privateNotes"], what: "notes on tasks", source: "SCH-5" },
    Kept { keys: &["Task.dependencies", "TaskDependency"], what: "what tasks wait for", source: "ISO-9" },
    Kept { keys: &["TeamMember."], what: "what the company alone knows of its people", source: "PRT-9, ISO-10" },
    Kept {
        keys: &["Allowance", "Money", "Project.contractTotal"],
        what: "clients' money",
        source: "VIS-7, VIS-15, VIS-16",
    },
];

/// What fits all else.
const OF_THE_COMPANY: Kept = Kept { keys: &[], what: "what is for the company alone", source: "ISO-10" };

/// Why a coordinate is kept, given the permissions each of which opens it for staff.
pub fn kept(coordinate: &str, permissions: &[&str]) -> Kept {
    let fits = |kept: &&Kept| kept.keys.iter().any(|key| coordinate.starts_with(key) || permissions.contains(key));
    *KEPT.iter().find(fits).unwrap_or(&OF_THE_COMPANY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_says_what_it_is() {
        assert_eq!(kept("SelectionOption.unitCost", &["COSTS_VIEW"]).what, "costs");
        assert_eq!(kept("Task.assignees", &[]).source, "SCH-4");
        assert_eq!(kept("Project.riskier", &[]).what, "what is for the company alone");
    }
}

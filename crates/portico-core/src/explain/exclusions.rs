//! What outsiders' documents exclude, and why.

/// Coordinates that outsiders' documents exclude, by prefix or by the permission that staff need for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exclusion {
    /// Prefixes of coordinates, and permissions.
    keys: &'static [&'static str],
    /// What is excluded, as the object of "can never see".
    pub what: &'static str,
    /// The requirements behind it.
    pub requirements: &'static str,
}

/// The first match applies.
const EXCLUSIONS: &[Exclusion] = &[
    Exclusion { keys: &["COSTS_VIEW"], what: "costs", requirements: "ISO-4" },
    Exclusion { keys: &["MARGINS_VIEW"], what: "markups and margins", requirements: "ISO-4" },
    Exclusion { keys: &["MESSAGES_INTERNAL"], what: "internal threads", requirements: "ISO-5" },
    Exclusion { keys: &["SCHEDULE_EDIT"], what: "unpublished schedules", requirements: "SCH-7" },
    Exclusion { keys: &["Task.assignees", "Assignee"], what: "who is assigned to tasks", requirements: "SCH-4" },
    Exclusion { keys: &["Task.publicNotes", "Task.privateNotes"], what: "notes on tasks", requirements: "SCH-5" },
    Exclusion { keys: &["Task.attachments"], what: "files of tasks", requirements: "SCH-6" },
    Exclusion {
        keys: &["ScheduleDelay", "Project.scheduleDelays"],
        what: "delays of schedules",
        requirements: "EXP-9",
    },
    Exclusion { keys: &["Task.baseline", "TaskBaseline"], what: "baselines of schedules", requirements: "EXP-9" },
    Exclusion { keys: &["Task.dependencies", "TaskDependency"], what: "dependencies of tasks", requirements: "ISO-9" },
    Exclusion {
        keys: &["Project.activity", "Company.activity", "Activity"],
        what: "the audit log",
        requirements: "TRK-1",
    },
    Exclusion {
        keys: &[
            "File.",
            "FileAttachment",
            "Album",
            "FileState",
            "FileFilter",
            "GeoPosition",
            "ScanResult",
            "FileSource",
            "Project.storage",
            "ProjectStorage",
        ],
        what: "positions and sharing of files",
        requirements: "FIL-4, FIL-5, FIL-7",
    },
    Exclusion { keys: &["TeamMember."], what: "internal data of the team", requirements: "PRT-9, ISO-10" },
    Exclusion {
        keys: &["Allowance", "Money", "Project.contractTotal"],
        what: "clients' money",
        requirements: "VIS-7, VIS-15, VIS-16",
    },
];

/// Applies where no other matches.
const INTERNAL: Exclusion = Exclusion { keys: &[], what: "internal data of the company", requirements: "ISO-10" };

/// The exclusion that applies to a coordinate, given the permissions that staff need for it.
pub fn exclusion_of(coordinate: &str, permissions: &[&str]) -> Exclusion {
    let applies = |it: &&Exclusion| it.keys.iter().any(|key| coordinate.starts_with(key) || permissions.contains(key));
    *EXCLUSIONS.iter().find(applies).unwrap_or(&INTERNAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exclusions_match_by_permission_or_prefix() {
        assert_eq!(exclusion_of("SelectionOption.unitCost", &["COSTS_VIEW"]).what, "costs");
        assert_eq!(exclusion_of("Task.assignees", &[]).requirements, "SCH-4");
        assert_eq!(exclusion_of("Project.riskier", &[]).what, "internal data of the company");
    }
}

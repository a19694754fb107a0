drop table task_dependencies, task_assignees, task_briefs, task_internals, tasks, milestone_internals, milestones,
    schedule_version_internals, schedule_versions;

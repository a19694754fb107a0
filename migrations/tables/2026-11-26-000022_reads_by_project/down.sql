drop statistics selection_options_project, selection_option_costs_project, milestones_project, tasks_project,
    task_assignees_project, task_dependencies_project, internal_notes_project;
create index on project_memberships (identity_id, kind);
drop index project_memberships_identity_id_kind_project_id_idx;

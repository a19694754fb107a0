-- Finds the viewer's membership of one project without reading all of their memberships, for reads by project and key.
create index on project_memberships (identity_id, kind, project_id);
drop index project_memberships_identity_id_kind_idx;

-- A key implies its project. Without these statistics PostgreSQL expects one row instead of hundreds, and looks up the
-- viewer's rights again for each of them.
create statistics selection_options_project (dependencies) on project_id, id, selection_id from selection_options;
create statistics selection_option_costs_project (dependencies) on project_id, option_id from selection_option_costs;
create statistics milestones_project (dependencies) on project_id, id, version_id from milestones;
create statistics tasks_project (dependencies) on project_id, id, version_id from tasks;
create statistics task_assignees_project (dependencies) on project_id, task_id from task_assignees;
create statistics task_dependencies_project (dependencies) on project_id, task_id from task_dependencies;
create statistics internal_notes_project (dependencies) on project_id, subject_id from internal_notes;
analyze selection_options, selection_option_costs, milestones, tasks, task_assignees, task_dependencies, internal_notes;

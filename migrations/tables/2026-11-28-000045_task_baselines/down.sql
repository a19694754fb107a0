drop table task_baselines;
alter table project_portals drop column shares_baseline cascade;

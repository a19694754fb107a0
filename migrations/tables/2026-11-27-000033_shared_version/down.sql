alter table projects drop column shared_version;

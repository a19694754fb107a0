-- Versions of projects as outsiders see them: changes that not all of them can see do not count.
alter table projects add column shared_version integer not null default 1;
update projects set shared_version = version;

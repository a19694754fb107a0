-- Settings of a company for a client in a project, besides rights: a label, and alert defaults until the client chooses
-- (ACC-18, RULE-1).
create table project_client_settings (
    membership_id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    label text check (label <> ''),
    instant_alerts boolean,
    summary_frequency text check (summary_frequency in ('NEVER', 'DAILY', 'WEEKLY')),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade,
    foreign key (project_id, membership_id) references project_memberships (project_id, id) on delete cascade
);
create index on project_client_settings (project_id, membership_id);

-- Null follows the companies' defaults.
alter table notification_settings alter column instant_alerts drop not null, alter column instant_alerts drop default;
alter table notification_settings alter column summary_frequency drop not null,
    alter column summary_frequency drop default;

-- What a company settles for a client in a project beside their rights: how it tells them apart, and how they are told of news
-- until they say so themselves (ACC-18, RULE-1).
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

-- What somebody has not said follows what their companies settled.
alter table notification_settings alter column instant_alerts drop not null, alter column instant_alerts drop default;
alter table notification_settings alter column summary_frequency drop not null,
    alter column summary_frequency drop default;

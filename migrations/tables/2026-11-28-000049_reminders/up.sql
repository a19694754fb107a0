-- Reminders of selections by mail, each mailed once (docs/decisions/0050-reminders.md).

alter table company_portals
    -- Days before the due date of a selection. Null: no reminders are mailed.
    add selection_reminder_days int default 3 check (selection_reminder_days between 1 and 30);

-- What each client was reminded of.
create table selection_reminders (
    membership_id uuid not null,
    selection_id uuid not null,
    kind text not null check (kind in ('DUE_SOON', 'OVERDUE')),
    -- Part of the key: a selection that is due on another day is one to be reminded of again.
    due_on date not null,
    company_id uuid not null,
    project_id uuid not null,
    -- The day of the mail, in the project's time zone: a client gets one mail of a project on a day.
    mailed_on date not null,
    primary key (membership_id, selection_id, kind, due_on),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade,
    foreign key (project_id, membership_id) references project_memberships (project_id, id) on delete cascade,
    foreign key (project_id, selection_id) references selections (project_id, id) on delete cascade
);
create index on selection_reminders (membership_id, mailed_on);
create index on selection_reminders (company_id, project_id);
create index on selection_reminders (project_id, membership_id);
create index on selection_reminders (project_id, selection_id);
create index selections_to_remind_of on selections (due_on) where status in ('SHARED', 'CHOSEN') and due_on is not null;

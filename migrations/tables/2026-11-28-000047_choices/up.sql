-- Selections with several choices and quantities, their deadlines, and allowances with terms and a ledger (docs/decisions/0049-choosing.md).

alter table allowances
    add covers text not null default 'MATERIAL_AND_LABOR' check (covers in ('MATERIAL', 'MATERIAL_AND_LABOR')),
    add terms text check (terms <> ''),
    add unused_policy text not null default 'KEEP' check (unused_policy in ('CREDIT', 'KEEP')),
    -- The contract's fee and tax on an overage, as shares: 0.15 is 15 % (MR-5).
    add fee_percent numeric(9, 6) not null default 0 check (fee_percent between 0 and 1),
    add tax_percent numeric(9, 6) not null default 0 check (tax_percent between 0 and 1);
update allowances set covers = 'MATERIAL' where material_only;
set constraints all immediate;
set constraints all deferred;
-- With the role views, which follow in the same transaction.
alter table allowances
    drop material_only cascade;

alter table selections
    add category text check (category <> ''),
    add min_choices int not null default 1 check (min_choices > 0),
    add max_choices int not null default 1 check (max_choices <= 20),
    add may_decline boolean not null default false,
    add chosen_at timestamptz,
    add chosen_by uuid,
    add chosen_by_name text,
    add approved_at timestamptz,
    add ordered_at timestamptz,
    add decline_reason text check (decline_reason <> ''),
    -- Stored, so that time does not decide within a view; set at midnight in the project's time zone.
    add is_overdue boolean not null default false,
    -- With a task, the date is computed when the schedule is published.
    add due_task_id uuid,
    add due_days_before int check (due_days_before between 0 and 365),
    add check (min_choices <= max_choices),
    add check (due_task_id is null or due_days_before is not null),
    add foreign key (project_id, chosen_by) references project_memberships (project_id, id),
    add foreign key (project_id, due_task_id) references tasks (project_id, id) on delete set null (due_task_id);
create index on selections (project_id, due_task_id);
create index on selections (project_id, chosen_by);
create index selections_becoming_overdue on selections (due_on) where status = 'SHARED' and not is_overdue and due_on is not null;

alter table selection_options
    -- The last day of the price.
    add price_expires_on date,
    add is_price_expired boolean not null default false;
create index options_becoming_expired on selection_options (price_expires_on)
    where not is_price_expired and price_expires_on is not null;

-- What the client has chosen.
create table selection_choices (
    selection_id uuid not null,
    option_id uuid not null,
    company_id uuid not null,
    project_id uuid not null,
    quantity int not null default 1 check (quantity between 1 and 9999),
    primary key (selection_id, option_id),
    foreign key (project_id, selection_id) references selections (project_id, id) on delete cascade,
    foreign key (selection_id, option_id) references selection_options (selection_id, id) deferrable initially deferred
);
create index on selection_choices (project_id, selection_id);

insert into selection_choices (selection_id, option_id, company_id, project_id)
select id, chosen_option_id, company_id, project_id from selections where chosen_option_id is not null;
update selections s set approved_at = coalesce((
        select max(d.decided_at) from decisions d where d.subject_id = s.id and d.project_id = s.project_id),
    s.locked_at, s.created_at)
where status in ('APPROVED', 'LOCKED', 'ORDERED');
update selections set chosen_at = coalesce(approved_at, created_at) where chosen_option_id is not null;
update selections set ordered_at = coalesce(locked_at, approved_at) where status = 'ORDERED';
-- Settles the changes that these statements recorded, before the tables are altered.
set constraints all immediate;
set constraints all deferred;
alter table selections drop chosen_option_id cascade;
alter table selections
    add check (status not in ('DRAFT', 'SHARED', 'DECLINED') or chosen_at is null),
    add check (status in ('DRAFT', 'SHARED', 'DECLINED') or chosen_at is not null),
    add check ((status in ('APPROVED', 'LOCKED', 'ORDERED')) = (approved_at is not null));

-- The ledger of allowances, in the client's price. Append-only: a correction is a reversing entry (MR-19).
create table allowance_entries (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    allowance_id uuid not null,
    selection_id uuid,
    kind text not null check (kind in ('GRANTED', 'GRANT_CHANGED', 'APPROVED', 'REOPENED')),
    amount_minor bigint not null,
    created_at timestamptz not null default now(),
    check ((kind in ('APPROVED', 'REOPENED')) = (selection_id is not null)),
    foreign key (project_id, allowance_id) references allowances (project_id, id) on delete cascade,
    foreign key (project_id, selection_id) references selections (project_id, id) deferrable initially deferred
);
create index on allowance_entries (allowance_id, created_at, id);
create index on allowance_entries (project_id, selection_id);

insert into allowance_entries (id, company_id, project_id, allowance_id, kind, amount_minor, created_at)
select gen_random_uuid(), w.company_id, w.project_id, w.id, 'GRANTED', w.granted_minor, p.created_at
from allowances w join projects p on p.id = w.project_id;
insert into allowance_entries (id, company_id, project_id, allowance_id, selection_id, kind, amount_minor, created_at)
select gen_random_uuid(), s.company_id, s.project_id, s.allowance_id, s.id, 'APPROVED', coalesce(sum(o.price_minor), 0), s.approved_at
from selections s
join selection_choices c on c.selection_id = s.id
join selection_options o on o.id = c.option_id
where s.allowance_id is not null and s.status in ('APPROVED', 'LOCKED', 'ORDERED')
group by s.id;

create statistics selection_choices_project (dependencies) on project_id, selection_id from selection_choices;
analyze selection_choices, allowance_entries;

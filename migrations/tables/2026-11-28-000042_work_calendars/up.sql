-- Work calendars of companies: the worked weekdays, and exceptions by date. Schedules are computed from them.

create table work_calendars (
    company_id uuid primary key references companies,
    working_days text[] not null default array['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY']
        check (working_days <@ array['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY']),
    version int not null default 1
);
insert into work_calendars (company_id) select id from companies;

-- Days off, such as holidays, and working days, such as a Saturday that is worked.
create table work_calendar_exceptions (
    company_id uuid not null references work_calendars,
    falls_on date not null,
    is_working boolean not null,
    name text check (name <> ''),
    primary key (company_id, falls_on)
);

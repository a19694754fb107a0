-- An order of a project's audit log that is safe while transactions overlap: positions become visible in ascending order.

-- The last position of each project. Its row is locked until the transaction ends that has taken a position.
create table activity_counters (
    project_id uuid primary key references projects on delete cascade,
    last_position bigint not null
);

alter table activity add column position bigint;
update activity a set position = r.position
from (
    select id, row_number() over (partition by project_id order by at, id) as position from activity
    where project_id is not null
) r
where a.id = r.id;
insert into activity_counters (project_id, last_position)
select project_id, max(position) from activity where project_id is not null group by project_id;
-- Entries without a project have none.
alter table activity add constraint activity_position_check check ((project_id is null) = (position is null));
create unique index on activity (project_id, position);

-- Takes the next position of the entry's project. With the owner's rights: no login can read or change the counters, and
-- none can choose a position.
create function take_activity_position() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    new.position := null;
    if new.project_id is not null then
        insert into activity_counters as c (project_id, last_position) values (new.project_id, 1)
        on conflict (project_id) do update set last_position = c.last_position + 1
        returning last_position into new.position;
    end if;
    return new;
end $$;
revoke all on function take_activity_position() from public;
create trigger take_position before insert on activity for each row execute function take_activity_position();

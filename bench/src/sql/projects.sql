-- $1 active projects of ordinary size, with all that the operations ask for.
select p.id::text
from projects p
join project_portals portal on portal.project_id = p.id
join schedule_versions version on version.project_id = p.id and version.state = 'PUBLISHED'
cross join lateral (select count(*) as tasks from tasks t where t.project_id = p.id) schedule
cross join lateral (
    select count(*) as all_of_them, count(*) filter (where s.status = 'SHARED') as shared
    from selections s
    where s.project_id = p.id
) selections
where p.status = 'ACTIVE'
    and portal.features @> array['SCHEDULE', 'SELECTIONS', 'TEAM']
    and portal.schedule_share <> 'NONE'
    and schedule.tasks between 50 and 80
    and selections.all_of_them between 30 and 50
    and selections.shared >= 5
order by p.id
limit $1

-- What clients are reminded of by mail, for the worker (docs/decisions/0050-reminders.md).
--
-- No rule is repeated here. The clients' role view of selections is copied from its own definition, with the portals of all clients
-- instead of the caller's: a mail names nothing that its recipient could not read in the portal at the same time.

drop schema if exists reminding cascade;
create schema reminding;

do $$
declare
    usual_path text := current_setting('search_path');
    base constant text := 'access.client_portals a';
    definition text;
begin
    -- So that definitions have fully qualified names.
    perform set_config('search_path', 'pg_catalog', true);
    definition := pg_get_viewdef('access.client_selections'::regclass);
    if strpos(definition, base) = 0 then
        raise exception 'access.client_selections must select from %', base;
    end if;
    definition := regexp_replace(replace(definition, base, 'access.all_client_portals a'), '^ SELECT ', ' SELECT a.membership_id, ');
    execute 'create view reminding.client_selections as ' || definition;
    definition := replace(pg_get_viewdef('client.selections'::regclass), 'access.client_selections', 'reminding.client_selections');
    definition := regexp_replace(definition, '^ SELECT ', ' SELECT client_selections.membership_id, ');
    execute 'create view reminding.selections with (security_barrier) as ' || definition;
    perform set_config('search_path', usual_path, true);
end $$;

-- Clients who get reminders: those who have accepted their invitation. In an archived project nothing can be done.
create view reminding.clients with (security_barrier) as
select m.id as membership_id, m.company_id, m.project_id, m.can_approve, i.email,
    case when i.claimed_at is null then x.name else i.name end as name, p.name as project_name, p.time_zone,
    case when cp.company_id is null then 3 else cp.selection_reminder_days end as reminder_days
from project_memberships m
join identities i on i.id = m.identity_id
join contacts x on x.id = m.contact_id
join projects p on p.id = m.project_id
left join company_portals cp on cp.company_id = m.company_id
where m.kind = 'CLIENT'
    and i.disabled_at is null
    and p.status <> 'ARCHIVED'
    and exists (select from invitations n where n.project_id = m.project_id and n.membership_id = m.id and n.state = 'ACCEPTED');

grant usage on schema reminding to portico_worker;
grant select (membership_id, id, company_id, project_id, title, status, due_on, is_overdue) on reminding.selections to portico_worker;
grant select on reminding.clients to portico_worker;

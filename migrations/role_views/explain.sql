-- Explanations of what outsiders see, and previews of other portal settings.
--
-- No rule is repeated here. Each role view of outsiders, with its access views, is copied from its own definition; the
-- copy contains every row, with the names of the role view's rules and their values. Only the base differs: instead of
-- the caller's portals, those of all members of the caller's company (`explained`), or a project's portal with current
-- and other settings (`previewed`). So explanations cannot differ from the policy, and outsiders' role views have no
-- overhead.

-- Current and former memberships of a company's clients and trade partners, for callers who may request explanations.
create view explained.client_portals as
select a.membership_id as explained_for, a.*
from access.staff_caller c
join access.all_client_portals a on a.company_id = c.company_id
where c.may_read_projects and c.may_explain_access
    and (c.listed_projects is null or a.project_id = any (c.listed_projects));

create view explained.trade_memberships as
select a.membership_id as explained_for, a.*
from access.staff_caller c
join access.all_trade_memberships a on a.company_id = c.company_id
where c.may_read_projects and c.may_explain_access
    and (c.listed_projects is null or a.project_id = any (c.listed_projects));

-- The settings to preview, set for one transaction like the session; without them nothing is previewed.
create view previewed.supposed as
select array(select jsonb_array_elements_text(x.settings -> 'features')) as features,
    x.settings ->> 'schedule_share' as schedule_share,
    (x.settings ->> 'shares_baseline')::boolean as shares_baseline
from (select nullif(current_setting('portico.supposed', true), '')::jsonb as settings) x
where x.settings is not null;

-- A project's portal with current and other settings, as a client with all rights would see it: portals are set up
-- before clients are invited (PRT-14).
do $$
declare
    columns text;
begin
    select string_agg(
        case
            when a.attname in ('features', 'schedule_share', 'shares_baseline') then format('s.%I', a.attname)
            when a.attname in ('membership_id', 'identity_id') then format('null::uuid as %I', a.attname)
            when a.atttypid = 'boolean'::regtype then format('true as %I', a.attname)
            else format('pp.%I', a.attname)
        end, ', ' order by a.attnum)
    into strict columns
    from pg_attribute a
    where a.attrelid = 'access.client_portals'::regclass and a.attnum > 0;
    execute format(
        'create view previewed.client_portals as
        select s.is_after as explained_for, %s
        from access.staff_caller c
        join project_portals pp on pp.company_id = c.company_id
        cross join previewed.supposed x
        cross join lateral (values
            (false, pp.features, pp.schedule_share, pp.shares_baseline),
            (true, x.features, x.schedule_share, x.shares_baseline)
        ) as s (is_after, features, schedule_share, shares_baseline)
        where c.may_read_projects and c.may_write_projects
            and (c.listed_projects is null or pp.project_id = any (c.listed_projects))',
        columns);
end $$;

do $$
declare
    usual_path text := current_setting('search_path');
    -- A reference to an access view in a definition, with its alias, if any.
    source constant text := 'access\.((?:client|trade)_\w+)(?: (\w+))?';
    -- A role view contains the rows for which all its rules are true, and its condition has nothing else.
    rules_only constant text := '\n  WHERE \(?((?:\w+\.)?\w+(?: AND (?:\w+\.)?\w+)*)\)?;$';
    -- Views that contain no records: counters, what readers were sent, and entries about records.
    unexplained constant text[] := array['generations', 'sync_states', 'synced_records', 'activity'];
    ground text;
    audiences text;
    seen record;
    definition text;
    found text[];
    conditions text[];
    -- The section of the portal that each view depends on, from its definition.
    sections jsonb := '{}';
    section text;
    key text;
    of_project text;
    title text;
    explained text[] := '{}';
    previewed text[] := '{}';
begin
    -- So that definitions have fully qualified names.
    perform set_config('search_path', 'pg_catalog', true);

    foreach ground in array array['explained', 'previewed'] loop
        audiences := case ground when 'explained' then '^(client|trade)_' else '^client_' end;
        for seen in
            select c.oid, c.relname from pg_class c
            where c.relnamespace = 'access'::regnamespace and c.relname ~ audiences
                and c.relname not in ('client_portals', 'trade_memberships')
                and regexp_replace(c.relname, '^(client|trade)_', '') <> all (unexplained)
            order by c.oid
        loop
            definition := pg_get_viewdef(seen.oid);
            continue when definition !~ source;
            if (select count(*) from regexp_matches(definition, source, 'g')) > 1 then
                raise exception 'access.% selects from two access views; a role view that can be copied selects from one', seen.relname;
            end if;
            found := regexp_match(definition, source);
            section := coalesce(
                (regexp_match(definition, '''([A-Z_]+)''::text = ANY \((?:\w+\.)?features\)'))[1], sections ->> found[1]);
            sections := sections || jsonb_build_object(seen.relname, section);
            definition := regexp_replace(
                definition, '^ SELECT ', format(' SELECT %I.explained_for, ', coalesce(found[2], found[1])));
            definition := regexp_replace(definition, '\maccess\.((client|trade)_\w+)', ground || '.\1', 'g');
            execute format('create view %I.%I as %s', ground, seen.relname, definition);
        end loop;

        for seen in
            select c.oid, c.relname, n.nspname as audience from pg_class c
            join pg_namespace n on n.oid = c.relnamespace and n.nspname in ('client', 'trade')
            where n.nspname || '_' ~ audiences and c.relname <> all (unexplained)
            order by n.nspname, c.relname
        loop
            definition := pg_get_viewdef(seen.oid);
            continue when definition !~ source;
            found := regexp_match(definition, source);
            conditions := string_to_array((regexp_match(definition, rules_only))[1], ' AND ');
            if conditions is null or (select count(*) from regexp_matches(definition, source, 'g')) > 1 then
                raise exception '%.% must select the rows of one access view where all rules hold', seen.audience, seen.relname;
            end if;
            definition := regexp_replace(definition, rules_only, '');
            definition := regexp_replace(
                definition, '^ SELECT ',
                format(' SELECT %I.explained_for, array[%s]::text[] as rules, array[%s is true] as holds, ',
                    coalesce(found[2], found[1]),
                    (select string_agg(quote_literal(regexp_replace(rule, '^\w+\.', '')), ', ' order by place)
                        from unnest(conditions) with ordinality as each (rule, place)),
                    array_to_string(conditions, ' is true, ')));
            definition := regexp_replace(definition, '\maccess\.((client|trade)_\w+)', ground || '.\1', 'g');
            execute format('create view %I.%I as %s', ground, seen.audience || '_view_of_' || seen.relname, definition);

            -- The first column of a role view identifies its rows.
            select a.attname into strict key from pg_attribute a where a.attrelid = seen.oid and a.attnum = 1;
            select coalesce(max(a.attname) filter (where a.attname = 'project_id'), key) into of_project
                from pg_attribute a where a.attrelid = seen.oid;
            if ground = 'explained' then
                explained := explained || format(
                    'select explained_for as membership_id, company_id, %I as project_id, %L::text as audience,
                        %L::text as view_name, %I as record_id, %L::text as section, rules, holds
                    from explained.%I',
                    of_project, upper(seen.audience), seen.relname, key, sections ->> found[1],
                    seen.audience || '_view_of_' || seen.relname);
            else
                select a.attname into title from pg_attribute a
                    where a.attrelid = seen.oid and a.attname in ('name', 'title', 'number')
                    order by array_position(array['name', 'title', 'number'], a.attname::text) limit 1;
                previewed := previewed || format(
                    'select company_id, %I as project_id, %L::text as view_name, %I as record_id, %s::text as title,
                        explained_for as is_after, true = all (holds) as is_visible
                    from previewed.%I',
                    of_project, seen.relname, key, coalesce(quote_ident(title), 'null'),
                    seen.audience || '_view_of_' || seen.relname);
            end if;
        end loop;
    end loop;

    execute 'create view staff.explained_rules with (security_barrier) as '
        || array_to_string(explained, ' union all ');
    execute 'create view staff.previewed_records with (security_barrier) as '
        || array_to_string(previewed, ' union all ');
    perform set_config('search_path', usual_path, true);
end $$;

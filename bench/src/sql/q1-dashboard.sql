-- Q1 as one text; $1 is the project.
select json_build_object('data', json_build_object('project', (
    select json_build_object(
        'id', p.id,
        'number', p.number,
        'name', p.name,
        'status', p.status,
        'stage', p.stage,
        'address', json_build_object(
            'line', p.address_line, 'city', p.city, 'region', p.region, 'postalCode', p.postal_code,
            'country', p.country),
        'milestones', (
            select coalesce(json_agg(json_build_object(
                'id', m.id, 'name', m.name, 'status', m.status, 'percentComplete', m.percent_complete,
                'anticipatedFinishOn', m.anticipated_finish_on) order by m.sort, m.id), '[]')
            from milestones m
            where m.project_id = p.id),
        'nextChoices', (
            select coalesce(json_agg(json_build_object(
                'id', s.id, 'number', s.number, 'title', s.title, 'dueOn', s.due_on,
                'options', (
                    select coalesce(json_agg(json_build_object(
                        'id', o.id, 'title', o.title,
                        'price', case when o.price_minor is not null then json_build_object(
                            'amount', (o.price_minor * 0.01)::numeric(20, 2)::text,
                            'currencyCode', p.currency) end) order by o.sort, o.id), '[]')
                    from selection_options o
                    where o.selection_id = s.id)) order by s.due_on, s.id), '[]')
            from (
                select s.id, s.number, s.title, s.due_on
                from selections s
                where s.project_id = p.id and s.status = 'SHARED'
                order by s.due_on, s.id
                limit 5
            ) s),
        'allowances', (
            select coalesce(json_agg(json_build_object(
                'id', a.id, 'name', a.name,
                'granted', json_build_object(
                    'amount', (a.granted_minor * 0.01)::numeric(20, 2)::text, 'currencyCode', p.currency),
                'used', json_build_object(
                    'amount', (a.used_minor * 0.01)::numeric(20, 2)::text, 'currencyCode', p.currency))
                order by a.sort, a.id), '[]')
            from allowances a
            where a.project_id = p.id),
        'team', (
            select coalesce(json_agg(json_build_object('id', t.id, 'name', t.name, 'title', t.title)
                order by t.sort, t.id), '[]')
            from team_members t
            where t.project_id = p.id))
    -- All currencies of seeded worlds have two decimals, so that a minor unit is a hundredth.
    from projects p
    where p.id = $1::text::uuid
)))::text

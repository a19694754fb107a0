select jsonb_build_object(
    'start_on', v.start_on,
    'milestones', coalesce((
        select jsonb_agg(jsonb_build_object(
            'milestone_id', m.milestone_id, 'name', m.name, 'client_viewable', m.client_viewable,
            'internal_target_on', m.internal_target_on, 'sort', m.sort) order by m.sort, m.milestone_id)
        from planned_milestones m where m.version_id = v.id), '[]'),
    'tasks', coalesce((
        select jsonb_agg(jsonb_build_object(
            'task_id', t.task_id, 'milestone_id', m.milestone_id, 'name', t.name, 'work_days', t.work_days,
            'fixed_start_on', t.fixed_start_on, 'start_on', t.start_on, 'finish_on', t.finish_on,
            'total_float_days', t.total_float_days, 'is_critical', t.is_critical, 'is_too_early', t.is_too_early,
            'client_viewable', t.client_viewable, 'public_notes', t.public_notes, 'private_notes', t.private_notes,
            'cost_code', t.cost_code, 'labor_hours', t.labor_hours::text, 'internal_deadline_on', t.internal_deadline_on,
            'buffer_days', t.buffer_days, 'sort', t.sort, 'dependencies', coalesce(d.list, '[]'),
            'assignees', coalesce(x.list, '[]')) order by t.sort, t.task_id)
        from planned_tasks t
        left join planned_milestones m on m.id = t.planned_milestone_id
        left join (
            select o.id, jsonb_agg(jsonb_build_object(
                'predecessor_id', p.task_id, 'kind', d.kind, 'lag_days', d.lag_days, 'lag_unit', d.lag_unit)
                order by p.task_id) as list
            from planned_tasks o
            join planned_dependencies d on d.planned_task_id = o.id
            join planned_tasks p on p.id = d.predecessor_id
            where o.version_id = v.id
            group by o.id
        ) d on d.id = t.id
        left join (
            select o.id, jsonb_agg(case when x.project_membership_id is not null
                then jsonb_build_object('project_membership_id', x.project_membership_id)
                else jsonb_build_object('staff_membership_id', x.staff_membership_id) end
                order by x.project_membership_id, x.staff_membership_id) as list
            from planned_tasks o
            join planned_assignees x on x.planned_task_id = o.id
            where o.version_id = v.id
            group by o.id
        ) x on x.id = t.id
        where t.version_id = v.id), '[]')
)::text as plan
from schedule_versions v
where v.id = $1

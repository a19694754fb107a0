-- Q3 as one text; $1 is the project.
select json_build_object('data', json_build_object('project', (
    select json_build_object('id', p.id, 'name', p.name, 'status', p.status)
    from projects p
    where p.id = $1::text::uuid
)))::text

-- A client ($1 the name and the token, $2 the token's hash) who is a member of the projects $3. Ids follow from the name,
-- so that what is there already stays as it is.
with person as (
    insert into identities (id, email, email_canonical, name)
    select md5($1 || ' identity')::uuid, $1 || '@bench.example', $1 || '@bench.example', $1
    on conflict do nothing
),
place as (
    select p.id as project_id, p.company_id, md5($1 || ' contact ' || p.company_id)::uuid as contact_id
    from projects p
    where p.id = any ($3::text[]::uuid[])
),
card as (
    insert into contacts (id, company_id, identity_id, kind, name)
    select distinct contact_id, company_id, md5($1 || ' identity')::uuid, 'CLIENT', $1
    from place
    on conflict do nothing
),
membership as (
    insert into project_memberships (
        id, company_id, project_id, contact_id, identity_id, kind, relationship, access_level)
    select md5($1 || ' membership ' || project_id)::uuid, company_id, project_id, contact_id,
        md5($1 || ' identity')::uuid, 'CLIENT', 'REPRESENTATIVE', 'PORTAL'
    from place
    on conflict do nothing
)
insert into sessions (id, token_hash, identity_id, actor, expires_at)
values (md5($1 || ' session')::uuid, $2, md5($1 || ' identity')::uuid, 'CLIENT', '2126-01-01')
on conflict do nothing

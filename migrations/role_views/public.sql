-- Role view of callers without a session. Its schema is named visitor, since the tables are in public.

create view visitor.portal_entrances with (security_barrier) as
select * from access.portal_entrances;

create view visitor.company_brandings with (security_barrier) as
select * from access.company_brandings;

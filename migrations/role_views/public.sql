-- What anybody may see who has not signed in. The schema is called visitor, since public is where the tables stand.

create view visitor.portal_entrances with (security_barrier) as
select * from access.portal_entrances;

create view visitor.company_brandings with (security_barrier) as
select * from access.company_brandings;

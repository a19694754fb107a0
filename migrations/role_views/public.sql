-- What callers without a token see. The schema is called visitor, because `public` contains the tables.

create view visitor.portal_entrances with (security_barrier) as
select * from access.portal_entrances;

create view visitor.company_brandings with (security_barrier) as
select * from access.company_brandings;

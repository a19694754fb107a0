-- Grants SELECT on the role views only. No login can read the access views underneath.

grant select on all tables in schema visitor to portico_public;
grant select on all tables in schema client to portico_client;
grant select on all tables in schema trade to portico_trade;
grant select on all tables in schema staff to portico_staff;
grant select on all tables in schema support to portico_support;
grant select on all tables in schema auth to portico_auth;

-- Privileges on the database as a whole, in a separate file because a copy of a database does not inherit them.

do $$
begin
    execute format('revoke all on database %I from public', current_database());
    execute format(
        'grant connect on database %I to portico_public, portico_client, portico_trade, portico_staff, '
        'portico_support, portico_auth, portico_writer, portico_accounts, portico_worker, portico_operator',
        current_database());
end $$;

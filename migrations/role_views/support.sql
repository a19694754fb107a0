-- Role view of support agents: themselves, and the accounts that they have open. No data of companies.

-- The calling agent, while the person is one.
create view access.support_session as
select s.identity_id
from access.session s
join support_agents a on a.identity_id = s.identity_id and a.ended_at is null
where s.actor = 'SUPPORT';

-- None of this is ever cached, so the view may use the current time.
create view access.open_accounts as
select o.identity_id, max(o.expires_at) as open_until
from account_openings o
where o.agent_id = (select identity_id from access.support_session) and o.expires_at > now()
    and not exists (select from support_agents a where a.identity_id = o.identity_id and a.ended_at is null)
group by o.identity_id;

create view support.sessions with (security_barrier) as
select * from access.own_sessions;

create view support.accounts with (security_barrier) as
select i.id, i.email, i.name, i.phone, i.locale, i.time_zone, i.claimed_at is not null as is_user_managed, o.open_until
from access.open_accounts o
join identities i on i.id = o.identity_id;

-- Earlier corrections of the account by support, from the audit log.
create view support.support_notes with (security_barrier) as
select a.id, a.subject_id as account_id, a.at, a.details ->> 'note' as note,
    array(select jsonb_array_elements_text(a.details -> 'changed')) as changed, v.name as verified_by
from activity a
join access.open_accounts o on o.identity_id = a.subject_id
join identities v on v.id = a.actor_id
where a.kind = 'ACCOUNT_CORRECTED' and a.subject_kind = 'IDENTITY';

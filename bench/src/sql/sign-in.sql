-- What the gateway reads at each sign-in.
select role, subject_id, name, email, phone, locale, time_zone, company_id, permissions, listed_projects, membership_ids,
    project_ids
from bearers
where token_hash = $1 and expires_at > current_timestamp

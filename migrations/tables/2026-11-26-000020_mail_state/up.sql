-- The delivery status of a mail is shown beside its subject.

alter table deliveries
    -- The subject of the mail, derived from its key: an invitation, a contact, an account. Null if the key names no
    -- row.
    add column subject_id uuid generated always as (
        substring(key from '^[a-z_-]+:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(:|$)')::uuid) stored,
    -- When a worker last leased it.
    add column last_attempt_at timestamptz;
create index on deliveries (subject_id, created_at);

-- Withdrawn is a separate state: an operator who retries parked mails must not revive revoked links.
alter table deliveries drop constraint deliveries_state_check;
alter table deliveries add constraint deliveries_state_check
    check (state in ('WAITING', 'SENT', 'REFUSED', 'PARKED', 'WITHDRAWN'));

-- What became of a mail is shown beside what it is about.

alter table deliveries
    -- The row that the mail is about, as its key says: an invitation, a contact, an account. None where the key names no row.
    add column subject_id uuid generated always as (
        substring(key from '^[a-z_-]+:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(:|$)')::uuid) stored,
    -- When a worker last took it to be sent.
    add column last_attempt_at timestamptz;
create index on deliveries (subject_id, created_at);

-- Withdrawn is a state of its own: an operator who retries parked mails must not revive links that were revoked.
alter table deliveries drop constraint deliveries_state_check;
alter table deliveries add constraint deliveries_state_check
    check (state in ('WAITING', 'SENT', 'REFUSED', 'PARKED', 'WITHDRAWN'));

update deliveries set state = 'PARKED' where state = 'WITHDRAWN';
alter table deliveries drop constraint deliveries_state_check;
alter table deliveries add constraint deliveries_state_check check (state in ('WAITING', 'SENT', 'REFUSED', 'PARKED'));
alter table deliveries drop column subject_id, drop column last_attempt_at;

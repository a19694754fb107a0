alter table deliveries drop column subject_id, drop column last_attempt_at;

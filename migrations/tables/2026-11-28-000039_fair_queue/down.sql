create index on jobs (kind, next_attempt_at) where finished_at is null;
drop index jobs_turns;
drop index jobs_waiting;

-- Workers take jobs from one company after another (docs/decisions/0021). Jobs of accounts, which have no company, count as one more.
-- The expression is repeated in portico-store/src/jobs/due.sql; another one would not use these indexes.
create index jobs_waiting on jobs
    (kind, (case when company_id is null then '00000000-0000-0000-0000-000000000000'::uuid else company_id end), next_attempt_at, id) where finished_at is null;
-- When a company last had a turn.
create index jobs_turns on jobs
    (kind, (case when company_id is null then '00000000-0000-0000-0000-000000000000'::uuid else company_id end), last_attempt_at) where last_attempt_at is not null;
drop index jobs_kind_next_attempt_at_idx;

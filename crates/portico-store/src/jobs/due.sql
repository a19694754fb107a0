-- The next jobs of a kind ($1) that are due ($2), at most $3, locked. First the oldest job of each company, then its second one; among
-- companies, the one whose last turn is longest ago. So a company waits for one job of each other company, however many they have.
--
-- `case` and not `coalesce`, which row level security takes for a function that may leak: the indexes would not give the order then.
-- The companies are found by steps through the index, since most of the queue may belong to one of them. $4 is more than $3, since other
-- workers may be locking the first rows. The last conditions are checked again after the lock: another worker may have leased the row since.
with recursive waiting (company) as (
    (select case when company_id is null then '00000000-0000-0000-0000-000000000000'::uuid else company_id end as company
    from jobs
    where kind = $1 and finished_at is null
    order by company
    limit 1)
    union all
    select (
        select case when j.company_id is null then '00000000-0000-0000-0000-000000000000'::uuid else j.company_id end as company
        from jobs j
        where j.kind = $1 and j.finished_at is null
            and case when j.company_id is null then '00000000-0000-0000-0000-000000000000'::uuid else j.company_id end > w.company
        order by company
        limit 1)
    from waiting w
    where w.company is not null
), turns as (
    select w.company, last_turn.at
    from waiting w
    cross join lateral (
        select j.next_attempt_at, j.id
        from jobs j
        where j.kind = $1 and j.finished_at is null
            and case when j.company_id is null then '00000000-0000-0000-0000-000000000000'::uuid else j.company_id end = w.company and j.next_attempt_at <= $2
        order by j.next_attempt_at, j.id
        limit 1) oldest
    left join lateral (
        select j.last_attempt_at as at
        from jobs j
        where j.kind = $1 and j.last_attempt_at is not null
            and case when j.company_id is null then '00000000-0000-0000-0000-000000000000'::uuid else j.company_id end = w.company
        order by j.last_attempt_at desc
        limit 1) last_turn on true
    order by last_turn.at nulls first, oldest.next_attempt_at, oldest.id
    limit $4
), candidates as (
    select job.id, job.next_attempt_at, job.position, t.at
    from turns t
    cross join lateral (
        select j.id, j.next_attempt_at, row_number() over (order by j.next_attempt_at, j.id) as position
        from jobs j
        where j.kind = $1 and j.finished_at is null
            and case when j.company_id is null then '00000000-0000-0000-0000-000000000000'::uuid else j.company_id end = t.company and j.next_attempt_at <= $2
        order by j.next_attempt_at, j.id
        limit $4) job
    order by job.position, t.at nulls first, job.next_attempt_at, job.id
    limit $4
)
select j.id
from candidates c
join jobs j on j.id = c.id
where j.finished_at is null and j.next_attempt_at <= $2
order by c.position, c.at nulls first, c.next_attempt_at, c.id
limit $3
for update of j skip locked

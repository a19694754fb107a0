-- Copies of videos without metadata, and images of a frame (docs/decisions/0043).
alter table file_renditions
    drop constraint file_renditions_kind_check,
    add constraint file_renditions_kind_check check (kind in ('ORIGINAL', 'LARGE', 'MEDIUM', 'SMALL', 'VIDEO'));

-- Videos from before get them too, and wait in the queue like new ones.
update files
set renditions = case
    when media_type in ('video/mp4', 'video/quicktime', 'video/webm', 'video/x-matroska') then 'PENDING' else 'FAILED' end
where kind = 'VIDEO' and renditions = 'NONE';
insert into jobs (id, kind, key, company_id, payload, next_attempt_at, created_at)
select gen_random_uuid(), 'file_images', 'content:' || c.id, c.company_id,
    jsonb_build_object('key', 'content:' || c.id, 'company_id', c.company_id, 'content_id', c.id), now(), now()
from files f
join file_contents c on c.file_id = f.id and c.number = f.content_number
-- Those that are withheld wait for their scan, or until they are released.
where f.kind = 'VIDEO' and f.renditions = 'PENDING' and f.state in ('AVAILABLE', 'DELETED')
on conflict (kind, key) do nothing;

delete from jobs j using files f, file_contents c
where j.kind = 'file_images' and j.key = 'content:' || c.id and c.file_id = f.id and f.kind = 'VIDEO';
-- Their objects belong to nothing then, and the sweep deletes them.
delete from file_renditions r using files f
where r.file_id = f.id and f.kind = 'VIDEO' and r.kind <> 'ORIGINAL';
update files set renditions = 'NONE' where kind = 'VIDEO';
alter table file_renditions
    drop constraint file_renditions_kind_check,
    add constraint file_renditions_kind_check check (kind in ('ORIGINAL', 'LARGE', 'MEDIUM', 'SMALL'));

-- Contents that are evidence of decisions (docs/decisions/0044): neither they nor their bytes are deleted or changed.

-- Of the current content. Clients see it in the document that they sign.
alter table files
    add column sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
    -- Whether a content is held. Kept by a trigger, so that the lock of the file orders its deletion and a decision.
    add column is_evidence boolean not null default false,
    add check (not (is_evidence and state = 'DELETED'));
update files f set sha256 = c.sha256
from file_contents c
where c.file_id = f.id and c.number = f.content_number;
alter table files alter column sha256 set not null;

alter table file_contents add unique (id, project_id);

-- No cascade: neither a content nor a decision is deleted.
create table file_holds (
    content_id uuid not null,
    decision_id uuid not null references decisions,
    company_id uuid not null,
    project_id uuid not null,
    primary key (content_id, decision_id),
    foreign key (company_id, project_id) references projects (company_id, id),
    foreign key (content_id, project_id) references file_contents (id, project_id)
);
create index on file_holds (content_id, project_id);
create index on file_holds (decision_id);
create index on file_holds (company_id, project_id);
create trigger append_only before update or delete or truncate on file_holds
for each statement execute function refuse_change();

create function keep_is_evidence() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    update files f set is_evidence = true
    where not f.is_evidence and f.id in (select c.file_id from changed x join file_contents c on c.id = x.content_id);
    return null;
end $$;
create trigger file_holds_added after insert on file_holds
referencing new table as changed for each statement execute function keep_is_evidence();

-- For everyone, the owner of the tables included. With the owner's rights, since not every login reads holds.
create function refuse_held() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    held boolean;
begin
    case tg_table_name
        when 'files' then held = true;
        when 'file_contents' then held = exists (select from file_holds h where h.content_id = old.id);
        when 'file_renditions' then held = exists (select from file_holds h where h.content_id = old.content_id);
        when 'file_objects' then held = exists (
            select from file_renditions r join file_holds h on h.content_id = r.content_id where r.id = old.rendition_id);
    end case;
    if held then
        raise exception 'rows of % that are evidence of a decision are never changed or deleted', tg_table_name
            using errcode = 'restrict_violation';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger keep_held before update of is_evidence on files
for each row when (old.is_evidence and not new.is_evidence) execute function refuse_held();
create trigger keep_held before delete or update of id, file_id, project_id, number, media_type, size, sha256 on file_contents
for each row execute function refuse_held();
create trigger keep_held before delete or update of id, content_id, file_id, kind, media_type, size, sha256 on file_renditions
for each row execute function refuse_held();
create trigger keep_held before delete or update of id, rendition_id, start, size on file_objects
for each row when (old.rendition_id is not null) execute function refuse_held();

-- The other tables are truncated only together with holds.
create function refuse_truncate_of_held() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (select from file_holds) then
        raise exception 'rows of % that are evidence of a decision are never deleted', tg_table_name
            using errcode = 'restrict_violation';
    end if;
    return null;
end $$;
create trigger keep_held_rows before truncate on file_objects
for each statement execute function refuse_truncate_of_held();

revoke all on function keep_is_evidence(), refuse_held(), refuse_truncate_of_held() from public;

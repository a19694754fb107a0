drop table file_holds cascade;
drop function refuse_held() cascade;
drop function refuse_truncate_of_held() cascade;
drop function keep_is_evidence() cascade;
alter table file_contents drop constraint file_contents_id_project_id_key;
alter table files drop column sha256 cascade, drop column is_evidence cascade;

alter table leads drop search_text;
alter table contacts drop search_text;
alter table projects drop search_text;
drop schema search cascade;

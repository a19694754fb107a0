drop trigger take_position on activity;
drop function take_activity_position();
alter table activity drop constraint activity_position_check, drop column position;
drop table activity_counters;

drop trigger calendar_feeds_end on project_memberships;
drop function end_calendar_feeds();
drop table calendar_feeds;

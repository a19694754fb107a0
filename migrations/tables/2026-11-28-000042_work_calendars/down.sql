drop table work_calendar_exceptions;
drop table work_calendars;

drop table schedule_delays;

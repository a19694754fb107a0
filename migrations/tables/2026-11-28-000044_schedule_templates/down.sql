drop table schedule_templates cascade;

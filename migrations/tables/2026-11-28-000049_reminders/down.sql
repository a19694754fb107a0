drop index selections_to_remind_of;
drop table selection_reminders;
alter table company_portals drop column selection_reminder_days cascade;

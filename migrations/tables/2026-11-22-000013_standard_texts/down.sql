delete from email_templates where body is null;
alter table email_templates alter column body set not null;

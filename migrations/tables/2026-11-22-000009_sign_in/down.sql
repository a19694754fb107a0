alter table api_keys drop column last_used_at;
drop table notification_settings;
drop table sign_in_links;
drop table credentials;

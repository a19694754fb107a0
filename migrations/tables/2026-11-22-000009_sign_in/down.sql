drop table api_key_uses;
drop table notification_settings;
drop table sign_in_links;
drop table credentials;

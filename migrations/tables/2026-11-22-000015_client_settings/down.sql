update notification_settings set instant_alerts = coalesce(instant_alerts, true),
    summary_frequency = coalesce(summary_frequency, 'DAILY');
alter table notification_settings alter column instant_alerts set not null, alter column instant_alerts set default true;
alter table notification_settings alter column summary_frequency set not null,
    alter column summary_frequency set default 'DAILY';
drop table project_client_settings;

drop table email_templates, deliveries;

drop table onboardings;
drop table help_articles;
drop table company_portals;

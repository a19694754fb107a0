drop table client_views;

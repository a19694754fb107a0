drop schema migration cascade;

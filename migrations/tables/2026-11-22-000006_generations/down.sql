drop schema caching cascade;

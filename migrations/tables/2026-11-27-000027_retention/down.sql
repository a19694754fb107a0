drop index activity_with_origin;
drop index activity_attempts;
drop index account_openings_expires_at_idx;
drop index sign_in_links_least_idx;
drop index sessions_least_idx;
drop schema migration cascade;

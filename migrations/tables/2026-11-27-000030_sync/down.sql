drop table synced_records, sync_states;

drop table thread_reads, message_mentions, message_versions, messages, threads;

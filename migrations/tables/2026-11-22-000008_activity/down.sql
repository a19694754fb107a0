drop table idempotent_answers;
drop table activity;

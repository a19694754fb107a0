drop table decision_evidence, decision_heads, decisions cascade;
drop function refuse_change();
alter table project_memberships drop column can_approve cascade;

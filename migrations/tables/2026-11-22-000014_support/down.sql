delete from deliveries where template in ('EMAIL_CHANGED', 'ACCOUNT_CORRECTED');
alter table deliveries drop constraint deliveries_template_check;
alter table deliveries add constraint deliveries_template_check check (template in (
    'SIGN_IN_LINK', 'CUSTOMER_INVITATION', 'CUSTOMER_INVITATION_FROM_ANOTHER_OFFICE', 'PROJECT_SHARED_AGAIN',
    'EMAIL_CONFIRMATION', 'PASSWORD_CHANGED', 'CONTACT_REVIEW'));
alter table sign_in_links drop column company_id;
drop index activity_expr_idx;
alter table sessions drop column company_id;
delete from sessions where actor = 'SUPPORT';
alter table sessions drop constraint sessions_actor_check;
alter table sessions add constraint sessions_actor_check check (actor in ('CLIENT', 'TRADE', 'STAFF'));
drop table account_openings, support_agents;

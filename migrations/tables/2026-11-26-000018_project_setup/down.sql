delete from deliveries where template = 'TRADE_INVITATION';
alter table deliveries drop constraint deliveries_welcome_without_link;
alter table deliveries add constraint deliveries_check1 check ((link_id is not null) = (template in (
    'SIGN_IN_LINK', 'CUSTOMER_INVITATION', 'EMAIL_CONFIRMATION')));
alter table deliveries drop constraint deliveries_template_check;
alter table deliveries add constraint deliveries_template_check check (template in (
    'SIGN_IN_LINK', 'CUSTOMER_INVITATION', 'CUSTOMER_INVITATION_FROM_ANOTHER_OFFICE', 'PROJECT_SHARED_AGAIN',
    'EMAIL_CONFIRMATION', 'PASSWORD_CHANGED', 'EMAIL_CHANGED', 'ACCOUNT_CORRECTED', 'CONTACT_REVIEW'));
delete from team_members where staff_membership_id is null;
alter table team_members drop constraint team_members_named;
alter table team_members drop column name;
alter table team_members alter column staff_membership_id set not null;

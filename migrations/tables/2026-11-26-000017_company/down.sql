delete from deliveries where template in ('STAFF_INVITATION', 'STAFF_INVITATION_WITH_ACCOUNT');
alter table deliveries drop constraint deliveries_check1;
alter table deliveries add constraint deliveries_check1 check (
    (link_id is not null) = (template in ('SIGN_IN_LINK', 'CUSTOMER_INVITATION', 'EMAIL_CONFIRMATION')));
alter table deliveries drop constraint deliveries_template_check;
alter table deliveries add constraint deliveries_template_check check (template in (
    'SIGN_IN_LINK', 'CUSTOMER_INVITATION', 'CUSTOMER_INVITATION_FROM_ANOTHER_OFFICE', 'PROJECT_SHARED_AGAIN',
    'EMAIL_CONFIRMATION', 'PASSWORD_CHANGED', 'EMAIL_CHANGED', 'ACCOUNT_CORRECTED', 'CONTACT_REVIEW'));

delete from sign_in_links where purpose = 'STAFF_INVITATION';
alter table sign_in_links drop constraint sign_in_links_check;
alter table sign_in_links add constraint sign_in_links_check
    check ((purpose = 'INVITATION') = (invitation_id is not null));
alter table sign_in_links drop constraint sign_in_links_purpose_check;
alter table sign_in_links add constraint sign_in_links_purpose_check
    check (purpose in ('SIGN_IN', 'INVITATION', 'EMAIL_CONFIRMATION'));

-- Without invitations, a membership that was not accepted would give access to the company.
update staff_memberships m set removed_at = now() from staff_invitations n
where n.membership_id = m.id and n.accepted_at is null and m.removed_at is null;
drop table staff_invitations;

update staff_memberships set permissions = array_remove(permissions, 'STAFF_MANAGE');
alter table staff_memberships drop constraint staff_memberships_permissions_check;
alter table staff_memberships add constraint staff_memberships_permissions_check check (permissions <@ array[
    'PROJECTS_READ', 'PROJECTS_WRITE', 'SCHEDULE_EDIT', 'SCHEDULE_PUBLISH', 'SELECTIONS_MANAGE', 'COSTS_VIEW',
    'MARGINS_VIEW', 'INVOICES_MANAGE', 'INVOICES_RELEASE', 'PAYMENTS_RECORD', 'DOCUMENTS_MANAGE',
    'DOCUMENTS_SIGN', 'MESSAGES_CLIENT', 'MESSAGES_INTERNAL', 'LEADS_MANAGE', 'EMAIL_TEMPLATES_MANAGE',
    'ACCESS_EXPLAIN', 'CLIENTS_INVITE', 'REPORTS_KEYS', 'SETTINGS_MANAGE']);

alter table companies drop column version;
-- A placeholder host that cannot be reached, for companies without a host.
update companies set portal_host = slug || '.invalid' where portal_host is null;
alter table companies alter column portal_host set not null;

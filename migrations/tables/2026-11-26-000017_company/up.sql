-- Companies set up through the API: a portal host is optional, and staff are invited.

-- Null while links lead to the host of the company's region.
alter table companies alter column portal_host drop not null;
alter table companies add column version int not null default 1;

alter table staff_memberships drop constraint staff_memberships_permissions_check;
alter table staff_memberships add constraint staff_memberships_permissions_check check (permissions <@ array[
    'PROJECTS_READ', 'PROJECTS_WRITE', 'SCHEDULE_EDIT', 'SCHEDULE_PUBLISH', 'SELECTIONS_MANAGE', 'COSTS_VIEW',
    'MARGINS_VIEW', 'INVOICES_MANAGE', 'INVOICES_RELEASE', 'PAYMENTS_RECORD', 'DOCUMENTS_MANAGE',
    'DOCUMENTS_SIGN', 'MESSAGES_CLIENT', 'MESSAGES_INTERNAL', 'LEADS_MANAGE', 'EMAIL_TEMPLATES_MANAGE',
    'ACCESS_EXPLAIN', 'CLIENTS_INVITE', 'REPORTS_KEYS', 'SETTINGS_MANAGE', 'STAFF_MANAGE']);

-- The invitation of a staff member. Memberships without one are older than this table.
create table staff_invitations (
    id uuid primary key,
    company_id uuid not null,
    membership_id uuid not null unique,
    -- As entered by the inviting company. Until the invitation is accepted, the company learns nothing else about the
    -- person.
    name text not null check (name <> ''),
    email text not null check (email <> ''),
    -- Null for the first owner, whom a command invites.
    invited_by uuid,
    sent_at timestamptz not null,
    expires_at timestamptz not null,
    accepted_at timestamptz,
    foreign key (company_id, membership_id) references staff_memberships (company_id, id) on delete cascade,
    foreign key (company_id, invited_by) references staff_memberships (company_id, id)
);
create index on staff_invitations (company_id, membership_id);
create index on staff_invitations (company_id, invited_by);

alter table sign_in_links drop constraint sign_in_links_purpose_check;
alter table sign_in_links add constraint sign_in_links_purpose_check
    check (purpose in ('SIGN_IN', 'INVITATION', 'STAFF_INVITATION', 'EMAIL_CONFIRMATION'));
alter table sign_in_links drop constraint sign_in_links_check;
alter table sign_in_links add constraint sign_in_links_check
    check ((purpose in ('INVITATION', 'STAFF_INVITATION')) = (invitation_id is not null));

alter table deliveries drop constraint deliveries_template_check;
alter table deliveries add constraint deliveries_template_check check (template in (
    'SIGN_IN_LINK', 'CUSTOMER_INVITATION', 'CUSTOMER_INVITATION_FROM_ANOTHER_OFFICE', 'PROJECT_SHARED_AGAIN',
    'STAFF_INVITATION', 'STAFF_INVITATION_WITH_ACCOUNT', 'EMAIL_CONFIRMATION', 'PASSWORD_CHANGED', 'EMAIL_CHANGED',
    'ACCOUNT_CORRECTED', 'CONTACT_REVIEW'));
alter table deliveries drop constraint deliveries_check1;
alter table deliveries add constraint deliveries_check1 check (
    (link_id is not null)
    = (template in ('SIGN_IN_LINK', 'CUSTOMER_INVITATION', 'STAFF_INVITATION', 'EMAIL_CONFIRMATION')));

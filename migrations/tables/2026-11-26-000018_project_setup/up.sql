-- A project's team may name people who are not on the company's staff: a lender's inspector, an architect (ORG-4). Such a
-- team member has a name of their own; staff keep the one of their account.
alter table team_members alter column staff_membership_id drop not null;
alter table team_members add column name text check (name <> '');
alter table team_members add constraint team_members_named check ((staff_membership_id is null) = (name is not null));

-- Which templates exist, and which of them hold a link, is the program's to say: it refuses a delivery that does not fit its
-- template. A list here had to be changed with each new mail. What INV-15 demands stays.
alter table deliveries drop constraint deliveries_template_check;
alter table deliveries add constraint deliveries_template_check check (template ~ '^[A-Z][A-Z_]*$');
alter table deliveries drop constraint deliveries_check1;
alter table deliveries add constraint deliveries_welcome_without_link
    check (link_id is null or template <> 'CUSTOMER_INVITATION_FROM_ANOTHER_OFFICE');

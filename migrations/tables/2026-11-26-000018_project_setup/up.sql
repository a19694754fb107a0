-- A project's team may include people who are not staff: a lender's inspector, an architect (ORG-4). Such a team member
-- has a name here; staff use the name of their account.
alter table team_members alter column staff_membership_id drop not null;
alter table team_members add column name text check (name <> '');
alter table team_members add constraint team_members_named check ((staff_membership_id is null) = (name is not null));

-- Which templates exist and contain a link is checked by the program, not by a constraint that changes with each new
-- mail. The constraint for INV-15 stays.
alter table deliveries drop constraint deliveries_template_check;
alter table deliveries add constraint deliveries_template_check check (template ~ '^[A-Z][A-Z_]*$');
alter table deliveries drop constraint deliveries_check1;
alter table deliveries add constraint deliveries_welcome_without_link
    check (link_id is null or template <> 'CUSTOMER_INVITATION_FROM_ANOTHER_OFFICE');

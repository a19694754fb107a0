-- A company that returns to the standard text keeps the row, without a body: its version continues, so that a stale
-- version cannot overwrite a later text.
alter table email_templates alter column body drop not null;

drop table internal_notes;

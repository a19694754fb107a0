alter table selections add chosen_option_id uuid;
-- Without a choice, it can be chosen again; of several choices, the first stays.
update selections s set chosen_option_id = (
    select c.option_id from selection_choices c join selection_options o on o.id = c.option_id
    where c.selection_id = s.id order by o.sort, o.id limit 1);
set constraints all immediate;
set constraints all deferred;
drop table allowance_entries cascade;
drop table selection_choices cascade;
alter table selections
    add foreign key (id, chosen_option_id) references selection_options (selection_id, id) deferrable initially deferred,
    add check (status not in ('DRAFT', 'SHARED', 'DECLINED') or chosen_option_id is null),
    add check (status in ('DRAFT', 'SHARED', 'DECLINED') or chosen_option_id is not null),
    drop category cascade, drop min_choices cascade, drop max_choices cascade, drop may_decline cascade,
    drop chosen_at cascade, drop chosen_by cascade, drop chosen_by_name cascade, drop approved_at cascade,
    drop ordered_at cascade, drop decline_reason cascade, drop is_overdue cascade, drop due_task_id cascade,
    drop due_days_before cascade;
alter table selection_options drop price_expires_on cascade, drop is_price_expired cascade;
alter table allowances add material_only boolean not null default false;
update allowances set material_only = covers = 'MATERIAL';
set constraints all immediate;
set constraints all deferred;
alter table allowances drop covers cascade, drop terms cascade, drop unused_policy cascade, drop fee_percent cascade,
    drop tax_percent cascade;

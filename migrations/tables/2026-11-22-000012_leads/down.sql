drop index contacts_company_id_lower_id_idx;
drop index contacts_company_id_lower_idx;
drop index activity_of_known_clients;
drop index activity_of_forms;
drop table leads, lead_forms;

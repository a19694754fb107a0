update projects set contract_total_minor = 0 where contract_total_minor is null;
alter table projects alter contract_total_minor set default 0, alter contract_total_minor set not null;

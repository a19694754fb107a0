-- A new project has no contract total yet; 0 was its default. No contract is about 0, so each 0 was never set.
alter table projects alter contract_total_minor drop not null, alter contract_total_minor drop default;
update projects set contract_total_minor = null where contract_total_minor = 0;

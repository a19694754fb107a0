drop table api_keys, sessions, staff_internals, staff_memberships, contact_internals, contacts, identities,
    company_brandings, companies;

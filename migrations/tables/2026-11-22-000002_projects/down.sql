drop table team_members, project_memberships, locations, api_key_projects, project_portals, project_internals, projects;

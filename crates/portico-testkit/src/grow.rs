//! A project with as many of everything as a test wants.

use portico_core::id::{ProjectId, Tag};
use portico_core::people::TokenHash;

use crate::TestApp;

/// A token of each kind that sees the grown project.
const CLIENT: &str = "demo-client";
const TRADE: &str = "demo-trade";

impl TestApp {
    /// Adds a project to the demo's first company, with `count` of whatever a project can have many of, shared with the
    /// demo's client and trade partner and known to its key. Answers its id.
    pub async fn db_grown_project(&self, count: usize) -> String {
        let project = ProjectId::generate().0;
        let sql = GROW
            .replace(":project", &format!("'{project}'::uuid"))
            .replace(":count", &count.to_string())
            .replace(":number", &format!("'G-{}'", project.simple()))
            .replace(":client", &format!("'{}'", TokenHash::of(CLIENT).as_str()))
            .replace(":trade", &format!("'{}'", TokenHash::of(TRADE).as_str()))
            .replace(":owner", &format!("'{}'", TokenHash::of("demo-owner").as_str()))
            .replace(":key", &format!("'{}'", TokenHash::of("demo-reporting").as_str()));
        self.database().db_execute(&sql).await;
        Self::global(Tag::PROJECT, project)
    }
}

/// Ids are random here: only how many there are matters.
const GROW: &str = r"
begin;
create temp table company on commit drop as
    select m.company_id as id, m.id as staff_id from sessions s join staff_memberships m on m.id = s.staff_membership_id
    where s.token_hash = :owner;
insert into projects (id, company_id, number, name, address_line, city, region, postal_code, country, status, stage,
        time_zone, currency, contract_total_minor)
    select :project, id, :number, 'Grown', '1 Long List Lane', 'Denver', 'CO', '80202', 'US', 'ACTIVE', 'CONSTRUCTION',
        'America/Denver', 'USD', 100 from company;
insert into project_internals (project_id, company_id, budget_minor) select :project, id, 77 from company;
insert into project_portals (project_id, company_id, features, schedule_share)
    select :project, id, array['DASHBOARD', 'SELECTIONS', 'SCHEDULE', 'TEAM'], 'GANTT' from company;
insert into api_key_projects (key_id, company_id, project_id)
    select id, company_id, :project from api_keys where token_hash = :key;
insert into project_memberships (id, company_id, project_id, contact_id, identity_id, kind, relationship, access_level,
        web_access)
    select gen_random_uuid(), c.id, :project,
        (select x.id from contacts x where x.identity_id = s.identity_id and x.company_id = c.id limit 1),
        s.identity_id, s.actor, case s.actor when 'CLIENT' then 'PRIMARY_OWNER' end,
        case s.actor when 'CLIENT' then 'PORTAL' else 'NONE' end, s.actor = 'TRADE'
    from sessions s, company c where s.token_hash in (:client, :trade);
create temp table n on commit drop as select generate_series(1, :count) as n;
insert into locations (id, company_id, project_id, name, sort)
    select gen_random_uuid(), c.id, :project, 'Room ' || n, n from company c, n;
create temp table people on commit drop as select gen_random_uuid() as identity_id, gen_random_uuid() as staff_id, n from n;
insert into identities (id, email, email_canonical, name)
    select identity_id, identity_id || '@example.com', identity_id || '@example.com', 'Grown ' || n from people;
insert into staff_memberships (id, company_id, identity_id, role, title)
    select p.staff_id, c.id, p.identity_id, 'STAFF', 'Helper' from people p, company c;
insert into team_members (id, company_id, project_id, staff_membership_id, title, sort)
    select gen_random_uuid(), c.id, :project, p.staff_id, 'Helper', p.n from people p, company c;
insert into schedule_versions (id, company_id, project_id, state, number, published_at)
    select gen_random_uuid(), c.id, :project, case when n = :count then 'PUBLISHED' else 'SUPERSEDED' end, n, now()
    from company c, n;
create temp table published on commit drop as
    select id from schedule_versions where project_id = :project and state = 'PUBLISHED';
insert into milestones (id, company_id, project_id, version_id, name, sort)
    select gen_random_uuid(), c.id, :project, p.id, 'Milestone ' || n, n from company c, published p, n;
insert into tasks (id, company_id, project_id, version_id, milestone_id, name, start_on, finish_on, work_days,
        client_viewable, sort)
    select gen_random_uuid(), c.id, :project, p.id, m.id, 'Task ' || m.sort, '2026-01-05', '2026-01-09', 5, true, m.sort
    from company c, published p join milestones m on m.version_id = p.id;
insert into task_internals (task_id, company_id, project_id, private_notes)
    select id, company_id, project_id, 'private' from tasks where project_id = :project;
insert into task_briefs (task_id, company_id, project_id, public_notes)
    select id, company_id, project_id, 'brief' from tasks where project_id = :project;
insert into task_assignees (id, company_id, project_id, task_id, project_membership_id)
    select gen_random_uuid(), t.company_id, t.project_id, t.id, m.id
    from tasks t join project_memberships m on m.project_id = t.project_id and m.kind = 'TRADE'
    where t.project_id = :project;
insert into task_dependencies (task_id, predecessor_id, company_id, project_id, kind)
    select t.id, b.id, t.company_id, t.project_id, 'FINISH_TO_START'
    from tasks t join tasks b on b.project_id = t.project_id and b.sort = t.sort - 1 where t.project_id = :project;
insert into allowances (id, company_id, project_id, name, granted_minor, sort)
    select gen_random_uuid(), c.id, :project, 'Allowance ' || n, 1000 * n, n from company c, n;
insert into allowance_costs (allowance_id, company_id, project_id, cost_basis_minor)
    select id, company_id, project_id, 77 from allowances where project_id = :project;
insert into selections (id, company_id, project_id, location_id, allowance_id, number, title, status, due_on)
    select gen_random_uuid(), a.company_id, a.project_id, l.id, a.id, a.sort, 'Selection ' || a.sort, 'SHARED',
        date '2026-12-01' + a.sort
    from allowances a join locations l on l.project_id = a.project_id and l.sort = a.sort where a.project_id = :project;
insert into selection_internals (selection_id, company_id, project_id, original_budget_minor)
    select id, company_id, project_id, 77 from selections where project_id = :project;
insert into selection_trade_infos (selection_id, company_id, project_id, trade_info)
    select id, company_id, project_id, 'info' from selections where project_id = :project;
insert into selection_trades (selection_id, project_membership_id, company_id, project_id)
    select s.id, m.id, s.company_id, s.project_id
    from selections s join project_memberships m on m.project_id = s.project_id and m.kind = 'TRADE'
    where s.project_id = :project;
insert into selection_options (id, company_id, project_id, selection_id, title, price_minor, sort)
    select gen_random_uuid(), s.company_id, s.project_id, s.id, 'Option ' || k, 100 * k, k
    from selections s, generate_series(1, 2) k where s.project_id = :project;
insert into selection_option_costs (option_id, company_id, project_id, unit_cost_minor, vendor)
    select id, company_id, project_id, 77, 'vendor' from selection_options where project_id = :project;
insert into internal_notes (id, company_id, project_id, subject_kind, subject_id, author_id, body)
    select gen_random_uuid(), c.id, :project, 'PROJECT', :project, c.staff_id, 'note ' || n from company c, n
    union all
    select gen_random_uuid(), c.id, :project, 'TASK', t.id, c.staff_id, 'note' from company c, tasks t where t.project_id = :project
    union all
    select gen_random_uuid(), c.id, :project, 'SELECTION', s.id, c.staff_id, 'note' from company c, selections s where s.project_id = :project;
commit;
";

// Mercurius with loaders over the client's role view: the gateway's own types, as far as the operations need them.
import Fastify from 'fastify';
import mercurius from 'mercurius';
import { Session } from './session.mjs';
import { sessionOf } from './database.mjs';

const schema = /* GraphQL */ `
  type Query { viewer: Viewer! project(id: ID!): Project }
  type Viewer { projects(first: Int!, sortKey: ProjectSortKey!): Projects! }
  enum ProjectSortKey { NUMBER }
  type Projects { nodes: [Project!]! }
  type Project {
    id: ID!
    number: String!
    name: String!
    status: String!
    stage: String!
    address: Address!
    milestones: [Milestone!]!
    selections(first: Int!, filter: SelectionFilter, sortKey: SelectionSortKey!): Selections!
    allowances: [Allowance!]!
    team: [TeamMember!]!
  }
  type Address { line: String! city: String! region: String! postalCode: String! country: String! }
  type Milestone { id: ID! name: String! status: String! percentComplete: Int anticipatedFinishOn: String }
  enum SelectionSortKey { NUMBER DUE_ON }
  enum SelectionStatus { SHARED CHOSEN APPROVED LOCKED ORDERED DECLINED }
  input SelectionFilter { status: SelectionStatusFilter }
  input SelectionStatusFilter { in: [SelectionStatus!]! }
  type Selections { nodes: [Selection!]! }
  type Selection {
    id: ID!
    number: Int
    title: String!
    status: String!
    dueOn: String
    options: [SelectionOption!]!
  }
  type SelectionOption { id: ID! title: String! price: Money }
  type Allowance { id: ID! name: String! granted: Money! used: Money! }
  type TeamMember { id: ID! name: String! title: String! }
  type Money { amount: String! currencyCode: String! }
`;

const projectColumns = `id, number, name, status, stage, currency, address_line, city, region, postal_code, country`;

// All currencies of seeded worlds have two decimals. Every child carries its project's currency along.
const money = (minor, currencyCode) =>
  minor === null ? null : { amount: (Number(minor) / 100).toFixed(2), currencyCode };

const resolvers = {
  Query: {
    viewer: () => ({}),
    project: async (_, { id }, { session }) => {
      const rows = await session.query('project', `select ${projectColumns} from projects where id = $1`, [id]);
      return rows[0] ?? null;
    },
  },
  Viewer: {
    projects: async (_, { first }, { session }) => ({
      nodes: await session.query(
        'projects',
        `select ${projectColumns} from projects order by number, id limit $1`,
        [first],
      ),
    }),
  },
  Project: {
    address: (project) => ({
      line: project.address_line,
      city: project.city,
      region: project.region,
      postalCode: project.postal_code,
      country: project.country,
    }),
  },
  Milestone: {
    percentComplete: (milestone) => milestone.percent_complete,
    anticipatedFinishOn: (milestone) => milestone.anticipated_finish_on,
  },
  Selection: { dueOn: (selection) => selection.due_on },
  SelectionOption: { price: (option) => money(option.price_minor, option.currency) },
  Allowance: {
    granted: (allowance) => money(allowance.granted_minor, allowance.currency),
    used: (allowance) => money(allowance.used_minor, allowance.currency),
  },
};

const childrenOf = (parents, rows, column) => {
  const groups = new Map(parents.map((parent) => [parent.id, []]));
  for (const row of rows) groups.get(row[column]).push(row);
  return groups;
};

// The children of all parents of a level, in one statement.
const loader = (name, column, sql, prepare = () => {}) => async (queries, { session }) => {
  const parents = queries.map(({ obj }) => obj);
  const rows = await session.query(name, sql, [parents.map(({ id }) => id)]);
  const byId = new Map(parents.map((parent) => [parent.id, parent]));
  for (const row of rows) prepare(row, byId.get(row[column]));
  const groups = childrenOf(parents, rows, column);
  return parents.map(({ id }) => groups.get(id));
};

const withCurrency = (row, parent) => {
  row.currency = parent.currency;
};

const sorts = { NUMBER: 'number', DUE_ON: 'due_on' };

const loaders = {
  Project: {
    milestones: loader(
      'milestones',
      'project_id',
      `select id, project_id, name, status, percent_complete, anticipated_finish_on
       from milestones where project_id = any($1) order by sort, id`,
    ),
    selections: async (queries, { session }) => {
      // One level of an operation asks for the same page of each project; two fields are two levels.
      const { first, filter, sortKey } = queries[0].params;
      const projects = queries.map(({ obj }) => obj);
      const sort = sorts[sortKey];
      const condition = filter ? 'and s.status = any($3)' : '';
      const rows = await session.query(
        `selections by ${sortKey} ${condition}`,
        `select s.* from unnest($1::uuid[]) as parent (id), lateral (
           select s.id, s.project_id, s.number, s.title, s.status, s.due_on from selections s
           where s.project_id = parent.id ${condition} order by s.${sort}, s.id limit $2) s`,
        [projects.map(({ id }) => id), first, ...(filter ? [filter.status.in] : [])],
      );
      const byId = new Map(projects.map((project) => [project.id, project]));
      for (const row of rows) withCurrency(row, byId.get(row.project_id));
      const groups = childrenOf(projects, rows, 'project_id');
      return projects.map(({ id }) => ({ nodes: groups.get(id) }));
    },
    allowances: loader(
      'allowances',
      'project_id',
      `select id, project_id, name, granted_minor, used_minor
       from allowances where project_id = any($1) order by sort, id`,
      withCurrency,
    ),
    team: loader(
      'team',
      'project_id',
      'select id, project_id, name, title from team_members where project_id = any($1) order by sort, id',
    ),
  },
  Selection: {
    options: loader(
      'options',
      'selection_id',
      `select id, selection_id, title, price_minor
       from selection_options where selection_id = any($1) order by sort, id`,
      withCurrency,
    ),
  },
};

const app = Fastify();
await app.register(mercurius, {
  schema,
  resolvers,
  loaders,
  // Compiled at the second sight of an operation; documents are kept parsed and validated by default.
  jit: 1,
  context: (request) => ({ session: new Session(sessionOf(request.headers)) }),
});
// One transaction for each request, ended before the answer leaves.
app.graphql.addHook('onResolution', (_execution, { session }) => session.end());
await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`http://127.0.0.1:${app.server.address().port}\n`);

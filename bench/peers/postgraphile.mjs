// PostGraphile over the client's role view.
import { createServer } from 'node:http';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { pgSmartTags } from 'postgraphile/utils';
import { pool, sessionOf } from './database.mjs';

// A view has no keys that PostgreSQL would know of, so each is told what its table has.
const keys = {
  projects: [],
  milestones: ['project_id'],
  selections: ['project_id'],
  selection_options: ['selection_id'],
  allowances: ['project_id'],
  team_members: ['project_id'],
};
const parents = { project_id: 'client.projects (id)', selection_id: 'client.selections (id)' };

const tags = Object.entries(keys).map(([view, columns]) => ({
  kind: 'class',
  match: `client.${view}`,
  tags: {
    primaryKey: 'id',
    foreignKey: columns.map((column) => `(${column}) references ${parents[column]}`),
  },
}));

const service = makePgService({ pool, schemas: ['client'], pubsub: false });

const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  plugins: [pgSmartTags(tags)],
  pgServices: [service],
  // Plain lists: no operation here uses cursors.
  schema: { defaultBehavior: 'list -connection' },
  grafast: {
    context: ({ node }) => ({ pgSettings: { 'portico.session': sessionOf(node.req.headers) } }),
    explain: false,
  },
  grafserv: { graphqlPath: '/graphql', graphiql: false, websockets: false, watch: false },
});

const server = createServer();
await instance.createServ(grafserv).addTo(server);
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`);
});

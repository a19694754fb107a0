// Requests to the gateway with the user's token.

/** Sends an operation. Returns the gateway's answer; throws an error with a message if there is none. */
export async function ask(endpoint, token, body, headers = {}) {
  // The headers editor takes precedence over the token field. No cookies: only the token identifies the caller.
  const sent = new Headers({ Accept: 'application/graphql-response+json, application/json' });
  if (token) sent.set('Authorization', `Bearer ${token}`);
  for (const [name, value] of Object.entries(headers)) sent.set(name, value);
  sent.set('Content-Type', 'application/json');
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: sent,
    body: JSON.stringify(body),
    credentials: 'omit',
  });
  try {
    return await response.json();
  } catch {
    throw new Error(`The gateway answered ${response.status}, and nothing that could be read.`);
  }
}

/** The token's owner: `{ state, role, name }`, or `{ state, message }` if the token is invalid or the gateway does not answer. */
export async function whoIs(endpoint, token) {
  if (!token) return { state: 'public' };
  try {
    const answer = await ask(endpoint, token, { query: '{ viewer { role name } }' });
    const viewer = answer.data?.viewer;
    if (viewer) return { state: 'known', role: viewer.role, name: viewer.name };
    const { message = 'it did not say why', extensions } = answer.errors?.[0] ?? {};
    return { state: extensions?.code === 'UNAUTHENTICATED' ? 'refused' : 'failed', message };
  } catch (error) {
    return { state: 'failed', message: error.message };
  }
}

/** Loads the playground's configuration, which is the same for all callers. */
export async function getConfig() {
  return (await fetch('/playground/config.json', { credentials: 'omit' })).json();
}

/** Loads the example operations that the token's role schema admits. */
export async function getExamples(token) {
  const response = await fetch('/playground/examples.json', {
    headers: token ? { Authorization: `Bearer ${token}` } : {},
    credentials: 'omit',
  });
  return response.ok ? response.json() : [];
}

// Queries for ids that replace placeholders in the variables of examples. They run as the caller. The ids belong together: a
// selection and a client of one project, if the caller has such a project: the one with
// the most selections.
const PROJECTS = '{ viewer { projects(first: 20) { nodes { id selections(first: 1) { totalCount nodes { id } } } } } }';
const ANY_PROJECT = '{ viewer { projects(first: 1) { nodes { id } } } }';
const CLIENTS = 'query ($project: ID!) { project(id: $project) { clients { id } } }';

async function idsOf(endpoint, token, wanted) {
  const data = async (body) => (await ask(endpoint, token, body).catch(() => ({}))).data;
  // Not every role has selections.
  const found = (await data({ query: PROJECTS })) ?? (await data({ query: ANY_PROJECT }));
  const projects = found?.viewer?.projects?.nodes ?? [];
  const complete = projects
    .filter((project) => project.selections?.nodes.length > 0)
    .sort((one, other) => other.selections.totalCount - one.selections.totalCount);
  const candidates = complete.length > 0 ? complete : projects;
  let ids = {};
  for (const project of candidates) {
    ids = { $project: project.id, $selection: project.selections?.nodes[0]?.id };
    if (!wanted.has('$client')) return ids;
    const clients = (await data({ query: CLIENTS, variables: { project: project.id } }))?.project?.clients ?? [];
    ids.$client = clients[0]?.id;
    if (ids.$client) return ids;
  }
  return ids;
}

/** An example's variables, with placeholders replaced by ids that the caller can see. */
export async function filledIn(endpoint, token, variables) {
  const wanted = new Set(Object.values(variables).filter((value) => typeof value === 'string' && value.startsWith('$')));
  if (wanted.size === 0) return variables;
  const ids = await idsOf(endpoint, token, wanted);
  const filled = Object.entries(variables).map(([name, value]) => [name, wanted.has(value) ? (ids[value] ?? '') : value]);
  return Object.fromEntries(filled);
}

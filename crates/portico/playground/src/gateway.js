// Talks to the gateway, as whoever the token says.

/** Sends an operation. Answers what the gateway answers; throws a sentence when there is no such answer. */
export async function ask(endpoint, token, body, headers = {}) {
  // A header of the headers editor wins over the token's box. No cookies: here the token alone says who asks.
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

/** Who a token speaks for: `{ state, role, name }`; or `{ state, message }` when it speaks for nobody, or nobody answers. */
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

/** What the playground is told once, whoever asks. */
export async function getConfig() {
  return (await fetch('/playground/config.json', { credentials: 'omit' })).json();
}

/** The example operations that the token's own schema admits. */
export async function getExamples(token) {
  if (!token) return [];
  const response = await fetch('/playground/examples.json', {
    headers: { Authorization: `Bearer ${token}` },
    credentials: 'omit',
  });
  return response.ok ? response.json() : [];
}

// In the variables of examples these stand for an id that depends on who asks.
const PLACES = {
  $project: {
    query: '{ viewer { projects(first: 1) { nodes { id } } } }',
    find: (data) => data.viewer.projects.nodes[0]?.id,
  },
  $selection: {
    query: '{ viewer { projects(first: 5) { nodes { selections(first: 1) { nodes { id } } } } } }',
    find: (data) => data.viewer.projects.nodes.flatMap((project) => project.selections.nodes)[0]?.id,
  },
};

/** An example's variables, with ids of the caller's own in the places that ask for one. */
export async function filledIn(endpoint, token, variables) {
  const filled = { ...variables };
  for (const [name, value] of Object.entries(variables)) {
    const place = PLACES[value];
    if (!place) continue;
    const answer = await ask(endpoint, token, { query: place.query }).catch(() => ({}));
    filled[name] = (answer.data && place.find(answer.data)) ?? '';
  }
  return filled;
}

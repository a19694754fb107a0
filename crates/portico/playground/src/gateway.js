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

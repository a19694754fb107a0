// Requests to the gateway as the chosen caller: with a token, with the browser's session, or with neither.

/** Caller in place of a token: the account that is signed in in this browser, by cookie. */
export const BROWSER_SESSION = Symbol('browser session');

/** Headers that identify the caller. With the cookie, one that pages of other sites cannot send (API-4). */
const identity = (caller) => {
  if (caller === BROWSER_SESSION) return { 'X-Portal-Request': '1' };
  return caller ? { Authorization: `Bearer ${caller}` } : {};
};

/** Whether a request with these headers carries the cookie. A token and the cookie are never sent together. */
const credentials = (caller, headers) =>
  caller === BROWSER_SESSION && !headers.has('Authorization') ? 'same-origin' : 'omit';

/** Sends an operation. Returns the gateway's answer; throws an error with a message if there is none. */
export async function ask(endpoint, caller, body, headers = {}) {
  // The headers editor takes precedence over the chosen caller.
  const sent = new Headers({ Accept: 'application/graphql-response+json, application/json', ...identity(caller) });
  for (const [name, value] of Object.entries(headers)) sent.set(name, value);
  sent.set('Content-Type', 'application/json');
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: sent,
    body: JSON.stringify(body),
    credentials: credentials(caller, sent),
  });
  try {
    return await response.json();
  } catch {
    throw new Error(`The gateway answered ${response.status}, and nothing that could be read.`);
  }
}

// Valid in every schema, and null without a session: asking for the viewer then would be an error.
const HAS_VIEWER = '{ __type(name: "Viewer") { name } }';

/** The caller: `{ state, id, role, name }`, or `{ state, message }` if the token or session is invalid or the gateway does not answer. */
export async function whoIs(endpoint, caller) {
  if (!caller) return { state: 'public' };
  try {
    if (caller === BROWSER_SESSION) {
      const { data } = await ask(endpoint, caller, { query: HAS_VIEWER });
      if (data && !data.__type) return { state: 'unsigned', message: 'sign in at the portal or with a mailed link.' };
    }
    const answer = await ask(endpoint, caller, { query: '{ viewer { id role name } }' });
    const viewer = answer.data?.viewer;
    if (viewer) return { state: 'known', ...viewer };
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

/** Loads the example operations that the caller's role schema admits. */
export async function getExamples(caller) {
  const headers = new Headers(identity(caller));
  const response = await fetch('/playground/examples.json', { headers, credentials: credentials(caller, headers) });
  return response.ok ? response.json() : [];
}

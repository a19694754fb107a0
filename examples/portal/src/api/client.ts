// The connection to the gateway: a cookie of this browser, one header, and retries.
import { Client, fetchExchange, mapExchange } from '@urql/core';
import { cache } from './cache';
import { codeOf } from './faults';

const PAUSES = [400, 1500];

/** Whether a request may be sent again after a lost connection: queries, and changes with an idempotency key. */
function isRepeatable(body: unknown): boolean {
  if (typeof body !== 'string') return false;
  const { query, variables } = JSON.parse(body) as { query: string; variables?: { input?: { idempotencyKey?: string } } };
  return !query.trimStart().startsWith('mutation') || Boolean(variables?.input?.idempotencyKey);
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Sends a request, and again if the network or the service fails for a moment. */
async function patientFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const pauses = isRepeatable(init?.body) ? [...PAUSES] : [];
  for (;;) {
    const wait = pauses.shift();
    try {
      const response = await fetch(input, init);
      if (response.status !== 503 || wait === undefined) return response;
    } catch (error) {
      // An aborted request is not a failure.
      if (wait === undefined || init?.signal?.aborted) throw error;
    }
    await pause(wait);
  }
}

/** A client with an empty cache: for each session a new one, so that nothing of an earlier one is shown. */
export function newClient(onSignedOut: () => void, onReached: (isReached: boolean) => void): Client {
  return new Client({
    url: '/graphql',
    preferGetMethod: false,
    requestPolicy: 'cache-and-network',
    fetch: patientFetch,
    fetchOptions: {
      credentials: 'same-origin',
      // The gateway accepts a GET with the cookie only with this header, which pages of other sites cannot send. The portal sends
      // no GET; a frontend that does needs it.
      headers: { 'X-Portal-Request': '1', 'X-Client-Name': 'example-portal', 'X-Client-Version': '1' },
    },
    exchanges: [
      mapExchange({
        onError(error) {
          if (codeOf(error) === 'UNAUTHENTICATED') onSignedOut();
        },
      }),
      cache(),
      // Behind the cache, whose answers say nothing about the gateway.
      mapExchange({
        onResult({ error }) {
          onReached(!error || codeOf(error) !== 'NETWORK');
        },
      }),
      fetchExchange,
    ],
  });
}

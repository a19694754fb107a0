// Errors of the API in plain words: what failed, and what helps.
import type { CombinedError } from '@urql/core';
import type { UserErrorCode } from '../gql/operations';

/** What went wrong, for people. */
export interface Fault {
  text: string;
  remedy: string;
  /** Whether sending the same again can succeed. */
  canRetry: boolean;
  /** Last name in the path of the input field that it concerns. */
  field?: string;
  code: string;
}

/** Code of an answer that has errors instead of data. */
export function codeOf(error: CombinedError): string {
  const code = error.graphQLErrors[0]?.extensions?.code;
  if (typeof code === 'string') return code;
  return error.networkError ? 'NETWORK' : 'INTERNAL';
}

const WORDS: Record<string, [text: string, remedy: string, canRetry: boolean]> = {
  NETWORK: ['We cannot reach the portal.', 'Check your connection, then try again. What you entered is still here.', true],
  UNAVAILABLE: ['The portal is not available right now.', 'Try again in a moment.', true],
  TIMEOUT: ['This took too long.', 'Try again in a moment.', true],
  THROTTLED: ['Too many requests in a short time.', 'Wait a moment, then try again.', true],
  READ_ONLY: ['You are viewing the portal as a client.', 'Changes are disabled.', false],
  CONFLICT: ['Someone else is changing the same thing.', 'Try again.', true],
  UNAUTHENTICATED: ['You are signed out.', 'Sign in again.', false],
  PAYLOAD_TOO_LARGE: ['This is too large to send at once.', 'Shorten the text, or send less at a time.', false],
  IDEMPOTENCY_MISMATCH: ['This was sent before with other values.', 'Reload the page, check what was saved, and send it again.', false],
  CURSOR_INVALID: ['The list has changed.', 'Reload the page.', false],
};

/** An answer without data. */
export function faultOf(error: CombinedError): Fault {
  const code = codeOf(error);
  const known = WORDS[code];
  if (known) return { code, text: known[0], remedy: known[1], canRetry: known[2] };
  const id = error.graphQLErrors[0]?.extensions?.requestId;
  const remedy = `Reload the page. If it happens again, tell your builder this number: ${String(id ?? 'none')}.`;
  return { code, text: 'Something went wrong on our side.', remedy, canRetry: true };
}

/** Reason of the API why a change was rejected. */
export interface Rejection {
  code: UserErrorCode;
  field: string[] | null;
  message: string;
  meta: { retryAfterSeconds: number | null } | null;
}

const REMEDIES: Partial<Record<UserErrorCode, string>> = {
  CONFLICT: 'Look at what has changed, and decide again.',
  NOT_FOUND: 'Go back to the list: it may have been removed.',
  PROJECT_CLOSED: 'Call your builder if something still has to change.',
};

/** Messages of the API say the reason and the remedy. They begin in lower case, to follow the name of a field. */
export function faultOfRejection({ code, field, message, meta }: Rejection): Fault {
  const sentence = message.charAt(0).toUpperCase() + message.slice(1) + (/[.?!]$/.test(message) ? '' : '.');
  const wait = meta?.retryAfterSeconds;
  const remedy = wait ? `Try again in ${wait} seconds.` : (REMEDIES[code] ?? '');
  return { code, text: sentence, remedy, canRetry: Boolean(wait), field: field?.at(-1) };
}

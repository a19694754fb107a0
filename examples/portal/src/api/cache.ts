// The normalized cache: which types have a key, which lists are pages, and what a change outdates.
import { cacheExchange, type Cache, type UpdateResolver } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { possibleTypes } from '../gql/possible-types.json';
import typesWithoutId from '../gql/types-without-id.json';

/** Forgets the pages of a list, whatever its arguments: they are fetched again when they are next shown. */
function forget(cache: Cache, entity: { __typename: string; id: string }, ...fields: string[]) {
  for (const { fieldName, arguments: given } of cache.inspectFields(entity)) {
    if (fields.includes(fieldName)) cache.invalidate(entity, fieldName, given);
  }
}

const input = (args: Record<string, unknown>) => args.input as Record<string, string>;

const forgetAll =
  (type: string, ...fields: string[]): UpdateResolver =>
  (_result, _args, cache) => {
    const projects = cache.inspectFields('Query').filter((field) => field.fieldName === 'project');
    for (const { arguments: given } of projects) {
      const id = given?.id;
      if (typeof id === 'string') forget(cache, { __typename: type, id }, ...fields);
    }
  };

export const cache = () =>
  cacheExchange({
    possibleTypes,
    // Values such as `Money` belong to the record that has them.
    keys: Object.fromEntries(typesWithoutId.map((type) => [type, () => null])),
    resolvers: {
      Viewer: { projects: relayPagination() },
      Project: { files: relayPagination(), selections: relayPagination(), threads: relayPagination(), updates: relayPagination() },
      Schedule: { tasks: relayPagination() },
      Portal: { helpArticles: relayPagination() },
    },
    updates: {
      Mutation: {
        fileFinalize: forgetAll('Project', 'files', 'photos'),
        threadStart: forgetAll('Project', 'threads'),
        feedbackSend: forgetAll('Project', 'threads'),
        selectionApprove: forgetAll('Project', 'updates', 'selections', 'pendingActions', 'allowances', 'contractTotal'),
        selectionChoose: forgetAll('Project', 'updates', 'selections', 'pendingActions'),
        selectionDecline: forgetAll('Project', 'updates', 'selections', 'pendingActions'),
        messagePost: (_result, args, cache) => forget(cache, { __typename: 'Thread', id: input(args).threadId ?? '' }, 'messages'),
      },
    },
  });

// Reading and changing, for components.
import type { TypedDocumentNode } from '@urql/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient, useQuery } from 'urql';
import type { TypedDocumentString } from '../gql/operations';
import { type Fault, faultOf, faultOfRejection, type Rejection } from './faults';

type Variables = Record<string, unknown>;
/** The client parses the text once and keeps the result. */
const parsed = <D, V>(document: TypedDocumentString<D, V>) => document.toString() as unknown as TypedDocumentNode<D, V & Variables>;

export interface Read<D> {
  data: D | undefined;
  fault: Fault | undefined;
  isLoading: boolean;
  reload: () => void;
}

/** Reads an operation: from the cache at once, and again from the gateway. */
export function useData<D, V extends Variables>(document: TypedDocumentString<D, V>, variables: V, pause = false): Read<D> {
  const [result, execute] = useQuery<D, V & Variables>({ query: parsed(document), variables, pause });
  const reload = useCallback(() => execute({ requestPolicy: 'network-only' }), [execute]);
  // A page that is shown stays while it cannot be read again: its forms hold what was entered.
  const name = JSON.stringify(variables);
  const last = useRef<{ name: string; data: D }>(undefined);
  if (result.data) last.current = { name, data: result.data };
  const kept = last.current?.name === name ? last.current.data : undefined;
  const data = result.data ?? (result.error ? kept : undefined);
  return { data, fault: result.error && !data ? faultOf(result.error) : undefined, isLoading: result.fetching && !data, reload };
}

/** Reads again when the page is looked at again, and meanwhile after each period, in seconds. */
export function useRefresh(reload: () => void, seconds: number) {
  useEffect(() => {
    const refresh = () => document.visibilityState === 'visible' && reload();
    const timer = setInterval(refresh, seconds * 1000);
    document.addEventListener('visibilitychange', refresh);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', refresh);
    };
  }, [reload, seconds]);
}

type Payload<D> = NonNullable<{ [K in keyof D]: D[K] }[keyof D]>;
type WithKey<I> = Omit<I, 'idempotencyKey'>;

export interface Action<I, P> {
  /** Sends the change. The payload, or nothing if it was rejected or not sent. */
  send: (input: I) => Promise<P | undefined>;
  isBusy: boolean;
  fault: Fault | undefined;
  clear: () => void;
}

/**
 * A change with an input. The same input that is sent again after a failure has the same idempotency key, so that the change is made
 * once, however often it was sent.
 */
export function useAction<D, I extends object>(
  document: TypedDocumentString<D, { input: I }>,
  takesKey = true,
): Action<WithKey<I>, Payload<D>> {
  const client = useClient();
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const sent = useRef({ text: '', key: '' });
  const send = useCallback(
    async (input: WithKey<I>) => {
      const text = JSON.stringify(input);
      if (sent.current.text !== text) sent.current = { text, key: crypto.randomUUID() };
      setBusy(true);
      setFault(undefined);
      const whole = takesKey ? { ...input, idempotencyKey: sent.current.key } : input;
      const outcome = await perform(client, document, { input: whole as unknown as I });
      setBusy(false);
      if ('fault' in outcome) {
        setFault(outcome.fault);
        // What was rejected was answered: a changed world may accept it.
        if (!outcome.fault.canRetry) sent.current = { text: '', key: '' };
        return undefined;
      }
      sent.current = { text: '', key: '' };
      return outcome.payload;
    },
    [client, document, takesKey],
  );
  return { send, isBusy, fault, clear: useCallback(() => setFault(undefined), []) };
}

/** Sends a mutation, and reads its only field. */
export async function perform<D, V extends object>(
  client: ReturnType<typeof useClient>,
  document: TypedDocumentString<D, V>,
  variables: V,
): Promise<{ payload: Payload<D> } | { fault: Fault }> {
  const { data, error } = await client.mutation(parsed(document), variables as V & Variables).toPromise();
  if (!data) return { fault: faultOf(error!) };
  const payload = Object.values(data as object).find((value) => value && typeof value === 'object') as Payload<D> & { userErrors: Rejection[] };
  const rejection = payload.userErrors[0];
  return rejection ? { fault: faultOfRejection(rejection) } : { payload };
}

// Values that replace placeholders in the variables of examples: ids, versions and hashes that the caller can see.
import { ask } from './gateway.js';

// Queries for ids that replace placeholders in the variables of examples. They run as the caller. The ids belong together: a
// selection and a client of one project, if the caller has such a project: the one with
// the most selections.
const PROJECTS = '{ viewer { projects(first: 20) { nodes { id selections(first: 1) { totalCount nodes { id } } } } } }';
const ANY_PROJECT = '{ viewer { projects(first: 1) { nodes { id } } } }';
const CLIENTS = 'query ($project: ID!) { project(id: $project) { clients { id } } }';

async function idsOf(data, wanted) {
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

/** A field at a path of names and indexes; undefined if there is none. */
const at = (record, path) => path.split('.').reduce((value, name) => value?.[name], record) ?? undefined;

/** The records at a path, in which `*` is each item of a list. Each has the one around it as `parent`. */
function recordsAt(value, path, parent) {
  const [first, ...rest] = path;
  if (first === undefined) return [{ ...value, parent }];
  if (first !== '*') return recordsAt(value?.[first], rest, parent);
  return (value ?? []).flatMap((item) => recordsAt(item, rest, rest.length > 0 ? item : parent));
}

/** The first record with these fields. `fixtures/operations/records.json` says how it is found. */
async function recordOf(data, { query, path, where = {} }, fields) {
  const isRight = (record) =>
    Object.entries(where).every(([field, value]) => at(record, field) === value) &&
    fields.every((field) => at(record, field) !== undefined);
  return recordsAt(await data({ query }), path.split('.')).find(isRight);
}

/** A random idempotency key. The simpler function is missing over plain HTTP. */
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

const isPlaceholder = (value) => typeof value === 'string' && value.startsWith('$');

function placeholders(value) {
  if (isPlaceholder(value)) return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(placeholders) : [];
}

function replaced(value, values) {
  if (isPlaceholder(value)) return values[value] ?? '';
  if (Array.isArray(value)) return value.map((item) => replaced(item, values));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, replaced(item, values)]));
}

/** An example's variables, with placeholders replaced by values that the caller can see. */
export async function filledIn(endpoint, caller, { variables, records }) {
  const data = async (body) => (await ask(endpoint, caller, body).catch(() => ({}))).data;
  const wanted = new Set(placeholders(variables));
  const values = { $key: newKey() };
  if (['$project', '$selection', '$client'].some((name) => wanted.has(name))) Object.assign(values, await idsOf(data, wanted));
  for (const [name, definition] of Object.entries(records)) {
    const prefix = `$${name}.`;
    const fields = [...wanted].filter((text) => text.startsWith(prefix)).map((text) => text.slice(prefix.length));
    const record = await recordOf(data, definition, fields);
    for (const field of fields) values[prefix + field] = record && at(record, field);
  }
  return replaced(variables, values);
}

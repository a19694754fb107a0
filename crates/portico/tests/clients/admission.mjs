// Compares admission with graphql-js: node admission.mjs < cases.json
// Reads {sdl, cases: [{query, operationName, variables, admitted: {text, variables} | null}]} and writes a verdict for each.
// Executes the admitted operation beside the original: resolvers must get the same arguments, and the answers must be equal.
import { buildSchema, execute, getNamedType, isAbstractType, isEnumType, isListType, isNonNullType, isObjectType, parse, validate } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import { readFileSync } from 'node:fs';

const { sdl, cases } = JSON.parse(readFileSync(0, 'utf8'));
const schema = buildSchema(sdl);

// A value of any type, by its kind only.
function sample(type) {
  if (isNonNullType(type)) return sample(type.ofType);
  if (isListType(type)) return [sample(type.ofType)];
  if (isAbstractType(type)) return { __typename: schema.getPossibleTypes(type)[0].name };
  if (isObjectType(type)) return { __typename: type.name };
  if (isEnumType(type)) return type.getValues()[0].value;
  return getNamedType(type).name === 'Boolean' ? true : 1;
}

function run(document, operationName, variableValues) {
  const calls = new Set();
  const place = (path) => (path ? [...place(path.prev), path.key] : []);
  const sorted = (value) =>
    Array.isArray(value) ? value.map(sorted)
    : value && typeof value === 'object' ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]))
    : Object.is(value, -0) ? 0 : value;
  const result = execute({
    schema, document, operationName, variableValues,
    typeResolver: (value) => value.__typename,
    fieldResolver: (source, args, context, info) => {
      calls.add(JSON.stringify([place(info.path).join('.'), info.fieldName, sorted(args)]));
      return sample(info.returnType);
    },
  });
  return { errors: result.errors ?? [], calls: [...calls].sort(), data: JSON.stringify(result.data) };
}

function judge({ query, operationName, variables, admitted }) {
  let document;
  try {
    document = parse(query);
  } catch (error) {
    return { verdict: 'parse', why: error.message };
  }
  const invalid = validate(schema, document);
  if (invalid.length > 0) return { verdict: 'invalid', why: invalid[0].message };
  const operations = document.definitions.filter((definition) => definition.kind === 'OperationDefinition');
  const chosen = operations.filter((operation) => !operationName || operation.name?.value === operationName);
  if (chosen.length !== 1) return { verdict: 'invalid', why: 'which operation' };
  const values = getVariableValues(schema, chosen[0].variableDefinitions ?? [], variables ?? {});
  if (values.errors) return { verdict: 'input', why: values.errors[0].message };
  const original = run(document, operationName, variables);
  if (original.errors.length > 0) return { verdict: 'field', why: original.errors[0].message };
  if (!admitted) return { verdict: 'valid' };
  const second = parse(admitted.text);
  const refused = validate(schema, second);
  if (refused.length > 0) return { verdict: 'valid', differs: `the admitted text is invalid: ${refused[0].message}` };
  const executed = run(second, undefined, admitted.variables);
  // The order of keys matters as well.
  const same = executed.errors.length === 0 && original.data === executed.data
    && JSON.stringify(original.calls) === JSON.stringify(executed.calls);
  return { verdict: 'valid', differs: same ? undefined : JSON.stringify({ original, executed }) };
}

process.stdout.write(JSON.stringify(cases.map(judge)));

// Runs graphql-js's own introspection, which code generators send.
//   node introspection.mjs queries                  writes {full, plain}: with all options, and with the defaults
//   node introspection.mjs compare < answers.json   reads {sdl, full, plain}: a role schema, and its answers
// Writes the differences between the role schema and the schemas built from the answers, and {oneOf}: the oneOf inputs.
import { buildClientSchema, buildSchema, getIntrospectionQuery, isInputObjectType, lexicographicSortSchema, printSchema } from 'graphql';
import { readFileSync } from 'node:fs';

const ALL = { oneOf: true, inputValueDeprecation: true, specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true };
const printed = (schema) => printSchema(lexicographicSortSchema(schema));

function compare({ sdl, full, plain }) {
  const expected = printed(buildSchema(sdl)).split('\n');
  const schema = buildClientSchema(full);
  const told = printed(schema).split('\n');
  const at = expected.findIndex((line, index) => line !== told[index]);
  const differences = at < 0 && told.length === expected.length ? [] : [`${expected[at]} | ${told[at]}`];
  // Without the options some of it is missing, and nothing is added.
  const names = Object.keys(buildClientSchema(plain).getTypeMap()).sort().join();
  if (names !== Object.keys(schema.getTypeMap()).sort().join()) differences.push(`plain: ${names}`);
  const inputs = Object.values(schema.getTypeMap()).filter((type) => isInputObjectType(type) && type.isOneOf);
  const oneOf = inputs.map((type) => type.name).filter((name) => told.includes(`input ${name} @oneOf {`));
  return { differences, oneOf };
}

const result =
  process.argv[2] === 'queries'
    ? { full: getIntrospectionQuery(ALL), plain: getIntrospectionQuery() }
    : compare(JSON.parse(readFileSync(0, 'utf8')));
console.log(JSON.stringify(result));

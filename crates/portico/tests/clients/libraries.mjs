// Runs the libraries of frontends with their defaults: node libraries.mjs URL TOKEN
// Each sends a query of the token's schema, an unknown one, and the same one with an invalid token.
import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { Client, cacheExchange, fetchExchange } from '@urql/core';
import { buildClientSchema, getIntrospectionQuery } from 'graphql';
import { GraphQLClient } from 'graphql-request';

const [url, token] = process.argv.slice(2);
const headersOf = (bearer) => ({ authorization: `Bearer ${bearer}` });
const GOOD = 'query Good { viewer { id role projects(first: 2) { nodes { id name } pageInfo { endCursor } } } }';
const BAD = 'query Bad { viewer { doesNotExist } }';

const apollo = async (query, bearer, get) => {
  const link = new HttpLink({ uri: url, headers: headersOf(bearer), useGETForQueries: get });
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  return (await client.query({ query: gql(query) })).data;
};
const urql = async (query, bearer, get) => {
  const fetchOptions = { headers: headersOf(bearer) };
  const client = new Client({ url, preferGetMethod: get, exchanges: [cacheExchange, fetchExchange], fetchOptions });
  const { data, error } = await client.query(query, {}).toPromise();
  if (error) throw error;
  return data;
};
const graphqlRequest = (query, bearer, get) =>
  new GraphQLClient(url, { headers: headersOf(bearer), method: get ? 'GET' : 'POST' }).request(query);

const failures = [];
const check = async (name, work) => {
  try {
    if (!(await work())) failures.push(`${name}: not as expected`);
  } catch (error) {
    failures.push(`${name}: ${error?.stack ?? error}`);
  }
};
const fails = async (work, isExpected) => {
  try {
    await work();
    return false;
  } catch (error) {
    return isExpected(error);
  }
};

// How each library reports GraphQL errors, as opposed to network failures.
const errorsOf = {
  apollo: (error) => CombinedGraphQLErrors.is(error) && error.errors,
  urql: (error) => error.graphQLErrors,
  graphqlRequest: (error) => error.response?.errors,
};
for (const [name, ask] of Object.entries({ apollo, urql, graphqlRequest })) {
  for (const get of [false, true]) {
    const by = `${name} by ${get ? 'GET' : 'POST'}`;
    await check(`${by}: a query`, async () => (await ask(GOOD, token, get)).viewer.projects.nodes.length > 0);
    await check(`${by}: an unknown field`, () =>
      fails(() => ask(BAD, token, get), (error) => errorsOf[name](error)?.[0]?.message.includes('doesNotExist')));
    await check(`${by}: a token that does not hold`, () => fails(() => ask(GOOD, 'wrong', get), () => true));
  }
}
await check('the schema can be built from introspection', async () => {
  const data = await graphqlRequest(getIntrospectionQuery({ descriptions: true, inputValueDeprecation: true }), token, false);
  const schema = buildClientSchema(data);
  return schema.getQueryType().getFields().viewer !== undefined && schema.getType('Project') !== undefined;
});

for (const failure of failures) console.log(failure);
process.exit(failures.length > 0 ? 1 : 0);

// Runs the audits of GraphQL over HTTP, by the specification's authors: node audit.mjs URL TOKEN
// Recommendations count as obligations; violations are printed.
import { serverAudits } from 'graphql-http';

const [url, token] = process.argv.slice(2);
const authorized = (address, options = {}) =>
  fetch(address, { ...options, headers: { ...options.headers, authorization: `Bearer ${token}` } });

let met = 0;
const unmet = [];
for (const audit of serverAudits({ url, fetchFn: authorized })) {
  const result = await audit.fn();
  if (result.status === 'ok') met += 1;
  else unmet.push(`${result.status} ${audit.id} ${audit.name}: ${result.reason}`);
}
console.log(`${met} audits met`);
for (const line of unmet) console.log(line);
process.exit(unmet.length > 0 || met < 61 ? 1 : 0);

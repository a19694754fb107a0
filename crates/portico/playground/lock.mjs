// Takes the addresses out of package-lock.json: `npm run lock`, after a change of package.json. Versions and hashes say
// what is installed; where it comes from is for each machine to know.
import { readFile, writeFile } from 'node:fs/promises';

const file = 'package-lock.json';
const lock = JSON.parse(await readFile(file, 'utf8'));
for (const entry of Object.values(lock.packages)) {
  delete entry.resolved;
  delete entry.funding;
}
await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`);

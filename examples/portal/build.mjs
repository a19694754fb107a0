// Bundles the portal into dist/, from which the gateway of the demo embeds it.
import { readFile } from 'node:fs/promises';
import * as esbuild from 'esbuild';
import { bundle } from '../../script/bundle.mjs';

const schema = await readFile('schema.graphql', 'utf8');

await bundle({
  esbuild,
  entryPoints: ['src/main.tsx', 'src/mark.svg'],
  address: '/portal/assets/',
  splitting: true,
  chunkNames: '[name]-[hash]',
  define: { CHOOSING: String(schema.includes('selectionChoose(')) },
});

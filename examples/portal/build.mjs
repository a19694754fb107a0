// Bundles the portal into dist/, from which the gateway of the demo embeds it.
import * as esbuild from 'esbuild';
import { bundle } from '../../script/bundle.mjs';

await bundle({
  esbuild,
  entryPoints: ['src/main.tsx', 'src/mark.svg'],
  address: '/portal/assets/',
  splitting: true,
  chunkNames: '[name]-[hash]',
});

// Bundles the playground into dist/, from which the gateway embeds it.
import { readFile } from 'node:fs/promises';
import * as esbuild from 'esbuild';
import { bundle } from '../../../script/bundle.mjs';

// GraphiQL's style sheet brings its fonts along as data. We bring our own, as files, so that the page's policy need
// not allow fonts out of data.
const withoutFonts = {
  name: 'without-fonts',
  setup(build) {
    build.onLoad({ filter: /graphiql\/dist\/style\.css$/ }, async ({ path: file }) => ({
      contents: (await readFile(file, 'utf8')).replace(/@font-face\s*\{[^}]*\}/g, ''),
      loader: 'css',
    }));
  },
};

await bundle({
  esbuild,
  entryPoints: ['src/main.jsx', 'src/mark.svg'],
  address: '/playground/',
  // The real one writes <style> elements to stop the page from scrolling. The policy refuses those, and the page does
  // not scroll.
  alias: { 'react-style-singleton': './src/no-style.js' },
  plugins: [withoutFonts],
});

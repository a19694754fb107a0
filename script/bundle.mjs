// Bundles a page into dist/ of the current folder, from which the gateway embeds it: the playground and the example portal. Scripts, style
// sheets and images have the hash of their content in their names, so that browsers may keep them for good. Text is compressed,
// since it would be a thirtieth of the gateway's binary.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const out = 'dist';

/**
 * The esbuild of the page's own packages, its entry points, the address of its files, and options of esbuild. The entry `main` is
 * the script of `index.html`, in which `{{name}}` is replaced by the address of a file.
 */
export async function bundle({ esbuild, entryPoints, address, ...options }) {
  for (const file of await readdir(out)) {
    if (file !== '.gitignore') await rm(path.join(out, file), { recursive: true });
  }
  const { metafile } = await esbuild.build({
    entryPoints,
    outdir: out,
    publicPath: address,
    entryNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    loader: { '.svg': 'copy', '.woff2': 'file' },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    minify: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    ...options,
    define: { 'process.env.NODE_ENV': '"production"', ...options.define },
  });

  const names = Object.keys(metafile.outputs).map((file) => path.basename(file));
  const named = (name) => {
    const [stem, end] = name.split('.');
    const found = names.find((file) => file.startsWith(`${stem}-`) && file.endsWith(`.${end}`));
    if (!found) throw new Error(`the bundle has no ${name}`);
    return address + found;
  };
  const page = await readFile('index.html', 'utf8');
  await writeFile(path.join(out, 'index.html'), page.replace(/\{\{(.*?)\}\}/g, (_, name) => named(name)));
  await writeFile(path.join(out, 'licenses.txt'), await licenses(Object.keys(metafile.inputs)));
  for (const name of await readdir(out)) {
    if (/\.(js|css|txt)$/.test(name)) await compress(path.join(out, name));
  }
}

async function compress(file) {
  await writeFile(`${file}.gz`, gzipSync(await readFile(file), { level: 9 }));
  await rm(file);
}

// The licences of what is in the bundle, which ask to be passed on with it.
async function licenses(inputs) {
  const folders = new Set(inputs.map((file) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]).filter(Boolean));
  const texts = [];
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? (await readFile(path.join(folder, file), 'utf8')).trim() : '';
    texts.push(`${name} ${version} (${license})\n\n${text}\n`);
  }
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

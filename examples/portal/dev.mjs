// Serves the portal while it is being written, and passes everything else on to a gateway: `npm run dev`, then open the address that
// it prints. The gateway is a demo, or any other in PORTICO_GATEWAY.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import * as esbuild from 'esbuild';

const gateway = new URL(process.env.PORTICO_GATEWAY ?? 'http://127.0.0.1:8080');
const port = Number(process.env.PORT ?? 5173);

const context = await esbuild.context({
  entryPoints: ['src/main.tsx', 'src/mark.svg'],
  outdir: 'build',
  write: false,
  entryNames: '[name]',
  loader: { '.svg': 'copy', '.woff2': 'file' },
  define: { 'process.env.NODE_ENV': '"development"' },
  bundle: true,
  splitting: true,
  format: 'esm',
  jsx: 'automatic',
  sourcemap: 'inline',
});
const built = await context.serve({ host: '127.0.0.1', port: 0 });

/** Sends a request to another server. The host stays: cookies and the gateway's own forms depend on it. */
function pass(request, response, to, path) {
  const options = { host: to.hostname, port: to.port, path, method: request.method, headers: request.headers };
  const forwarded = http.request(options, (reply) => {
    response.writeHead(reply.statusCode, reply.headers);
    reply.pipe(response);
  });
  forwarded.on('error', () => response.writeHead(502).end('the gateway does not answer: start it with `just demo`\n'));
  request.pipe(forwarded);
}

http
  .createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (pathname.startsWith('/portal/assets/')) {
      pass(request, response, { hostname: '127.0.0.1', port: built.port }, pathname.slice('/portal/assets'.length));
    } else if (/^\/portal(?:$|\/(?!config\.json))/.test(pathname)) {
      const page = readFileSync('index.html', 'utf8').replace(/\{\{(.*?)\}\}/g, '/portal/assets/$1');
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
    } else {
      pass(request, response, gateway, request.url);
    }
  })
  .listen(port, '127.0.0.1', () => console.log(`The portal is at http://localhost:${port}/portal, over ${gateway.origin}`));

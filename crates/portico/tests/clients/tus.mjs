// Uploads and downloads files as an app does: node tus.mjs URL TOKEN PROJECT
// The bytes go by tus-js-client, which is interrupted and continues; the name comes from `Content-Disposition`.
import { createHash } from 'node:crypto';
import contentDisposition from 'content-disposition';
import { Upload } from 'tus-js-client';

const [url, token, project] = process.argv.slice(2);
const ask = async (query, variables) => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  const [payload] = Object.values(data);
  if (payload.userErrors?.length) throw new Error(JSON.stringify(payload.userErrors));
  return payload;
};
// The portal's host leads to another port than that of the test.
const here = (address) => new URL(new URL(address).pathname, url).href;

const create = `mutation($input: StagedUploadCreateInput!) { stagedUploadCreate(input: $input) {
  upload { id url chunkSize } userErrors { message } } }`;
const finalize = `mutation($input: FileFinalizeInput!) { fileFinalize(input: $input) {
  file { name size download { url sha256 } } userErrors { message } } }`;

/** Sends the bytes; with `stopAt`, until so many have been accepted. */
const send = (bytes, uploadUrl, chunkSize, stopAt = Infinity) =>
  new Promise((done, fail) => {
    const upload = new Upload(bytes, {
      uploadUrl,
      chunkSize,
      retryDelays: null,
      onError: fail,
      onSuccess: () => done('sent'),
      onChunkComplete: (_, accepted) => {
        if (accepted >= stopAt && accepted < bytes.length) upload.abort().then(() => done('stopped'), fail);
      },
    });
    upload.start();
  });
const same = (what, seen, expected) => {
  if (seen !== expected) throw new Error(`${what}: ${seen}, not ${expected}`);
};

const names = ['plan.txt', 'Küche "neu" 50%.txt', "Ana's 測試; filename=x.txt", 'Ωmega ř (1).txt', 'a\\b.txt'];
for (const [number, name] of names.entries()) {
  const bytes = Buffer.from('Gutters, north side. '.repeat(30_000 + number));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const input = { projectId: project, name, size: bytes.length, sha256, idempotencyKey: `create ${number}` };
  const { upload } = await ask(create, { input });
  if (!(upload.chunkSize > 0)) throw new Error(`chunkSize is ${upload.chunkSize}`);
  // Smaller than the gateway proposes, so that there is something to continue.
  same('the first attempt', await send(bytes, here(upload.url), 200_000, 300_000), 'stopped');
  same('the second attempt', await send(bytes, here(upload.url), 200_000), 'sent');
  const { file } = await ask(finalize, { input: { uploadId: upload.id, sha256, idempotencyKey: `end ${number}` } });
  same('the hash', file.download.sha256, sha256);
  const response = await fetch(here(file.download.url));
  same('the status', response.status, 200);
  const found = createHash('sha256').update(Buffer.from(await response.arrayBuffer())).digest('hex');
  same('the bytes', found, sha256);
  const disposition = contentDisposition.parse(response.headers.get('content-disposition'));
  same('the way', disposition.type, 'attachment');
  same('the name', disposition.parameters.filename, file.name);
  same('the repaired name', file.name, name.replaceAll(/[\\"]/g, '_'));
}

// One upload: an address from the gateway, the bytes by tus, and the file at the end. It continues where it stopped, also after the
// page was closed: the same file has the same idempotency key, which returns the same upload.
import type { Client } from '@urql/core';
import type { DetailedError, Upload as TusUpload } from 'tus-js-client';
import type { Fault } from '../api/faults';
import { perform } from '../api/hooks';
import { FileFinalizeDocument, StagedUploadCancelDocument, StagedUploadCreateDocument } from '../gql/operations';

/** Larger files are sent without a checksum: it would take their whole content in memory. */
const MAX_HASHED = 64 * 1024 * 1024;
const STORE = 'portal upload ';
const RETRIES = [500, 1500, 4000, 10_000, 20_000];

export interface Progress {
  sent: number;
  isDone: boolean;
  fault?: Fault;
}

const INTERRUPTED: Fault = {
  code: 'NETWORK',
  text: 'The upload was interrupted.',
  remedy: 'Check your connection. What was sent is kept, and the rest follows.',
  canRetry: true,
};

/** A key for this file that a reload finds again. */
function keyOf(project: string, file: File): { key: string; forget: () => void } {
  const name = `${STORE}${project} ${file.name} ${file.size} ${file.lastModified}`;
  const key = localStorage.getItem(name) ?? crypto.randomUUID();
  localStorage.setItem(name, key);
  return { key, forget: () => localStorage.removeItem(name) };
}

async function sha256(file: File): Promise<string | null> {
  // Browsers have it on pages with HTTPS and on this machine only.
  if (file.size > MAX_HASHED || !crypto.subtle) return null;
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Whether sending again cannot help. Locked and conflicting uploads are free again in a moment. */
const isRefused = (status: number) => status >= 400 && status < 500 && status !== 409 && status !== 423 && status !== 429;

export class FileUpload {
  private tus?: TusUpload;
  private uploadId?: string;
  private sent = 0;

  constructor(
    private readonly client: Client,
    private readonly project: string,
    readonly file: File,
    private readonly report: (progress: Progress) => void,
  ) {}

  /** Sends the file, or the rest of it. The id of the new file, or nothing after a fault. */
  async run(): Promise<string | undefined> {
    const { project, file, client } = this;
    const { key, forget } = keyOf(project, file);
    this.report({ sent: this.sent, isDone: false });
    const input = { projectId: project, name: file.name, size: String(file.size), sha256: null, idempotencyKey: key };
    const created = await perform(client, StagedUploadCreateDocument, { input });
    if ('fault' in created) return this.fail(created.fault, forget);
    const upload = created.payload.upload!;
    this.uploadId = upload.id;
    if (!upload.url) return this.fail({ ...INTERRUPTED, text: 'This installation stores no files.', remedy: 'Ask your builder.', canRetry: false }, forget);
    if (!(await this.send(upload.url, upload.chunkSize))) return this.fail(INTERRUPTED);
    const end = { uploadId: upload.id, sha256: await sha256(file), idempotencyKey: `${key} end` };
    const finished = await perform(client, FileFinalizeDocument, { input: end });
    if ('fault' in finished) return this.fail(finished.fault, forget);
    forget();
    this.report({ sent: file.size, isDone: true });
    return finished.payload.file?.id ?? '';
  }

  private async send(url: string, chunkSize: number): Promise<boolean> {
    // Loaded with the first upload: most visits have none.
    const { Upload } = await import('tus-js-client');
    return new Promise((resolve) => {
      this.tus = new Upload(this.file, {
        uploadUrl: url,
        chunkSize,
        retryDelays: RETRIES,
        storeFingerprintForResuming: false,
        // Also while the browser is offline: a phone in a lift comes back.
        onShouldRetry: (error) => !isRefused((error as DetailedError).originalResponse?.getStatus() ?? 0),
        onProgress: (sent) => {
          this.sent = sent;
          this.report({ sent, isDone: false });
        },
        onError: () => resolve(false),
        onSuccess: () => resolve(true),
      });
      this.tus.start();
    });
  }

  /** A refused upload starts over with a new key; an interrupted one continues. */
  private fail(fault: Fault, forget?: () => void): undefined {
    if (!fault.canRetry) forget?.();
    this.report({ sent: this.sent, isDone: false, fault });
    return undefined;
  }

  async cancel() {
    await this.tus?.abort();
    keyOf(this.project, this.file).forget();
    if (this.uploadId) await perform(this.client, StagedUploadCancelDocument, { input: { uploadId: this.uploadId } });
  }
}

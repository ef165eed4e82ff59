import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '../../platform/log.ts';

export interface Owner { readonly customerId: string; readonly campaignId: string }
export interface KeptUpload extends Owner {
  readonly id: string;
  readonly folder: string;
  readonly filePath: string;
  readonly fileName: string;
  readonly expiresAtMs: number;
  /** One thing at a time is done with an upload: taken twice, the second would find nothing but duplicates. */
  busy: boolean;
}

const halfAnHourMs = 1_800_000;
/** Of one customer; the oldest makes room. */
const keptAtMost = 4;

/**
 * Uploads between preview and taking: each in a folder of its customer under a random id, removed when it was taken,
 * given up, too old, one too many, or when the server stops. Each server's process has a directory of its own, named by
 * its pid, beside those of others on the host: what a killed one left is removed by the next that starts or stops.
 */
export class KeptUploads {
  private readonly kept = new Map<string, KeptUpload & { readonly timer: NodeJS.Timeout }>();
  private readonly root: string;
  private readonly own: string;
  private readonly lifeMs: number;
  private readonly log: Logger;
  private removals = Promise.resolve();

  constructor({ log, root = join(tmpdir(), `exchange-kept-${userInfo().username}`), lifeMs = halfAnHourMs }: { log: Logger; root?: string; lifeMs?: number }) {
    this.log = log;
    this.root = root;
    this.own = join(root, `${process.pid}-${randomUUID().slice(0, 8)}`);
    this.lifeMs = lifeMs;
  }

  /** Moves the file here. */
  async keep(owner: Owner, { filePath, fileName }: { filePath: string; fileName: string }): Promise<KeptUpload> {
    const id = randomUUID();
    const folder = join(this.own, owner.customerId, id);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const upload = { ...owner, id, folder, filePath: join(folder, 'file'), fileName, expiresAtMs: Date.now() + this.lifeMs, busy: false };
    await rename(filePath, upload.filePath);
    const timer = setTimeout(() => this.drop(upload), this.lifeMs).unref();
    this.kept.set(id, { ...upload, timer });
    const own = [...this.kept.values()].filter(({ customerId, busy }) => customerId === owner.customerId && !busy);
    for (const oldest of own.slice(0, Math.max(0, own.length - keptAtMost))) this.drop(oldest);
    return this.kept.get(id) ?? upload;
  }

  find({ customerId, campaignId }: Owner, id: string): KeptUpload | undefined {
    const upload = this.kept.get(id);
    return upload?.customerId === customerId && upload.campaignId === campaignId ? upload : undefined;
  }

  drop({ id, folder }: Pick<KeptUpload, 'id' | 'folder'>): void {
    clearTimeout(this.kept.get(id)?.timer);
    this.kept.delete(id);
    this.removals = this.removals.then(() => rm(folder, { recursive: true, force: true })).catch((error: Error) => this.log.warn({ error: error.message }, 'an upload was not removed'));
  }

  /** Resolves once what was dropped is gone from the disk. */
  removed(): Promise<void> { return this.removals; }

  /** Removes what servers that are gone have left: theirs is a pid that nobody has, or one that another program has by now. */
  async sweep(nowMs = Date.now()): Promise<void> {
    for (const name of await readdir(this.root).catch(() => [])) {
      const directory = join(this.root, name);
      if (directory === this.own) continue;
      if (!isAlive(Number(/^\d+(?=-)/.exec(name)?.[0])) || (await isOld(directory, nowMs - this.lifeMs))) await rm(directory, { recursive: true, force: true });
    }
  }

  async stop(): Promise<void> {
    for (const upload of [...this.kept.values()]) this.drop(upload);
    await this.removals;
    await rm(this.own, { recursive: true, force: true });
    await this.sweep();
  }
}

/** Whether nothing in a server's directory has been touched since then. */
async function isOld(directory: string, sinceMs: number): Promise<boolean> {
  const customers = (await readdir(directory).catch(() => [])).map((customer) => join(directory, customer));
  const uploads = await Promise.all(customers.map(async (customer) => (await readdir(customer).catch(() => [])).map((id) => join(customer, id))));
  const times = await Promise.all([directory, ...customers, ...uploads.flat()].map(async (path) => (await stat(path).catch(() => undefined))?.mtimeMs ?? 0));
  return Math.max(...times) < sinceMs;
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

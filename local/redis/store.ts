import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export type Value = string | Map<string, string> | Set<string>;
interface Entry {
  value: Value;
  /** Unix milliseconds; undefined lives for ever. */
  expiresAt: number | undefined;
}
type Saved = readonly [key: string, value: string | { hash: [string, string][] } | { set: string[] }, expiresAt: number | null];

export interface StoreOptions {
  /** Kept there across restarts; without it everything is forgotten. */
  readonly path?: string | undefined;
  readonly now?: () => number;
  readonly log?: (line: string) => void;
}

const saveAfterMs = 1_000;

/** Keys and values in memory, written to one file a moment after a change and on stop. */
export class Store {
  private readonly entries = new Map<string, Entry>();
  private readonly path: string | undefined;
  private readonly log: (line: string) => void;
  private saveTimer: NodeJS.Timeout | undefined;
  private saving: Promise<void> = Promise.resolve();
  private readonly sweepTimer: NodeJS.Timeout;
  readonly now: () => number;

  constructor({ path, now = Date.now, log = () => {} }: StoreOptions = {}) {
    this.path = path;
    this.now = now;
    this.log = log;
    this.load();
    this.sweepTimer = setInterval(() => this.sweep(), 1_000);
    this.sweepTimer.unref();
  }

  get size(): number {
    this.sweep();
    return this.entries.size;
  }

  *keys(): Generator<string> {
    for (const key of this.entries.keys()) if (this.entry(key)) yield key;
  }

  get(key: string): Value | undefined {
    return this.entry(key)?.value;
  }

  expiresAt(key: string): number | undefined {
    return this.entry(key)?.expiresAt;
  }

  set(key: string, value: Value, expiresAt?: number): void {
    this.entries.set(key, { value, expiresAt });
    this.changed();
  }

  setExpiry(key: string, expiresAt: number): boolean {
    const entry = this.entry(key);
    if (!entry) return false;
    entry.expiresAt = expiresAt;
    this.changed();
    return true;
  }

  delete(key: string): boolean {
    const existed = this.entry(key) !== undefined && this.entries.delete(key);
    if (existed) this.changed();
    return existed;
  }

  clear(): void {
    this.entries.clear();
    this.changed();
  }

  /** To be called after a hash or set was changed in place; an empty one does not exist. */
  touched(key: string): void {
    const value = this.get(key);
    if (typeof value === 'object' && value.size === 0) this.entries.delete(key);
    this.changed();
  }

  async stop(): Promise<void> {
    clearInterval(this.sweepTimer);
    clearTimeout(this.saveTimer);
    await this.saving;
    if (this.path === undefined) return;
    mkdirSync(dirname(this.path), { recursive: true });
    writeFileSync(`${this.path}.new`, this.serialise(), { mode: 0o600 });
    renameSync(`${this.path}.new`, this.path);
  }

  private entry(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    if (entry?.expiresAt !== undefined && entry.expiresAt <= this.now()) {
      this.entries.delete(key);
      return undefined;
    }
    return entry;
  }

  private sweep(): void {
    for (const key of this.entries.keys()) this.entry(key);
  }

  private changed(): void {
    if (this.path === undefined || this.saveTimer) return;
    this.saveTimer = setTimeout(() => {
      this.saveTimer = undefined;
      this.saving = this.saving.then(() => this.save());
    }, saveAfterMs);
    this.saveTimer.unref();
  }

  private async save(): Promise<void> {
    const path = this.path ?? '';
    try {
      await writeFile(`${path}.new`, this.serialise(), { mode: 0o600 });
      await rename(`${path}.new`, path);
    } catch (error) {
      this.log(`could not write ${path}: ${(error as Error).message}; sessions will not survive a restart`);
    }
  }

  private serialise(): string {
    const saved: Saved[] = [];
    for (const key of this.keys()) {
      const entry = this.entries.get(key);
      if (!entry) continue;
      const { value } = entry;
      saved.push([key, typeof value === 'string' ? value : value instanceof Map ? { hash: [...value] } : { set: [...value] }, entry.expiresAt ?? null]);
    }
    return JSON.stringify(saved);
  }

  private load(): void {
    if (this.path === undefined) return;
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch {
      return;
    }
    try {
      for (const [key, value, expiresAt] of JSON.parse(text) as Saved[]) {
        const kept = typeof value === 'string' ? value : 'hash' in value ? new Map(value.hash) : new Set(value.set);
        this.entries.set(key, { value: kept, expiresAt: expiresAt ?? undefined });
      }
    } catch (error) {
      // Sessions are not worth a failed start: everybody signs in again.
      this.entries.clear();
      renameSync(this.path, `${this.path}.broken`);
      this.log(`${this.path} could not be read (${(error as Error).message}); put aside as .broken, starting empty`);
    }
  }
}

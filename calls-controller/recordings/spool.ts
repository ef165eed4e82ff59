import { randomBytes } from 'node:crypto';
import { readdir, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';

/**
 * The directory into which the switch writes while a call is recorded: it lies on the disk of the switch's host, and so
 * does this program. A file's name is made of the call's id and the segment's number and nothing else.
 */
const NAME = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.(\d{1,4})(?:\.wav|\.[0-9a-f]{8}\.ogg)$/;
/** What may stand in a command between quotes: see `EslSwitch.startRecording`. */
const SAFE_DIRECTORY = /^\/[\p{L}\p{N} ._/-]*$/u;

export class Spool {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = path.resolve(directory);
  }

  /** Whether its name can be given to the switch. */
  get isSafe(): boolean {
    return SAFE_DIRECTORY.test(this.directory);
  }

  wav(callId: string, segment: number): string {
    return path.join(this.directory, `${callId}.${segment}.wav`);
  }

  /** A new name each time: two controllers of one switch, the one frozen and followed, never write into one file. */
  newOgg(callId: string, segment: number): string {
    return path.join(this.directory, `${callId}.${segment}.${randomBytes(4).toString('hex')}.ogg`);
  }

  /** Bytes that are free for us on its disk. */
  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.directory);
    return bavail * bsize;
  }

  /** Whose files lie there, and how long each has not been written to, ms. */
  async list(): Promise<{ name: string; callId: string; segment: number; idleMs: number }[]> {
    const found = [];
    for (const name of await readdir(this.directory)) {
      const [, callId, segment] = NAME.exec(name) ?? [];
      const facts = callId === undefined ? undefined : await stat(path.join(this.directory, name)).catch(() => undefined);
      if (callId !== undefined && facts) found.push({ name, callId, segment: Number(segment), idleMs: Date.now() - facts.mtimeMs });
    }
    return found;
  }

  /** ms since it was last written to; undefined where there is none. */
  async idleMs(file: string): Promise<number | undefined> {
    const facts = await stat(file).catch(() => undefined);
    return facts && Date.now() - facts.mtimeMs;
  }

  async remove(...files: readonly string[]): Promise<void> {
    for (const file of files) await rm(path.resolve(this.directory, path.basename(file)), { force: true });
  }
}

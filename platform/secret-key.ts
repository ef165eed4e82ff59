import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Seals small secrets for the database, so that its contents alone open nothing. Each purpose has a key of its own. */
export interface SecretKey {
  /** AES-256-GCM; `context` (whose it is) must be the same when it is opened. */
  seal(purpose: string, context: string, text: string): string;
  /** @throws Error when it was sealed with another key, for another purpose or context, or was changed */
  open(purpose: string, context: string, sealed: string): string;
  /** Keyed SHA-256, for what is only compared. */
  digest(purpose: string, text: string): string;
  /** Tells one key from another and nothing about it. */
  readonly fingerprint: string;
}

const ivBytes = 12;
const tagBytes = 16;

export function openSecretKey(secret: string): SecretKey {
  const keyFor = (purpose: string) => Buffer.from(hkdfSync('sha256', secret, 'exchange', purpose, 32));
  const digest = (purpose: string, text: string) => createHmac('sha256', keyFor(`digest ${purpose}`)).update(text).digest('hex');
  return {
    seal(purpose, context, text) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', keyFor(`seal ${purpose}`), iv).setAAD(Buffer.from(context));
      return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url');
    },
    open(purpose, context, sealed) {
      const bytes = Buffer.from(sealed, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', keyFor(`seal ${purpose}`), bytes.subarray(0, ivBytes), { authTagLength: tagBytes }).setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(ivBytes, bytes.length - tagBytes)), decipher.final()]).toString('utf8');
    },
    digest,
    fingerprint: digest('fingerprint', 'exchange').slice(0, 16),
  };
}

/** SECRET_KEY, else the key of this installation in DATA_DIR/secret-key: made at random at the first start, readable by its owner alone. */
export function obtainSecretKey({ secretKey, dataDir }: { readonly secretKey: string | undefined; readonly dataDir: string }): SecretKey {
  return openSecretKey(secretKey ?? keptKey(dataDir));
}

function keptKey(dataDir: string): string {
  const path = join(dataDir, 'secret-key');
  mkdirSync(dataDir, { recursive: true });
  if (!existsSync(path)) {
    const own = `${path}.${randomBytes(6).toString('hex')}`;
    writeFileSync(own, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
    try {
      // Whole or not at all; whoever comes second takes what the first one made.
      linkSync(own, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(own, { force: true });
    }
  }
  const kept = readFileSync(path, 'utf8').trim();
  if (kept.length < 32) throw new Error(`${path} is cut short: put the former key back, or set SECRET_KEY`);
  return kept;
}
